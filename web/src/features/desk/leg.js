/**
 * The browser as the agent's telephone: one connection for the whole shift.
 *
 * Late and never: a connection that does not stand after `patience` is made anew, after a growing pause, without end,
 * because a shift without audio is no shift. Twice: the newest leg is the one that counts; a leg that somebody took
 * elsewhere is not taken back without consent.
 */
import { Problem, get, post, remove } from "../../core/api.js";
import { effect, onCleanup, signal, untracked } from "../../core/reactive.js";
import { microphoneFault, openMicrophone, playOn, stop } from "../../core/media.js";
import { session } from "../../core/session.js";
import { summarise } from "../../core/stats.js";
import { microphone, speaker } from "../../core/store.js";

/** @typedef {"none" | "microphone" | "connecting" | "up" | "lost" | "elsewhere" | "noMicrophone"} LegState */

/** Milliseconds that a connection may take, and that it may be interrupted before it is made anew. */
const patience = 8_000;
const mostInterruption = 2_500;
const firstPause = 500;
const mostPause = 8_000;
const tabName = "hotline.tab";

export const legState = signal(/** @type {LegState} */ ("none"));
/** Why there is no microphone: refused, missing, busy, insecure. */
export const microphoneTrouble = signal(/** @type {string | null} */ (null));
/** The microphone that took the place of one that went away; a new object each time. */
export const replacement = signal(/** @type {{name: string} | null} */ (null));
export const isMuted = signal(false);
export const localStream = signal(/** @type {MediaStream | null} */ (null));
export const remoteStream = signal(/** @type {MediaStream | null} */ (null));

const element = document.createElement("audio");
element.autoplay = true;

/** @type {RTCPeerConnection | null} */
let connection = null;
/** Whether a leg is wanted at all. */
let isWanted = false;
/** Counts attempts, so that what belongs to an older one is ignored. */
let attempt = 0;
let pause = firstPause;
let timer = 0;
const others = "BroadcastChannel" in self ? new BroadcastChannel("hotline-leg") : null;

const path = () => `/agents/${encodeURIComponent(session.peek()?.person.number ?? "")}/leg`;

/**
 * Names this tab: the same after a reload, another in a copy of the tab, which finds the lock taken.
 *
 * @param {boolean} isFree
 */
function tab(isFree) {
    const known = isFree ? sessionStorage.getItem(tabName) : null;
    const id = known ?? crypto.randomUUID();
    sessionStorage.setItem(tabName, id);
    return id;
}

/** @type {(() => void) | null} */
let releaseLock = null;

/** Whether no other tab of this browser has the leg; a copied tab has a copied name, but not the lock. */
async function takeLock() {
    if (releaseLock || !navigator.locks) return true;
    return new Promise((resolve) => {
        void navigator.locks.request("hotline-leg", { ifAvailable: true }, (lock) => {
            resolve(lock !== null);
            return lock && new Promise((done) => (releaseLock = () => done(undefined)));
        });
    });
}

function unlock() {
    releaseLock?.();
    releaseLock = null;
}

function drop() {
    clearTimeout(timer);
    attempt += 1;
    const old = connection;
    connection = null;
    if (old) {
        old.onconnectionstatechange = null;
        old.ontrack = null;
        old.close();
    }
    remoteStream.value = null;
    element.srcObject = null;
}

async function microphoneStream() {
    const present = localStream.peek();
    if (present?.getAudioTracks().some((track) => track.readyState === "live")) return present;
    const stream = await openMicrophone();
    stop(present);
    localStream.value = stream;
    watch(stream);
    microphoneTrouble.value = null;
    return stream;
}

/** @param {MediaStream} stream */
function watch(stream) {
    const track = stream.getAudioTracks()[0];
    track.enabled = !isMuted.peek();
    // The device was unplugged: another one takes its place, the connection stays.
    track.onended = async () => {
        if (localStream.peek() !== stream) return;
        await changeMicrophone();
        const next = localStream.peek()?.getAudioTracks()[0];
        if (next && next !== track) replacement.value = { name: next.label };
    };
}

/** Another microphone in the standing connection. */
export async function changeMicrophone() {
    if (!isWanted) return;
    try {
        const stream = await openMicrophone();
        const old = localStream.peek();
        localStream.value = stream;
        watch(stream);
        microphoneTrouble.value = null;
        await connection?.getSenders()[0]?.replaceTrack(stream.getAudioTracks()[0]);
        stop(old);
        if (!connection) void connect(false);
    } catch (error) {
        microphoneTrouble.value = microphoneFault(error);
    }
}

/** @param {number} of */
function tryAgain(of) {
    if (of !== attempt || !isWanted) return;
    drop();
    legState.value = "lost";
    timer = setTimeout(() => void connect(false), pause);
    pause = Math.min(pause * 2, mostPause);
}

/** Relays with a right that lasts; the one that came with the sign-in may have ended during a long shift. */
async function relays() {
    const known = session.peek()?.iceServers ?? [];
    if (known.length === 0) return known;
    return get("/session", { again: false }).then((body) => body.iceServers ?? known).catch(() => known);
}

