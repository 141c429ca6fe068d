/** What customers dial, and when somebody answers. */
import { post, put, remove, segment } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { button } from "../../ui/button.js";
import { checkBox, segments, textField } from "../../ui/field.js";
import { notice } from "../../ui/parts.js";
import { complain } from "../../ui/toast.js";
import { stepForm } from "./step-form.js";

/** @typedef {import("./step-form.js").Step} Step */
/** @typedef {import("../../core/types.js").Row} Row */

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/** Digits up to which a number is complete as it is, without country or area. */
const longestShort = 8;

/**
 * Hours that one span on some days can say; null when they are richer than that.
 * @param {Row | undefined} calendar
 * @returns {{always: boolean, days: string[], from: string, to: string} | null}
 */
export function simpleHours(calendar) {
    if (!calendar || calendar.always) return { always: true, days: days.slice(0, 5), from: "08:30", to: "17:30" };
    if ((calendar.exceptions ?? []).length > 0) return null;
    const open = days.filter((day) => (calendar.weekly?.[day] ?? []).length > 0);
    const spans = new Set(open.map((day) => calendar.weekly[day].join(",")));
    const [from, to] = ([...spans][0] ?? "").split("-");
    return spans.size === 1 && /^\d\d:\d\d$/.test(from) && /^\d\d:\d\d$/.test(to) ? { always: false, days: open, from, to } : null;
}

/** @param {Step} step */
export function numberStep(step) {
    const { numbers, trunks, calendars } = step.setup().rows;
    const flow = step.setup().flow;
    const used = /** @type {any[]} */ (flow?.document?.node ?? []).find((one) => one.kind === "hours")?.calendar;
    const calendar = calendars.items.find((one) => one.key === used) ?? calendars.items[0];
    const typed = signal("");
    const hours = signal(simpleHours(calendar));
    const isWrong = () => hours.value !== null && !hours.value.always && (hours.value.days.length === 0 || !hours.value.from || !hours.value.to || hours.value.from >= hours.value.to);
    const set = (/** @type {Partial<NonNullable<typeof hours.value>>} */ change) => hours.peek() && (hours.value = { .../** @type {NonNullable<typeof hours.value>} */ (hours.peek()), ...change });
    const trunk = trunks.items[0];
    const canAdd = Boolean(flow && trunk);

    /** A number joins the others; a short one is told to the trunk, which would take it for a local number. */
    const addNumber = async () => {
        const number = typed.peek().replace(/[\s\-()]/g, "");
        if (number === "" || !flow || !trunk) return;
        if (number.length <= longestShort && !(trunk.shortCodes ?? []).includes(number)) await put(`/centre/trunks/${segment(trunk.key)}?version=${step.setup().rows.trunks.version}`, { ...trunk, shortCodes: [...(trunk.shortCodes ?? []), number] });
        await post("/centre/numbers", { number, trunk: trunk.key, flow: flow.key, webCalls: true });
        typed.value = "";
    };
    const saveHours = async () => {
        const wanted = hours.peek();
        const former = simpleHours(calendar);
        if (!wanted || !calendar || JSON.stringify(wanted) === JSON.stringify(former) || (wanted.always && former?.always)) return;
        const body = wanted.always ? { key: calendar.key, always: true } : { key: calendar.key, weekly: Object.fromEntries(days.map((day) => [day, wanted.days.includes(day) ? [`${wanted.from}-${wanted.to}`] : []])) };
        await step.reload();
        await put(`/centre/calendars/${segment(calendar.key)}?version=${step.setup().rows.calendars.version}`, body);
    };
    const { form, about } = stepForm(step, async () => {
        await addNumber();
        await saveHours();
    });
    const takeAway = async (/** @type {string} */ number) => {
        try {
            await remove(`/centre/numbers/${segment(number)}?version=${step.setup().rows.numbers.version}`);
            await step.reload();
        } catch (error) {
            complain(error);
        }
    };
    return form(
        () => !isWrong() && (numbers.items.length > 0 || typed.value.trim() !== ""),
        h("ul", { class: "plain-list" }, () => step.setup().rows.numbers.items.map((one) => h(
            "li", { class: "row" }, h("b", { class: "numeric" }, one.number), h("span", { class: "quiet grow" }, t("setup.answeredBy", { flow: one.flow })),
            step.setup().rows.numbers.items.length > 1 ? button({ symbol: "trash", look: "plain square", spoken: () => t("setup.removeNumber", { number: one.number }), press: () => void takeAway(one.number) }) : null))),
        canAdd ? textField({ label: () => t(numbers.items.length > 0 ? "setup.anotherNumber" : "setup.number"), kind: "tel", value: () => typed.value, change: (text) => (typed.value = text), fault: about("number"), hint: () => t("setup.numberHint"), look: "narrow", more: { maxlength: 20, spellcheck: "false" } })
            : notice(() => t(trunk ? "setup.noFlow" : "setup.noTrunk"), "warn", h("a", { href: trunk ? address(["flows"]) : address(["setup", "trunk"]) }, () => t(trunk ? "nav.flows" : "setup.step.trunk"))),
        h("h3", null, () => t("setup.hours")),
        show(() => calendar && hours.value !== null, () => h(
            "div", { class: "stack" },
            segments({ label: () => t("setup.hours"), value: () => (hours.value?.always ? "always" : "weekly"), change: (value) => set({ always: value === "always" }), choices: () => ["always", "weekly"].map((value) => ({ value, label: t(`setup.hours.${value}`) })) }),
            show(() => !hours.value?.always, () => [
                h("fieldset", { class: "weekdays" }, h("legend", null, () => t("setup.days")), days.map((day) => checkBox({ label: () => t(`admin.day.${day}`), value: () => Boolean(hours.value?.days.includes(day)), change: (isOn) => set({ days: days.filter((one) => (one === day ? isOn : hours.peek()?.days.includes(one))) }) }))),
                h("div", { class: "pair times" },
                    textField({ label: () => t("setup.opens"), kind: "time", value: () => hours.value?.from ?? "", change: (from) => set({ from }) }),
                    textField({ label: () => t("setup.closes"), kind: "time", value: () => hours.value?.to ?? "", change: (to) => set({ to }), fault: () => (isWrong() ? t("setup.hoursFault") : null) })),
            ]),
            h("p", { class: "small-text quiet" }, () => t("setup.holidays"), " ", h("a", { href: address(["admin", "calendars", calendar?.key ?? ""]) }, () => t("admin.section.calendars"))),
        ), () => (calendar ? notice(() => t("setup.richHours"), "info", h("a", { href: address(["admin", "calendars", calendar.key]) }, () => t("admin.section.calendars"))) : notice(() => t("setup.noCalendar"), "info", h("a", { href: address(["admin", "calendars"]) }, () => t("admin.section.calendars"))))),
    );
}
