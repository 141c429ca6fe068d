/** What is stored about people, and how the words and figures of it are shown. */
import { agentName } from "../../core/centre.js";
import { h } from "../../core/dom.js";
import { has, number, t } from "../../core/i18n.js";
import { fullMoment } from "../../core/time.js";

/** @typedef {{dataClass: string, kind: string, items: number, bytes: number}} Holding */
/** @typedef {{id: string, number: string | null, interaction: string | null, reason: string, madeAt: number, madeBy: string, liftedAt?: number | null, liftedBy?: string | null, liftReason?: string | null}} Hold */
/** @typedef {{number: string, contacts: number, openContacts: number, firstAt?: number | null, lastAt?: number | null, isHeld: boolean, holds: Hold[], holdings: Holding[]}} Subject */
/** @typedef {{id: string, at: number, actor: string, actorName: string | null, basis: "erasure" | "retention", reason: string, subject: string | null, interactions: number, deleted: Holding[], keys: number, verifiedAt: number | null, left: number}} Deletion */
/** @typedef {{version: number, days: Record<string, number | null>, lastSweepAt: number | null, nextSweepAt: number | null, due: Record<string, number>}} Retention */

/** Classes of data that belong to people, as the decision on permissions names them. */
export const classes = ["identity", "recording", "freeText"];
/** Characters of a reason that the server takes. */
export const mostReason = 500;

/** @param {string} dataClass */
export const className = (dataClass) => (has(`privacy.class.${dataClass}`) ? t(`privacy.class.${dataClass}`) : dataClass);
/** @param {string} kind */
export const kindName = (kind) => (has(`privacy.kind.${kind}`) ? t(`privacy.kind.${kind}`) : kind);

const units = ["B", "KiB", "MiB", "GiB", "TiB"];
/**
 * 1.4 MiB.
 * @param {number} bytes
 */
export function size(bytes) {
    let [value, unit] = [bytes, 0];
    while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
    return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** @param {number | null | undefined} at */
export const time = (at) => (at ? fullMoment(at) : "–");

/**
 * Who did it: a person by name, or the program itself.
 * @param {string | null | undefined} actor
 * @param {string | null} [name]
 */
export function actorName(actor, name) {
    if (name) return name;
    return actor === "system" ? t("privacy.system") : agentName(actor) || "–";
}

/**
 * How much of what there is, or was.
 * @param {Holding[]} holdings
 * @param {() => string} label
 */
export function holdingsTable(holdings, label) {
    const sorted = [...holdings].sort((one, other) => classes.indexOf(one.dataClass) - classes.indexOf(other.dataClass) || one.kind.localeCompare(other.kind));
    const sum = (/** @type {"items" | "bytes"} */ name) => holdings.reduce((all, one) => all + one[name], 0);
    return h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": label }, h(
        "table", { class: "table" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, () => t("privacy.class")), h("th", { scope: "col" }, () => t("privacy.kind")), h("th", { scope: "col", class: "end" }, () => t("privacy.items")), h("th", { scope: "col", class: "end" }, () => t("privacy.size")))),
        h("tbody", null, sorted.map((one) => h(
            "tr", null, h("td", null, () => className(one.dataClass)), h("td", null, () => kindName(one.kind)),
            h("td", { class: "end" }, () => number(one.items)), h("td", { class: "end" }, one.bytes > 0 ? size(one.bytes) : "–"),
        ))),
        h("tfoot", null, h("tr", null, h("th", { scope: "row", colspan: 2 }, () => t("privacy.all")), h("td", { class: "end strong" }, () => number(sum("items"))), h("td", { class: "end strong" }, sum("bytes") > 0 ? size(sum("bytes")) : "–"))),
    ));
}

/**
 * The digits of a number however it is grouped, with its plus.
 * @param {string} typed
 */
export const bare = (typed) => typed.replace(/[\s().\-–—/]/g, "").replace(/^＋/, "+");
