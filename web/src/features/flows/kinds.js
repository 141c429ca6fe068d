/** What steps a flow can have, and which fields each kind of step has. Pure: knows neither page nor server. */

/**
 * @typedef {"prompts" | "target" | "flag" | "seconds" | "count" | "choices" | "scores" | "skills" | "text" | "queue" | "calendar" | "board" | "language" | "terminator"} FieldType
 * @typedef {{name: string, type: FieldType, isRequired?: boolean, usual?: any, least?: number, most?: number, fills?: string[]}} Field
 * @typedef {{name: string, kind: string} & Record<string, any>} FlowNode
 * @typedef {Record<string, string>} Texts language -> text
 * @typedef {{name: string, languages: string[], entry: string, node: FlowNode[], prompts: Record<string, Texts>, files?: Record<string, Texts>}} FlowDocument
 * @typedef {{field: string, key?: string, target: string}} Exit
 * @typedef {{node: string, field?: string, code: string, message: string}} Finding
 */

/** Seconds, digits and attempts that the checker allows. */
const longestTimeout = 120;
const mostDigits = 40;
const mostAttempts = 10;

/** @type {Field} */
const prompts = { name: "prompts", type: "prompts", isRequired: true };
/** @type {Field} */
const next = { name: "next", type: "target", isRequired: true };
/**
 * @param {number} usual
 * @returns {Field}
 */
const timeout = (usual) => ({ name: "timeout", type: "seconds", usual, least: 1, most: longestTimeout });
/**
 * @param {number} usual
 * @returns {Field}
 */
const attempts = (usual) => ({ name: "attempts", type: "count", usual, least: 1, most: mostAttempts });

/**
 * In the order of the form.
 * @type {Record<string, {symbol: string, fields: Field[]}>}
 */
export const kinds = {
    say: { symbol: "speaker", fields: [prompts, next, { name: "interruptible", type: "flag", usual: true }, { name: "recording_notice", type: "flag", usual: false }] },
    menu: {
        symbol: "keypad",
        fields: [
            prompts, { name: "choices", type: "choices", isRequired: true }, { name: "no_input", type: "target", isRequired: true }, { name: "no_match", type: "target", isRequired: true },
            { name: "retry_prompts", type: "prompts" }, timeout(5), attempts(3),
        ],
    },
    digits: {
        symbol: "hash",
        fields: [
            prompts, { name: "variable", type: "text", isRequired: true }, { name: "least", type: "count", isRequired: true, least: 0, most: mostDigits },
            { name: "most", type: "count", isRequired: true, least: 1, most: mostDigits }, { name: "terminator", type: "terminator", usual: "#" },
            next, { name: "failed", type: "target", isRequired: true }, timeout(5), attempts(3),
        ],
    },
    hours: { symbol: "clock", fields: [{ name: "calendar", type: "calendar", isRequired: true }, { name: "open", type: "target", isRequired: true }, { name: "closed", type: "target", isRequired: true }] },
    announcement: { symbol: "megaphone", fields: [{ name: "board", type: "board", isRequired: true }, { name: "introduction", type: "prompts" }, next] },
    language: { symbol: "globe", fields: [{ name: "language", type: "language", isRequired: true }, next] },
    queue: {
        symbol: "people",
        fields: [
            { name: "queue", type: "queue", isRequired: true }, { name: "after_conversation", type: "target", isRequired: true }, { name: "dissuaded", type: "target", isRequired: true },
            { name: "position_prompts", type: "prompts", fills: ["position", "minutes"] }, { name: "announce_every", type: "seconds", least: 1, most: 3600 },
            { name: "connect_prompts", type: "prompts", fills: ["agent"] }, { name: "music", type: "text" }, { name: "priority", type: "count", usual: 0, least: -100, most: 100 },
            { name: "skills", type: "skills" }, { name: "answers_first", type: "flag", usual: true }, { name: "recorded", type: "flag", usual: true }, { name: "recording_basis", type: "text" },
        ],
    },
    rating: { symbol: "star", fields: [prompts, { name: "scores", type: "scores", isRequired: true }, timeout(8), attempts(2), { name: "thanks", type: "prompts" }, next] },
    hang_up: { symbol: "hangUp", fields: [{ name: "prompts", type: "prompts" }] },
};

/** The keys of a telephone, as people read them. */
export const keys = [..."123456789*0#"];

/**
 * @param {string} kind
 * @returns {Field[]}
 */
export const fieldsOf = (kind) => kinds[kind]?.fields ?? [];
/** @param {string} kind */
export const symbolOf = (kind) => kinds[kind]?.symbol ?? "alert";

/**
 * @param {string} one
 * @param {string} other
 */
const byKey = (one, other) => keys.indexOf(one) - keys.indexOf(other);

/**
 * Where a step goes on, in the order of its fields; an exit that leads nowhere has an empty target.
 * @param {FlowNode} node
 * @returns {Exit[]}
 */
export function exitsOf(node) {
    /** @type {Exit[]} */
    const exits = [];
    for (const field of fieldsOf(node.kind)) {
        if (field.type === "target") exits.push({ field: field.name, target: node[field.name] ?? "" });
        else if (field.type === "choices") {
            for (const key of Object.keys(node.choices ?? {}).sort(byKey)) exits.push({ field: "choices", key, target: node.choices[key] ?? "" });
        }
    }
    return exits;
}

/**
 * Keys of the prompts that a step speaks, the ones heard first first.
 * @param {FlowNode} node
 * @returns {string[]}
 */
export const promptsOf = (node) => fieldsOf(node.kind).filter((field) => field.type === "prompts").flatMap((field) => node[field.name] ?? []);

/**
 * @param {FlowDocument} document
 * @param {string} prompt
 */
export const usersOf = (document, prompt) => document.node.filter((node) => promptsOf(node).includes(prompt)).map((node) => node.name);

/**
 * The steps that no path from the entry reaches.
 * @param {FlowDocument} document
 */
export function unreachable(document) {
    const byName = new Map(document.node.map((node) => [node.name, node]));
    const reached = new Set();
    const open = [document.entry];
    while (open.length > 0) {
        const name = /** @type {string} */ (open.pop());
        const node = byName.get(name);
        if (!node || reached.has(name)) continue;
        reached.add(name);
        for (const exit of exitsOf(node)) open.push(exit.target);
    }
    return new Set(document.node.map((node) => node.name).filter((name) => !reached.has(name)));
}

/**
 * The first words of what a step says.
 * @param {FlowNode} node
 * @param {FlowDocument} document
 * @param {string} language
 */
export function wordsOf(node, document, language) {
    for (const key of promptsOf(node)) {
        const texts = document.prompts?.[key];
        const text = texts?.[language] ?? texts?.[document.languages[0]] ?? Object.values(texts ?? {})[0];
        if (text) return text;
    }
    return "";
}
