/**
 * The library's prompts on the wire.
 *
 * @typedef {{version: number, language: string, source: "upload" | "browser" | "phone" | "speech", text?: string, durationMs: number, at: number, by: string, isCurrent: boolean}} Version
 * @typedef {{flow: string, nodes: string[]}} Use
 * @typedef {{key: string, name: import("../../core/types.js").Names, current: Record<string, Version>, draft?: Record<string, Version>, usedBy: Use[]}} Prompt
 */
import { agentName } from "../../core/centre.js";
import { t } from "../../core/i18n.js";
import { Preference } from "../../core/store.js";

/** Languages that are always offered; a prompt may have others. */
export const usualLanguages = ["zh-CN", "en"];
/** The language that was written last. */
export const lastLanguage = new Preference("promptLanguage", "zh-CN");

/** How long a prompt is: short ones with tenths of a second. */
export const length = (/** @type {number} */ milliseconds) => {
    const seconds = milliseconds / 1000;
    return seconds < 60 ? t("prompt.seconds", { seconds: seconds.toFixed(1) }) : `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;
};

export const symbols = /** @type {Record<string, string>} */ ({ upload: "upload", browser: "microphone", phone: "phone", speech: "speech" });

/** @param {Version} version */
export const madeBy = (version) => `${t(`prompt.source.${version.source}`)} · ${agentName(version.by)}`;
