/** Curves of a report by time: columns of volume, a line of a rate, its targets, remarks. */
import { h, svg } from "../../core/dom.js";
import { named, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { written } from "./figure.js";

/** @typedef {import("./figure.js").Report} Report */

const width = 960;
const height = 220;
const foot = 22;
const side = 34;

/**
 * A round number not below `value` for the end of a scale.
 * @param {number} value
 */
function scaleEnd(value) {
    const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
    return [1, 2, 4, 5, 8, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

/**
 * The rates that a line can show, with what they are held against (mission D16).
 * @param {import("./figure.js").Figure[]} figures
 */
export const rates = (figures) => figures.filter((figure) => figure.unit === "percent" && figure.better !== "neither");

/**
 * @param {Report} report
 * @param {string} rate the key of the figure that the line shows
 */
export function chart(report, rate) {
    const rows = report.rows;
    const figures = new Map(report.figures.map((figure) => [figure.key, figure]));
    const chosen = signal(-1);
    const end = scaleEnd(Math.max(4, ...rows.map((row) => row.terms.offered ?? 0)));
    const step = (width - 2 * side) / Math.max(1, rows.length);
    const x = (/** @type {number} */ index) => side + index * step;
    const y = (/** @type {number} */ share) => (height - foot) * (1 - share) + 6 * share;
    const column = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ look, /** @type {number} */ index) =>
        (to > from ? svg("rect", { class: look, x: x(index) + step * 0.14, y: y(to / end), width: Math.max(1, step * 0.72), height: y(from / end) - y(to / end), rx: Math.min(2, step * 0.2) }) : null);
    let path = "";
    let isOn = false;
    rows.forEach((row, index) => {
        const level = row.values[rate];
        path += level === undefined ? "" : `${isOn ? "L" : "M"}${(x(index) + step / 2).toFixed(1)} ${y(Math.min(1, level / 100)).toFixed(1)}h.01`;
        isOn = level !== undefined;
    });
    const lines = report.marks.filter((mark) => mark.figure === rate && !mark.queue);
    const every = Math.ceil(rows.length / 12);
    const remarks = new Set(report.annotations.map((one) => one.day));
    const tell = () => {
        const row = rows[chosen.value];
        if (!row) return t("report.chartHint");
        const parts = [...new Set(["offered", "answered", "abandoned", rate, "averageWait"])].map((key) => {
            const figure = figures.get(key);
            return figure ? `${named(figure.names, key)} ${written(figure, row.values[key])}` : "";
        });
        const note = report.annotations.filter((one) => one.day === row.key).map((one) => one.text);
        return [row.key, ...parts, ...note].join(" · ");
    };
    const move = (/** @type {number} */ to) => (chosen.value = Math.max(0, Math.min(rows.length - 1, to)));
    /** @param {KeyboardEvent} event */
    const press = (event) => {
        const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -rows.length, End: rows.length }[event.key];
        if (steps === undefined) return;
        event.preventDefault();
        move(chosen.peek() + steps);
    };
    /** @param {MouseEvent} event */
    const point = (event) => {
        const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
        move(Math.floor((((event.clientX - box.left) / box.width) * width - side) / step));
    };
    const key = (/** @type {string} */ look, /** @type {string | (() => string)} */ text) => h("span", { class: `key ${look}` }, h("i", { "aria-hidden": "true" }), () => (typeof text === "string" ? t(text) : text()));
    const rateName = () => named(figures.get(rate)?.names, rate);
    return h(
        "div", { class: "chart" },
        h("div", { class: "keys small-text" }, key("answered", "report.answered"), key("abandoned", "report.abandoned"), key("other", "report.otherEndings"), key("level", rateName), ["target", "baseline", "benchmark"].filter((kind) => lines.some((mark) => mark.kind === kind)).map((kind) => key(kind, `dictionary.kind.${kind}`))),
        svg(
            "svg", { viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: 0, "aria-label": tell, onmousemove: point, onmouseleave: () => (chosen.value = -1), onkeydown: press },
            [0, 0.25, 0.5, 0.75, 1].map((share) => [
                svg("line", { class: "grid", x1: side, x2: width - side, y1: y(share), y2: y(share) }),
                svg("text", { class: "tick", x: side - 6, y: y(share) + 3.5, "text-anchor": "end" }, String(Math.round(end * share * 10) / 10)),
                svg("text", { class: "tick", x: width - side + 6, y: y(share) + 3.5 }, `${share * 100}%`),
            ]),
            rows.map((row, index) => {
                const [answered, abandoned, offered] = [row.terms.answered ?? 0, row.terms.abandoned ?? 0, row.terms.offered ?? 0];
                return [column(0, answered, "answered", index), column(answered, answered + abandoned, "abandoned", index), column(answered + abandoned, offered, "other", index),
                    remarks.has(row.key) ? svg("circle", { class: "remark", cx: x(index) + step / 2, cy: height - foot + 4, r: 3 }) : null];
            }),
            lines.map((mark) => svg("line", { class: mark.kind, x1: side, x2: width - side, y1: y(Math.min(1, mark.value / 100)), y2: y(Math.min(1, mark.value / 100)) })),
            svg("path", { class: "level", d: path || "M0 0" }),
            svg("rect", { class: "cursor", x: () => x(Math.max(0, chosen.value)), y: 0, width: step, height: height - foot, visibility: () => (chosen.value < 0 ? "hidden" : "visible") }),
            rows.map((row, index) => (index % every === 0 ? svg("text", { class: "tick", x: x(index) + step / 2, y: height - 4, "text-anchor": "middle" }, row.key.length > 5 ? row.key.slice(5) : row.key) : null)),
        ),
        h("p", { class: "readout numeric", "aria-hidden": "true" }, tell),
    );
}

/**
 * Weekday by hour, the more the darker; the numbers stand in it.
 * @param {Report} report
 */
export function heatMap(report) {
    const most = Math.max(1, ...report.rows.map((row) => row.terms.offered ?? 0));
    const cells = new Map(report.rows.map((row) => [row.key, row.terms.offered ?? 0]));
    const hours = [...Array(24).keys()].map((hour) => String(hour).padStart(2, "0"));
    return h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("report.byWeekdayHour") }, h(
        "table", { class: "table heat" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, () => t("report.weekday")), hours.map((hour) => h("th", { scope: "col", class: "end" }, hour)))),
        h("tbody", null, [1, 2, 3, 4, 5, 6, 7].map((day) => h("tr", null, h("th", { scope: "row" }, () => t(`report.weekday${day}`)), hours.map((hour) => {
            const count = cells.get(`${day}T${hour}`) ?? 0;
            return h("td", { class: "end" }, h("i", { "aria-hidden": "true", style: { opacity: count === 0 ? 0 : 0.12 + (0.38 * count) / most } }), h("span", null, count === 0 ? "·" : String(count)));
        })))),
    ));
}
