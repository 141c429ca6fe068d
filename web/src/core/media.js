/** Microphones, loudspeakers and how loud something is. */
import { onCleanup, signal } from "./reactive.js";
import { microphone } from "./store.js";

/** The devices of this machine; names are known once the microphone has been allowed. */
export const devices = signal(/** @type {MediaDeviceInfo[]} */ ([]));

export async function listDevices() {
    devices.value = navigator.mediaDevices ? await navigator.mediaDevices.enumerateDevices() : [];
}
navigator.mediaDevices?.addEventListener("devicechange", () => void listDevices());

/**
 * Plays on the chosen device, or on the system's while that one is not there; to be called in an effect.
 * @param {HTMLAudioElement} player
 * @param {string} chosen
 */
export function playOn(player, chosen) {
    const isThere = devices.value.some((one) => one.kind === "audiooutput" && one.deviceId === chosen);
    void player.setSinkId?.(isThere ? chosen : "").catch(() => {});
}

/**
 * Why there is no microphone, as the texts name it.
 * @param {unknown} error
 */
export function microphoneFault(error) {
    if (!navigator.mediaDevices) return "insecure";
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError" || name === "SecurityError") return "refused";
    if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
    if (name === "NotReadableError" || name === "AbortError") return "busy";
    return "unknown";
}

/**
 * The chosen microphone, or the system's when that one is not there.
 * @returns {Promise<MediaStream>}
 */
export async function openMicrophone(chosen = microphone.peek()) {
    if (!navigator.mediaDevices) throw new DOMException("no secure page", "SecurityError");
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    let stream;
    try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: chosen ? { ...audio, deviceId: { exact: chosen } } : audio });
    } catch (error) {
        if (!chosen || microphoneFault(error) === "refused") throw error;
        stream = await navigator.mediaDevices.getUserMedia({ audio });
    }
    void listDevices();
    return stream;
}

/** @param {MediaStream | null} stream */
export const stop = (stream) => stream?.getTracks().forEach((track) => track.stop());

/** @type {AudioContext | null} */
let shared = null;
/** The page's one audio context; runs once the person has touched the page or a microphone is open. */
export function audio() {
    shared ??= new AudioContext({ latencyHint: "interactive" });
    if (shared.state === "suspended") void shared.resume().catch(() => {});
    return shared;
}
for (const type of ["pointerdown", "keydown"]) addEventListener(type, () => shared && void audio(), { capture: true, passive: true });

/** Pictures of a level per second; enough for the eye and nearly nothing for the processor. */
const levelPace = 100;

/**
 * How loud a stream is, 0 to 1, until the present scope ends.
 * @param {() => MediaStream | null} read
 */
export function level(read) {
    const loudness = signal(0);
    /** @type {MediaStream | null} */
    let present = null;
    /** @type {MediaStreamAudioSourceNode | null} */
    let source = null;
    /** @type {AnalyserNode | null} */
    let analyser = null;
    const samples = new Float32Array(512);
    const timer = setInterval(() => {
        if (document.hidden) return;
        const stream = read();
        if (stream !== present) {
            source?.disconnect();
            present = stream;
            source = null;
            if (stream && stream.getAudioTracks().length > 0) {
                analyser ??= new AnalyserNode(audio(), { fftSize: 512 });
                source = audio().createMediaStreamSource(stream);
                source.connect(analyser);
            }
        }
        if (!source || !analyser) {
            loudness.value = 0;
            return;
        }
        analyser.getFloatTimeDomainData(samples);
        let sum = 0;
        for (const sample of samples) sum += sample * sample;
        const decibels = 10 * Math.log10(sum / samples.length + 1e-9);
        // -60 dB is silence, -10 dB is loud speech; in steps of a twentieth, so that rest draws nothing.
        loudness.value = Math.round(Math.min(1, Math.max(0, (decibels + 60) / 50)) * 20) / 20;
    }, levelPace);
    onCleanup(() => {
        clearInterval(timer);
        source?.disconnect();
        analyser?.disconnect();
    });
    return loudness;
}
