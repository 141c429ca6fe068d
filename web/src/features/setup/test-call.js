/** The last step: what is still missing, and how to make the first call. */
import { get } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { named, t } from "../../core/i18n.js";
import { onCleanup, signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { icon } from "../../ui/icons.js";
import { card } from "../../ui/parts.js";
import { agentsOf, isDone, outsideTrunks, withoutAccount } from "./centre-state.js";
import { check } from "./team.js";

/** @typedef {import("./step-form.js").Step} Step */
/** @typedef {import("./centre-state.js").Component} Component */

/** Milliseconds between looks at who is there. */
const pace = 3_000;

/** @param {Step} step */
export function testStep(step) {
    const live = signal(/** @type {import("../../core/types.js").LiveBody | null} */ (null));
    const components = signal(/** @type {Component[] | null} */ (null));
    let timer = 0;
    let isOver = false;
    const look = async () => {
        try {
            [live.value, components.value] = await Promise.all([get("/live"), get("/components").then((body) => body.items)]);
        } catch {
            // What is shown stays; the page's own banner tells when the server is away.
        }
        if (!isOver) timer = setTimeout(() => void look(), pace);
    };
    void look();
    onCleanup(() => {
        isOver = true;
        clearTimeout(timer);
    });
    const setup = step.setup;
    const number = () => setup().rows.numbers.items[0]?.number ?? "";
    const link = (/** @type {string[]} */ parts, /** @type {string} */ key) => h("a", { href: address(parts) }, () => t(key));
    const broken = () => (components.value ?? []).filter((one) => one.state !== "ok");
    const signedIn = () => live.value?.agents.length ?? 0;
    const ready = () => (live.value?.agents ?? []).filter((one) => one.presence === "ready").length;
    const closed = () => setup().rows.calendars.items.filter((one) => one.isOpen === false);
    const fix = (/** @type {() => boolean} */ isFine, /** @type {string[]} */ parts, /** @type {string} */ key) => show(() => !isFine(), () => link(parts, key));
    const webCall = setup().rows.numbers.items.find((one) => one.webCalls);
    return h(
        "div", { class: "stack" },
        card({ title: () => t("setup.missing") }, h(
            "ul", { class: "plain-list", "aria-live": "polite" },
            check(() => isDone.number(setup()), () => t(isDone.number(setup()) ? "setup.hasNumber" : "setup.noNumber", { number: number() }), fix(() => isDone.number(setup()), ["setup", "number"], "setup.step.number")),
            check(() => Boolean(setup().flow?.version), () => t(setup().flow?.version ? "setup.hasFlow" : "setup.flowUnpublished"), fix(() => Boolean(setup().flow?.version), ["setup", "prompts"], "setup.step.prompts")),
            check(() => outsideTrunks(setup()).length > 0, () => t(outsideTrunks(setup()).length > 0 ? "setup.hasTrunk" : "setup.onlyOwnMachine"), fix(() => outsideTrunks(setup()).length > 0, ["setup", "trunk"], "setup.step.trunk")),
            check(() => components.value !== null && broken().length === 0, () => (components.value === null ? t("setup.looking") : broken().length === 0 ? t("setup.allHealthy") : broken().map((one) => `${named(one.names, one.key)}: ${one.detail}`).join("; "))),
            check(() => closed().length === 0, () => t(closed().length === 0 ? "setup.openNow" : "setup.closedNow"), fix(() => closed().length === 0, ["setup", "number"], "setup.step.number")),
            check(() => agentsOf(setup()).length > 0 && withoutAccount(setup()).length === 0, () => t("setup.agents", { count: agentsOf(setup()).length }), fix(() => agentsOf(setup()).length > 0 && withoutAccount(setup()).length === 0, ["setup", "team"], "setup.step.team")),
            check(() => ready() > 0, () => (ready() > 0 ? t("setup.ready", { count: ready() }) : signedIn() > 0 ? t("setup.nobodyReady", { count: signedIn() }) : t("setup.nobodySignedIn"))),
        )),
        card({ title: () => t("setup.tryIt") }, h(
            "ol", { class: "numbered" },
            h("li", null, () => t("setup.try1"), h("div", { class: "small-text quiet" }, () => t("setup.try1More"))),
            h("li", null, () => t("setup.try2", { number: number() }),
                h("div", { class: "row wrap" },
                    webCall ? h("a", { class: "button primary", href: `call.html?number=${encodeURIComponent(webCall.number)}`, target: "_blank", rel: "noopener" }, icon("phone"), h("span", null, () => t("setup.callPage"))) : h("span", { class: "quiet" }, () => t("setup.noWebCalls")),
                    setup().flow ? h("a", { class: "button", href: address(["flows", setup().flow?.key ?? ""], { test: "1" }) }, icon("route"), h("span", null, () => t("setup.testCall"))) : null)),
            h("li", null, () => t("setup.try3"), h("div", { class: "row" }, h("a", { class: "button", href: address(["live"]) }, icon("pulse"), h("span", null, () => t("nav.live"))))),
        )),
    );
}
