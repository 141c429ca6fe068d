/** Twelve keys that reach the caller's side as tones; the keyboard's digits work while it is open. */
import { h } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { desk, order } from "./desk-state.js";
import { dial, legState } from "./leg.js";

const keys = [..."123456789*0#"];
/** Digits that stay visible; nobody reads more. */
const mostShown = 24;

/** @param {{close: () => void}} props */
export function keypad({ close }) {
    const typed = signal("");
    /** @param {string} key */
    const press = (key) => {
        typed.value = (typed.peek() + key).slice(-mostShown);
        // Over the audio where the browser is the telephone, else the server sends them.
        if (!(desk.peek()?.phone === "browser" && legState.peek() === "up" && dial(key))) void order("digits", { keys: key });
    };
    const node = h(
        "div", {
            class: "keypad-panel", role: "dialog", "aria-label": () => t("call.keypad"),
            onkeydown: (/** @type {KeyboardEvent} */ event) => {
                if (event.altKey || event.ctrlKey || event.isComposing) return;
                if (keys.includes(event.key)) press(event.key);
                else if (event.key === "Escape") close();
                else return;
                event.preventDefault();
                event.stopPropagation();
            },
        },
        h("div", { class: "typed numeric", "aria-live": "polite" }, () => typed.value || " "),
        h("div", { class: "keypad" }, keys.map((key) => button({ label: () => key, press: () => press(key) }))),
    );
    setTimeout(() => node.querySelector("button")?.focus());
    return node;
}
