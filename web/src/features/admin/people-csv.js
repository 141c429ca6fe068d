/** People as a table: what a line says, what is wrong with it, and what it would do. Decides only; nothing is written here. */
import { parse, plain } from "../../core/csv.js";
import { canonical, leastBorn, mostBorn, mostLevel, roles as allRoles } from "./sections.js";

/** @typedef {import("../../core/types.js").Row} Row */
/** @typedef {{key: string, values?: Record<string, string | number | undefined>}} LineFault `admin.import.fault.<key>` */
/** @typedef {{line: number, number: string, name: string, row: Row, faults: LineFault[], kind: "new" | "changed" | "same"}} Line */
/** @typedef {{value: any, faults: LineFault[]}} Cell what a cell says; `undefined` says nothing */

/** More at once is a file for the command line. */
export const mostLines = 5_000;

/** The order of a table without a head line. */
const columns = ["number", "name", "skills", "team", "site"];
/**
 * Heads as people write them, in small letters.
 * @type {Record<string, string>}
 */
const words = {
    工号: "number", 姓名: "name", 角色: "roles", 技能: "skills", 班组: "team", 分中心: "site", parttime: "partTime", part_time: "partTime", 非全时: "partTime", 非全时人员: "partTime", 出生年份: "born", 入职日期: "joined",
};
/** @type {Record<string, boolean>} */
const answers = { true: true, yes: true, 1: true, 是: true, false: false, no: false, 0: false, 否: false, "": false };

/** "erp:3 client:1", the way the table has skills. */
export const skillsText = (/** @type {Record<string, number>} */ skills) => Object.entries(skills ?? {}).map(([key, level]) => `${key}:${level}`).join(" ");

/**
 * @param {string} text
 * @param {readonly string[]} known keys of skills
 * @returns {Cell}
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
    return { value: skills, faults };
}

/**
 * @param {string} text
 * @returns {Cell}
 */
function readRoles(text) {
    const found = text.split(/[\s,;|，、]+/).filter(Boolean);
    return { value: found, faults: found.filter((one) => !allRoles.includes(one)).map((role) => ({ key: "role", values: { role, all: allRoles.join(", ") } })) };
}

/**
 * @param {string} text
 * @returns {Cell}
 */
function readPartTime(text) {
    const value = answers[text.toLowerCase()];
    return { value, faults: value === undefined ? [{ key: "partTime", values: { text } }] : [] };
}

/**
 * @param {string} text
 * @param {number} year the present one
 * @returns {Cell}
 */
function readBorn(text, year) {
    if (!text) return { value: undefined, faults: [] };
    const value = /^\d{4}年?$/.test(text) ? Number(text.slice(0, 4)) : 0;
    if (value >= leastBorn && value <= mostBorn(year)) return { value, faults: [] };
    return { value: undefined, faults: [{ key: "born", values: { text, least: leastBorn, most: mostBorn(year) } }] };
}

/**
 * A day with the year first; spreadsheets write it with strokes and without zeros.
 * @param {string} text
 * @returns {Cell}
 */
function readJoined(text) {
    if (!text) return { value: undefined, faults: [] };
    const [, year, month, day] = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text) ?? [];
    const value = year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : "";
    const at = new Date(`${value}T00:00:00Z`);
    // The 30th of February would be a day of March.
    if (value && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)) return { value, faults: [] };
    return { value: undefined, faults: [{ key: "joined", values: { text } }] };
}

/** Fields that a column may say; whatever else a row has stays. */
const owned = ["number", "name", "roles", "skills", "team", "site", "partTime", "born", "joined"];

/**
 * The roles of a line in the order of the former ones when they are the same.
 * @param {string[] | undefined} former
 * @param {string[]} found
 */
const sameRoles = (former, found) => (former && canonical([...former].sort()) === canonical([...found].sort()) ? former : found);

/**
 * The row that a line makes of a person. A column that is not there changes nothing; an empty cell empties its field, but
 * takes no role away: rights go by name.
 * @param {Row | undefined} former
 * @param {(name: string) => string | undefined} value of a cell; undefined when the table has no such column
 * @param {Centre} centre
 * @returns {{row: Row, faults: LineFault[]}}
 */
function rowOf(former, value, { skills, sites, year }) {
    /** @type {LineFault[]} */
    const faults = [];
    /** @type {(name: string, how: (text: string) => Cell) => any} */
    const cell = (name, how) => {
        const text = value(name);
        if (text === undefined) return former?.[name];
        const found = how(text);
        faults.push(...found.faults);
        return found.value;
    };
    /** @param {string} name */
    const plainText = (name) => cell(name, (text) => ({ value: text || undefined, faults: [] }));
    const site = plainText("site");
    if (site && !sites.includes(site)) faults.push({ key: "site", values: { site } });
    const roles = cell("roles", (text) => (text ? readRoles(text) : { value: former?.roles, faults: [] })) ?? (former ? undefined : ["agent"]);
    const levels = cell("skills", (text) => readSkills(text, skills)) ?? {};
    const isPartTime = cell("partTime", readPartTime) ?? false;
    const said = {
        name: value("name") || former?.name || "", team: plainText("team"), site, roles: roles && sameRoles(former?.roles, roles),
        // What says nothing stays out of a row that did not have it.
        skills: former && !former.skills && Object.keys(levels).length === 0 ? undefined : levels,
        partTime: isPartTime || former?.partTime !== undefined ? isPartTime : undefined,
        born: cell("born", (text) => readBorn(text, year)), joined: cell("joined", readJoined),
    };
    const kept = Object.entries(former ?? {}).filter(([name]) => !owned.includes(name));
    return { row: Object.fromEntries([...kept, ...Object.entries(said).filter(([, one]) => one !== undefined)]), faults };
}

/** @typedef {{people: Row[], skills: string[], sites: string[], year: number}} Centre `year` is the present one */

/**
 * @param {string} text
 * @param {Centre} centre
 * @returns {Line[]}
 */
export function read(text, centre) {
    const cells = parse(text).map((row) => row.map(plain));
    const head = (cells[0] ?? []).map((one) => words[one.toLowerCase()] ?? one.toLowerCase());
    const hasHead = head.includes("number");
    const order = hasHead ? head : columns;
    const present = new Map(centre.people.map((one) => [one.number, one]));
    /** @type {Set<string>} */
    const seen = new Set();
    const start = hasHead ? 1 : 0;
    // One more than may be written shows that there are too many.
    return cells.slice(start, start + mostLines + 1).map((row, index) => {
        const value = (/** @type {string} */ name) => (order.includes(name) ? row[order.indexOf(name)] ?? "" : undefined);
        const number = value("number") ?? "";
        const former = present.get(number);
        const made = rowOf(former, value, centre);
        /** @type {LineFault[]} */
        const faults = [];
        if (!number) faults.push({ key: "number" });
        else if (seen.has(number)) faults.push({ key: "twice", values: { number } });
        seen.add(number);
        if (!made.row.name) faults.push({ key: "name" });
        return {
            line: index + (hasHead ? 2 : 1), number, name: made.row.name, row: { number, ...made.row }, faults: [...faults, ...made.faults],
            kind: !former ? "new" : canonical(former) === canonical({ number, ...made.row }) ? "same" : "changed",
        };
    });
}
