/** People by skills: levels are typed into the cells, arrow keys move, and one order saves all that was changed. */
import { Problem, get, put } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { computed, onCleanup, signal } from "../../core/reactive.js";
import { guardLeaving } from "../../core/router.js";
import { button } from "../../ui/button.js";
import { ask } from "../../ui/dialog.js";
import { textField } from "../../ui/field.js";
import { empty, notice } from "../../ui/parts.js";
import { paged } from "../../ui/table.js";
import { toast } from "../../ui/toast.js";
import { changed, changes, isKnown, refName, references } from "./references.js";
import { canonical, mostLevel } from "./sections.js";

/** @typedef {import("../../core/types.js").Row} Row */
/** @typedef {Record<string, number>} Skills */

/** Rows on a page. */
const size = 50;
/** Milliseconds that typing rests before the list follows. */
const rest = 300;

/**
 * Writes the skills of several people, one after the other.
 * @param {Map<string, Skills>} wanted
 * @param {number | null} version in which they were read; null asks for the newest of each
 * @returns {Promise<{written: string[], refused: Map<string, unknown>}>}
 */
async function write(wanted, version) {
    const written = [];
    /** @type {Map<string, unknown>} */
    const refused = new Map();
    for (const [number, skills] of wanted) {
        const path = `/centre/people/${encodeURIComponent(number)}`;
        try {
            await put(`${path}/skills?version=${version ?? (await get(path)).version}`, { skills });
            written.push(number);
        } catch (error) {
            refused.set(number, error);
        }
    }
    return { written, refused };
}

