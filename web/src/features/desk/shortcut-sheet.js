/** The sheet of shortcuts. */
import { h } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { present } from "../../core/keyboard.js";
import { button, keyName } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";

/** In the order of a call; those of the form are there only while a form is open, and are listed all the same. */
const order = [
    ["a", "shortcut.answer"], ["d", "shortcut.decline"], ["m", "shortcut.mute"], ["h", "shortcut.hold"], ["k", "shortcut.keypad"], ["r", "shortcut.rate"],
    ["e", "shortcut.hangUp"], ["t", "shortcut.type"], ["n", "shortcut.notes"], ["g", "shortcut.ticket"], ["x", "shortcut.extend"], ["y", "shortcut.ready"],
    ["p", "shortcut.presence"], ["?", "shortcut.sheet"],
];

let isOpen = false;

export function openShortcutSheet() {
    if (isOpen) return;
    isOpen = true;
    const known = new Set(present().map((one) => one.key));
    openDialog({ title: () => t("shortcut.title"), look: "wide" }, (close) => [
        h("p", { class: "quiet" }, () => t("shortcut.text")),
        h("ul", { class: "sheet-keys" }, order.map(([key, label]) => h("li", null, h("span", { class: known.has(key) ? "" : "quiet" }, () => t(label)), h("kbd", null, keyName(key))))),
        h("div", { class: "ends" }, button({ label: () => t("action.close"), look: "primary", press: close, more: { autofocus: true } })),
    ]);
    document.querySelector("dialog:last-of-type")?.addEventListener("close", () => (isOpen = false), { once: true });
}
