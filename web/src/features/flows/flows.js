/** The list of flows. */
import { loadCentre } from "../../core/centre.js";
import { h, show } from "../../core/dom.js";
import { languageName, number, t } from "../../core/i18n.js";
import { address, go } from "../../core/router.js";
import { brief, fullMoment } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { listFile } from "../../ui/list-file.js";
import { chip, empty } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";
import { openNewDialog } from "./flow-dialogs.js";
import { author } from "./publish.js";

/** @typedef {{key: string, name: string, languages: string[], version?: number, publishedAt?: number, publishedBy?: string, numbers: string[], nodes: number, draft?: {savedAt: number, savedBy: string}}} FlowItem */

export function flowsPage() {
    loadCentre();
    const list = paged("/flows", () => ({}));
    return h(
        "div", { class: "page fills" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("flow.title")), listFile(list, () => t("flow.title")), button({ label: () => t("flow.new"), symbol: "plus", look: "primary", press: () => openNewDialog() })),
        h("section", { class: "card list" }, table({
            label: () => t("flow.title"), list, key: (/** @type {FlowItem} */ one) => one.key, open: (one) => go(["flows", one.key]),
            none: () => empty("route", () => t("flow.none"), () => t("flow.noneText")),
            columns: [
                { head: () => t("flow.name"), cell: (one) => [h("a", { href: () => address(["flows", one().key]) }, () => one().name), h("span", { class: "quiet small-text block" }, () => one().key)] },
                { head: () => t("flow.numbers"), cell: (one) => () => (one().numbers.length > 0 ? h("span", { class: "row" }, one().numbers.map((each) => chip(() => each, "", "phone"))) : h("span", { class: "quiet" }, t("flow.noNumber"))) },
                { head: () => t("flow.languages"), cell: (one) => () => one().languages.map(languageName).join(t("flow.comma")) },
                { head: () => t("flow.nodes"), look: "end", cell: (one) => () => number(one().nodes) },
                { head: () => t("flow.version"), cell: (one) => () => (one().version ? h("span", { title: fullMoment(one().publishedAt ?? 0) }, t("flow.versionLine", { version: one().version, time: brief(one().publishedAt ?? 0), by: author(one().publishedBy ?? "") })) : chip(() => t("flow.neverPublished"), "warn")) },
                { head: () => t("flow.draft"), cell: (one) => show(() => one().draft, () => chip(() => t("flow.draftLine", { time: brief(one().draft?.savedAt ?? 0), by: author(one().draft?.savedBy ?? "") }), "info")) },
            ],
        })),
    );
}
