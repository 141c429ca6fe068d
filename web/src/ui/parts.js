/** Small things that need no file of their own. */
import { append, h } from "../core/dom.js";
import { icon } from "./icons.js";

/**
 * @param {() => Child} text
 * @param {string} [look] good, warn, bad, info, accent
 * @param {string} [symbol]
 */
export const chip = (text, look = "", symbol) => h("span", { class: `chip ${look}` }, symbol ? icon(symbol, "small") : null, text);

/** @param {() => string} look good, warn, bad, info, accent */
export const dot = (look) => h("i", { class: () => `dot ${look()}`, "aria-hidden": "true" });

/**
 * Nothing is here, and what to do about it.
 * @param {string} symbol
 * @param {() => string} title
 * @param {() => Child} [text]
 * @param {Child} [action]
 */
export const empty = (symbol, title, text, action = null) =>
    h("div", { class: "empty" }, icon(symbol), h("b", null, title), text ? h("span", null, text) : null, action);

/**
 * @param {() => Child} text
 * @param {"info" | "warn" | "bad" | "good"} look
 * @param {Child} [action]
 */
export const notice = (text, look, action = null) =>
    h("div", { class: `notice ${look}`, role: look === "bad" ? "alert" : "note" }, icon(look === "info" ? "info" : look === "good" ? "check" : "alert"), h("div", { class: "grow" }, text), action);

/**
 * @param {{title: () => Child, end?: Child, look?: string, flush?: boolean, name?: string}} head
 * @param {...Child} children
 */
export const card = ({ title, end = null, look = "", flush = false }, ...children) =>
    h(
        "section", { class: `card ${look}` },
        h("header", null, h("h2", { class: "grow cut" }, title), end),
        flush ? children : h("div", { class: "body" }, children),
    );

/**
 * @param {() => number} share 0 to 1
 * @param {() => string} label
 */
export const meter = (share, label) =>
    h(
        "div", { class: "meter", role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": () => String(Math.round(share() * 100)) },
        h("i", { style: () => ({ transform: `scaleX(${share()})` }) }),
    );

/** @param {[() => string, () => Child][]} items */
export function facts(items) {
    const list = h("dl", { class: "facts" });
    for (const [name, value] of items) append(list, [h("dt", null, name), h("dd", null, value)]);
    return list;
}
