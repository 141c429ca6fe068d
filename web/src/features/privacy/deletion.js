/** One deletion: what was taken away, on what basis, and the proof that nothing is left. Can be printed. */
import { Problem, get, post } from "../../core/api.js";
import { h, keyed, show } from "../../core/dom.js";
import { explain, number, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may, session } from "../../core/session.js";
import { now } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { card, chip, empty, facts, notice } from "../../ui/parts.js";
import { actorName, bare, holdingsTable, time } from "./holdings.js";

/** @typedef {import("./holdings.js").Deletion} Deletion */

/** Milliseconds: looking through everything takes longer than an ordinary question. */
const patience = 60_000;

/** @param {Deletion} deletion */
export const basisChip = (deletion) => chip(() => t(`privacy.basis.${deletion.basis}`), deletion.basis === "erasure" ? "accent" : "");

/** @param {Deletion} deletion */
export function proofChip(deletion) {
    if (!deletion.verifiedAt) return chip(() => t("privacy.unproved"), "warn");
    return deletion.left === 0 ? chip(() => t("privacy.proved"), "good", "check") : chip(() => t("privacy.leftShort", { count: number(deletion.left) }), "bad", "alert");
}

/** @param {Deletion} deletion */
function proof(deletion) {
    if (!deletion.verifiedAt) return notice(() => t("privacy.unprovedText"), "warn");
    return deletion.left === 0
        ? notice(() => t("privacy.provedText", { time: time(deletion.verifiedAt) }), "good")
        : notice(() => t("privacy.leftText", { time: time(deletion.verifiedAt), count: number(deletion.left) }), "bad");
}

/**
 * The whole of it, on the page and on paper.
 * @param {Deletion} deletion
 */
export const deletionRecord = (deletion) => h(
    "div", { class: "stack record" },
    proof(deletion),
    facts([
        [() => t("privacy.at"), () => time(deletion.at)], [() => t("privacy.by"), () => actorName(deletion.actor, deletion.actorName)],
        [() => t("privacy.basis"), () => basisChip(deletion)], [() => t("privacy.reason"), () => deletion.reason || "–"],
        [() => t("privacy.subject"), () => (deletion.subject ? h("code", { class: "hash" }, deletion.subject) : t("privacy.noSubject"))],
        [() => t("privacy.contacts"), () => number(deletion.interactions)], [() => t("privacy.keys"), () => number(deletion.keys)],
        [() => t("privacy.id"), () => h("code", { class: "hash" }, deletion.id)],
    ]),
    deletion.deleted.length > 0 ? holdingsTable(deletion.deleted, () => t("privacy.deleted")) : h("p", { class: "quiet" }, () => t("privacy.nothingDeleted")),
    h("p", { class: "small-text quiet" }, () => t("privacy.stays")),
);

/**
 * Looks again whether anything is left; what a person left behind is found by the number, which is stored nowhere.
 * @param {Deletion} deletion
 * @param {(next: Deletion) => void} changed
 */
function lookAgain(deletion, changed) {
    const typed = signal("");
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    /** @param {Event} event */
    const submit = async (event) => {
        event.preventDefault();
        if (isBusy.peek()) return;
        isBusy.value = true;
        fault.value = null;
        try {
            changed(await post(`/deletions/${encodeURIComponent(deletion.id)}/verify`, typed.peek().trim() ? { number: bare(typed.peek()) } : {}, { patience }));
        } catch (error) {
            fault.value = error;
        }
        isBusy.value = false;
    };
    return card({ title: () => t("privacy.lookAgain"), look: "no-print" }, h(
        "form", { class: "stack", onsubmit: submit, autocomplete: "off" },
        h("p", { class: "quiet" }, () => t(deletion.subject ? "privacy.lookAgainSubject" : "privacy.lookAgainText")),
        deletion.subject ? textField({ label: () => t("privacy.number"), kind: "tel", value: () => typed.value, change: (text) => (typed.value = text), hint: () => t("privacy.numberOptional"), look: "narrow" }) : null,
        show(() => fault.value, () => notice(() => explain(fault.value), "bad")),
        h("div", { class: "row" }, button({ label: () => t("privacy.lookAgainNow"), symbol: "search", kind: "submit", disabled: () => isBusy.value }), h("span", { role: "status", class: "quiet" }, () => (isBusy.value ? t("privacy.looking") : ""))),
    ));
}

/** @param {string} id */
export function deletionPart(id) {
    const deletion = signal(/** @type {Deletion | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const load = () => get(`/deletions/${encodeURIComponent(id)}`).then((body) => ((deletion.value = body), (fault.value = null))).catch((error) => (fault.value = error));
    void load();
    return h(
        "div", { class: "stack" },
        h("div", { class: "row no-print" },
            h("a", { class: "button plain square", href: address(["privacy", "deletions"]), "aria-label": () => t("privacy.backToDeletions") }, icon("left")),
            h("h2", { class: "grow" }, () => t("privacy.deletion")),
            show(() => deletion.value, () => button({ label: () => t("privacy.print"), symbol: "list", press: () => print() }))),
        show(() => fault.value, () => (fault.value instanceof Problem && fault.value.status === 404
            ? empty("search", () => t("privacy.noSuchDeletion"), () => t("privacy.noSuchDeletionText"), h("a", { href: address(["privacy", "deletions"]) }, () => t("privacy.backToDeletions")))
            : notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() })))),
        keyed(() => deletion.value, (found) => (found ? [
            h("div", { class: "print-head" }, h("b", null, session.peek()?.centre.name ?? ""), h("h1", null, () => t("privacy.printTitle")), h("p", null, () => t("privacy.printedAt", { time: time(now()) }))),
            h("section", { class: "card" }, h("div", { class: "body" }, deletionRecord(found))),
            may("privacy.read") ? lookAgain(found, (next) => (deletion.value = next)) : null,
        ] : null)),
    );
}
