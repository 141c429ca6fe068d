/** Dialogs over the page; the browser keeps the focus inside and gives it back. */
import { h, mount, uniqueID } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { button } from "./button.js";

/**
 * @param {{title: () => string, look?: string, isBlocking?: boolean}} props a blocking one cannot be closed with Escape
 * @param {(close: () => void) => Child} make
 * @returns {() => void} closes it
 */
export function openDialog({ title, look = "", isBlocking = false }, make) {
    const id = uniqueID("title");
    const dialog = h("dialog", { class: look, "aria-labelledby": id, ...(isBlocking ? { "data-blocking": "" } : {}) });
    let isOpen = true;
    /** @type {() => void} */
    let end = () => {};
    const close = () => {
        if (!isOpen) return;
        isOpen = false;
        dialog.close();
        end();
        dialog.remove();
    };
    end = mount(dialog, () => h("div", { class: "inside" }, h("h2", { id }, title), make(close)));
    dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        if (!isBlocking) close();
    });
    if (!isBlocking) dialog.addEventListener("pointerdown", (event) => event.target === dialog && close());
    document.body.append(dialog);
    dialog.showModal();
    return close;
}

/**
 * Asks for consent.
 * @param {{title: () => string, text: () => string, yes: () => string, no?: () => string, isDanger?: boolean}} props
 * @returns {Promise<boolean>}
 */
export function ask({ title, text, yes, no = () => t("action.cancel"), isDanger = false }) {
    return new Promise((resolve) => {
        const close = openDialog({ title, isBlocking: true }, () => [
            h("p", null, text),
            h(
                "div", { class: "ends" },
                button({ label: no, press: () => (close(), resolve(false)) }),
                button({ label: yes, look: isDanger ? "danger" : "primary", press: () => (close(), resolve(true)), more: { autofocus: true } }),
            ),
        ]);
    });
}
