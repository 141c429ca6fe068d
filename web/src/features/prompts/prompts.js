/** The prompt library: what the centre says, in each language, whoever recorded it. */
import { post } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { languageName, named, number, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address, go } from "../../core/router.js";
import { button } from "../../ui/button.js";
import { textField } from "../../ui/field.js";
import { listFile } from "../../ui/list-file.js";
import { chip, empty } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";
import { openNameDialog } from "./name-dialog.js";
import { length, usualLanguages } from "./prompt-types.js";
import { urgentPanel } from "./urgent.js";

/** @typedef {import("./prompt-types.js").Prompt} Prompt */

/** Milliseconds that the search rests before it is sent. */
const rest = 300;

/** @param {Prompt} prompt */
function languages(prompt) {
    const all = [...new Set([...usualLanguages, ...Object.keys(prompt.current), ...Object.keys(prompt.draft ?? {})])];
    return h("span", { class: "languages" }, all.map((language) => {
        const [current, draft] = [prompt.current[language], prompt.draft?.[language]];
        return h("span", { class: "row" }, h("span", { class: current ? "" : "quiet" }, languageName(language)), h("span", { class: "quiet small-text" }, current ? t("prompt.currentLine", { version: current.version, length: length(current.durationMs) }) : t("prompt.missing")), draft ? chip(() => t("prompt.draftLine", { version: draft.version }), "info") : null);
    }));
}

export function promptsPage() {
    const typed = signal("");
    const text = signal("");
    let timer = 0;
    const list = paged("/prompts", () => ({ text: text.value }));
    const search = (/** @type {string} */ value) => {
        typed.value = value;
        clearTimeout(timer);
        timer = setTimeout(() => (text.value = value.trim()), rest);
    };
    const make = () => openNameDialog({
        title: () => t("prompt.new"), name: {}, isNew: true,
        save: async (name, key) => {
            await post("/prompts", { key, name });
            go(["prompts", key]);
        },
    });
    return h(
        "div", { class: "page fills" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("prompt.title")), listFile(list, () => t("prompt.title")), button({ label: () => t("prompt.new"), symbol: "plus", look: "primary", press: make })),
        urgentPanel(),
        h("form", { class: "filters", role: "search", "aria-label": () => t("filter.title"), onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, textField({ label: () => t("prompt.search"), kind: "search", value: () => typed.value, change: search, look: "wide" })),
        h("section", { class: "card list" }, table({
            label: () => t("prompt.title"), list, key: (/** @type {Prompt} */ one) => one.key, open: (one) => go(["prompts", one.key]),
            none: () => (text.value ? empty("search", () => t("filter.nothing"), () => t("filter.nothingText")) : empty("wave", () => t("prompt.none"), () => t("prompt.noneText"))),
            columns: [
                { head: () => t("prompt.name"), cell: (one) => [h("a", { href: () => address(["prompts", one().key]) }, () => named(one().name, one().key)), h("span", { class: "quiet small-text block" }, () => one().key)] },
                { head: () => t("prompt.languages"), cell: (one) => () => languages(one()) },
                { head: () => t("prompt.usedBy"), look: "end", cell: (one) => () => number(one().usedBy.reduce((sum, use) => sum + use.nodes.length, 0)) },
            ],
        })),
    );
}
