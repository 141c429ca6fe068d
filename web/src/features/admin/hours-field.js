/** When the centre is open: always, or by the hours of each weekday and the days that are different. */
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { segments, selectBox } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { chip } from "../../ui/parts.js";
import { brief } from "../../core/time.js";

export const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const workdays = days.slice(0, 5);

/**
 * "open now, closes 18:00".
 * @param {import("../../core/types.js").Row} row as the server gave it
 */
export function openNow(row) {
    if (row.isOpen === undefined) return null;
    const time = row.changesAt ? brief(row.changesAt) : null;
    const text = row.isOpen ? (time ? t("admin.openUntil", { time }) : t("admin.openAlways")) : time ? t("admin.closedUntil", { time }) : t("admin.closedAlways");
    return chip(() => text, row.isOpen ? "good" : "warn");
}

/**
 * 830, 8:30 and 08：30 are 08:30; anything else stays as it was typed, for the fault to name.
 * @param {string} typed
 */
export function time(typed) {
    const found = /^(\d{1,2})[:：.]?(\d{2})$/.exec(typed.trim()) ?? /^(\d{1,2})$/.exec(typed.trim());
    return found ? `${found[1].padStart(2, "0")}:${found[2] ?? "00"}` : typed.trim();
}

/**
 * Spans of a day, each with two times.
 * @param {{read: () => string[], write: (spans: string[]) => void, of: () => string}} props
 */
function spans({ read, write, of }) {
    /** Keeps the fields while their values change. */
    const count = computed(() => read().length);
    /**
     * @param {number} at
     * @param {0 | 1} end
     */
    const edge = (at, end) => h("input", {
        class: "input time", value: () => (read()[at] ?? "-").split("-")[end] ?? "", placeholder: end === 0 ? "08:30" : "17:30", inputmode: "numeric", maxlength: 5,
        "aria-label": () => t(end === 0 ? "admin.opens" : "admin.closes", { day: of() }),
        "aria-invalid": () => (isWrong(read()[at]) ? "true" : null),
        onchange: (/** @type {any} */ event) => {
            const parts = (read()[at] ?? "-").split("-");
            parts[end] = time(event.target.value);
            write(read().map((one, index) => (index === at ? parts.join("-") : one)));
        },
    });
    return h("div", { class: "spans" }, () => [
        count.value === 0 ? h("span", { class: "quiet" }, t("admin.closed")) : null,
        Array.from({ length: count.value }, (_, at) => h("span", { class: "span" }, edge(at, 0), "–", edge(at, 1), button({ symbol: "cross", look: "plain square", spoken: () => t("admin.removeSpan", { day: of() }), press: () => write(read().filter((__, index) => index !== at)) }))),
        button({ symbol: "plus", look: "plain square", spoken: () => t("admin.addSpan", { day: of() }), press: () => write([...read(), read().length === 0 ? "08:30-17:30" : "-"]) }),
    ]);
}

/** @param {string | undefined} span */
function isWrong(span) {
    const [from, until] = (span ?? "").split("-");
    const fits = (/** @type {string | undefined} */ text) => /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text ?? "");
    return !fits(from) || !fits(until) || from >= until;
}

