/** What the days were: head figures with comparison and target, curves, and tables in every view. */
import { get, query, root } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, language, named, number, t } from "../../core/i18n.js";
import { effect, onCleanup, signal } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { address } from "../../core/router.js";
import { clock, clockSeconds, day, moment, now } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { segments, selectBox, selectField, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { empty, notice } from "../../ui/parts.js";
import { chart, heatMap, rates } from "./chart.js";
import { difference, openFormula, rowName, written } from "./figure.js";
import { annotations } from "./annotations.js";
import { questionOf } from "./contacts.js";
import { crossTable } from "./cross-table.js";

/** @typedef {import("./figure.js").Report} Report */
/** @typedef {import("./figure.js").Figure} Figure */
/** @typedef {import("./figure.js").Row} Row */

const heads = ["offered", "connectRate", "serviceLevel", "averageWait", "averageHandling", "abandonRate", "occupancy", "satisfaction"];
/**
 * Once it is known who called again, that says more than who gave up, of which the connect rate tells.
 * @param {Report} report
 */
const headsOf = (report) => (report.total.values.firstContactResolution === undefined ? heads : heads.map((key) => (key === "abandonRate" ? "firstContactResolution" : key)));
/** Columns of the table, by what the rows are. */
const usual = ["offered", "answered", "abandoned", "shortAbandoned", "overflowed", "dissuaded", "connectRate", "serviceLevel", "connectWithin", "connectWithinOffered", "averageWait", "longestWait", "averageHandling"];
const ofPeople = ["handled", "averageHandling", "averageTalk", "averageHold", "averageWrapUp", "occupancy", "utilisation", "signedIn", "missed", "declined", "ratings", "ratingRate", "satisfaction", "firstContactResolution"];
const ofContacts = ["contacts", "requests", "offered", "answered", "connectRate", "serviceLevel", "averageHandling", "selfServed", "selfServiceRate", "rejected", "ratings", "satisfaction", "firstContactResolution"];
const ofPlaces = ["headcount", "fteHours", "handledPerFTE", "seatReuse"];
const columns = /** @type {Record<string, string[]>} */ ({
    interval: usual, day: [...usual, "occupancy", "satisfaction", "ratingRate", "firstContactResolution"], queue: usual, agent: ofPeople, team: ofPeople, site: [...ofPeople, ...ofPlaces], channel: ofContacts, origin: ofContacts, number: ofContacts, requestType: ofContacts,
});
/** Milliseconds between two questions about a day that is not over. */
const pace = 15_000;

/**
 * @param {string} from
 * @param {number} days
 */
const moved = (from, days) => new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/**
 * Asks anew when the question changes, and once in a while as long as the period goes on.
 * @param {() => Record<string, any> | null} asked
 */
function followReport(asked) {
    const report = signal(/** @type {Report | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    let last = 0;
    let timer = 0;
    const load = async () => {
        const values = asked();
        if (!values) return;
        const request = ++last;
        clearTimeout(timer);
        try {
            const body = /** @type {Report} */ (await get(`/figures${query(values)}`));
            if (request !== last) return;
            report.value = body;
            fault.value = null;
            if (!body.isComplete) timer = setTimeout(() => void load(), pace);
        } catch (error) {
            if (request === last) fault.value = error;
        }
    };
    effect(() => {
        asked();
        void load();
    });
    onCleanup(() => ((last += 1), clearTimeout(timer)));
    return { report, fault, load };
}

/**
 * The figures with these keys, in their order.
 * @param {Report} report
 * @param {string[]} keys
 */
const pick = (report, keys) => keys.flatMap((key) => report.figures.filter((figure) => figure.key === key));

/**
 * How a figure differs from the period it is compared with. While the present one goes on, the server ends the other at the same
 * time of day and says so; half a day beside a whole one would say nothing.
 * @param {Figure} figure
 * @param {Report} report
 */
function step(figure, report) {
    const { comparison } = report;
    const found = difference(figure, comparison?.changes?.[figure.key]);
    if (!comparison || !found || comparison.until === undefined) return found;
    const time = report.from === report.to ? clock(comparison.until) : moment(comparison.until);
    return { ...found, text: `${found.text} ${t("report.until", { time })}` };
}

/**
 * @param {Figure} figure
 * @param {Report} report
 * @param {() => void} open
 */
