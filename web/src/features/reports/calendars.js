/** The keys of the centre's calendars, for those who may see them. */
import { get } from "../../core/api.js";
import { signal } from "../../core/reactive.js";

export function loadCentreCalendars() {
    const keys = signal(/** @type {string[]} */ ([]));
    // Who may not read them keeps the calendar that is set.
    get("/centre/calendars?limit=500").then((body) => (keys.value = body.items.map((/** @type {{key?: string, row?: {key: string}}} */ one) => one.row?.key ?? one.key))).catch(() => {});
    return keys;
}
