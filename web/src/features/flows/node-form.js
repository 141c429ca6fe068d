/** The form of one step: its fields by kind, what is wrong beside each of them. */
import { each, h, show } from "../../core/dom.js";
import { has, languageName, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { checkBox, field as labelled, selectField, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { chip } from "../../ui/parts.js";
import { findingText, kindName } from "./drawing.js";
import { find, setField } from "./edits.js";
import { keys as phoneKeys, fieldsOf, symbolOf } from "./kinds.js";
import { calendars, choicesOf, queues, skills } from "./known.js";
import { promptList } from "./prompt-list.js";

/** @typedef {import("./flow-store.js").FlowStore} FlowStore */
/** @typedef {import("./kinds.js").Field} Field */
/** @typedef {{node: string, field: string, key?: string}} At */

/** Fields that most flows leave as they are. */
const rare = new Set(["interruptible", "timeout", "attempts", "terminator", "priority", "skills", "answers_first", "recorded", "recording_basis", "music"]);
const boards = ["faults", "news", "urgent"];

/**
 * @typedef {object} FormProps
 * @property {FlowStore} store
 * @property {string} name
 * @property {(name: string) => void} select
 * @property {(at: At | null) => void} add asks for a new step on that exit
 * @property {(former: string, name: string) => void} rename
 * @property {() => void} duplicate
 * @property {() => void} remove
 */

/** @param {FormProps & {field: Field}} props */
function fieldOf({ store, name, select, add, field }) {
    const flow = () => /** @type {import("./kinds.js").FlowDocument} */ (store.document.peek());
    const value = () => find(/** @type {any} */ (store.document.value), name)?.[field.name];
    const put = (/** @type {any} */ next, tag = `${name}.${field.name}`) => store.edit(setField(flow(), name, field.name, next), tag);
    const label = () => t(`flow.field.${field.name}`);
    const fault = () => {
        const found = store.findings.value.find((one) => one.node === name && one.field === field.name);
        return found ? findingText(found) : null;
    };
    const hint = () => {
        const parts = [has(`flow.hint.${field.name}`) ? t(`flow.hint.${field.name}`) : "", field.usual !== undefined && typeof field.usual !== "boolean" ? t("flow.usual", { value: field.usual }) : ""];
        return parts.filter(Boolean).join(" ");
    };
    const common = { label, fault, hint };
    /**
     * A select of all steps, with a way to make one.
     * @param {{target: () => string, lead: (target: string) => void, at: At, described?: Record<string, any>, spoken?: () => string}} one
     */
    const targetBox = ({ target, lead, at, described = {}, spoken }) =>
        h(
            "div", { class: "row target" },
            h(
                "select", {
                    class: "grow input", ...described, ...(spoken ? { "aria-label": spoken } : {}),
                    onchange: (/** @type {any} */ event) => {
                        const chosen = event.target.value;
                        if (chosen !== "\n") return lead(chosen);
                        event.target.value = target();
                        add(at);
                    },
                },
                () => {
                    const present = target();
                    const names = (store.document.value?.node ?? []).map((node) => node.name);
                    const unknown = present && !names.includes(present) ? [present] : [];
                    return [
                        h("option", { value: "", selected: present === "" }, t("flow.nowhere")),
                        ...[...unknown, ...names].map((one) => h("option", { value: one, selected: one === present }, unknown.includes(one) ? t("flow.notThere", { name: one }) : one)),
                        h("option", { value: "\n" }, t("flow.newNode")),
                    ];
                },
            ),
            button({ symbol: "insert", look: "plain square", spoken: () => t("flow.insertHere"), press: () => add(at) }),
            button({ symbol: "right", look: "plain square", spoken: () => t("flow.goTo", { name: target() }), press: () => select(target()), disabled: () => !find(/** @type {any} */ (store.document.value), target()) }),
        );
    if (field.type === "prompts") return promptList({ store, name, field, fault });
    if (field.type === "target") {
        return labelled(common, (_, described) => targetBox({ target: () => value() ?? "", lead: (target) => put(target, ""), at: { node: name, field: field.name }, described }));
    }
    if (field.type === "flag") return h("div", { class: "field" }, checkBox({ label: () => [label(), has(`flow.hint.${field.name}`) ? h("span", { class: "quiet small-text block" }, t(`flow.hint.${field.name}`)) : null], value: () => value() ?? field.usual, change: (next) => put(next === field.usual ? undefined : next, "") }), show(fault, () => h("span", { class: "fault" }, icon("alert", "small"), fault)));
    if (field.type === "seconds" || field.type === "count") {
        return textField({
            ...common, kind: "number", value: () => (value() === undefined ? "" : String(value())),
            change: (text) => put(text === "" || Number.isNaN(Number(text)) ? undefined : field.type === "count" ? Math.round(Number(text)) : Number(text)),
            more: { min: field.least, max: field.most, step: field.type === "seconds" ? "any" : 1, placeholder: field.usual === undefined ? "" : String(field.usual) },
        });
    }
    if (field.type === "queue" || field.type === "calendar") {
        const all = () => (field.type === "queue" ? queues.value : calendars.value);
        return show(() => all().length > 0,
            () => selectField({ ...common, value: () => value() ?? "", change: (next) => put(next, ""), choices: () => choicesOf(all(), value() ?? "") }),
            () => textField({ ...common, value: () => value() ?? "", change: (next) => put(next) }));
    }
    if (field.type === "board") return selectField({ ...common, value: () => value() ?? "", change: (next) => put(next, ""), choices: () => [...new Set([...boards, value() ?? "faults"])].map((one) => ({ value: one, label: has(`flow.board.${one}`) ? t(`flow.board.${one}`) : one })) });
    if (field.type === "language") return selectField({ ...common, value: () => value() ?? "", change: (next) => put(next, ""), choices: () => [...new Set([...(store.document.value?.languages ?? []), value() ?? ""])].filter(Boolean).map((one) => ({ value: one, label: languageName(one) })) });
    if (field.type === "terminator") return selectField({ ...common, hint: () => "", value: () => value() ?? "#", change: (next) => put(next === "#" ? undefined : next, ""), choices: () => [{ value: "#", label: "#" }, { value: "*", label: "*" }, { value: "", label: t("flow.noTerminator") }] });
    if (field.type === "choices" || field.type === "scores") return keyRows({ store, name, field, fault, put, value, targetBox });
    if (field.type === "skills") return skillRows({ field, put, value });
    return textField({ ...common, value: () => value() ?? "", change: (next) => put(next === "" && !field.isRequired ? undefined : next) });
}

/**
 * Keys of the telephone, each with where it leads or what it scores.
 * @param {{store: FlowStore, name: string, field: Field, fault: () => string | null, put: (value: any, tag?: string) => void, value: () => any, targetBox: (one: any) => Element}} props
 */
function keyRows({ name, field, fault, put, value, targetBox }) {
    const entries = () => Object.keys(value() ?? {}).sort((one, other) => phoneKeys.indexOf(one) - phoneKeys.indexOf(other));
    const free = () => phoneKeys.filter((key) => !(key in (value() ?? {})));
    const change = (/** @type {(rows: Record<string, any>) => void} */ action, tag = "") => {
        const rows = { ...value() };
        action(rows);
        put(rows, tag);
    };
    const rows = each(h("ul", { class: "key-rows" }), entries, (key) => key, (item) => {
        const key = item();
        const spoken = () => t("flow.key", { key });
        return h(
            "li", { class: "row" },
            h("select", {
                class: "input key", "aria-label": spoken,
                onchange: (/** @type {any} */ event) => {
                    const next = event.target.value;
                    change((all) => {
                        all[next] = all[key];
                        delete all[key];
                    });
                },
            }, () => phoneKeys.filter((one) => one === key || free().includes(one)).map((one) => h("option", { value: one, selected: one === key }, one))),
            field.type === "choices"
                ? targetBox({ target: () => value()?.[key] ?? "", lead: (/** @type {string} */ target) => change((all) => (all[key] = target)), at: { node: name, field: "choices", key }, spoken: () => t("flow.keyLeads", { key }) })
                : h("input", { class: "input grow", type: "number", min: 1, max: 100, "aria-label": () => t("flow.keyScores", { key }), value: () => String(value()?.[key] ?? ""), oninput: (/** @type {any} */ event) => event.target.value !== "" && change((all) => (all[key] = Math.round(Number(event.target.value))), `${name}.${field.name}.${key}`) }),
            button({ symbol: "cross", look: "plain square", spoken: () => t("flow.takeOut", { name: key }), press: () => change((all) => delete all[key]) }),
        );
    });
    return h(
        "fieldset", { class: "field", "data-field": field.name },
        h("legend", { class: "label" }, () => t(`flow.field.${field.name}`)), rows,
        h("div", { role: "status" }, show(fault, () => h("span", { class: "fault" }, icon("alert", "small"), fault))),
        h("div", null, button({ label: () => t("flow.addKey"), symbol: "plus", press: () => change((all) => (all[free()[0]] = field.type === "choices" ? "" : 1)), disabled: () => free().length === 0 })),
    );
}

/** @param {{field: Field, put: (value: any, tag?: string) => void, value: () => any}} props */
function skillRows({ field, put, value }) {
    const change = (/** @type {(rows: Record<string, number>) => void} */ action) => {
        const rows = { ...value() };
        action(rows);
        put(Object.keys(rows).length > 0 ? rows : undefined, "");
    };
    const free = () => skills.value.filter((one) => !(one.key in (value() ?? {})));
    const rows = each(h("ul", { class: "key-rows" }), () => Object.keys(value() ?? {}), (key) => key, (item) => {
        const key = item();
        return h(
            "li", { class: "row" }, h("span", { class: "grow" }, () => choicesOf(skills.value, key).find((one) => one.value === key)?.label ?? key),
            h("select", { class: "input key", "aria-label": () => t("flow.levelOf", { name: key }), onchange: (/** @type {any} */ event) => change((all) => (all[key] = Number(event.target.value))) }, () => [1, 2, 3, 4, 5].map((level) => h("option", { value: level, selected: level === value()?.[key] }, level))),
            button({ symbol: "cross", look: "plain square", spoken: () => t("flow.takeOut", { name: key }), press: () => change((all) => delete all[key]) }),
        );
    });
    return h("fieldset", { class: "field", "data-field": field.name }, h("legend", { class: "label" }, () => t("flow.field.skills")), rows,
        h("select", { class: "input", "aria-label": () => t("flow.addSkill"), disabled: () => free().length === 0, onchange: (/** @type {any} */ event) => event.target.value && change((all) => (all[event.target.value] = 1)) },
            () => [h("option", { value: "" }, t("flow.addSkill")), ...free().map((one) => h("option", { value: one.key }, choicesOf([one], one.key)[0].label))]));
}

/** @param {FormProps} props */
export function nodeForm(props) {
    const { store, name, rename, duplicate, remove } = props;
    const node = () => find(/** @type {any} */ (store.document.value), name);
    const kind = node()?.kind ?? "";
    const typed = signal(name);
    const isTaken = () => typed.value.trim() !== name && Boolean(find(/** @type {any} */ (store.document.value), typed.value.trim()));
    const isRare = (/** @type {Field} */ field) => rare.has(field.name);
    const mentioned = () => store.findings.value.some((one) => one.node === name && one.field && rare.has(one.field));
    const commit = () => {
        const wanted = typed.peek().trim();
        if (wanted && wanted !== name && !isTaken()) rename(name, wanted);
        else typed.value = name;
    };
    const wrap = (/** @type {Field} */ field) => h("div", { class: "form-field", "data-of": field.name }, fieldOf({ ...props, field }));
    const form = h(
        "div", { class: "node-form" },
        h(
            "header", null, h("span", { class: "kind-mark" }, icon(symbolOf(kind))), h("h2", { class: "grow" }, () => kindName(kind)),
            show(() => store.document.value?.entry === name, () => chip(() => t("flow.entryMark"), "accent")),
            button({ symbol: "copy", look: "plain square", spoken: () => t("flow.duplicate"), press: duplicate }),
            button({ symbol: "trash", look: "plain square", spoken: () => t("flow.remove"), press: remove }),
        ),
        h(
            "div", { class: "body stack" },
            textField({
                label: () => t("flow.nodeName"), value: () => typed.value, change: (text) => (typed.value = text),
                fault: () => (isTaken() ? t("flow.nameTaken") : typed.value.trim() === "" ? t("flow.nameMissing") : null),
                more: { maxlength: 64, onchange: commit, onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && !event.isComposing && commit() },
            }),
            show(() => store.findings.value.some((one) => one.node === name && !one.field), () => h("ul", { class: "stack" }, () => store.findings.value.filter((one) => one.node === name && !one.field).map((one) => h("li", { class: "fault" }, icon("alert", "small"), findingText(one))))),
            fieldsOf(kind).length === 0 ? h("p", { class: "quiet" }, () => t("flow.unknownKind", { kind })) : null,
            fieldsOf(kind).filter((field) => !isRare(field)).map(wrap),
            fieldsOf(kind).some(isRare)
                ? h("details", { open: mentioned() }, h("summary", null, () => t("flow.more")), h("div", { class: "stack" }, fieldsOf(kind).filter(isRare).map(wrap)))
                : null,
        ),
    );
    return form;
}

/**
 * Puts the focus into a field of the form that is shown.
 * @param {string | undefined} field
 */
export function focusField(field) {
    setTimeout(() => {
        const place = field ? document.querySelector(`.node-form [data-of="${CSS.escape(field)}"]`) : document.querySelector(".node-form .body");
        const more = place?.closest("details");
        if (more) more.open = true;
        place?.scrollIntoView({ block: "nearest" });
        const control = place?.querySelector("input, select, textarea, button");
        if (control instanceof HTMLElement) control.focus();
    });
}
