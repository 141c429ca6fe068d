/** A word at the bottom of the screen that goes by itself. Spoken by screen readers. */
import { h } from "../core/dom.js";
import { explain, t } from "../core/i18n.js";

/** Milliseconds; long enough to read two lines, longer when there is something to press. */
const usual = 5_000;
const withAction = 9_000;
/** More at once nobody reads. */
const mostToasts = 3;

const place = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
document.body.append(place);

/**
 * @param {string} text
 * @param {{look?: string, action?: {label: string, press: () => void}}} [options]
 * @returns {() => void} takes it away, when it is no longer true
 */
export function toast(text, options = {}) {
    const { look = "", action } = options;
    for (const child of [...place.children]) if (child.firstChild?.textContent === text) child.remove();
    while (place.children.length >= mostToasts) place.firstElementChild?.remove();
    const close = () => {
        clearTimeout(timer);
        node.remove();
    };
    const node = h(
        "div", { class: `toast ${look}` },
        h("span", { class: "grow" }, text),
        action ? h("button", { type: "button", onclick: () => (close(), action.press()) }, action.label) : null,
        h("button", { type: "button", onclick: close, "aria-label": t("action.close") }, "×"),
    );
    const timer = setTimeout(close, action ? withAction : usual);
    // In the top layer of a dialog it would be covered.
    const dialog = [...document.querySelectorAll("dialog[open]")].pop();
    if (dialog) dialog.append(place);
    else if (place.parentElement !== document.body) document.body.append(place);
    place.append(node);
    return close;
}

/**
 * Tells what went wrong.
 * @param {unknown} error
 */
export const complain = (error) => toast(explain(error), { look: "bad" });
