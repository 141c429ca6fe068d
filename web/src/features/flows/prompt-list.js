/** The prompts that a step speaks, written in place: one text for each language of the flow. */
import { each, h, show } from "../../core/dom.js";
import { has, languageName, named, t } from "../../core/i18n.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { button } from "../../ui/button.js";
import { textArea } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { chip } from "../../ui/parts.js";
import { copy, find, freeName, setField, setText } from "./edits.js";
import { usersOf } from "./kinds.js";
import { library, libraryName } from "./known.js";

/** @typedef {import("./flow-store.js").FlowStore} FlowStore */
/** @typedef {import("./kinds.js").Field} Field */

/**
 * @param {{store: FlowStore, name: string, field: Field, fault: () => string | null}} props
 */
export function promptList({ store, name, field, fault }) {
    const keys = () => /** @type {string[]} */ (find(/** @type {any} */ (store.document.value), name)?.[field.name] ?? []);
    const flow = () => /** @type {import("./kinds.js").FlowDocument} */ (store.document.peek());
    /** @param {string[]} next */
    const put = (next) => store.edit(setField(flow(), name, field.name, next.length > 0 || field.isRequired ? next : undefined));
    const present = () => [.../** @type {string[]} */ (find(flow(), name)?.[field.name] ?? [])];
    const write = () => {
        const wanted = field.name === "prompts" ? name : `${name}-${field.name.replace(/_?prompts$/, "").replaceAll("_", "-") || "text"}`;
        const key = freeName(wanted, (one) => one in flow().prompts || library.peek().some((other) => other.key === one));
        const next = setField(flow(), name, field.name, [...present(), key]);
        next.prompts[key] = {};
        store.edit(next);
        setTimeout(() => /** @type {HTMLElement | null} */ (list.querySelector("li:last-child textarea"))?.focus());
    };
    /**
     * @param {number} place
     * @param {number} by
     */
    const move = (place, by) => {
        const next = present();
        next.splice(place + by, 0, ...next.splice(place, 1));
        put(next);
    };
    /**
     * A text of its own for this step, in place of one that others speak too.
     * @param {number} place
     * @param {string} key
     */
    const separate = (place, key) => {
        const made = freeName(`${key}-2`, (one) => one in flow().prompts);
        const keysNow = present();
        keysNow[place] = made;
        const next = setField(flow(), name, field.name, keysNow);
        next.prompts[made] = copy(next.prompts[key] ?? {});
        if (next.files?.[key]) next.files[made] = copy(next.files[key]);
        store.edit(next);
    };
    /** @param {() => {key: string, place: number}} item */
    const row = (item) => {
        const key = item().key;
        const isOwn = () => Boolean(store.document.value && key in store.document.value.prompts);
        const others = () => (store.document.value ? usersOf(store.document.value, key).filter((one) => one !== name) : []);
        return h(
            "li", { class: "prompt-row" },
            h(
                "div", { class: "row" },
                h("b", { class: "grow cut", title: key }, key),
                show(() => !isOwn(), () => chip(() => t(libraryName(key) || library.value.some((one) => one.key === key) ? "flow.fromLibrary" : "flow.noSuchPrompt"), libraryName(key) ? "info" : "bad")),
                button({ symbol: "up", look: "plain square", spoken: () => t("flow.up", { name: key }), press: () => move(item().place, -1), disabled: () => item().place === 0 }),
                button({ symbol: "caret", look: "plain square", spoken: () => t("flow.down", { name: key }), press: () => move(item().place, 1), disabled: () => item().place === keys().length - 1 }),
                button({ symbol: "cross", look: "plain square", spoken: () => t("flow.takeOut", { name: key }), press: () => put(present().filter((_, place) => place !== item().place)) }),
            ),
            show(isOwn, () => [
                () => (store.document.value?.languages ?? []).map((language) => promptText({ store, prompt: key, language, isMany: true })),
                show(() => others().length > 0, () =>
                    h("div", { class: "row hint" }, h("span", { class: "grow" }, () => t("flow.alsoIn", { nodes: others().join(t("flow.comma")) })), button({ label: () => t("flow.ownCopy"), look: "plain", press: () => separate(item().place, key) }))),
            ], () => {
                const found = library.value.find((one) => one.key === key);
                if (!found) return h("div", null, button({ label: () => t("flow.writeIt"), press: () => {
                    const next = copy(flow());
                    next.prompts[key] = {};
                    store.edit(next);
                } }));
                return h("div", { class: "small-text quiet" }, named(found.name), " ", may("prompt.write") ? h("a", { href: address(["prompts", key]) }, () => t("flow.openPrompt")) : null,
                    Object.entries(found.current).map(([language, one]) => h("p", { lang: language }, one.text ? `${languageName(language)}：${one.text}` : languageName(language))));
            }),
        );
    };
    const list = each(h("ul", { class: "prompt-rows" }), () => keys().map((key, place) => ({ key, place, nth: keys().indexOf(key) === place ? "" : place })), ({ key, nth }) => `${key}\n${nth}`, row);
    /** @param {any} event */
    const choose = (event) => {
        const key = event.target.value;
        event.target.value = "";
        if (key && !present().includes(key)) put([...present(), key]);
    };
    return h(
        "fieldset", { class: "prompt-list", "data-field": field.name },
        h("legend", null, () => t(`flow.field.${field.name}`)),
        show(() => has(`flow.hint.${field.name}`), () => h("p", { class: "hint small-text quiet" }, () => t(`flow.hint.${field.name}`))),
        list,
        h("div", { role: "status" }, show(fault, () => h("span", { class: "fault" }, icon("alert", "small"), fault))),
        h(
            "div", { class: "row" },
            button({ label: () => t("flow.writePrompt"), symbol: "plus", press: write }),
            h("select", { class: "input grow", "aria-label": () => t("flow.choosePrompt"), onchange: choose }, () => [
                h("option", { value: "" }, t("flow.choosePrompt")),
                h("optgroup", { label: t("flow.ownPrompts") }, Object.keys(store.document.value?.prompts ?? {}).filter((key) => !keys().includes(key)).map((key) => h("option", { value: key }, key))),
                h("optgroup", { label: t("flow.libraryPrompts") }, library.value.filter((one) => !keys().includes(one.key)).map((one) => h("option", { value: one.key }, `${named(one.name, one.key)} · ${one.key}`))),
            ]),
        ),
    );
}

/**
 * The text of one prompt in one language.
 * @param {{store: FlowStore, prompt: string, language: string, isMany: boolean}} props
 */
export function promptText({ store, prompt, language, isMany }) {
    const file = () => store.document.value?.files?.[prompt]?.[language] ?? "";
    const text = () => store.document.value?.prompts[prompt]?.[language] ?? "";
    return textArea({
        label: () => (isMany ? languageName(language) : `${prompt} · ${languageName(language)}`), rows: 2, value: text, look: isMany ? "" : "bare",
        change: (value) => store.document.peek() && store.edit(setText(/** @type {any} */ (store.document.peek()), prompt, language, value), `text:${prompt}:${language}`),
        hint: () => (file() ? t("flow.fileInstead", { file: file() }) : ""), more: { lang: language, maxlength: 2000, class: () => (text() === "" && !file() ? "missing" : "") },
    });
}
