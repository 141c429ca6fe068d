/** The rows of a section: searched, page by page. */
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { onCleanup, signal } from "../../core/reactive.js";
import { address, go, restate, route } from "../../core/router.js";
import { may } from "../../core/session.js";
import { textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { listFile } from "../../ui/list-file.js";
import { chip, empty } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";
import { openNow } from "./hours-field.js";
import { changes } from "./references.js";
import { newKey } from "./row-page.js";
import { roleName, labelled, sectionName, worded } from "./words.js";

/** @typedef {import("../../core/types.js").Row} Row */

/** Rows on a page. */
const size = 50;
/** Milliseconds that typing rests before the list follows. */
const rest = 300;
/**
 * What was searched for last in each section: who comes back from a row finds the list as it was.
 * @type {Map<string, string>}
 */
const searched = new Map();

/**
 * @param {import("./sections.js").Section} section
 * @param {string} column
 * @param {() => Row} item
 * @returns {Child}
 */
function cell(section, column, item) {
    if (column === section.key) return h("a", { class: "numeric", href: () => address(["admin", section.name, item()[section.key]]) }, () => item()[section.key]);
    if (column === "openNow") return () => openNow(item());
    if (column === "roles") return () => (item().roles ?? []).map((/** @type {string} */ role) => chip(() => roleName(role), role === "agent" ? "" : "accent"));
    if (column === "phone") return () => (item().phone ? t("admin.phoneShort", { account: item().phone.user ?? item().phone.uri }) : h("span", { class: "quiet" }, t("admin.phone.none")));
    if (column === "skills") return h("span", { class: "cut block", title: () => worded(section.name, column, item()[column]) }, () => worded(section.name, column, item()[column]));
    return () => worded(section.name, column, item()[column]);
}

/**
 * @param {import("./sections.js").Section} section
 * @param {Child} [tools]
 */
export function sectionList(section, tools = null) {
    const text = signal(route.peek().query.get("text") ?? searched.get(section.name) ?? "");
    const applied = signal(text.peek());
    let timer = 0;
    onCleanup(() => clearTimeout(timer));
    /** @param {string} next */
    const search = (next) => {
        text.value = next;
        clearTimeout(timer);
        timer = setTimeout(() => {
            applied.value = next.trim();
            searched.set(section.name, next.trim());
            restate(["admin", section.name], { text: next.trim() });
        }, rest);
    };
    const list = paged(`/centre/${section.name}`, () => {
        void changes.value;
        return { text: applied.value };
    }, size);
    const create = () => (may("centre.write") ? h("a", { class: "button primary", href: address(["admin", section.name, newKey]) }, icon("plus"), () => t(`admin.new.${section.name}`)) : null);
    return h(
        "div", { class: "content" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => sectionName(section.name)), tools, listFile(list, () => sectionName(section.name)), create),
        h("p", { class: "quiet intro" }, () => t(`admin.intro.${section.name}`)),
        h("form", { class: "filters", role: "search", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
            textField({ label: () => t("admin.search"), kind: "search", value: () => text.value, change: search, look: "wide" })),
        h("section", { class: "card list" }, table({
            label: () => sectionName(section.name), list, key: (/** @type {Row} */ item) => item[section.key], open: (/** @type {Row} */ item) => go(["admin", section.name, item[section.key]]),
            none: () => show(() => applied.value, () => empty("search", () => t("filter.nothing"), () => t("admin.nothingText")), () => empty(section.symbol, () => t("admin.none"), () => t(`admin.none.${section.name}`), h("div", null, create))),
            columns: section.columns.map((column) => ({ head: () => labelled(section.name, column), look: column === "skills" ? "main" : "", cell: (/** @type {() => Row} */ item) => cell(section, column, item) })),
        })),
    );
}

