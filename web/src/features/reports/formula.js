/**
 * Where a formula is at fault, found as the server finds it: that one says so in English and names the place.
 */

/** @typedef {{fault: "long" | "deep" | "bracket" | "term" | "word" | "end", position: number, word: string}} Fault the place counts from 1 */

/** As on the server. */
const longest = 400;
const deepest = 20;

class FormulaFault extends Error {
    /** @param {Fault} fault */
    constructor(fault) {
        super(fault.fault);
        this.fault = fault;
    }
}

/**
 * @param {string} text
 * @param {Set<string>} terms the words that are terms
 * @returns {Fault | null}
 */
export function formulaFault(text, terms) {
    const characters = [...text];
    let place = 0;
    /** @type {(fault: Fault["fault"], word?: string) => FormulaFault} */
    const wrong = (fault, word = "") => new FormulaFault({ fault, position: place + 1, word });
    const skip = () => {
        while (/\s/.test(characters[place] ?? "")) place += 1;
    };
    /** @param {string} wanted */
    const take = (wanted) => {
        skip();
        const found = characters[place] ?? "";
        if (found === "" || !wanted.includes(found)) return null;
        place += 1;
        return found;
    };
    /**
     * @param {number} depth
     * @param {string} wanted
     * @param {(depth: number) => void} part
     */
    const chain = (depth, wanted, part) => {
        do part(depth);
        while (take(wanted) !== null);
    };
    /** @param {number} depth */
    const sum = (depth) => chain(depth, "+-−", product);
    /** @param {number} depth */
    const product = (depth) => chain(depth, "*×/÷", atom);
    /** @param {number} depth */
    const atom = (depth) => {
        if (depth >= deepest) throw wrong("deep");
        if (take("(") !== null) {
            sum(depth + 1);
            if (take(")") === null) throw wrong("bracket");
            return;
        }
        skip();
        const start = place;
        while (/[\p{L}\p{N}]/u.test(characters[place] ?? "")) place += 1;
        const word = characters.slice(start, place).join("");
        if (/^\d+$/.test(word) || terms.has(word)) return;
        place = start;
        throw wrong(word === "" ? "term" : "word", word.slice(0, 40));
    };
    try {
        if (new TextEncoder().encode(text).length > longest) throw wrong("long");
        sum(0);
        skip();
        if (place < characters.length) throw wrong("end", characters.slice(place, place + 12).join(""));
        return null;
    } catch (error) {
        if (error instanceof FormulaFault) return error.fault;
        throw error;
    }
}
