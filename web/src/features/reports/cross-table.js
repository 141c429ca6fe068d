/** Contacts by source and type: one table whose cells are the whole (mission Q28). */
import { h } from "../../core/dom.js";
import { named, number, t } from "../../core/i18n.js";

/** @typedef {import("./figure.js").Report} Report */
/** @typedef {import("./figure.js").Figure} Figure */
/** @typedef {import("./figure.js").Row} Row */

/**
 * @param {Report} report its rows have the keys `origin|type`
 * @param {(figure: Figure, row: Row) => void} open
 */
export function crossTable(report, open) {
    const figure = report.figures.find((one) => one.key === "contacts");
    const cells = new Map(report.rows.map((row) => [row.key, row]));
    const halves = report.rows.map((row) => row.key.split("|"));
    const origins = [...new Set(halves.map(([origin]) => origin))].sort();
    const types = [...new Set(halves.map(([, type]) => type))].sort((first, second) => Number(first === "") - Number(second === "") || first.localeCompare(second));
    const names = new Map(report.rows.flatMap((row) => (row.names ? [[row.key.split("|")[1], row.names]] : [])));
    const count = (/** @type {Row[]} */ rows) => rows.reduce((sum, row) => sum + (row.terms.contacts ?? 0), 0);
    const ofType = (/** @type {string} */ type) => report.rows.filter((row) => row.key.endsWith(`|${type}`));
    const ofOrigin = (/** @type {string} */ origin) => report.rows.filter((row) => row.key.startsWith(`${origin}|`));
    const cell = (/** @type {Row | undefined} */ row) => h("td", { class: "end numeric" }, row && figure && row.terms.contacts ? h("button", { type: "button", class: "bare linked", onclick: () => open(figure, row) }, number(row.terms.contacts)) : "·");
    return h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("report.byOriginType") }, h(
        "table", { class: "table" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, () => t("report.byRequestType")), origins.map((origin) => h("th", { scope: "col", class: "end" }, () => t(`origin.${origin}`))), h("th", { scope: "col", class: "end" }, () => t("report.total")))),
        h("tbody", null, types.map((type) => h(
            "tr", null, h("th", { scope: "row" }, () => (type === "" ? t("report.untyped") : named(names.get(type), type))),
            origins.map((origin) => cell(cells.get(`${origin}|${type}`))), h("td", { class: "end numeric" }, number(count(ofType(type)))),
        ))),
        h("tfoot", null, h("tr", null, h("th", { scope: "row" }, () => t("report.total")), origins.map((origin) => h("td", { class: "end numeric" }, number(count(ofOrigin(origin))))), h("td", { class: "end numeric" }, number(report.total.terms.contacts ?? 0)))),
    ));
}
