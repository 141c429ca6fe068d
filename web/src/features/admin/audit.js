/** What was done, by whom, from where; and whether the chain of entries is whole. */
import { get } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, has, number, t } from "../../core/i18n.js";
import { computed, onCleanup, signal } from "../../core/reactive.js";
import { restate, route } from "../../core/router.js";
import { fromField, fullMoment } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { textField } from "../../ui/field.js";
import { listFile } from "../../ui/list-file.js";
import { empty, notice } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";

/** @typedef {import("../../core/types.js").AuditEntry} AuditEntry */

/** Milliseconds of a day, for "until the end of". */
const dayLength = 86_400_000;
/** Milliseconds that a filter rests before it is applied. */
const rest = 350;
/** What is offered in the filters; others may be typed. */
const known = {
    action: [
        "session.begun", "session.refused", "session.ended", "account.made", "account.removed", "account.rolesSet", "password.reset", "password.changed", "password.refused",
        "centre.changed", "centre.loaded", "announcement.made", "announcement.changed", "announcement.removed", "token.made", "ticket.made", "ticket.changed", "interaction.read", "recording.read", "form.read",
    ],
    kind: ["account", "announcement", "centre", "interaction", "recording", "form", "ticket", "token", "queue"],
};
const names = ["actor", "action", "kind", "object", "from", "until"];

/** @param {string} action */
const actionName = (action) => (has(`audit.action.${action}`) ? t(`audit.action.${action}`) : action);

/** @param {() => AuditEntry} item */
function details(item) {
    const entries = () => Object.entries(item().details ?? {});
    return h("details", null,
        h("summary", null, h("span", { class: "cut" }, () => (entries().length > 0 ? entries().map(([name, value]) => `${name}: ${value}`).join(", ") : t("audit.more")))),
        h("dl", { class: "facts" }, () => [...entries(), [t("audit.seq"), String(item().seq)], [t("audit.address"), item().address], [t("audit.id"), item().actor], [t("audit.hash"), item().hash]].map(([name, value]) => [h("dt", null, name), h("dd", { class: "keep-lines" }, value ?? "–")])));
}

function verdict() {
    const found = signal(/** @type {{state: string, entries: number, hash: string, at: number} | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    get("/audit/verdict", { patience: 60_000 }).then((body) => (found.value = body)).catch((error) => (fault.value = error));
    return [
        show(() => found.value, () => {
            const body = /** @type {NonNullable<typeof found.value>} */ (found.peek());
            return body.state === "intact"
                ? notice(() => [t("audit.intact", { entries: number(body.entries), time: fullMoment(body.at) }), h("div", { class: "hash" }, t("audit.lastHash"), " ", h("code", null, body.hash))], "good")
                : notice(() => t("audit.broken", { entries: number(body.entries) }), "bad");
        }, () => show(() => fault.value, () => notice(() => explain(fault.value), "bad"), () => h("p", { class: "quiet", role: "status" }, () => t("audit.checking")))),
    ];
}

export function auditPage() {
    const asked = route.peek().query;
    const values = signal(/** @type {Record<string, string>} */ (Object.fromEntries(names.map((name) => [name, asked.get(name) ?? ""]))));
    const applied = signal(values.peek());
    let timer = 0;
    onCleanup(() => clearTimeout(timer));
    const apply = () => {
        applied.value = values.peek();
        restate(["admin", "audit"], values.peek());
    };
    /**
     * @param {string} name
     * @param {string} value
     */
    const set = (name, value) => {
        values.value = { ...values.peek(), [name]: value.trim() };
        clearTimeout(timer);
        timer = setTimeout(apply, rest);
    };
    const isEmpty = () => Object.values(values.value).every((one) => one === "");
    const filters = computed(() => {
        const { from, until, ...others } = applied.value;
        const end = until ? fromField(until) : null;
        return { ...others, from: from ? fromField(from) : null, until: end === null ? null : end + dayLength };
    });
    const list = paged("/audit", () => filters.value, 50);
    /**
     * @param {string} name
     * @param {string} [kind]
     */
    const field = (name, kind = "search") => textField({ label: () => t(`audit.${name}`), kind, value: () => values.value[name], change: (value) => set(name, value), more: name in known ? { list: `audit-${name}` } : {} });
    const offers = Object.entries(known).map(([name, list]) => h("datalist", { id: `audit-${name}` }, () => list.map((one) => h("option", { value: one }, name === "action" ? actionName(one) : one))));
    return h(
        "div", { class: "content" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("admin.section.audit")), listFile(list, () => t("admin.section.audit")), button({ label: () => t("action.refresh"), press: () => void list.reload() })),
        verdict(),
        h("form", { class: "filters", role: "search", "aria-label": () => t("filter.title"), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
            field("from", "date"), field("until", "date"), field("actor"), field("action"), field("kind"), field("object"), offers,
            button({ label: () => t("filter.clear"), symbol: "cross", look: "plain", press: () => ((values.value = Object.fromEntries(names.map((name) => [name, ""]))), apply()), disabled: isEmpty })),
        h("section", { class: "card list" }, table({
            label: () => t("admin.section.audit"), list, key: (/** @type {AuditEntry} */ item) => String(item.seq),
            none: () => (isEmpty() ? empty("shield", () => t("audit.none"), () => t("audit.noneText")) : empty("search", () => t("filter.nothing"), () => t("filter.nothingText"))),
            columns: [
                { head: () => t("admin.at"), cell: (item) => h("span", { class: "nowrap" }, () => fullMoment(item().at)) },
                { head: () => t("audit.actor"), cell: (item) => () => item().number ?? item().actor },
                { head: () => t("audit.action"), cell: (item) => h("span", { title: () => item().action }, () => actionName(item().action)) },
                { head: () => t("audit.object"), cell: (item) => h("span", { title: () => item().object }, h("span", { class: "quiet" }, () => item().kind), " ", h("span", { class: "object" }, () => item().object)) },
                { head: () => t("audit.details"), look: "main details", cell: details },
                { head: () => t("audit.address"), cell: (item) => h("span", { class: "quiet" }, () => item().address) },
            ],
        })),
    );
}
