/**
 * A call from the editor into the flow as it stands.
 *
 * Never: a call whose media do not come within `patience` is given up. Late: when the server says that the call is over,
 * it is over, whatever the media say. Leaving the editor ends the call.
 */
import { get, post, remove } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { level, microphoneFault, openMicrophone, stop } from "../../core/media.js";
import { onCleanup, signal } from "../../core/reactive.js";
import { session } from "../../core/session.js";
import { clockSeconds, passing, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { meter, notice } from "../../ui/parts.js";
import { exitLabel } from "./drawing.js";
import { find } from "./edits.js";
import { exitsOf, keys } from "./kinds.js";

/** @typedef {"ready" | "microphone" | "calling" | "ringing" | "talking" | "ended" | "failed"} CallState */
/** @typedef {{node: string, at: number, exit?: string}} Step */

/** Milliseconds until media must be there, and between questions for the trail. */
const patience = 12_000;
const pace = 500;
/** Questions in a row that may go unanswered. */
const mostSilence = 20;
const [toneLength, toneGap] = [120, 70];

/** @param {import("./flow-store.js").FlowStore} store */
export function testCall(store) {
    const state = signal(/** @type {CallState} */ ("ready"));
    const trouble = signal(/** @type {unknown} */ (null));
    const steps = signal(/** @type {Step[]} */ ([]));
    const present = signal(/** @type {string | null} */ (null));
    const startedAt = signal(/** @type {number | null} */ (null));
    const local = signal(/** @type {MediaStream | null} */ (null));
    const remote = signal(/** @type {MediaStream | null} */ (null));
    const element = document.createElement("audio");
    element.autoplay = true;
    /** @type {RTCPeerConnection | null} */
    let connection = null;
    let id = "";
    let timer = 0;
    let silence = 0;

    /**
     * @param {CallState} last
     * @param {unknown} [cause]
     */
    const finish = (last, cause = null) => {
        clearTimeout(timer);
        stop(local.peek());
        local.value = null;
        remote.value = null;
        connection?.close();
        connection = null;
        element.srcObject = null;
        present.value = null;
        trouble.value = cause;
        state.value = last;
        id = "";
    };
    /**
     * @param {CallState} [last]
     * @param {unknown} [cause]
     */
    const hangUp = (last = "ended", cause = null) => {
        const gone = id;
        finish(last, cause);
        if (gone) void remove(`/flows/test-calls/${encodeURIComponent(gone)}`, { keepalive: true }).catch(() => {});
    };
    const watch = async () => {
        const asked = id;
        if (!asked) return;
        try {
            const body = await get(`/flows/test-calls/${encodeURIComponent(asked)}`);
            if (id !== asked) return;
            silence = 0;
            steps.value = body.trail;
            present.value = body.node ?? null;
            if (body.state === "ended") return finish("ended");
            state.value = body.state === "talking" ? "talking" : "ringing";
        } catch (error) {
            silence += 1;
            if (id === asked && (/** @type {any} */ (error)?.status === 404 || silence > mostSilence)) return finish("ended");
        }
        timer = setTimeout(() => void watch(), pace);
    };
    const start = async () => {
        if (!["ready", "ended", "failed"].includes(state.peek())) return;
        trouble.value = null;
        steps.value = [];
        startedAt.value = null;
        state.value = "microphone";
        /** @type {MediaStream} */
        let stream;
        try {
            stream = await openMicrophone();
        } catch (error) {
            return finish("failed", `microphone.${microphoneFault(error)}`);
        }
        if (state.peek() !== "microphone") return stop(stream);
        local.value = stream;
        state.value = "calling";
        const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: session.peek()?.iceServers ?? [] });
        connection = peer;
        stream.getAudioTracks().forEach((track) => peer.addTrack(track, stream));
        peer.ontrack = ({ track, streams }) => {
            remote.value = streams[0] ?? new MediaStream([track]);
            element.srcObject = remote.peek();
            void element.play().catch(() => {});
        };
        peer.onconnectionstatechange = () => peer === connection && peer.connectionState === "failed" && hangUp("failed", "webCall.mediaLost");
        try {
            await peer.setLocalDescription(await peer.createOffer());
            const answer = await post(`${store.path}/test-calls`, { sdp: peer.localDescription?.sdp, document: store.document.peek() });
            id = answer.id;
            if (peer !== connection) return hangUp();
            startedAt.value = Date.now();
            state.value = "ringing";
            void watch();
            await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
            setTimeout(() => peer === connection && peer.connectionState !== "connected" && hangUp("failed", "webCall.noMedia"), patience);
        } catch (error) {
            hangUp("failed", error);
        }
    };
    /** @param {string} key */
    const press = (key) => {
        const sender = connection?.getSenders()[0]?.dtmf;
        if (sender?.canInsertDTMF) sender.insertDTMF(key, toneLength, toneGap);
    };
    const leave = () => id && hangUp();
    addEventListener("pagehide", leave);
    onCleanup(() => {
        removeEventListener("pagehide", leave);
        hangUp();
    });
    const isGoing = () => ["microphone", "calling", "ringing", "talking"].includes(state.value);
    const trail = () => {
        const all = steps.value;
        if (all.length === 0) return null;
        const edges = new Set(all.slice(1).map((step, place) => `${all[place].node}\n${step.node}`));
        return { present: present.value, nodes: new Set(all.map((step) => step.node)), edges };
    };
    return { state, trouble, steps, present, startedAt, local, remote, start, hangUp: () => hangUp(), press, isGoing, trail };
}

