/**
 * Shortcuts with Alt that work inside fields too.
 *
 * While an input method composes, keys belong to it. AltGr is for typing and never a shortcut. A letter counts as the
 * key says; where Alt makes another character of it (macOS), its place on the keyboard counts.
 */
import { onCleanup } from "./reactive.js";

/** @typedef {{key: string, label: string, action: () => void, when?: () => boolean}} Shortcut `key` is a letter, `/`, or `?` */

/** @type {Shortcut[]} */
const shortcuts = [];

/** @param {KeyboardEvent} event */
const letter = (event) => (/^[a-z/]$/i.test(event.key) ? event.key : event.code === "Slash" ? "/" : event.code.replace(/^Key/, "")).toLowerCase();

/** @param {EventTarget | null} target */
const isTyping = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    if (event.getModifierState("AltGraph")) return;
    if (!event.altKey && (event.key !== "?" || isTyping(event.target))) return;
    const key = event.altKey ? letter(event) : "?";
    const found = shortcuts.filter((one) => one.key === key);
    if (found.length === 0) return;
    // Also when it does nothing just now: otherwise the browser would open a menu of its own.
    event.preventDefault();
    if (event.repeat || document.querySelector("dialog[open][data-blocking]")) return;
    found.reverse().find((one) => one.when?.() ?? true)?.action();
}, { capture: true });

/**
 * Adds shortcuts until the present scope ends; later ones win.
 * @param {Shortcut[]} added
 */
export function useShortcuts(added) {
    shortcuts.push(...added);
    onCleanup(() => added.forEach((one) => shortcuts.splice(shortcuts.indexOf(one), 1)));
}

/** What is available now, for the sheet of shortcuts. */
export const present = () => [...shortcuts];
