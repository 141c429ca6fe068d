/** Every write to the centre is a version: who, when, what. */
import { h } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { address, go } from "../../core/router.js";
import { fullMoment, moment } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { listFile } from "../../ui/list-file.js";
import { chip, empty } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";
import { changes } from "./references.js";
import { sectionName } from "./words.js";

/** @typedef {import("../../core/types.js").Version} Version */
/** @typedef {import("../../core/types.js").Change} Change */

/** Changes of a version that its line names; the page of the version has them all. */
const mostNamed = 4;
const looks = { added: "good", changed: "info", removed: "bad" };

/** @param {Version} version */
export const actorOf = (version) => (version.actor === "file" ? t("admin.byFile") : [version.name, version.actor].filter(Boolean).join(" "));

/** @param {Change} change */
export const changeName = (change) => [sectionName(change.section), change.key].filter(Boolean).join(" ");

/**
 * @param {Change} change
 * @param {"kind" | "back"} [how] as it was done, or as going back would do it
 */
export const changeChip = (change, how = "kind") => chip(() => `${t(`admin.${how}.${change.kind}`)} ${changeName(change)}`, looks[change.kind]);

export function historyPage() {
    const list = paged("/centre/versions", () => {
        void changes.value;
        return {};
    }, 50);
    return h(
        "div", { class: "content" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("admin.section.history")), listFile(list, () => t("admin.section.history")), button({ label: () => t("action.refresh"), press: () => void list.reload() })),
        h("p", { class: "quiet intro" }, () => t("admin.intro.history")),
        h("section", { class: "card list" }, table({
            label: () => t("admin.section.history"), list, key: (/** @type {Version} */ item) => String(item.version), open: (/** @type {Version} */ item) => go(["admin", "history", String(item.version)]),
            none: () => empty("undo", () => t("admin.none"), () => t("admin.none.history")),
            columns: [
                { head: () => t("admin.version"), cell: (item) => h("a", { href: () => address(["admin", "history", String(item().version)]) }, () => item().version) },
                { head: () => t("admin.at"), cell: (item) => h("span", { title: () => fullMoment(item().at) }, () => moment(item().at)) },
                { head: () => t("admin.actor"), cell: (item) => () => actorOf(item()) },
                {
                    head: () => t("admin.whatChanged"), look: "wide", cell: (item) => h("div", { class: "chips" }, () => {
                        const { changes: all, more = 0 } = item();
                        const rest = all.length + more - mostNamed;
                        return all.length === 0 ? h("span", { class: "quiet" }, t("admin.firstVersion")) : [...all.slice(0, mostNamed).map((one) => changeChip(one)), rest > 0 ? h("span", { class: "quiet" }, t("admin.andMore", { count: rest })) : null];
                    }),
                },
            ],
        })),
    );
}
