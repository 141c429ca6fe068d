/** The customers' page: consent, microphone, call. One thing at a time, in plain words. */
import { get } from "../../core/api.js";
import { h, keyed, listen, mount, show } from "../../core/dom.js";
import { explain, followLanguage, language, locale, named, t } from "../../core/i18n.js";
import { level } from "../../core/media.js";
import { computed, effect, signal } from "../../core/reactive.js";
import { followTheme } from "../../core/theme.js";
import { passing, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { checkBox } from "../../ui/field.js";
import { icon, mark } from "../../ui/icons.js";
import { meter, notice } from "../../ui/parts.js";
import { endedAt, hangUp, isMuted, localStream, press, remoteStream, start, startedAt, state, toggleMute, trouble } from "./web-call.js";

/** @typedef {{name?: string, names?: import("../../core/types.js").Names, numbers?: string[], iceServers?: RTCIceServer[]}} Settings */

const asked = new URLSearchParams(location.search).get("number") ?? "";
const settings = signal(/** @type {Settings} */ ({}));
const hasConsented = signal(false);
const keys = [..."123456789*0#"];
/** Digits that stay visible. */
const mostShown = 20;

const number = () => asked || settings.value.numbers?.[0] || "5186";
const name = () => named(settings.value.names, settings.value.name ?? t("webCall.page"));

function reason() {
    const cause = trouble.value;
    return typeof cause === "string" ? t(cause) : explain(cause);
}

async function begin() {
    const known = settings.peek().iceServers ?? [];
    // The right to a relay may have ended while the page stood open.
    const fresh = known.length === 0 ? known : await get("/web-calls/settings", { again: false }).then((body) => body.iceServers).catch(() => known);
    await start(number(), fresh);
}

function before() {
    return [
        h("p", null, () => t("webCall.intro", { number: number() })),
        h("div", { class: "consent" }, checkBox({ label: () => [h("b", null, () => t("webCall.consent")), h("span", { class: "quiet" }, () => t("webCall.consentText"))], value: () => hasConsented.value, change: (value) => (hasConsented.value = value) })),
        button({ label: () => t("webCall.start"), symbol: "phone", look: "answer tall", press: () => void begin(), disabled: () => !hasConsented.value }),
        h("p", { class: "quiet small-text" }, () => t("webCall.microphoneText")),
    ];
}

function during() {
    const heard = level(() => remoteStream.value);
    const said = level(() => (isMuted.value ? null : localStream.value));
    const typed = signal("");
    const dial = (/** @type {string} */ key) => {
        typed.value = (typed.peek() + key).slice(-mostShown);
        press(key);
    };
    // Wherever the focus is: there is no field on this page.
    listen(document, "keydown", (/** @type {KeyboardEvent} */ event) => {
        if (event.altKey || event.ctrlKey || event.metaKey || !keys.includes(event.key)) return;
        event.preventDefault();
        dial(event.key);
    });
    return h(
        "div", { class: "stack during" },
        h("div", { class: "state", role: "status" }, h("b", null, () => t(`webCall.state.${state.value}`)), h("span", { class: "clock numeric" }, () => (startedAt.value ? span(passing() - startedAt.value) : "0:00"))),
        h("div", { class: "voices" }, icon("speaker", "small"), meter(() => heard.value, () => t("webCall.heard")), icon("microphone", "small"), meter(() => said.value, () => t("webCall.said"))),
        h("div", { class: "typed numeric", "aria-live": "polite" }, () => typed.value || h("span", { class: "quiet" }, t("webCall.keypadHint"))),
        h("div", { class: "keys", role: "group", "aria-label": () => t("webCall.keypad") }, keys.map((key) => button({ label: () => key, press: () => dial(key) }))),
        h(
            "div", { class: "ends" },
            button({ label: () => t(isMuted.value ? "webCall.unmute" : "webCall.mute"), changingSymbol: () => (isMuted.value ? "microphoneOff" : "microphone"), look: "tall", pressed: () => isMuted.value, press: toggleMute }),
            button({ label: () => t("webCall.end"), symbol: "hangUp", look: "danger tall", press: () => void hangUp() }),
        ),
    );
}

function after() {
    return h(
        "div", { class: "stack" },
        show(() => state.value === "failed", () => notice(reason, "bad"), () =>
            h("div", { class: "state", role: "status" }, h("b", null, () => t("webCall.state.ended")), h("span", { class: "clock numeric" }, () => (startedAt.value && endedAt.value ? span(endedAt.value - startedAt.value) : "")))),
        h("p", { class: "quiet" }, () => t(state.value === "failed" ? "webCall.failedText" : "webCall.endedText")),
        button({ label: () => t("webCall.again"), symbol: "phone", look: "answer tall", press: begin }),
    );
}

function page() {
    const phase = computed(() => (state.value === "ready" ? "before" : state.value === "ended" || state.value === "failed" ? "after" : "during"));
    return h(
        "main", { class: "call-page" },
        h(
            "div", { class: "inner" },
            h("header", null, mark(), h("h1", null, name)),
            h("div", { class: "card" }, keyed(() => phase.value, (which) => ({ before, during, after })[which]())),
            h("footer", null, button({ label: () => (locale() === "en" ? "中文" : "English"), look: "plain", press: () => (language.value = locale() === "en" ? "zh-CN" : "en") })),
        ),
    );
}

async function open() {
    followTheme();
    await followLanguage();
    get("/web-calls/settings", { again: false }).then((body) => (settings.value = body)).catch(() => {
        // Older servers have no settings: the number of the address is called without relays.
    });
    effect(() => {
        document.title = state.value === "ready" ? name() : `${t(`webCall.state.${state.value}`)} · ${name()}`;
    });
    mount(/** @type {HTMLElement} */ (document.getElementById("app")), page);
    document.body.dataset.ready = "call";
}

void open();
