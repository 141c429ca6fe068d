/** When alarms are raised and who is told: a list of rules, each changed in a dialog. */
import { Problem, get, put } from "../../core/api.js";
import { centre, loadCentre } from "../../core/centre.js";
import { h, show } from "../../core/dom.js";
import { explain, named, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { checkBox, segments, selectField, textField } from "../../ui/field.js";
import { card, chip, empty, notice } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";
import { inUnit } from "./alarms.js";

/** @typedef {{afterSeconds: number, channel: string, to: string[]}} Step */
/** @typedef {{id?: string, name: string, figure: string, queue?: string, comparison: string, threshold: number, forSeconds: number, severity: string, isOn: boolean, steps: Step[]}} Rule */

const figures = ["waiting", "longestWait", "expectedWait", "ready", "idle", "lines", "abandonRate", "serviceLevel", "connectRate"];
/**
 * Thresholds of waits are written in seconds.
 * @param {string} figure
 */
const scale = (figure) => (/Wait$/.test(figure) ? 1_000 : 1);

export function alarmRulesPage() {
    const body = signal(/** @type {{version: number, items: Rule[], canSend: {email: boolean, sms: boolean}} | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    void loadCentre();
    const load = async () => {
        try {
            body.value = await get("/alarm-rules");
            fault.value = null;
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    const save = async (/** @type {Rule[]} */ items) => {
        body.value = await put("/alarm-rules", { version: body.peek()?.version ?? 0, items });
    };
    const edit = (/** @type {Rule | null} */ rule) => openDialog({ title: () => t(rule ? "alarm.editRule" : "alarm.newRule"), look: "wide", isBlocking: true }, (close) =>
        ruleForm(rule, async (changed) => {
            const items = body.peek()?.items ?? [];
            await save(rule ? items.map((one) => (one.id === rule.id ? changed : one)) : [...items, changed]);
            close();
            toast(t("alarm.ruleSaved"));
        }, close));
    const items = () => body.value?.items ?? [];
    const remove = async (/** @type {Rule} */ rule) => {
        const before = items();
        try {
            await save(before.filter((one) => one !== rule));
            toast(t("alarm.ruleRemoved"), { action: { label: t("action.undo"), press: () => void save(before).catch(complain) } });
        } catch (error) {
            complain(error);
            void load();
        }
    };
    const line = (/** @type {Rule} */ rule) => h(
        "li", { class: "row rule" },
        chip(() => t(`alarm.severity.${rule.severity}`), rule.isOn ? (rule.severity === "critical" ? "bad" : "warn") : ""),
        h("div", { class: "grow" }, h("b", null, rule.name), rule.isOn ? null : h("span", { class: "quiet" }, () => ` (${t("alarm.off")})`), h("div", { class: "small-text quiet" }, () =>
            `${t(`alarm.figure.${rule.figure}`)} · ${rule.queue ? named(centre.value?.queues.find((one) => one.key === rule.queue)?.names, rule.queue) : t("alarm.whole")} · ${t(`alarm.comparison.${rule.comparison}`)} ${inUnit(rule.figure, rule.threshold)}, ${t("alarm.forSecondsText", { seconds: rule.forSeconds })}`)),
        button({ label: () => t("alarm.edit"), press: () => edit(rule) }), button({ symbol: "cross", look: "plain square", spoken: () => t("alarm.removeRule"), press: () => void remove(rule) }),
    );
    return h(
        "div", { class: "page" },
        h("h1", { class: "spoken" }, () => t("alarm.rules")),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        show(() => body.value && !(body.value.canSend.email && body.value.canSend.sms), () => notice(() => t("alarm.cannotSend", { missing: [body.value?.canSend.email ? "" : "[mail]", body.value?.canSend.sms ? "" : "[sms]"].filter(Boolean).join(", ") }), "info")),
        card({ title: () => t("alarm.rules"), end: h("div", { class: "row" }, h("a", { class: "button", href: address(["alarms"]) }, () => t("alarm.title")), button({ label: () => t("alarm.newRule"), symbol: "plus", look: "primary", press: () => edit(null) })) },
            show(() => items().length > 0, () => h("ul", { class: "rules" }, () => items().map(line)), () => empty("bell", () => t("alarm.noRules"), () => t("alarm.noRulesText")))),
    );
}

/**
 * @param {Rule | null} first
 * @param {(rule: Rule) => Promise<void>} save
 * @param {() => void} close
 */
function ruleForm(first, save, close) {
    const draft = signal(/** @type {Rule} */ (first ?? { name: "", figure: "waiting", comparison: "above", threshold: 10, forSeconds: 30, severity: "warning", isOn: true, steps: [{ afterSeconds: 0, channel: "screen", to: [] }] }));
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const set = (/** @type {Partial<Rule>} */ change) => (draft.value = { ...draft.peek(), ...change });
    const setStep = (/** @type {number} */ index, /** @type {Partial<Step>} */ change) => set({ steps: draft.peek().steps.map((step, at) => (at === index ? { ...step, ...change } : step)) });
    const about = (/** @type {string} */ name) => () => (fault.value instanceof Problem && (fault.value.field ?? "").endsWith(`].${name}`) ? explain(fault.value) : null);
    const count = signal(draft.peek().steps.length);
    const submit = async (/** @type {Event} */ event) => {
        event.preventDefault();
        if (isBusy.peek()) return;
        isBusy.value = true;
        fault.value = null;
        try {
            await save(draft.peek());
        } catch (error) {
            fault.value = error;
        }
        isBusy.value = false;
    };
    const whole = (/** @type {string} */ text) => Math.max(0, Math.round(Number(text) || 0));
    return h(
        "form", { class: "stack", onsubmit: submit },
        show(() => fault.value, () => notice(() => explain(fault.value), "bad")),
        textField({ label: () => t("alarm.name"), value: () => draft.value.name, change: (name) => set({ name }), fault: about("name"), more: { maxlength: 80, required: true, autofocus: true } }),
        h("div", { class: "pair" },
            selectField({ label: () => t("alarm.figure"), value: () => draft.value.figure, change: (figure) => set({ figure }), choices: () => figures.map((value) => ({ value, label: t(`alarm.figure.${value}`) })) }),
            selectField({ label: () => t("live.queue"), value: () => draft.value.queue ?? "", change: (queue) => set({ queue: queue || undefined }), fault: about("queue"), choices: () => [{ value: "", label: t("alarm.whole") }, ...(centre.value?.queues ?? []).map((queue) => ({ value: queue.key, label: named(queue.names, queue.key) }))] })),
        h("div", { class: "pair" },
            selectField({ label: () => t("alarm.comparison"), value: () => draft.value.comparison, change: (comparison) => set({ comparison }), choices: () => ["above", "below"].map((value) => ({ value, label: t(`alarm.comparison.${value}`) })) }),
            textField({ label: () => (scale(draft.value.figure) > 1 ? t("alarm.thresholdSeconds") : /(Rate|Level)$/.test(draft.value.figure) ? t("alarm.thresholdPercent") : t("alarm.threshold")), kind: "number", value: () => String(draft.value.threshold / scale(draft.value.figure)), change: (text) => set({ threshold: (Number(text) || 0) * scale(draft.peek().figure) }), fault: about("threshold"), more: { min: 0, step: "any" } })),
        h("div", { class: "pair" },
            textField({ label: () => t("alarm.forSeconds"), kind: "number", value: () => String(draft.value.forSeconds), change: (text) => set({ forSeconds: whole(text) }), fault: about("forSeconds"), more: { min: 0 } }),
            h("div", { class: "field" }, h("span", { class: "label" }, () => t("alarm.severity")), segments({ label: () => t("alarm.severity"), value: () => draft.value.severity, change: (severity) => set({ severity }), choices: () => ["warning", "critical"].map((value) => ({ value, label: t(`alarm.severity.${value}`) })) }))),
        h("fieldset", { class: "steps" }, h("legend", null, () => t("alarm.steps")),
            () => Array.from({ length: count.value }, (_, index) => h("div", { class: "step row ends-low" },
                textField({ label: () => t("alarm.after"), kind: "number", value: () => String(draft.value.steps[index]?.afterSeconds ?? 0), change: (text) => setStep(index, { afterSeconds: whole(text) }), more: { min: 0 } }),
                selectField({ label: () => t("alarm.by"), value: () => draft.value.steps[index]?.channel ?? "screen", change: (channel) => setStep(index, { channel }), choices: () => ["screen", "sms", "email"].map((value) => ({ value, label: t(`alarm.channel.${value}`) })) }),
                textField({ label: () => t("alarm.to"), value: () => (draft.value.steps[index]?.to ?? []).join(", "), change: (text) => setStep(index, { to: text.split(/[,;，；\s]+/).filter(Boolean) }), look: "grow", fault: () => (fault.value instanceof Problem && (fault.value.field ?? "").includes(`steps[${index}]`) ? explain(fault.value) : null), more: { disabled: () => draft.value.steps[index]?.channel === "screen" } }),
                button({ symbol: "cross", look: "plain square", spoken: () => t("alarm.removeStep"), press: () => { set({ steps: draft.peek().steps.filter((_, at) => at !== index) }); count.value = draft.peek().steps.length; } }))),
            button({ label: () => t("alarm.addStep"), symbol: "plus", press: () => { set({ steps: [...draft.peek().steps, { afterSeconds: 300, channel: "email", to: [] }] }); count.value = draft.peek().steps.length; } })),
        checkBox({ label: () => t("alarm.isOn"), value: () => draft.value.isOn, change: (isOn) => set({ isOn }) }),
        h("div", { class: "row end" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("action.save"), look: "primary", kind: "submit", disabled: () => isBusy.value || !draft.value.name.trim() })),
    );
}
