/** How long data of each class is kept, and what goes at the next sweep. */
import { Problem, get, put } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, number, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { guardLeaving } from "../../core/router.js";
import { may } from "../../core/session.js";
import { button } from "../../ui/button.js";
import { ask } from "../../ui/dialog.js";
import { segments, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { notice } from "../../ui/parts.js";
import { toast } from "../../ui/toast.js";
import { className, classes, time } from "./holdings.js";

/** @typedef {import("./holdings.js").Retention} Retention */
/** @typedef {Record<string, number | null>} Days */

/** Days that the server takes; a hundred years. */
const mostDays = 36_500;
/** What a class begins with when it is no longer kept for ever. */
const usualDays = 1_095;

/** @param {number | null} days */
const written = (days) => (days === null ? t("privacy.forEver") : t("privacy.days", { days: number(days) }));

/**
 * Somebody else has saved meanwhile.
 * @param {{mine: Days, theirs: Retention, take: () => void, keep: () => void}} props
 */
const conflict = ({ mine, theirs, take, keep }) => h(
    "section", { class: "card conflict", role: "alert" },
    h("header", null, icon("alert"), h("h2", { class: "grow" }, () => t("privacy.changedMeanwhile"))),
    h("div", { class: "body stack" },
        h("p", null, () => t("privacy.changedMeanwhileText")),
        h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("privacy.changedMeanwhile") }, h(
            "table", { class: "table" },
            h("thead", null, h("tr", null, ["privacy.class", "privacy.mine", "privacy.theirs"].map((key) => h("th", { scope: "col" }, () => t(key))))),
            h("tbody", null, classes.map((one) => h("tr", null, h("th", { scope: "row" }, () => className(one)), h("td", null, () => written(mine[one] ?? null)), h("td", null, () => written(theirs.days[one] ?? null))))),
        )),
        h("div", { class: "ends row" }, button({ label: () => t("privacy.takeTheirs"), press: take }), button({ label: () => t("privacy.keepMine"), look: "primary", press: keep }))),
);

export function retentionPart() {
    const saved = signal(/** @type {Retention | null} */ (null));
    const draft = signal(/** @type {Days} */ ({}));
    const theirs = signal(/** @type {Retention | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    /** @param {Retention} body */
    const take = (body) => {
        saved.value = body;
        draft.value = { ...body.days };
        theirs.value = null;
    };
    const load = () => get("/retention").then((body) => ((fault.value = null), take(body))).catch((error) => (fault.value = error));
    void load();
    const isDirty = computed(() => classes.some((one) => (draft.value[one] ?? null) !== (saved.value?.days[one] ?? null)));
    const isWrong = (/** @type {string} */ one) => {
        const days = draft.value[one] ?? null;
        return days !== null && !(Number.isInteger(days) && days >= 1 && days <= mostDays);
    };
    /** Classes that would be kept for a shorter time than now. */
    const shorter = () => classes.filter((one) => (draft.peek()[one] ?? Infinity) < (saved.peek()?.days[one] ?? Infinity));
    guardLeaving({ isNeeded: () => isDirty.peek() && may("privacy.write"), ask: () => ask({ title: () => t("admin.unsaved"), text: () => t("admin.unsavedText"), yes: () => t("admin.leave"), no: () => t("admin.stay"), isDanger: true }) });
    /** What was changed here, put onto what somebody else has saved meanwhile, and that one beside it. */
    const compare = async () => {
        try {
            const body = /** @type {Retention} */ (await get("/retention"));
            const mine = Object.entries(draft.peek()).filter(([one, days]) => days !== (saved.peek()?.days[one] ?? null));
            draft.value = { ...body.days, ...Object.fromEntries(mine) };
            theirs.value = body;
        } catch (error) {
            fault.value = error;
        }
    };
    const save = async () => {
        if (isBusy.peek() || !saved.peek() || !isDirty.peek() || classes.some(isWrong)) return;
        const cut = shorter();
        if (cut.length > 0 && !(await ask({ title: () => t("privacy.shorterTitle"), text: () => t("privacy.shorterText", { classes: cut.map(className).join(", ") }), yes: () => t("privacy.shorten"), isDanger: true }))) return;
        isBusy.value = true;
        fault.value = null;
        try {
            take(await put("/retention", { version: saved.peek()?.version, days: draft.peek() }));
            toast(t("privacy.saved"));
        } catch (error) {
            if (error instanceof Problem && error.status === 409) await compare();
            else fault.value = error;
        }
        isBusy.value = false;
    };
    const keep = () => {
        // Saved on top of what the other one saved, after the same questions.
        saved.value = theirs.peek();
        theirs.value = null;
        void save();
    };
    /** @param {string} one */
    const row = (one) => {
        const days = () => draft.value[one] ?? null;
        const isKept = computed(() => days() === null);
        const set = (/** @type {number | null} */ value) => (draft.value = { ...draft.peek(), [one]: value });
        return h(
            "section", { class: "kept", "aria-label": () => className(one) },
            h("div", { class: "grow" }, h("h2", null, () => className(one)), h("p", { class: "quiet small-text" }, () => t(`privacy.class.${one}.text`))),
            h("div", { class: "row ends-low" },
                segments({ label: () => t("privacy.howLong", { name: className(one) }), value: () => (isKept.value ? "ever" : "days"), change: (value) => set(value === "ever" ? null : saved.peek()?.days[one] ?? usualDays), choices: () => [{ value: "ever", label: t("privacy.forEver") }, { value: "days", label: t("privacy.someDays") }] }),
                show(() => !isKept.value, () => textField({
                    label: () => t("privacy.daysOf", { name: className(one) }), kind: "number", value: () => (Number.isNaN(days()) ? "" : String(days())), change: (text) => set(text === "" ? NaN : Number(text)), look: "days",
                    fault: () => (isWrong(one) ? t("privacy.daysFault", { most: number(mostDays) }) : null), more: { min: 1, max: mostDays, step: 1, inputmode: "numeric" },
                }))),
            h("div", { class: "due numeric" }, h("b", null, () => number(saved.value?.due[one] ?? 0)), h("span", { class: "small-text quiet" }, () => t("privacy.due"))),
        );
    };
    return [
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        show(() => theirs.value, () => conflict({ mine: draft.peek(), theirs: /** @type {Retention} */ (theirs.peek()), take: () => take(/** @type {Retention} */ (theirs.peek())), keep })),
        show(() => saved.value, () => h(
            "form", { class: "stack", novalidate: true, onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void save()) },
            h("p", { class: "quiet" }, () => t("privacy.retentionText")),
            h("fieldset", { class: "card keeping", disabled: !may("privacy.write") }, h("legend", { class: "spoken" }, () => t("privacy.part.retention")), classes.map(row)),
            h("p", { class: "quiet small-text" }, () => t("privacy.sweeps", { last: time(saved.value?.lastSweepAt), next: time(saved.value?.nextSweepAt) })),
            may("privacy.write") ? h("div", { class: "row end" }, h("span", { class: "quiet", role: "status" }, () => (isDirty.value ? t("admin.unsavedNow") : "")), button({ label: () => t("action.save"), look: "primary", kind: "submit", disabled: () => isBusy.value || !isDirty.value || classes.some(isWrong) })) : null,
        )),
    ];
}
