/** One ticket: made, read, changed. When two people change it, the later one sees both and chooses. */
import { Problem, get, post, put } from "../../core/api.js";
import { centre, loadCentre } from "../../core/centre.js";
import { h, keyed, show } from "../../core/dom.js";
import { explain, named, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { address, go, route } from "../../core/router.js";
import { may, session } from "../../core/session.js";
import { fullMoment } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { segments, selectField, textArea, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { card, chip, empty, facts, notice } from "../../ui/parts.js";
import { filled, requestFields } from "../../ui/request-fields.js";
import { toast } from "../../ui/toast.js";
import { fieldsOf, isKnownType, loadTicketTypes, typeChoices, typeName } from "./ticket-types.js";

/** @typedef {import("../../core/types.js").TicketBody} TicketBody */
/** @typedef {{type: string, title: string, text: string, owner: string, state: string, fields: Record<string, string>, result: string}} Draft */

const parts = /** @type {const} */ (["title", "type", "owner", "state", "fields", "text", "result"]);

/**
 * @param {TicketBody} ticket
 * @returns {Draft}
 */
const draftOf = (ticket) => ({ type: ticket.type, title: ticket.title, text: ticket.text, owner: ticket.owner?.number ?? "", state: ticket.state, fields: ticket.fields ?? {}, result: ticket.result ?? "" });

/**
 * @param {Draft} draft
 * @param {typeof parts[number]} part
 */
function worded(draft, part) {
    if (part === "type") return typeName(draft.type);
    if (part === "state") return t(`ticket.${draft.state}`);
    if (part === "owner") return draft.owner || t("ticket.nobody");
    if (part === "fields") return Object.entries(draft.fields).map(([key, value]) => `${named(fieldsOf(draft.type).find((one) => one.key === key)?.names, key)}：${value}`).join("\n");
    return draft[part];
}

/**
 * The fields; `theirs` is what somebody else saved meanwhile.
 * @param {{draft: import("../../core/reactive.js").Signal<Draft>, isNew: boolean, fault: () => unknown, people: () => {value: string, label: string}[]}} props
 */
function fields({ draft, isNew, fault, people }) {
    const set = (/** @type {Partial<Draft>} */ change) => (draft.value = { ...draft.peek(), ...change });
    const about = (/** @type {string} */ name) => () => {
        const found = fault();
        return found instanceof Problem && found.field === name ? explain(found) : null;
    };
    const isClosed = () => !may("ticket.write");
    const kind = computed(() => draft.value.type || typeChoices("")[0]?.value || "");
    const asked = computed(() => fieldsOf(kind.value));
    return h(
        "div", { class: "stack" },
        textField({ label: () => t("ticket.title"), value: () => draft.value.title, change: (title) => set({ title }), fault: about("title"), more: { required: true, maxlength: 200, disabled: isClosed } }),
        h(
            "div", { class: "pair" },
            selectField({ label: () => t("ticket.type"), value: () => draft.value.type, change: (type) => set({ type }), choices: () => typeChoices(draft.value.type), fault: about("type"), more: { disabled: isClosed } }),
            selectField({ label: () => t("ticket.owner"), value: () => draft.value.owner, change: (owner) => set({ owner }), choices: people, fault: about("owner"), more: { disabled: isClosed } }),
        ),
        requestFields({ fields: () => asked.value, values: () => draft.value.fields, change: (all) => set({ fields: all }), fault: (key) => about(`fields.${key}`)(), disabled: isClosed }),
        isNew ? null : h("div", { class: "field" }, h("span", { class: "label" }, () => t("ticket.state")), segments({
            label: () => t("ticket.state"), value: () => draft.value.state, change: (state) => set({ state }), choices: () => ["open", "done"].map((value) => ({ value, label: t(`ticket.${value}`) })),
        })),
        textArea({ label: () => t("ticket.text"), rows: 12, value: () => draft.value.text, change: (text) => set({ text }), fault: about("text"), more: { disabled: isClosed, maxlength: 20_000 } }),
        isNew ? null : textArea({ label: () => t("ticket.result"), hint: () => t("ticket.resultHint"), rows: 3, value: () => draft.value.result, change: (result) => set({ result }), fault: about("result"), more: { disabled: isClosed, maxlength: 20_000 } }),
    );
}

/** @param {{mine: Draft, theirs: TicketBody, keep: () => void, take: () => void}} props */
function conflict({ mine, theirs, keep, take }) {
    const other = draftOf(theirs);
    const differing = parts.filter((part) => JSON.stringify(mine[part]) !== JSON.stringify(other[part]));
    return h(
        "section", { class: "card conflict", role: "alert" },
        h("header", null, icon("alert"), h("h2", { class: "grow" }, () => t("ticket.conflict"))),
        h(
            "div", { class: "body stack" },
            h("p", null, () => t("ticket.conflictText", { time: fullMoment(theirs.changedAt) })),
            h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("ticket.conflict") }, h(
                "table", { class: "table" },
                h("thead", null, h("tr", null, ["ticket.part", "ticket.yours", "ticket.theirs"].map((key) => h("th", { scope: "col" }, () => t(key))))),
                h("tbody", null, differing.map((part) => h("tr", null, h("th", { scope: "row" }, () => t(`ticket.${part}`)), h("td", { class: "keep-lines" }, () => worded(mine, part)), h("td", { class: "keep-lines" }, () => worded(other, part))))),
            )),
            h("div", { class: "ends row" }, button({ label: () => t("ticket.takeTheirs"), press: take }), button({ label: () => t("ticket.keepMine"), look: "primary", press: keep })),
        ),
    );
}

