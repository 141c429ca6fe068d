/** Buttons, and the keys that are painted on them. */
import { h } from "../core/dom.js";
import { icon } from "./icons.js";

const isMac = /Mac/.test(navigator.platform);

/**
 * How a shortcut is written.
 * @param {string} key
 */
export const keyName = (key) => (key === "?" ? "?" : `${isMac ? "⌥" : "Alt"}+${key.toUpperCase()}`);

/**
 * `spoken` is the name for screen readers where the visible one is an icon alone.
 * @typedef {object} ButtonProps
 * @property {() => Child} [label]
 * @property {() => string} [spoken]
 * @property {string} [symbol] name of an icon
 * @property {() => string} [changingSymbol]
 * @property {string} [look] classes: primary, answer, danger, plain, square, tall, stacked
 * @property {string} [shortcut]
 * @property {(event: MouseEvent) => void} [press]
 * @property {() => boolean} [disabled]
 * @property {() => boolean} [pressed]
 * @property {"button" | "submit"} [kind]
 * @property {Record<string, any>} [more]
 */

/** @param {ButtonProps} props */
export function button({ label, spoken, symbol, changingSymbol, look = "", shortcut, press, disabled, pressed, kind = "button", more = {} }) {
    return h(
        "button",
        {
            type: kind,
            class: `button ${look}`,
            "aria-keyshortcuts": shortcut ? `Alt+${shortcut.toUpperCase()}` : null,
            "aria-label": spoken ?? null,
            title: spoken ?? null,
            "aria-pressed": pressed ? () => String(pressed()) : null,
            disabled: disabled ?? false,
            ...(press ? { onclick: press } : {}),
            ...more,
        },
        changingSymbol ? () => icon(changingSymbol()) : symbol ? icon(symbol) : null,
        label ? h("span", null, label) : null,
        shortcut ? h("kbd", { "aria-hidden": "true" }, keyName(shortcut)) : null,
    );
}
