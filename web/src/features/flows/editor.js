/** The editor of one flow: drawing, form, findings, and what can be done with the whole. */
import { agentName, loadCentre } from "../../core/centre.js";
import { Problem } from "../../core/api.js";
import { h, keyed, listen, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { computed, effect, signal, untracked } from "../../core/reactive.js";
import { address, go, restate, route } from "../../core/router.js";
import { clock, fullMoment } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { ask } from "../../ui/dialog.js";
import { segments } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { menu, menuItem } from "../../ui/menu.js";
import { chip, empty, notice } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";
import { differences, duplicate, find, rename } from "./edits.js";
import { deleteFlow, openNewDialog } from "./flow-dialogs.js";
import { openFlow } from "./flow-store.js";
import { graph } from "./graph.js";
import { libraryName, loadKnown } from "./known.js";
import { openAddDialog, openRemoveDialog } from "./node-dialogs.js";
import { focusField, nodeForm } from "./node-form.js";
import { findingRow, historyView, openPublishDialog } from "./publish.js";
import { testCall, testPanel } from "./test-call.js";
import { nodeList, settingsForm, textTable } from "./texts.js";

/** @typedef {import("./kinds.js").Finding} Finding */

const views = ["graph", "list", "texts", "settings", "history"];

/** @param {{store: import("./flow-store.js").FlowStore}} props */
function saveState({ store: { state, draft, fault } }) {
    return h(
        "span", { class: () => `save-state ${state.value}`, role: "status", title: () => (fault.value ? explain(fault.value) : "") },
        () => icon({ saved: "check", offline: "cloudOff", failed: "alert", conflict: "alert" }[/** @type {string} */ (state.value)] ?? "edit", "small"),
        () => (state.value !== "saved" ? t(`flow.state.${state.value}`) : draft.value ? t("flow.savedAt", { time: clock(draft.value.savedAt) }) : t("flow.noDraft")),
    );
}

/**
 * Two people changed the same.
 * @param {{store: import("./flow-store.js").FlowStore}} props
 */
function conflict({ store }) {
    return show(() => store.theirs.value, () => {
        const other = store.theirs.peek();
        const found = other?.draft?.document ?? other?.document;
        const mine = store.document.peek();
        const differing = mine && found ? differences(found, mine) : null;
        const names = differing ? [...differing.added, ...differing.changed, ...differing.removed, ...differing.texts, ...differing.settings.map((name) => t(`flow.setting.${name}`))] : [];
        return h(
            "section", { class: "card conflict", role: "alert" },
            h("header", null, icon("alert"), h("h2", { class: "grow" }, () => t("flow.conflict"))),
            h(
                "div", { class: "body stack" },
                h("p", null, () => t("flow.conflictText", { name: agentName(other?.draft?.savedBy ?? other?.publishedBy), time: fullMoment(other?.draft?.savedAt ?? other?.publishedAt ?? 0) })),
                h("p", { class: "quiet" }, () => t("flow.conflictParts", { names: names.join(t("flow.comma")) })),
                h("div", { class: "ends row" }, button({ label: () => t("flow.takeTheirs"), press: () => store.settle(false) }), button({ label: () => t("flow.keepMine"), look: "primary", press: () => store.settle(true) })),
            ),
        );
    });
}

/** @param {string} key */
export function editorPage(key) {
    loadCentre();
    loadKnown();
    const store = openFlow(key);
    const call = testCall(store);
    const isCalling = signal(route.peek().query.has("test"));
    const view = computed(() => (views.includes(route.value.query.get("view") ?? "") ? /** @type {string} */ (route.value.query.get("view")) : "graph"));
    const selected = computed(() => route.value.query.get("node"));
    const exists = computed(() => Boolean(selected.value && store.document.value && find(store.document.value, selected.value)));
    const state = (/** @type {Record<string, string | null>} */ change) => restate(["flows", key], { view: view.peek() === "graph" ? null : view.peek(), node: selected.peek(), ...change });
    const select = (/** @type {string | null} */ name, /** @type {string} */ field = "") => {
        state({ node: name });
        if (field) focusField(field);
    };
    const toNode = (/** @type {string} */ name, /** @type {string} */ field = "") => {
        state({ node: name, view: view.peek() === "list" ? "list" : null });
        if (field) focusField(field);
    };
    const showFinding = (/** @type {Finding} */ finding) => {
        if (!finding.node) return state({ view: "settings" });
        toNode(finding.node);
        focusField(finding.field);
    };
    const faults = computed(() => {
        const counts = new Map();
        for (const finding of store.findings.value) counts.set(finding.node, (counts.get(finding.node) ?? 0) + 1);
        return counts;
    });
    const add = (/** @type {{node: string, field: string, key?: string} | null} */ at) =>
        openAddDialog({ store, at, near: selected.peek(), done: (name) => (toNode(name), focusField(undefined)) });
    const remove = () => {
        const name = selected.peek();
        if (name && exists.peek()) openRemoveDialog({ store, name, done: () => select(null) });
    };
    const copyNode = () => {
        const name = selected.peek();
        if (!name || !store.document.peek()) return;
        const made = duplicate(/** @type {any} */ (store.document.peek()), name);
        store.edit(made.document);
        select(made.name);
    };
    const renameNode = (/** @type {string} */ former, /** @type {string} */ name) => {
        store.edit(rename(/** @type {any} */ (store.document.peek()), former, name));
        select(name);
    };
    listen(window, "keydown", (/** @type {KeyboardEvent} */ event) => {
        if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z" || document.querySelector("dialog[open]")) return;
        event.preventDefault();
        if (event.shiftKey) store.redo();
        else store.undo();
    });
    effect(() => {
        if (store.joined.value > 0) untracked(() => toast(t("flow.joined")));
    });
    const discard = async () => {
        if (!(await ask({ title: () => t("flow.discardTitle"), text: () => t("flow.discardText"), yes: () => t("flow.discard"), isDanger: true }))) return;
        await store.discard().then(() => toast(t("flow.discarded"))).catch(complain);
    };
    const more = menu({
        label: () => t("flow.menu"), look: "from-end",
        trigger: ({ toggle, attributes }) => button({ symbol: "dots", look: "square", spoken: () => t("flow.menu"), press: toggle, more: attributes }),
        items: (close) => [
            menuItem({ label: () => [icon("copy", "small"), t("flow.copyFlow")], press: () => (close(), openNewDialog(key, store.document.peek()?.name)) }),
            show(() => store.draft.value && store.body.value?.version, () => menuItem({ label: () => [icon("undo", "small"), t("flow.discard")], press: () => (close(), void discard()) })),
            menuItem({ label: () => [icon("trash", "small"), t("flow.delete")], press: () => (close(), void deleteFlow(key, store.document.peek()?.name ?? key).then((isGone) => isGone && (store.state.value = "saved", go(["flows"])))) }),
        ],
    });
    const head = h(
        "div", { class: "head" },
        h("a", { class: "button plain square", href: address(["flows"]), "aria-label": () => t("flow.back"), title: () => t("flow.back") }, icon("left")),
        h("h1", { class: "cut" }, () => store.document.value?.name ?? key),
        show(() => store.body.value, () => [
            () => (store.body.value?.numbers ?? []).map((number) => chip(() => number, "", "phone")),
            () => (store.body.value?.version ? chip(() => t("flow.versionChip", { version: store.body.value?.version }), "good") : chip(() => t("flow.neverPublished"), "warn")),
            show(() => store.isDraft.value, () => chip(() => t("flow.draft"), "info")),
            saveState({ store }),
        ]),
        h("span", { class: "grow" }),
        show(() => store.document.value, () => [
            button({ symbol: "undo", look: "plain square", spoken: () => t("flow.undo"), press: store.undo, disabled: () => !store.canUndo(), more: { "aria-keyshortcuts": "Control+Z" } }),
            button({ symbol: "redo", look: "plain square", spoken: () => t("flow.redo"), press: store.redo, disabled: () => !store.canRedo(), more: { "aria-keyshortcuts": "Control+Shift+Z" } }),
            button({ label: () => t("flow.addNode"), symbol: "plus", look: "add-step", press: () => add(null) }),
            button({ label: () => t("flow.testCall"), symbol: "phone", pressed: () => isCalling.value, press: () => (isCalling.value = !isCalling.peek()) }),
            button({ label: () => t("flow.publishDots"), look: "primary", press: () => openPublishDialog({ store, show: showFinding }), disabled: () => !store.isDraft.value }),
            more.node,
        ]),
    );
    const tabs = h("div", { class: "row tabs" }, segments({
        label: () => t("flow.views"), value: () => view.value, change: (value) => state({ view: value === "graph" ? null : value }),
        choices: () => views.map((value) => ({ value, label: t(`flow.view.${value}`) })),
    }), h("span", { class: "grow" }), show(() => view.value === "graph", () => h("span", { class: "quiet small-text keys-hint" }, () => t("flow.graphHint"))));
    const flow = () => store.document.value;
    const main = () => keyed(() => view.value, (which) => {
        if (which === "texts") return textTable({ store, select: (name) => toNode(name) });
        if (which === "settings") return settingsForm({ store });
        if (which === "list") return nodeList({ flow, selected: () => selected.value, select, faults: () => faults.value });
        return graph({ flow, selected: () => selected.value, select, faults: () => faults.value, trail: call.trail, libraryName, insertAt: add, enter: () => focusField(undefined), remove });
    });
    const findings = show(() => store.findings.value.length > 0, () => h(
        "details", { class: "card finding-card", open: !exists.peek() },
        h("summary", null, icon("alert", "small"), () => t("flow.findings", { count: store.findings.value.length })),
        h("ul", { class: "findings" }, () => store.findings.value.map((finding) => findingRow(finding, () => showFinding(finding)))),
    ));
    const side = () => h(
        "aside", { class: "flow-side", "aria-label": () => t("flow.side"), tabIndex: -1 },
        show(() => isCalling.value, () => testPanel({ store, call, select, close: () => ((isCalling.value = false), call.isGoing() && call.hangUp(), (call.steps.value = [])) })),
        findings,
        h("section", { class: "card" }, keyed(() => (exists.value ? selected.value : null), (name) => (name
            ? nodeForm({ store, name, select, add, rename: renameNode, duplicate: copyNode, remove })
            : empty("route", () => t("flow.chooseNode"), () => t("flow.chooseNodeText"))))),
    );
    return h(
        "div", { class: "page fills flow-page" }, head,
        show(() => store.fault.value && !store.document.value, () => (store.fault.value instanceof Problem && store.fault.value.status === 404
            ? empty("search", () => t("flow.unknown"), () => t("flow.unknownText")) : notice(() => explain(store.fault.value), "bad", button({ label: () => t("action.again"), press: () => void store.load() })))),
        show(() => store.fault.value && store.state.value === "failed", () => notice(() => explain(store.fault.value), "bad", button({ label: () => t("flow.saveNow"), press: () => void store.save() }))),
        conflict({ store }),
        show(() => store.document.value, () => [
            tabs,
            show(() => view.value === "history", () => historyView({ store }), () => h("div", { class: () => `flow-body ${["graph", "list"].includes(view.value) || isCalling.value ? "" : "wide"}` }, h("section", { class: "card flow-main" }, main()), show(() => ["graph", "list"].includes(view.value) || isCalling.value, side))),
        ]),
    );
}
