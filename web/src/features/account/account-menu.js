/** The person's menu at the top: language, theme, password, the way out. */
import { h } from "../../core/dom.js";
import { language, t } from "../../core/i18n.js";
import { session, signOut } from "../../core/session.js";
import { theme } from "../../core/store.js";
import { icon } from "../../ui/icons.js";
import { menu, menuItem } from "../../ui/menu.js";
import { complain } from "../../ui/toast.js";
import { openPasswordDialog } from "./password.js";

/** @param {{beforeLeaving: () => Promise<boolean>}} props */
export function accountMenu({ beforeLeaving }) {
    const person = () => session.value?.person;
    const leave = async () => {
        if (!(await beforeLeaving())) return;
        try {
            await signOut();
        } catch (error) {
            complain(error);
        }
    };
    return menu({
        look: "from-end",
        label: () => t("account.menu"),
        trigger: ({ toggle, attributes }) =>
            h(
                "button", { type: "button", class: "who", onclick: toggle, "aria-label": () => `${t("account.menu")}: ${person()?.name ?? ""}`, ...attributes },
                h("span", { class: "avatar", "aria-hidden": "true" }, () => person()?.name.slice(0, 1) ?? ""),
                h("span", { class: "cut" }, () => person()?.name ?? ""),
                icon("caret", "small"),
            ),
        items: (close) => [
            h("div", { class: "label" }, () => `${person()?.name} · ${person()?.number}`),
            h("hr", null),
            h("div", { class: "label" }, () => t("account.language")),
            menuItem({ label: () => "中文", isChosen: () => language.value === "zh-CN", press: () => (language.value = "zh-CN") }),
            menuItem({ label: () => "English", isChosen: () => language.value === "en", press: () => (language.value = "en") }),
            h("div", { class: "label" }, () => t("account.theme")),
            /** @type {const} */ (["system", "light", "dark"]).map((one) =>
                menuItem({ label: () => t(`theme.${one}`), isChosen: () => theme.value === one, press: () => (theme.value = one) })),
            h("hr", null),
            menuItem({ label: () => t("account.changePassword"), press: () => (close(), openPasswordDialog()) }),
            menuItem({ label: () => t("account.signOut"), press: () => (close(), void leave()) }),
        ],
    }).node;
}
