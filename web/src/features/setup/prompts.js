/** The first words that callers hear: written and spoken, or a recording in their place. */
import { Problem, get, post, put, query, segment } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { explain, languageName, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { field, selectField, textArea } from "../../ui/field.js";
import { card, notice } from "../../ui/parts.js";
import { toast } from "../../ui/toast.js";
import { welcomeOf } from "./centre-state.js";
import { stepForm } from "./step-form.js";

/** @typedef {import("./step-form.js").Step} Step */
/** @typedef {NonNullable<ReturnType<typeof welcomeOf>>} Welcome */

/** As the server takes them. */
const mostText = 1_000;
const mostBytes = 20_000_000;
/** Milliseconds that sending a file may take. */
const patience = 60_000;
/** Key in the library of a recording that takes the place of the text. */
const recorded = "welcome-recorded";

/**
 * Puts a changed flow in force.
 * @param {Step} step
 * @param {Welcome["flow"]} document
 */
async function publish(step, document) {
    const flow = step.setup().flow;
    const path = `/flows/${segment(flow?.key ?? "")}`;
    const { revision } = await put(`${path}/draft`, { document, revision: flow?.draft?.revision });
    await post(`${path}/publish`, { revision });
}

/**
 * The flow with the first thing that is said exchanged.
 * @param {Welcome} welcome
 * @param {string} key
 */
const saying = ({ flow, key: former }, key) => ({ ...flow, node: flow.node.map((one) => (one.name === flow.entry ? { ...one, prompts: (one.prompts ?? []).map((each) => (each === former ? key : each)) } : one)) });

/**
 * A flow speaks a prompt in each of its languages: what has no recording yet is read out from the text.
 * @param {Welcome} welcome
 * @param {string} language that has one
 */
async function speakOthers(welcome, language) {
    const found = await get(`/prompts${query({ text: recorded })}`);
    const current = found.items.find((/** @type {{key: string}} */ one) => one.key === recorded)?.current ?? {};
    for (const other of welcome.flow.languages) {
        const text = (welcome.texts[other] ?? "").trim();
        if (other === language || current[other] || text === "") continue;
        const spoken = await post(`/prompts/${recorded}/speech`, { language: other, text }, { patience });
        await post(`/prompts/${recorded}/versions/${spoken.version}/use`);
    }
}

/**
 * @param {Step} step
 * @param {Welcome} welcome
 */
function upload(step, welcome) {
    const language = signal(welcome.flow.languages[0]);
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const take = async (/** @type {File | undefined} */ file) => {
        if (!file || isBusy.peek()) return;
        fault.value = null;
        if (file.size > mostBytes) return void (fault.value = new Problem({ status: 400, code: "invalid", detail: t("prompt.tooLarge") }));
        isBusy.value = true;
        try {
            try {
                await post("/prompts", { key: recorded, name: { "zh-CN": "欢迎语", en: "Welcome" } });
            } catch (error) {
                // It is there already, and gets another version.
                if (!(error instanceof Problem) || error.reason !== "exists") throw error;
            }
            const version = await post(`/prompts/${recorded}/versions${query({ language: language.peek(), source: "upload" })}`, new Blob([file], { type: "audio/wav" }), { patience });
            await post(`/prompts/${recorded}/versions/${version.version}/use`);
            await speakOthers(welcome, language.peek());
            if (welcome.key !== recorded || step.setup().flow?.draft) await publish(step, saying(welcome, recorded));
            toast(t("setup.recordingUsed"));
            await step.reload();
        } catch (error) {
            fault.value = error;
        }
        isBusy.value = false;
    };
    return card({ title: () => t("setup.recording") }, h(
        "div", { class: "stack" },
        h("p", { class: "quiet" }, () => t("setup.recordingText")),
        h("div", { class: "pair" },
            selectField({ label: () => t("setup.language"), value: () => language.value, change: (value) => (language.value = value), choices: () => welcome.flow.languages.map((value) => ({ value, label: languageName(value) })) }),
            field({ label: () => t("prompt.file"), hint: () => t("prompt.fileHint"), fault: () => (fault.value ? explain(fault.value) : null) }, (_, described) =>
                h("input", { type: "file", accept: "audio/wav,audio/x-wav,.wav", disabled: () => isBusy.value, onchange: (/** @type {any} */ event) => void take(event.target.files[0]).finally(() => (event.target.value = "")), ...described }))),
        h("p", { class: "small-text quiet" }, () => t("setup.otherWays"), " ", h("a", { href: address(["prompts"]) }, () => t("nav.prompts"))),
    ));
}

/** @param {Step} step */
export function promptsStep(step) {
    const welcome = welcomeOf(step.setup());
    const flow = step.setup().flow;
    if (!flow || !welcome) {
        return h("div", { class: "stack" }, notice(() => t("setup.noWelcome"), "info", h("a", { href: address(flow ? ["flows", flow.key] : ["flows"]) }, () => t("nav.flows"))));
    }
    const { isRecorded } = welcome;
    const texts = signal({ ...welcome.texts });
    const { form } = stepForm(step, async () => {
        if (isRecorded || JSON.stringify(texts.peek()) === JSON.stringify(welcome.texts)) return;
        await publish(step, { ...welcome.flow, prompts: { ...welcome.flow.prompts, [welcome.key]: texts.peek() } });
        toast(t("setup.welcomeSaved"));
    });
    return h(
        "div", { class: "stack" },
        flow.draft ? notice(() => t("setup.draftThere"), "warn", h("a", { href: address(["flows", flow.key]) }, () => t("setup.openFlow"))) : null,
        card({ title: () => t("setup.welcome"), end: h("a", { href: address(["flows", flow.key], { view: "texts" }) }, () => t("setup.allTexts")) }, form(
            () => isRecorded || welcome.flow.languages.some((one) => (texts.value[one] ?? "").trim() !== ""),
            isRecorded ? notice(() => t("setup.isRecorded"), "info", h("a", { href: address(["prompts", welcome.key]) }, () => t("nav.prompts")))
                : [h("p", { class: "quiet" }, () => t("setup.welcomeText")), welcome.flow.languages.map((one) => textArea({ label: () => t("prompt.textIn", { language: languageName(one) }), rows: 2, value: () => texts.value[one] ?? "", change: (text) => (texts.value = { ...texts.peek(), [one]: text }), more: { maxlength: mostText, lang: one } }))],
        )),
        upload(step, welcome),
    );
}
