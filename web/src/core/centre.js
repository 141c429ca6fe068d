/** The centre's queues and agents by name, for those who may read them. */
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
