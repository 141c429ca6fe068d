/** The administration: a list of sections beside the one that is open. Which there are depends on what the person may do. */
import { h, keyed } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { computed } from "../../core/reactive.js";
import { address, route } from "../../core/router.js";
import { may } from "../../core/session.js";
import { icon } from "../../ui/icons.js";
import { empty } from "../../ui/parts.js";
import { accountsPage } from "./accounts.js";
import { auditPage } from "./audit.js";
import { historyPage } from "./history.js";
import { peopleImport } from "./people-import.js";
import { importLink } from "./people-tools.js";
import { rowPage } from "./row-page.js";
import { sectionList } from "./section-list.js";
import { general, sections } from "./sections.js";
import { skillsMatrix } from "./skills-matrix.js";
import { versionPage } from "./version.js";
import { sectionName } from "./words.js";

/**
 * `address` where it is not below `admin`.
 * @typedef {{name: string, symbol: string, permission: string, page: (key: string | undefined) => Child, address?: string[]}} Part
 */

/** @type {(section: import("./sections.js").Section, tools?: () => Child) => Part} */
const rows = (section, tools) => ({ name: section.name, symbol: section.symbol, permission: "centre.write", page: (key) => (key ? rowPage(section, key) : sectionList(section, tools?.())) });

/** @type {Part[]} */
const parts = [
    { name: general.name, symbol: general.symbol, permission: "centre.write", page: () => rowPage(general, "general") },
    rows(sections[0], importLink),
    { name: "skills-matrix", symbol: "grid", permission: "skill.write", page: skillsMatrix },
    ...sections.slice(1).map((section) => rows(section)),
    { name: "history", symbol: "undo", permission: "centre.write", page: (key) => (key ? versionPage(Number(key)) : historyPage()) },
    { name: "accounts", symbol: "key", permission: "account.write", page: accountsPage },
    { name: "audit", symbol: "shield", permission: "audit.read", page: auditPage },
];
/**
 * Reached from a list, not from the side.
 * @type {Part[]}
 */
const hidden = [{ name: "people-import", symbol: "upload", permission: "centre.write", page: peopleImport }];

/** Whether there is anything for this person. */
export const mayAdminister = () => parts.some((part) => may(part.permission));

/** @param {Part[]} more parts that other features bring; they follow the rest of their address themselves */
export function adminPage(more = []) {
    const offered = computed(() => [...parts, ...more].filter((part) => may(part.permission)));
    const own = computed(() => more.find((part) => part.address?.[0] === route.value.parts[0]));
    const name = computed(() => own.value?.name ?? route.value.parts[1] ?? offered.value[0]?.name ?? "");
    const key = computed(() => JSON.stringify(own.value ? [name.value] : [name.value, route.value.parts[2] ?? "", route.value.query.get("from") ?? ""]));
    let opened = /** @type {HTMLElement | null} */ (null);
    /** @param {string} part */
    const isOpen = (part) => name.value === part || (part === "people" && name.value === "people-import");
    return h(
        "div", { class: "admin" },
        h("nav", { class: "side", "aria-label": () => t("admin.sections") }, () => offered.value.map((part) =>
            h("a", { href: address(part.address ?? ["admin", part.name]), "aria-current": () => (isOpen(part.name) ? "page" : null) }, icon(part.symbol, "small"), h("span", null, () => sectionName(part.name))))),
        h("div", { class: "opened", tabIndex: -1, ref: (/** @type {HTMLElement} */ element) => (opened = element) }, keyed(() => key.value, () => {
            // What had the focus may be gone with the former content.
            setTimeout(() => document.activeElement === document.body && opened?.focus());
            const part = [...offered.peek(), ...hidden.filter((one) => may(one.permission))].find((one) => one.name === name.peek());
            return part ? part.page(route.peek().parts[2]) : h("div", { class: "content" }, empty("search", () => t("shell.notThere"), () => t("shell.notThereText")));
        })),
    );
}
