/** The desk: an agent's whole shift. `keepDesk` lives as long as the session, on every screen; `deskPage` is the screen. */
import { each, h, show } from "../../core/dom.js";
import { named, phone, t } from "../../core/i18n.js";
import { useShortcuts } from "../../core/keyboard.js";
import { computed, effect, untracked } from "../../core/reactive.js";
import { address, go, route } from "../../core/router.js";
import { passing, span } from "../../core/time.js";
import { chip } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";
import { keepAlerts } from "./alerts.js";
import { beside } from "./beside.js";
import { callCard, extendWrapUp, isKeypadOpen, toggleHold, toggleMute } from "./call-card.js";
import { callForm, focusType, loadRequestTypes } from "./call-form.js";
import { activity, call, can, desk, finishAndBeReady, followDesk, interaction, isSignedIn, order } from "./desk-state.js";
import { sendKeptForms } from "./form-store.js";
import { isMuted, keepLeg } from "./leg.js";
import { legLine, watchElsewhere, watchMicrophone } from "./leg-line.js";
import { loadBreakReasons, presencePanel } from "./presence.js";
import { beep, keepRinging } from "./ringer.js";
import { startPage } from "./start.js";

/** Waiting longer than this is shown in colour, milliseconds. */
const long = 30_000;
const tooLong = 90_000;

const isOnDesk = () => (route.value.parts[0] ?? "desk") === "desk";

/** Answering with the keyboard goes on in the form. */
async function answer() {
    if (!isOnDesk()) go(["desk"]);
    if (await order("answer")) setTimeout(focusType);
}

/** What goes on whatever screen is shown: state, audio, ringing, alerts, shortcuts. */
export function keepDesk() {
    followDesk();
    void loadBreakReasons();
    void loadRequestTypes();
    void sendKeptForms();
    keepLeg(() => isSignedIn.value && desk.value?.phone === "browser");
    keepRinging(() => activity.value === "ringing" && !call.value?.autoAnswers);
    keepAlerts();
    watchElsewhere();
    watchMicrophone();
    effect(() => {
        if (activity.value === "ringing" && call.value?.autoAnswers) beep();
    });
    effect(() => {
        void interaction.value;
        // What was chosen for one call is not for the next.
        isMuted.value = false;
        isKeypadOpen.value = false;
    });
    useShortcuts([
        { key: "a", label: "shortcut.answer", when: can.answer, action: () => void answer() },
        { key: "d", label: "shortcut.decline", when: can.decline, action: () => void order("decline") },
        { key: "m", label: "shortcut.mute", when: () => can.talk() && desk.peek()?.phone === "browser", action: toggleMute },
        { key: "h", label: "shortcut.hold", when: () => can.hold() || can.resume(), action: () => void toggleHold() },
        { key: "k", label: "shortcut.keypad", when: can.talk, action: () => (isKeypadOpen.value = !isKeypadOpen.peek()) },
        { key: "r", label: "shortcut.rate", when: can.rate, action: () => void order("rate") },
        { key: "e", label: "shortcut.hangUp", when: can.talk, action: () => void order("hang-up") },
        { key: "x", label: "shortcut.extend", when: can.finish, action: () => void extendWrapUp() },
        { key: "y", label: "shortcut.ready", when: can.beReady, action: () => void finishAndBeReady() },
    ]);
    return announcer();
}

/** Said to screen readers when the call changes; never moves the focus. */
function announcer() {
    const sentence = computed(() => {
        const present = call.value;
        if (!present) return isSignedIn.value ? t("spoken.noCall") : "";
        const values = { caller: phone(present.caller), queue: named(present.queue.names) };
        return t(`spoken.${activity.value}`, values);
    });
    return h("div", { class: "spoken", role: "status", "aria-live": "assertive" }, () => sentence.value);
}

/** The call, in the top bar of every other screen. */
export const callPill = () =>
    show(() => call.value && !isOnDesk(), () =>
        h("a", { class: () => `pill-call ${activity.value}`, href: address(["desk"]) }, () => `${t(`activity.${activity.value}`)} · ${phone(call.value?.caller)}`,
            h("span", { class: "numeric" }, () => span(passing() - (call.value?.connectedAt ?? call.value?.offeredAt ?? 0)))));

/** @param {import("../../core/types.js").DeskQueue} queue */
const waited = (queue) => (queue.waitsSince ? Math.max(0, passing() - queue.waitsSince) : 0);

function queuePanel() {
    const queues = computed(() => desk.value?.queues ?? []);
    const list = each(h("ul", null), () => queues.value, (queue) => queue.key, (queue) =>
        h(
            "li", null,
            h("span", { class: "cut" }, () => named(queue().names, queue().key)),
            h("b", { class: () => (queue().waiting > 0 ? "" : "none") }, () => queue().waiting),
            h("span", { class: () => `long ${waited(queue()) > tooLong ? "bad" : waited(queue()) > long ? "warn" : ""}` },
                () => (queue().waitsSince && queue().waiting > 0 ? span(waited(queue())) : "")),
        ));
    const waiting = computed(() => queues.value.reduce((sum, queue) => sum + queue.waiting, 0));
    return h(
        "section", { class: "card my-queues" },
        h("header", null, h("h2", { class: "grow" }, () => t("desk.queues")), () => chip(() => t("desk.waiting", { count: waiting.value }), waiting.value > 0 ? "accent" : "")),
        h("div", { class: "scroll grow", tabIndex: 0, role: "region", "aria-label": () => t("desk.queues"), style: { overflow: "auto" } }, list),
    );
}

function shift() {
    const presence = presencePanel();
    useShortcuts([{ key: "p", label: "shortcut.presence", action: presence.open }]);
    return h(
        "div", { class: "desk" },
        h("h1", { class: "spoken" }, () => t("nav.desk")),
        h("div", { class: "deck" }, presence.node, callCard(), legLine(), queuePanel()),
        callForm(), beside(),
    );
}

export function deskPage() {
    return show(() => desk.value !== null, () => show(() => isSignedIn.value, shift, startPage));
}

/**
 * Before the session is left: the shift is ended first.
 * @returns {Promise<boolean>} whether leaving may go on
 */
export async function endShift() {
    if (!untracked(() => isSignedIn.value)) return true;
    if (activity.peek() === "talking" || activity.peek() === "hold" || activity.peek() === "ringing") {
        toast(t("desk.leaveTalking"), { look: "bad" });
        return false;
    }
    try {
        return await order("sign-out");
    } catch (error) {
        complain(error);
        return false;
    }
}
