/** The board for the wall, readable from afar, and for a telephone: queues, the day so far, groups, alarms. */
import { h, each, show } from "../../core/dom.js";
import { follow } from "../../core/events.js";
import { named, number, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { adjust, clockSeconds, passing, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { icon } from "../../ui/icons.js";
import { empty } from "../../ui/parts.js";

/** @typedef {{values: Record<string, number>, terms: Record<string, number>}} Figures */
/** @typedef {{key: string, names: Record<string, string>, waiting: number, waitsSince?: number, expectedWaitMs?: number, signedIn: number, ready: number, idle: number, ringing: number, talking: number, wrapUp: number, today: Figures, target?: number}} BoardQueue */
/** @typedef {{key: string, names?: Record<string, string>, signedIn: number, idle: number, talking: number, ringing: number, wrapUp: number, notReady: number, onBreak: number}} BoardGroup */
/** @typedef {{at: number, calls: number, lines: {inUse: number, limit?: number}, queues: BoardQueue[], total: Figures, target?: number, sites: BoardGroup[], alarms: {id: string, name: string, severity: string, state: string, queue?: string}[]}} Board */

/** After so many milliseconds without a board people are told that what they see is old. */
const old = 4_000;
/** Waiting longer than this is shown in colour, milliseconds. */
const long = 30_000;
const tooLong = 90_000;

/** @param {number} wait */
const waitLook = (wait) => (wait > tooLong ? "bad" : wait > long ? "warn" : "");

/**
 * By colour and by shape.
 * @param {number | undefined} value
 * @param {number | undefined} target
 */
const levelLook = (value, target) => (value === undefined || target === undefined ? { look: "", shape: "" } : value >= target ? { look: "good", shape: "●" } : value >= target - 10 ? { look: "warn", shape: "▲" } : { look: "bad", shape: "■" });

/** @param {Figures} figures */
const level = (figures) => (figures.values.serviceLevel === undefined ? "–" : `${figures.values.serviceLevel.toFixed(1)} %`);

export function wallboardPage() {
    const board = signal(/** @type {Board | null} */ (null));
    const arrived = signal(0);
    follow("/wallboard/events", ["board"], {
        heard: (event) => {
            const next = /** @type {Board} */ (JSON.parse(event.data));
            adjust(next.at);
            board.value = next;
            arrived.value = Date.now();
        },
        state: () => {},
    });
    const isWhole = signal(false);
    /** @type {HTMLElement | null} */
    let frame = null;
    const silence = computed(() => (void passing(), arrived.value ? Date.now() - arrived.value : 0));
    const waiting = computed(() => (board.value?.queues ?? []).reduce((sum, queue) => sum + queue.waiting, 0));
    const oldest = computed(() => Math.min(Infinity, ...(board.value?.queues ?? []).map((queue) => queue.waitsSince ?? Infinity)));
    const longest = () => (oldest.value === Infinity ? 0 : Math.max(0, passing() - oldest.value));
    const sum = (/** @type {"idle" | "talking" | "wrapUp" | "ringing" | "onBreak" | "notReady"} */ name) => (board.value?.sites ?? []).reduce((count, site) => count + site[name], 0);
    const tile = (/** @type {string} */ label, /** @type {() => Child} */ value, /** @type {() => Child} */ note, /** @type {() => string} */ look = () => "") =>
        h("div", { class: () => `tile ${look()}` }, h("h2", null, () => t(label)), h("div", { class: "value numeric" }, value), h("div", { class: "note numeric" }, note));
    const rows = h("tbody", null);
    each(rows, () => board.value?.queues ?? [], (queue) => queue.key, (queue) => {
        const wait = () => (queue().waitsSince === undefined ? 0 : Math.max(0, passing() - Number(queue().waitsSince)));
        const mark = () => levelLook(queue().today.values.serviceLevel, queue().target);
        return h(
            "tr", null,
            h("th", { scope: "row" }, () => named(queue().names, queue().key)),
            h("td", { class: () => (queue().waiting > 0 ? "strong" : "quiet") }, () => queue().waiting),
            h("td", { class: () => waitLook(wait()) }, () => (queue().waiting > 0 ? span(wait()) : "–")),
            h("td", { class: () => mark().look }, () => [mark().shape ? h("span", { class: "shape", "aria-hidden": "true" }, mark().shape) : null, level(queue().today)]),
            h("td", null, () => number(queue().today.terms.offered ?? 0)),
            h("td", null, () => number(queue().today.terms.abandoned ?? 0)),
            h("td", { class: () => (queue().idle > 0 ? "good" : "quiet") }, () => queue().idle),
            h("td", null, () => queue().talking), h("td", { class: "wide-only" }, () => queue().wrapUp), h("td", { class: "wide-only quiet" }, () => queue().signedIn),
        );
    });
    const heads = [["live.waiting", ""], ["live.longest", ""], ["report.serviceLevel", ""], ["board.offered", ""], ["board.abandoned", ""], ["activity.idle", ""], ["activity.talking", ""], ["activity.wrapUp", "wide-only"], ["live.signedIn", "wide-only"]];
    const wholeScreen = () => (document.fullscreenElement ? document.exitFullscreen() : frame?.requestFullscreen());
    return h(
        "div", { class: () => `wallboard ${isWhole.value ? "whole" : ""}`, ref: (/** @type {HTMLElement} */ element) => ((frame = element), element.addEventListener("fullscreenchange", () => (isWhole.value = document.fullscreenElement === element))) },
        h(
            "header", null, h("h1", null, () => t("board.title")), h("span", { class: "grow" }),
            h("span", { role: "status" }, show(() => silence.value > old, () => h("span", { class: "stale" }, icon("cloudOff", "small"), () => t("board.old", { time: span(silence.value) })))),
            h("time", { class: "numeric" }, () => clockSeconds(passing())),
            button({ label: () => t(isWhole.value ? "board.leaveWhole" : "board.whole"), press: () => void wholeScreen() }),
        ),
        show(() => (board.value?.alarms.length ?? 0) > 0, () => h("ul", { class: "board-alarms", "aria-label": () => t("alarm.title") }, () => (board.value?.alarms ?? []).slice(0, 4).map((alarm) =>
            h("li", { class: `${alarm.severity === "critical" ? "bad" : "warn"} ${alarm.state}` }, icon("alert"), h("b", null, alarm.name), alarm.state === "acknowledged" ? h("small", null, () => t("alarm.state.acknowledged")) : null)))),
        show(() => board.value, () => [
            h(
                "div", { class: "tiles" },
                tile("live.waiting", () => number(waiting.value), () => t("live.calls", { count: board.value?.calls ?? 0 }), () => waitLook(longest())),
                tile("live.longest", () => (waiting.value > 0 ? span(longest()) : "–"), () => t("live.longestNote"), () => waitLook(longest())),
                tile("report.serviceLevel", () => (board.value ? level(board.value.total) : ""), () => (board.value?.target === undefined ? t("board.soFar") : t("board.target", { value: board.value.target })), () => levelLook(board.value?.total.values.serviceLevel, board.value?.target).look),
                tile("report.connectRate", () => (board.value?.total.values.connectRate === undefined ? "–" : `${board.value.total.values.connectRate.toFixed(1)} %`), () => t("board.ofOffered", { count: number(board.value?.total.terms.offered ?? 0) })),
                tile("activity.idle", () => number(sum("idle")), () => t("board.busy", { talking: sum("talking"), wrapUp: sum("wrapUp") }), () => (sum("idle") > 0 ? "good" : "")),
                tile("board.away", () => number(sum("onBreak") + sum("notReady")), () => t("board.awayNote", { breaks: sum("onBreak"), notReady: sum("notReady") })),
            ),
            h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("live.queues") }, h(
                "table", null, h("thead", null, h("tr", null, h("th", { scope: "col" }, () => t("live.queue")), heads.map(([key, look]) => h("th", { scope: "col", class: look }, () => t(key))))), rows)),
        ], () => empty("pulse", () => t("board.waiting"))),
    );
}
