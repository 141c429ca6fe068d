/** The page of the staff: who is signed in decides what there is. */
import { h, mount } from "./core/dom.js";
import { explain, followLanguage, t } from "./core/i18n.js";
import { computed, effect } from "./core/reactive.js";
import { load, session } from "./core/session.js";
import { followTheme } from "./core/theme.js";
import { signInPage, watchExpiry } from "./features/account/sign-in.js";
import { shell } from "./shell.js";
import { button } from "./ui/button.js";
import { notice } from "./ui/parts.js";

const app = /** @type {HTMLElement} */ (document.getElementById("app"));

async function start() {
    followTheme();
    await followLanguage();
    try {
        await load();
    } catch (error) {
        mount(app, () =>
            h("main", { class: "welcome" }, h("div", { class: "inner" }, notice(() => explain(error), "bad"), button({ label: () => t("action.again"), look: "primary tall", press: () => location.reload() }))));
        return;
    }
    watchExpiry();
    // Also anew when the first password has been changed: until then there was nothing else to do.
    const person = computed(() => session.value && `${session.value.person.number} ${session.value.mustChangePassword}`);
    let end = () => {};
    effect(() => {
        const somebody = person.value;
        end();
        end = mount(app, () => (somebody ? shell() : signInPage()));
        // `autofocus` counts only while a page loads.
        /** @type {HTMLElement | null} */ (app.querySelector("[autofocus]"))?.focus();
        document.body.dataset.ready = somebody ? "signed-in" : "signed-out";
    });
}

void start();