/** @param {boolean} takeOver with the person's consent */
async function connect(takeOver) {
    drop();
    const mine = attempt;
    const isCurrent = () => mine === attempt && isWanted;
    legState.value = localStream.peek() ? "connecting" : "microphone";
    /** @type {MediaStream} */
    let stream;
    try {
        stream = await microphoneStream();
    } catch (error) {
        if (!isCurrent()) return;
        microphoneTrouble.value = microphoneFault(error);
        legState.value = "noMicrophone";
        return;
    }
    if (!isCurrent()) return;
    legState.value = "connecting";
    const [isFree, iceServers] = [await takeLock(), await relays()];
    if (!isCurrent()) return;
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
    connection = peer;
    listenTo(peer, mine);
    stream.getAudioTracks().forEach((track) => peer.addTrack(track, stream));
    try {
        await peer.setLocalDescription(await peer.createOffer());
        const answer = await post(path(), {
            sdp: peer.localDescription?.sdp,
            tab: tab(isFree),
            ...(takeOver ? { takeOver: true } : {}),
        });
        if (!isCurrent()) return peer.close();
        others?.postMessage({ taken: true });
        await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
        timer = setTimeout(() => peer.connectionState !== "connected" && tryAgain(mine), patience);
    } catch (error) {
        if (!isCurrent()) return;
        if (error instanceof Problem && error.reason === "legElsewhere") return giveUp();
        tryAgain(mine);
    }
}

/**
 * @param {RTCPeerConnection} peer
 * @param {number} mine
 */
function listenTo(peer, mine) {
    peer.ontrack = ({ track, streams }) => {
        remoteStream.value = streams[0] ?? new MediaStream([track]);
        element.srcObject = remoteStream.peek();
        void element.play().catch(() => {});
    };
    peer.onconnectionstatechange = () => {
        if (mine !== attempt) return;
        const state = peer.connectionState;
        if (state === "connected") {
            clearTimeout(timer);
            pause = firstPause;
            legState.value = "up";
        } else if (state === "disconnected") {
            timer = setTimeout(() => tryAgain(mine), mostInterruption);
        } else if (state === "failed" || state === "closed") tryAgain(mine);
    };
}

/** The leg is somewhere else now. */
function giveUp() {
    drop();
    unlock();
    stop(localStream.peek());
    localStream.value = null;
    legState.value = "elsewhere";
}

others?.addEventListener("message", () => {
    if (isWanted && legState.peek() !== "elsewhere") giveUp();
});

/** The person wants the leg here. */
export function takeOver() {
    isWanted = true;
    pause = firstPause;
    void connect(true);
}

/** Tries again at once, such as after the microphone has been allowed. A connection that stands is kept. */
export function reconnect() {
    pause = firstPause;
    if (isWanted) void (legState.peek() === "up" ? changeMicrophone() : connect(false));
}

/** Tells the server that the leg is over, at the end of the shift. */
export function closeLeg() {
    if (!isWanted && !connection) return;
    const hadLeg = legState.peek() !== "elsewhere";
    isWanted = false;
    drop();
    stop(localStream.peek());
    localStream.value = null;
    unlock();
    legState.value = "none";
    isMuted.value = false;
    // Never answered: the server notices by itself that no media comes.
    if (hadLeg) void remove(path(), { again: false, keepalive: true }).catch(() => {});
}

/**
 * Keeps a leg while `wanted` says so, until the present scope ends.
 * @param {() => boolean} wanted
 */
export function keepLeg(wanted) {
    effect(() => {
        const wants = wanted();
        untracked(() => {
            if (wants && !isWanted) {
                isWanted = true;
                pause = firstPause;
                void connect(false);
            } else if (!wants) closeLeg();
        });
    });
    effect(() => playOn(element, speaker.value));
    let chosen = microphone.peek();
    effect(() => {
        if (microphone.value === chosen) return;
        chosen = microphone.value;
        untracked(() => void changeMicrophone());
    });
    effect(() => {
        const isSilent = isMuted.value;
        localStream.value?.getAudioTracks().forEach((track) => (track.enabled = !isSilent));
    });
    const plugged = () => {
        if (microphoneTrouble.peek() === "missing" || microphoneTrouble.peek() === "busy") reconnect();
    };
    navigator.mediaDevices?.addEventListener("devicechange", plugged);
    onCleanup(() => {
        navigator.mediaDevices?.removeEventListener("devicechange", plugged);
        // The page stays and the leg with it only while somebody is signed in.
        isWanted = false;
        drop();
        stop(localStream.peek());
        localStream.value = null;
        unlock();
        legState.value = "none";
    });
}

/**
 * Sends keys over the audio itself, as telephones do.
 * @param {string} keys
 */
export function dial(keys) {
    const sender = connection?.getSenders()[0]?.dtmf;
    if (!sender?.canInsertDTMF) return false;
    sender.insertDTMF(keys, 120, 70);
    return true;
}

window.hotline = { stats: async () => (connection ? summarise(connection) : null) };