function headFigure(figure, report, open) {
    const value = report.total.values[figure.key];
    const against = step(figure, report);
    const target = report.marks.find((mark) => mark.figure === figure.key && mark.kind === "target" && !mark.queue);
    const isMissed = target && value !== undefined && figure.better !== "neither" && (figure.better === "higher" ? value < target.value : value > target.value);
    const others = report.marks.filter((mark) => mark.figure === figure.key && mark.kind !== "target" && !mark.queue);
    const notes = [
        against ? h("span", { class: `difference ${against.look}` }, `${against.symbol} ${against.text}`) : null,
        target ? h("span", { class: isMissed ? "bad" : "good" }, () => t(isMissed ? "report.targetMissed" : "report.targetMet", { value: written(figure, target.value) })) : null,
        others.map((mark) => h("span", { class: "quiet" }, () => [t(`report.${mark.kind}`, { value: written(figure, mark.value) }), mark.year, mark.source].filter(Boolean).join(" · "))),
        figure.key === "satisfaction" ? h("span", { class: "quiet" }, () => t("report.responseRate", { rate: report.total.values.ratingRate === undefined ? "–" : `${report.total.values.ratingRate} %` })) : null,
    ];
    return h(
        "button", { type: "button", class: "figure card", onclick: open, title: figure.formula },
        h("h2", null, () => named(figure.names, figure.key)), h("div", { class: "value numeric" }, written(figure, value)), h("div", { class: "small-text notes" }, notes),
    );
}

/**
 * @param {Report} report
 * @param {string} by
 * @param {(figure: Figure, row: Row) => void} open
 */
function figureTable(report, by, open) {
    const all = [...pick(report, columns[by] ?? usual), ...report.figures.filter((figure) => figure.isOwn)];
    const cells = (/** @type {Row} */ row) => all.map((figure) => h("td", { class: "end" }, h("button", { type: "button", class: "bare", tabindex: -1, onclick: () => open(figure, row) }, written(figure, row.values[figure.key]))));
    const rows = by === "interval" ? report.rows.filter((row) => Object.keys(row.terms).length > 0) : report.rows;
    return h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t(`report.by${by[0].toUpperCase()}${by.slice(1)}`) }, h(
        "table", { class: "table figures-table" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, () => t(`report.by${by[0].toUpperCase()}${by.slice(1)}`)), all.map((figure) =>
            h("th", { scope: "col", class: "end" }, h("button", { type: "button", class: "bare", title: figure.formula, onclick: () => open(figure, report.total) }, () => named(figure.names, figure.key)))))),
        h("tbody", null, rows.map((row) => h("tr", null, h("th", { scope: "row" }, by === "agent" ? `${rowName(row)} ${row.key}` : rowName(row)), cells(row)))),
        h("tfoot", null, h("tr", null, h("th", { scope: "row" }, () => t("report.total")), cells(report.total))),
    ));
}

