/** The draft of a row, what is wrong with it, and its fields. */
import { Problem } from "../../core/api.js";
import { h, uniqueID } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { checkBox, selectField, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { askedField } from "./asked-field.js";
import { hoursFaults, hoursField } from "./hours-field.js";
import { phoneField } from "./phone-field.js";
import { refChoices } from "./references.js";
import { canonical, roles, sendable } from "./sections.js";
import { skillsField } from "./skills-field.js";
import { labelled, roleName, word } from "./words.js";

/** @typedef {import("../../core/types.js").Row} Row */
/** @typedef {import("../../core/types.js").Finding} Finding */
/** @typedef {import("./sections.js").FieldSpec} FieldSpec */
/** @typedef {ReturnType<typeof formState>} Form */

/**
 * @param {unknown} error
 * @returns {Finding[]}
 */
function findingsOf(error) {
    if (!(error instanceof Problem)) return [];
    try {
        const found = JSON.parse(error.details.findings ?? "[]");
        if (found.length > 0) return found;
    } catch {
        // Then what stands in the problem itself has to do.
    }
    const field = error.field ?? error.details.field;
    return field ? [{ place: "", field, fault: explain(error), remedy: "" }] : [];
}

/**
 * @param {import("./sections.js").Section} section
 * @param {Row} first
 * @param {boolean} isNew
 */
export function formState(section, first, isNew) {
    const saved = signal(sendable(first));
    const draft = signal(saved.peek());
    /** Counts how often the draft was put in place from outside: fields are built anew then. */
    const generation = signal(0);
    const findings = signal(/** @type {Finding[]} */ ([]));
    const isDirty = computed(() => canonical(draft.value) !== canonical(saved.value));
    const specs = section.groups.flatMap((group) => group.fields);
    /**
     * @param {string} name
     * @param {any} value undefined takes the field away
     */
    const set = (name, value) => {
        const { [name]: _, ...rest } = draft.peek();
        draft.value = value === undefined ? rest : { ...draft.peek(), [name]: value };
        if (findings.peek().length > 0) findings.value = findings.peek().filter((one) => !isAbout(one, name));
    };
    /**
     * What can be seen without the server, in the person's language.
     * @returns {Finding[]}
     */
    const check = () => specs.flatMap((spec) => {
        if (spec.kind === "hours") return hoursFaults(draft.peek());
        const value = draft.peek()[spec.name];
        const isMissing = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
        const fault = spec.isRequired && isMissing && (isNew || spec.name !== section.key) ? t("admin.fault.missing")
            : spec.kind === "number" && value !== undefined && !(Number.isInteger(value) && value >= Number(spec.least) && value <= Number(spec.most)) ? t("admin.fault.range", { least: spec.least, most: spec.most }) : "";
        return fault ? [{ place: "", field: spec.name, fault, remedy: "" }] : [];
    });
    return {
        section, isNew, saved, draft, generation, findings, isDirty, set, check,
        /** @param {string} name */
        read: (name) => draft.value[name],
        /** @param {Row} row */
        replace: (row) => {
            draft.value = sendable(row);
            generation.value += 1;
        },
        /** @param {unknown} error whether anything was found to show beside a field */
        blame: (error) => {
            findings.value = findingsOf(error);
            return findings.peek().length > 0;
        },
        /** @param {string} name */
        fault: (name) => {
            const found = findings.value.find((one) => isAbout(one, name));
            return found ? [found.fault, found.remedy].filter(Boolean).join(" ") : null;
        },
        /** Findings about nothing that this form shows. */
        others: () => findings.value.filter((one) => !specs.some((spec) => isAbout(one, spec.name) || (spec.kind === "hours" && /^(weekly|exceptions|always)/.test(one.field)))),
    };
}

/**
 * @param {Finding} finding
 * @param {string} name
 */
const isAbout = (finding, name) => finding.field === name || finding.field.startsWith(`${name}.`) || finding.field.startsWith(`${name}[`);

/**
 * Label, hint and fault of a field.
 * @param {Form} form
 * @param {string} name
 */
export function about(form, name) {
    const hint = word(form.section.name, name, "hint");
    return { label: () => word(form.section.name, name), fault: () => form.fault(name), ...(hint ? { hint: () => word(form.section.name, name, "hint") } : {}) };
}

/**
 * Words between spaces or commas. What is typed stays as it is while it is typed.
 * @param {Form} form
 * @param {FieldSpec} spec
 */
function listField(form, spec) {
    const typed = signal((form.draft.peek()[spec.name] ?? []).join(" "));
    return textField({
        ...about(form, spec.name), value: () => typed.value, more: { spellcheck: "false" },
        change: (text) => {
            typed.value = text;
            const parts = text.split(/[\s,;，；]+/).filter(Boolean);
            form.set(spec.name, spec.kind === "numbers" ? parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part)) : parts);
        },
    });
}

/**
 * A name in both languages, side by side.
 * @param {Form} form
 * @param {FieldSpec} spec
 */
function namesField(form, spec) {
    const one = (/** @type {string} */ language) => textField({
        label: () => t(`admin.nameIn.${language}`), value: () => form.read(spec.name)?.[language] ?? "", fault: () => (language === "zh-CN" || form.findings.value.some((found) => found.field === `${spec.name}.${language}`) ? form.fault(spec.name) : null),
        more: { lang: language },
        change: (text) => {
            const { [language]: _, ...rest } = form.draft.peek()[spec.name] ?? {};
            const next = text ? { ...rest, [language]: text } : rest;
            form.set(spec.name, Object.keys(next).length > 0 ? next : undefined);
        },
    });
    return h("div", { class: "pair whole" }, one("zh-CN"), one("en"));
}

