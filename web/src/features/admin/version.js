/** One version: before and after, field by field, and the way back to it. */
import { Problem, get, post } from "../../core/api.js";
import { h, keyed, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address, go } from "../../core/router.js";
import { may } from "../../core/session.js";
import { fullMoment } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { icon } from "../../ui/icons.js";
import { empty, notice } from "../../ui/parts.js";
import { complain } from "../../ui/toast.js";
import { actorOf, changeChip } from "./history.js";
import { canonical } from "./sections.js";
import { written } from "./undo.js";
import { labelled, worded } from "./words.js";

/** @typedef {import("../../core/types.js").Version} Version */
/** @typedef {import("../../core/types.js").Change} Change */

/** Versions that are read to show what a restoration would change back; further back only their number is told. */
const mostRead = 30;

/**
 * @param {Change[]} changes
 * @param {boolean} [isBack] they are what a restoration would do
 */
function changesTable(changes, isBack = false) {
    return h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("admin.whatChanged") }, h(
        "table", { class: "table versions" },
        h("thead", null, h("tr", null, ["admin.part", isBack ? "admin.now" : "admin.before", isBack ? "admin.then" : "admin.after"].map((key) => h("th", { scope: "col" }, () => t(key))))),
        changes.map((change) => h(
            "tbody", null,
            h("tr", { class: "about" }, h("th", { colspan: 3, scope: "colgroup" }, changeChip(change, isBack ? "back" : "kind"))),
            (change.fields ?? []).map(({ field, before, after }) => h("tr", null,
                h("th", { scope: "row" }, () => labelled(change.section, field)),
                h("td", { class: "before" }, () => worded(change.section, field, before)), h("td", { class: "after" }, () => worded(change.section, field, after)))),
        )),
    ));
}

/**
 * What going back from the newest version would change: the later changes, turned round.
 * @param {Version[]} later newest first
 * @returns {Change[]}
 */
export function turnedRound(later) {
    /** @type {Map<string, {section: string, key: string, now: Map<string, unknown>, then: Map<string, unknown>, isThere: boolean, wasThere: boolean}>} */
    const rows = new Map();
    for (const version of later) {
        for (const change of version.changes) {
            const name = `${change.section} ${change.key}`;
            const row = rows.get(name) ?? { section: change.section, key: change.key, now: new Map(), then: new Map(), isThere: change.kind !== "removed", wasThere: true };
            row.wasThere = change.kind !== "added";
            for (const { field, before, after } of change.fields ?? []) {
                if (!row.now.has(field)) row.now.set(field, after);
                row.then.set(field, before);
            }
            rows.set(name, row);
        }
    }
    return [...rows.values()].map((row) => ({
        section: row.section, key: row.key, kind: /** @type {Change["kind"]} */ (row.isThere === row.wasThere ? "changed" : row.wasThere ? "added" : "removed"),
        fields: [...row.now].filter(([field, now]) => canonical(now) !== canonical(row.then.get(field))).map(([field, now]) => ({ field, before: now, after: row.then.get(field) })),
    })).filter((one) => one.kind !== "changed" || one.fields.length > 0);
}

/** @param {number} version */
async function confirmRestore(version) {
    const newest = /** @type {Version[]} */ ((await get("/centre/versions?limit=1")).items)[0].version;
    const count = newest - version;
    const later = signal(/** @type {Version[] | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const read = async () => {
        const found = [];
        for (let one = newest; one > version && found.length < mostRead; one -= 1) found.push(await get(`/centre/versions/${one}`));
        later.value = found;
    };
    read().catch((error) => (fault.value = error));
    const isBusy = signal(false);
    openDialog({ title: () => t("admin.restoreTitle", { version }), look: "wide" }, (close) => {
        const press = async () => {
            isBusy.value = true;
            fault.value = null;
            try {
                const answer = await post(`/centre/versions/${version}/restore?version=${newest}`);
                close();
                written(t("admin.restored", { version }), answer.version);
                go(["admin", "history"]);
            } catch (error) {
                fault.value = error;
            }
            isBusy.value = false;
        };
        return [
            h("p", null, () => t("admin.restoreText", { count })),
            show(() => fault.value, () => notice(() => (fault.value instanceof Problem && fault.value.reason === "changedMeanwhile" ? t("admin.restoreTooLate") : fault.value instanceof Problem && fault.value.reason === "inUse" ? t("admin.undoInUse") : explain(fault.value)), "bad")),
            show(() => later.value, () => {
                const changes = turnedRound(later.peek() ?? []);
                return h("div", { class: "stack" }, count > mostRead ? notice(() => t("admin.restoreFar", { count: mostRead }), "warn") : null, changes.length > 0 ? changesTable(changes, true) : h("p", { class: "quiet" }, () => t("admin.restoreNothing")));
            }, () => h("p", { class: "quiet" }, () => t("admin.reading"))),
            h("div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("admin.restore"), look: "primary", press: () => void press(), disabled: () => isBusy.value || later.value === null })),
        ];
    });
}

/** @param {number} number */
export function versionPage(number) {
    const version = signal(/** @type {Version | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const load = () => get(`/centre/versions/${number}`).then((body) => (version.value = body)).catch((error) => (fault.value = error));
    void load();
    return h(
        "div", { class: "content scrolls" },
        h("div", { class: "head" },
            h("a", { class: "button plain square", href: address(["admin", "history"]), "aria-label": () => t("admin.backTo", { section: t("admin.section.history") }) }, icon("left")),
            h("h1", { class: "grow" }, () => t("admin.versionOf", { version: number })),
            may("centre.write") ? button({ label: () => t("admin.restoreThis"), symbol: "undo", press: () => void confirmRestore(number).catch(complain) }) : null),
        show(() => fault.value, () => (fault.value instanceof Problem && fault.value.status === 404 ? empty("search", () => t("admin.gone"), () => t("admin.goneText")) : notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => ((fault.value = null), void load()) })))),
        keyed(() => version.value, (found) => (found ? [
            h("p", { class: "quiet" }, () => `${fullMoment(found.at)} · ${actorOf(found)}`),
            h("section", { class: "card" }, found.changes.length > 0 ? changesTable(found.changes) : empty("check", () => t("admin.firstVersion"), () => t("admin.firstVersionText"))),
        ] : null)),
    );
}
