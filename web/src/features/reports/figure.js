/** How a figure's value is written, and what stands behind it. */
import { h } from "../../core/dom.js";
import { named, number, t } from "../../core/i18n.js";
import { span } from "../../core/time.js";
import { openDialog } from "../../ui/dialog.js";
import { signal } from "../../core/reactive.js";
import { facts } from "../../ui/parts.js";
import { contactsOf, hasContacts } from "./contacts.js";

/** @typedef {{key: string, names: Record<string, string>, unit: string, decimals: number, version: number, formula: string, terms: string[], better: string, about: Record<string, string>, isOwn: boolean}} Figure */
/** @typedef {{key: string, names?: Record<string, string>, startsAt?: number, endsAt?: number, values: Record<string, number>, terms: Record<string, number>}} Row */
/** @typedef {{from: string, to: string, zone: string, asOf: number, isComplete: boolean, figures: Figure[], total: Row, rows: Row[], comparison: {from: string, to: string, until?: number, total: Row, rows: Row[], changes: Record<string, Change>} | null, marks: {figure: string, kind: string, value: number, queue?: string, source?: string, year?: number}[], annotations: {id: string, day: string, text: string}[], checks: {offered: number, ended: number, waiting: number, holds: boolean}}} Report */
/** @typedef {{difference: number, percent?: number}} Change */
/** @typedef {{key: string, names: Record<string, string>, unit: string}} Term */

/**
 * @param {Figure} figure
 * @param {number | undefined} value
 */
export function written(figure, value) {
    if (value === undefined) return "–";
    if (figure.unit === "percent") return `${value.toFixed(figure.decimals)} %`;
    if (figure.unit === "duration") return span(Math.round(value / 1000) * 1000);
    return figure.decimals > 0 ? value.toFixed(figure.decimals) : number(value);
}

/** @param {number} value */
const sign = (value) => (value > 0 ? "+" : value < 0 ? "−" : "±");

/**
 * The difference to another period: its text, and whether it is for the better. Of a rate, points and per cent are two things;
 * both are told, each with its word.
 * @param {Figure} figure
 * @param {Change | undefined} change
 */
export function difference(figure, change) {
    if (!change) return null;
    const { difference: step, percent } = change;
    const size = Math.abs(step);
    const points = figure.unit === "percent" ? t("report.points", { points: sign(step) + size.toFixed(figure.decimals) }) : sign(step) + written(figure, size);
    const text = percent === undefined || step === 0 ? points : t("report.relative", { change: points, percent: `${sign(percent)}${Math.abs(percent).toFixed(1)}` });
    const isGood = step === 0 || figure.better === "neither" ? null : step > 0 === (figure.better === "higher");
    return { text, look: isGood === null ? "" : isGood ? "good" : "bad", symbol: step > 0 ? "▲" : step < 0 ? "▼" : "" };
}

/**
 * What a row is called.
 * @param {{key: string, names?: Record<string, string>}} row
 */
export const rowName = (row) => (row.names ? named(row.names, row.names[""] ?? row.key) : row.key === "-" ? t("report.nobody") : row.key);

/**
 * Formula, version and terms of a figure, with the values of a row; a term that counts contacts leads to them.
 * @param {Figure} figure
 * @param {Row} row
 * @param {Term[]} terms
 * @param {Record<string, any> | null} asked what the row asks for; `null` for one that has no contacts of its own
 */
export function openFormula(figure, row, terms, asked) {
    const names = new Map(terms.map((term) => [term.key, term]));
    const shown = signal("");
    /** @param {string} key */
    const amount = (key) => {
        const value = row.terms[key] ?? 0;
        if (names.get(key)?.unit === "duration") return h("span", { class: "numeric" }, span(value));
        if (!asked || value === 0 || !hasContacts(key)) return h("span", { class: "numeric" }, number(value));
        return h("button", { type: "button", class: "bare linked numeric", "aria-expanded": () => String(shown.value === key), onclick: () => (shown.value = shown.peek() === key ? "" : key) }, number(value));
    };
    openDialog({ title: () => named(figure.names, figure.key) }, (close) => h(
        "div", { class: "stack" },
        h("p", { class: "formula numeric" }, `${figure.formula}${figure.unit === "percent" ? " × 100 %" : ""}`),
        figure.about["zh-CN"] || figure.about.en ? h("p", { class: "quiet" }, () => named(figure.about)) : null,
        facts([
            ...figure.terms.map((key) => /** @type {[() => string, () => Child]} */ ([
                () => named(names.get(key)?.names, key), () => h("span", null, amount(key), h("small", { class: "quiet" }, ` ${key}`))])),
            /** @type {[() => string, () => Child]} */ ([() => t("report.value"), () => h("b", { class: "numeric" }, written(figure, row.values[figure.key]))]),
            /** @type {[() => string, () => Child]} */ ([() => t("report.formulaVersion"), () => String(figure.version)]),
        ]),
        () => (shown.value && asked ? h("section", { class: "stack" }, h("h3", null, () => t("report.contactsOf", { term: named(names.get(shown.value)?.names, shown.value) })), contactsOf(shown.value, asked)) : null),
        h("div", { class: "ends" }, h("button", { type: "button", class: "button", onclick: close }, () => t("action.close"))),
    ));
}
