/** Adding a step, and taking one away with what it leaves behind. */
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { selectField, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { exitLabel, kindName } from "./drawing.js";
import { blank, find, freeName, insert, leadingTo, losingTheirWay, removeNode } from "./edits.js";
import { exitsOf, kinds, symbolOf } from "./kinds.js";

/** @typedef {import("./flow-store.js").FlowStore} FlowStore */
/** @typedef {{node: string, field: string, key?: string}} At */

/**
 * @param {{store: FlowStore, at: At | null, near: string | null, done: (name: string) => void}} props `near` is the step
 *     whose exits are offered when no exit was asked for
 */
export function openAddDialog({ store, at, near, done }) {
    const flow = /** @type {import("./kinds.js").FlowDocument} */ (store.document.peek());
    const isTaken = (/** @type {string} */ name) => Boolean(find(flow, name));
    const kind = signal("say");
    const typed = signal(/** @type {string | null} */ (null));
    const beside = find(flow, at?.node ?? near ?? "");
    /** @type {(At & {target: string})[]} */
    const exits = beside ? exitsOf(beside).map((exit) => ({ ...exit, node: beside.name })) : [];
    const wanted = at ? exits.findIndex((exit) => exit.field === at.field && exit.key === at.key) : exits.length === 1 ? 0 : -1;
    const chosen = signal(String(wanted));
    const name = () => typed.value ?? freeName(kind.value.replace("_", "-"), isTaken);
    const fault = () => (isTaken(name().trim()) ? t("flow.nameTaken") : name().trim() === "" ? t("flow.nameMissing") : null);
    openDialog({ title: () => t("flow.addTitle"), look: "wide" }, (close) => {
        const add = (/** @type {Event} */ event) => {
            event.preventDefault();
            if (fault()) return;
            const exit = exits[Number(chosen.peek())] ?? null;
            const made = name().trim();
            store.edit(insert(flow, blank(made, kind.peek(), exit?.target ?? "", flow), exit));
            close();
            done(made);
        };
        return h(
            "form", { class: "stack", onsubmit: add },
            h("div", { class: "kinds", role: "radiogroup", "aria-label": () => t("flow.kindOfNode") }, Object.keys(kinds).map((one) =>
                h(
                    "label", { class: () => (kind.value === one ? "is-on" : "") },
                    h("input", { type: "radio", name: "kind", value: one, checked: () => kind.value === one, onchange: () => (kind.value = one), ...(one === "say" ? { autofocus: true } : {}) }),
                    icon(symbolOf(one)), h("span", null, h("b", null, () => kindName(one)), h("small", null, () => t(`flow.about.${one}`))),
                ))),
            h(
                "div", { class: "pair" },
                textField({ label: () => t("flow.nodeName"), value: name, change: (text) => (typed.value = text), fault, more: { maxlength: 64 } }),
                selectField({
                    label: () => t("flow.place"), value: () => chosen.value, change: (value) => (chosen.value = value),
                    choices: () => [{ value: "-1", label: t("flow.placeFree") }, ...exits.map((exit, place) => ({ value: String(place), label: t("flow.placeAfter", { node: exit.node, exit: exitLabel(exit), target: exit.target || t("flow.nowhere") }) }))],
                }),
            ),
            h("div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("flow.add"), look: "primary", kind: "submit", disabled: () => fault() !== null })),
        );
    });
}

/** @param {{store: FlowStore, name: string, done: () => void}} props */
export function openRemoveDialog({ store, name, done }) {
    const flow = /** @type {import("./kinds.js").FlowDocument} */ (store.document.peek());
    const opened = leadingTo(flow, name).filter((exit) => exit.node !== name);
    const lost = losingTheirWay(flow, name);
    openDialog({ title: () => t("flow.removeTitle", { name }) }, (close) => [
        show(() => opened.length > 0, () => h("div", null, h("p", null, () => t("flow.removeOpens")), h("ul", { class: "plain-list" }, opened.map((exit) => h("li", null, () => `${exit.node} · ${exitLabel(exit)}`))))),
        show(() => lost.length > 0, () => h("div", null, h("p", null, () => t("flow.removeLoses")), h("ul", { class: "plain-list" }, lost.map((one) => h("li", null, one))))),
        show(() => flow.entry === name, () => h("p", null, () => t("flow.removeEntry"))),
        h("p", { class: "quiet" }, () => t("flow.removeUndo")),
        h(
            "div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }),
            button({
                label: () => t("flow.remove"), look: "danger", more: { autofocus: true }, press: () => {
                    store.edit(removeNode(/** @type {import("./kinds.js").FlowDocument} */ (store.document.peek()), name));
                    close();
                    done();
                },
            }),
        ),
    ]);
}
