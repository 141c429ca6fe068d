/** The ring tone: made here, not loaded, and played on the device that the person chose for it. */
import { audio, listDevices, playOn } from "../../core/media.js";
import { effect, onCleanup } from "../../core/reactive.js";
import { ringVolume, ringer } from "../../core/store.js";

const element = document.createElement("audio");
/** @type {MediaStreamAudioDestinationNode | null} */
let output = null;

function destination() {
    if (!output) {
        output = audio().createMediaStreamDestination();
        element.srcObject = output.stream;
    }
    void element.play().catch(() => {});
    return output;
}

/**
 * A soft tone of two notes.
 * @param {number[]} notes hertz
 * @param {number} start
 * @param {number} length seconds
 */
function chime(notes, start, length) {
    const context = audio();
    const gain = context.createGain();
    gain.connect(destination());
    const loud = Math.max(0.0001, ringVolume.peek() * 0.35);
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.exponentialRampToValueAtTime(loud, start + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + length);
    for (const note of notes) {
        const tone = context.createOscillator();
        tone.type = "triangle";
        tone.frequency.value = note;
        tone.connect(gain);
        tone.start(start);
        tone.stop(start + length + 0.05);
        tone.onended = () => (tone.disconnect(), gain.disconnect());
    }
}

/** Once, for trying out. */
export function ringOnce() {
    const start = audio().currentTime + 0.05;
    chime([659.26, 830.61], start, 0.5);
    chime([830.61, 987.77], start + 0.35, 0.9);
}

/** A short tone before a call that answers itself. */
export const beep = () => chime([880], audio().currentTime + 0.02, 0.25);

/** Milliseconds from one ring to the next. */
const ringPace = 2_400;

/**
 * Rings while `isRinging` says so.
 * @param {() => boolean} isRinging
 */
export function keepRinging(isRinging) {
    void listDevices();
    effect(() => playOn(element, ringer.value));
    effect(() => {
        if (!isRinging()) return element.pause();
        ringOnce();
        const timer = setInterval(ringOnce, ringPace);
        onCleanup(() => clearInterval(timer));
    });
}