/**
 * @param {Form} form
 * @param {FieldSpec} spec
 */
function rolesField(form, spec) {
    const id = uniqueID("roles");
    return h(
        "fieldset", { class: "field whole", "aria-describedby": id },
        h("legend", { class: "spoken" }, () => word(form.section.name, spec.name)),
        roles.map((role) => checkBox({
            label: () => [roleName(role), h("span", { class: "quiet" }, " – ", () => t(`admin.role.${role}.hint`))],
            value: () => (form.read(spec.name) ?? []).includes(role),
            change: (isOn) => form.set(spec.name, roles.filter((one) => (one === role ? isOn : (form.draft.peek()[spec.name] ?? []).includes(one)))),
        })),
        h("div", { id, role: "status" }, () => {
            const fault = form.fault(spec.name);
            return fault ? h("span", { class: "fault" }, icon("alert", "small"), fault) : h("span", { class: "hint" }, t("admin.people.roles.hint"));
        }),
    );
}

/**
 * Let them wait, turn them away, or hand them to another group.
 * @param {Form} form
 * @param {FieldSpec} spec
 */
const overflowField = (form, spec) => selectField({
    ...about(form, spec.name), value: () => form.read(spec.name) ?? "", change: (value) => form.set(spec.name, value || undefined),
    choices: () => [
        ...(spec.isRequired ? [] : [{ value: "", label: t("admin.callersWait") }]), { value: "dissuade", label: t("admin.dissuade") },
        ...refChoices("queues", String(form.read(spec.name) ?? "").replace(/^overflow:|^dissuade$/, "")).filter((one) => one.value !== form.read("key"))
            .map((one) => ({ value: `overflow:${one.value}`, label: t("admin.overflowTo", { queue: one.label }) })),
    ],
});

/**
 * @param {Form} form
 * @param {FieldSpec} spec
 */
function linesFullField(form, spec) {
    const value = () => String(form.read(spec.name) ?? "busy");
    const isOverflow = () => value().startsWith("overflow:");
    return [
        selectField({
            ...about(form, spec.name), value: () => (isOverflow() ? "overflow" : "busy"), change: (kind) => form.set(spec.name, kind === "busy" ? "busy" : "overflow:"),
            choices: () => ["busy", "overflow"].map((one) => ({ value: one, label: t(`admin.general.whenLinesFull.${one}`) })),
        }),
        h("div", { hidden: () => !isOverflow() }, textField({ label: () => t("admin.general.overflowNumber"), kind: "tel", value: () => value().slice(9), change: (text) => form.set(spec.name, `overflow:${text.trim()}`), hint: () => t("admin.general.overflowNumber.hint") })),
    ];
}

/**
 * @param {Form} form
 * @param {FieldSpec} spec
 */
function zoneField(form, spec) {
    const id = uniqueID("zones");
    const known = /** @type {any} */ (Intl).supportedValuesOf?.("timeZone") ?? ["Asia/Shanghai"];
    return h(
        "div", null,
        textField({ ...about(form, spec.name), value: () => form.read(spec.name) ?? "", change: (text) => form.set(spec.name, text.trim() || undefined), more: { list: id, spellcheck: "false" } }),
        h("datalist", { id }, known.map((/** @type {string} */ zone) => h("option", { value: zone }))),
    );
}

/**
 * @param {Form} form
 * @param {FieldSpec} spec
 * @returns {Child}
 */
export function fieldOf(form, spec) {
    const { name, kind } = spec;
    const isKey = name === form.section.key && form.section.name !== "general";
    const value = () => form.read(name);
    switch (kind) {
        case "text":
            return textField({
                ...about(form, name), value: () => value() ?? "", change: (text) => form.set(name, isKey ? text.trim() : text || undefined),
                ...(isKey && !form.isNew ? { hint: () => t("admin.keyStays") } : {}), more: { readOnly: isKey && !form.isNew, ...(isKey ? { spellcheck: "false", autocapitalize: "off" } : {}), required: spec.isRequired ?? false },
            });
        case "number":
            return textField({
                ...about(form, name), label: () => labelled(form.section.name, name), kind: "number", value: () => (value() === undefined ? "" : String(value())),
                change: (text) => form.set(name, text === "" ? undefined : Number(text)), more: { min: spec.least, max: spec.most, step: 1, inputmode: "numeric" },
            });
        case "day":
            return textField({ ...about(form, name), kind: "date", value: () => value() ?? "", change: (text) => form.set(name, text || undefined) });
        case "names": return namesField(form, spec);
        case "toggle": return h("div", { class: "field toggle" }, checkBox({ label: () => word(form.section.name, name), value: () => Boolean(value()), change: (isOn) => form.set(name, isOn) }), h("span", { class: "hint" }, () => word(form.section.name, name, "hint")));
        case "choice":
            return selectField({ ...about(form, name), value: () => value() ?? "", change: (next) => form.set(name, next), choices: () => (spec.choices ?? []).map((one) => ({ value: one, label: t(`admin.${form.section.name}.${name}.${one}`) })) });
        case "reference":
            return selectField({ ...about(form, name), value: () => value() ?? "", change: (next) => form.set(name, next || undefined), choices: () => [{ value: "", label: spec.isRequired ? t("admin.choose") : "–" }, ...refChoices(String(spec.from), value() ?? "")] });
        case "list": case "numbers": return listField(form, spec);
        case "skills": return skillsField(form, spec);
        case "roles": return rolesField(form, spec);
        case "phone": return phoneField(form);
        case "overflow": return overflowField(form, spec);
        case "hours": return hoursField(form);
        case "asked": return askedField(form);
        case "linesFull": return linesFullField(form, spec);
        case "zone": return zoneField(form, spec);
    }
}