/**
 * The exit by which a step was left, as the drawing calls it; the server tells `noInput` or a key.
 * @param {import("./flow-store.js").FlowStore} store
 * @param {Step} step
 */
function leftBy(store, step) {
    const flow = store.document.peek();
    const node = flow ? find(flow, step.node) : undefined;
    const field = (step.exit ?? "").replace(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`);
    const exit = node ? exitsOf(node).find((one) => (one.key ?? one.field) === step.exit || one.field === field) : undefined;
    return exit ? exitLabel(exit) : step.exit ?? "";
}

/** @param {{store: import("./flow-store.js").FlowStore, call: ReturnType<typeof testCall>, close: () => void, select: (name: string) => void}} props */
export function testPanel({ store, call, close, select }) {
    const heard = level(() => call.remote.value);
    const said = level(() => call.local.value);
    const typed = signal("");
    const press = (/** @type {string} */ key) => {
        typed.value = (typed.peek() + key).slice(-16);
        call.press(key);
    };
    const reason = () => (typeof call.trouble.value === "string" ? t(call.trouble.value) : explain(call.trouble.value));
    return h(
        "section", {
            class: "card test-call", "aria-label": () => t("flow.testCall"),
            onkeydown: (/** @type {KeyboardEvent} */ event) => {
                if (!call.isGoing() || event.ctrlKey || event.metaKey || event.altKey || !keys.includes(event.key)) return;
                event.preventDefault();
                press(event.key);
            },
        },
        h("header", null, h("h2", { class: "grow" }, () => t("flow.testCall")), button({ symbol: "cross", look: "plain square", spoken: () => t("action.close"), press: close })),
        h(
            "div", { class: "body stack" },
            show(() => !call.isGoing(), () => notice(() => t("flow.testWarning"), "warn")),
            show(() => call.state.value === "failed", () => notice(reason, "bad")),
            h("div", { class: "row", role: "status" }, h("b", { class: "grow" }, () => t(`flow.call.${call.state.value}`)), h("span", { class: "numeric" }, () => (call.startedAt.value && call.isGoing() ? span(passing() - call.startedAt.value) : ""))),
            show(call.isGoing, () => [
                h("div", { class: "voice" }, h("span", null, () => t("flow.heard")), meter(() => heard.value, () => t("flow.heard"))),
                h("div", { class: "voice" }, h("span", null, () => t("flow.said")), meter(() => said.value, () => t("flow.said"))),
                h("div", { class: "typed numeric", "aria-live": "polite" }, () => typed.value || " "),
                h("div", { class: "keypad", role: "group", "aria-label": () => t("call.keypad") }, keys.map((key) => button({ label: () => key, press: () => press(key) }))),
            ]),
            show(call.isGoing, () => button({ label: () => t("flow.hangUp"), symbol: "hangUp", look: "danger tall", press: call.hangUp }),
                () => button({ label: () => t(call.state.value === "ready" ? "flow.startCall" : "flow.callAgain"), symbol: "phone", look: "answer tall", press: () => ((typed.value = ""), void call.start()) })),
            show(() => call.steps.value.length > 0, () => each(h("ol", { class: "trail", "aria-label": () => t("flow.trail") }), () => call.steps.value.map((step, place) => ({ ...step, place })), (step) => String(step.place), (step) =>
                h("li", { class: () => (call.present.value === step().node && step().place === call.steps.value.length - 1 ? "is-on" : "") },
                    h("button", { type: "button", class: "link-button", onclick: () => select(step().node) }, () => step().node), h("span", { class: "quiet grow cut" }, () => (step().exit ? leftBy(store, step()) : "")), h("time", { class: "numeric quiet" }, () => clockSeconds(step().at))))),
        ),
    );
}
