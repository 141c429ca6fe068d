/** The dictionary of figures: what each is made of; how the centre counts; targets and benchmarks. */
import { Problem, get, put } from "../../core/api.js";
import { loadCentreCalendars } from "./calendars.js";
import { h, show } from "../../core/dom.js";
import { explain, named, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { button } from "../../ui/button.js";
import { selectField, textField } from "../../ui/field.js";
import { listFile } from "../../ui/list-file.js";
import { card, empty, notice } from "../../ui/parts.js";
import { formulaFault } from "./formula.js";
import { toast } from "../../ui/toast.js";

/** @typedef {import("./figure.js").Figure} Figure */
/** @typedef {{key: string, names: Record<string, string>, unit: string, decimals: number, formula: string, better: string, version?: number}} Own */
/** @typedef {{version: number, serviceLevelSeconds: number, connectSeconds: number, serviceLevelVariant: number, satisfiedFrom: number, repeatHours?: number, serviceCalendar?: string, queues: Record<string, {serviceLevelSeconds: number}>, own: Own[], staffing?: Staffing}} Settings */
/** @typedef {{fteHours: number, partTimePercent: number, hourCost: number, currency: string}} Staffing */
/** @typedef {{figure: string, kind: string, value: number, queue?: string, source?: string, year?: number}} Mark */

/** Fields of the settings whose faults are told in the page's words. */
const worded = ["key", "names", "decimals", "serviceLevelSeconds", "connectSeconds", "satisfiedFrom", "repeatHours", "serviceCalendar"];

/**
 * What is wrong with a field of the settings, in the page's language: the server names the field, and of a formula the place.
 * @param {Problem} problem
 * @param {Settings | null} settings as they were sent
 * @param {Set<string>} terms
 */
export function settingsFault(problem, settings, terms) {
    const own = /^own\[(\d+)\]\.formula$/.exec(problem.field ?? "");
    if (own) {
        const fault = formulaFault(settings?.own[Number(own[1])]?.formula ?? "", terms);
        if (fault) return t(`dictionary.fault.${fault.fault}`, fault);
        if (problem.details.position) return t("dictionary.fault.place", problem.details);
    }
    const name = (problem.field ?? "").split(".").pop() ?? "";
    return worded.includes(name) ? t(`dictionary.fault.${name}`) : explain(problem);
}

/** The window of first-contact resolution that a centre has until it chooses another. */
const usualRepeatHours = 72;

/** The published example for the five variants, per cent. */
const examples = ["83.0", "86.0", "81.1", "82.7", "82.1"];

export function dictionaryPage() {
    const figures = signal(/** @type {Figure[]} */ ([]));
    const terms = signal(/** @type {import("./figure.js").Term[]} */ ([]));
    const search = signal("");
    const fault = signal(/** @type {unknown} */ (null));
    const load = async () => {
        try {
            const body = await get("/figures/definitions");
            [figures.value, terms.value] = [body.figures, body.terms];
            fault.value = null;
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    const found = computed(() => figures.value.filter((one) => `${one.key} ${named(one.names)} ${one.formula}`.toLowerCase().includes(search.value.trim().toLowerCase())));
    return h(
        "div", { class: "page" },
        h("h1", { class: "spoken" }, () => t("dictionary.title")),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        may("figures.write") ? h("div", { class: "two-columns" }, settingsCard(load, terms), marksCard(figures)) : null,
        card(
            { title: () => t("dictionary.figures"), flush: true, end: h("div", { class: "row" }, textField({ label: () => t("dictionary.search"), kind: "search", value: () => search.value, change: (text) => (search.value = text), look: "inline" }), listFile({ path: "/figures/definitions", filters: () => ({}), isEmpty: () => figures.value.length === 0 }, () => t("dictionary.figures")), h("a", { class: "button", href: address(["reports"]) }, () => t("report.title"))) },
            show(() => found.value.length > 0, () => h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("dictionary.figures") }, h(
                "table", { class: "table" },
                h("thead", null, h("tr", null, ["dictionary.name", "dictionary.formula", "dictionary.terms", "dictionary.version"].map((key) => h("th", { scope: "col" }, () => t(key))))),
                h("tbody", null, () => found.value.map((one) => h(
                    "tr", null, h("th", { scope: "row" }, h("b", null, named(one.names, one.key)), h("div", { class: "small-text quiet" }, `${one.key}${one.isOwn ? ` · ${t("dictionary.own")}` : ""}`)),
                    h("td", null, h("code", null, one.formula), one.about.en ? h("div", { class: "small-text quiet" }, named(one.about)) : null),
                    h("td", { class: "small-text" }, one.terms.map((key) => named(terms.value.find((term) => term.key === key)?.names, key)).join(" · ")), h("td", null, String(one.version)),
                ))),
            )), () => empty("search", () => t("dictionary.none")))),
    );
}

/**
 * @param {() => Promise<void>} changed
 * @param {{value: import("./figure.js").Term[]}} terms
 */
function settingsCard(changed, terms) {
    const draft = signal(/** @type {Settings | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const calendars = loadCentreCalendars();
    const load = () => get("/figures/settings").then((body) => (draft.value = body)).catch((error) => (fault.value = error));
    void load();
    const set = (/** @type {Partial<Settings>} */ change) => (draft.value = { .../** @type {Settings} */ (draft.peek()), ...change });
    const isAt = (/** @type {string} */ name) => fault.value instanceof Problem && fault.value.field === name;
    const about = (/** @type {string} */ name) => () => (isAt(name) ? settingsFault(/** @type {Problem} */ (fault.value), draft.peek(), new Set(terms.value.map((term) => term.key))) : null);
    const shown = ["serviceLevelSeconds", "connectSeconds", "satisfiedFrom", "repeatHours", "serviceCalendar", "staffing.fteHours", "staffing.partTimePercent", "staffing.hourCost", "staffing.currency"];
    /** Whether a field that is on the page tells of the fault. */
    const isTold = () => fault.value instanceof Problem && (shown.includes(fault.value.field ?? "") || /^own\[\d+\]\.(key|names|formula)$/.test(fault.value.field ?? ""));
    const whole = (/** @type {string} */ text) => Math.round(Number(text) || 0);
    const save = async (/** @type {Event} */ event) => {
        event.preventDefault();
        fault.value = null;
        try {
            draft.value = await put("/figures/settings", draft.peek());
            toast(t("dictionary.saved"));
            await changed();
        } catch (error) {
            fault.value = error;
        }
    };
    const count = (/** @type {"serviceLevelSeconds" | "connectSeconds" | "satisfiedFrom"} */ name) => textField({ label: () => t(`dictionary.${name}`), kind: "number", value: () => String(draft.value?.[name] ?? ""), change: (text) => set({ [name]: whole(text) }), fault: about(name), more: { min: 1 } });
    const staffing = () => draft.value?.staffing ?? { fteHours: 8, partTimePercent: 70, hourCost: 0, currency: "CNY" };
    const setStaffing = (/** @type {Partial<Staffing>} */ change) => set({ staffing: { ...staffing(), ...change } });
    const amount = (/** @type {"fteHours" | "partTimePercent"} */ name, /** @type {number} */ max) => textField({ label: () => t(`dictionary.${name}`), kind: "number", value: () => String(staffing()[name]), change: (text) => setStaffing({ [name]: whole(text) }), fault: about(`staffing.${name}`), more: { min: 1, max } });
    const own = (/** @type {number} */ index, /** @type {Partial<Own>} */ change) => set({ own: (draft.peek()?.own ?? []).map((one, at) => (at === index ? { ...one, ...change } : one)) });
    const lines = computed(() => draft.value?.own.length ?? 0);
    const freeKey = () => {
        const taken = new Set((draft.peek()?.own ?? []).map((one) => one.key));
        let number = 1;
        while (taken.has(`own${number}`)) number += 1;
        return `own${number}`;
    };
    const add = () => set({ own: [...(draft.peek()?.own ?? []), { key: freeKey(), names: { "zh-CN": "", en: "" }, unit: "percent", decimals: 1, formula: "answered / offered", better: "higher" }] });
    return card({ title: () => t("dictionary.settings") }, show(() => draft.value, () => h(
        "form", { class: "stack", onsubmit: save },
        show(() => fault.value && !isTold(), () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.refresh"), press: () => void load() }))),
        h("div", { class: "pair" }, count("serviceLevelSeconds"), count("connectSeconds")),
        selectField({ label: () => t("dictionary.variant"), value: () => String(draft.value?.serviceLevelVariant), change: (value) => set({ serviceLevelVariant: Number(value) }), hint: () => t("dictionary.example"), choices: () => [1, 2, 3, 4, 5].map((value) => ({ value: String(value), label: `${t(`dictionary.variant${value}`)} → ${examples[value - 1]} %` })) }),
        h("div", { class: "pair" }, count("satisfiedFrom"), selectField({ label: () => t("dictionary.calendar"), value: () => draft.value?.serviceCalendar ?? "", change: (key) => set({ serviceCalendar: key || undefined }), fault: about("serviceCalendar"), choices: () => [{ value: "", label: t("dictionary.always") }, ...calendars.value.map((key) => ({ value: key, label: key }))] })),
        textField({ label: () => t("dictionary.repeatHours"), hint: () => t("dictionary.repeatHoursHint"), kind: "number", value: () => String(draft.value?.repeatHours ?? usualRepeatHours), change: (text) => set({ repeatHours: whole(text) }), fault: about("repeatHours"), more: { min: 1, max: 720 } }),
        h("fieldset", { class: "steps" }, h("legend", null, () => t("dictionary.staffing")),
            h("div", { class: "pair" }, amount("fteHours", 24), amount("partTimePercent", 100)),
            h("div", { class: "pair" },
                textField({ label: () => t("dictionary.hourCost"), kind: "number", value: () => String(staffing().hourCost / 100), change: (text) => setStaffing({ hourCost: Math.round(Number(text) * 100) || 0 }), fault: about("staffing.hourCost"), more: { min: 0, step: 0.01 } }),
                textField({ label: () => t("dictionary.currency"), value: () => staffing().currency, change: (text) => setStaffing({ currency: text.toUpperCase() }), fault: about("staffing.currency"), more: { maxlength: 3 } }))),
        h("fieldset", { class: "steps" }, h("legend", null, () => t("dictionary.ownFigures")),
            () => Array.from({ length: lines.value }, (_, index) => {
                const one = () => draft.value?.own[index];
                return h("div", { class: "step row ends-low" },
                    textField({ label: () => t("dictionary.name"), value: () => named(one()?.names), change: (text) => own(index, { names: { "zh-CN": text, en: text } }), fault: () => about(`own[${index}].names`)() ?? about(`own[${index}].key`)() }),
                    textField({ label: () => t("dictionary.formula"), value: () => one()?.formula ?? "", change: (text) => own(index, { formula: text }), fault: about(`own[${index}].formula`), look: "grow" }),
                    selectField({ label: () => t("dictionary.unit"), value: () => one()?.unit ?? "", change: (unit) => own(index, { unit }), choices: () => ["count", "percent", "duration", "ratio"].map((value) => ({ value, label: t(`dictionary.unit.${value}`) })) }),
                    button({ symbol: "cross", look: "plain square", spoken: () => t("dictionary.removeOwn"), press: () => set({ own: (draft.peek()?.own ?? []).filter((_, at) => at !== index) }) }));
            }),
            button({ label: () => t("dictionary.addOwn"), symbol: "plus", press: add })),
        h("div", { class: "row end" }, button({ label: () => t("action.save"), look: "primary", kind: "submit" })),
    )));
}

/** @param {{value: Figure[]}} figures */
function marksCard(figures) {
    const draft = signal(/** @type {{version: number, items: Mark[]} | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const load = () => get("/figures/marks").then((body) => (draft.value = body)).catch((error) => (fault.value = error));
    void load();
    const items = () => draft.value?.items ?? [];
    const set = (/** @type {Mark[]} */ changed) => (draft.value = { version: draft.peek()?.version ?? 0, items: changed });
    const change = (/** @type {number} */ index, /** @type {Partial<Mark>} */ to) => set(items().map((one, at) => (at === index ? { ...one, ...to } : one)));
    const save = async (/** @type {Event} */ event) => {
        event.preventDefault();
        fault.value = null;
        try {
            draft.value = await put("/figures/marks", draft.peek());
            toast(t("dictionary.saved"));
        } catch (error) {
            fault.value = error;
        }
    };
    const count = computed(() => items().length);
    const names = () => figures.value.map((figure) => ({ value: figure.key, label: named(figure.names, figure.key) }));
    return card({ title: () => t("dictionary.marks") }, h(
        "form", { class: "stack", onsubmit: save },
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.refresh"), press: () => void load() }))),
        show(() => count.value === 0, () => h("p", { class: "quiet" }, () => t("dictionary.noMarks"))),
        () => Array.from({ length: count.value }, (_, index) => {
            const one = () => items()[index];
            return h("div", { class: "step row ends-low" },
                selectField({ label: () => t("dictionary.figure"), value: () => one()?.figure ?? "", change: (figure) => change(index, { figure }), choices: names }),
                selectField({ label: () => t("dictionary.kind"), value: () => one()?.kind ?? "", change: (kind) => change(index, { kind }), choices: () => ["target", "baseline", "benchmark"].map((value) => ({ value, label: t(`dictionary.kind.${value}`) })) }),
                textField({ label: () => t("dictionary.value"), kind: "number", value: () => String(one()?.value ?? ""), change: (text) => change(index, { value: Number(text) || 0 }), more: { step: "any" } }),
                textField({ label: () => t("dictionary.source"), value: () => one()?.source ?? "", change: (text) => change(index, { source: text || undefined }), look: "grow", more: { maxlength: 200 } }),
                button({ symbol: "cross", look: "plain square", spoken: () => t("dictionary.removeMark"), press: () => set(items().filter((_, at) => at !== index)) }));
        }),
        h("div", { class: "row end" }, button({ label: () => t("dictionary.addMark"), symbol: "plus", press: () => set([...items(), { figure: "serviceLevel", kind: "target", value: 80 }]) }), button({ label: () => t("action.save"), look: "primary", kind: "submit" })),
    ));
}
