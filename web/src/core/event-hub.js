/** The connections to the server's event streams, each shared by all who want it. Runs in the worker or in the page. */

/** @typedef {(message: {path: string, kind: "event" | "state", type?: string, data?: string, isUp?: boolean}) => void} Taker */
/** @typedef {{source: EventSource | null, takers: Set<Taker>, types: Set<string>, isUp: boolean, newest: Map<string, string>, retry: number, timer: number, heardAt: number}} Stream */

/** Milliseconds until a stream that was refused is asked for again: at first, and at most. */
const firstRetry = 1_000;
const mostRetry = 10_000;
/** The server sends this every five seconds; after so many milliseconds without a word the way there is lost. */
const beat = "beat";
const silence = 12_000;
const watchPace = 2_000;
/** Types of which the newest event is the whole state, for those who come later. */
const wholeStates = new Set(["desk", "board"]);

export class EventHub {
    /** @type {Map<string, Stream>} */
    streams = new Map();

    constructor() {
        // As long as the hub: one timer for all.
        setInterval(() => this.watch(), watchPace);
    }

    /** A stream that fell silent without an end, or was never answered, begins anew: its network was left. */
    watch() {
        for (const [path, stream] of this.streams) {
            if (!stream.source || performance.now() - stream.heardAt < silence) continue;
            this.tell(path, stream, false);
            this.stop(stream);
            this.connect(path, stream);
        }
    }

    /**
     * @param {Taker} taker
     * @param {{op: string, path?: string, types?: string[]}} message
     */
    take(taker, { op, path, types = [] }) {
        if (op === "open" && path) this.open(taker, path, types);
        else if (op === "close" && path) this.close(taker, path);
        else if (op === "bye") for (const one of [...this.streams.keys()]) this.close(taker, one);
        else if (op === "reset") for (const one of this.streams.keys()) this.restart(one);
    }

    /**
     * @param {Taker} taker
     * @param {string} path
     * @param {string[]} types
     */
    open(taker, path, types) {
        let stream = this.streams.get(path);
        if (!stream) {
            stream = { source: null, takers: new Set(), types: new Set(types), isUp: false, newest: new Map(), retry: firstRetry, timer: 0, heardAt: 0 };
            this.streams.set(path, stream);
        }
        stream.takers.add(taker);
        for (const type of types) {
            if (stream.types.has(type)) continue;
            stream.types.add(type);
            if (stream.source) this.hear(path, stream, stream.source, type);
        }
        if (!stream.source && !stream.timer) this.connect(path, stream);
        for (const [type, data] of stream.newest) taker({ path, kind: "event", type, data });
        taker({ path, kind: "state", isUp: stream.isUp || stream.source?.readyState === 0 });
    }

    /**
     * @param {Taker} taker
     * @param {string} path
     */
    close(taker, path) {
        const stream = this.streams.get(path);
        if (!stream) return;
        stream.takers.delete(taker);
        if (stream.takers.size > 0) return;
        this.stop(stream);
        this.streams.delete(path);
    }

    /** @param {string} path */
    restart(path) {
        const stream = this.streams.get(path);
        if (!stream) return;
        this.stop(stream);
        stream.newest.clear();
        stream.retry = firstRetry;
        this.connect(path, stream);
    }

    /** @param {Stream} stream */
    stop(stream) {
        clearTimeout(stream.timer);
        stream.timer = 0;
        stream.source?.close();
        stream.source = null;
    }

    /**
     * @param {string} path
     * @param {Stream} stream
     */
    connect(path, stream) {
        const source = new EventSource(path);
        stream.source = source;
        stream.timer = 0;
        stream.heardAt = performance.now();
        source.onopen = () => {
            stream.retry = firstRetry;
            stream.heardAt = performance.now();
            this.tell(path, stream, true);
        };
        source.addEventListener(beat, () => (stream.heardAt = performance.now()));
        source.onerror = () => {
            if (stream.source !== source) return;
            this.tell(path, stream, false);
            // The browser goes on by itself unless the server refused.
            if (source.readyState !== EventSource.CLOSED) return;
            this.stop(stream);
            stream.timer = Number(setTimeout(() => this.connect(path, stream), stream.retry));
            stream.retry = Math.min(stream.retry * 2, mostRetry);
        };
        for (const type of stream.types) this.hear(path, stream, source, type);
    }

    /**
     * @param {string} path
     * @param {Stream} stream
     * @param {EventSource} source
     * @param {string} type
     */
    hear(path, stream, source, type) {
        source.addEventListener(type, (event) => {
            const data = /** @type {MessageEvent<string>} */ (event).data;
            stream.heardAt = performance.now();
            if (wholeStates.has(type)) stream.newest.set(type, data);
            for (const taker of stream.takers) taker({ path, kind: "event", type, data });
        });
    }

    /**
     * @param {string} path
     * @param {Stream} stream
     * @param {boolean} isUp
     */
    tell(path, stream, isUp) {
        stream.isUp = isUp;
        if (!isUp) stream.newest.clear();
        for (const taker of stream.takers) taker({ path, kind: "state", isUp });
    }
}
