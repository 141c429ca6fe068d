/**
 * Events from the server: one connection of each kind per browser, however many tabs there are.
 *
 * A shared worker holds the connections. Where there are none (old or embedded browsers) each tab has its own. Late:
 * the newest state is given to who comes later. Never: after `silence` without a word the stream counts as down; the
 * page is told, and asks by itself until it is up again.
 */
import { root } from "./api.js";
import { onCleanup, signal } from "./reactive.js";

/** @typedef {{type: string, data: string}} ServerEvent */
/** @typedef {{heard: (event: ServerEvent) => void, state: (isUp: boolean) => void}} Listener */

/** @type {Map<string, Set<Listener>>} */
const listeners = new Map();
/** @type {Map<string, boolean>} */
const states = new Map();
/** Whether every stream that the page wants is there. */
export const isUp = signal(true);

/** @param {{path: string, kind: string, type?: string, data?: string, isUp?: boolean}} message */
function receive({ path, kind, type, data, isUp: up }) {
    for (const listener of listeners.get(path) ?? []) {
        if (kind === "event") listener.heard({ type: type ?? "", data: data ?? "" });
        else listener.state(Boolean(up));
    }
    if (kind === "state") {
        states.set(path, Boolean(up));
        isUp.value = [...states.values()].every(Boolean);
    }
}

/** @typedef {{send(message: {op: "open" | "close" | "reset", path?: string, types?: string[]}): void}} Hub */

/** @returns {Hub} */
function shared() {
    const worker = new SharedWorker(new URL("./event-worker.js", import.meta.url), { type: "module", name: "hotline-events" });
    const name = `hotline-page-${crypto.randomUUID()}`;
    worker.port.onmessage = (message) => receive(message.data);
    worker.port.start();
    // The worker waits for this lock: when it gets it, the page is gone, however it went.
    navigator.locks?.request(name, () => {
        worker.port.postMessage({ op: "hello", name });
        return new Promise(() => {});
    });
    addEventListener("pagehide", () => worker.port.postMessage({ op: "bye" }));
    return { send: (message) => worker.port.postMessage(message) };
}

/** @returns {Hub} */
function alone() {
    /** @type {import("./event-hub.js").EventHub | undefined} */
    let hub;
    const ready = import("./event-hub.js").then(({ EventHub }) => (hub = new EventHub()));
    return { send: (message) => void ready.then(() => hub?.take(receive, message)) };
}

/** @type {Hub | undefined} */
let hub;
function present() {
    if (hub) return hub;
    try {
        hub = shared();
    } catch {
        hub = alone();
    }
    return hub;
}

/**
 * Follows a stream until the present scope ends.
 * @param {string} path below the interface's root
 * @param {string[]} types names of the events
 * @param {Listener} listener
 */
export function follow(path, types, listener) {
    const full = root + path;
    const all = listeners.get(full) ?? new Set();
    all.add(listener);
    listeners.set(full, all);
    present().send({ op: "open", path: full, types });
    onCleanup(() => {
        all.delete(listener);
        if (all.size > 0) return;
        listeners.delete(full);
        states.delete(full);
        isUp.value = [...states.values()].every(Boolean);
        present().send({ op: "close", path: full });
    });
}

/** Another session: every stream begins anew, and nothing kept for one person reaches another. */
export function reset() {
    if (listeners.size > 0) present().send({ op: "reset" });
}
