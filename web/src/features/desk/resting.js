/** Between calls: what this person did last, to go back to. */
import { get, query } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { phone, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may, session } from "../../core/session.js";
import { clock, span } from "../../core/time.js";
import { empty } from "../../ui/parts.js";

/** As many as fit beside a call without scrolling. */
const mostShown = 15;

/** @typedef {import("../../core/types.js").Interaction} Interaction */

export function restingPart() {
    const items = signal(/** @type {Interaction[] | null} */ (null));
    if (may("interaction.read")) {
        get(`/interactions${query({ agent: session.peek()?.person.number, limit: mostShown })}`).then((page) => (items.value = page.items)).catch(() => (items.value = []));
    } else items.value = [];
    const rows = h("tbody", null);
    each(rows, () => items.value ?? [], (item) => item.id, (item) =>
        h(
            "tr", null,
            h("td", null, h("a", { href: () => address(["interactions", item().id]) }, () => phone(item().caller))),
            h("td", { class: "quiet" }, () => clock(item().arrivedAt)),
            h("td", { class: "end" }, () => span(item().talkedMs)),
            h("td", { class: "end" }, () => (item().rating ? `★ ${item().rating}` : "")),
        ));
    return [
        h("header", null, h("h2", { class: "grow" }, () => t("resting.title"))),
        h(
            "div", { class: "table-frame grow", tabIndex: 0, role: "region", "aria-label": () => t("resting.title") },
            show(() => items.value?.length, () =>
                h(
                    "table", { class: "table" },
                    h("thead", null, h("tr", null, ["interactions.caller", "interactions.arrived"].map((key) => h("th", { scope: "col" }, () => t(key))), ["interactions.talked", "interactions.rating"].map((key) => h("th", { scope: "col", class: "end" }, () => t(key))))),
                    rows,
                ), () => show(() => items.value !== null, () => empty("headset", () => t("resting.none"), () => t("resting.noneText")))),
        ),
        h("footer", null, h("span", { class: "quiet small-text" }, () => t("resting.formHint"))),
    ];
}
