/** Changing one's password. */
import { Problem } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { changePassword } from "../../core/session.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { textField } from "../../ui/field.js";
import { notice } from "../../ui/parts.js";
import { toast } from "../../ui/toast.js";

/** @param {boolean} isForced the first password has to be changed before anything else */
export function openPasswordDialog(isForced = false) {
    const old = signal("");
    const next = signal("");
    const fault = signal(/** @type {unknown} */ (null));
    openDialog({ title: () => t("account.changePassword"), isBlocking: isForced }, (close) => {
        /** @param {Event} event */
        const submit = async (event) => {
            event.preventDefault();
            fault.value = null;
            try {
                await changePassword(old.peek(), next.peek());
                close();
                toast(t("account.passwordChanged"));
            } catch (error) {
                fault.value = error;
            }
        };
        const isAbout = (/** @type {string} */ name) => fault.value instanceof Problem && fault.value.field === name;
        return h(
            "form", { class: "stack", onsubmit: submit },
            isForced ? h("p", { class: "quiet" }, () => t("account.mustChange")) : null,
            show(() => fault.value && !isAbout("old") && !isAbout("new"), () => notice(() => explain(fault.value), "bad")),
            textField({
                label: () => t("account.oldPassword"), kind: "password", value: () => old.value, change: (text) => (old.value = text),
                fault: () => (isAbout("old") ? explain(fault.value) : null), more: { autocomplete: "current-password", required: true },
            }),
            textField({
                label: () => t("account.newPassword"), kind: "password", value: () => next.value, change: (text) => (next.value = text),
                fault: () => (isAbout("new") ? explain(fault.value) : null), hint: () => t("account.passwordHint"), more: { autocomplete: "new-password", required: true },
            }),
            h(
                "div", { class: "ends" },
                isForced ? null : button({ label: () => t("action.cancel"), press: close }),
                button({ label: () => t("account.changePassword"), look: "primary", kind: "submit" }),
            ),
        );
    });
}
