/** What is going on: lines, queues, agents. Asked for every two seconds, and at once when something happens. */
import { get } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { follow } from "../../core/events.js";
import { explain, named, number, t } from "../../core/i18n.js";
import { computed, onCleanup, signal } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { adjust, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { notice } from "../../ui/parts.js";
import { agentWall } from "./agent-wall.js";
import { breakRequests } from "./break-requests.js";

/** @typedef {import("../../core/types.js").LiveBody} LiveBody */
/** @typedef {import("../../core/types.js").LiveAgent} LiveAgent */

/** Milliseconds between questions, and the least between two when events pour in. */
const pace = 2_000;
const least = 400;
/** Waiting longer than this is shown in colour, milliseconds. */
const long = 30_000;
const tooLong = 90_000;
const events = ["fact.call.arrived", "fact.call.connected", "fact.call.ended", "fact.queue.entered", "fact.queue.entryEnded", "fact.agent.presenceChanged", "fact.agent.activityChanged", "fact.agent.signedIn", "fact.agent.signedOut"];

function followLive() {
    const body = signal(/** @type {LiveBody | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    let timer = 0;
    let lastAsked = 0;
    let isAsking = false;
    const ask = async () => {
        if (isAsking) return;
        isAsking = true;
        clearTimeout(timer);
        lastAsked = Date.now();
        try {
            const next = /** @type {LiveBody} */ (await get("/live"));
            adjust(next.at);
            body.value = next;
            fault.value = null;
        } catch (error) {
            fault.value = error;
        }
        isAsking = false;
        timer = setTimeout(() => void ask(), pace);
    };
    void ask();
    follow("/events", events, {
        heard: () => {
            clearTimeout(timer);
            timer = setTimeout(() => void ask(), Math.max(0, least - (Date.now() - lastAsked)));
        },
        state: () => {},
    });
    onCleanup(() => {
        isAsking = true;
        clearTimeout(timer);
    });
    return { body, fault, ask };
}

/**
 * @param {() => string} label
 * @param {() => Child} value
 * @param {() => Child} note
 * @param {() => string} [look]
 * @param {() => number | null} [share]
 */
function figure(label, value, note, look = () => "", share) {
    return h(
        "div", { class: () => `figure card ${look()}` }, h("h2", null, label), h("div", { class: "value numeric" }, value), h("div", { class: "small-text quiet" }, note),
        share ? show(() => share() !== null, () => h("div", { class: "meter", "aria-hidden": "true" }, h("i", { style: () => ({ transform: `scaleX(${Math.min(1, share() ?? 0)})` }) }))) : null,
    );
}

/** @param {number | null | undefined} wait */
const waitLook = (wait) => ((wait ?? 0) > tooLong ? "bad" : (wait ?? 0) > long ? "warn" : "");

/** @param {() => LiveBody | null} body */
function queueTable(body) {
    const rows = h("tbody", null);
    each(rows, () => body()?.queues ?? [], (queue) => queue.key, (queue) =>
        h(
            "tr", null,
            h("th", { scope: "row" }, () => named(queue().names, queue().key)),
            h("td", { class: () => `end ${queue().waiting > 0 ? "strong" : "quiet"}` }, () => queue().waiting),
            h("td", { class: () => `end ${waitLook(queue().longestWaitMs)}` }, () => (queue().waiting > 0 ? span(queue().longestWaitMs) : "–")),
            h("td", { class: "end quiet" }, () => span(queue().expectedWaitMs)),
            /** @type {const} */ (["signedIn", "idle", "ringing", "talking", "wrapUp"]).map((name) => h("td", { class: () => `end ${queue()[name] === 0 ? "quiet" : ""}` }, () => queue()[name])),
        ));
    const heads = ["live.waiting", "live.longest", "live.expected", "live.signedIn", "activity.idle", "activity.ringing", "activity.talking", "activity.wrapUp"];
    return h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("live.queues") }, h(
        "table", { class: "table" }, h("thead", null, h("tr", null, h("th", { scope: "col" }, () => t("live.queue")), heads.map((key) => h("th", { scope: "col", class: "end" }, () => t(key))))), rows));
}

export function livePage() {
    const { body, fault, ask } = followLive();
    const now = () => body.value;
    const waiting = computed(() => (now()?.queues ?? []).reduce((sum, queue) => sum + queue.waiting, 0));
    const longest = computed(() => Math.max(0, ...(now()?.queues ?? []).map((queue) => queue.longestWaitMs ?? 0)));
    const count = (/** @type {(agent: LiveAgent) => boolean} */ test) => (now()?.agents ?? []).filter(test).length;
    const share = (/** @type {"lines" | "seats"} */ name) => () => {
        const limit = now()?.[name];
        return limit?.limit ? limit.inUse / limit.limit : null;
    };
    const ofLimit = (/** @type {"lines" | "seats"} */ name) => () => (now()?.[name].limit ? t("live.of", { limit: number(now()?.[name].limit ?? 0) }) : t("live.unlimited"));
    const fullness = (/** @type {"lines" | "seats"} */ name) => () => ((share(name)() ?? 0) >= 1 ? "bad" : (share(name)() ?? 0) >= 0.85 ? "warn" : "");
    return h(
        "div", { class: "page live" },
        h("h1", { class: "spoken" }, () => t("live.title")),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void ask() }))),
        show(() => body.value, () => [
            h(
                "div", { class: "figures" },
                figure(() => t("live.waiting"), () => number(waiting.value), () => t("live.calls", { count: now()?.calls ?? 0 }), () => waitLook(longest.value)),
                figure(() => t("live.longest"), () => (waiting.value > 0 ? span(longest.value) : "–"), () => t("live.longestNote"), () => waitLook(longest.value)),
                figure(() => t("activity.talking"), () => number(count((agent) => agent.activity === "talking" || agent.activity === "hold")), () => t("live.ringingNote", { count: count((agent) => agent.activity === "ringing") })),
                figure(() => t("activity.idle"), () => number(count((agent) => agent.activity === "idle" && agent.presence === "ready")), () => t("live.wrapUpNote", { count: count((agent) => agent.activity === "wrapUp") })),
                figure(() => t("live.lines"), () => number(now()?.lines.inUse ?? 0), ofLimit("lines"), fullness("lines"), share("lines")),
                figure(() => t("live.seats"), () => number(now()?.seats.inUse ?? 0), ofLimit("seats"), fullness("seats"), share("seats")),
            ),
            may("break.decide") ? breakRequests(() => now()?.breakRequests ?? 0) : null,
            h("section", { class: "card" }, h("header", null, h("h2", { class: "grow" }, () => t("live.queues"))), queueTable(now)),
            agentWall(now),
        ]),
    );
}
