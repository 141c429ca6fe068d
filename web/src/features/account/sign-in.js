/** Signing in: as a page at the start, as a dialog over the page when the session has run out. */
import { Problem } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, language, locale, t } from "../../core/i18n.js";
import { effect, onCleanup, signal } from "../../core/reactive.js";
import { hasExpired, session, signIn, signOut } from "../../core/session.js";
import { theme } from "../../core/store.js";
import { clock } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { textField } from "../../ui/field.js";
import { mark } from "../../ui/icons.js";
import { notice } from "../../ui/parts.js";

/** @param {unknown} error */
function wording(error) {
    if (error instanceof Problem && error.reason === "locked") {
        return t("problem.locked", { until: clock(Number(error.details.untilMs)) });
    }
    return explain(error);
}

/** @param {{user?: string}} props a given user cannot be changed */
function signInForm({ user: fixed }) {
    const user = signal(fixed ?? "");
    const password = signal("");
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    /** @param {Event} event */
    const submit = async (event) => {
        event.preventDefault();
        if (isBusy.peek()) return;
        isBusy.value = true;
        fault.value = null;
        try {
            await signIn(user.peek().trim(), password.peek());
        } catch (error) {
            fault.value = error;
            password.value = "";
            /** @type {HTMLInputElement | null} */ (form.querySelector("[type=password]"))?.focus();
        }
        isBusy.value = false;
    };
    const form = h(
        "form", { class: "stack", onsubmit: submit },
        show(() => fault.value, () => notice(() => wording(fault.value), "bad")),
        textField({
            label: () => t("account.user"), value: () => user.value, change: (text) => (user.value = text),
            more: { name: "user", autocomplete: "username", required: true, readOnly: Boolean(fixed), autofocus: !fixed, autocapitalize: "off", spellcheck: "false" },
        }),
        textField({
            label: () => t("account.password"), kind: "password", value: () => password.value, change: (text) => (password.value = text),
            more: { name: "password", autocomplete: "current-password", required: true, autofocus: Boolean(fixed) },
        }),
        button({ label: () => t(isBusy.value ? "account.signingIn" : "account.signIn"), look: "primary tall", kind: "submit", disabled: () => isBusy.value }),
    );
    return form;
}

/** The first page. */
export function signInPage() {
    document.title = "Hotline";
    return h(
        "main", { class: "welcome" },
        h(
            "div", { class: "inner" },
            h("div", { class: "brand" }, mark(), h("h1", null, "Hotline")),
            h("div", { class: "card" }, signInForm({})),
            h(
                "div", { class: "foot" },
                button({ label: () => (locale() === "en" ? "中文" : "English"), look: "plain", press: () => (language.value = locale() === "en" ? "zh-CN" : "en") }),
                button({
                    label: () => t(`theme.${theme.value}`), look: "plain",
                    press: () => (theme.value = { system: /** @type {const} */ ("light"), light: /** @type {const} */ ("dark"), dark: /** @type {const} */ ("system") }[theme.peek()]),
                }),
            ),
        ),
    );
}

/** Shows the dialog whenever the session has run out; the page below stays as it is. */
export function watchExpiry() {
    effect(() => {
        if (!hasExpired.value) return;
        const person = session.peek()?.person;
        const close = openDialog({ title: () => t("account.expired"), isBlocking: true }, () => [
            h("p", { class: "quiet" }, () => t("account.expiredText", { name: person?.name })),
            signInForm({ user: person?.number }),
            button({ label: () => t("account.otherPerson"), look: "plain", press: () => void signOut() }),
        ]);
        onCleanup(close);
    });
}
