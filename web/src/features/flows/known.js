/** What a flow may refer to: the centre's queues, calendars and skills, and the library's prompts. */
import { get } from "../../core/api.js";
import { named } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";

/** @typedef {{key: string, name?: import("../../core/types.js").Names, names?: import("../../core/types.js").Names}} Known */
/** @typedef {{key: string, name: import("../../core/types.js").Names, current: Record<string, {version: number, text?: string, durationMs: number}>}} LibraryPrompt */

/** As many as a centre has of one thing; a list of a form has an end. */
const most = 200;

export const queues = signal(/** @type {Known[]} */ ([]));
export const calendars = signal(/** @type {Known[]} */ ([]));
export const skills = signal(/** @type {Known[]} */ ([]));
export const library = signal(/** @type {LibraryPrompt[]} */ ([]));

/** Reads all anew; what cannot be read stays empty, and its fields take a key that is written. */
export function loadKnown() {
    get("/centre").then((body) => (queues.value = body.queues)).catch(() => {});
    get(`/centre/calendars?limit=${most}`).then((body) => (calendars.value = body.items)).catch(() => {});
    get(`/centre/skills?limit=${most}`).then((body) => (skills.value = body.items)).catch(() => {});
    get("/prompts").then((body) => (library.value = body.items)).catch(() => {});
}

/** @param {Known} one */
export const nameOf = (one) => named(one.name ?? one.names, one.key);

/** @param {string} key */
export const libraryName = (key) => named(library.value.find((one) => one.key === key)?.name, "");

/**
 * As a select shows them; a key that is not known stays visible.
 * @param {Known[]} all
 * @param {string} present
 */
export function choicesOf(all, present) {
    const made = all.map((one) => ({ value: one.key, label: nameOf(one) === one.key ? one.key : `${nameOf(one)} · ${one.key}` }));
    if (!all.some((one) => one.key === present)) made.unshift({ value: present, label: present || "–" });
    return made;
}
