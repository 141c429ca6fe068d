/** What an announcement says, on which board, how long, and whether agents acknowledge it: made or changed. */
import { Problem, post, put } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { fromField, now, toField } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { checkBox, segments, textArea, textField } from "../../ui/field.js";
import { notice } from "../../ui/parts.js";

/** @typedef {import("../../core/types.js").Announcement} Announcement */
/** @typedef {{board: string, "zh-CN": string, en: string, from: string, until: string, needsReceipt: boolean}} Draft */

/** In the order of their weight. */
export const boards = /** @type {const} */ (["urgent", "faults", "news"]);

/** @param {Announcement} one */
export const boardOf = (one) => (one.board === "faults" || one.board === "urgent" ? one.board : "news");

/**
 * What is sent for an announcement.
 * @param {Announcement} one
 */
export const bodyOf = ({ board, texts, from, until, needsReceipt }) => ({ board, texts, from: from ?? null, until: until ?? null, needsReceipt: needsReceipt ?? false });

/**
 * @param {Announcement | null} first null makes a new one
 * @param {(saved: Announcement) => void} done
 * @param {Child} [beside] another button
 */
export function announcementForm(first, done, beside = null) {
    /** @type {Draft} */
    const blank = { board: "faults", "zh-CN": "", en: "", from: "", until: "", needsReceipt: false };
    const draft = signal(first ? { board: boardOf(first), "zh-CN": first.texts["zh-CN"] ?? "", en: first.texts.en ?? "", from: toField(first.from), until: toField(first.until), needsReceipt: Boolean(first.needsReceipt) } : blank);
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const set = (/** @type {keyof Draft} */ name) => (/** @type {any} */ value) => (draft.value = { ...draft.peek(), [name]: value });
    const about = (/** @type {string} */ name) => () => (fault.value instanceof Problem && fault.value.field === name ? explain(fault.value) : null);
    const submit = async (/** @type {Event} */ event) => {
        event.preventDefault();
        if (isBusy.peek()) return;
        const { board, from, until, needsReceipt, ...texts } = draft.peek();
        isBusy.value = true;
        fault.value = null;
        // Languages that the form does not show are kept.
        const body = {
            board, texts: Object.fromEntries(Object.entries({ ...first?.texts, ...texts }).filter(([, text]) => text.trim())),
            from: from ? fromField(from) : null, until: until ? fromField(until) : null, needsReceipt,
        };
        try {
            done(first ? await put(`/announcements/${encodeURIComponent(first.id)}`, body) : await post("/announcements", body));
            if (!first) draft.value = { ...blank, board };
        } catch (error) {
            fault.value = error;
        }
        isBusy.value = false;
    };
    const isOver = () => Boolean(draft.value.until) && (fromField(draft.value.until) ?? 0) <= now();
    return h(
        "form", { class: "stack", onsubmit: submit },
        show(() => fault.value && !(fault.value instanceof Problem && fault.value.field), () => notice(() => explain(fault.value), "bad")),
        h("div", { class: "field" }, h("span", { class: "label" }, () => t("announcement.board")), segments({ label: () => t("announcement.board"), value: () => draft.value.board, change: set("board"), choices: () => boards.map((value) => ({ value, label: t(`announcement.${value}`) })) })),
        show(() => draft.value.board === "urgent", () => notice(() => t("announcement.urgentHint"), "warn")),
        textArea({ label: () => t("announcement.chinese"), rows: 3, value: () => draft.value["zh-CN"], change: set("zh-CN"), fault: about("texts"), more: { maxlength: 1000, lang: "zh-CN" } }),
        textArea({ label: () => t("announcement.english"), rows: 3, value: () => draft.value.en, change: set("en"), more: { maxlength: 1000, lang: "en" } }),
        h(
            "div", { class: "pair" },
            textField({ label: () => t("announcement.begins"), kind: "datetime-local", value: () => draft.value.from, change: set("from"), hint: () => t("announcement.beginsHint") }),
            textField({ label: () => t("announcement.ends"), kind: "datetime-local", value: () => draft.value.until, change: set("until"), hint: () => t("announcement.endsHint"), fault: () => (isOver() ? t("announcement.endsFault") : null) }),
        ),
        checkBox({ label: () => t("announcement.needsReceipt"), value: () => draft.value.needsReceipt, change: set("needsReceipt") }),
        h("div", { class: "row end" }, beside, button({ label: () => t(first ? "action.save" : "announcement.add"), look: "primary", kind: "submit", disabled: () => isBusy.value || isOver() || !(draft.value["zh-CN"].trim() || draft.value.en.trim()) })),
    );
}
