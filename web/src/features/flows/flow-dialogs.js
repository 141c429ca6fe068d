/** Making a flow and taking one away. */
import { Problem, get, post, remove } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { go } from "../../core/router.js";
import { button } from "../../ui/button.js";
import { ask, openDialog } from "../../ui/dialog.js";
import { selectField, textField } from "../../ui/field.js";
import { notice } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";

/**
 * @param {string} [from] key of the flow that is copied
 * @param {string} [name] and what it is called
 */
export function openNewDialog(from = "", name = "") {
    const source = signal(from);
    const typed = signal(name ? t("flow.copyName", { name }) : "");
    const file = signal("");
    const flows = signal(/** @type {{key: string, name: string}[]} */ (from ? [{ key: from, name }] : []));
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    get("/flows").then((body) => (flows.value = body.items)).catch(() => {});
    const isKey = () => file.value === "" || /^[a-z0-9-]+(\.toml)?$/.test(file.value);
    openDialog({ title: () => t("flow.newTitle") }, (close) => {
        const make = async (/** @type {Event} */ event) => {
            event.preventDefault();
            if (isBusy.peek()) return;
            isBusy.value = true;
            fault.value = null;
            try {
                const { key } = await post("/flows", { name: typed.peek().trim(), key: file.peek() || undefined, from: source.peek() || undefined });
                close();
                go(["flows", key]);
            } catch (error) {
                fault.value = error;
            }
            isBusy.value = false;
        };
        return h(
            "form", { class: "stack", onsubmit: make },
            show(() => fault.value && !(fault.value instanceof Problem && fault.value.field), () => notice(() => explain(fault.value), "bad")),
            textField({ label: () => t("flow.name"), value: () => typed.value, change: (text) => (typed.value = text), more: { required: true, maxlength: 100, autofocus: true } }),
            selectField({ label: () => t("flow.startWith"), value: () => source.value, change: (value) => (source.value = value), choices: () => [{ value: "", label: t("flow.blank") }, ...flows.value.map((one) => ({ value: one.key, label: t("flow.copyOf", { name: one.name }) }))] }),
            textField({
                label: () => t("flow.file"), hint: () => t("flow.fileHint"), value: () => file.value, change: (text) => (file.value = text.trim()), more: { maxlength: 60, placeholder: "flow-night" },
                fault: () => (!isKey() ? t("flow.fileFault") : fault.value instanceof Problem && fault.value.field ? explain(fault.value) : null),
            }),
            h("div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("flow.make"), look: "primary", kind: "submit", disabled: () => isBusy.value || typed.value.trim() === "" || !isKey() })),
        );
    });
}

/**
 * @param {string} key
 * @param {string} name
 * @returns {Promise<boolean>} whether it is gone
 */
export async function deleteFlow(key, name) {
    if (!(await ask({ title: () => t("flow.deleteTitle", { name }), text: () => t("flow.deleteText"), yes: () => t("flow.delete"), isDanger: true }))) return false;
    try {
        await remove(`/flows/${encodeURIComponent(key)}`);
        toast(t("flow.deleted", { name }));
        return true;
    } catch (error) {
        if (error instanceof Problem && error.reason === "inUse") toast(t("flow.deleteInUse", { uses: JSON.parse(error.details.uses ?? "[]").join(t("flow.comma")) }), { look: "bad" });
        else complain(error);
        return false;
    }
}
