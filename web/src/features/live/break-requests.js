/** Breaks that wait for a decision: who, why, and how many of the groups are away already. */
import { Problem, get, post } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { named, t } from "../../core/i18n.js";
import { effect, onCleanup, signal } from "../../core/reactive.js";
import { passing, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { chip } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";

/** @typedef {import("../../core/types.js").BreakRequest} BreakRequest */

/** Milliseconds until the groups' figures are asked for anew while somebody waits. */
const pace = 10_000;

/** @param {import("../../core/types.js").BreakQueue} queue */
const isFull = (queue) => queue.mostOnBreak !== undefined && queue.onBreak >= queue.mostOnBreak;

/**
 * @param {BreakRequest} request
 * @param {string} key
 */
const groupName = (request, key) => named(request.queues.find((queue) => queue.key === key)?.names, key);

/** @param {() => number} count how many wait, as the live state says */
export function breakRequests(count) {
    const items = signal(/** @type {BreakRequest[]} */ ([]));
    const reasons = signal(/** @type {import("../../core/types.js").BreakReason[]} */ ([]));
    const refusing = signal(/** @type {string | null} */ (null));
    const words = signal("");
    const running = signal("");
    let timer = 0;
    const load = async () => {
        clearTimeout(timer);
        try {
            items.value = (await get("/break-requests")).items;
        } catch {
            // Asked again below; what is shown stays.
        }
        timer = setTimeout(() => void (items.peek().length > 0 && load()), pace);
    };
    get("/break-reasons").then((body) => (reasons.value = body.items)).catch(() => {});
    effect(() => {
        if (count() > 0) void load();
        else items.value = [];
    });
    onCleanup(() => clearTimeout(timer));
    const reasonName = (/** @type {string} */ code) => named(reasons.value.find((one) => one.code === code)?.names, code);
    const decide = async (/** @type {BreakRequest} */ one, /** @type {"grant" | "refuse"} */ how) => {
        if (running.peek()) return;
        running.value = one.id;
        try {
            await post(`/break-requests/${encodeURIComponent(one.id)}/${how}`, how === "refuse" && words.peek().trim() ? { text: words.peek().trim() } : {});
            items.value = items.peek().filter((other) => other.id !== one.id);
            toast(t(how === "grant" ? "break.granted" : "break.wasRefused", { name: one.agent.name }));
        } catch (error) {
            if (error instanceof Problem && error.reason === "breakQuotaReached") error.details.queue = groupName(one, error.details.queue);
            complain(error);
            void load();
        }
        running.value = "";
        refusing.value = null;
        words.value = "";
    };
    const list = each(h("ul", { class: "break-requests" }), () => items.value, (one) => one.id, (one) =>
        h(
            "li", null,
            h("div", { class: "who" }, h("b", null, () => `${one().agent.name} ${one().agent.number}`), h("span", null, () => reasonName(one().reason)), h("span", { class: "quiet numeric" }, () => t("break.since", { time: span(passing() - one().askedAt) }))),
            h("div", { class: "groups" }, () => one().queues.map((queue) =>
                chip(() => (queue.mostOnBreak === undefined ? t("break.onBreak", { queue: named(queue.names, queue.key), count: queue.onBreak }) : t("break.onBreakOf", { queue: named(queue.names, queue.key), count: queue.onBreak, most: queue.mostOnBreak })), isFull(queue) ? "bad" : ""))),
            show(() => refusing.value === one().id,
                () => h(
                    "form", { class: "row", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void decide(one(), "refuse")) },
                    textField({ label: () => t("break.words"), value: () => words.value, change: (text) => (words.value = text), more: { maxlength: 200, ref: (/** @type {HTMLElement} */ element) => setTimeout(() => element.focus()) } }),
                    button({ label: () => t("action.cancel"), press: () => (refusing.value = null) }),
                    button({ label: () => t("break.refuse"), look: "danger", kind: "submit", disabled: () => running.value !== "" }),
                ),
                () => h(
                    "div", { class: "row" },
                    button({ label: () => t("break.refuse"), press: () => ((words.value = ""), (refusing.value = one().id)) }),
                    button({ label: () => t("break.grant"), symbol: "check", look: "primary", press: () => void decide(one(), "grant"), disabled: () => running.value !== "" || one().queues.some(isFull) }),
                )),
        ));
    return show(() => items.value.length > 0, () => h("section", { class: "card" }, h("header", null, icon("cup"), h("h2", { class: "grow" }, () => t("break.requests")), h("span", { role: "status" }, chip(() => items.value.length, "warn"))), list));
}
