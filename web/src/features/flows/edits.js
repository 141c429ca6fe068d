/** Changes of a flow, and what differs between two of them. Pure: a document goes in, a new one comes out. */
import { exitsOf, fieldsOf, promptsOf } from "./kinds.js";

/** @typedef {import("./kinds.js").FlowDocument} FlowDocument */
/** @typedef {import("./kinds.js").FlowNode} FlowNode */
/** @typedef {import("./kinds.js").Exit} Exit */

/**
 * @template T
 * @param {T} value
 * @returns {T}
 */
export const copy = (value) => JSON.parse(JSON.stringify(value));

/**
 * @param {FlowDocument} document
 * @param {string} name
 */
export const find = (document, name) => document.node.find((node) => node.name === name);

/**
 * `menu`, or `menu-2` where there is a `menu` already.
 * @param {string} wanted
 * @param {(name: string) => boolean} isTaken
 */
export function freeName(wanted, isTaken) {
    const base = wanted.replace(/-\d+$/, "");
    let name = wanted;
    for (let count = 2; isTaken(name); count += 1) name = `${base}-${count}`;
    return name;
}

/**
 * @param {FlowDocument} document
 * @param {string} name
 * @param {(node: FlowNode) => void} change
 */
export function changeNode(document, name, change) {
    const next = copy(document);
    const node = find(next, name);
    if (node) change(node);
    return next;
}

/**
 * Sets one field; an empty value takes it away.
 * @param {FlowDocument} document
 * @param {string} name
 * @param {string} field
 * @param {any} value
 */
export const setField = (document, name, field, value) =>
    changeNode(document, name, (node) => {
        if (value === undefined || value === null) delete node[field];
        else node[field] = value;
    });

/**
 * Leads one exit of a node somewhere.
 * @param {FlowDocument} document
 * @param {string} name
 * @param {{field: string, key?: string}} exit
 * @param {string} target
 */
export const lead = (document, name, exit, target) =>
    changeNode(document, name, (node) => {
        if (exit.key === undefined) node[exit.field] = target;
        else node[exit.field] = { ...node[exit.field], [exit.key]: target };
    });

/**
 * Every reference to one node leads to another; an empty name leaves the exits open.
 * @param {FlowDocument} document
 * @param {string} former
 * @param {string} name
 */
function redirect(document, former, name) {
    for (const node of document.node) {
        for (const exit of exitsOf(node)) {
            if (exit.target !== former) continue;
            if (exit.key === undefined) node[exit.field] = name;
            else node[exit.field][exit.key] = name;
        }
    }
    if (document.entry === former) document.entry = name;
}

/**
 * @param {FlowDocument} document
 * @param {string} former
 * @param {string} name
 */
export function rename(document, former, name) {
    const next = copy(document);
    const node = find(next, former);
    if (!node || former === name) return next;
    redirect(next, former, name);
    node.name = name;
    return next;
}

/**
 * A node as the form can show it at once: its exits lead on to `target`.
 * @param {string} name
 * @param {string} kind
 * @param {string} target
 * @param {FlowDocument} document
 * @returns {FlowNode}
 */
export function blank(name, kind, target, document) {
    /** @type {FlowNode} */
    const node = { name, kind };
    for (const field of fieldsOf(kind)) {
        if (!field.isRequired) continue;
        if (field.type === "target") node[field.name] = target;
        else if (field.type === "prompts") node[field.name] = [];
        else if (field.type === "choices") node[field.name] = { 1: target };
        else if (field.type === "scores") node[field.name] = { 1: 5, 2: 3, 3: 1 };
        else if (field.type === "board") node[field.name] = "faults";
        else if (field.type === "language") node[field.name] = document.languages[0] ?? "zh-CN";
        else if (field.name === "variable") node[field.name] = freeName("number", (one) => document.node.some((other) => other.variable === one));
        else if (field.name === "least") node[field.name] = 1;
        else if (field.name === "most") node[field.name] = 12;
    }
    return node;
}

/**
 * Adds a node, on an exit where one is given: that exit leads to the node, and the node to where the exit led.
 * @param {FlowDocument} document
 * @param {FlowNode} node
 * @param {{node: string, field: string, key?: string} | null} at
 */
export function insert(document, node, at) {
    const next = at ? lead(document, at.node, at, node.name) : copy(document);
    const place = at ? next.node.findIndex((one) => one.name === at.node) + 1 : next.node.length;
    next.node.splice(place, 0, copy(node));
    if (next.node.length === 1 || !next.entry) next.entry = node.name;
    return next;
}

/**
 * @param {FlowDocument} document
 * @param {string} name
 */
export function duplicate(document, name) {
    const next = copy(document);
    const place = next.node.findIndex((node) => node.name === name);
    const made = freeName(name, (one) => Boolean(find(next, one)));
    if (place >= 0) next.node.splice(place + 1, 0, { ...copy(next.node[place]), name: made });
    return { document: next, name: made };
}

