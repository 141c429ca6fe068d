/** The list of tickets. */
import { centre, loadCentre } from "../../core/centre.js";
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address, go, restate, route } from "../../core/router.js";
import { may, session } from "../../core/session.js";
import { brief, fullMoment } from "../../core/time.js";
import { segments, selectField, textField } from "../../ui/field.js";
import { listFile } from "../../ui/list-file.js";
import { icon } from "../../ui/icons.js";
import { chip, empty } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";
import { loadTicketTypes, typeChoices, typeName } from "./ticket-types.js";

/** @typedef {import("../../core/types.js").TicketBody} TicketBody */

/** Milliseconds that typing rests before the list follows. */
const rest = 350;

export function ticketsPage() {
    loadTicketTypes();
    loadCentre();
    const asked = route.peek().query;
    const filters = signal({ state: asked.get("state") ?? "open", owner: asked.get("owner") ?? "", type: asked.get("type") ?? "", text: asked.get("text") ?? "" });
    let timer = 0;
    /** @param {Partial<{state: string, owner: string, type: string, text: string}>} change */
    const set = (change, after = 0) => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            filters.value = { ...filters.peek(), ...change };
            restate(["tickets"], filters.peek());
        }, after);
    };
    const list = paged("/tickets", () => ({ ...filters.value, state: filters.value.state === "all" ? "" : filters.value.state }));
    const me = session.peek()?.person.number ?? "";
    const isFiltered = () => Boolean(filters.value.owner || filters.value.type || filters.value.text || filters.value.state !== "open");
    const create = () => (may("ticket.write") ? h("a", { class: "button primary", href: address(["tickets", "new"]) }, icon("plus"), () => t("ticket.new")) : null);
    return h(
        "div", { class: "page fills" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("ticket.list")), listFile(list, () => t("ticket.list")), create),
        h(
            "form", { class: "filters", role: "search", "aria-label": () => t("filter.title"), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
            h("div", { class: "field" }, h("span", { class: "label" }, () => t("ticket.state")), segments({
                label: () => t("ticket.state"), value: () => filters.value.state, change: (state) => set({ state }),
                choices: () => ["open", "done", "all"].map((value) => ({ value, label: t(`ticket.${value}`) })),
            })),
            selectField({ label: () => t("ticket.type"), value: () => filters.value.type, change: (type) => set({ type }), choices: () => [{ value: "", label: t("filter.all") }, ...typeChoices(filters.value.type)] }),
            selectField({
                label: () => t("ticket.owner"), value: () => filters.value.owner, change: (owner) => set({ owner }),
                choices: () => [{ value: "", label: t("filter.all") }, { value: me, label: t("ticket.ownerMe") }, ...(centre.value?.agents ?? []).filter((one) => one.number !== me).map((one) => ({ value: one.number, label: `${one.number} ${one.name}` }))],
            }),
            textField({ label: () => t("ticket.search"), kind: "search", value: () => filters.value.text, change: (text) => set({ text: text.trim() }, rest), look: "wide" }),
        ),
        h("section", { class: "card list" }, table({
            label: () => t("ticket.list"), list, key: (/** @type {TicketBody} */ item) => item.id, open: (/** @type {TicketBody} */ item) => go(["tickets", item.id]),
            none: () => show(isFiltered, () => empty("search", () => t("filter.nothing"), () => t("filter.nothingText")), () => empty("ticket", () => t("ticket.none"), () => t("ticket.noneText"), h("div", null, create))),
            columns: [
                { head: () => t("ticket.number"), cell: (item) => h("a", { href: () => address(["tickets", item().id]) }, () => item().number) },
                { head: () => t("ticket.title"), look: "main", cell: (item) => h("span", { class: "cut block" }, () => item().title) },
                { head: () => t("ticket.type"), cell: (item) => () => typeName(item().type) },
                { head: () => t("ticket.owner"), cell: (item) => () => item().owner?.name ?? h("span", { class: "quiet" }, t("ticket.nobody")) },
                { head: () => t("ticket.created"), cell: (item) => h("span", { class: "quiet", title: () => fullMoment(item().createdAt) }, () => brief(item().createdAt)) },
                { head: () => t("ticket.changed"), cell: (item) => h("span", { class: "quiet", title: () => fullMoment(item().changedAt) }, () => brief(item().changedAt)) },
                { head: () => t("ticket.state"), cell: (item) => () => chip(() => t(`ticket.${item().state}`), item().state === "open" ? "warn" : "good") },
            ],
        })),
    );
}
