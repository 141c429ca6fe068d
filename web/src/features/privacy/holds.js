/** Legal holds: what must not be deleted as long as they stand. */
import { Problem, get, post, query } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { explain, phone, t } from "../../core/i18n.js";
import { effect, signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { segments, textArea, textField } from "../../ui/field.js";
import { listFile } from "../../ui/list-file.js";
import { chip, empty, notice } from "../../ui/parts.js";
import { toast } from "../../ui/toast.js";
import { actorName, bare, mostReason, time } from "./holdings.js";

/** @typedef {import("./holdings.js").Hold} Hold */

/** @param {Hold} hold */
const what = (hold) => (hold.number ? phone(hold.number) : t("privacy.oneInteraction"));

/** @param {() => void} made */
function openNew(made) {
    const kind = signal("number");
    const value = signal("");
    const reason = signal("");
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    openDialog({ title: () => t("privacy.newHold") }, (close) => {
        /** @param {Event} event */
        const submit = async (event) => {
            event.preventDefault();
            if (isBusy.peek() || value.peek().trim() === "" || reason.peek().trim() === "") return;
            isBusy.value = true;
            fault.value = null;
            try {
                await post("/legal-holds", { [kind.peek()]: kind.peek() === "number" ? bare(value.peek()) : value.peek().trim(), reason: reason.peek().trim() });
                close();
                toast(t("privacy.holdMade"));
                made();
            } catch (error) {
                fault.value = error;
            }
            isBusy.value = false;
        };
        const isAbout = () => fault.value instanceof Problem && (fault.value.field === "number" || fault.value.field === "interaction");
        return h(
            "form", { class: "stack", onsubmit: submit, autocomplete: "off" },
            h("p", { class: "quiet" }, () => t("privacy.newHoldText")),
            segments({ label: () => t("privacy.holdOf"), value: () => kind.value, change: (next) => ((kind.value = next), (fault.value = null)), choices: () => ["number", "interaction"].map((one) => ({ value: one, label: t(`privacy.holdOf.${one}`) })) }),
            () => textField({
                label: () => t(kind.value === "number" ? "privacy.number" : "privacy.interactionID"), kind: kind.value === "number" ? "tel" : "text", value: () => value.value, change: (text) => (value.value = text),
                ...(kind.value === "interaction" ? { hint: () => t("privacy.interactionHint") } : {}),
                fault: () => (isAbout() ? (kind.value === "number" ? t("privacy.noNumber") : explain(fault.value)) : null), more: { required: true, spellcheck: "false" },
            }),
            textArea({ label: () => t("privacy.reason"), rows: 2, value: () => reason.value, change: (text) => (reason.value = text), hint: () => t("privacy.holdReasonHint"), more: { required: true, maxlength: mostReason } }),
            show(() => fault.value && !isAbout(), () => notice(() => explain(fault.value), "bad")),
            h("div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("privacy.makeHold"), look: "primary", kind: "submit", disabled: () => isBusy.value || value.value.trim() === "" || reason.value.trim() === "" })),
        );
    });
}

/**
 * @param {Hold} hold
 * @param {() => void} lifted
 */
function openLift(hold, lifted) {
    const reason = signal("");
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    openDialog({ title: () => t("privacy.liftTitle", { what: what(hold) }) }, (close) => {
        /** @param {Event} event */
        const submit = async (event) => {
            event.preventDefault();
            if (isBusy.peek() || reason.peek().trim() === "") return;
            isBusy.value = true;
            fault.value = null;
            try {
                await post(`/legal-holds/${encodeURIComponent(hold.id)}/lift`, { reason: reason.peek().trim() });
                close();
                toast(t("privacy.holdLifted"));
                lifted();
            } catch (error) {
                fault.value = error;
            }
            isBusy.value = false;
        };
        return h(
            "form", { class: "stack", onsubmit: submit },
            h("p", { class: "quiet" }, () => t("privacy.liftText")),
            textArea({ label: () => t("privacy.reason"), rows: 2, value: () => reason.value, change: (text) => (reason.value = text), more: { required: true, maxlength: mostReason, ref: (/** @type {HTMLElement} */ element) => setTimeout(() => element.focus()) } }),
            show(() => fault.value, () => notice(() => explain(fault.value), "bad")),
            h("div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("privacy.lift"), look: "primary", kind: "submit", disabled: () => isBusy.value || reason.value.trim() === "" })),
        );
    });
}

export function holdsPart() {
    const state = signal("standing");
    const items = signal(/** @type {Hold[] | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    let last = 0;
    const load = async () => {
        const request = ++last;
        try {
            const body = await get(`/legal-holds${query({ state: state.peek() })}`);
            if (request === last) [items.value, fault.value] = [body.items, null];
        } catch (error) {
            if (request === last) fault.value = error;
        }
    };
    effect(() => {
        void state.value;
        void load();
    });
    const add = () => (may("privacy.write") ? button({ label: () => t("privacy.newHold"), symbol: "plus", look: "primary", press: () => openNew(() => void load()) }) : null);
    const rows = each(h("tbody", null), () => items.value ?? [], (hold) => hold.id, (hold) => h(
        "tr", null,
        h("td", { class: "nowrap" }, () => (hold().number ? h("span", { class: "numeric" }, what(hold())) : h("a", { href: address(["interactions", hold().interaction ?? ""]) }, what(hold())))),
        h("td", { class: "main" }, () => [hold().reason, hold().liftReason ? h("div", { class: "small-text quiet" }, t("privacy.liftedBecause", { reason: hold().liftReason ?? "" })) : null]),
        h("td", null, () => [h("div", { class: "nowrap" }, time(hold().madeAt)), h("div", { class: "small-text quiet" }, actorName(hold().madeBy))]),
        h("td", null, () => (hold().liftedAt ? [chip(() => t("privacy.lifted")), h("div", { class: "small-text quiet" }, `${time(hold().liftedAt)} · ${actorName(hold().liftedBy)}`)] : chip(() => t("privacy.standing"), "warn"))),
        h("td", { class: "end" }, () => (!hold().liftedAt && may("privacy.write") ? button({ label: () => t("privacy.lift"), spoken: () => t("privacy.liftTitle", { what: what(hold()) }), press: () => openLift(hold(), () => void load()) }) : null)),
    ));
    return [
        h("div", { class: "row wrap" },
            segments({ label: () => t("privacy.holdState"), value: () => state.value, change: (next) => (state.value = next), choices: () => ["standing", "all"].map((one) => ({ value: one, label: t(`privacy.state.${one}`) })) }),
            h("span", { class: "grow" }),
            listFile({ path: "/legal-holds", filters: () => ({ state: state.value }), isEmpty: () => (items.value ?? []).length === 0 }, () => t("privacy.part.holds")), add()),
        h("p", { class: "quiet" }, () => t("privacy.holdsText")),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        show(() => items.value !== null, () => h("section", { class: "card" }, show(() => (items.value ?? []).length > 0, () => h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("privacy.part.holds") }, h(
            "table", { class: "table" },
            h("thead", null, h("tr", null, ["privacy.holdOf", "privacy.reason", "privacy.madeAt", "privacy.holdState"].map((key) => h("th", { scope: "col" }, () => t(key))), h("td", null))),
            rows,
        )), () => empty("shield", () => t(state.value === "standing" ? "privacy.noHolds" : "privacy.noHoldsEver"), () => t("privacy.noHoldsText"), h("div", null, add()))))),
    ];
}
