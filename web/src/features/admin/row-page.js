/** One row of a section: its form, and what happens when somebody else was faster, or when it is still in use. */
import { Problem, get, post, put, remove, segment } from "../../core/api.js";
import { h, keyed, listen, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { computed, effect, signal, untracked } from "../../core/reactive.js";
import { address, go, guardLeaving, route } from "../../core/router.js";
import { may } from "../../core/session.js";
import { button } from "../../ui/button.js";
import { ask } from "../../ui/dialog.js";
import { icon } from "../../ui/icons.js";
import { card, empty, notice } from "../../ui/parts.js";
import { openNow } from "./hours-field.js";
import { changes } from "./references.js";
import { fieldOf, formState } from "./row-form.js";
import { bodyOf, canonical, general, sendable } from "./sections.js";
import { written } from "./undo.js";
import { rowName, labelled, sectionName, worded } from "./words.js";

/** @typedef {import("../../core/types.js").Row} Row */
/** @typedef {import("./sections.js").Section} Section */
/** @typedef {{version: number, row: Row}} Answer */

/** The part of the address that stands for a row that is not there yet; no key can be this. */
export const newKey = "+";

/** @param {Problem} problem */
function usesOf(problem) {
    try {
        return /** @type {string[]} */ (JSON.parse(problem.details.uses ?? "[]"));
    } catch {
        return [];
    }
}

/**
 * What was changed here, put onto what somebody else has saved meanwhile.
 * @param {Row} base what both began with
 * @param {Row} mine
 * @param {Row} theirs
 * @returns {Row}
 */
function merged(base, mine, theirs) {
    const names = new Set([...Object.keys(base), ...Object.keys(mine)].filter((name) => canonical(mine[name]) !== canonical(base[name])));
    return sendable({ ...theirs, ...Object.fromEntries([...names].map((name) => [name, mine[name]])) });
}

/**
 * Somebody else has saved this row while it was open here.
 * @param {{section: string, mine: Row, theirs: Row, take: () => void, keep: () => void}} props
 */
function conflict({ section, mine, theirs, take, keep }) {
    const differing = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])].filter((name) => canonical(mine[name]) !== canonical(theirs[name]));
    return h(
        "section", { class: "card conflict", role: "alert" },
        h("header", null, icon("alert"), h("h2", { class: "grow" }, () => t("admin.conflict"))),
        h(
            "div", { class: "body stack" },
            h("p", null, () => t("admin.conflictText")),
            differing.length === 0 ? null : h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("admin.conflict") }, h(
                "table", { class: "table" },
                h("thead", null, h("tr", null, ["admin.part", "admin.mine", "admin.theirs"].map((key) => h("th", { scope: "col" }, () => t(key))))),
                h("tbody", null, differing.map((name) => h("tr", null, h("th", { scope: "row" }, () => labelled(section, name)), h("td", null, () => worded(section, name, mine[name])), h("td", null, () => worded(section, name, theirs[name]))))),
            )),
            h("div", { class: "ends row" }, button({ label: () => t("admin.loadTheirs"), press: take }), button({ label: () => t("admin.saveMine"), look: "primary", press: keep })),
        ),
    );
}

/** @param {{title: () => string, lines: string[], close: () => void}} props */
const inUse = ({ title, lines, close }) => h(
    "section", { class: "card conflict", role: "alert" },
    h("header", null, icon("alert"), h("h2", { class: "grow" }, title), button({ symbol: "cross", look: "plain square", spoken: () => t("action.close"), press: close })),
    h("div", { class: "body stack" }, h("p", null, () => t("admin.inUseText")), h("ul", { class: "uses" }, lines.map((line) => h("li", null, line)))),
);

/**
 * @param {Section} section
 * @param {Answer} first
 * @param {string} key
 */
