/**
 * What a row of each section consists of: from this the lists and the forms are made.
 *
 * Labels are `admin.<section>.<field>`, else `admin.field.<field>`; with `.hint` at the end stands the hint.
 */

/** @typedef {import("../../core/types.js").Row} Row */
/**
 * @typedef {object} FieldSpec
 * @property {string} name as in the row
 * @property {"text" | "number" | "day" | "names" | "toggle" | "choice" | "reference" | "list" | "numbers" | "skills" | "roles" | "phone" | "overflow" | "hours" | "asked" | "linesFull" | "zone"} kind
 * @property {boolean} [isRequired]
 * @property {number} [least]
 * @property {number} [most]
 * @property {string} [unit] seconds, minutes or hours
 * @property {string[]} [choices] worded as `admin.<section>.<field>.<choice>`
 * @property {string} [from] the section that is referred to
 */
/**
 * @typedef {object} Section
 * @property {string} name as in the address
 * @property {string} symbol
 * @property {"key" | "number"} key
 * @property {string[]} columns
 * @property {{title: string, fields: FieldSpec[]}[]} groups
 * @property {Row} blank what a new row begins with
 */

/** @type {(name: string, more?: Partial<FieldSpec>) => FieldSpec} */
const text = (name, more) => ({ name, kind: "text", ...more });
/** @type {(name: string, least: number, most: number, more?: Partial<FieldSpec>) => FieldSpec} */
const whole = (name, least, most, more) => ({ name, kind: "number", least, most, ...more });
const key = text("key", { isRequired: true });
/** @type {FieldSpec} */
const names = { name: "name", kind: "names", isRequired: true };
/** @type {(name: string, symbol: string, more?: FieldSpec[]) => Section} */
const named = (name, symbol, more = []) => ({ name, symbol, key: "key", columns: ["key", "name", ...more.map((one) => one.name)], groups: [{ title: "names", fields: [key, names, ...more] }], blank: {} });

/** Bounds that only keep a slip of the finger out; the server's rules are the real ones. */
const manySeconds = 86_400;
const manyMinutes = 43_200;
const many = 10_000;
/** From beginner to expert. */
export const mostLevel = 5;
export const roles = ["agent", "supervisor", "systemAdmin", "securityAdmin", "auditAdmin", "privacyOfficer"];
/** Nobody who works was born before. */
export const leastBorn = 1900;
/** Years; nobody works who is younger. */
const leastAge = 14;
/** @param {number} year the present one */
export const mostBorn = (year) => year - leastAge;

