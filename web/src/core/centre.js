/** The centre's queues, agents and sites by name, for those who may read them. */
import { get } from "./api.js";
import { named } from "./i18n.js";
import { signal } from "./reactive.js";

export const centre = signal(/** @type {import("./types.js").CentreBody | null} */ (null));
let isLoading = false;

/** Reads it once; without permission it stays empty, and keys and numbers are shown as they are. */
export function loadCentre() {
    if (centre.peek() || isLoading) return;
    isLoading = true;
    get("/centre").then((body) => (centre.value = body)).catch(() => {}).finally(() => (isLoading = false));
}

/** @param {string | null | undefined} key */
export const queueName = (key) => named(centre.value?.queues.find((one) => one.key === key)?.names, key ?? "");

/** @param {string | null | undefined} number */
export function agentName(number) {
    const name = centre.value?.agents.find((one) => one.number === number)?.name;
    return name ? `${name} ${number}` : number ?? "";
}

const sites = signal(/** @type {{key: string, name: import("./types.js").Names}[] | null} */ (null));
/** More than a centre has; a list has an end. */
const mostSites = 500;

/** Reads the sites once, as `loadCentre`. */
export function loadSites() {
    if (sites.peek()) return;
    get(`/centre/sites?limit=${mostSites}`).then((body) => (sites.value = body.items)).catch(() => {});
}

/** @param {string | null | undefined} key */
export const siteName = (key) => named(sites.value?.find((one) => one.key === key)?.name, key ?? "");
