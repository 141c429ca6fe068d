/**
 * A customer's call from the browser.
 *
 * Never: a call whose media do not come within `patience` is given up with a reason. Late: an end that the server tells
 * counts, whatever the media say. The page going away ends the call.
 */
import { get, post, remove } from "../../core/api.js";
import { microphoneFault, openMicrophone, stop } from "../../core/media.js";
import { signal } from "../../core/reactive.js";
import { summarise } from "../../core/stats.js";

/** @typedef {"ready" | "microphone" | "calling" | "ringing" | "talking" | "ended" | "failed"} CallState */

/** Milliseconds until media must be there, and between questions how the call is. */
const patience = 12_000;
const pace = 2_000;
/** Questions in a row that may go unanswered while the media still run. */
const mostSilence = 15;

const element = document.createElement("audio");
element.autoplay = true;

export const state = signal(/** @type {CallState} */ ("ready"));
/** What went wrong: a problem of the server, or a word for the microphone or the media. */
export const trouble = signal(/** @type {unknown} */ (null));
export const isMuted = signal(false);
export const startedAt = signal(/** @type {number | null} */ (null));
export const endedAt = signal(/** @type {number | null} */ (null));
export const localStream = signal(/** @type {MediaStream | null} */ (null));
export const remoteStream = signal(/** @type {MediaStream | null} */ (null));

/** @type {RTCPeerConnection | null} */
let connection = null;
/** The secret by which the server knows the call. */
let id = "";
let timer = 0;
let silence = 0;

const path = () => `/web-calls/${encodeURIComponent(id)}`;

/**
 * @param {CallState} last
 * @param {unknown} [cause]
 */
function finish(last, cause = null) {
    clearTimeout(timer);
    stop(localStream.peek());
    localStream.value = null;
    remoteStream.value = null;
    connection?.close();
    connection = null;
    element.srcObject = null;
    if (startedAt.peek()) endedAt.value = Date.now();
    trouble.value = cause;
    state.value = last;
    id = "";
}

async function watch() {
    if (!id) return;
    try {
        const { state: told } = await get(path(), { again: false });
        silence = 0;
        if (!id) return;
        if (told === "ended") return finish("ended");
        if (told === "talking" && state.peek() === "ringing") state.value = "talking";
    } catch (error) {
        silence += 1;
        const isGone = /** @type {any} */ (error)?.status === 404;
        if (isGone || silence > mostSilence) return finish("ended");
    }
    timer = setTimeout(() => void watch(), pace);
}

/**
 * @param {string} number
 * @param {RTCIceServer[]} iceServers
 */
export async function start(number, iceServers) {
    if (!["ready", "ended", "failed"].includes(state.peek())) return;
    trouble.value = null;
    startedAt.value = null;
    endedAt.value = null;
    isMuted.value = false;
    state.value = "microphone";
    /** @type {MediaStream} */
    let stream;
    try {
        stream = await openMicrophone("");
    } catch (error) {
        return finish("failed", `microphone.${microphoneFault(error)}`);
    }
    localStream.value = stream;
    state.value = "calling";
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
    connection = peer;
    stream.getAudioTracks().forEach((track) => peer.addTrack(track, stream));
    peer.ontrack = ({ track, streams }) => {
        remoteStream.value = streams[0] ?? new MediaStream([track]);
        element.srcObject = remoteStream.peek();
        void element.play().catch(() => {});
    };
    peer.onconnectionstatechange = () => {
        if (peer !== connection) return;
        if (peer.connectionState === "connected" && state.peek() === "calling") {
            clearTimeout(timer);
            startedAt.value = Date.now();
            state.value = "ringing";
            void watch();
        } else if (peer.connectionState === "failed") {
            const wasUp = startedAt.peek() !== null;
            void hangUp().then(() => finish("failed", wasUp ? "webCall.mediaLost" : "webCall.noMedia"));
        }
    };
    try {
        await peer.setLocalDescription(await peer.createOffer());
        const answer = await post("/web-calls", { number, sdp: peer.localDescription?.sdp, consent: true }, { again: false });
        id = answer.id;
        if (peer !== connection) return void hangUp();
        await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
        timer = setTimeout(() => peer.connectionState !== "connected" && void hangUp().then(() => finish("failed", "webCall.noMedia")), patience);
    } catch (error) {
        finish("failed", error);
    }
}

/** Ends the call; the page says so at once and the server is told. */
export async function hangUp() {
    const gone = id;
    finish("ended");
    if (gone) await remove(`/web-calls/${encodeURIComponent(gone)}`, { again: false, keepalive: true }).catch(() => {});
}

export function toggleMute() {
    isMuted.value = !isMuted.peek();
    localStream.peek()?.getAudioTracks().forEach((track) => (track.enabled = !isMuted.peek()));
}

/** @param {string} key */
export function press(key) {
    const sender = connection?.getSenders()[0]?.dtmf;
    if (sender?.canInsertDTMF) sender.insertDTMF(key, 120, 70);
}

addEventListener("pagehide", () => id && void hangUp());
window.hotline = { stats: async () => (connection ? summarise(connection) : null) };
