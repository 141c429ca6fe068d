/** The page of the staff: who is signed in decides what there is. */
import { h, mount } from "./core/dom.js";
import { explain, followLanguage, has, t } from "./core/i18n.js";
import { computed, effect, signal } from "./core/reactive.js";
import { load, session } from "./core/session.js";
import { followTheme } from "./core/theme.js";
import { signInPage, watchExpiry } from "./features/account/sign-in.js";
import { shell } from "./shell.js";
import { button } from "./ui/button.js";
import { notice } from "./ui/parts.js";

const app = /** @type {HTMLElement} */ (document.getElementById("app"));

/** Milliseconds until a server that could not be reached is asked again. */
const pace = 3_000;
/** Before any words have come. */
const noWords = "无法连接服务器，正在重试。 The server cannot be reached; trying again.";

/**
 * Does something until it succeeds; meanwhile the page says why it waits.
 * @param {() => Promise<void>} work
 */
async function insist(work) {
    const fault = signal(/** @type {unknown} */ (null));
    let end = () => {};
    for (;;) {
        try {
            await work();
            return end();
        } catch (error) {
            if (fault.peek() === null) {
                end = mount(app, () => h("main", { class: "welcome" }, h("div", { class: "inner" },
                    notice(() => (has("action.again") ? explain(fault.value) : noWords), "bad"),
                    button({ label: () => (has("action.again") ? t("action.again") : "重试 Try again"), look: "primary tall", press: () => location.reload() }))));
            }
            fault.value = error;
            await new Promise((resolve) => setTimeout(resolve, pace));
        }
    }
}

async function start() {
    followTheme();
    await insist(followLanguage);
    await insist(load);
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
