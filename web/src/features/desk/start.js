/** The start of a shift: a seat, a telephone, a microphone that works. */
import { get } from "../../core/api.js";
import { each, h, listen, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { devices, level, microphoneFault, openMicrophone, stop } from "../../core/media.js";
import { effect, onCleanup, signal, untracked } from "../../core/reactive.js";
import { session } from "../../core/session.js";
import { Preference, microphone, ringVolume, ringer, speaker } from "../../core/store.js";
import { button } from "../../ui/button.js";
import { field, segments, selectField } from "../../ui/field.js";
import { card, empty, meter, notice } from "../../ui/parts.js";
import { toast } from "../../ui/toast.js";
import { allowNotifications, canAskForNotifications } from "./alerts.js";
import { choosePresence, order } from "./desk-state.js";
import { ringOnce } from "./ringer.js";

/** @typedef {import("../../core/types.js").Seat} Seat */

const lastSeat = new Preference("seat", "");
const lastPhone = new Preference("phone", /** @type {"browser" | "sip"} */ ("browser"), (value) => value === "browser" || value === "sip");
/** Milliseconds between looks at which seats are free. */
const seatPace = 5_000;
/** Above this somebody is speaking and not only breathing. */
const audible = 0.25;

/** @param {Seat} seat */
const takenBy = (seat) => (typeof seat.by === "string" ? seat.by : seat.by?.name ?? seat.by?.number ?? t("start.taken"));

/** @param {{seats: () => Seat[] | null, chosen: import("../../core/reactive.js").Signal<string>, fault: () => unknown}} props */
function seatPart({ seats, chosen, fault }) {
    const list = h("div", { class: "seats", role: "radiogroup", "aria-label": () => t("start.seat") });
    each(list, () => seats() ?? [], (seat) => seat.number, (seat) =>
        h(
            "label", { class: () => `${seat().isTaken ? "taken" : ""} ${chosen.value === seat().number ? "is-on" : ""}` },
            h("input", {
                type: "radio", name: "seat", value: seat().number, disabled: () => seat().isTaken, checked: () => chosen.value === seat().number,
                onchange: () => (chosen.value = seat().number),
            }),
            h("span", null, () => seat().number),
            h("small", { class: "cut" }, () => (seat().isTaken ? takenBy(seat()) : seat().phone)),
        ));
    return card({ title: () => t("start.seat") },
        show(() => fault(), () => notice(() => explain(fault()), "bad")),
        show(() => seats()?.length === 0, () => empty("desk", () => t("start.noSeats"), () => t("start.noSeatsText")), () => list));
}

/**
 * @param {string} kind
 * @param {string} usual
 */
const choicesOf = (kind, usual) => [
    { value: "", label: usual },
    ...devices.value.filter((one) => one.kind === kind && one.deviceId && one.deviceId !== "default" && one.deviceId !== "communications")
        .map((one, place) => ({ value: one.deviceId, label: one.label || `${usual} ${place + 1}` })),
];

/**
 * Choosing devices; the same in the start and in the settings of the desk.
 * @param {import("../../core/reactive.js").Signal<string | null>} [trouble] why there is no microphone, for who wants to know
 */
export function devicePart(trouble = signal(/** @type {string | null} */ (null))) {
    const stream = signal(/** @type {MediaStream | null} */ (null));
    const hasSpoken = signal(false);
    let isOver = false;
    const open = async () => {
        try {
            const next = await openMicrophone();
            if (isOver) return stop(next);
            stop(stream.peek());
            stream.value = next;
            trouble.value = null;
        } catch (error) {
            trouble.value = microphoneFault(error);
        }
    };
    effect(() => {
        void microphone.value;
        untracked(() => void open());
    });
    onCleanup(() => {
        isOver = true;
        stop(stream.peek());
    });
    const loud = level(() => stream.value);
    effect(() => {
        if (loud.value > audible) hasSpoken.value = true;
    });
    if (navigator.mediaDevices) listen(navigator.mediaDevices, "devicechange", () => trouble.peek() && void open());
    const canChooseOutput = "setSinkId" in HTMLMediaElement.prototype;
    return h(
        "div", { class: "stack" },
        show(() => trouble.value, () => notice(() => t(`microphone.${trouble.value}`), "bad", button({ label: () => t("action.again"), press: () => void open() }))),
        selectField({ label: () => t("start.microphone"), value: () => microphone.value, change: (id) => (microphone.value = id), choices: () => choicesOf("audioinput", t("start.systemDevice")) }),
        h(
            "div", { class: "mic-level" }, meter(() => loud.value, () => t("start.level")),
            h("span", { class: "small-text quiet", role: "status" }, () => t(trouble.value ? "start.noSound" : hasSpoken.value ? "start.heard" : "start.speak")),
        ),
        canChooseOutput ? selectField({ label: () => t("start.speaker"), value: () => speaker.value, change: (id) => (speaker.value = id), choices: () => choicesOf("audiooutput", t("start.systemDevice")) }) : null,
        canChooseOutput ? selectField({ label: () => t("start.ringer"), value: () => ringer.value, change: (id) => (ringer.value = id), choices: () => choicesOf("audiooutput", t("start.systemDevice")) }) : null,
        field({ label: () => t("start.volume") }, (_, described) =>
            h("div", { class: "row" },
                h("input", { type: "range", min: 0, max: 1, step: 0.1, class: "grow", value: () => String(ringVolume.value), oninput: (/** @type {any} */ event) => (ringVolume.value = Number(event.target.value)), ...described }),
                button({ label: () => t("start.tryRing"), symbol: "bell", press: ringOnce }))),
    );
}

export function startPage() {
    const seats = signal(/** @type {Seat[] | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const chosen = signal("");
    const isBusy = signal(false);
    const mayNotify = signal(!canAskForNotifications());
    const load = async () => {
        try {
            seats.value = /** @type {Seat[]} */ ((await get("/seats")).items);
            fault.value = null;
            const isFree = (/** @type {string} */ number) => seats.peek()?.some((one) => one.number === number && !one.isTaken);
            if (!isFree(chosen.peek())) chosen.value = isFree(lastSeat.peek()) ? lastSeat.peek() : seats.peek()?.find((one) => !one.isTaken)?.number ?? "";
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    const timer = setInterval(load, seatPace);
    onCleanup(() => clearInterval(timer));
    const trouble = signal(/** @type {string | null} */ (null));
    /** A shift in the browser begins with a microphone or not at all. */
    const canSpeak = async () => {
        if (lastPhone.peek() !== "browser") return true;
        try {
            stop(await openMicrophone());
            return true;
        } catch (error) {
            trouble.value = microphoneFault(error);
            toast(t(`microphone.${trouble.peek()}`), { look: "bad" });
            return false;
        }
    };
    const begin = async (/** @type {boolean} */ isReady) => {
        if (isBusy.peek() || !chosen.peek()) return;
        isBusy.value = true;
        if (!(await canSpeak())) return void (isBusy.value = false);
        lastSeat.value = chosen.peek();
        if (await order("sign-in", { seat: chosen.peek(), phone: lastPhone.peek() })) {
            if (isReady) await choosePresence("ready");
        } else void load();
        isBusy.value = false;
    };
    return h(
        "form", { class: "start", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void begin(true)) },
        h("div", { class: "head" }, h("h1", null, () => t("start.title", { name: session.value?.person.name })), h("p", { class: "quiet" }, () => t("start.text"))),
        seatPart({ seats: () => seats.value, chosen, fault: () => fault.value }),
        card({ title: () => t("start.phone") }, h(
            "div", { class: "stack" },
            segments({
                label: () => t("start.phone"), value: () => lastPhone.value, change: (kind) => (lastPhone.value = /** @type {"browser" | "sip"} */ (kind)),
                choices: () => [{ value: "browser", label: t("phone.browser"), symbol: "headset" }, { value: "sip", label: t("phone.sip"), symbol: "phone" }],
            }),
            show(() => lastPhone.value === "browser", () => devicePart(trouble), () => h("p", { class: "quiet" }, () => t("start.sipText", { phone: seats.value?.find((one) => one.number === chosen.value)?.phone ?? "–" }))),
            show(() => !mayNotify.value, () => h("div", null, button({ label: () => t("start.notify"), symbol: "bell", press: () => void allowNotifications().then(() => (mayNotify.value = true)) }))),
        )),
        h(
            "div", { class: "ends" },
            button({ label: () => t("start.notReady"), press: () => void begin(false), disabled: () => isBusy.value || !chosen.value }),
            button({ label: () => t("start.ready"), look: "primary tall", kind: "submit", disabled: () => isBusy.value || !chosen.value }),
        ),
    );
}