/**
 * @param {FlowDocument} document
 * @param {string} name
 */
export function removeNode(document, name) {
    const next = copy(document);
    next.node = next.node.filter((node) => node.name !== name);
    redirect(next, name, "");
    return next;
}

/**
 * The exits that lead to a node.
 * @param {FlowDocument} document
 * @param {string} name
 * @returns {(Exit & {node: string})[]}
 */
export const leadingTo = (document, name) =>
    document.node.flatMap((node) => exitsOf(node).filter((exit) => exit.target === name).map((exit) => ({ ...exit, node: node.name })));

/**
 * The nodes that only this one leads to.
 * @param {FlowDocument} document
 * @param {string} name
 */
export function losingTheirWay(document, name) {
    const node = find(document, name);
    const targets = new Set(node ? exitsOf(node).map((exit) => exit.target).filter((target) => target && target !== name) : []);
    return [...targets].filter((target) => target !== document.entry && find(document, target) && leadingTo(document, target).every((exit) => exit.node === name || exit.node === target));
}

/**
 * @param {FlowDocument} document
 * @param {string} key
 * @param {string} language
 * @param {string} text
 */
export function setText(document, key, language, text) {
    const next = copy(document);
    next.prompts[key] = { ...next.prompts[key], [language]: text };
    if (text === "") delete next.prompts[key][language];
    return next;
}

/**
 * Takes away the prompts that no node speaks any more.
 * @param {FlowDocument} document
 */
export function withoutUnused(document) {
    const next = copy(document);
    const used = new Set(next.node.flatMap(promptsOf));
    for (const key of Object.keys(next.prompts)) if (!used.has(key)) delete next.prompts[key];
    return next;
}

/**
 * @param {any} one
 * @param {any} other
 * @returns {boolean} whether both say the same, whatever the order of their fields
 */
export function isSame(one, other) {
    if (one === other) return true;
    if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
    if (Array.isArray(one) || Array.isArray(other)) return Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((item, place) => isSame(item, other[place]));
    const names = Object.keys(one).filter((name) => one[name] !== undefined);
    return names.length === Object.keys(other).filter((name) => other[name] !== undefined).length && names.every((name) => isSame(one[name], other[name]));
}

/**
 * What is different in the later of two documents.
 * @param {FlowDocument | null | undefined} earlier
 * @param {FlowDocument} later
 */
export function differences(earlier, later) {
    const before = new Map((earlier?.node ?? []).map((node) => [node.name, node]));
    const after = new Map(later.node.map((node) => [node.name, node]));
    const texts = new Set([...Object.keys(earlier?.prompts ?? {}), ...Object.keys(later.prompts ?? {})]);
    return {
        added: [...after.keys()].filter((name) => !before.has(name)),
        changed: [...after].filter(([name, node]) => before.has(name) && !isSame(before.get(name), node)).map(([name]) => name),
        removed: [...before.keys()].filter((name) => !after.has(name)),
        texts: [...texts].filter((key) => !isSame(earlier?.prompts?.[key], later.prompts?.[key]) || !isSame(earlier?.files?.[key], later.files?.[key])),
        settings: /** @type {const} */ (["name", "languages", "entry"]).filter((name) => !isSame(earlier?.[name], later[name])),
    };
}

/**
 * Two people's changes of one document in one, node by node and text by text. `null` where both changed the same.
 * @param {FlowDocument} base
 * @param {FlowDocument} mine
 * @param {FlowDocument} theirs
 * @returns {FlowDocument | null}
 */
export function merge(base, mine, theirs) {
    let clashes = false;
    /**
     * @param {any} origin
     * @param {any} own
     * @param {any} other
     */
    const one = (origin, own, other) => {
        if (isSame(own, other) || isSame(origin, other)) return own;
        if (!isSame(origin, own)) clashes = true;
        return other;
    };
    const merged = copy(theirs);
    for (const field of /** @type {const} */ (["name", "entry", "languages"])) /** @type {any} */ (merged)[field] = one(base[field], mine[field], theirs[field]);
    const names = [...new Set([...theirs.node, ...mine.node].map((node) => node.name))];
    merged.node = names.map((name) => one(find(base, name), find(mine, name), find(theirs, name))).filter(Boolean).map(copy);
    for (const part of /** @type {const} */ (["prompts", "files"])) {
        const all = new Set([...Object.keys(mine[part] ?? {}), ...Object.keys(theirs[part] ?? {})]);
        const found = [...all].map((key) => [key, one(base[part]?.[key], mine[part]?.[key], theirs[part]?.[key])]).filter(([, texts]) => texts);
        if (part === "prompts" || found.length > 0) merged[part] = Object.fromEntries(found);
    }
    return clashes ? null : merged;
}
