/** What the parts of the centre are called, and how a value of a row is read aloud. */
import { has, language, named, t } from "../../core/i18n.js";
import { refName } from "./references.js";
import { sectionOf } from "./sections.js";

/**
 * The text of a field: its own in that section, else the one that all sections share.
 * @param {string} section
 * @param {string} name
 * @param {string} [part] hint
 */
export function word(section, name, part = "") {
    const ending = part ? `.${part}` : "";
    const keys = [`admin.${section}.${name}${ending}`, `admin.field.${name}${ending}`];
    const found = keys.find(has);
    return found ? t(found) : part ? "" : name;
}

/**
 * The field with its unit, where its value stands alone.
 * @param {string} section
 * @param {string} name
 */
export function labelled(section, name) {
    const unit = sectionOf(section)?.groups.flatMap((group) => group.fields).find((one) => one.name === name)?.unit;
    return word(section, name) + (unit ? ` (${t(`admin.unit.${unit}`)})` : "");
}

/** @param {string} section */
export const sectionName = (section) => t(`admin.section.${section}`);

/** @param {string} role */
export const roleName = (role) => (has(`admin.role.${role}`) ? t(`admin.role.${role}`) : role);

/** @param {unknown} value */
export function overflowWord(value) {
    const text = String(value ?? "");
    return text.startsWith("overflow:") ? t("admin.overflowTo", { queue: refName("queues", text.slice(9)) }) : text === "dissuade" ? t("admin.dissuade") : text || t("admin.callersWait");
}

/** @param {any} exception */
function exceptionWord({ date, name, closed, as, hours }) {
    const what = closed ? t("admin.closed") : as ? t("admin.likeDay", { day: t(`admin.day.${as}`) }) : (hours ?? []).join(", ");
    return [date, name, what].filter(Boolean).join(" ");
}

/** @param {Record<string, any>} value */
function objectWord(value) {
    if ("date" in value) return exceptionWord(/** @type {any} */ (value));
    return Object.entries(value).map(([key, one]) => `${has(`admin.day.${key}`) ? t(`admin.day.${key}`) : has(`admin.field.${key}`) ? t(`admin.field.${key}`) : key}: ${worded("", "", one)}`).join("; ");
}

/**
 * A value of a row in one line.
 * @param {string} section
 * @param {string} field
 * @param {any} value
 * @returns {string}
 */
export function worded(section, field, value) {
    if (value === undefined || value === null || value === "") return "–";
    if (value === true || value === false) return t(value ? "admin.yes" : "admin.no");
    if (field === "name" && typeof value === "object") return Object.entries(value).sort(([one]) => (one === language.value ? -1 : 1)).map(([, text]) => text).join(" / ");
    if (field === "skills") return Object.entries(value).map(([key, level]) => `${refName("skills", key)} ${level}`).join(", ") || "–";
    if (field === "roles") return value.map(roleName).join(", ");
    if (["whenFull", "whenTooLong", "whenNobody"].includes(field)) return overflowWord(value);
    if (field === "site" || field === "trunk") return refName(`${field}s`, value);
    if (has(`admin.${section}.${field}.${value}`)) return t(`admin.${section}.${field}.${value}`);
    if (Array.isArray(value)) return value.map((one) => (typeof one === "object" ? objectWord(one) : String(one))).join(field === "exceptions" ? "; " : ", ") || "–";
    if (typeof value === "object") return objectWord(value);
    return String(value);
}

/**
 * What a row is called beside its key.
 * @param {import("../../core/types.js").Row} row
 */
export const rowName = (row) => (typeof row.name === "string" ? row.name : named(row.name));
