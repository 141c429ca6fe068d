/** One person by number: what is stored, as a file for that person, or gone. The number never stands in an address. */
import { Problem, post } from "../../core/api.js";
import { h, keyed, show } from "../../core/dom.js";
import { explain, number, phone, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { saveFile } from "../../core/file.js";
import { day, now } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { textArea, textField } from "../../ui/field.js";
import { card, chip, empty, facts, notice } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";
import { deletionRecord } from "./deletion.js";
import { bare, className, classes, holdingsTable, mostReason, time } from "./holdings.js";

/** @typedef {import("./holdings.js").Subject} Subject */
/** @typedef {import("./holdings.js").Deletion} Deletion */

/** Milliseconds: years of recordings are packed or destroyed meanwhile. */
const patience = 120_000;

/**
 * Erasing asks for a reason, and for the number once more.
 * @param {{subject: Subject, erased: (deletion: Deletion) => void, refused: () => void}} props
 */
function openErase({ subject, erased, refused }) {
    const reason = signal("");
    const typed = signal("");
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const isSame = () => bare(typed.value) !== "" && [subject.number, subject.number.replace(/^\+86/, "")].includes(bare(typed.value));
    openDialog({ title: () => t("privacy.eraseTitle", { number: phone(subject.number) }), look: "wide", isBlocking: true }, (close) => {
        /** @param {Event} event */
        const submit = async (event) => {
            event.preventDefault();
            if (isBusy.peek() || !isSame() || reason.peek().trim() === "") return;
            isBusy.value = true;
            fault.value = null;
            try {
                const deletion = await post("/subjects/erase", { number: subject.number, reason: reason.peek().trim() }, { patience });
                close();
                erased(deletion);
            } catch (error) {
                fault.value = error;
                if (error instanceof Problem && error.status === 409) refused();
            }
            isBusy.value = false;
        };
        return h(
            "form", { class: "stack", onsubmit: submit, autocomplete: "off" },
            notice(() => t("privacy.eraseGoes"), "warn"),
            h("ul", { class: "bulleted" }, () => classes.map((one) => {
                const items = subject.holdings.filter((holding) => holding.dataClass === one).reduce((all, holding) => all + holding.items, 0);
                return items > 0 ? h("li", null, `${className(one)}: ${number(items)}`) : null;
            })),
            h("p", { class: "quiet" }, () => t("privacy.eraseStays")),
            textArea({ label: () => t("privacy.reason"), rows: 2, value: () => reason.value, change: (text) => (reason.value = text), hint: () => t("privacy.reasonHint"), more: { required: true, maxlength: mostReason, ref: (/** @type {HTMLElement} */ element) => setTimeout(() => element.focus()) } }),
            textField({ label: () => t("privacy.typeAgain", { number: phone(subject.number) }), kind: "tel", value: () => typed.value, change: (text) => (typed.value = text), fault: () => (bare(typed.value).length >= 11 && !isSame() ? t("privacy.otherNumber") : null), more: { required: true, spellcheck: "false" } }),
            show(() => fault.value, () => notice(() => explain(fault.value), "bad")),
            h("div", { class: "ends" },
                h("span", { class: "grow quiet", role: "status" }, () => (isBusy.value ? t("privacy.erasing") : "")),
                button({ label: () => t("action.cancel"), press: close, disabled: () => isBusy.value }),
                button({ label: () => t("privacy.erase"), symbol: "trash", look: "danger", kind: "submit", disabled: () => isBusy.value || !isSame() || reason.value.trim() === "" })),
        );
    });
}

/** @param {Subject} subject */
function hindrance(subject) {
    if (subject.openContacts > 0) return notice(() => t("privacy.isOpen", { count: subject.openContacts }), "warn");
    if (subject.isHeld) return notice(() => [t("privacy.isHeld", { reason: subject.holds[0]?.reason ?? "–" }), " ", h("a", { href: address(["privacy", "holds"]) }, t("privacy.part.holds"))], "warn");
    return null;
}

/**
 * @param {Subject} subject
 * @param {() => Promise<void>} again
 * @param {(deletion: Deletion) => void} erased
 */
function overview(subject, again, erased) {
    const isBusy = signal(false);
    const save = async () => {
        isBusy.value = true;
        try {
            const bytes = await post("/subjects/export", { number: subject.number }, { patience });
            // The file's name says nothing of whom it is about.
            saveFile(`person-${day(now())}.zip`, new Blob([bytes], { type: "application/zip" }));
            toast(t("privacy.exported"));
        } catch (error) {
            complain(error);
        }
        isBusy.value = false;
    };
    if (subject.contacts === 0 && subject.holdings.length === 0) return h("section", { class: "card" }, empty("search", () => t("privacy.unknown", { number: phone(subject.number) }), () => t("privacy.unknownText")));
    return card(
        { title: () => phone(subject.number), end: subject.isHeld ? chip(() => t("privacy.held"), "warn") : null },
        h(
            "div", { class: "stack" },
            facts([
                [() => t("privacy.contacts"), () => number(subject.contacts)], [() => t("privacy.openContacts"), () => number(subject.openContacts)],
                [() => t("privacy.firstAt"), () => time(subject.firstAt)], [() => t("privacy.lastAt"), () => time(subject.lastAt)],
            ]),
            holdingsTable(subject.holdings, () => t("privacy.holdings")),
            hindrance(subject),
            h("div", { class: "row wrap" },
                may("privacy.export") ? button({ label: () => t("privacy.export"), symbol: "download", press: () => void save(), disabled: () => isBusy.value }) : null,
                h("span", { class: "grow quiet", role: "status" }, () => (isBusy.value ? t("privacy.packing") : "")),
                may("privacy.erase") ? button({ label: () => t("privacy.eraseOpen"), symbol: "trash", press: () => openErase({ subject, erased, refused: () => void again() }), disabled: () => subject.isHeld || subject.openContacts > 0 }) : null),
        ),
    );
}

export function lookupPart() {
    const typed = signal("");
    const subject = signal(/** @type {Subject | null} */ (null));
    const deletion = signal(/** @type {Deletion | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const search = async () => {
        const asked = bare(typed.peek());
        if (asked === "" || isBusy.peek()) return;
        isBusy.value = true;
        fault.value = null;
        try {
            subject.value = await post("/subjects/search", { number: asked });
        } catch (error) {
            [subject.value, fault.value] = [null, error];
        }
        isBusy.value = false;
    };
    const isNumber = () => fault.value instanceof Problem && fault.value.field === "number";
    return [
        card({ title: () => t("privacy.lookup") }, h(
            "form", { class: "row ends-low wrap", role: "search", autocomplete: "off", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), (deletion.value = null), void search()) },
            textField({
                label: () => t("privacy.number"), kind: "tel", value: () => typed.value, change: (text) => ((typed.value = text), isNumber() && (fault.value = null)), look: "narrow",
                fault: () => (isNumber() ? t("privacy.noNumber") : null), more: { placeholder: "138 0000 1111", spellcheck: "false" },
            }),
            button({ label: () => t("privacy.look"), symbol: "search", look: "primary", kind: "submit", disabled: () => isBusy.value || bare(typed.value) === "" }),
        ), h("p", { class: "small-text quiet" }, () => t("privacy.lookupText"))),
        show(() => fault.value && !isNumber(), () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void search() }))),
        keyed(() => deletion.value, (found) => (found ? card(
            { title: () => t("privacy.erased"), end: h("a", { class: "button", href: address(["privacy", "deletions", found.id]) }, () => t("privacy.openRecord")) }, deletionRecord(found)) : null)),
        h("div", { role: "status" }, keyed(() => subject.value, (found) => (found && !(deletion.peek() && found.contacts === 0) ? overview(found, search, (made) => {
            deletion.value = made;
            void search();
        }) : null))),
        show(() => !subject.value && !deletion.value && !fault.value, () => h("section", { class: "card" }, empty("person", () => t("privacy.nobody"), () => t("privacy.nobodyText")))),
    ];
}
