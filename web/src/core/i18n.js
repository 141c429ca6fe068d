/** Words in the language of the person: switched without a reload, because every text is a function of the language. */
import { effect, signal } from "./reactive.js";
import { Preference } from "./store.js";

/** @typedef {"zh-CN" | "en"} Language */
/** @type {Language[]} */
export const languages = ["zh-CN", "en"];

const asked = new URLSearchParams(location.search).get("lang");
const usual = /** @type {Language} */ (navigator.language.startsWith("zh") ? "zh-CN" : "en");
export const language = new Preference("language", usual, (value) => languages.includes(/** @type {Language} */ (value)));
if (languages.includes(/** @type {Language} */ (asked))) language.value = /** @type {Language} */ (asked);

/** The language whose words have been loaded. */
const shown = signal(/** @type {{language: Language, words: Record<string, string>}} */ ({ language: usual, words: {} }));
/** @type {Map<Language, Promise<Record<string, string>>>} */
const loading = new Map();

/** @param {Language} wanted */
function words(wanted) {
    let promise = loading.get(wanted);
    if (!promise) {
        promise = fetch(new URL(`../locales/${wanted}.json`, import.meta.url)).then((response) => {
            if (!response.ok) throw new Error(`The words did not come: ${response.status}`);
            return response.json();
        });
        promise.catch(() => loading.delete(wanted));
        loading.set(wanted, promise);
    }
    return promise;
}

/**
 * Loads the words and goes on following the chosen language.
 * @returns {Promise<void>}
 */
export async function followLanguage() {
    const wanted = language.peek();
    shown.value = { language: wanted, words: await words(wanted) };
    effect(() => {
        const next = language.value;
        words(next).then((found) => {
            if (language.peek() !== next) return;
            shown.value = { language: next, words: found };
            document.documentElement.lang = next;
        }).catch(() => {
            // Not reachable: the language that is shown stays.
        });
    });
}

/** The language on the screen, for formats. */
export const locale = () => shown.value.language;

/**
 * Whether there is such a text.
 * @param {string} key
 */
export const has = (key) => key in shown.value.words;

/**
 * A text; `{name}` is replaced.
 * @param {string} key
 * @param {Record<string, string | number | null | undefined>} [values]
 * @returns {string}
 */
export function t(key, values) {
    const text = shown.value.words[key] ?? key;
    return values ? text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? "")) : text;
}

/**
 * The tenant's own texts, in the language of the screen if there is one.
 * @param {import("./types.js").Names | null | undefined} names
 * @param {string} [otherwise]
 */
export const named = (names, otherwise = "") => names?.[shown.value.language] ?? names?.["zh-CN"] ?? Object.values(names ?? {})[0] ?? otherwise;

/**
 * Texts with their languages, that of the page first.
 * @param {Record<string, string>} texts
 */
export const inLanguages = (texts) => Object.entries(texts).sort(([one], [other]) => Number(other === shown.value.language) - Number(one === shown.value.language));

/**
 * What a language is called; the country is left out where nobody would think of another.
 * @param {string} code BCP 47
 */
export function languageName(code) {
    try {
        return new Intl.DisplayNames([shown.value.language], { type: "language" }).of(code === "zh-CN" ? "zh" : code) ?? code;
    } catch {
        // Not a tag of a language: shown as it is written.
        return code;
    }
}

/** @param {number} value */
export const number = (value) => new Intl.NumberFormat(shown.value.language).format(value);

/**
 * A telephone number, grouped as people read it.
 * @param {string | null | undefined} raw
 */
export function phone(raw) {
    if (!raw) return t("caller.withheld");
    const mobile = /^\+86(1\d{2})(\d{4})(\d{4})$/.exec(raw);
    if (mobile) return `${mobile[1]} ${mobile[2]} ${mobile[3]}`;
    const landline = /^\+86((?:10|2\d|[3-9]\d{2}))(\d{4})(\d{3,4})$/.exec(raw);
    return landline ? `0${landline[1]} ${landline[2]} ${landline[3]}` : raw;
}

/**
 * What people are told about a problem: by its reason, else by its code.
 * @param {unknown} error
 */
export function explain(error) {
    const problem = /** @type {Partial<import("./api.js").Problem>} */ (error ?? {});
    const byReason = `problem.${problem.details?.reason}`;
    if (has(byReason)) return t(byReason, problem.details);
    const byCode = `problem.code.${problem.code}`;
    return has(byCode) ? t(byCode, { detail: problem.message }) : t("problem.unexpected", { detail: String(error) });
}
