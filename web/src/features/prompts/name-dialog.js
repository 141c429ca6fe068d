/** Names of a prompt, and its key when it is new. */
import { Problem } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, languageName, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { textField } from "../../ui/field.js";
import { notice } from "../../ui/parts.js";
import { usualLanguages } from "./prompt-types.js";

/**
 * @param {{title: () => string, name: Record<string, string>, isNew?: boolean, save: (name: Record<string, string>, key: string) => Promise<void>}} props
 */
export function openNameDialog({ title, name, isNew = false, save }) {
    const names = signal({ ...name });
    const key = signal("");
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const isKey = () => /^[a-z0-9][a-z0-9-]*$/.test(key.value);
    openDialog({ title }, (close) => {
        const submit = async (/** @type {Event} */ event) => {
            event.preventDefault();
            if (isBusy.peek()) return;
            isBusy.value = true;
            fault.value = null;
            try {
                await save(Object.fromEntries(Object.entries(names.peek()).filter(([, text]) => text.trim())), key.peek());
                close();
            } catch (error) {
                fault.value = error;
            }
            isBusy.value = false;
        };
        return h(
            "form", { class: "stack", onsubmit: submit },
            show(() => fault.value && !(isNew && fault.value instanceof Problem && fault.value.field === "key"), () => notice(() => explain(fault.value), "bad")),
            usualLanguages.map((language, place) => textField({ label: () => t("prompt.nameIn", { language: languageName(language) }), value: () => names.value[language] ?? "", change: (text) => (names.value = { ...names.peek(), [language]: text }), more: { lang: language, maxlength: 100, ...(place === 0 ? { autofocus: true } : {}) } })),
            isNew ? textField({ label: () => t("prompt.key"), hint: () => t("prompt.keyHint"), value: () => key.value, change: (text) => (key.value = text.trim()), fault: () => (key.value !== "" && !isKey() ? t("prompt.keyFault") : fault.value instanceof Problem && fault.value.field === "key" ? explain(fault.value) : null), more: { maxlength: 60, required: true, placeholder: "storm-notice" } }) : null,
            h("div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t(isNew ? "prompt.make" : "action.save"), look: "primary", kind: "submit", disabled: () => isBusy.value || (isNew && !isKey()) || !Object.values(names.value).some((text) => text.trim()) })),
        );
    });
}