export function skillsMatrix() {
    const text = signal("");
    const applied = signal("");
    let timer = 0;
    onCleanup(() => clearTimeout(timer));
    const list = paged("/centre/people", () => {
        void changes.value;
        return { text: applied.value };
    }, size);
    const people = () => /** @type {Row[]} */ (/** @type {any} */ (list.items.value) ?? []);
    const skills = computed(() => references("skills").map((one) => one.key));
    /** What was typed and not saved yet. */
    const drafts = signal(/** @type {Map<string, Skills>} */ (new Map()));
    const former = /** @type {Map<string, Skills>} */ (new Map());
    const fault = signal(/** @type {string | null} */ (null));
    const isBusy = signal(false);
    /** The one cell that the Tab key stops at. */
    const at = signal({ number: "", skill: "" });
    guardLeaving({ isNeeded: () => drafts.peek().size > 0, ask: () => ask({ title: () => t("admin.unsaved"), text: () => t("admin.unsavedText"), yes: () => t("admin.leave"), no: () => t("admin.stay"), isDanger: true }) });

    /** @param {Row} person */
    const levels = (person) => drafts.value.get(person.number) ?? person.skills ?? {};
    /**
     * @param {Row} person
     * @param {string} skill
     * @param {number} level 0 takes it away
     */
    const set = (person, skill, level) => {
        const { [skill]: _, ...others } = drafts.peek().get(person.number) ?? person.skills ?? {};
        const next = level > 0 ? { ...others, [skill]: level } : others;
        const all = new Map(drafts.peek());
        if (canonical(next) === canonical(person.skills ?? {})) all.delete(person.number);
        else all.set(person.number, next);
        former.set(person.number, person.skills ?? {});
        drafts.value = all;
    };
    const save = async () => {
        if (isBusy.peek() || drafts.peek().size === 0) return;
        isBusy.value = true;
        fault.value = null;
        const wanted = drafts.peek();
        const { written, refused } = await write(wanted, list.answer.peek()?.version ?? null);
        const back = new Map(written.map((number) => [number, former.get(number) ?? {}]));
        drafts.value = new Map([...drafts.peek()].filter(([number, next]) => !written.includes(number) || next !== wanted.get(number)));
        if (refused.size > 0) fault.value = [...refused].map(([number, error]) => `${number}: ${error instanceof Problem && error.reason === "changedMeanwhile" ? t("admin.matrix.changed") : explain(error)}`).join(" ");
        await list.reload();
        if (written.length > 0) {
            const undo = async () => {
                const { refused: kept } = await write(back, null);
                changed();
                toast(kept.size > 0 ? explain([...kept.values()][0]) : t("admin.undone"), kept.size > 0 ? { look: "bad" } : {});
            };
            toast(t("admin.matrix.saved", { count: written.length }), { action: { label: t("action.undo"), press: () => void undo() } });
        }
        isBusy.value = false;
    };
    /**
     * @param {KeyboardEvent} event
     * @param {Row} person
     * @param {string} skill
     */
    const press = (event, person, skill) => {
        if (event.altKey || event.isComposing) return;
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return void (event.preventDefault(), save());
        if (event.ctrlKey || event.metaKey) return;
        if (/^\d$/.test(event.key)) {
            event.preventDefault();
            if (Number(event.key) <= mostLevel) set(person, skill, Number(event.key));
            return;
        }
        if (event.key === "Delete" || event.key === "Backspace") return void (event.preventDefault(), set(person, skill, 0));
        const [row, column] = [people().findIndex((one) => one.number === person.number), skills.peek().indexOf(skill)];
        const to = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], Enter: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], Home: [row, 0], End: [row, skills.peek().length - 1] }[event.key];
        if (!to) return;
        event.preventDefault();
        const next = people()[to[0]];
        if (next && skills.peek()[to[1]] !== undefined) /** @type {HTMLElement | null} */ (body.querySelector(`[data-cell="${CSS.escape(`${next.number} ${skills.peek()[to[1]]}`)}"]`))?.focus();
    };
    const isFirst = (/** @type {string} */ number, /** @type {string} */ skill) => !people().some((one) => one.number === at.value.number) && people()[0]?.number === number && skills.value[0] === skill;
    const body = each(h("tbody", null), people, (one) => one.number, (item) => h(
        "tr", { class: () => (drafts.value.has(item().number) ? "changed" : "") },
        h("th", { scope: "row" }, h("span", { class: "numeric quiet" }, () => item().number), " ", () => item().name),
        () => skills.value.map((skill) => h("td", null, h("input", {
            class: "input cell", type: "text", inputmode: "numeric", maxlength: 1, "data-cell": `${item().number} ${skill}`, value: () => String(levels(item())[skill] ?? ""),
            "data-level": () => levels(item())[skill] ?? 0,
            "aria-label": () => t("admin.matrix.cell", { name: item().name, skill: refName("skills", skill) }), tabIndex: () => ((at.value.number === item().number && at.value.skill === skill) || isFirst(item().number, skill) ? 0 : -1),
            onfocus: (/** @type {any} */ event) => ((at.value = { number: item().number, skill }), event.target.select()),
            onkeydown: (/** @type {KeyboardEvent} */ event) => press(event, item(), skill),
            // Keyboards on glass tell nothing before they have typed.
            oninput: (/** @type {any} */ event) => {
                const typed = /[0-5]/.exec(event.target.value)?.[0];
                set(item(), skill, Number(typed ?? 0));
                event.target.value = typed && typed !== "0" ? typed : "";
            },
        }))),
    ));
    return h(
        "div", { class: "content" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("admin.section.skills-matrix")),
            h("span", { class: "quiet", role: "status" }, () => (drafts.value.size > 0 ? t("admin.matrix.unsaved", { count: drafts.value.size }) : "")),
            show(() => drafts.value.size > 0, () => button({ label: () => t("admin.discard"), press: () => (drafts.value = new Map()) })),
            button({ label: () => t("action.save"), look: "primary", press: () => void save(), disabled: () => isBusy.value || drafts.value.size === 0, more: { "aria-keyshortcuts": "Control+Enter" } })),
        h("p", { class: "quiet intro" }, () => t("admin.intro.skills-matrix")),
        h("form", { class: "filters", role: "search", onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, textField({
            label: () => t("admin.search"), kind: "search", look: "wide", value: () => text.value,
            change: (next) => {
                text.value = next;
                clearTimeout(timer);
                timer = setTimeout(() => (applied.value = next.trim()), rest);
            },
        })),
        show(() => fault.value, () => notice(() => fault.value, "bad")),
        show(() => list.fault.value, () => notice(() => explain(list.fault.value), "bad", button({ label: () => t("action.again"), press: () => void list.reload() }))),
        h("section", { class: "card list" },
            h("div", { class: "table-frame grow", role: "region", "aria-label": () => t("admin.section.skills-matrix") },
                show(() => people().length > 0 && skills.value.length > 0, () => h("table", { class: "table matrix" },
                    h("thead", null, h("tr", null, h("th", { scope: "col" }, () => t("admin.matrix.person")), () => skills.value.map((skill) => h("th", { scope: "col" }, () => refName("skills", skill))))), body),
                () => show(() => list.items.value && isKnown("skills"), () => empty("grid", () => t("admin.none"), () => t(skills.value.length === 0 ? "admin.noSkillsAtAll" : "admin.nothingText"))))),
            show(() => !list.isFirst() || list.next.value, () => h("div", { class: "pager" },
                h("span", { class: "numeric" }, () => t("table.page", { page: list.page() })),
                button({ symbol: "left", look: "square", spoken: () => t("table.back"), press: list.back, disabled: () => list.isFirst() }),
                button({ symbol: "right", look: "square", spoken: () => t("table.forward"), press: list.forward, disabled: () => !list.next.value })))),
    );
}
