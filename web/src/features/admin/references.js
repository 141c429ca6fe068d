/** What other rows may be referred to: read once, and again after a change. */
import { get } from "../../core/api.js";
import { named } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { may } from "../../core/session.js";

/** Rows asked for at once; the server gives no more than 500. */
const batch = 500;
/** Requests for one list; a centre has 2,000 people, and a list without an end would be a fault of the server. */
const mostBatches = 40;

/** Goes up with every write to the centre: what shows rows reads them again. */
export const changes = signal(0);
export const changed = () => void (changes.value = changes.peek() + 1);

/**
 * All rows of a list.
 * @param {string} path
 * @param {(count: number) => void} [tell] how many there are so far
 * @returns {Promise<any[]>}
 */
export async function readAll(path, tell) {
    const rows = [];
    let cursor = "";
    for (let step = 0; step < mostBatches; step += 1) {
        const page = await get(`${path}${path.includes("?") ? "&" : "?"}limit=${batch}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
        rows.push(...page.items);
        tell?.(rows.length);
        if (!page.next) break;
        cursor = page.next;
    }
    return rows;
}

/** @typedef {{key: string, name: any}} Reference */
/** @type {Record<string, import("../../core/reactive.js").Signal<Reference[] | null>>} */
const lists = Object.fromEntries(["skills", "queues", "sites", "trunks", "flows"].map((section) => [section, signal(/** @type {Reference[] | null} */ (null))]));
/**
 * The state of `changes` for which a list was read.
 * @type {Map<string, number>}
 */
const readFor = new Map();

/** @param {string} section */
function load(section) {
    if (!may("centre.read") || readFor.get(section) === changes.peek()) return;
    readFor.set(section, changes.peek());
    readAll(section === "flows" ? "/flows" : `/centre/${section}`).then((rows) => {
        lists[section].value = rows.map((row) => ({ key: row.key, name: row.name }));
    }).catch(() => {
        // Keys are shown in place of names; the next change asks again.
        readFor.delete(section);
    });
}

/**
 * @param {string} section skills, queues, sites, trunks or flows
 * @returns {Reference[]}
 */
export function references(section) {
    void changes.value;
    load(section);
    return lists[section].value ?? [];
}

/**
 * Whether the list has been read; until then nothing can be said of a key that is not in it.
 * @param {string} section
 */
export const isKnown = (section) => lists[section].value !== null;

/**
 * @param {string} section
 * @param {string} key
 */
export function refName(section, key) {
    const name = references(section).find((one) => one.key === key)?.name;
    return (typeof name === "string" ? name : named(name)) || key;
}

/**
 * As a select shows them; a key that is not there any more stays visible.
 * @param {string} section
 * @param {string} present
 */
export function refChoices(section, present) {
    const known = references(section).map((one) => ({ value: one.key, label: refName(section, one.key) }));
    return present && !known.some((one) => one.value === present) ? [...known, { value: present, label: present }] : known;
}
