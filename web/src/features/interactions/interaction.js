/** One interaction: its facts, its recordings, its timeline. */
import { Problem, get, root } from "../../core/api.js";
import { loadCentre } from "../../core/centre.js";
import { h, show } from "../../core/dom.js";
import { explain, phone, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { fullMoment, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { checkBox } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { card, chip, empty, facts, notice } from "../../ui/parts.js";
import { player } from "../../ui/player.js";
import { agentOf, outcome, queueOf } from "./interactions.js";
import { isDetail, sentence, timeline } from "./timeline.js";

/** @typedef {import("../../core/types.js").Interaction} Interaction */
/** @typedef {import("../../core/types.js").TimelineEvent} TimelineEvent */
/** @typedef {import("../../core/types.js").Recording} Recording */

/** Events that are worth jumping to while listening. */
const marking = new Set(["fact.call.connected", "fact.conversation.ended", "fact.flow.rated", "fact.offer.ended", "fact.agent.activityChanged"]);

/**
 * @param {Recording} recording
 * @param {readonly TimelineEvent[]} events
 */
function marks(recording, events) {
    const length = Math.max(0, ...recording.tracks.map((track) => track.milliseconds));
    return events
        .filter((event) => marking.has(event.type) && event.at >= recording.startedAt && event.at - recording.startedAt <= length)
        .map((event) => ({ at: (event.at - recording.startedAt) / 1000, label: sentence(event) }));
}

/**
 * @param {string} id
 * @param {() => readonly TimelineEvent[]} events
 */
function recordingPart(id, events) {
    const recordings = signal(/** @type {Recording[] | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const path = `/interactions/${encodeURIComponent(id)}/recordings`;
    get(path).then((body) => (recordings.value = body.items)).catch((error) => (fault.value = error));
    return [
        show(() => fault.value, () => notice(() => explain(fault.value), "bad")),
        show(() => recordings.value?.length === 0, () => empty("microphoneOff", () => t("recording.none"), () => t("recording.noneText"))),
        () => (recordings.value ?? []).map((one) =>
            one.tracks.length === 0
                ? notice(() => t("recording.going"), "info")
                : player({
                    load: () => get(`${path}/${one.startedAt}/stereo`, { patience: 120_000 }),
                    download: { href: `${root}${path}/${one.startedAt}/stereo`, name: `${id}-${one.startedAt}.wav` },
                    marks: () => marks(one, events()), startedAt: one.startedAt,
                })),
    ];
}

/** @param {() => Interaction} item */
const particulars = (item) =>
    facts([
        [() => t("interactions.caller"), () => phone(item().caller)],
        [() => t("interactions.origin"), () => `${item().number} · ${t(`origin.${item().origin}`)}`],
        [() => t("interactions.arrived"), () => fullMoment(item().arrivedAt)],
        [() => t("interactions.queue"), () => queueOf(item()) || "–"],
        [() => t("interactions.agent"), () => agentOf(item()) || "–"],
        [() => t("interactions.waited"), () => (item().queuedAt ? span(Number(item().connectedAt ?? item().endedAt ?? item().queuedAt) - Number(item().queuedAt)) : "–")],
        [() => t("interactions.talked"), () => span(item().talkedMs)],
        [() => t("interactions.held"), () => span(item().heldMs)],
        [() => t("interactions.rating"), () => (item().rating ? `★ ${item().rating}` : "–")],
        [() => t("interactions.endedBy"), () => (item().endedBy ? t(`word.${item().endedBy}`) : "–")],
    ]);

/** @param {string} id */
export function interactionPage(id) {
    loadCentre();
    const item = signal(/** @type {Interaction | null} */ (null));
    const events = signal(/** @type {TimelineEvent[]} */ ([]));
    const fault = signal(/** @type {unknown} */ (null));
    const showsAll = signal(false);
    const path = `/interactions/${encodeURIComponent(id)}`;
    const load = () => {
        fault.value = null;
        get(path).then((body) => (item.value = body)).catch((error) => (fault.value = error));
        get(`${path}/timeline`).then((body) => (events.value = body.items)).catch(() => {});
    };
    load();
    const shown = computed(() => events.value.filter((event) => showsAll.value || !isDetail(event)));
    return h(
        "div", { class: "page" },
        h(
            "div", { class: "head" },
            h("a", { class: "button plain square", href: address(["interactions"]), "aria-label": () => t("interactions.back") }, icon("left")),
            h("h1", { class: "grow" }, () => (item.value ? phone(item.value.caller) : t("interactions.one")), " ", () => (item.value ? chip(() => (item.value ? outcome(item.value).text : ""), outcome(item.value).look) : null)),
            show(() => may("ticket.write"), () => h("a", { class: "button", href: address(["tickets", "new"], { interaction: id }) }, icon("ticket"), () => t("ticket.make"))),
        ),
        show(() => fault.value, () =>
            fault.value instanceof Problem && fault.value.status === 404
                ? empty("search", () => t("interactions.unknown"), () => t("interactions.unknownText"))
                : notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: load }))),
        show(() => item.value, () =>
            h(
                "div", { class: "columns" },
                h(
                    "div", { class: "stack" },
                    show(() => may("recording.read"), () => card({ title: () => t("recording.title") }, h("div", { class: "stack" }, recordingPart(id, () => events.value)))),
                    card({ title: () => t("timeline.title"), end: checkBox({ label: () => t("timeline.all"), value: () => showsAll.value, change: (value) => (showsAll.value = value) }), flush: true },
                        timeline(() => shown.value, () => item.value?.arrivedAt ?? 0)),
                ),
                card({ title: () => t("interactions.particulars") }, particulars(() => /** @type {Interaction} */ (item.value))),
            )),
    );
}
