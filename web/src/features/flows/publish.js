/** Publishing a draft, and the versions there have been. */
import { get } from "../../core/api.js";
import { agentName } from "../../core/centre.js";
import { h, keyed, show } from "../../core/dom.js";
import { explain, languageName, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { fullMoment, moment } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { ask, openDialog } from "../../ui/dialog.js";
import { icon } from "../../ui/icons.js";
import { card, chip, empty, notice } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";
import { complain, toast } from "../../ui/toast.js";
import { findingText } from "./drawing.js";
import { differences, find, isSame } from "./edits.js";
import { graph } from "./graph.js";
import { libraryName } from "./known.js";

/** @typedef {import("./flow-store.js").FlowStore} FlowStore */
/** @typedef {import("./kinds.js").FlowDocument} FlowDocument */
/** @typedef {{version: number, at: number, by: string, added: string[], changed: string[], removed: string[], texts: string[]}} Version */

/** @param {string} by */
export const author = (by) => (by === "file" ? t("flow.byFile") : agentName(by));

/**
 * Fields that differ, as people call them.
 * @param {FlowDocument | null | undefined} earlier
 * @param {FlowDocument} later
 * @param {string} name
 */
function changedFields(earlier, later, name) {
    const [one, other] = [earlier ? find(earlier, name) : undefined, find(later, name)];
    if (!one || !other) return "";
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((field) => !isSame(one[field], other[field])).map((field) => (field === "kind" ? t("flow.kindOfNode") : t(`flow.field.${field}`))).join(t("flow.comma"));
}

/**
 * What the later document changes, in words.
 * @param {FlowDocument | null | undefined} earlier
 * @param {FlowDocument} later
 */
function summary(earlier, later) {
    const found = differences(earlier, later);
    const part = (/** @type {string} */ title, /** @type {string[]} */ names, /** @type {(name: string) => Child} */ make = (name) => name) =>
        names.length === 0 ? null : h("div", null, h("h3", null, () => t(title, { count: names.length })), h("ul", { class: "plain-list" }, names.map((name) => h("li", null, make(name)))));
    const text = (/** @type {string} */ key) => {
        const languages = [...new Set([...Object.keys(earlier?.prompts[key] ?? {}), ...Object.keys(later.prompts[key] ?? {})])].filter((language) => earlier?.prompts[key]?.[language] !== later.prompts[key]?.[language]);
        return [h("b", null, key), languages.map((language) => h(
            "div", { class: "text-change", lang: language }, h("small", { class: "quiet" }, languageName(language)),
            earlier?.prompts[key]?.[language] ? h("del", null, earlier.prompts[key][language]) : null, later.prompts[key]?.[language] ? h("ins", null, later.prompts[key][language]) : null,
        ))];
    };
    const isNothing = [found.added, found.changed, found.removed, found.texts, found.settings].every((some) => some.length === 0);
    return h(
        "div", { class: "summary stack" },
        isNothing ? h("p", null, () => t("flow.noChange")) : null,
        part("flow.settingsChanged", [...found.settings], (name) => t(`flow.setting.${name}`)),
        part("flow.added", found.added), part("flow.changed", found.changed, (name) => [name, h("span", { class: "quiet" }, ` · ${changedFields(earlier, later, name)}`)]),
        part("flow.removed", found.removed), part("flow.textsChanged", found.texts, text),
    );
}

/** @param {{store: FlowStore, show: (finding: import("./kinds.js").Finding) => void}} props */
export function openPublishDialog({ store, show: go }) {
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(true);
    // What is checked is what is saved.
    void store.save().finally(() => (isBusy.value = false));
    openDialog({ title: () => t("flow.publishTitle"), look: "wide" }, (close) => {
        const publish = async () => {
            isBusy.value = true;
            fault.value = null;
            try {
                const version = await store.publish();
                close();
                toast(t("flow.published", { version }));
            } catch (error) {
                fault.value = error;
            }
            isBusy.value = false;
        };
        const findings = computed(() => store.findings.value);
        return h(
            "div", { class: "stack" },
            show(() => fault.value && findings.value.length === 0, () => notice(() => explain(fault.value), "bad")),
            show(() => findings.value.length > 0,
                () => [
                    notice(() => t("flow.cannotPublish", { count: findings.value.length }), "bad"),
                    h("ul", { class: "findings" }, () => findings.value.map((finding) => findingRow(finding, () => (close(), go(finding))))),
                ],
                () => [
                    h("p", null, () => (store.body.value?.version ? t("flow.publishText", { version: store.body.value.version }) : t("flow.publishFirst"))),
                    store.document.peek() ? summary(store.body.peek()?.document, /** @type {FlowDocument} */ (store.document.peek())) : null,
                ]),
            h(
                "div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }),
                show(() => findings.value.length === 0, () => button({ label: () => t("flow.publish"), look: "primary", press: () => void publish(), disabled: () => isBusy.value || store.state.value !== "saved", more: { autofocus: true } })),
            ),
        );
    });
}

/**
 * @param {import("./kinds.js").Finding} finding
 * @param {() => void} press
 */
export const findingRow = (finding, press) =>
    h("li", null, h("button", { type: "button", onclick: press }, icon("alert", "small"), h("span", { class: "grow" }, h("b", null, finding.node || t("flow.wholeFlow")), " ", () => findingText(finding))));

/** @param {{store: FlowStore}} props */
export function historyView({ store }) {
    const list = paged(`${store.path}/versions`, () => (void store.body.value?.version, {}));
    const chosen = signal(/** @type {number | null} */ (null));
    const restore = async (/** @type {number} */ version) => {
        const isSure = await ask({ title: () => t("flow.restoreTitle", { version }), text: () => t("flow.restoreText", { version }), yes: () => t("flow.restore") });
        if (!isSure) return;
        try {
            const made = await store.restore(version);
            chosen.value = null;
            toast(t("flow.restored", { version, made }));
            void list.reload();
        } catch (error) {
            complain(error);
        }
    };
    const counts = (/** @type {Version} */ one) =>
        ["added", "changed", "removed", "texts"].map((name) => ({ name, some: /** @type {any} */ (one)[name] ?? [] })).filter(({ some }) => some.length > 0)
            .map(({ name, some }) => h("span", { class: `count ${name}`, title: some.join(t("flow.comma")) }, t(`flow.count.${name}`, { count: some.length })));
    /** @param {number} version */
    const open = (version) => {
        const found = signal(/** @type {FlowDocument | null} */ (null));
        const before = signal(/** @type {FlowDocument | null} */ (null));
        const fault = signal(/** @type {unknown} */ (null));
        const picked = signal(/** @type {string | null} */ (null));
        const path = `${store.path}/versions`;
        get(`${path}/${version}`).then(async (body) => {
            const all = /** @type {Version[]} */ (list.items.peek() ?? []);
            const earlier = all.find((one) => one.version < version)?.version;
            if (earlier !== undefined) before.value = (await get(`${path}/${earlier}`).catch(() => null))?.document ?? null;
            found.value = body.document;
        }).catch((error) => (fault.value = error));
        const marks = computed(() => {
            const later = found.value;
            if (!later || !before.value) return new Map();
            const { added, changed } = differences(before.value, later);
            return new Map([...added.map((name) => /** @type {[string, string]} */ ([name, "added"])), ...changed.map((name) => /** @type {[string, string]} */ ([name, "changed"]))]);
        });
        return card(
            { title: () => t("flow.versionTitle", { version }), flush: true, look: "grow version", end: h("span", { class: "row" },
                show(() => version !== store.body.value?.version, () => button({ label: () => t("flow.restore"), symbol: "history", press: () => void restore(version) }), () => chip(() => t("flow.inForce"), "good"))) },
            show(() => fault.value, () => h("div", { class: "body" }, notice(() => explain(fault.value), "bad"))),
            show(() => found.value, () => [
                graph({ flow: () => found.value, selected: () => picked.value, select: (name) => (picked.value = name), marks: () => marks.value, libraryName }),
                h("div", { class: "body version-summary", tabIndex: 0, role: "region", "aria-label": () => t("flow.changesOf", { version }) }, summary(before.value, /** @type {FlowDocument} */ (found.value))),
            ]),
        );
    };
    return h(
        "div", { class: "history" },
        h("section", { class: "card list" }, table({
            label: () => t("flow.view.history"), list, key: (/** @type {Version} */ one) => String(one.version), open: (one) => (chosen.value = one.version),
            none: () => empty("history", () => t("flow.noVersions"), () => t("flow.noVersionsText")),
            columns: [
                { head: () => t("flow.version"), cell: (one) => h("button", { type: "button", class: "link-button", "aria-current": () => (chosen.value === one().version ? "true" : null), onclick: () => (chosen.value = one().version) }, () => `${one().version}`) },
                { head: () => t("flow.when"), cell: (one) => h("span", { title: () => fullMoment(one().at) }, () => moment(one().at)) },
                { head: () => t("flow.who"), cell: (one) => () => author(one().by) },
                { head: () => t("flow.what"), cell: (one) => h("span", { class: "counts" }, () => counts(one())) },
            ],
        })),
        keyed(() => chosen.value, (version) => (version === null ? h("section", { class: "card grow" }, empty("history", () => t("flow.chooseVersion"))) : open(version))),
    );
}
