/** Tables as text (RFC 4180): read from what people paste, written so that no spreadsheet takes a cell for a formula. */
import { saveFile } from "./file.js";

/**
 * Rows of cells. The separator is the first of tab, semicolon and comma that the first line has: spreadsheets paste tabs.
 * @param {string} text
 * @returns {string[][]} empty lines are left out
 */
export function parse(text) {
    const clean = text.replace(/^\uFEFF/, "");
    const first = clean.split(/\r?\n/, 1)[0];
    const separator = ["\t", ";", ","].find((one) => first.includes(one)) ?? ",";
    /** @type {string[][]} */
    const rows = [];
    /** @type {string[]} */
    let row = [];
    let cell = "";
    let isQuoted = false;
    const endRow = () => {
        row.push(cell.trim());
        if (row.some((one) => one !== "")) rows.push(row);
        [row, cell] = [[], ""];
    };
    for (let at = 0; at < clean.length; at += 1) {
        const sign = clean[at];
        if (isQuoted) {
            if (sign !== '"') cell += sign;
            else if (clean[at + 1] === '"') [cell, at] = [cell + '"', at + 1];
            else isQuoted = false;
        } else if (sign === '"' && cell.trim() === "") [cell, isQuoted] = ["", true];
        else if (sign === separator) [cell] = (row.push(cell.trim()), [""]);
        else if (sign === "\n") endRow();
        else if (sign !== "\r") cell += sign;
    }
    endRow();
    return rows;
}

/**
 * A leading = + - @, tab or return would make a spreadsheet calculate: an apostrophe keeps the cell text.
 * @param {string} text
 */
export const neutral = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/**
 * The opposite of `neutral`, so that what was exported can be read again.
 * @param {string} text
 */
export const plain = (text) => (/^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text);

/** @param {unknown} value */
function cell(value) {
    const text = neutral(String(value ?? ""));
    return /[",;\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {unknown[][]} rows */
export const written = (rows) => rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";

/**
 * Hands a table to the browser as a file. The mark at its beginning tells spreadsheets that it is UTF-8.
 * @param {string} name
 * @param {unknown[][]} rows
 */
export function download(name, rows) {
    saveFile(name, new Blob(["\uFEFF", written(rows)], { type: "text/csv;charset=utf-8" }));
}