/** @param {import("./row-form.js").Form} form */
export function hoursField(form) {
    const weekly = () => /** @type {Record<string, string[]>} */ (form.read("weekly") ?? {});
    const exceptions = () => /** @type {any[]} */ (form.read("exceptions") ?? []);
    const isAlways = () => form.read("always") === true;
    const former = signal({ weekly: form.draft.peek().weekly, exceptions: form.draft.peek().exceptions });
    /** @param {string} next */
    const choose = (next) => {
        if (next === "always") {
            former.value = { weekly: form.draft.peek().weekly, exceptions: form.draft.peek().exceptions };
            form.set("weekly", undefined);
            form.set("exceptions", undefined);
            form.set("always", true);
        } else {
            form.set("always", undefined);
            form.set("weekly", former.peek().weekly ?? Object.fromEntries(days.map((day) => [day, workdays.includes(day) ? ["08:30-17:30"] : []])));
            form.set("exceptions", former.peek().exceptions ?? []);
        }
    };
    const fault = (/** @type {string} */ name) => () => {
        const text = form.fault(name);
        return text ? h("div", { class: "field", role: "status" }, h("span", { class: "fault" }, icon("alert", "small"), text)) : null;
    };
    /**
     * @param {number} at
     * @param {Record<string, any>} change
     */
    const change = (at, change) => form.set("exceptions", exceptions().map((one, index) => (index === at ? Object.fromEntries(Object.entries({ ...one, ...change }).filter(([, value]) => value !== undefined)) : one)));
    const count = computed(() => exceptions().length);
    /** @param {number} at */
    const exceptionRow = (at) => {
        const one = () => exceptions()[at] ?? {};
        const kind = computed(() => (one().closed ? "closed" : one().as !== undefined ? "as" : "hours"));
        const of = () => one().date || t("admin.exception");
        return h(
            "tr", null,
            h("td", null, h("input", { type: "date", class: "input", value: () => one().date ?? "", "aria-label": () => t("admin.date"), onchange: (/** @type {any} */ event) => change(at, { date: event.target.value }) })),
            h("td", null, h("input", { class: "input", value: () => one().name ?? "", "aria-label": () => t("admin.occasion"), onchange: (/** @type {any} */ event) => change(at, { name: event.target.value || undefined }) })),
            h("td", null, selectBox({
                value: () => kind.value, choices: () => ["closed", "as", "hours"].map((value) => ({ value, label: t(`admin.exception.${value}`) })), more: { class: "input", "aria-label": () => t("admin.exceptionKind") },
                change: (next) => change(at, { closed: next === "closed" || undefined, as: next === "as" ? "monday" : undefined, hours: next === "hours" ? ["08:30-12:00"] : undefined }),
            })),
            h("td", null, show(() => kind.value === "as", () => selectBox({ value: () => one().as, choices: () => days.map((day) => ({ value: day, label: t(`admin.day.${day}`) })), more: { class: "input", "aria-label": () => t("admin.asDay") }, change: (as) => change(at, { as }) })),
                show(() => kind.value === "hours", () => spans({ read: () => one().hours ?? [], write: (hours) => change(at, { hours }), of }))),
            h("td", { class: "end" }, button({ symbol: "trash", look: "plain square", spoken: () => t("admin.removeException", { day: of() }), press: () => form.set("exceptions", exceptions().filter((_, index) => index !== at)) })),
        );
    };
    return h(
        "div", { class: "stack whole" },
        segments({ label: () => t("admin.hours"), value: () => (isAlways() ? "always" : "weekly"), change: choose, choices: () => ["always", "weekly"].map((value) => ({ value, label: t(`admin.hours.${value}`) })) }),
        fault("always"),
        show(() => !isAlways(), () => [
            h("div", { class: "week" }, days.map((day) => h("div", { class: "day" }, h("span", { class: "strong" }, () => t(`admin.day.${day}`)), spans({ read: () => weekly()[day] ?? [], write: (next) => form.set("weekly", { ...weekly(), [day]: next }), of: () => t(`admin.day.${day}`) })))),
            fault("weekly"),
            h("div", { class: "row" }, button({ label: () => t("admin.copyToWorkdays"), symbol: "copy", press: () => form.set("weekly", { ...weekly(), ...Object.fromEntries(workdays.map((day) => [day, [...(weekly().monday ?? [])]])) }) })),
            h("h3", null, () => t("admin.exceptions")),
            h("p", { class: "hint quiet" }, () => t("admin.exceptionsHint")),
            show(() => count.value > 0, () => h(
                "div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("admin.exceptions") },
                h("table", { class: "table fields-table" },
                    h("thead", null, h("tr", null, ["admin.date", "admin.occasion", "admin.exceptionKind", "admin.hours"].map((key) => h("th", { scope: "col" }, () => t(key))), h("td", null))),
                    h("tbody", null, () => Array.from({ length: count.value }, (_, at) => exceptionRow(at)))),
            )),
            fault("exceptions"),
            h("div", { class: "row" }, button({ label: () => t("admin.addException"), symbol: "plus", press: () => form.set("exceptions", [...exceptions(), { date: "", closed: true }]) })),
        ]),
    );
}

/**
 * What is wrong with the hours before the server is asked.
 * @param {import("../../core/types.js").Row} row
 */
export function hoursFaults(row) {
    const found = [];
    const wrongDay = days.find((day) => (row.weekly?.[day] ?? []).some(isWrong));
    if (wrongDay) found.push({ place: "", field: "weekly", fault: t("admin.fault.span", { day: t(`admin.day.${wrongDay}`) }), remedy: "" });
    const wrong = (row.exceptions ?? []).find((/** @type {any} */ one) => !one.date || (one.hours ?? []).some(isWrong));
    if (wrong) found.push({ place: "", field: "exceptions", fault: t(wrong.date ? "admin.fault.span" : "admin.fault.date", { day: wrong.date }), remedy: "" });
    return found;
}

