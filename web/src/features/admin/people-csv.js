/** People as a table: what a line says, what is wrong with it, and what it would do. Decides only; nothing is written here. */
import { parse, plain } from "../../core/csv.js";
import { canonical } from "./sections.js";
import { mostLevel } from "./skills-field.js";

/** @typedef {import("../../core/types.js").Row} Row */
/** @typedef {{key: string, values?: Record<string, string | number | undefined>}} LineFault `admin.import.fault.<key>` */
/** @typedef {{line: number, number: string, name: string, row: Row, faults: LineFault[], kind: "new" | "changed" | "same"}} Line */

/** More at once is a file for the command line. */
export const mostLines = 5_000;

const columns = ["number", "name", "skills", "team", "site"];
/** @type {Record<string, string>} */
const words = { 工号: "number", 姓名: "name", 技能: "skills", 班组: "team", 分中心: "site" };

/** "erp:3 client:1", the way the table has skills. */
export const skillsText = (/** @type {Record<string, number>} */ skills) => Object.entries(skills ?? {}).map(([key, level]) => `${key}:${level}`).join(" ");

/** @param {Row[]} people */
export const table = (people) => [columns, ...people.map((one) => [one.number, one.name, skillsText(one.skills), one.team, one.site])];

/**
 * @param {string} text
 * @param {readonly string[]} known keys of skills
 */
function readSkills(text, known) {
    /** @type {Record<string, number>} */
    const skills = {};
    /** @type {LineFault[]} */
    const faults = [];
    for (const part of text.split(/[\s;|]+/).filter(Boolean)) {
        const [key, level = "1"] = part.split(/[:：=]/);
        if (!known.includes(key)) faults.push({ key: "skill", values: { skill: key } });
        else if (!/^\d+$/.test(level) || Number(level) < 1 || Number(level) > mostLevel) faults.push({ key: "level", values: { skill: key, level, most: mostLevel } });
        else skills[key] = Number(level);
    }
    return { skills, faults };
}

/**
 * @param {string} text
 * @param {{people: Row[], skills: string[], sites: string[]}} centre
 * @returns {Line[]}
 */
export function read(text, { people, skills, sites }) {
    const cells = parse(text).map((row) => row.map(plain));
    const head = (cells[0] ?? []).map((one) => words[one] ?? one.toLowerCase());
    const hasHead = head.includes("number");
    const order = hasHead ? head : columns;
    const present = new Map(people.map((one) => [one.number, one]));
    /** @type {Set<string>} */
    const seen = new Set();
    const start = hasHead ? 1 : 0;
    // One more than may be written shows that there are too many.
    return cells.slice(start, start + mostLines + 1).map((row, index) => {
        /** @param {string} name undefined when the table has no such column */
        const value = (name) => (order.includes(name) ? row[order.indexOf(name)] ?? "" : undefined);
        const number = value("number") ?? "";
        const former = present.get(number);
        const name = value("name") || former?.name || "";
        /** @type {LineFault[]} */
        const faults = [];
        if (!number) faults.push({ key: "number" });
        else if (seen.has(number)) faults.push({ key: "twice", values: { number } });
        seen.add(number);
        if (!name) faults.push({ key: "name" });
        const skillsCell = value("skills");
        const found = skillsCell === undefined ? { skills: former?.skills ?? {}, faults: [] } : readSkills(skillsCell, skills);
        const site = value("site") ?? former?.site ?? "";
        if (site && !sites.includes(site)) faults.push({ key: "site", values: { site } });
        const team = value("team") ?? former?.team ?? "";
        const { team: _, site: __, ...kept } = former ?? { roles: ["agent"] };
        const made = { ...kept, number, name, skills: found.skills, ...(team ? { team } : {}), ...(site ? { site } : {}) };
        return {
            line: index + (hasHead ? 2 : 1), number, name, row: made, faults: [...faults, ...found.faults],
            kind: !former ? "new" : canonical(former) === canonical(made) ? "same" : "changed",
        };
    });
}
