/** Announcements and known faults: what callers hear, what agents see and acknowledge. */
import { get, post, remove } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { explain, inLanguages, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { brief, moment, now, passing } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { listFile } from "../../ui/list-file.js";
import { card, chip, empty, notice } from "../../ui/parts.js";
import { icon } from "../../ui/icons.js";
import { complain, toast } from "../../ui/toast.js";
import { announcementForm, boardOf, boards, bodyOf } from "./announcement-form.js";
import { openReceipts } from "./receipts.js";

/** @typedef {import("../../core/types.js").Announcement} Announcement */

/** @param {Announcement} one */
function validity(one) {
    const at = passing();
    if (one.until && one.until <= at) return { text: t("announcement.over"), look: "" };
    if (one.from && one.from > at) return { text: t("announcement.from", { time: moment(one.from) }), look: "info" };
    return { text: one.until ? t("announcement.untilTime", { time: moment(one.until) }) : t("announcement.inForce"), look: "good" };
}

export function announcementsPage() {
    const items = signal(/** @type {Announcement[] | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const mayWrite = may("announcement.write");
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
    const restore = async (one) => {
        try {
            await post("/announcements", bodyOf(one));
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
    /** @param {Announcement} one */
    const acknowledge = async (one) => {
        try {
            await post(`/announcements/${encodeURIComponent(one.id)}/receipt`);
            items.value = (items.peek() ?? []).map((other) => (other.id === one.id ? { ...other, receivedAt: now() } : other));
            toast(t("announcement.acknowledgedOne"));
        } catch (error) {
            complain(error);
        }
    };
    /** @param {Announcement} one */
    const edit = (one) => openDialog({ title: () => t("announcement.editTitle"), look: "wide", isBlocking: true }, (close) =>
        announcementForm(one, () => (close(), toast(t("announcement.saved")), void load()), button({ label: () => t("action.cancel"), press: close })));
    /** @param {() => Announcement} one */
    const foot = (one) => h(
        "div", { class: "row" }, () => chip(() => validity(one()).text, validity(one()).look),
        show(() => one().needsReceipt, () => [
            show(() => one().receivedAt, () => h("span", { class: "quiet small-text" }, () => t("announcement.acknowledged", { time: brief(Number(one().receivedAt)) })),
                () => button({ label: () => t("announcement.acknowledge"), symbol: "check", press: () => void acknowledge(one()) })),
            mayWrite ? button({ label: () => t("announcement.receipts"), look: "plain", press: () => openReceipts(one().id) }) : null,
        ]),
    );
    /** @param {typeof boards[number]} board */
    const list = (board) => {
        const own = computed(() => (items.value ?? []).filter((one) => boardOf(one) === board));
        return card({ title: () => t(`announcement.${board}`), end: h("span", null, () => chip(() => own.value.length, board === "urgent" && own.value.length > 0 ? "bad" : "")), flush: true },
            each(h("ul", { class: `announcements ${board}` }), () => own.value, (one) => one.id, (one) =>
                h(
                    "li", null, icon(board === "news" ? "megaphone" : "alert"),
                    h("div", { class: "grow" }, () => inLanguages(one().texts).map(([language, text]) => h("p", { lang: language, class: "keep-lines" }, text)), foot(one)),
                    mayWrite ? [
                        button({ symbol: "edit", look: "plain square", spoken: () => t("announcement.edit"), press: () => edit(one()) }),
                        button({ symbol: "trash", look: "plain square", spoken: () => t("announcement.remove"), press: () => void takeAway(one()) }),
                    ] : null,
                )),
            show(() => items.value && own.value.length === 0, () => empty("check", () => t(`announcement.${board}None`), () => t(board === "urgent" ? "announcement.urgentHint" : "announcement.noneText"))),
        );
    };
    /** @param {Announcement} made */
    const added = (made) => {
        items.value = [...(items.peek() ?? []), made];
        toast(t(made.board === "urgent" ? "announcement.urgentAdded" : "announcement.added"));
    };
    return h(
        "div", { class: "page" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("announcement.title")),
            listFile({ path: "/announcements", filters: () => ({}), isEmpty: () => (items.value ?? []).length === 0 }, () => t("announcement.title"))),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        h(
            "div", { class: mayWrite ? "columns" : "stack" },
            h("div", { class: "stack" }, boards.map(list)),
            mayWrite ? card({ title: () => t("announcement.new") }, announcementForm(null, added)) : null,
        ),
    );
}
