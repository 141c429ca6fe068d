/** What a ticket of this type asks for: one line for each field. */
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { computed } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { icon } from "../../ui/icons.js";

/** @param {import("./row-form.js").Form} form */
export function askedField(form) {
    const fields = () => /** @type {any[]} */ (form.read("fields") ?? []);
    const count = computed(() => fields().length);
    const put = (/** @type {any[]} */ next) => form.set("fields", next.length > 0 ? next : undefined);
    /**
     * @param {number} at
     * @param {Record<string, any>} change
     */
    const change = (at, change) => put(fields().map((one, index) => (index === at ? { ...one, ...change } : one)));
    /**
     * @param {number} at
     * @param {number} by
     */
    const move = (at, by) => {
        const next = [...fields()];
        next.splice(at + by, 0, ...next.splice(at, 1));
        put(next);
    };
    /** @param {number} at */
    const row = (at) => {
        const one = () => fields()[at] ?? {};
        /**
         * @param {string} language
         */
        const name = (language) => h("td", null, h("input", {
            class: "input", lang: language, value: () => one().name?.[language] ?? "", "aria-label": () => t(`admin.nameIn.${language}`),
            oninput: (/** @type {any} */ event) => change(at, { name: Object.fromEntries(Object.entries({ ...one().name, [language]: event.target.value }).filter(([, text]) => text)) }),
        }));
        return h(
            "tr", null,
            h("td", null, h("input", { class: "input", spellcheck: "false", value: () => one().key ?? "", "aria-label": () => t("admin.field.key"), oninput: (/** @type {any} */ event) => change(at, { key: event.target.value.trim() }) })),
            name("zh-CN"), name("en"),
            h("td", null, h("input", { type: "checkbox", checked: () => Boolean(one().isRequired), "aria-label": () => t("admin.isRequired"), onchange: (/** @type {any} */ event) => change(at, { isRequired: event.target.checked }) })),
            h("td", { class: "end tools" },
                button({ symbol: "left", look: "plain square up", spoken: () => t("admin.moveUp"), press: () => move(at, -1), disabled: () => at === 0 }),
                button({ symbol: "right", look: "plain square up", spoken: () => t("admin.moveDown"), press: () => move(at, 1), disabled: () => at >= count.value - 1 }),
                button({ symbol: "trash", look: "plain square", spoken: () => t("admin.removeField", { name: one().key ?? "" }), press: () => put(fields().filter((_, index) => index !== at)) })),
        );
    };
    return h(
        "div", { class: "stack whole" },
        h("p", { class: "hint quiet" }, () => t("admin.asked.hint")),
        show(() => count.value > 0, () => h(
            "div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("admin.group.asked") },
            h("table", { class: "table fields-table" },
                h("thead", null, h("tr", null, ["admin.field.key", "admin.nameIn.zh-CN", "admin.nameIn.en", "admin.isRequired"].map((key) => h("th", { scope: "col" }, () => t(key))), h("td", null))),
                h("tbody", null, () => Array.from({ length: count.value }, (_, at) => row(at)))),
        )),
        h("div", { role: "status" }, () => {
            const fault = form.fault("fields");
            return fault ? h("div", { class: "field" }, h("span", { class: "fault" }, icon("alert", "small"), fault)) : null;
        }),
        h("div", { class: "row" }, button({ label: () => t("admin.addField"), symbol: "plus", press: () => put([...fields(), { key: "", name: {}, isRequired: false }]) })),
    );
}
