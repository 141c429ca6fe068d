/**
 * The first letters of Chinese words, for finding 业务咨询 by `ywzx`.
 *
 * The browser sorts Chinese by pinyin; the first character of each letter in that order tells the letter of any other.
 * Characters with several readings get the commonest one. Where the server gives initials, those are used.
 */

const letters = "abcdefghjklmnopqrstwxyz";
const firsts = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀";
const order = new Intl.Collator("zh-CN-u-co-pinyin");

/** @param {string} text */
export function initials(text) {
    let found = "";
    for (const character of text) {
        if (/[a-z0-9]/i.test(character)) found += character.toLowerCase();
        else if (/\p{Script=Han}/u.test(character)) {
            let index = letters.length - 1;
            while (index > 0 && order.compare(character, firsts[index]) < 0) index -= 1;
            found += letters[index];
        }
    }
    return found;
}

/**
 * How well a choice fits what was typed: 0 is not at all.
 * @param {import("./types.js").Choice} choice
 * @param {string} typed
 */
export function fit(choice, typed) {
    const sought = typed.trim().toLowerCase();
    if (!sought) return 1;
    if (choice.code.toLowerCase() === sought) return 6;
    const short = [choice.initials ?? "", ...Object.values(choice.names).map(initials)].filter(Boolean);
    if (short.some((one) => one.startsWith(sought))) return 5;
    const names = Object.values(choice.names).map((name) => name.toLowerCase());
    if (names.some((name) => name.startsWith(sought))) return 4;
    if (choice.code.toLowerCase().startsWith(sought)) return 3;
    if (short.some((one) => one.includes(sought)) || names.some((name) => name.includes(sought))) return 2;
    return 0;
}

/**
 * The choices that fit, best first, else in their own order.
 * @template {import("./types.js").Choice} C
 * @param {readonly C[]} choices
 * @param {string} typed
 * @returns {C[]}
 */
export const matching = (choices, typed) =>
    choices
        .map((choice, place) => ({ choice, place, worth: fit(choice, typed) }))
        .filter(({ worth }) => worth > 0)
        .sort((one, other) => other.worth - one.worth || one.place - other.place)
        .map(({ choice }) => choice);
