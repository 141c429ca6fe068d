/** From a flow to boxes with exits, in the language of the page. */
import { has, languageName, locale, t } from "../../core/i18n.js";
import { exitsOf, fieldsOf, promptsOf, wordsOf } from "./kinds.js";
import { clip } from "./layout.js";

/** @typedef {import("./kinds.js").FlowDocument} FlowDocument */
/** @typedef {import("./kinds.js").FlowNode} FlowNode */
/** @typedef {import("./kinds.js").Finding} Finding */
/** @typedef {{label: string, target: string, y: number, exits: import("./kinds.js").Exit[]}} Port */
/** @typedef {{name: string, kind: string, title: string, words: string, ports: Port[], width: number, height: number, isBare: boolean}} Drawn */

/** Sizes of a box, in the drawing's own units; a unit is a pixel at the usual size. */
export const boxWidth = 212;
export const headHeight = 34;
export const wordsHeight = 19;
export const portHeight = 20;
const foot = 7;

/** @param {import("./kinds.js").Exit} exit */
export const exitLabel = (exit) => (exit.key !== undefined ? t("flow.key", { key: exit.key }) : t(`flow.exit.${exit.field}`));
/** @param {import("./kinds.js").Exit} exit */
const shortLabel = (exit) => exit.key ?? t(`flow.exit.${exit.field}`);

/** @param {string} kind */
export const kindName = (kind) => (has(`flow.kind.${kind}`) ? t(`flow.kind.${kind}`) : kind);

/**
 * @param {FlowNode} node
 * @param {FlowDocument} document
 * @param {(key: string) => string} libraryName
 * @returns {Drawn}
 */
export function drawNode(node, document, libraryName) {
    const exits = exitsOf(node);
    /** @type {Port[]} */
    const ports = [];
    for (const exit of exits) {
        const port = ports.find((one) => one.target === exit.target);
        if (port) {
            port.exits.push(exit);
            port.label += ` · ${shortLabel(exit)}`;
        } else ports.push({ label: shortLabel(exit), target: exit.target, y: 0, exits: [exit] });
    }
    const own = wordsOf(node, document, locale());
    const words = own || promptsOf(node).map(libraryName).find(Boolean) || detail(node);
    const isBare = fieldsOf(node.kind).filter((field) => field.type === "target" || field.type === "choices").length < 2;
    const top = headHeight + (words ? wordsHeight : 0);
    ports.forEach((port, place) => (port.y = isBare ? headHeight / 2 + 4 : top + portHeight * (place + 0.5)));
    return {
        name: node.name, kind: node.kind, title: clip(node.name, 13.5), words: clip(words, 16), ports, isBare,
        width: boxWidth, height: top + (isBare ? 0 : ports.length * portHeight) + foot,
    };
}

/** @param {FlowNode} node */
function detail(node) {
    if (node.kind === "hours") return node.calendar ?? "";
    if (node.kind === "language") return languageName(node.language ?? "");
    if (node.kind === "announcement") return has(`flow.board.${node.board}`) ? t(`flow.board.${node.board}`) : node.board ?? "";
    if (node.kind === "queue") return node.queue ?? "";
    return "";
}

/**
 * What is wrong, in the language of the page; names that the checker quotes follow.
 * @param {Finding} finding
 */
export function findingText(finding) {
    const key = `flow.finding.${finding.code}`;
    if (locale() === "en" || !has(key)) return finding.message;
    const quoted = [...finding.message.matchAll(/'([^']+)'/g)].map((found) => found[1]);
    return t(key) + (quoted.length > 0 ? `（${quoted.join(t("flow.comma"))}）` : "");
}