/** @param {TicketBody | null} first null makes a new one */
function editor(first) {
    const asked = route.peek().query;
    const isNew = first === null;
    const ticket = signal(first);
    const draft = signal(/** @type {Draft} */ (first ? draftOf(first) : { type: "", title: "", text: "", owner: session.peek()?.person.number ?? "", state: "open", fields: {}, result: "" }));
    const theirs = signal(/** @type {TicketBody | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const interaction = first ? first.interaction : asked.get("interaction");
    const isChanged = computed(() => isNew || !ticket.value || JSON.stringify(draftOf(ticket.value)) !== JSON.stringify(draft.value));
    const people = () => {
        const known = [{ value: "", label: t("ticket.nobody") }, ...(centre.value?.agents ?? []).map((one) => ({ value: one.number, label: `${one.number} ${one.name}` }))];
        for (const person of [session.value?.person, ticket.value?.owner]) {
            if (person && !known.some((one) => one.value === person.number)) known.push({ value: person.number, label: `${person.number} ${person.name}` });
        }
        return known;
    };
    const save = async () => {
        if (isBusy.peek()) return;
        isBusy.value = true;
        fault.value = null;
        const type = draft.peek().type || typeChoices("")[0]?.value || "other";
        // What the page does not know of a type it does not send: left out, it stays as it is.
        const fields = isKnownType(type) ? filled(fieldsOf(type), draft.peek().fields) : undefined;
        const body = { ...draft.peek(), type, owner: draft.peek().owner || null, fields, result: draft.peek().result.trim() || undefined };
        try {
            if (isNew) {
                const { state: _, ...made } = body;
                const created = await post("/tickets", { ...made, interaction });
                toast(t("ticket.made", { number: created.number }));
                go(["tickets", created.id]);
            } else {
                ticket.value = await put(`/tickets/${encodeURIComponent(first.id)}`, { ...body, version: ticket.peek()?.version });
                draft.value = draftOf(/** @type {TicketBody} */ (ticket.peek()));
                toast(t("ticket.saved"));
            }
        } catch (error) {
            if (first && error instanceof Problem && error.reason === "changedMeanwhile") theirs.value = await get(`/tickets/${encodeURIComponent(first.id)}`).catch(() => null);
            else fault.value = error;
        }
        isBusy.value = false;
    };
    const settle = (/** @type {boolean} */ isMine) => {
        const other = theirs.peek();
        if (!other) return;
        ticket.value = other;
        theirs.value = null;
        if (isMine) void save();
        else draft.value = draftOf(other);
    };
    return [
        show(() => theirs.value, () => conflict({ mine: draft.peek(), theirs: /** @type {TicketBody} */ (theirs.peek()), keep: () => settle(true), take: () => settle(false) })),
        h(
            "form", { class: "columns", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void save()) },
            h("section", { class: "card" }, h(
                "div", { class: "body stack" },
                show(() => fault.value && !(fault.value instanceof Problem && fault.value.field), () => notice(() => explain(fault.value), "bad")),
                fields({ draft, isNew, fault: () => fault.value, people }),
                show(() => may("ticket.write"), () => h(
                    "div", { class: "row end" },
                    h("a", { class: "button", href: address(["tickets"]) }, () => t("action.back")),
                    button({ label: () => t(isNew ? "ticket.make" : "action.save"), look: "primary", kind: "submit", disabled: () => isBusy.value || !isChanged.value || draft.value.title.trim() === "" }),
                )),
            )),
            card({ title: () => t("ticket.particulars") }, first
                ? facts([
                    [() => t("ticket.number"), () => first.number],
                    [() => t("ticket.state"), () => chip(() => t(`ticket.${ticket.value?.state}`), ticket.value?.state === "open" ? "warn" : "good")],
                    [() => t("ticket.createdBy"), () => (first.createdBy ? `${first.createdBy.name} ${first.createdBy.number}` : t("ticket.byProgram"))],
                    [() => t("ticket.created"), () => fullMoment(first.createdAt)],
                    [() => t("ticket.changed"), () => fullMoment(ticket.value?.changedAt ?? first.changedAt)],
                    [() => t("ticket.version"), () => ticket.value?.version ?? first.version],
                    [() => t("interactions.one"), () => (interaction ? h("a", { href: address(["interactions", interaction]) }, t("action.show")) : "–")],
                ])
                : interaction
                    ? h("p", null, () => t("ticket.fromCall"), " ", h("a", { href: address(["interactions", interaction]) }, () => t("action.show")))
                    : h("p", { class: "quiet" }, () => t("ticket.newText"))),
        ),
    ];
}

/** @param {string} id `new` makes one */
export function ticketPage(id) {
    loadTicketTypes();
    loadCentre();
    const ticket = signal(/** @type {TicketBody | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const load = () => get(`/tickets/${encodeURIComponent(id)}`).then((body) => (ticket.value = body)).catch((error) => (fault.value = error));
    if (id !== "new") void load();
    return h(
        "div", { class: "page" },
        h(
            "div", { class: "head" },
            h("a", { class: "button plain square", href: address(["tickets"]), "aria-label": () => t("ticket.back") }, icon("left")),
            h("h1", { class: "grow" }, () => (id === "new" ? t("ticket.new") : ticket.value?.number ?? t("ticket.one"))),
        ),
        id === "new" ? editor(null) : [
            show(() => fault.value, () => (fault.value instanceof Problem && fault.value.status === 404 ? empty("search", () => t("ticket.unknown"), () => t("ticket.unknownText")) : notice(() => explain(fault.value), "bad"))),
            keyed(() => ticket.value?.id ?? null, () => (ticket.peek() ? editor(ticket.peek()) : null)),
        ],
    );
}
