/** Who has acknowledged an announcement and who has not. */
import { get } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { brief } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { segments } from "../../ui/field.js";
import { empty, meter, notice } from "../../ui/parts.js";

/** @typedef {import("../../core/types.js").Receipt} Receipt */

/** @param {string} id */
export function openReceipts(id) {
    const items = signal(/** @type {Receipt[] | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const shown = signal("notYet");
    get(`/announcements/${encodeURIComponent(id)}/receipts`).then((body) => (items.value = body.items)).catch((error) => (fault.value = error));
    const done = computed(() => (items.value ?? []).filter((one) => one.at));
    const open = computed(() => (items.value ?? []).filter((one) => !one.at));
    openDialog({ title: () => t("announcement.receipts"), look: "wide" }, (close) => [
        show(() => fault.value, () => notice(() => explain(fault.value), "bad")),
        show(() => items.value?.length, () => [
            h("p", null, () => t("announcement.receiptsCount", { done: done.value.length, all: items.value?.length })),
            meter(() => done.value.length / Math.max(1, items.value?.length ?? 0), () => t("announcement.done")),
            segments({ label: () => t("announcement.receipts"), value: () => shown.value, change: (value) => (shown.value = value), choices: () => [{ value: "notYet", label: `${t("announcement.notYet")} ${open.value.length}` }, { value: "done", label: `${t("announcement.done")} ${done.value.length}` }] }),
            h("ul", { class: "receipts", tabIndex: 0, "aria-label": () => t(`announcement.${shown.value}`) }, () => (shown.value === "done" ? done : open).value.map((one) =>
                h("li", null, h("span", { class: "numeric quiet" }, one.number), h("span", { class: "grow cut" }, one.name), one.at ? h("time", { class: "quiet small-text" }, brief(one.at)) : null))),
        ], () => show(() => items.value, () => empty("people", () => t("announcement.receiptsNone")))),
        h("div", { class: "ends" }, button({ label: () => t("action.close"), press: close })),
    ]);
}
