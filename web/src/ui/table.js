/** Lists of the server, page by page. */
import { get, query } from "../core/api.js";
import { each, h, show } from "../core/dom.js";
import { explain, t } from "../core/i18n.js";
import { effect, onCleanup, signal } from "../core/reactive.js";
import { button } from "./button.js";
import { notice } from "./parts.js";

/** Rows on a page, unless a list says otherwise. */
const usualSize = 30;

/**
 * Reads a list; a change of `filters` begins at its first page.
 * @template T
 * @param {string} path
 * @param {() => Record<string, string | number | null | undefined>} filters
 * @param {number} [size] rows on a page
 */
export function paged(path, filters, size = usualSize) {
    /** The whole last answer, for lists that say more than their items. */
    const answer = signal(/** @type {any} */ (null));
    const items = signal(/** @type {T[] | null} */ (null));
    const next = signal(/** @type {string | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const trail = signal(/** @type {string[]} */ ([]));
    const isLoading = signal(false);
    let lastRequest = 0;

    /** @param {string[]} to cursors from the first page to the wanted one */
    const load = async (to) => {
        const request = ++lastRequest;
        isLoading.value = true;
        try {
            const page = await get(path + query({ ...filters(), limit: size, cursor: to.at(-1) }));
            // Late: a newer request has been made meanwhile, and this answer no longer counts.
            if (request !== lastRequest) return;
            items.value = page.items;
            answer.value = page;
            next.value = page.next ?? null;
            trail.value = to;
            fault.value = null;
        } catch (error) {
            if (request === lastRequest) fault.value = error;
        }
        if (request === lastRequest) isLoading.value = false;
    };
    effect(() => {
        filters();
        void load([]);
    });
    onCleanup(() => (lastRequest += 1));
    return {
        path, filters, isEmpty: () => (items.value ?? []).length === 0,
        items, answer, next, fault, isLoading, page: () => trail.value.length + 1,
        reload: () => load(trail.peek()),
        forward: () => { const cursor = next.peek(); if (cursor) void load([...trail.peek(), cursor]); },
        back: () => void load(trail.peek().slice(0, -1)),
        isFirst: () => trail.value.length === 0,
    };
}

/**
 * @template T
 * @typedef {{head: () => string, cell: (item: () => T) => Child, look?: string}} Column
 */

/**
 * @template T
 * @param {object} props
 * @param {() => string} props.label
 * @param {ReturnType<typeof paged>} props.list
 * @param {Column<T>[]} props.columns
 * @param {(item: T) => string} props.key
 * @param {() => Child} props.none
 * @param {(item: T) => void} [props.open] a click anywhere on the row; a link in a cell is there for the keyboard
 */
export function table({ label, list, columns, key, none, open }) {
    const items = /** @type {() => T[] | null} */ (() => /** @type {any} */ (list.items.value));
    const body = h("tbody", null);
    each(body, () => items() ?? [], key, (item) =>
        h(
            "tr",
            open ? { class: "link", onclick: (/** @type {any} */ event) => !event.target.closest("a, button") && open(item()) } : null,
            columns.map((column) => h("td", { class: column.look ?? "" }, column.cell(item))),
        ));
    return [
        show(() => list.fault.value, () =>
            h("div", { class: "body" }, notice(() => explain(list.fault.value), "bad", button({ label: () => t("action.again"), press: () => void list.reload() })))),
        h(
            "div", { class: "table-frame grow", tabIndex: 0, role: "region", "aria-label": label, "aria-busy": () => String(list.isLoading.value) },
            show(() => items()?.length, () => h("table", { class: "table" }, h("thead", null, h("tr", null, columns.map((column) => h("th", { scope: "col", class: column.look ?? "" }, column.head)))), body),
                () => show(() => items() !== null && !list.fault.value, none)),
        ),
        show(() => !list.isFirst() || list.next.value, () =>
            h(
                "div", { class: "pager" },
                h("span", { class: "numeric" }, () => t("table.page", { page: list.page() })),
                button({ symbol: "left", look: "square", spoken: () => t("table.back"), press: list.back, disabled: () => list.isFirst() }),
                button({ symbol: "right", look: "square", spoken: () => t("table.forward"), press: list.forward, disabled: () => !list.next.value }),
            )),
    ];
}
