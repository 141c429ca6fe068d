/** Which screen is shown: the part of the address after `#`, as `#/interactions/ID?queue=erp`. */
import { computed, signal } from "./reactive.js";

const hash = signal(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));

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
