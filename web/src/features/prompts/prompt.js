/** One prompt of the library: its versions in each language, and the flows that speak it. */
import { Problem, get, post, put, remove } from "../../core/api.js";
import { loadCentre } from "../../core/centre.js";
import { each, h, keyed, show } from "../../core/dom.js";
import { explain, languageName, named, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { address, go, restate, route } from "../../core/router.js";
import { may } from "../../core/session.js";
import { fullMoment, moment } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { ask } from "../../ui/dialog.js";
import { segments } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { card, chip, empty, notice } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";
import { makeVersion } from "./make-version.js";
import { openNameDialog } from "./name-dialog.js";
import { lastLanguage, length, madeBy, symbols, usualLanguages } from "./prompt-types.js";

/** @typedef {import("./prompt-types.js").Prompt} Prompt */
/** @typedef {import("./prompt-types.js").Version} Version */

/** @param {string} key */
export function promptPage(key) {
    loadCentre();
    const path = `/prompts/${encodeURIComponent(key)}`;
    const prompt = signal(/** @type {Prompt | null} */ (null));
    const versions = signal(/** @type {Version[] | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const refresh = async () => (versions.value = /** @type {Version[]} */ ((await get(`${path}/versions`)).items));
    const load = async () => {
        try {
            await refresh();
            const found = /** @type {Prompt[]} */ ((await get(`/prompts?text=${encodeURIComponent(key)}`)).items).find((one) => one.key === key);
            prompt.value = found ?? { key, name: {}, current: {}, usedBy: [] };
            fault.value = null;
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    const languages = computed(() => [...new Set([...usualLanguages, ...(versions.value ?? []).map((one) => one.language)])]);
    const language = computed(() => route.value.query.get("language") ?? (languages.value.includes(lastLanguage.peek()) ? lastLanguage.peek() : languages.value[0]));
    const own = computed(() => (versions.value ?? []).filter((one) => one.language === language.value));
    const current = computed(() => own.value.find((one) => one.isCurrent));
    const use = async (/** @type {Version} */ one) => {
        const before = current.peek();
        try {
            await post(`${path}/versions/${one.version}/use`);
            await load();
            toast(t("prompt.used", { version: one.version }), before ? { action: { label: t("action.undo"), press: () => void use(before) } } : {});
        } catch (error) {
            complain(error);
        }
    };
    const takeAway = async () => {
        if (!(await ask({ title: () => t("prompt.deleteTitle", { name: named(prompt.peek()?.name, key) }), text: () => t("prompt.deleteText"), yes: () => t("prompt.delete"), isDanger: true }))) return;
        try {
            await remove(path);
            toast(t("prompt.deleted"));
            go(["prompts"]);
        } catch (error) {
            if (error instanceof Problem && error.reason === "inUse") toast(t("prompt.deleteInUse"), { look: "bad" });
            else complain(error);
        }
    };
    /** @param {() => Version} one */
    const row = (one) => h(
        "li", { class: () => (one().isCurrent ? "is-current" : "") },
        h(
            "div", { class: "row" },
            h("b", { class: "numeric" }, () => t("prompt.version", { version: one().version })),
            () => (one().isCurrent ? chip(() => t("prompt.current"), "good", "check") : one().version > (current.value?.version ?? 0) ? chip(() => t("prompt.draft"), "info") : chip(() => t("prompt.earlier"))),
            h("span", { class: "grow quiet small-text" }, icon(symbols[one().source] ?? "wave", "small"), " ", () => madeBy(one()), " · ", h("time", { title: fullMoment(one().at) }, () => moment(one().at))),
            h("span", { class: "numeric" }, () => length(one().durationMs)),
        ),
        show(() => one().text, () => h("p", { lang: language.peek(), class: "keep-lines" }, () => one().text ?? "")),
        h(
            "div", { class: "row" },
            h("audio", { controls: true, preload: "none", src: `/api/v1${path}/versions/${one().version}/audio`, "aria-label": () => t("prompt.listen", { version: one().version }) }),
            show(() => !one().isCurrent && may("prompt.write"), () =>
                button({ label: () => t(one().version > (current.value?.version ?? 0) ? "prompt.use" : "prompt.rollBack"), symbol: one().version > (current.peek()?.version ?? 0) ? "check" : "history", look: one().version > (current.peek()?.version ?? 0) ? "primary" : "", press: () => void use(one()) })),
        ),
    );
    return h(
        "div", { class: "page" },
        h(
            "div", { class: "head" },
            h("a", { class: "button plain square", href: address(["prompts"]), "aria-label": () => t("prompt.back"), title: () => t("prompt.back") }, icon("left")),
            h("h1", { class: "cut" }, () => named(prompt.value?.name, key)), h("span", { class: "quiet" }, key), h("span", { class: "grow" }),
            show(() => prompt.value && may("prompt.write"), () => [
                button({ label: () => t("prompt.rename"), symbol: "edit", press: () => openNameDialog({ title: () => t("prompt.rename"), name: prompt.peek()?.name ?? {}, save: async (name) => void ((await put(path, { name })), await load()) }) }),
                button({ symbol: "trash", look: "plain square", spoken: () => t("prompt.delete"), press: () => void takeAway() }),
            ]),
        ),
        show(() => fault.value, () => (fault.value instanceof Problem && fault.value.status === 404 ? empty("search", () => t("prompt.unknown"), () => t("prompt.unknownText")) : notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() })))),
        show(() => versions.value, () => [
            segments({ label: () => t("prompt.language"), value: () => language.value, change: (value) => ((lastLanguage.value = value), restate(["prompts", key], { language: value })), choices: () => languages.value.map((value) => ({ value, label: `${languageName(value)} ${(versions.value ?? []).filter((one) => one.language === value).length}` })) }),
            h(
                "div", { class: "columns prompt-columns" },
                card({ title: () => t("prompt.versions", { language: languageName(language.value) }), flush: true },
                    keyed(() => language.value, () => each(h("ul", { class: "versions" }), () => own.value, (one) => String(one.version), row)),
                    show(() => own.value.length === 0, () => empty("wave", () => t("prompt.noVersions"), () => t("prompt.noVersionsText")))),
                h(
                    "div", { class: "stack" },
                    show(() => may("prompt.write"), () => card({ title: () => t("prompt.newVersion", { language: languageName(language.value) }) }, makeVersion({ prompt: key, language: () => language.value, made: () => void load(), refresh, textOf: () => own.peek().find((one) => one.text)?.text ?? "" }))),
                    card({ title: () => t("prompt.usedBy") },
                        show(() => prompt.value?.usedBy.length, () => h("ul", { class: "stack" }, () => (prompt.value?.usedBy ?? []).map((use) =>
                            h("li", null, h("b", null, use.flow), h("div", { class: "uses" }, use.nodes.map((node) => (may("flow.write") ? h("a", { href: address(["flows", use.flow], { node }) }, node) : h("span", null, node))))))),
                        () => h("p", { class: "quiet" }, () => t("prompt.notUsed")))),
                ),
            ),
        ]),
    );
}
