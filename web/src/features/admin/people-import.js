/** Many people from a table: pasted or chosen, looked at line by line, and only then written. */
import { Problem, get, post, put } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { address, guardLeaving } from "../../core/router.js";
import { day, now } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { ask } from "../../ui/dialog.js";
import { textArea } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { card, empty, meter, notice } from "../../ui/parts.js";
import { tableText } from "../../core/table-text.js";
import { mostLines, read, skillsText } from "./people-csv.js";
import { readAll } from "./references.js";
import { written } from "./undo.js";
import { worded } from "./words.js";

/** @typedef {import("../../core/types.js").Row} Row */
/** @typedef {import("./people-csv.js").Line} Line */

/** Lines that are drawn; the others are counted, and written all the same. */
const mostShown = 200;

/** @param {string[]} keys */
const heads = (keys) => keys.map((key) => h("th", { scope: "col" }, () => t(key)));

/** @param {Line} line */
const faultText = (line) => line.faults.map((one) => t(`admin.import.fault.${one.key}`, one.values)).join(" ");

/**
 * The table itself, without the page around it.
 * @param {() => void} [imported] something has been written
 */
export function importTable(imported = () => {}) {
    const text = signal("");
    const centre = signal(/** @type {{people: Row[], skills: string[], sites: string[], version: number} | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const done = signal(/** @type {Map<string, string>} */ (new Map()));
    const progress = signal(0);
    const isWriting = signal(false);
    let isStopped = false;
    const load = async () => {
        try {
            const { version } = await get("/centre/people?limit=1");
            const [people, skills, sites] = await Promise.all(["people", "skills", "sites"].map((section) => readAll(`/centre/${section}`)));
            centre.value = { people, skills: skills.map((one) => one.key), sites: sites.map((one) => one.key), version };
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    guardLeaving({ isNeeded: () => isWriting.peek(), ask: async () => (await ask({ title: () => t("admin.import.going"), text: () => t("admin.import.goingText"), yes: () => t("admin.import.stop"), isDanger: true })) && (isStopped = true) });

    const lines = computed(() => (centre.value && text.value.trim() ? read(text.value, { ...centre.value, year: Number(day(now()).slice(0, 4)) }) : []));
    const faulty = computed(() => lines.value.filter((one) => one.faults.length > 0).length);
    const todo = computed(() => lines.value.filter((one) => one.faults.length === 0 && one.kind !== "same"));

    const write = async () => {
        const known = centre.peek();
        const work = todo.peek();
        if (!known || work.length === 0 || faulty.peek() > 0 || isWriting.peek()) return;
        isWriting.value = true;
        isStopped = false;
        progress.value = 0;
        /** @type {Map<string, string>} */
        const results = new Map();
        const versions = [];
        for (const line of work) {
            if (isStopped) break;
            try {
                const answer = line.kind === "new" ? await post("/centre/people", line.row) : await put(`/centre/people/${encodeURIComponent(line.number)}?version=${known.version}`, line.row);
                versions.push(answer.version);
                results.set(line.number, "");
            } catch (error) {
                results.set(line.number, explain(error));
                // Without an answer nobody knows whether the next one would be written.
                if (error instanceof Problem && (error.isUnreachable || error.status === 401 || error.status === 403)) isStopped = true;
            }
            progress.value += 1;
        }
        isWriting.value = false;
        const count = versions.length;
        if (count > 0) {
            // One step back is possible when nobody else wrote in between.
            const isWhole = versions[count - 1] - versions[0] === count - 1;
            written(t("admin.import.written", { count }), versions[count - 1], isWhole ? { first: versions[0], undone: () => void load() } : {});
        }
        const failed = new Map([...results].filter(([, problem]) => problem));
        done.value = failed;
        await load();
        if (failed.size === 0 && !isStopped) text.value = "";
        if (count > 0) imported();
    };
    /** @param {File | undefined} file */
    const take = async (file) => {
        if (file) text.value = tableText(await file.arrayBuffer());
    };
    const picker = h("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", class: "spoken", tabIndex: -1, "aria-label": () => t("admin.import.file"), onchange: (/** @type {any} */ event) => void take(event.target.files[0]).then(() => (event.target.value = "")) });
    /** Lines with faults come first when not all are drawn. */
    const shown = computed(() => (lines.value.length <= mostShown ? lines.value : [...lines.value.filter((one) => one.faults.length > 0), ...lines.value.filter((one) => one.faults.length === 0)].slice(0, mostShown)));
    /** Fields that not everybody has: a column of the preview each when some line has them. */
    const more = computed(() => ["roles", "partTime", "born", "joined"].filter((name) => lines.value.some((one) => one.row[name] && (name !== "roles" || one.row.roles.join() !== "agent"))));
    // A line that changes is another line: its cells need not follow anything.
    const rows = each(h("tbody", null), () => shown.value, (one) => JSON.stringify(one), (item) => {
        const one = item();
        return h(
            "tr", { class: one.faults.length > 0 ? "faulty" : "" },
            h("td", { class: "quiet" }, one.line), h("td", null, one.number || "–"), h("td", null, one.name || "–"), h("td", null, skillsText(one.row.skills)), h("td", null, one.row.team), h("td", null, one.row.site),
            () => more.value.map((name) => h("td", null, one.row[name] === undefined ? "" : worded("people", name, one.row[name]))),
            h("td", null, () => {
                const refused = done.value.get(one.number);
                if (refused) return h("span", { class: "fault-text" }, refused);
                return one.faults.length > 0 ? h("span", { class: "fault-text" }, icon("alert", "small"), faultText(one)) : h("span", { class: `chip ${{ new: "good", changed: "info", same: "" }[one.kind]}` }, t(`admin.import.${one.kind}`));
            }),
        );
    });
    /** An example that this centre takes. */
    const example = () => `number,name,skills,team,site\n5046,王芳,${(centre.value?.skills ?? []).slice(0, 2).map((key) => `${key}:1`).join(" ")},a,${centre.value?.sites[0] ?? ""}`;
    return [
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => ((fault.value = null), void load()) }))),
        card(
            { title: () => t("admin.import.source"), end: [picker, button({ label: () => t("admin.import.file"), symbol: "upload", press: () => picker.click() })] },
            textArea({
                label: () => t("admin.import.paste"), rows: 7, value: () => text.value, change: (next) => ((done.value = new Map()), (text.value = next)), hint: () => t("admin.import.hint"),
                more: { spellcheck: "false", placeholder: example },
            }),
        ),
        h("p", { role: "status", class: "quiet" }, () => (lines.value.length === 0 ? "" : t("admin.import.summary", { lines: lines.value.length, work: todo.value.length, faulty: faulty.value }))),
        show(() => lines.value.length > mostLines, () => notice(() => t("admin.import.tooMany", { most: mostLines }), "warn")),
        show(() => isWriting.value, () => h("div", { class: "card" }, h("div", { class: "body stack" }, meter(() => progress.value / Math.max(1, todo.value.length), () => t("admin.import.title")), h("div", { class: "row" }, h("span", { class: "grow numeric" }, () => t("admin.import.progress", { done: progress.value, all: todo.value.length })), button({ label: () => t("admin.import.stop"), press: () => (isStopped = true) }))))),
        show(() => lines.value.length > 0, () => [
            h("section", { class: "card" }, h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("admin.import.preview") }, h(
                "table", { class: "table lines" },
                h("thead", null, h("tr", null, heads(["admin.import.line", "admin.field.number", "admin.field.name", "admin.field.skills", "admin.field.team", "admin.field.site"]), () => heads(more.value.map((name) => `admin.field.${name}`)), heads(["admin.import.result"]))),
                rows,
            ))),
            show(() => lines.value.length > mostShown, () => h("p", { class: "quiet" }, () => t("admin.import.more", { count: lines.value.length - mostShown }))),
            h("div", { class: "save-bar" },
                h("span", { class: "grow quiet" }, () => (faulty.value > 0 ? t("admin.import.fixFirst") : "")),
                button({ label: () => t("admin.import.write", { count: todo.value.length }), look: "primary", press: () => void write(), disabled: () => isWriting.value || lines.value.length > mostLines || faulty.value > 0 || todo.value.length === 0 })),
        ], () => (fault.peek() ? null : h("section", { class: "card" }, empty("people", () => t("admin.import.empty"), () => t("admin.import.emptyText"))))),
    ];
}

export const peopleImport = () => h(
    "div", { class: "content scrolls" },
    h("div", { class: "head" }, h("a", { class: "button plain square", href: address(["admin", "people"]), "aria-label": () => t("admin.backTo", { section: t("admin.section.people") }) }, icon("left")), h("h1", { class: "grow" }, () => t("admin.import.title"))),
    importTable(),
);
