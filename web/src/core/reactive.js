/**
 * Signals: values that know who reads them.
 *
 * Effects run in a microtask, oldest first, so that an effect which builds a part of the page runs before the effects
 * inside that part and can end them. An effect runs only when something that it read has really changed.
 */

/** @typedef {{version: number, readers: Set<Reader>, refresh(): void}} Source */
/** @typedef {{id: number, seen: Map<Source, number>, mark(): void}} Reader */
/** @typedef {() => void} Cleanup */
/**
 * @template T
 * @typedef {{readonly value: T, peek(): T}} Readable
 */

/** @type {Reader | null} */
let reader = null;
/** @type {Cleanup[] | null} */
let scope = null;
let lastID = 0;
/** @type {Set<Effect>} */
const waiting = new Set();
let isScheduled = false;

/** @param {Source} source */
function track(source) {
    if (!reader) return;
    reader.seen.set(source, source.version);
    source.readers.add(reader);
}

/** @param {Reader} of */
function forget(of) {
    const sources = [...of.seen.keys()];
    of.seen.clear();
    for (const source of sources) {
        source.readers.delete(of);
        // What follows for nobody stops following, so that parts of the page that are gone leave nothing behind.
        if (source instanceof Computed && source.readers.size === 0) source.rest();
    }
}

/** @param {Reader} of */
function isStale(of) {
    for (const [source, version] of of.seen) {
        source.refresh();
        if (source.version !== version) return true;
    }
    return false;
}

/**
 * A value that can be set.
 * @template T
 * @implements {Readable<T>}
 */
export class Signal {
    version = 0;
    /** @type {Set<Reader>} */
    readers = new Set();
    /** @param {T} value */
    constructor(value) {
        /** @private */
        this.current = value;
    }
    get value() {
        track(this);
        return this.current;
    }
    set value(next) {
        if (Object.is(next, this.current)) return;
        this.current = next;
        this.version += 1;
        for (const one of [...this.readers]) one.mark();
    }
    /** The value without being told of its changes. */
    peek() {
        return this.current;
    }
    refresh() {}
}

/**
 * A value that follows from others.
 * @template T
 * @implements {Readable<T>}
 */
class Computed {
    id = ++lastID;
    version = 0;
    /** @type {Set<Reader>} */
    readers = new Set();
    /** @type {Map<Source, number>} */
    seen = new Map();
    isDirty = true;
    /** @type {T | undefined} */
    current = undefined;
    /** @param {() => T} rule */
    constructor(rule) {
        this.rule = rule;
    }
    mark() {
        if (this.isDirty) return;
        this.isDirty = true;
        if (this.readers.size === 0) this.rest();
        for (const one of [...this.readers]) one.mark();
    }
    rest() {
        this.isDirty = true;
        forget(this);
    }
    refresh() {
        if (!this.isDirty) return;
        if (this.version > 0 && this.seen.size > 0 && !isStale(this)) {
            this.isDirty = false;
            return;
        }
        forget(this);
        const [outer, outerScope] = [reader, scope];
        reader = this;
        scope = null;
        try {
            const next = this.rule();
            this.isDirty = false;
            if (this.version === 0 || !Object.is(next, this.current)) {
                this.current = next;
                this.version += 1;
            }
        } finally {
            [reader, scope] = [outer, outerScope];
        }
    }
    get value() {
        this.refresh();
        track(this);
        return /** @type {T} */ (this.current);
    }
    peek() {
        this.refresh();
        return /** @type {T} */ (this.current);
    }
}

class Effect {
    id = ++lastID;
    /** @type {Map<Source, number>} */
    seen = new Map();
    /** @type {Cleanup[]} */
    cleanups = [];
    isEnded = false;
    /** @param {() => void} action */
    constructor(action) {
        this.action = action;
    }
    mark() {
        waiting.add(this);
        if (isScheduled) return;
        isScheduled = true;
        queueMicrotask(flush);
    }
    run() {
        if (this.isEnded) return;
        this.clean();
        const [outer, outerScope] = [reader, scope];
        reader = this;
        scope = this.cleanups;
        try {
            this.action();
        } finally {
            [reader, scope] = [outer, outerScope];
        }
    }
    clean() {
        forget(this);
        for (const cleanup of this.cleanups.splice(0).reverse()) cleanup();
    }
    end() {
        this.isEnded = true;
        waiting.delete(this);
        this.clean();
    }
}

/** Effects that set each other off; a chain longer than this is a fault of ours and is cut. */
const mostRounds = 10_000;

function flush() {
    for (let round = 0; waiting.size > 0 && round < mostRounds; round += 1) {
        let next = /** @type {Effect | null} */ (null);
        for (const one of waiting) if (!next || one.id < next.id) next = one;
        if (!next) break;
        waiting.delete(next);
        if (next.isEnded || !isStale(next)) continue;
        try {
            next.run();
        } catch (error) {
            // One broken part must not stop the others; the fault is still reported as uncaught.
            reportError(error);
        }
    }
    isScheduled = false;
    waiting.clear();
}

/**
 * @template T
 * @param {T} value
 * @returns {Signal<T>}
 */
export const signal = (value) => new Signal(value);

/**
 * @template T
 * @param {() => T} rule
 * @returns {Readable<T>}
 */
export const computed = (rule) => new Computed(rule);

/**
 * Runs `action` now and after each change of what it read. Ends with the scope it was made in.
 * @param {() => void} action
 * @returns {Cleanup}
 */
export function effect(action) {
    const made = new Effect(action);
    const end = () => made.end();
    scope?.push(end);
    made.run();
    return end;
}

/**
 * Has `cleanup` called when the present scope ends.
 * @param {Cleanup} cleanup
 */
export const onCleanup = (cleanup) => void scope?.push(cleanup);

/**
 * Reads without being told of changes.
 * @template T
 * @param {() => T} read
 * @returns {T}
 */
export function untracked(read) {
    const outer = reader;
    reader = null;
    try {
        return read();
    } finally {
        reader = outer;
    }
}

/**
 * Makes something that lives until the returned `end` is called.
 * @template T
 * @param {() => T} make
 * @returns {{result: T, end: Cleanup}}
 */
export function rooted(make) {
    const [outer, outerScope] = [reader, scope];
    /** @type {Cleanup[]} */
    const cleanups = [];
    reader = null;
    scope = cleanups;
    try {
        const result = make();
        return { result, end: () => cleanups.splice(0).reverse().forEach((cleanup) => cleanup()) };
    } finally {
        [reader, scope] = [outer, outerScope];
    }
}
