/** Which screen is shown: the part of the address after `#`, as `#/interactions/ID?queue=erp`. */
import { computed, onCleanup, signal } from "./reactive.js";

const hash = signal(location.hash);
/** @typedef {{isNeeded: () => boolean, ask: () => Promise<boolean>}} Guard */
let guard = /** @type {Guard | null} */ (null);
let isAsking = false;

/** Goes where the address points, unless something unsaved stays behind and the person would rather keep it. */
async function follow() {
    const wanted = location.hash;
    if (wanted === hash.peek()) return;
    if (!guard?.isNeeded()) return void (hash.value = wanted);
    history.replaceState(null, "", hash.peek() || location.pathname + location.search);
    // A second step while the question stands is no answer to it.
    if (isAsking) return;
    isAsking = true;
    const leaves = await guard.ask().finally(() => (isAsking = false));
    if (!leaves) return;
    guard = null;
    location.hash = wanted;
}
addEventListener("hashchange", () => void follow());
addEventListener("beforeunload", (event) => {
    if (!guard?.isNeeded()) return;
    event.preventDefault();
    // Older browsers ask only then.
    event.returnValue = "";
});

/**
 * Until the present scope ends, the screen is left only when nothing is unsaved or the person agrees.
 * @param {Guard} added
 */
export function guardLeaving(added) {
    guard = added;
    onCleanup(() => guard === added && (guard = null));
}

/** Whether everything may go, as when somebody signs out. */
export const mayLeave = async () => !guard?.isNeeded() || guard.ask();

/** @type {import("./reactive.js").Readable<{parts: string[], query: URLSearchParams}>} */
export const route = computed(() => {
    const [path, search] = hash.value.replace(/^#\/?/, "").split("?");
    return { parts: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(search ?? "") };
});

/**
 * @param {string[]} parts
 * @param {Record<string, string | null | undefined>} [values]
 */
export function address(parts, values = {}) {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) if (value) search.set(name, value);
    const text = search.toString();
    return `#/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/**
 * @param {string[]} parts
 * @param {Record<string, string | null | undefined>} [values]
 */
export const go = (parts, values) => void (location.hash = address(parts, values));

/**
 * Changes the address of the same screen, such as its filters.
 * @param {string[]} parts
 * @param {Record<string, string | null | undefined>} values
 */
export function restate(parts, values) {
    history.replaceState(null, "", address(parts, values));
    hash.value = location.hash;
}
