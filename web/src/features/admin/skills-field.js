/** Skills with their levels: a stepper for each, and a choice of those that are not there yet. */
import { each, h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { button } from "../../ui/button.js";
import { selectField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { isKnown, refName, references } from "./references.js";
import { mostLevel } from "./sections.js";

/**
 * @param {import("./row-form.js").Form} form
 * @param {import("./sections.js").FieldSpec} spec
 */
export function skillsField(form, spec) {
    const levels = () => /** @type {Record<string, number>} */ (form.read(spec.name) ?? {});
    const held = () => Object.keys(levels());
    /**
     * @param {string} key
     * @param {number | undefined} level
     */
    const set = (key, level) => {
        const { [key]: _, ...rest } = form.draft.peek()[spec.name] ?? {};
        form.set(spec.name, level === undefined ? rest : { ...form.draft.peek()[spec.name], [key]: Math.min(mostLevel, Math.max(1, Math.round(level) || 1)) });
    };
    const rest = () => references("skills").filter((one) => !held().includes(one.key));
    /** @param {string} key */
    const step = (key) => (/** @type {number} */ by) => button({
        symbol: by > 0 ? "plus" : "minus", look: "plain square", spoken: () => t(by > 0 ? "admin.levelUp" : "admin.levelDown", { skill: refName("skills", key) }),
        press: () => set(key, (levels()[key] ?? 1) + by), disabled: () => (by > 0 ? levels()[key] >= mostLevel : levels()[key] <= 1),
    });
    return h(
        "div", { class: "stack whole" },
        each(h("ul", { class: "steppers" }), held, (key) => key, (item) => {
            const key = item();
            return h(
                "li", null,
                h("span", { class: "grow cut" }, () => refName("skills", key)),
                step(key)(-1),
                h("input", {
                    type: "number", class: "input level", min: 1, max: mostLevel, value: () => String(levels()[key] ?? ""), "aria-label": () => t("admin.levelOf", { skill: refName("skills", key) }),
                    onchange: (/** @type {any} */ event) => (set(key, Number(event.target.value)), (event.target.value = String(form.draft.peek()[spec.name]?.[key] ?? ""))),
                }),
                step(key)(1),
                h("span", { class: "quiet small-text level-word" }, () => t(`admin.level.${levels()[key] ?? 1}`)),
                button({ symbol: "trash", look: "plain square", spoken: () => t("admin.takeSkill", { skill: refName("skills", key) }), press: () => set(key, undefined) }),
            );
        }),
        show(() => held().length === 0, () => h("p", { class: "quiet" }, () => t(`admin.noSkills.${form.section.name}`))),
        h("div", { role: "status" }, () => {
            const fault = form.fault(spec.name);
            return fault ? h("div", { class: "field" }, h("span", { class: "fault" }, icon("alert", "small"), fault)) : null;
        }),
        show(() => rest().length > 0, () => h("div", { class: "add-skill" }, selectField({
            label: () => t("admin.addSkill"), value: () => "", change: (key) => key && set(key, 1),
            choices: () => [{ value: "", label: t("admin.choose") }, ...rest().map((one) => ({ value: one.key, label: refName("skills", one.key) }))],
        }))),
        show(() => isKnown("skills") && references("skills").length === 0, () => h("p", { class: "hint quiet" }, () => t("admin.noSkillsAtAll"))),
    );
}
