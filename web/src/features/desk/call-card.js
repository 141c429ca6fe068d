/** The call: one place of one size, whatever happens in it. */
import { h, keyed, show } from "../../core/dom.js";
import { named, phone, t } from "../../core/i18n.js";
import { level } from "../../core/media.js";
import { computed, signal } from "../../core/reactive.js";
import { left, passing, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { icon } from "../../ui/icons.js";
import { chip, meter } from "../../ui/parts.js";
import { activity, call, can, desk, finishAndBeReady, interaction, order, presence } from "./desk-state.js";
import { care } from "./care.js";
import { keypad } from "./keypad.js";
import { isMuted, localStream, remoteStream } from "./leg.js";
import { reasonName } from "./presence.js";

/** Seconds that one press adds to wrap-up. */
export const extension = 30;
export const isKeypadOpen = signal(false);

/** "+30 s" means thirty seconds more than there are; the order counts from now. */
export function extendWrapUp() {
    const endsAt = call.peek()?.wrapUpEndsAt;
    const rest = endsAt ? Math.max(0, Math.ceil((endsAt - passing()) / 1000)) : 0;
    return order("wrap-up/extend", { seconds: rest + extension });
}
export const toggleHold = () => order(activity.peek() === "hold" ? "resume" : "hold");
export const toggleMute = () => void (isMuted.value = !isMuted.peek());

function recognition() {
    const how = call.value?.recognition;
    if (how === "verified") return chip(() => t("recognition.verified"), "good", "shield");
    if (how === "recognised") return chip(() => t("recognition.recognised"), "info", "person");
    return null;
}

/** Who calls and why; the same in ringing, talking and wrap-up, so that nothing moves between them. */
function callerPart() {
    const pressed = computed(() => Object.entries(call.value?.pressed ?? {}));
    return [
        h("div", { class: "caller" }, h("b", null, () => phone(call.value?.caller)), recognition),
        show(() => care.value.flags.length > 0 || care.value.note, () => h("div", { class: "care-line" }, () => care.value.flags.map((flag) => chip(() => t(`care.${flag}`), flag === "complaint" ? "bad" : "warn")), h("span", { class: "cut", title: () => care.value.note ?? "" }, () => care.value.note ?? ""))),
        h("div", { class: "call-queue cut" }, () => named(call.value?.queue.names)),
        h(
            "dl", { class: "call-facts" },
            h("dt", null, () => t("call.waited")),
            h("dd", null, () => {
                const present = call.value;
                return present ? span(present.offeredAt - (present.queuedAt ?? present.arrivedAt)) : "";
            }),
            h("dt", null, () => t("call.number")),
            h("dd", null, () => `${call.value?.number ?? ""} · ${t(`origin.${call.value?.origin ?? "external"}`)}`),
            h("dt", null, () => t("call.pressed")),
            h("dd", null, () => (pressed.value.length === 0 ? t("call.nothing") : h("span", { class: "keys" }, pressed.value.map(([node, keys]) => h("kbd", { title: node }, keys))))),
        ),
    ];
}

/** @param {() => number} share 0 to 1 */
const countdown = (share) => h("div", { class: "countdown", "aria-hidden": "true" }, h("i", { style: () => ({ transform: `scaleX(${share()})` }) }));

function ringing() {
    const rest = () => Math.max(0, (call.value?.ringsUntil ?? passing()) - passing());
    const whole = () => Math.max(1, (call.value?.ringsUntil ?? 1) - (call.value?.offeredAt ?? 0));
    return [
        h(
            "div", { class: "call-time" }, h("span", { class: "big" }, () => left(rest())),
            h("span", { class: "quiet" }, () => (call.value?.autoAnswers ? t("call.autoAnswers") : desk.value?.phone === "sip" ? t("call.answerOnPhone") : t("call.toAnswer"))),
        ),
        countdown(() => rest() / whole()),
        h(
            "div", { class: "call-actions" },
            button({ label: () => t("call.decline"), symbol: "cross", look: "half", shortcut: "d", press: () => void order("decline"), disabled: () => !can.decline() }),
            button({ label: () => t("call.answer"), symbol: "phone", look: "answer half", shortcut: "a", press: () => void order("answer"), disabled: () => !can.answer() }),
        ),
    ];
}

function talking() {
    const heard = level(() => remoteStream.value);
    const said = level(() => (isMuted.value ? null : localStream.value));
    const isHeld = () => activity.value === "hold";
    return [
        h(
            "div", { class: "call-time" }, h("span", { class: "big" }, () => span(passing() - (call.value?.connectedAt ?? passing()))),
            show(() => desk.value?.phone === "browser", () =>
                h(
                    "div", { class: "grow" },
                    h("div", { class: "voice" }, h("span", null, () => t("call.customer")), meter(() => heard.value, () => t("call.customerLevel"))),
                    h("div", { class: "voice" }, h("span", null, () => t("call.me")), meter(() => said.value, () => t("call.myLevel"))),
                )),
        ),
        h(
            "div", { class: "call-actions" },
            button({
                label: () => t(isMuted.value ? "call.unmute" : "call.mute"), changingSymbol: () => (isMuted.value ? "microphoneOff" : "microphone"), look: "stacked", shortcut: "m",
                press: toggleMute, pressed: () => isMuted.value, disabled: () => desk.value?.phone !== "browser",
            }),
            button({
                label: () => t(isHeld() ? "call.resume" : "call.hold"), changingSymbol: () => (isHeld() ? "play" : "pause"), look: "stacked", shortcut: "h",
                press: () => void toggleHold(), pressed: isHeld, disabled: () => !can.hold() && !can.resume(),
            }),
            button({
                label: () => t("call.keypad"), symbol: "keypad", look: "stacked", shortcut: "k",
                press: () => (isKeypadOpen.value = !isKeypadOpen.peek()), pressed: () => isKeypadOpen.value, disabled: () => !can.talk(),
            }),
            button({ label: () => t("call.rate"), symbol: "star", look: "half", shortcut: "r", press: () => void order("rate"), disabled: () => !can.rate() }),
            button({ label: () => t("call.hangUp"), symbol: "hangUp", look: "danger half", shortcut: "e", press: () => void order("hang-up"), disabled: () => !can.talk() }),
        ),
        show(() => isKeypadOpen.value, () => keypad({ close: () => (isKeypadOpen.value = false) })),
    ];
}

function wrapUp() {
    const endsAt = () => call.value?.wrapUpEndsAt ?? null;
    const rest = () => Math.max(0, (endsAt() ?? passing()) - passing());
    const whole = () => Math.max(1, (endsAt() ?? 1) - (call.value?.endedAt ?? desk.value?.since ?? 0));
    return [
        h(
            "div", { class: "call-time" },
            h("span", { class: "big" }, () => (endsAt() === null ? span(passing() - (desk.value?.since ?? passing())) : left(rest()))),
            h("span", { class: "quiet" }, () => t("call.talked", { time: span((call.value?.endedAt ?? desk.value?.since ?? 0) - (call.value?.connectedAt ?? 0)) })),
        ),
        show(endsAt, () => countdown(() => rest() / whole())),
        h(
            "div", { class: "call-actions" },
            button({ label: () => t("call.extend", { seconds: extension }), symbol: "plus", look: "half", shortcut: "x", press: () => void extendWrapUp(), disabled: () => !can.finish() }),
            button({ label: () => t("call.finish"), symbol: "check", look: "primary half", shortcut: "y", press: () => void finishAndBeReady(), disabled: () => !can.finish() }),
        ),
    ];
}

function resting() {
    const isReady = () => presence.value === "ready";
    return h(
        "div", { class: "resting" },
        h("div", { class: () => `breath ${isReady() ? "ready" : ""}` }, () => icon(isReady() ? "headset" : presence.value === "break" ? "cup" : "pause")),
        h("b", null, () => (isReady() ? t("rest.ready") : presence.value === "break" ? t("rest.break", { reason: reasonName(desk.value?.reason) || t("presence.break") }) : t("rest.notReady"))),
        h("span", null, () => t(isReady() ? "rest.readyText" : "rest.notReadyText")),
        show(() => !isReady(), () => button({ label: () => t("rest.beReady"), symbol: "check", look: "primary tall", shortcut: "y", press: () => void finishAndBeReady(), disabled: () => !can.beReady() })),
    );
}

/**
 * The second click of a double one is for the button that was there before: behind "answer" comes "hang up".
 * @param {MouseEvent} event
 */
function oneEffect(event) {
    if (event.detail < 2 || !(event.target instanceof Element) || !event.target.closest(".call-actions")) return;
    event.preventDefault();
    event.stopPropagation();
}

export function callCard() {
    const phase = computed(() => (interaction.value === null ? "idle" : activity.value === "hold" ? "talking" : activity.value));
    /** @type {Record<string, () => Child>} */
    const parts = { ringing, talking, wrapUp };
    return h(
        "section", { ref: (/** @type {HTMLElement} */ element) => element.addEventListener("click", oneEffect, { capture: true }), class: () => `call-card ${interaction.value ? activity.value : "idle"}`, "aria-label": () => t("call.card") },
        show(() => interaction.value !== null, () => [
            h(
                "div", { class: "call-head" },
                h("span", null, () => t(`activity.${activity.value}`)),
                () => (isMuted.value && can.talk() ? chip(() => t("call.muted"), "warn", "microphoneOff") : null),
                () => (call.value?.isRecording && can.talk() ? h("span", { class: "rec" }, h("i", { class: "dot" }), t("call.recording")) : null),
            ),
            callerPart(),
            keyed(() => phase.value, (which) => parts[which]?.() ?? null),
        ], resting),
    );
}
