/** What helps during a call: the caller's history, known faults and announcements. */
import { get, post } from "../../core/api.js";
import { each, h, keyed, show } from "../../core/dom.js";
import { explain, named, t } from "../../core/i18n.js";
import { computed, onCleanup, signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { brief, now, passing } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { icon } from "../../ui/icons.js";
import { chip, empty } from "../../ui/parts.js";
import { complain } from "../../ui/toast.js";
import { carePart } from "./care.js";
import { interaction } from "./desk-state.js";
import { requestTypes } from "./call-form.js";

/** @typedef {import("../../core/types.js").PastInteraction} PastInteraction */
/** @typedef {import("../../core/types.js").TicketBody} TicketBody */
/** @typedef {import("../../core/types.js").Announcement} Announcement */

/** Milliseconds between questions for announcements; they come by telephone before they come here. */
const announcementPace = 60_000;

/**
 * @param {string | null} type
 * @param {string | null} disposition
 */
function summary(type, disposition) {
    const found = requestTypes.value.find((one) => one.code === type);
    const parts = [named(found?.names, type ?? ""), named(found?.dispositions.find((one) => one.code === disposition)?.names, disposition ?? "")];
    return parts.filter(Boolean).join(" · ") || t("history.noType");
}

/** @param {string | null} id */
function history(id) {
    if (!id) return empty("person", () => t("history.title"), () => t("history.later"));
    const items = signal(/** @type {PastInteraction[] | null} */ (null));
    const tickets = signal(/** @type {TicketBody[]} */ ([]));
    const fault = signal(/** @type {unknown} */ (null));
    get(`/interactions/${encodeURIComponent(id)}/history`).then((body) => {
        items.value = body.items;
        const contacts = [id, ...body.items.map((/** @type {{interaction: string}} */ one) => one.interaction)];
        get(`/tickets?interactions=${contacts.join(",")}`).then((found) => (tickets.value = found.items)).catch(() => {
            // Who may not see tickets sees the history without them.
        });
    }).catch((error) => (fault.value = error));
    const ticketList = each(h("ul", { class: "past" }), () => tickets.value, (one) => one.id, (one) =>
        h(
            "li", null,
            h("div", { class: "line" }, icon("ticket", "small"), h("a", { class: "cut", href: () => address(["tickets", one().id]) }, () => one().title), h("time", null, () => brief(one().createdAt))),
            h("div", { class: "line" }, h("span", { class: "quiet small-text numeric" }, () => one().number), () => chip(() => t(`ticket.${one().state}`), one().state === "open" ? "warn" : "good")),
        ));
    const list = each(h("ul", { class: "past" }), () => items.value ?? [], (one) => one.interaction, (one) =>
        h(
            "li", null,
            h("div", { class: "line" }, h("b", { class: "cut" }, () => summary(one().requestType, one().disposition)), h("time", null, () => brief(one().arrivedAt))),
            show(() => one().notes, () => h("p", { title: () => one().notes }, () => one().notes)),
            h("div", { class: "line" }, h("span", { class: "quiet small-text" }, () => (one().agent ? t("history.by", { agent: one().agent }) : t("history.noAgent"))), h("a", { class: "small-text", href: () => address(["interactions", one().interaction]) }, () => t("action.show"))),
        ));
    return [
        ticketList, list,
        show(() => items.value?.length === 0 && tickets.value.length === 0, () => empty("person", () => t("history.none"), () => t("history.noneText"))),
        show(() => fault.value, () => empty("alert", () => t("history.failed"), () => explain(fault.value))),
    ];
}

/**
 * Urgent ones come first, then faults.
 * @param {Announcement} one
 */
const weight = (one) => (one.board === "urgent" ? 2 : one.board === "faults" ? 1 : 0);

function announcements() {
    const all = signal(/** @type {Announcement[] | null} */ (null));
    const load = () => get("/announcements").then((body) => (all.value = body.items)).catch(() => (all.value ??= []));
    void load();
    const timer = setInterval(load, announcementPace);
    onCleanup(() => clearInterval(timer));
    /** @param {Announcement} one */
    const acknowledge = async (one) => {
        try {
            await post(`/announcements/${encodeURIComponent(one.id)}/receipt`);
            all.value = (all.peek() ?? []).map((other) => (other.id === one.id ? { ...other, receivedAt: now() } : other));
        } catch (error) {
            complain(error);
        }
    };
    const inForce = computed(() => {
        const at = passing();
        return (all.value ?? []).filter((one) => (!one.from || one.from <= at) && (!one.until || one.until > at));
    });
    const sorted = computed(() => [...inForce.value].sort((one, other) => weight(other) - weight(one)));
    const list = each(h("ul", null), () => sorted.value, (one) => one.id, (one) =>
        h(
            "li", { class: () => `fault-item ${one().board === "faults" ? "" : one().board === "urgent" ? "urgent" : "plain"}` },
            () => icon(weight(one()) > 0 ? "alert" : "megaphone", "small"), h("span", { class: "keep-lines" }, () => named(one().texts)),
            show(() => one().until, () => h("small", null, () => t("announcement.untilTime", { time: brief(Number(one().until)) }))),
            show(() => one().needsReceipt, () => show(() => one().receivedAt,
                () => h("small", null, () => t("announcement.acknowledged", { time: brief(Number(one().receivedAt)) })),
                () => h("span", { class: "receipt" }, button({ label: () => t("announcement.acknowledge"), symbol: "check", press: () => void acknowledge(one()) })))),
        ));
    return { count: () => sorted.value.length, node: [list, show(() => all.value && sorted.value.length === 0, () => empty("check", () => t("announcement.noneNow"), () => t("announcement.noneNowText")))] };
}

export function beside() {
    const { count, node } = announcements();
    return h(
        "aside", { class: "aside", "aria-label": () => t("desk.beside") },
        h("section", { class: "card fixed" }, h("header", null, h("h2", { class: "grow" }, () => t("history.title"))), h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": () => t("history.title") }, keyed(() => interaction.value, history))),
        keyed(() => interaction.value, (id) => (id && may("form.write") ? carePart(id) : null)),
        h("section", { class: "card fixed" }, h("header", null, h("h2", { class: "grow" }, () => t("announcement.title")), show(count, () => chip(count, "warn"))), h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": () => t("announcement.title") }, node)),
    );
}
