/**
 * Listening to a recording: both tracks drawn, speed without squeaking, marks to jump to, everything by key.
 *
 * The file is decoded at telephone rate, so that an hour takes 230 MB and not 1.4 GB.
 */
import { h, listen, show } from "../core/dom.js";
import { explain, t } from "../core/i18n.js";
import { audio } from "../core/media.js";
import { effect, onCleanup, signal, untracked } from "../core/reactive.js";
import { colour } from "../core/theme.js";
import { clockSeconds, span } from "../core/time.js";
import { theme } from "../core/store.js";
import { button } from "./button.js";
import { segments } from "./field.js";
import { icon } from "./icons.js";
import { notice } from "./parts.js";
import { stretch } from "./stretch.js";

/** Samples per second that are kept; telephone recordings have no more. */
const rate = 8_000;
/** Seconds of one step with the arrow keys, and of a large one. */
const step = 5;
const largeStep = 30;
const speeds = ["0.75", "1", "1.25", "1.5", "2"];

/** @typedef {{at: number, label: string}} Mark seconds from the start */

/** @param {ArrayBuffer} bytes */
async function decode(bytes) {
    const buffer = await new OfflineAudioContext(2, 1, rate).decodeAudioData(bytes);
    return Array.from({ length: Math.min(2, buffer.numberOfChannels) }, (_, which) => buffer.getChannelData(which));
}

/**
 * The loudest sample of each column.
 * @param {Float32Array} samples
 * @param {number} columns
 */
function peaks(samples, columns) {
    const made = new Float32Array(columns);
    const width = samples.length / columns;
    for (let column = 0; column < columns; column += 1) {
        let most = 0;
        for (let index = Math.floor(column * width); index < (column + 1) * width; index += 1) most = Math.max(most, Math.abs(samples[index] ?? 0));
        made[column] = most;
    }
    return made;
}

/** Plays decoded channels; knows where it is, in seconds of the recording. */
class Deck {
    channels = /** @type {Float32Array[]} */ ([]);
    position = 0;
    speed = 1;
    startedAt = 0;
    /** @type {AudioBufferSourceNode | null} */
    source = null;
    /** @type {AudioBuffer | null} */
    buffer = null;

    get length() {
        return (this.channels[0]?.length ?? 0) / rate;
    }
    get now() {
        return this.source ? Math.min(this.length, this.position + (audio().currentTime - this.startedAt) * this.speed) : this.position;
    }
    /** @param {number} speed */
    prepare(speed) {
        this.speed = speed;
        const made = stretch(this.channels, rate, speed);
        this.buffer = new AudioBuffer({ numberOfChannels: made.length, length: made[0].length, sampleRate: rate });
        made.forEach((channel, which) => this.buffer?.copyToChannel(channel, which));
    }
    /** @param {() => void} ended */
    play(ended) {
        this.pause();
        if (this.position >= this.length - 0.05) this.position = 0;
        const source = new AudioBufferSourceNode(audio(), { buffer: this.buffer });
        source.connect(audio().destination);
        source.onended = () => this.source === source && (this.pause(), ended());
        source.start(0, this.position / this.speed);
        this.startedAt = audio().currentTime;
        this.source = source;
    }
    pause() {
        this.position = this.now;
        const source = this.source;
        this.source = null;
        if (!source) return;
        source.onended = null;
        source.stop();
        source.disconnect();
    }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{channels: Float32Array[], share: number, marks: Mark[], length: number}} state
 */
function draw(canvas, { channels, share, marks, length }) {
    const scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (width === 0) return;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
        canvas.width = Math.round(width * scale);
        canvas.height = Math.round(height * scale);
    }
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const bars = Math.floor(width / 3);
    const lane = height / Math.max(1, channels.length);
    const [pale, tones] = [colour("line-strong"), [colour("info"), colour("accent")]];
    channels.forEach((samples, which) => {
        const found = peaks(samples, bars);
        const middle = lane * which + lane / 2;
        for (let bar = 0; bar < bars; bar += 1) {
            const tall = Math.max(1, Math.sqrt(found[bar]) * (lane - 10));
            pen.fillStyle = bar / bars <= share ? tones[which] ?? tones[0] : pale;
            pen.fillRect(bar * 3, middle - tall / 2, 2, tall);
        }
    });
    pen.fillStyle = colour("warn");
    for (const mark of marks) pen.fillRect((mark.at / length) * width - 0.5, 0, 1, height);
    pen.fillStyle = colour("ink");
    pen.fillRect(Math.min(width - 2, share * width), 0, 2, height);
}

/**
 * @param {object} props
 * @param {() => Promise<ArrayBuffer>} props.load a stereo file: customer left, agents right
 * @param {{href: string, name: string}} props.download
 * @param {() => Mark[]} props.marks
 * @param {number} props.startedAt
 */
