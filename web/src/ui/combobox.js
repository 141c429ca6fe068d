/**
 * Choosing from a list by code, by pinyin initials or by name; a digit picks directly.
 *
 * Typing narrows the list, Enter or Tab takes the first, Escape puts back what was there. While an input method
 * composes nothing is taken. A digit picks the entry with that place when no code begins with a digit.
 */
import { each, h, listen, show, uniqueID } from "../core/dom.js";
import { named } from "../core/i18n.js";
import { matching } from "../core/pinyin.js";
import { computed, effect, signal } from "../core/reactive.js";
import { icon } from "./icons.js";

/** @typedef {import("../core/types.js").Choice} Choice */

/**
 * @param {object} props
 * @param {() => readonly Choice[]} props.choices
 * @param {() => string | null} props.value code
 * @param {(code: string | null) => void} props.change
 * @param {() => void} [props.done] after something was taken by key: the focus goes on
 * @param {() => string} props.placeholder
 * @param {Record<string, any>} props.described id and descriptions from the field
 * @param {() => boolean} [props.disabled]
 */
export function combobox({ choices, value, change, done, placeholder, described, disabled = () => false }) {
    const typed = signal("");
    const isOpen = signal(false);
    const at = signal(0);
    const listID = uniqueID("options");
    const found = computed(() => matching(choices(), typed.value));
    const chosen = computed(() => choices().find((one) => one.code === value()) ?? null);
    const picksByDigit = computed(() => !choices().some((one) => /^\d/.test(one.code)));

    /**
     * @param {Choice | undefined} choice
     * @param {boolean} goesOn
     */
    const take = (choice, goesOn) => {
        isOpen.value = false;
        typed.value = "";
        if (choice) change(choice.code);
        input.value = choice ? named(choice.names) : named(chosen.peek()?.names);
        if (choice && goesOn) done?.();
    };
    const open = () => {
        if (disabled()) return;
        typed.value = "";
        at.value = Math.max(0, found.peek().findIndex((one) => one.code === value()));
        isOpen.value = true;
    };
    /** @param {KeyboardEvent} event */
    const pressed = (event) => {
        if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
        const list = found.peek();
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            if (!isOpen.peek()) open();
            else if (list.length > 0) at.value = (at.peek() + (event.key === "ArrowDown" ? 1 : list.length - 1)) % list.length;
        } else if (event.key === "Enter" && isOpen.peek()) take(list[at.peek()], true);
        else if (event.key === "Tab" && isOpen.peek()) {
            // Only what was typed or walked to is taken, not what merely stands first.
            return take(typed.peek() ? list[at.peek()] : undefined, false);
        } else if (event.key === "Escape" && isOpen.peek()) take(undefined, false);
        else if (/^[1-9]$/.test(event.key) && picksByDigit.peek() && typed.peek() === "" && choices().length >= Number(event.key)) {
            take(choices()[Number(event.key) - 1], true);
        } else return;
        event.preventDefault();
        event.stopPropagation();
    };
    const input = h("input", {
        ...described,
        role: "combobox", autocomplete: "off", spellcheck: "false", class: "input",
        "aria-autocomplete": "list", "aria-controls": listID,
        "aria-expanded": () => String(isOpen.value),
        "aria-activedescendant": () => (isOpen.value && found.value[at.value] ? `${listID}-${found.value[at.value].code}` : null),
        placeholder, disabled,
        onfocus: () => (input.select(), open()),
        onclick: () => !isOpen.peek() && open(),
        onblur: () => take(undefined, false),
        onkeydown: pressed,
        oninput: () => {
            typed.value = input.value.trim();
            at.value = 0;
            isOpen.value = true;
        },
    });
    effect(() => {
        const name = named(chosen.value?.names);
        if (document.activeElement !== input || !isOpen.peek()) input.value = name;
    });
    const node = h(
        "div", { class: "combobox" }, input, h("span", { class: "caret" }, icon("caret", "small")),
        h("div", { id: listID, role: "listbox", "aria-label": placeholder, hidden: () => !isOpen.value, class: "options" }, 
            show(() => isOpen.value, () => options())),
    );
    const options = () => {
        const list = h("div", { role: "presentation" });
        each(list, () => found.value.map((choice, place) => ({ choice, place })), ({ choice }) => choice.code, (item) =>
            h(
                "div", {
                    id: `${listID}-${item().choice.code}`, class: "option", role: "option",
                    "aria-selected": () => String(item().place === at.value),
                    onpointerdown: (/** @type {Event} */ event) => event.preventDefault(),
                    onclick: () => take(item().choice, true),
                },
                show(() => picksByDigit.value && typed.value === "" && item().place < 9, () => h("kbd", null, () => item().place + 1)),
                h("span", { class: "cut" }, () => named(item().choice.names)),
                h("span", { class: "code" }, () => item().choice.initials ?? ""),
            ));
        return list;
    };
    listen(document, "pointerdown", (event) => !node.contains(event.target) && isOpen.peek() && take(undefined, false));
    return { node, input };
}
