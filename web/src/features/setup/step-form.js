/** The form around a step: saves, says what is wrong, and leads on. */
import { Problem } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { notice } from "../../ui/parts.js";

/** @typedef {import("./centre-state.js").Setup} Setup */
/**
 * What a step works with; `onward` goes to the next one.
 * @typedef {{setup: () => Setup, reload: () => Promise<void>, onward: () => void}} Step
 */

/**
 * What the server found wrong with a row, field by field.
 * @param {unknown} error
 * @returns {{field: string, fault: string, remedy: string}[]}
 */
function findingsOf(error) {
    if (!(error instanceof Problem)) return [];
    try {
        const found = JSON.parse(error.details.findings ?? "[]");
        if (found.length > 0) return found;
    } catch {
        // Then what stands in the problem itself has to do.
    }
    return error.field ? [{ field: error.field, fault: explain(error), remedy: "" }] : [];
}

/**
 * @param {Step} step
 * @param {() => Promise<unknown>} save
 */
export function stepForm(step, save) {
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const shown = new Set();
    /** @param {boolean} goesOn */
    const run = async (goesOn) => {
        if (isBusy.peek()) return;
        isBusy.value = true;
        fault.value = null;
        try {
            await save();
            await step.reload();
            if (goesOn) step.onward();
        } catch (error) {
            fault.value = error;
            // Whoever saves again after that does so on top of what is there by then.
            if (error instanceof Problem && error.status === 409) await step.reload();
        }
        isBusy.value = false;
    };
    const about = (/** @type {string} */ name) => {
        shown.add(name);
        return () => {
            const found = findingsOf(fault.value).find((one) => one.field === name || one.field.startsWith(`${name}[`));
            return found ? `${found.fault} ${found.remedy}`.trim() : null;
        };
    };
    const others = () => findingsOf(fault.value).filter((one) => ![...shown].some((name) => one.field === name || one.field.startsWith(`${name}[`)));
    return {
        fault, isBusy, about, run,
        /**
         * @param {() => boolean} isComplete
         * @param {...Child} children
         */
        form: (isComplete, ...children) => h(
            "form", { class: "stack", novalidate: true, autocomplete: "off", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), isComplete() && void run(true)) },
            children,
            show(() => fault.value && (findingsOf(fault.value).length === 0 || others().length > 0), () => notice(() => (others().length > 0 ? others().map((one) => h("p", null, `${one.fault} ${one.remedy}`)) : explain(fault.value)), "bad")),
            h("div", { class: "row end" }, button({ label: () => t("setup.skip"), press: step.onward }), button({ label: () => t("setup.saveOn"), look: "primary", kind: "submit", disabled: () => isBusy.value || !isComplete() })),
        ),
    };
}
