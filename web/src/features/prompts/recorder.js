/**
 * Recording in the page: microphone to WAV, with a level, and heard before it is sent.
 *
 * Never: a recording that is forgotten ends by itself after `longest`. Leaving the page closes the microphone.
 */
import { post, query } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { level, microphoneFault, openMicrophone, stop } from "../../core/media.js";
import { onCleanup, signal } from "../../core/reactive.js";
import { passing, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { meter, notice } from "../../ui/parts.js";
import { complain } from "../../ui/toast.js";
import { encodeWav, speechSpan } from "./wav.js";

/** Samples per second; wideband speech, which the telephone network cuts down where it must. */
const rate = 16_000;
/** Milliseconds that a prompt may last at most. */
const longest = 300_000;
/** Milliseconds that sending a file may take. */
const sendingPatience = 60_000;

/** @param {Blob} recorded in whatever the browser records */
async function toWav(recorded) {
    const decoded = await new OfflineAudioContext(1, 1, rate).decodeAudioData(await recorded.arrayBuffer());
    const mono = new OfflineAudioContext(1, Math.max(1, decoded.length), rate);
    const source = mono.createBufferSource();
    source.buffer = decoded;
    source.connect(mono.destination);
    source.start();
    const samples = (await mono.startRendering()).getChannelData(0);
    const [from, until] = speechSpan(samples, rate);
    return { file: new Blob([encodeWav(samples.subarray(from, until), rate)], { type: "audio/wav" }), milliseconds: ((until - from) / rate) * 1000 };
}

/**
 * Sends a file as a new version.
 * @param {string} key
 * @param {string} language
 * @param {"upload" | "browser"} source
 * @param {Blob} file
 */
export const sendVersion = (key, language, source, file) =>
    post(`/prompts/${encodeURIComponent(key)}/versions${query({ language, source })}`, file.type === "audio/wav" ? file : new Blob([file], { type: "audio/wav" }), { patience: sendingPatience });

/** @param {{prompt: string, language: () => string, made: (version: import("./prompt-types.js").Version) => void}} props */
export function recorder({ prompt, language, made }) {
    const state = signal(/** @type {"ready" | "recording" | "made" | "sending"} */ ("ready"));
    const trouble = signal(/** @type {string | null} */ (null));
    const stream = signal(/** @type {MediaStream | null} */ (null));
    const startedAt = signal(0);
    const result = signal(/** @type {{file: Blob, milliseconds: number, address: string} | null} */ (null));
    /** @type {MediaRecorder | null} */
    let media = null;
    let timer = 0;
    let isOver = false;
    const loud = level(() => stream.value);
    const close = () => {
        clearTimeout(timer);
        stop(stream.peek());
        stream.value = null;
    };
    const forget = () => {
        const old = result.peek();
        if (old) URL.revokeObjectURL(old.address);
        result.value = null;
        state.value = "ready";
    };
    const start = async () => {
        if (state.peek() === "recording") return;
        forget();
        trouble.value = null;
        try {
            const opened = await openMicrophone();
            if (isOver) return stop(opened);
            stream.value = opened;
            /** @type {Blob[]} */
            const pieces = [];
            const recording = new MediaRecorder(opened);
            media = recording;
            recording.ondataavailable = ({ data }) => pieces.push(data);
            recording.onstop = async () => {
                close();
                if (isOver) return;
                try {
                    const wav = await toWav(new Blob(pieces, { type: recording.mimeType }));
                    result.value = { ...wav, address: URL.createObjectURL(wav.file) };
                    state.value = "made";
                } catch {
                    trouble.value = "microphone.unknown";
                    state.value = "ready";
                }
            };
            recording.start();
            startedAt.value = passing();
            state.value = "recording";
            timer = setTimeout(finish, longest);
        } catch (error) {
            close();
            trouble.value = `microphone.${microphoneFault(error)}`;
            state.value = "ready";
        }
    };
    const finish = () => media?.state === "recording" && media.stop();
    const send = async () => {
        const present = result.peek();
        if (!present || state.peek() === "sending") return;
        state.value = "sending";
        try {
            made(await sendVersion(prompt, language(), "browser", present.file));
            forget();
        } catch (error) {
            complain(error);
            state.value = "made";
        }
    };
    onCleanup(() => {
        isOver = true;
        finish();
        close();
        forget();
    });
    return h(
        "div", { class: "stack" },
        show(() => trouble.value, () => notice(() => t(trouble.value ?? ""), "bad")),
        show(() => state.value === "ready", () => h("p", { class: "quiet" }, () => t("prompt.recordText"))),
        show(() => state.value === "recording", () => h("div", { class: "row" }, h("span", { class: "rec" }, h("i", { class: "dot" }), () => t("prompt.recording")), h("span", { class: "numeric" }, () => span(passing() - startedAt.value)), h("div", { class: "grow" }, meter(() => loud.value, () => t("prompt.level"))))),
        show(() => result.value, () => h("div", { class: "stack" }, h("audio", { controls: true, src: result.peek()?.address, "aria-label": () => t("prompt.listenFirst") }))),
        h(
            "div", { class: "row" },
            show(() => state.value === "recording", () => button({ label: () => t("prompt.stop"), symbol: "check", look: "primary", press: () => void finish() }),
                () => button({ label: () => t(state.value === "ready" ? "prompt.record" : "prompt.recordAgain"), symbol: "record", look: state.peek() === "ready" ? "danger" : "", press: () => void start(), disabled: () => state.value === "sending" })),
            show(() => result.value, () => button({ label: () => t("prompt.keep"), look: "primary", press: () => void send(), disabled: () => state.value === "sending" })),
        ),
    );
}
