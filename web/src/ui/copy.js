/** Something to take along, such as a password that is shown once. */
import { h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { signal } from "../core/reactive.js";
import { button } from "./button.js";

/** Milliseconds for which the button says that it is done. */
const thanks = 2_000;

/**
 * @param {{text: () => string, label: () => string}} props
 */
export function copyable({ text, label }) {
    const isCopied = signal(false);
    const shown = h("output", { class: "secret", "aria-label": label, tabIndex: 0 }, text);
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(text());
            isCopied.value = true;
            setTimeout(() => (isCopied.value = false), thanks);
        } catch {
            // No clipboard without https: marked, so that one key copies it.
            getSelection()?.selectAllChildren(shown);
        }
    };
    return h("div", { class: "row" }, shown, button({ label: () => t(isCopied.value ? "action.copied" : "action.copy"), symbol: "copy", press: () => void copy() }));
}
