/** What there is of the centre already: the wizard keeps nothing of its own. */
import { get, segment } from "../../core/api.js";
import { onCleanup, signal } from "../../core/reactive.js";
import { may } from "../../core/session.js";

/** @typedef {import("../../core/types.js").Row} Row */
/** @typedef {{version: number, row: Row}} General */
/** @typedef {{version: number, items: Row[]}} Rows */
/** @typedef {{key: string, names: import("../../core/types.js").Names, state: string, detail: string}} Component */
/** @typedef {{key: string, numbers: string[], version?: number, document?: Flow, draft?: {document: Flow, revision: number}}} FlowBody */
/** @typedef {{name: string, entry: string, languages: string[], node: {name: string, kind: string, prompts?: string[]}[], prompts: Record<string, Record<string, string>>}} Flow */
/**
 * @typedef {object} Setup
 * @property {General} general
 * @property {Record<"people" | "queues" | "skills" | "numbers" | "trunks" | "calendars" | "sites" | "seats", Rows>} rows
 * @property {FlowBody | null} flow of the first number
 * @property {string[]} flows
 * @property {{number: string}[] | null} accounts null when the person may not see them
 */

/** Rows that are read of each part; a centre that is only being made has fewer. */
const most = 500;
const sections = /** @type {const} */ (["people", "queues", "skills", "numbers", "trunks", "calendars", "sites", "seats"]);

/** Trunks with these take calls of the machine itself alone. */
const isOwnMachine = (/** @type {string} */ address) => address.startsWith("127.") || address.startsWith("::1");

/** @param {Setup} setup */
export const agentsOf = (setup) => setup.rows.people.items.filter((one) => (one.roles ?? []).includes("agent"));
/** @param {Setup} setup */
export const outsideTrunks = (setup) => setup.rows.trunks.items.filter((one) => (one.addresses ?? []).some((/** @type {string} */ address) => !isOwnMachine(address)));
/** @param {Setup} setup */
export const withoutSkill = (setup) => agentsOf(setup).filter((one) => Object.keys(one.skills ?? {}).length === 0);
/** @param {Setup} setup */
export const withoutAccount = (setup) => (setup.accounts ? agentsOf(setup).filter((one) => !setup.accounts?.some((account) => account.number === one.number)) : []);

/**
 * The prompt that callers hear first; null when the flow does not begin by speaking.
 * @param {Setup} setup
 */
export function welcomeOf(setup) {
    const flow = setup.flow?.draft?.document ?? setup.flow?.document;
    const first = flow?.node.find((one) => one.name === flow.entry);
    const key = first?.kind === "say" ? first.prompts?.[0] : undefined;
    return flow && key ? { flow, key, texts: flow.prompts[key] ?? {}, isRecorded: !(key in flow.prompts) } : null;
}

/**
 * Whether a step is done, as the centre itself shows.
 * @type {Record<string, (setup: Setup) => boolean>}
 */
export const isDone = {
    company: (setup) => Boolean(setup.general.row.name && setup.general.row.zone),
    trunk: (setup) => outsideTrunks(setup).length > 0,
    number: (setup) => setup.rows.numbers.items.length > 0,
    team: (setup) => setup.rows.queues.items.length > 0 && agentsOf(setup).length > 0 && withoutSkill(setup).length === 0 && withoutAccount(setup).length === 0 && setup.rows.seats.items.length > 0,
    prompts: (setup) => {
        const welcome = welcomeOf(setup);
        return Boolean(setup.flow?.version && welcome) && (Boolean(welcome?.isRecorded) || Object.values(welcome?.texts ?? {}).some((text) => text.trim() !== ""));
    },
};

/** Whether a centre is so empty that its administrator is led here. Throws when it cannot be read. */
export async function isUnbegun() {
    const [numbers, queues, people] = await Promise.all([get("/centre/numbers?limit=1"), get("/centre/queues?limit=1"), get(`/centre/people?limit=${most}`)]);
    return numbers.items.length === 0 || queues.items.length === 0 || (!people.next && !people.items.some((/** @type {Row} */ one) => (one.roles ?? []).includes("agent")));
}

/** Reads all of it; `reload` after each change. */
export function readSetup() {
    const setup = signal(/** @type {Setup | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    let last = 0;
    const reload = async () => {
        const request = ++last;
        try {
            const [general, flows, accounts, ...lists] = await Promise.all([
                get("/centre/general"), get(`/flows?limit=${most}`), may("account.write") ? get("/accounts") : null, ...sections.map((section) => get(`/centre/${section}?limit=${most}`)),
            ]);
            const rows = /** @type {Setup["rows"]} */ (Object.fromEntries(sections.map((section, index) => [section, lists[index]])));
            const key = rows.numbers.items[0]?.flow ?? flows.items[0]?.key;
            const flow = key ? await get(`/flows/${segment(key)}`) : null;
            if (request !== last) return;
            setup.value = { general, rows, flow, flows: flows.items.map((/** @type {{key: string}} */ one) => one.key), accounts: accounts?.items ?? null };
            fault.value = null;
        } catch (error) {
            if (request === last) fault.value = error;
        }
    };
    void reload();
    onCleanup(() => (last += 1));
    return { setup, fault, reload };
}
