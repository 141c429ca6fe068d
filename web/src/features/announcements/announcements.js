/** Announcements and known faults: what callers hear and agents see. */
import { Problem, get, post, remove } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { fromField, moment, now, passing } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { segments, textArea, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { card, chip, empty, notice } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";

/** @typedef {import("../../core/types.js").Announcement} Announcement */

const boards = /** @type {const} */ (["faults", "news"]);

/** @param {Announcement} one */
function validity(one) {
    const at = passing();
    if (one.until && one.until <= at) return { text: t("announcement.over"), look: "" };
    if (one.from && one.from > at) return { text: t("announcement.from", { time: moment(one.from) }), look: "info" };
    return { text: one.until ? t("announcement.untilTime", { time: moment(one.until) }) : t("announcement.inForce"), look: "good" };
}

/** @param {(made: Announcement) => void} added */
function addForm(added) {
    const blank = { board: "faults", "zh-CN": "", en: "", from: "", until: "" };
    const draft = signal(/** @type {Record<string, string>} */ (blank));
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const set = (/** @type {string} */ name) => (/** @type {string} */ value) => (draft.value = { ...draft.peek(), [name]: value });
    const about = (/** @type {string} */ name) => () => (fault.value instanceof Problem && fault.value.field === name ? explain(fault.value) : null);
    const submit = async (/** @type {Event} */ event) => {
        event.preventDefault();
        if (isBusy.peek()) return;
        const { board, from, until, ...texts } = draft.peek();
        isBusy.value = true;
        fault.value = null;
        try {
            added(await post("/announcements", {
                board, texts: Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim())),
                from: from ? fromField(from) : null, until: until ? fromField(until) : null,
            }));
            draft.value = { ...blank, board };
            toast(t("announcement.added"));
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
        textArea({ label: () => t("announcement.chinese"), rows: 3, value: () => draft.value["zh-CN"], change: set("zh-CN"), fault: about("texts"), more: { maxlength: 1000, lang: "zh-CN" } }),
        textArea({ label: () => t("announcement.english"), rows: 3, value: () => draft.value.en, change: set("en"), more: { maxlength: 1000, lang: "en" } }),
        h(
            "div", { class: "pair" },
            textField({ label: () => t("announcement.begins"), kind: "datetime-local", value: () => draft.value.from, change: set("from"), hint: () => t("announcement.beginsHint") }),
            textField({ label: () => t("announcement.ends"), kind: "datetime-local", value: () => draft.value.until, change: set("until"), hint: () => t("announcement.endsHint"), fault: () => (isOver() ? t("announcement.endsFault") : null) }),
        ),
        h("div", { class: "row end" }, button({ label: () => t("announcement.add"), look: "primary", kind: "submit", disabled: () => isBusy.value || isOver() || !(draft.value["zh-CN"].trim() || draft.value.en.trim()) })),
    );
}

export function announcementsPage() {
    const items = signal(/** @type {Announcement[] | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const load = async () => {
        try {
            items.value = (await get("/announcements")).items;
            fault.value = null;
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    /** @param {Announcement} one */
    const restore = async ({ board, texts, from, until }) => {
        try {
            await post("/announcements", { board, texts, from: from ?? null, until: until ?? null });
            await load();
        } catch (error) {
            complain(error);
        }
    };
    /** @param {Announcement} one */
    const takeAway = async (one) => {
        try {
            await remove(`/announcements/${encodeURIComponent(one.id)}`);
            items.value = (items.peek() ?? []).filter((other) => other.id !== one.id);
            toast(t("announcement.removed"), { action: { label: t("action.undo"), press: () => void restore(one) } });
        } catch (error) {
            complain(error);
        }
    };
    /** @param {string} board */
    const list = (board) => {
        const own = computed(() => (items.value ?? []).filter((one) => (one.board === "faults") === (board === "faults")));
        return card({ title: () => t(`announcement.${board}`), end: h("span", null, () => chip(() => own.value.length)), flush: true },
            each(h("ul", { class: "announcements" }), () => own.value, (one) => one.id, (one) =>
                h(
                    "li", null, icon(board === "faults" ? "alert" : "megaphone"),
                    h("div", { class: "grow" }, () => Object.entries(one().texts).map(([language, text]) => h("p", { lang: language, class: "keep-lines" }, text)), h("div", { class: "row" }, () => chip(() => validity(one()).text, validity(one()).look))),
                    may("centre.write") ? button({ symbol: "trash", look: "plain square", spoken: () => t("announcement.remove"), press: () => void takeAway(one()) }) : null,
                )),
            show(() => items.value && own.value.length === 0, () => empty("check", () => t(`announcement.${board}None`), () => t("announcement.noneText"))),
        );
    };
    return h(
        "div", { class: "page" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("announcement.title"))),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        h(
            "div", { class: () => (may("centre.write") ? "columns" : "stack") },
            h("div", { class: "stack" }, boards.map(list)),
            may("centre.write") ? card({ title: () => t("announcement.new") }, addForm((made) => (items.value = [...(items.peek() ?? []), made]))) : null,
        ),
    );
}