/** @type {Section[]} */
export const sections = [
    {
        name: "people", symbol: "people", key: "number", columns: ["number", "name", "roles", "skills", "team", "site"],
        groups: [
            { title: "person", fields: [text("number", { isRequired: true }), text("name", { isRequired: true }), text("team"), { name: "site", kind: "reference", from: "sites" }, { name: "partTime", kind: "toggle" }] },
            { title: "roles", fields: [{ name: "roles", kind: "roles" }] },
            { title: "skills", fields: [{ name: "skills", kind: "skills" }] },
            { title: "workforce", fields: [whole("born", leastBorn, mostBorn(new Date().getFullYear())), { name: "joined", kind: "day" }] },
        ],
        blank: { skills: {}, roles: ["agent"] },
    },
    {
        name: "queues", symbol: "headset", key: "key", columns: ["key", "name", "skills", "selection", "priority", "whenTooLong"],
        groups: [
            { title: "names", fields: [key, names] },
            { title: "leastSkills", fields: [{ name: "skills", kind: "skills" }] },
            {
                title: "distribution", fields: [
                    { name: "selection", kind: "choice", choices: ["longest_idle", "highest_level"] }, whole("priority", -many, many),
                    whole("ringSeconds", 5, 120, { unit: "seconds", isRequired: true }), whole("wrapUpSeconds", 0, 3_600, { unit: "seconds", isRequired: true }),
                    whole("lastAgentMinutes", 0, manyMinutes, { unit: "minutes" }), { name: "autoAnswer", kind: "toggle" },
                ],
            },
            {
                title: "waiting", fields: [
                    whole("mostWaiting", 0, many, { isRequired: true }), { name: "whenFull", kind: "overflow", isRequired: true },
                    whole("longestWaitSeconds", 1, manySeconds, { unit: "seconds" }), { name: "whenTooLong", kind: "overflow", isRequired: true },
                    { name: "whenNobody", kind: "overflow" }, whole("shortAbandonSeconds", 0, 600, { unit: "seconds", isRequired: true }),
                ],
            },
            { title: "breaks", fields: [whole("mostOnBreak", 0, many), { name: "breaksNeedApproval", kind: "toggle" }] },
        ],
        blank: {
            skills: {}, selection: "longest_idle", priority: 0, ringSeconds: 15, wrapUpSeconds: 20, mostWaiting: 25, whenFull: "dissuade", whenTooLong: "dissuade",
            autoAnswer: false, shortAbandonSeconds: 5, breaksNeedApproval: false,
        },
    },
    named("skills", "star"),
    {
        name: "seats", symbol: "monitor", key: "number", columns: ["number", "site", "phone"],
        groups: [{ title: "seat", fields: [text("number", { isRequired: true }), { name: "site", kind: "reference", from: "sites", isRequired: true }] }, { title: "phone", fields: [{ name: "phone", kind: "phone" }] }],
        blank: {},
    },
    {
        name: "numbers", symbol: "phoneIn", key: "number", columns: ["number", "flow", "trunk", "webCalls"],
        groups: [{ title: "number", fields: [text("number", { isRequired: true }), { name: "flow", kind: "reference", from: "flows", isRequired: true }, { name: "trunk", kind: "reference", from: "trunks", isRequired: true }, { name: "webCalls", kind: "toggle" }] }],
        blank: { webCalls: false },
    },
    {
        name: "trunks", symbol: "route", key: "key", columns: ["key", "addresses", "origin", "dialFormat"],
        groups: [
            { title: "trunk", fields: [key, { name: "origin", kind: "choice", choices: ["external", "internal", "city"] }, { name: "addresses", kind: "list", isRequired: true }, text("plan")] },
            {
                title: "incoming", fields: [
                    text("homeCountry", { isRequired: true }), text("homeArea"), { name: "internationalPrefixes", kind: "list" }, text("nationalPrefix"), text("outsidePrefix"), { name: "shortCodes", kind: "list" },
                    { name: "localLengths", kind: "numbers" }, { name: "nationalLengths", kind: "numbers" }, whole("minimumLength", 1, 32), whole("maximumLength", 1, 32),
                ],
            },
            { title: "outgoing", fields: [{ name: "dialFormat", kind: "choice", choices: ["e164", "e164_without_plus", "national"] }, { name: "dialsHomeArea", kind: "toggle" }, { name: "zeroBeforeMobile", kind: "toggle" }] },
        ],
        blank: {
            addresses: [], origin: "external", homeCountry: "86", internationalPrefixes: ["00"], nationalPrefix: "0", zeroBeforeMobile: false, shortCodes: [], localLengths: [7, 8], nationalLengths: [10, 11],
            minimumLength: 3, maximumLength: 15, dialFormat: "national", dialsHomeArea: false,
        },
    },
    {
        name: "calendars", symbol: "clock", key: "key", columns: ["key", "openNow"],
        groups: [{ title: "names", fields: [key] }, { title: "hours", fields: [{ name: "weekly", kind: "hours" }] }],
        blank: { always: true },
    },
    named("break-reasons", "cup", [whole("mostMinutes", 1, 1_440, { unit: "minutes" }), { name: "management", kind: "toggle" }]),
    {
        name: "request-types", symbol: "tag", key: "key", columns: ["key", "name", "initials", "answerHours"],
        groups: [{ title: "names", fields: [key, names, text("initials"), whole("answerHours", 1, many, { unit: "hours", isRequired: true })] }, { title: "asked", fields: [{ name: "fields", kind: "asked" }] }],
        blank: { answerHours: 24 },
    },
    named("dispositions", "check"),
    named("sites", "place"),
];

/**
 * The one row without a key.
 * @type {Section}
 */
export const general = {
    name: "general", symbol: "gear", key: "key", columns: [],
    groups: [
        { title: "centre", fields: [text("name", { isRequired: true }), { name: "zone", kind: "zone", isRequired: true }, text("businessDayStarts", { isRequired: true })] },
        { title: "limits", fields: [whole("seats", 1, many), whole("lines", 1, many), { name: "whenLinesFull", kind: "linesFull" }] },
    ],
    blank: {},
};

/** @param {string} name */
export const sectionOf = (name) => (name === "general" ? general : sections.find((one) => one.name === name));

/** What the server adds to a row of its own and does not take back. */
const told = ["isOpen", "changesAt"];

/**
 * @param {Row} row
 * @returns {Row}
 */
export const sendable = (row) => Object.fromEntries(Object.entries(row).filter(([name, value]) => !told.includes(name) && value !== undefined && value !== null));

/**
 * What is sent for a row: without the word that its telephone has a password.
 * @param {Row} row
 * @returns {Row}
 */
export function bodyOf(row) {
    if (!row.phone) return row;
    const { hasPassword: _, ...phone } = row.phone;
    return { ...row, phone };
}

/**
 * The same text for rows that say the same, in whatever order.
 * @param {any} value
 * @returns {string}
 */
export function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
    return `{${Object.keys(value).filter((name) => value[name] !== undefined).sort().map((name) => `${name}:${canonical(value[name])}`).join()}}`;
}
