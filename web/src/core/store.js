/** What this browser remembers for the person: language, theme, devices, last seat. */
import { Signal } from "./reactive.js";

const prefix = "hotline.";

/**
 * @param {string} name
 * @returns {any}
 */
export function recall(name) {
    try {
        const text = localStorage.getItem(prefix + name);
        return text === null ? undefined : JSON.parse(text);
    } catch {
        return undefined;
    }
}

/**
 * @param {string} name
 * @param {unknown} value undefined forgets it
 */
export function remember(name, value) {
    try {
        if (value === undefined) localStorage.removeItem(prefix + name);
        else localStorage.setItem(prefix + name, JSON.stringify(value));
        return true;
    } catch {
        // Storage is full or forbidden: the page works, it only forgets.
        return false;
    }
}

/**
 * The names below `start` that something is remembered under.
 * @param {string} start
 */
export function recalled(start) {
    try {
        return Object.keys(localStorage).filter((key) => key.startsWith(prefix + start)).map((key) => key.slice(prefix.length));
    } catch {
        return [];
    }
}

/**
 * A signal that outlives the page and is the same in all tabs.
 * @template T
 * @extends {Signal<T>}
 */
export class Preference extends Signal {
    /**
     * @param {string} name
     * @param {T} usual
     * @param {(value: unknown) => boolean} [isValid]
     */
    constructor(name, usual, isValid = () => true) {
        const known = recall(name);
        super(known !== undefined && isValid(known) ? known : usual);
        this.name = name;
        addEventListener("storage", (event) => {
            if (event.key !== prefix + name) return;
            const next = recall(name);
            super.value = next !== undefined && isValid(next) ? next : usual;
        });
    }
    get value() {
        return super.value;
    }
    set value(next) {
        super.value = next;
        remember(this.name, next);
    }
}

/** @type {Preference<"system" | "light" | "dark">} */
export const theme = new Preference("theme", /** @type {"system" | "light" | "dark"} */ ("system"), (value) => ["system", "light", "dark"].includes(String(value)));
/** Ids of devices; empty is the system's choice. */
export const microphone = new Preference("microphone", "");
export const speaker = new Preference("speaker", "");
export const ringer = new Preference("ringer", "");
/** 0 to 1. */
export const ringVolume = new Preference("ringVolume", 0.6, (value) => typeof value === "number" && value >= 0 && value <= 1);
