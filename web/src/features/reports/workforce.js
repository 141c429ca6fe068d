/** Who works here: people, ages and tenures of the whole, of sites and of teams (mission P12), as far as groups are large enough. */
import { get } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, number, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { button } from "../../ui/button.js";
import { listFile } from "../../ui/list-file.js";
import { card, empty, notice } from "../../ui/parts.js";
import { rowName } from "./figure.js";

/** @typedef {{from: number, to?: number, people: number}} Band `to` is exclusive; the last has none */
/** @typedef {{key: string, names?: Record<string, string>, people: number, partTime: number, ageKnown: number, averageAge?: number, tenureKnown: number, averageTenure?: number, ages?: Band[], tenures?: Band[]}} Group averages and bands are absent when too few have told, or when the whole less the other groups would tell of too few */
/** @typedef {{day: string, fewest: number, total: Group, sites: Group[], teams: Group[]}} Profile */
/** @typedef {"age" | "tenure"} Kind */

/** Years with one decimal, as people read them. */
const years = (/** @type {number | undefined} */ value) => (value === undefined ? "–" : value.toFixed(1));

/**
 * Under 25, 25–29, 40 and more; tenure is no whole number, so that its bands name both ends.
 * @param {Kind} kind
 * @param {Band} band
 */
function bandName(kind, { from, to }) {
    if (from === 0) return t("workforce.under", { to });
    if (to === undefined) return t("workforce.over", { from });
    return `${from}–${kind === "age" ? to - 1 : to}`;
}

/**
 * A column for each band, with its number above and its name below.
 * @param {Kind} kind
 * @param {Group} group
 * @param {number} fewest
 */
function bands(kind, group, fewest) {
    const found = kind === "age" ? group.ages : group.tenures;
    if (!found) return h("p", { class: "quiet small-text not-shown" }, () => t("workforce.notShown", { fewest }));
    const most = Math.max(1, ...found.map((band) => band.people));
    return h("ol", { class: "bands", "aria-label": () => t(`workforce.${kind}Bands`) }, found.map((band) => h(
        "li", null,
        h("span", { class: "spoken" }, () => t("workforce.spoken", { band: bandName(kind, band), people: number(band.people) })),
        h("b", { class: "numeric", "aria-hidden": "true" }, () => number(band.people)),
        h("i", { "aria-hidden": "true" }, h("span", { style: { height: `${(100 * band.people) / most}%` } })),
        h("small", { class: "quiet", "aria-hidden": "true" }, () => bandName(kind, band)),
    )));
}

/**
 * @param {() => string} name
 * @param {string} value
 * @param {() => string} [note]
 */
const headFigure = (name, value, note) => h("div", { class: "figure card" }, h("h2", null, name), h("div", { class: "value numeric" }, value), h("div", { class: "small-text quiet" }, note ?? null));

/** @param {Profile} profile */
function whole({ total, fewest }) {
    const of = (/** @type {number} */ known) => () => t("workforce.known", { known: number(known), people: number(total.people) });
    return [
        h("div", { class: "figures four" },
            headFigure(() => t("workforce.people"), number(total.people)), headFigure(() => t("workforce.partTime"), number(total.partTime), () => (total.people > 0 ? `${((100 * total.partTime) / total.people).toFixed(1)} %` : "")),
            headFigure(() => t("workforce.averageAge"), years(total.averageAge), of(total.ageKnown)), headFigure(() => t("workforce.averageTenure"), years(total.averageTenure), of(total.tenureKnown))),
        h("div", { class: "two-columns" },
            card({ title: () => t("workforce.ageBands") }, bands("age", total, fewest)), card({ title: () => t("workforce.tenureBands") }, bands("tenure", total, fewest))),
    ];
}

/**
 * @param {"site" | "team"} what
 * @param {Group[]} groups
 * @param {number} fewest
 */
function groupTable(what, groups, fewest) {
    const title = () => t(what === "site" ? "report.bySite" : "report.byTeam");
    const heads = ["people", "partTime", "averageAge", "averageTenure"].map((key) => h("th", { scope: "col", class: "end" }, () => t(`workforce.${key}`)));
    return card({ title, flush: true }, h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": title }, h(
        "table", { class: "table workforce-table" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, title), heads, ["ageBands", "tenureBands"].map((key) => h("th", { scope: "col" }, () => t(`workforce.${key}`))))),
        h("tbody", null, groups.map((group) => h(
            "tr", null, h("th", { scope: "row" }, () => (group.key === "" ? t("report.nobody") : rowName(group))),
            [number(group.people), number(group.partTime), years(group.averageAge), years(group.averageTenure)].map((value) => h("td", { class: "end numeric" }, value)),
            h("td", null, bands("age", group, fewest)), h("td", null, bands("tenure", group, fewest)),
        ))),
    )));
}

/** Where the years and days are entered, for those who may. */
const entering = () => (may("centre.write") ? h("div", { class: "row wrap" },
    h("a", { class: "button primary", href: address(["admin", "people"]) }, () => t("workforce.toPeople")), h("a", { class: "button", href: address(["admin", "people-import"]) }, () => t("admin.import"))) : null);

export function workforcePage() {
    const profile = signal(/** @type {Profile | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const load = async () => {
        try {
            profile.value = await get("/workforce/profile");
            fault.value = null;
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    /** @param {Profile} found */
    const content = (found) => {
        const { total, sites, teams, fewest } = found;
        if (total.people === 0) return h("section", { class: "card" }, empty("people", () => t("workforce.nobody"), () => t("workforce.nobodyText"), entering()));
        return h(
            "div", { class: "stack" },
            total.ageKnown + total.tenureKnown === 0 ? h("section", { class: "card" }, empty("people", () => t("workforce.unknown"), () => t(may("centre.write") ? "workforce.unknownText" : "workforce.unknownAsk"), entering())) : null,
            whole(found),
            sites.length > 0 ? groupTable("site", sites, fewest) : null, teams.length > 0 ? groupTable("team", teams, fewest) : null,
        );
    };
    return h(
        "div", { class: "page reports" },
        h("div", { class: "head" },
            h("h1", { class: "grow" }, () => t("workforce.title")),
            listFile({ path: "/workforce/profile", filters: () => ({}), isEmpty: () => !profile.value || profile.value.total.people === 0 }, () => t("workforce.title")),
            h("a", { class: "button", href: address(["reports"]) }, () => t("report.title"))),
        h("p", { class: "quiet" }, () => t("workforce.intro", { day: profile.value?.day ?? "…", fewest: profile.value?.fewest ?? "…" })),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        () => (profile.value ? content(profile.value) : null),
    );
}
