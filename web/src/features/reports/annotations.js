/** Remarks on the days of a trend. */
import { post, remove } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { button } from "../../ui/button.js";
import { textField } from "../../ui/field.js";
import { complain, toast } from "../../ui/toast.js";

/**
 * @param {() => import("./figure.js").Report | null} report
 * @param {() => void} changed
 */
export function annotations(report, changed) {
    const day = signal(report()?.to ?? "");
    const text = signal("");
    const add = async (/** @type {string} */ on, /** @type {string} */ words) => {
        try {
            await post("/figures/annotations", { day: on, text: words });
            text.value = "";
            changed();
        } catch (error) {
            complain(error);
        }
    };
    const takeAway = async (/** @type {{id: string, day: string, text: string}} */ one) => {
        try {
            await remove(`/figures/annotations/${encodeURIComponent(one.id)}`);
            toast(t("report.remarkRemoved"), { action: { label: t("action.undo"), press: () => void add(one.day, one.text) } });
            changed();
        } catch (error) {
            complain(error);
        }
    };
    return h(
        "div", { class: "remarks stack" },
        h("ul", null, () => (report()?.annotations ?? []).map((one) => h(
            "li", { class: "row" }, h("b", { class: "numeric" }, one.day), h("span", { class: "grow" }, one.text),
            may("figures.write") ? button({ symbol: "cross", look: "plain square", spoken: () => t("report.removeRemark"), press: () => void takeAway(one) }) : null))),
        show(() => may("figures.write"), () => h(
            "form", { class: "row ends-low", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void add(day.peek(), text.peek().trim())) },
            textField({ label: () => t("report.remarkDay"), kind: "date", value: () => day.value, change: (value) => (day.value = value), more: { min: report()?.from, max: report()?.to } }),
            textField({ label: () => t("report.remark"), value: () => text.value, change: (value) => (text.value = value), look: "grow", more: { maxlength: 500 } }),
            button({ label: () => t("report.addRemark"), kind: "submit", disabled: () => !day.value || !text.value.trim() }),
        )),
    );
}
