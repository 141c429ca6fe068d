/** Fields with a label, a hint, and a fault that says what to do. */
import { h, uniqueID } from "../core/dom.js";
import { keyName } from "./button.js";
import { icon } from "./icons.js";

/**
 * @typedef {object} FieldProps
 * @property {() => string} label
 * @property {() => string | null} [fault]
 * @property {() => string} [hint]
 * @property {string} [shortcut]
 * @property {string} [look]
 */

/**
 * Ties a control to its label.
 * @param {FieldProps} props
 * @param {(id: string, described: Record<string, any>) => Element} make
 */
export function field({ label, fault, hint, shortcut, look = "" }, make) {
    const id = uniqueID("field");
    const note = `${id}-note`;
    const described = {
        id,
        "aria-describedby": fault || hint ? note : null,
        "aria-invalid": fault ? () => (fault() ? "true" : null) : null,
        "aria-keyshortcuts": shortcut ? `Alt+${shortcut.toUpperCase()}` : null,
    };
    return h(
        "div", { class: `field ${look}` },
        h("label", { for: id }, label, shortcut ? h("kbd", { "aria-hidden": "true" }, keyName(shortcut)) : null),
        make(id, described),
        fault || hint
            ? h("div", { id: note, role: "status" }, () => {
                const text = fault?.();
                if (text) return h("span", { class: "fault" }, icon("alert", "small"), text);
                return hint ? h("span", { class: "hint" }, hint) : null;
            })
            : null,
    );
}

/**
 * @param {FieldProps & {value: () => string, change: (text: string) => void, kind?: string, more?: Record<string, any>}} props
 */
export const textField = ({ value, change, kind = "text", more = {}, ...rest }) =>
    field(rest, (_, described) =>
        h("input", { type: kind, value, oninput: (/** @type {any} */ event) => change(event.target.value), ...described, ...more }));

/** @param {FieldProps & {value: () => string, change: (text: string) => void, rows?: number, more?: Record<string, any>}} props */
export const textArea = ({ value, change, rows = 4, more = {}, ...rest }) =>
    field(rest, (_, described) =>
        h("textarea", { rows, value, oninput: (/** @type {any} */ event) => change(event.target.value), ...described, ...more }));

/**
 * @param {FieldProps & {value: () => string, change: (value: string) => void, choices: () => {value: string, label: string}[], more?: Record<string, any>}} props
 */
export const selectField = ({ value, change, choices, more = {}, ...rest }) =>
    field(rest, (_, described) => selectBox({ value, change, choices, more: { ...described, ...more } }));

/** @param {{value: () => string, change: (value: string) => void, choices: () => {value: string, label: string}[], more?: Record<string, any>}} props */
export function selectBox({ value, change, choices, more = {} }) {
    return h(
        "select",
        { onchange: (/** @type {any} */ event) => change(event.target.value), ...more },
        () => {
            const chosen = value();
            return choices().map((one) => h("option", { value: one.value, selected: one.value === chosen }, one.label));
        },
    );
}

/**
 * One of a few, all of them visible.
 * @param {{label: () => string, value: () => string, change: (value: string) => void, choices: () => {value: string, label: string, symbol?: string}[]}} props
 */
export function segments({ label, value, change, choices }) {
    const name = uniqueID("segment");
    return h("div", { class: "segments", role: "radiogroup", "aria-label": label }, () =>
        choices().map((one) =>
            h(
                "label", { class: () => (value() === one.value ? "is-on" : "") },
                h("input", { type: "radio", name, value: one.value, checked: () => value() === one.value, onchange: () => change(one.value) }),
                one.symbol ? icon(one.symbol, "small") : null,
                one.label,
            )));
}

/** @param {{label: () => Child, value: () => boolean, change: (value: boolean) => void}} props */
export const checkBox = ({ label, value, change }) =>
    h("label", { class: "check" }, h("input", { type: "checkbox", checked: value, onchange: (/** @type {any} */ event) => change(event.target.checked) }), h("span", null, label));
