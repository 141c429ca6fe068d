/** Everything that has been deleted, newest first. */
import { h } from "../../core/dom.js";
import { number, t } from "../../core/i18n.js";
import { address, go } from "../../core/router.js";
import { button } from "../../ui/button.js";
import { listFile } from "../../ui/list-file.js";
import { empty } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";
import { basisChip, proofChip } from "./deletion.js";
import { actorName, time } from "./holdings.js";

/** @typedef {import("./holdings.js").Deletion} Deletion */

export function deletionsPart() {
    const list = paged("/deletions", () => ({}));
    const sum = (/** @type {Deletion} */ one) => one.deleted.reduce((all, part) => all + part.items, 0);
    return [
        h("div", { class: "row" }, h("p", { class: "quiet grow" }, () => t("privacy.deletionsText")), listFile(list, () => t("privacy.part.deletions")), button({ label: () => t("action.refresh"), press: () => void list.reload() })),
        h("section", { class: "card list" }, table({
            label: () => t("privacy.part.deletions"), list, key: (/** @type {Deletion} */ item) => item.id, open: (/** @type {Deletion} */ item) => go(["privacy", "deletions", item.id]),
            none: () => empty("shield", () => t("privacy.noDeletions"), () => t("privacy.noDeletionsText"), h("a", { href: address(["privacy"]) }, () => t("privacy.part.lookup"))),
            columns: [
                { head: () => t("privacy.at"), cell: (item) => h("a", { class: "nowrap", href: () => address(["privacy", "deletions", item().id]) }, () => time(item().at)) },
                { head: () => t("privacy.basis"), cell: (item) => () => basisChip(item()) },
                { head: () => t("privacy.by"), cell: (item) => () => actorName(item().actor, item().actorName) },
                { head: () => t("privacy.reason"), look: "main", cell: (item) => h("span", { class: "cut block", title: () => item().reason }, () => item().reason || "–") },
                { head: () => t("privacy.contacts"), look: "end", cell: (item) => () => number(item().interactions) },
                { head: () => t("privacy.items"), look: "end", cell: (item) => () => number(sum(item())) },
                { head: () => t("privacy.proof"), cell: (item) => () => proofChip(item()) },
            ],
        })),
    ];
}