export function reportsPage() {
    const today = day(now());
    const span = signal("day");
    const from = signal(today);
    const to = signal(today);
    const compare = signal("week");
    const by = signal("interval");
    const rate = signal("serviceLevel");
    const isPeriod = () => from.value !== to.value;
    const period = () => (from.value && to.value ? { from: from.value, to: to.value } : null);
    const choose = (/** @type {string} */ value) => {
        span.value = value;
        if (value === "day") [from.value, to.value] = [today, today];
        if (value === "yesterday") [from.value, to.value] = [moved(today, -1), moved(today, -1)];
        if (value === "week") [from.value, to.value] = [moved(today, -6), today];
        if (value === "month") [from.value, to.value] = [moved(today, -29), today];
    };
    const timed = followReport(() => period() && { ...period(), by: isPeriod() ? "day" : "interval", interval: 30, compare: compare.value });
    const views = () => (isPeriod() ? ["day", "weekdayHour"] : ["interval"]).concat("queue", "agent", "team", "site", "channel", "origin", "number", "requestType", "originType");
    effect(() => {
        if (!views().includes(by.value)) by.value = views()[0];
    });
    const detail = followReport(() => period() && { ...period(), by: by.value, interval: 30 });
    const terms = signal(/** @type {import("./figure.js").Term[]} */ ([]));
    // Apart from the report, which is asked for again and again: a list that is open stays as it is.
    const lines = signal(/** @type {Figure[]} */ ([]));
    get("/figures/definitions").then((body) => ((terms.value = body.terms), (lines.value = rates(body.figures)))).catch(() => {});
    const open = (/** @type {Figure} */ figure, /** @type {Row} */ row) => {
        const question = questionOf(by.peek(), row);
        openFormula(figure, row, terms.peek(), question && { ...period(), ...question });
    };
    const file = (/** @type {string} */ format) => `${root}/figures/export${query({ ...period(), by: by.value, interval: 30, compare: compare.value, format, language: language.value })}`;
    const link = (/** @type {() => string} */ href, /** @type {string} */ text) => h("a", { class: "button", href, download: "" }, icon("download"), h("span", null, text));
    const compareChoices = () => ["none", "previous", "week", "month", "year"].map((value) => ({ value, label: t(`report.compare.${value}`) }));
    return h(
        "div", { class: "page reports" },
        h("h1", { class: "spoken" }, () => t("report.title")),
        h(
            "div", { class: "toolbar" },
            segments({ label: () => t("report.period"), value: () => span.value, change: choose, choices: () => ["day", "yesterday", "week", "month", "own"].map((value) => ({ value, label: t(`report.span.${value}`) })) }),
            show(() => span.value === "own", () => [
                textField({ label: () => t("report.from"), kind: "date", value: () => from.value, change: (text) => (from.value = text), more: { max: today } }),
                textField({ label: () => t("report.to"), kind: "date", value: () => to.value, change: (text) => (to.value = text), more: { max: today } }),
            ]),
            selectField({ label: () => t("report.compareWith"), value: () => compare.value, change: (value) => (compare.value = value), choices: compareChoices }),
            h("span", { class: "grow" }),
            may("figures.write") ? h("a", { class: "button", href: address(["reports", "schedules"]) }, icon("clock"), h("span", null, () => t("schedule.title"))) : null,
            h("a", { class: "button", href: address(["reports", "workforce"]) }, icon("people"), h("span", null, () => t("workforce.title"))),
            h("a", { class: "button", href: address(["reports", "dictionary"]) }, icon("info"), h("span", null, () => t("dictionary.title"))),
            show(() => !isPeriod(), () => link(() => `${root}/reports/day/${from.value}?format=xlsx&language=${language.value}`, t("report.dayReport"))),
        ),
        show(() => timed.fault.value, () => notice(() => explain(timed.fault.value), "bad", button({ label: () => t("action.again"), press: () => void timed.load() }))),
        show(() => timed.report.value, () => h(
            "div", { class: "stack" },
            h("div", { class: "figures" }, () => {
                const report = timed.report.value;
                return report ? pick(report, headsOf(report)).map((figure) => headFigure(figure, report, () => open(figure, report.total))) : null;
            }),
            h(
                "section", { class: "card" },
                h("header", null, h("h2", { class: "grow" }, () => t(isPeriod() ? "report.trend" : "report.course")),
                    selectBox({ value: () => rate.value, change: (value) => (rate.value = value), more: { class: "input fitting", "aria-label": () => t("report.line") }, choices: () => lines.value.map((figure) => ({ value: figure.key, label: named(figure.names, figure.key) })) }),
                    h("small", { class: "quiet numeric" }, () => t("report.asOf", { time: clockSeconds(timed.report.value?.asOf ?? 0), zone: timed.report.value?.zone ?? "" }))),
                h("div", { class: "body" }, () => (timed.report.value ? chart(timed.report.value, rate.value) : null), show(isPeriod, () => annotations(() => timed.report.value, () => void timed.load()))),
            ),
            h(
                "section", { class: "card" },
                h(
                    "header", { class: "wrap" },
                    segments({ label: () => t("report.view"), value: () => by.value, change: (value) => (by.value = value), choices: () => views().map((value) => ({ value, label: t(`report.by${value[0].toUpperCase()}${value.slice(1)}`) })) }),
                    h("span", { class: "grow" }), link(() => file("csv"), "CSV"), link(() => file("xlsx"), "XLSX"),
                ),
                show(() => detail.fault.value, () => h("div", { class: "body" }, notice(() => explain(detail.fault.value), "bad"))),
                () => {
                    const report = detail.report.value;
                    if (!report) return null;
                    if (report.rows.every((row) => Object.keys(row.terms).length === 0)) return empty("list", () => t("report.nothing"), () => t("report.nothingText"));
                    if (by.peek() === "originType") return crossTable(report, open);
                    return by.peek() === "weekdayHour" ? heatMap(report) : figureTable(report, by.peek(), open);
                },
            ),
            h("p", { class: "small-text quiet numeric" }, () => {
                const checks = timed.report.value?.checks;
                return checks ? t(checks.holds ? "report.conservation" : "report.conservationBroken", { offered: number(checks.offered), ended: number(checks.ended), waiting: number(checks.waiting) }) : "";
            }),
        )),
    );
}
