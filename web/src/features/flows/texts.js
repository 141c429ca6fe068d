/** The other ways to see a flow: all its steps as a list, all its texts as a table, its settings. */
import { each, h, show } from "../../core/dom.js";
import { languageName, locale, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { checkBox, selectField, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { card, chip, empty } from "../../ui/parts.js";
import { exitLabel, kindName } from "./drawing.js";
import { copy, withoutUnused } from "./edits.js";
import { exitsOf, symbolOf, unreachable, usersOf, wordsOf } from "./kinds.js";
import { promptText } from "./prompt-list.js";

/** @typedef {import("./flow-store.js").FlowStore} FlowStore */
/** @typedef {import("./kinds.js").FlowDocument} FlowDocument */

/**
 * Every step with its exits: the drawing in words.
 * @param {{flow: () => FlowDocument | null, selected: () => string | null, select: (name: string, field?: string) => void, faults: () => Map<string, number>}} props
 */
export function nodeList({ flow, selected, select, faults }) {
    const outside = computed(() => (flow() ? unreachable(/** @type {FlowDocument} */ (flow())) : new Set()));
    const list = each(h("ol", { class: "node-list" }), () => flow()?.node ?? [], (node) => node.name, (node) => {
        const exits = computed(() => exitsOf(node()));
        return h(
            "li", { class: () => (selected() === node().name ? "is-on" : "") },
            h(
                "div", { class: "row" },
                h("button", { type: "button", class: "link-button grow", "aria-current": () => (selected() === node().name ? "true" : null), onclick: () => select(node().name) },
                    icon(symbolOf(node().kind)), h("b", null, () => node().name), h("span", { class: "quiet" }, () => kindName(node().kind))),
                show(() => flow()?.entry === node().name, () => chip(() => t("flow.entryMark"), "accent")),
                show(() => outside.value.has(node().name), () => chip(() => t("flow.notReached"), "warn")),
                show(() => faults().get(node().name), () => chip(() => t("flow.findings", { count: faults().get(node().name) }), "bad", "alert")),
            ),
            show(() => flow() && wordsOf(node(), /** @type {FlowDocument} */ (flow()), locale()), () => h("p", { class: "quiet cut" }, () => wordsOf(node(), /** @type {FlowDocument} */ (flow()), locale()))),
            show(() => exits.value.length > 0, () => each(h("ul", { class: "exit-list", "aria-label": () => t("flow.exits") }), () => exits.value, (exit) => exit.field + (exit.key ?? ""), (exit) =>
                h("li", null, h("span", { class: "quiet" }, () => exitLabel(exit())), " → ", () => (exit().target
                    ? h("button", { type: "button", class: "link-button", onclick: () => select(exit().target) }, exit().target)
                    : h("button", { type: "button", class: "link-button bad", onclick: () => select(node().name, exit().field) }, t("flow.nowhere")))))),
        );
    });
    return h("div", { class: "scroll-area", tabIndex: 0, role: "region", "aria-label": () => t("flow.view.list") }, list);
}

/** @param {{store: FlowStore, select: (name: string) => void}} props */
export function textTable({ store, select }) {
    const isMissingOnly = signal(false);
    const languages = computed(() => store.document.value?.languages ?? []);
    const isMissing = (/** @type {string} */ key) => languages.value.some((language) => !store.document.value?.prompts[key]?.[language] && !store.document.value?.files?.[key]?.[language]);
    const all = computed(() => Object.keys(store.document.value?.prompts ?? {}));
    const missing = computed(() => all.value.filter(isMissing));
    // A row that is being completed does not vanish under the hands of its writer.
    const shown = signal(/** @type {Set<string> | null} */ (null));
    const users = (/** @type {string} */ key) => (store.document.value ? usersOf(store.document.value, key) : []);
    const unused = computed(() => all.value.filter((key) => users(key).length === 0));
    const columns = computed(() => JSON.stringify(languages.value));
    const rows = () => each(h("tbody", null), () => all.value.filter((key) => !shown.value || shown.value.has(key)), (key) => key, (item) => {
        const key = item();
        return h(
            "tr", null,
            h("th", { scope: "row" }, h("b", { class: "block" }, key), () => (users(key).length === 0 ? chip(() => t("flow.unusedText"), "warn") : users(key).map((name) => h("button", { type: "button", class: "link-button small-text", onclick: () => select(name) }, name)))),
            languages.peek().map((language) => h("td", null, promptText({ store, prompt: key, language, isMany: false }))),
        );
    });
    return h(
        "div", { class: "scroll-area texts", tabIndex: 0, role: "region", "aria-label": () => t("flow.view.texts") },
        h(
            "div", { class: "row" },
            checkBox({ label: () => t("flow.missingOnly", { count: missing.value.length }), value: () => isMissingOnly.value, change: (value) => ((isMissingOnly.value = value), (shown.value = value ? new Set(missing.peek()) : null)) }),
            h("span", { class: "grow" }),
            show(() => unused.value.length > 0, () => button({ label: () => t("flow.removeUnused", { count: unused.value.length }), press: () => store.document.peek() && store.edit(withoutUnused(/** @type {FlowDocument} */ (store.document.peek()))) })),
        ),
        () => (void columns.value, h("table", { class: "table" }, h("thead", null, h("tr", null, h("th", { scope: "col" }, () => t("flow.text")), languages.peek().map((language) => h("th", { scope: "col" }, () => languageName(language))))), rows())),
        show(() => shown.value && missing.value.length === 0, () => empty("check", () => t("flow.allTranslated"))),
    );
}

/** @param {{store: FlowStore}} props */
export function settingsForm({ store }) {
    const flow = () => /** @type {FlowDocument} */ (store.document.value);
    const change = (/** @type {(next: FlowDocument) => void} */ action, tag = "") => {
        const next = copy(/** @type {FlowDocument} */ (store.document.peek()));
        action(next);
        store.edit(next, tag);
    };
    const added = signal("");
    const isTag = () => /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(added.value.trim()) && !flow().languages.includes(added.value.trim());
    const move = (/** @type {number} */ place) => change((next) => next.languages.splice(place - 1, 0, ...next.languages.splice(place, 1)));
    const rows = each(h("ul", { class: "key-rows" }), () => flow().languages.map((code, place) => ({ code, place })), ({ code }) => code, (item) =>
        h(
            "li", { class: "row" }, h("span", { class: "grow" }, () => `${languageName(item().code)} · ${item().code}`),
            show(() => item().place === 0, () => chip(() => t("flow.firstLanguage"), "info")),
            button({ symbol: "up", look: "plain square", spoken: () => t("flow.up", { name: item().code }), press: () => move(item().place), disabled: () => item().place === 0 }),
            button({ symbol: "cross", look: "plain square", spoken: () => t("flow.takeOut", { name: item().code }), press: () => change((next) => (next.languages = next.languages.filter((one) => one !== item().code))), disabled: () => flow().languages.length < 2 }),
        ));
    return h(
        "div", { class: "scroll-area", tabIndex: 0, role: "region", "aria-label": () => t("flow.view.settings") },
        h(
            "div", { class: "settings" },
            card({ title: () => t("flow.view.settings") }, h(
                "div", { class: "stack" },
                textField({ label: () => t("flow.name"), value: () => flow().name, change: (name) => change((next) => (next.name = name), "flow.name"), more: { maxlength: 100 } }),
                selectField({ label: () => t("flow.entry"), hint: () => t("flow.entryHint"), value: () => flow().entry, change: (entry) => change((next) => (next.entry = entry)), choices: () => [...new Set([flow().entry, ...flow().node.map((node) => node.name)])].map((name) => ({ value: name, label: name || t("flow.nowhere") })) }),
            )),
            card({ title: () => t("flow.languages") }, h(
                "form", { class: "stack", onsubmit: (/** @type {Event} */ event) => {
                    event.preventDefault();
                    if (!isTag()) return;
                    change((next) => next.languages.push(added.peek().trim()));
                    added.value = "";
                } },
                h("p", { class: "quiet" }, () => t("flow.languagesText")), rows,
                h("div", { class: "row" }, h("div", { class: "grow" }, textField({ label: () => t("flow.addLanguage"), value: () => added.value, change: (text) => (added.value = text), more: { maxlength: 20, placeholder: "en, zh-CN, ja …" } })), button({ label: () => t("flow.add"), kind: "submit", disabled: () => !isTag() })),
            )),
        ),
    );
}
