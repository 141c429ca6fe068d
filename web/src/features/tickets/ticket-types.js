/** The types a ticket can have: those of the requests. */
import { get } from "../../core/api.js";
import { named } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";

export const ticketTypes = signal(/** @type {(import("../../core/types.js").Choice & {fields?: import("../../core/types.js").RequestField[]})[]} */ ([]));

export function loadTicketTypes() {
    if (ticketTypes.peek().length > 0) return;
    get("/request-types").then((body) => (ticketTypes.value = body.items)).catch(() => {});
}

/** @param {string} code */
export const typeName = (code) => named(ticketTypes.value.find((one) => one.code === code)?.names, code);

/** @param {string} code */
export const isKnownType = (code) => ticketTypes.value.some((one) => one.code === code);

/**
 * What tickets of this type ask for.
 * @param {string} code
 */
export const fieldsOf = (code) => ticketTypes.value.find((one) => one.code === code)?.fields ?? [];

/**
 * As a select shows them; a code that is no longer offered stays visible.
 * @param {string} present
 */
export function typeChoices(present) {
    const known = ticketTypes.value.map((one) => ({ value: one.code, label: named(one.names, one.code) }));
    return present && !known.some((one) => one.value === present) ? [{ value: present, label: present }, ...known] : known;
}