export function player({ load, download, marks, startedAt }) {
    const deck = new Deck();
    const state = signal(/** @type {"loading" | "ready" | "failed"} */ ("loading"));
    const fault = signal(/** @type {unknown} */ (null));
    const isPlaying = signal(false);
    const at = signal(0);
    const speed = signal("1");
    let frame = 0;

    const tell = () => (at.value = deck.now);
    const run = () => {
        tell();
        frame = isPlaying.peek() ? requestAnimationFrame(run) : 0;
    };
    const pause = () => {
        deck.pause();
        isPlaying.value = false;
        tell();
    };
    const play = () => {
        deck.play(pause);
        isPlaying.value = true;
        cancelAnimationFrame(frame);
        run();
    };
    const toggle = () => (state.peek() !== "ready" ? undefined : isPlaying.peek() ? pause() : play());
    /** @param {number} seconds */
    const seek = (seconds) => {
        const goesOn = isPlaying.peek();
        deck.pause();
        deck.position = Math.max(0, Math.min(deck.length, seconds));
        if (goesOn) play();
        else tell();
    };
    /** @param {1 | -1} direction */
    const jump = (direction) => {
        const places = [0, ...marks().map((one) => one.at)].sort((one, other) => one - other);
        const next = direction > 0 ? places.find((one) => one > deck.now + 0.3) : places.reverse().find((one) => one < deck.now - 1);
        if (next !== undefined) seek(next);
    };
    const open = async () => {
        state.value = "loading";
        try {
            deck.channels = await decode(await load());
            deck.prepare(Number(speed.peek()));
            state.value = "ready";
        } catch (error) {
            fault.value = error;
            state.value = "failed";
        }
    };
    void open();
    onCleanup(() => (deck.pause(), cancelAnimationFrame(frame)));

    /** @param {KeyboardEvent} event */
    const pressed = (event) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        /** @type {Record<string, () => void>} */
        const actions = {
            ArrowRight: () => seek(deck.now + step), ArrowLeft: () => seek(deck.now - step), PageUp: () => seek(deck.now + largeStep), PageDown: () => seek(deck.now - largeStep),
            Home: () => seek(0), End: () => seek(deck.length), " ": toggle, Enter: toggle, ArrowUp: () => jump(-1), ArrowDown: () => jump(1),
        };
        const action = actions[event.key];
        if (!action) return;
        event.preventDefault();
        action();
    };
    const canvas = h("canvas", null);
    const wave = h(
        "div", {
            class: "wave", role: "slider", tabIndex: 0, "aria-label": () => t("player.position"), onkeydown: pressed,
            "aria-valuemin": 0, "aria-valuemax": () => (state.value === "ready" ? Math.round(deck.length) : 0), "aria-valuenow": () => Math.round(at.value),
            "aria-valuetext": () => t("player.at", { at: span(at.value * 1000), length: span(deck.length * 1000) }),
            onpointerdown: (/** @type {PointerEvent} */ event) => {
                const box = canvas.getBoundingClientRect();
                seek(((event.clientX - box.left) / box.width) * deck.length);
            },
        },
        canvas,
    );
    const paint = () => state.peek() === "ready" && draw(canvas, { channels: deck.channels, share: at.peek() / Math.max(0.01, deck.length), marks: untracked(marks), length: Math.max(0.01, deck.length) });
    effect(() => {
        void [at.value, state.value, theme.value, marks()];
        requestAnimationFrame(paint);
    });
    const watcher = new ResizeObserver(paint);
    watcher.observe(wave);
    onCleanup(() => watcher.disconnect());
    listen(matchMedia("(prefers-color-scheme: dark)"), "change", () => requestAnimationFrame(paint));

    return h(
        "div", { class: "player", role: "group", "aria-label": () => t("player.title", { time: clockSeconds(startedAt) }) },
        h("div", { class: "lanes" }, h("div", { class: "names small-text" }, h("span", null, () => t("player.customer")), h("span", null, () => t("player.agent"))), wave),
        show(() => state.value === "loading", () => h("p", { class: "quiet", role: "status" }, () => t("player.loading"))),
        show(() => state.value === "failed", () => notice(() => `${t("player.failed")} ${explain(fault.value)}`, "bad", button({ label: () => t("action.again"), press: () => void open() }))),
        h(
            "div", { class: "controls" },
            button({ changingSymbol: () => (isPlaying.value ? "pause" : "play"), look: "primary square", spoken: () => t(isPlaying.value ? "player.pause" : "player.play"), press: toggle, disabled: () => state.value !== "ready" }),
            h("span", { class: "numeric" }, () => `${span(at.value * 1000)} / ${state.value === "ready" ? span(deck.length * 1000) : "–"}`),
            h("span", { class: "quiet numeric small-text" }, () => clockSeconds(startedAt + at.value * 1000)),
            h("span", { class: "grow" }),
            segments({
                label: () => t("player.speed"), value: () => speed.value, choices: () => speeds.map((one) => ({ value: one, label: `${one}×` })),
                change: (value) => {
                    speed.value = value;
                    if (state.peek() !== "ready") return;
                    const goesOn = isPlaying.peek();
                    deck.pause();
                    deck.prepare(Number(value));
                    if (goesOn) play();
                },
            }),
            h("a", { class: "button square", href: download.href, download: download.name, "aria-label": () => t("player.download"), title: () => t("player.download") }, icon("download")),
        ),
        show(() => marks().length > 0, () =>
            h("div", { class: "marks" }, () => marks().map((mark) =>
                h("button", { type: "button", onclick: () => seek(mark.at) }, h("span", { class: "numeric" }, span(mark.at * 1000)), h("span", { class: "cut" }, mark.label))))),
    );
}
