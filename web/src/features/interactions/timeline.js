/** What happened to an interaction, in sentences. */
import { agentName, queueName } from "../../core/centre.js";
import { each, h } from "../../core/dom.js";
import { has, t } from "../../core/i18n.js";
import { clockSeconds, span } from "../../core/time.js";
import { icon } from "../../ui/icons.js";

/** @typedef {import("../../core/types.js").TimelineEvent} TimelineEvent */

/** Steps of the machine rather than of the people; shown when they are asked for. */
const details = new Set(["fact.flow.nodeEntered", "fact.flow.nodeLeft", "fact.line.held", "fact.line.released", "fact.agent.activityChanged", "fact.flow.started", "interaction.traced"]);
/** @param {TimelineEvent} event */
export const isDetail = (event) => details.has(event.type);

/** @type {[prefix: string, symbol: string, look: string][]} */
const looks = [
    ["fact.call.connected", "headset", "good"], ["fact.call.rejected", "hangUp", "bad"], ["fact.call.ended", "hangUp", ""], ["fact.call.recordingStarted", "microphone", "bad"], ["fact.call", "phoneIn", "accent"],
    ["fact.flow.rat", "star", "warn"], ["fact.flow.failed", "alert", "bad"], ["fact.flow.announcement", "megaphone", "warn"], ["fact.flow", "route", ""],
    ["fact.queue", "clock", "info"], ["fact.offer", "bell", "accent"], ["fact.conversation", "hangUp", ""], ["fact.wrapUp", "check", "good"], ["interaction.classified", "edit", ""], ["interaction.traced", "people", ""], ["ticket", "ticket", "warn"], ["fact.agent", "person", ""], ["fact.line", "phone", ""],
];

/**
 * The sentence for an event; words of the log are translated where there is a text for them.
 * @param {TimelineEvent} event
 */
export function sentence(event) {
    /** @type {Record<string, string | number>} */
    const values = { agent: agentName(event.agentNumber ?? event.agent) || t("timeline.somebody"), queue: queueName(event.queueKey ?? event.queue) };
    for (const [name, value] of Object.entries(event.payload)) {
        if (value === null) values[name] = "–";
        else if (typeof value === "number") values[name] = ["lasted", "waited", "held", "talked", "rang", "after", "idle", "expectedWait"].includes(name) ? span(value) : value;
        else values[name] = has(`word.${value}`) ? t(`word.${value}`) : value;
    }
    // Events of features have sentences of their own: the page of tickets has a field "ticket.created".
    const key = event.type.startsWith("fact.") ? event.type : `timeline.${event.type}${event.type === "interaction.traced" && values.after === undefined ? ".first" : ""}`;
    return has(key) ? t(key, values) : `${event.type.replace(/^fact\./, "")} ${JSON.stringify(event.payload)}`;
}

/**
 * @param {() => readonly TimelineEvent[]} events
 * @param {() => number} start the time from which offsets count
 */
export function timeline(events, start) {
    const list = h("ol", { class: "timeline" });
    return each(list, events, (event) => String(event.seq), (event) => {
        const [, symbol, look] = looks.find(([prefix]) => event().type.startsWith(prefix)) ?? ["", "info", ""];
        return h(
            "li", { class: () => (isDetail(event()) ? "detail" : "") },
            h("span", { class: `badge ${look}` }, icon(symbol, "small")),
            h("span", { class: "grow" }, () => sentence(event())),
            h("time", { class: "numeric", title: () => clockSeconds(event().at) }, () => `+${span(event().at - start())}`),
            h("span", { class: "numeric quiet clock" }, () => clockSeconds(event().at)),
        );
    });
}
