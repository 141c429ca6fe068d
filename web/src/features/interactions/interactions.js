/** The list of interactions. */
import { agentName, centre, loadCentre, queueName } from "../../core/centre.js";
import { h, show } from "../../core/dom.js";
import { named, phone, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { address, go, restate, route } from "../../core/router.js";
import { fromField, fullMoment, moment, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { selectField, textField } from "../../ui/field.js";
import { listFile } from "../../ui/list-file.js";
import { chip, empty } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";

/** @typedef {import("../../core/types.js").Interaction} Interaction */

/** Milliseconds of a day, for "until the end of". */
const dayLength = 86_400_000;
/** Milliseconds that a filter rests before it is applied. */
const rest = 350;

/** @param {Interaction} item */
export const queueOf = (item) => queueName(item.queueKey ?? item.queue);
/** @param {Interaction} item */
export const agentOf = (item) => agentName(item.agentNumber ?? item.agent);

/** @param {Interaction} item */
export function outcome(item) {
    if (!item.endedAt) return { text: t("interactions.going"), look: "info" };
    if (item.connectedAt) return { text: t("interactions.served"), look: "good" };
    if (item.endedBy === "crash") return { text: t("interactions.lost"), look: "bad" };
    if (item.endedBy === "rejected") return { text: t("interactions.turnedAway"), look: "bad" };
    if (item.queuedAt) return { text: t("interactions.abandoned"), look: "warn" };
    return { text: t("interactions.selfServed"), look: "" };
}

function filterState() {
    const asked = route.peek().query;
    const values = signal(/** @type {Record<string, string>} */ (Object.fromEntries(["from", "until", "agent", "queue", "number", "caller"].map((name) => [name, asked.get(name) ?? ""]))));
    let timer = 0;
    const applied = signal(values.peek());
    /**
     * @param {string} name
     * @param {string} value
     */
    const set = (name, value) => {
        values.value = { ...values.peek(), [name]: value.trim() };
        clearTimeout(timer);
        timer = setTimeout(() => {
            applied.value = values.peek();
            restate(["interactions"], values.peek());
        }, rest);
    };
    const clear = () => {
        values.value = Object.fromEntries(Object.keys(values.peek()).map((name) => [name, ""]));
        applied.value = values.peek();
        restate(["interactions"], {});
    };
    return { values, applied, set, clear, isEmpty: () => Object.values(values.value).every((one) => one === "") };
}

/** @param {ReturnType<typeof filterState>} state */
function filters({ values, set, clear, isEmpty }) {
    /**
     * @param {string} name
     * @param {() => {value: string, label: string}[]} choices
     */
    const choice = (name, choices) =>
        selectField({ label: () => t(`interactions.${name}`), value: () => values.value[name], change: (value) => set(name, value), choices: () => [{ value: "", label: t("filter.all") }, ...choices()] });
    /**
     * @param {string} name
     * @param {string} kind
     */
    const text = (name, kind = "text") => textField({ label: () => t(`interactions.${name}`), kind, value: () => values.value[name], change: (value) => set(name, value) });
    return h(
        "form", { class: "filters", role: "search", "aria-label": () => t("filter.title"), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        text("from", "date"), text("until", "date"), text("caller", "search"),
        show(() => centre.value, () => choice("queue", () => (centre.value?.queues ?? []).map((one) => ({ value: one.key, label: named(one.names, one.key) }))), () => text("queue")),
        show(() => centre.value, () => choice("agent", () => (centre.value?.agents ?? []).map((one) => ({ value: one.number, label: `${one.number} ${one.name}` }))), () => text("agent")),
        text("number", "search"),
        button({ label: () => t("filter.clear"), symbol: "cross", look: "plain", press: clear, disabled: isEmpty }),
    );
}

export function interactionsPage() {
    loadCentre();
    const state = filterState();
    const asked = computed(() => {
        const { from, until, ...others } = state.applied.value;
        const end = until ? fromField(until) : null;
        return { ...others, from: from ? fromField(from) : null, until: end === null ? null : end + dayLength };
    });
    const list = paged("/interactions", () => asked.value);
    const open = (/** @type {Interaction} */ item) => go(["interactions", item.id]);
    return h(
        "div", { class: "page fills" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("interactions.title")), listFile(list, () => t("interactions.title")), button({ label: () => t("action.refresh"), press: () => void list.reload() })),
        filters(state),
        h("section", { class: "card list" }, table({
            label: () => t("interactions.title"), list, key: (/** @type {Interaction} */ item) => item.id, open,
            none: () => (state.isEmpty() ? empty("list", () => t("interactions.none"), () => t("interactions.noneText")) : empty("search", () => t("filter.nothing"), () => t("filter.nothingText"))),
            columns: [
                { head: () => t("interactions.arrived"), cell: (item) => h("a", { href: () => address(["interactions", item().id]), title: () => fullMoment(item().arrivedAt) }, () => moment(item().arrivedAt)) },
                { head: () => t("interactions.caller"), cell: (item) => () => phone(item().caller) },
                { head: () => t("interactions.origin"), cell: (item) => h("span", { class: "quiet" }, () => `${item().number} · ${t(`origin.${item().origin}`)}`) },
                { head: () => t("interactions.queue"), cell: (item) => () => queueOf(item()) || "–" },
                { head: () => t("interactions.agent"), cell: (item) => () => agentOf(item()) || "–" },
                { head: () => t("interactions.waited"), look: "end", cell: (item) => () => (item().queuedAt ? span(Number(item().connectedAt ?? item().endedAt ?? item().queuedAt) - Number(item().queuedAt)) : "–") },
                { head: () => t("interactions.talked"), look: "end", cell: (item) => () => (item().talkedMs > 0 ? span(item().talkedMs) : "–") },
                { head: () => t("interactions.rating"), look: "end", cell: (item) => () => (item().rating ? `★ ${item().rating}` : "–") },
                { head: () => t("interactions.outcome"), cell: (item) => () => chip(() => outcome(item()).text, outcome(item()).look) },
            ],
        })),
    );
}
