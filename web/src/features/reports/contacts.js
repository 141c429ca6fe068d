/** The contacts behind a number: those that a term counts, in order of time, each with the way to its record. */
import { get, query } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { moment, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { listFile } from "../../ui/list-file.js";
import { empty, notice } from "../../ui/parts.js";

/** @typedef {{interaction: string, at: number, channel: string, origin: string, number: string, queue?: string, agent?: string, ending?: string, waitedMs?: number, talkedMs?: number, requestType?: string, rating?: number}} Contact */

/** Terms that count contacts or entries; others are time of staff, or days. */
const counted = new Set([
    "offered", "answered", "abandoned", "shortAbandoned", "overflowed", "callback", "voicemail", "dissuaded", "released", "waiting", "answeredIn", "abandonedIn", "answeredInConnect",
    "inHoursOffered", "inHoursAnswered", "handled", "contacts", "selfServed", "rejected", "requests", "ratingsAsked", "ratings", "satisfied", "issues", "resolvedFirst",
]);

/** @param {string} term */
export const hasContacts = (term) => counted.has(term);

/**
 * What a row of a report asks for, beside its period; `null` for a row that is many stretches of time.
 * @param {string} by
 * @param {import("./figure.js").Row} row
 * @returns {Record<string, any> | null}
 */
export function questionOf(by, row) {
    if (row.key === "") return {};
    if (by === "weekdayHour") return null;
    if (by === "interval" || by === "day") return { startsAt: row.startsAt, endsAt: row.endsAt };
    if (by !== "originType") return { [by]: row.key };
    const [origin, type] = row.key.split("|");
    return type ? { origin, requestType: type } : { origin };
}

/**
 * @param {string} term
 * @param {Record<string, any>} asked
 */
export function contactsOf(term, asked) {
    const items = signal(/** @type {Contact[]} */ ([]));
    const next = signal(/** @type {string | undefined} */ (undefined));
    const fault = signal(/** @type {unknown} */ (null));
    const isLoaded = signal(false);
    const load = async () => {
        fault.value = null;
        try {
            const page = await get(`/figures/contacts${query({ ...asked, term, limit: 50, cursor: next.peek() })}`);
            items.value = [...items.peek(), ...page.items];
            next.value = page.next;
            isLoaded.value = true;
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    /** A contact by itself has neither an ending in a queue nor a wait. */
    const isOfQueue = () => items.value.some((one) => one.ending !== undefined || one.waitedMs !== undefined);
    const columns = () => ["at", "number", "queue", "agent"].concat(isOfQueue() ? ["ending", "waited"] : []);
    return h(
        "div", { class: "stack" },
        h("div", { class: "row end" }, listFile({ path: "/figures/contacts", filters: () => ({ ...asked, term }), isEmpty: () => items.value.length === 0 }, () => t("report.contacts"))),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        show(() => isLoaded.value && items.value.length === 0, () => empty("list", () => t("report.contact.none"))),
        show(() => items.value.length > 0, () => h("div", { class: "table-frame contacts-behind", tabIndex: 0, role: "region", "aria-label": () => t("report.contacts") }, h(
            "table", { class: "table" },
            h("thead", null, h("tr", null, () => columns().map((key) => h("th", { scope: "col" }, () => t(`report.contact.${key}`))))),
            h("tbody", null, () => items.value.map((one) => h(
                "tr", null,
                h("th", { scope: "row", class: "numeric" }, may("interaction.read") ? h("a", { href: address(["interactions", one.interaction]) }, moment(one.at)) : moment(one.at)),
                h("td", null, one.number), h("td", null, one.queue ?? "–"), h("td", null, one.agent ?? "–"),
                isOfQueue() ? h("td", null, () => (one.ending ? t(`report.ending.${one.ending}`) : "–")) : null,
                isOfQueue() ? h("td", { class: "end numeric" }, one.waitedMs === undefined ? "–" : span(one.waitedMs)) : null,
            ))),
        ))),
        show(() => next.value, () => button({ label: () => t("audit.more"), press: () => void load() })),
    );
}
