/** Four ways to a new version: a file, the microphone, a telephone, a text that is spoken. */
import { Problem, post } from "../../core/api.js";
import { h, keyed, show } from "../../core/dom.js";
import { explain, languageName, t } from "../../core/i18n.js";
import { onCleanup, signal } from "../../core/reactive.js";
import { left, now, passing } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { field, segments, textArea } from "../../ui/field.js";
import { notice } from "../../ui/parts.js";
import { toast } from "../../ui/toast.js";
import { symbols } from "./prompt-types.js";
import { recorder, sendVersion } from "./recorder.js";

/** @typedef {import("./prompt-types.js").Version} Version */
/** @typedef {{prompt: string, language: () => string, made: (version: Version) => void, refresh: () => Promise<Version[] | null>}} Props */

/** Bytes that the server takes. */
const mostBytes = 20_000_000;
/** Milliseconds between looks at whether the telephone's version has come, and for speech to be made. */
const lookPace = 2_000;
const speechPatience = 60_000;
/** Characters of a text that is spoken. */
const mostText = 1000;

/** @param {Props} props */
function uploadPart({ prompt, language, made }) {
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const isOver = signal(false);
    const take = async (/** @type {File | undefined} */ file) => {
        if (!file || isBusy.peek()) return;
        fault.value = null;
        if (file.size > mostBytes) return void (fault.value = new Problem({ status: 400, code: "invalid", detail: t("prompt.tooLarge") }));
        isBusy.value = true;
        try {
            made(await sendVersion(prompt, language(), "upload", file));
        } catch (error) {
            fault.value = error;
        }
        isBusy.value = false;
    };
    return h(
        "div", {
            class: () => `drop stack ${isOver.value ? "is-over" : ""}`,
            ondragover: (/** @type {Event} */ event) => (event.preventDefault(), (isOver.value = true)), ondragleave: () => (isOver.value = false),
            ondrop: (/** @type {DragEvent} */ event) => (event.preventDefault(), (isOver.value = false), void take(event.dataTransfer?.files[0])),
        },
        field({ label: () => t("prompt.file"), hint: () => t("prompt.fileHint"), fault: () => (fault.value ? explain(fault.value) : null) }, (_, described) =>
            h("input", { type: "file", accept: "audio/wav,audio/x-wav,.wav", disabled: () => isBusy.value, onchange: (/** @type {any} */ event) => void take(event.target.files[0]).finally(() => (event.target.value = "")), ...described })),
        show(() => isBusy.value, () => h("p", { class: "quiet", role: "status" }, () => t("prompt.sending"))),
    );
}

/** @param {Props} props */
function phonePart({ prompt, language, made, refresh }) {
    const code = signal(/** @type {{dial: string, expiresAt: number} | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    let known = new Set();
    let timer = 0;
    const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(async () => {
            const all = await refresh().catch(() => null);
            const arrived = all?.find((one) => !known.has(one.version) && one.source === "phone" && one.language === language());
            if (arrived) {
                code.value = null;
                return made(arrived);
            }
            if (code.peek() && now() < (code.peek()?.expiresAt ?? 0)) watch();
        }, lookPace);
    };
    const begin = async () => {
        fault.value = null;
        try {
            known = new Set(((await refresh()) ?? []).map((one) => one.version));
            code.value = await post(`/prompts/${encodeURIComponent(prompt)}/phone-code`, { language: language() });
            watch();
        } catch (error) {
            fault.value = error;
        }
    };
    onCleanup(() => clearTimeout(timer));
    const isValid = () => code.value && passing() < code.value.expiresAt;
    return h(
        "div", { class: "stack" },
        show(() => fault.value, () => notice(() => explain(fault.value), "bad")),
        show(isValid, () => [
            h("p", null, () => t("prompt.dialText")),
            h("div", { class: "dial-code numeric", "aria-label": () => t("prompt.dialCode") }, () => code.value?.dial ?? ""),
            h("p", { class: "quiet", role: "timer" }, () => t("prompt.expires", { time: left((code.value?.expiresAt ?? 0) - passing()) })),
            h("p", { class: "quiet" }, () => t("prompt.waitingForPhone")),
        ], () => [
            h("p", { class: "quiet" }, () => t(code.value ? "prompt.codeOver" : "prompt.phoneText")),
            h("div", null, button({ label: () => t("prompt.getCode"), symbol: "phone", look: "primary", press: () => void begin() })),
        ]),
    );
}

/** @param {Props & {first: () => string}} props */
function speechPart({ prompt, language, made, first }) {
    const text = signal(first());
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const make = async (/** @type {Event} */ event) => {
        event.preventDefault();
        if (isBusy.peek() || !text.peek().trim()) return;
        isBusy.value = true;
        fault.value = null;
        try {
            made(await post(`/prompts/${encodeURIComponent(prompt)}/speech`, { language: language(), text: text.peek().trim() }, { patience: speechPatience }));
        } catch (error) {
            fault.value = error;
        }
        isBusy.value = false;
    };
    return h(
        "form", { class: "stack", onsubmit: make },
        textArea({ label: () => t("prompt.textIn", { language: languageName(language()) }), rows: 4, value: () => text.value, change: (value) => (text.value = value), fault: () => (fault.value ? explain(fault.value) : null), hint: () => t("prompt.speechHint"), more: { maxlength: mostText, lang: language } }),
        h("div", null, button({ label: () => t(isBusy.value ? "prompt.speaking" : "prompt.speak"), symbol: "speech", look: "primary", kind: "submit", disabled: () => isBusy.value || !text.value.trim() })),
    );
}

/** @param {Props & {textOf: () => string}} props */
export function makeVersion(props) {
    const way = signal("browser");
    const made = (/** @type {Version} */ version) => {
        toast(t("prompt.made", { version: version.version }));
        props.made(version);
    };
    const parts = /** @type {Record<string, () => Child>} */ ({
        browser: () => recorder({ ...props, made }), upload: () => uploadPart({ ...props, made }), phone: () => phonePart({ ...props, made }), speech: () => speechPart({ ...props, made, first: props.textOf }),
    });
    return h(
        "div", { class: "stack" },
        segments({ label: () => t("prompt.way"), value: () => way.value, change: (value) => (way.value = value), choices: () => Object.keys(parts).map((value) => ({ value, label: t(`prompt.way.${value}`), symbol: symbols[value] })) }),
        keyed(() => `${way.value}\n${props.language()}`, (which) => parts[which.split("\n")[0]]()),
        h("p", { class: "hint small-text quiet" }, () => t("prompt.draftText")),
    );
}
