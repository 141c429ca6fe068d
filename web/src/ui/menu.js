/** A button that opens a list of things to do. Arrow keys move, Escape closes, the focus returns. */
import { h, listen, show } from "../core/dom.js";
import { signal } from "../core/reactive.js";

/**
 * @param {object} props
 * @param {(open: {toggle: () => void, attributes: Record<string, any>}) => HTMLElement} props.trigger
 * @param {(close: () => void) => Child} props.items buttons or links; `role` is set here
 * @param {string} [props.look] from-start, from-end, full
 * @param {() => string} props.label
 * @returns {{node: HTMLElement, open: () => void}}
 */
export function menu({ trigger, items, look = "from-start", label }) {
    const isOpen = signal(false);
    /** @type {HTMLElement | null} */
    let list = null;
    const entries = () => /** @type {HTMLElement[]} */ ([...(list?.querySelectorAll("button:not(:disabled), a") ?? [])]);
    /** @param {boolean} [returns] */
    const close = (returns = true) => {
        if (!isOpen.peek()) return;
        isOpen.value = false;
        if (returns) head.focus();
    };
    const open = () => {
        isOpen.value = true;
        // After the list has been drawn.
        setTimeout(() => (entries().find((one) => one.getAttribute("aria-checked") === "true") ?? entries()[0])?.focus());
    };
    const head = trigger({
        toggle: () => (isOpen.peek() ? close() : open()),
        attributes: { "aria-haspopup": "menu", "aria-expanded": () => String(isOpen.value) },
    });
    /** @param {KeyboardEvent} event */
    const move = (event) => {
        const all = entries();
        const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
        const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
        if (to !== undefined && all.length > 0) all[to % all.length].focus();
        else if (event.key === "Escape") close();
        // A link as an item is pressed like a button.
        else if (event.key === " " && at >= 0 && all[at] instanceof HTMLAnchorElement) all[at].click();
        else if (event.key === "Tab") return close(false);
        else return;
        event.preventDefault();
        event.stopPropagation();
    };
    const node = h(
        "div", { class: "menu-place" }, head,
        show(() => isOpen.value, () =>
            h("div", {
                class: `menu ${look}`, role: "menu", "aria-label": label, onkeydown: move,
                ref: (/** @type {HTMLElement} */ element) => (list = element),
            }, items(close))),
    );
    listen(document, "pointerdown", (event) => !node.contains(event.target) && close(false));
    return { node, open };
}

/**
 * @param {{label: () => Child, press: () => void, isChosen?: () => boolean}} props
 */
export const menuItem = ({ label, press, isChosen }) =>
    h("button", { type: "button", role: isChosen ? "menuitemradio" : "menuitem", tabIndex: -1, "aria-checked": isChosen ? () => String(isChosen()) : null, onclick: press }, label);