function editor(section, first, key) {
    const isNew = key === newKey;
    const isGeneral = section === general;
    const path = `/centre/${section.name}${isGeneral || isNew ? "" : `/${segment(key)}`}`;
    const form = formState(section, isNew ? section.blank : first.row, isNew);
    // A copy of another row begins with what that one says.
    if (isNew && first.version > 0) form.replace(first.row);
    let version = first.version;
    const told = signal(first.row);
    const theirs = signal(/** @type {Answer | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const uses = signal(/** @type {string[]} */ ([]));
    const isBusy = signal(false);
    const mayWrite = may("centre.write");
    const back = isGeneral ? null : ["admin", section.name];

    const leaving = { isNeeded: () => mayWrite && form.isDirty.peek(), ask: () => ask({ title: () => t("admin.unsaved"), text: () => t("admin.unsavedText"), yes: () => t("admin.leave"), no: () => t("admin.stay"), isDanger: true }) };
    guardLeaving(leaving);

    /** @param {Answer} answer */
    const take = (answer) => {
        version = answer.version;
        told.value = answer.row;
        form.saved.value = sendable(answer.row);
        // Fields that say the same already stay, and with them the focus.
        if (form.isDirty.peek()) form.replace(answer.row);
    };
    const reload = async () => {
        const answer = await get(path).catch(() => null);
        // What is being typed is not taken away; saving it shows then that somebody was faster.
        if (answer && !form.isDirty.peek()) take(answer);
    };
    // An undo, here or elsewhere, may have changed this row.
    let seen = changes.peek();
    effect(() => {
        if (changes.value === seen) return;
        seen = changes.value;
        if (!isNew && !isBusy.peek()) untracked(() => void reload());
    });
    /** @param {Element} [place] */
    const showFault = (place) => setTimeout(() => /** @type {HTMLElement | null} */ ((place ?? node).querySelector("[aria-invalid=true], .field:has(.fault) input, .field:has(.fault) select, .notice.bad"))?.focus());

    const save = async () => {
        if (!mayWrite || isBusy.peek() || (!isNew && !form.isDirty.peek())) return;
        const own = form.check();
        fault.value = null;
        uses.value = [];
        form.findings.value = own;
        if (own.length > 0) return void showFault();
        isBusy.value = true;
        const sent = form.draft.peek();
        try {
            if (isNew) {
                const answer = await post(path, bodyOf(sent));
                form.saved.value = sent;
                written(t("admin.added", { name: rowName(answer.row) || answer.row[section.key] }), answer.version);
                go(["admin", section.name]);
            } else {
                const answer = /** @type {Answer} */ (await put(`${path}?version=${version}`, bodyOf(sent)));
                if (canonical(form.draft.peek()) === canonical(sent)) take(answer);
                else [version, form.saved.value] = [answer.version, sendable(answer.row)];
                written(t("admin.saved"), answer.version);
            }
        } catch (error) {
            if (!isNew && error instanceof Problem && error.reason === "changedMeanwhile") {
                theirs.value = await get(path).catch((other) => ((fault.value = other), null));
            } else if (error instanceof Problem && error.reason === "exists") {
                form.findings.value = [{ place: "", field: section.key, fault: t("problem.exists"), remedy: "" }];
                showFault();
            } else if (form.blame(error)) {
                if (form.others().length > 0) fault.value = error;
                showFault();
            } else fault.value = error;
        }
        isBusy.value = false;
    };
    /** @param {boolean} isMine */
    const settle = (isMine) => {
        const other = theirs.peek();
        if (!other) return;
        theirs.value = null;
        if (!isMine) return take(other);
        const mine = merged(form.saved.peek(), form.draft.peek(), sendable(other.row));
        version = other.version;
        form.saved.value = sendable(other.row);
        form.replace(mine);
        if (form.isDirty.peek()) void save();
    };
    const takeAway = async () => {
        const name = rowName(first.row) || key;
        if (!(await ask({ title: () => t("admin.removeTitle", { name }), text: () => t("admin.removeText"), yes: () => t("admin.remove"), isDanger: true }))) return;
        isBusy.value = true;
        try {
            const answer = await remove(`${path}?version=${version}`);
            form.replace(form.saved.peek());
            written(t("admin.removed", { name }), answer.version);
            go(["admin", section.name]);
        } catch (error) {
            if (error instanceof Problem && error.reason === "inUse") uses.value = usesOf(error);
            else if (error instanceof Problem && error.reason === "changedMeanwhile") theirs.value = await get(path).catch(() => null);
            else fault.value = error;
        }
        isBusy.value = false;
    };
    /** @param {KeyboardEvent} event */
    const press = (event) => {
        if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            /** @type {HTMLElement | null} */ (document.activeElement)?.dispatchEvent(new Event("change", { bubbles: true }));
            void save();
        } else if (event.key === "Escape" && back) go(back);
    };
    listen(document, "keydown", press);
    const title = () => (isNew ? t(`admin.new.${section.name}`) : isGeneral ? sectionName("general") : [key, rowName(told.value)].filter(Boolean).join(" · "));
    const node = h(
        "div", { class: "row-page" },
        h(
            "div", { class: "head" },
            back ? h("a", { class: "button plain square", href: address(back), "aria-label": () => t("admin.backTo", { section: sectionName(section.name) }) }, icon("left")) : null,
            h("h1", { class: "grow" }, title), () => openNow(told.value),
            isNew || isGeneral || !mayWrite ? null : [
                h("a", { class: "button", href: address(["admin", section.name, newKey], { from: key }) }, icon("copy"), () => t("admin.duplicate")),
                button({ label: () => t("admin.remove"), symbol: "trash", press: () => void takeAway(), disabled: () => isBusy.value }),
            ],
        ),
        show(() => theirs.value, () => conflict({ section: section.name, mine: merged(form.saved.peek(), form.draft.peek(), sendable(/** @type {Answer} */ (theirs.peek()).row)), theirs: sendable(/** @type {Answer} */ (theirs.peek()).row), take: () => settle(false), keep: () => settle(true) })),
        show(() => uses.value.length > 0, () => inUse({ title: () => t("admin.inUse"), lines: uses.peek(), close: () => (uses.value = []) })),
        show(() => fault.value, () => notice(() => {
            const others = form.others();
            return others.length > 0 ? others.map((one) => h("p", null, `${one.field}: ${one.fault} ${one.remedy}`)) : explain(fault.value);
        }, "bad")),
        h(
            "form", { class: "stack", novalidate: true, autocomplete: "off", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void save()) },
            h("fieldset", { class: "stack", disabled: !mayWrite }, keyed(() => form.generation.value, () => section.groups.map((group) => card({ title: () => t(`admin.group.${group.title}`) }, h("div", { class: "grid-fields" }, group.fields.map((spec) => fieldOf(form, spec))))))),
            mayWrite ? h(
                "div", { class: "save-bar" },
                h("span", { class: "grow quiet", role: "status" }, () => (form.isDirty.value ? t("admin.unsavedNow") : "")),
                back ? h("a", { class: "button", href: address(back) }, () => t("action.close"), h("kbd", { "aria-hidden": "true" }, "Esc")) : null,
                button({ label: () => [t(isNew ? "admin.add" : "action.save"), " ", h("kbd", { "aria-hidden": "true" }, "Ctrl+↵")], look: "primary", kind: "submit", disabled: () => isBusy.value || (!isNew && !form.isDirty.value), more: { "aria-keyshortcuts": "Control+Enter" } }),
            ) : null,
        ),
    );
    setTimeout(() => isNew && /** @type {HTMLElement | null} */ (node.querySelector("form input:not([readonly])"))?.focus());
    return node;
}

/**
 * @param {Section} section
 * @param {string} key `newKey` makes one
 */
export function rowPage(section, key) {
    const answer = signal(/** @type {Answer | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const from = key === newKey ? route.peek().query.get("from") : null;
    const load = async () => {
        try {
            if (key === newKey && !from) return void (answer.value = { version: 0, row: section.blank });
            const found = /** @type {Answer} */ (await get(`/centre/${section.name}${section === general ? "" : `/${segment(from ?? key)}`}`));
            if (from) {
                const { [section.key]: _, ...row } = found.row;
                // A telephone has one account; its password is not known here either.
                delete row.phone;
                answer.value = { version: found.version, row };
            } else answer.value = found;
            fault.value = null;
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    const isGone = computed(() => fault.value instanceof Problem && fault.value.status === 404);
    return h(
        "div", { class: "content scrolls" },
        show(() => fault.value, () => (isGone.peek()
            ? empty("search", () => t("admin.gone"), () => t("admin.goneText"), h("a", { href: address(["admin", section.name]) }, () => t("admin.backTo", { section: sectionName(section.name) })))
            : notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() })))),
        show(() => answer.value, () => editor(section, /** @type {Answer} */ (answer.peek()), key)),
    );
}
