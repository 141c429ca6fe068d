/** What is kept about people, for how long, and how it goes. */
import { loadCentre } from "../../core/centre.js";
import { h, keyed } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { computed } from "../../core/reactive.js";
import { address, route } from "../../core/router.js";
import { empty } from "../../ui/parts.js";
import { deletionPart } from "./deletion.js";
import { deletionsPart } from "./deletions.js";
import { holdsPart } from "./holds.js";
import { retentionPart } from "./retention.js";
import { lookupPart } from "./subject.js";

/** @type {Record<string, (id: string | undefined) => Child>} */
const parts = { lookup: lookupPart, holds: holdsPart, retention: retentionPart, deletions: (id) => (id ? deletionPart(id) : deletionsPart()) };

export function privacyPage() {
    loadCentre();
    const name = computed(() => route.value.parts[1] ?? "lookup");
    const id = computed(() => route.value.parts[2]);
    return h(
        "div", { class: "content scrolls privacy" },
        h("div", { class: "head no-print" }, h("h1", { class: "grow" }, () => t("privacy.title"))),
        h("nav", { class: "tabs no-print", "aria-label": () => t("privacy.title") }, Object.keys(parts).map((part) =>
            h("a", { href: address(part === "lookup" ? ["privacy"] : ["privacy", part]), "aria-current": () => (name.value === part ? "page" : null) }, () => t(`privacy.part.${part}`)))),
        h("div", { class: "stack part" }, keyed(() => `${name.value} ${id.value ?? ""}`, () =>
            (parts[name.peek()] ? parts[name.peek()](id.peek()) : empty("search", () => t("shell.notThere"), () => t("shell.notThereText"))))),
    );
}
