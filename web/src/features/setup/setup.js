/** The first run in the browser: step by step from an empty centre to the first call. It can be left and come back to. */
import { h, keyed, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { computed, effect } from "../../core/reactive.js";
import { address, go, restate, route } from "../../core/router.js";
import { button } from "../../ui/button.js";
import { icon } from "../../ui/icons.js";
import { empty, notice } from "../../ui/parts.js";
import { isDone, readSetup } from "./centre-state.js";
import { companyStep, trunkStep } from "./company-trunk.js";
import { numberStep } from "./number.js";
import { promptsStep } from "./prompts.js";
import { teamStep } from "./team.js";
import { testStep } from "./test-call.js";

const steps = ["company", "trunk", "number", "team", "prompts", "test"];

/** @param {{people: (imported: () => void) => Child}} parts what other features bring */
export function setupPage({ people }) {
    const { setup, fault, reload } = readSetup();
    const now = () => /** @type {import("./centre-state.js").Setup} */ (setup.peek() && setup.value);
    const name = computed(() => route.value.parts[1] ?? "");
    // The first step that is not done is where one goes on; a step does not change by itself when it gets done.
    effect(() => {
        if (setup.value && route.value.parts[0] === "setup" && !route.value.parts[1]) restate(["setup", steps.find((one) => isDone[one] && !isDone[one](now())) ?? "test"], {});
    });
    const onward = () => go(["setup", steps[Math.min(steps.length - 1, steps.indexOf(name.peek()) + 1)]]);
    const step = { setup: now, reload, onward };
    /** @type {Record<string, () => Child>} */
    const parts = { company: () => companyStep(step), trunk: () => trunkStep(step), number: () => numberStep(step), team: () => teamStep(step, people), prompts: () => promptsStep(step), test: () => testStep(step) };
    const done = (/** @type {string} */ one) => Boolean(setup.value && isDone[one]?.(setup.value));
    const isBare = (/** @type {string} */ one) => ["company", "trunk", "number"].includes(one);
    return h(
        "div", { class: "page setup" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("setup.title")), h("span", { class: "quiet", role: "status" }, () => (setup.value ? t("setup.progress", { done: steps.filter(done).length, all: steps.length - 1 }) : ""))),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void reload() }))),
        show(() => setup.value, () => h(
            "div", { class: "setup-columns" },
            h("nav", { "aria-label": () => t("setup.steps") }, h("ol", { class: "setup-steps" }, steps.map((one, index) => h("li", null, h(
                "a", { href: address(["setup", one]), "aria-current": () => (name.value === one ? "step" : null), class: () => (done(one) ? "done" : "") },
                h("span", { class: "mark numeric", "aria-hidden": "true" }, () => (done(one) ? icon("check", "small") : String(index + 1))),
                h("span", null, () => t(`setup.step.${one}`)), show(() => done(one), () => h("span", { class: "spoken" }, () => t("setup.done"))),
            ))))),
            keyed(() => name.value, (which) => (which === "" ? null : parts[which] ? h(
                "section", { class: `stack setup-part ${isBare(which) ? "card" : ""}`, "aria-label": () => t(`setup.step.${which}`) },
                h("div", { class: "lead" }, h("h2", null, () => t(`setup.step.${which}`)), h("p", { class: "quiet" }, () => t(`setup.about.${which}`))), parts[which](),
            ) : empty("search", () => t("shell.notThere"), () => t("shell.notThereText"), h("a", { href: address(["setup"]) }, () => t("setup.title"))))),
        )),
    );
}
