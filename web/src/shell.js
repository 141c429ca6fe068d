/** The frame of the staff's screens: which there are depends on what the person may do. */
import { h, keyed, show } from "./core/dom.js";
import { isUp } from "./core/events.js";
import { t } from "./core/i18n.js";
import { useShortcuts } from "./core/keyboard.js";
import { computed, effect, onCleanup, signal } from "./core/reactive.js";
import { address, go, mayLeave, route } from "./core/router.js";
import { may, session } from "./core/session.js";
import { accountMenu } from "./features/account/account-menu.js";
import { openPasswordDialog } from "./features/account/password.js";
import { adminPage, mayAdminister } from "./features/admin/admin.js";
import { importTable } from "./features/admin/people-import.js";
import { alarmBell } from "./features/alarms/bell.js";
import { alarmRulesPage } from "./features/alarms/rules.js";
import { alarmsPage } from "./features/alarms/alarms.js";
import { announcementsPage } from "./features/announcements/announcements.js";
import { callPill, deskPage, endShift, keepDesk } from "./features/desk/desk.js";
import { openShortcutSheet } from "./features/desk/shortcut-sheet.js";
import { editorPage } from "./features/flows/editor.js";
import { flowsPage } from "./features/flows/flows.js";
import { interactionPage } from "./features/interactions/interaction.js";
import { interactionsPage } from "./features/interactions/interactions.js";
import { livePage } from "./features/live/live.js";
import { privacyPage } from "./features/privacy/privacy.js";
import { promptPage } from "./features/prompts/prompt.js";
import { promptsPage } from "./features/prompts/prompts.js";
import { dictionaryPage } from "./features/reports/dictionary.js";
import { reportsPage } from "./features/reports/reports.js";
import { schedulesPage } from "./features/reports/schedules.js";
import { workforcePage } from "./features/reports/workforce.js";
import { isUnbegun } from "./features/setup/centre-state.js";
import { setupPage } from "./features/setup/setup.js";
import { ticketPage } from "./features/tickets/ticket.js";
import { ticketsPage } from "./features/tickets/tickets.js";
import { wallboardPage } from "./features/wallboard/wallboard.js";
import { button } from "./ui/button.js";
import { icon, mark } from "./ui/icons.js";
import { empty } from "./ui/parts.js";

/** @typedef {{name: string, symbol: string, permission: string, page: (rest: string[]) => Child}} Screen */

const setup = () => setupPage({ people: importTable });

/** The administration with the parts that have addresses of their own. */
const administration = () => adminPage([{ name: "setup", symbol: "check", permission: "centre.write", page: setup, address: ["setup"] }, { name: "privacy", symbol: "lock", permission: "privacy.read", page: privacyPage, address: ["privacy"] }]);

/** @type {Record<string, () => Child>} */
const reportPages = { dictionary: dictionaryPage, schedules: schedulesPage, workforce: workforcePage };

/** @type {Screen[]} */
const screens = [
    { name: "desk", symbol: "desk", permission: "agent.control", page: deskPage },
    { name: "interactions", symbol: "list", permission: "interaction.read", page: ([id]) => (id ? interactionPage(id) : interactionsPage()) },
    { name: "tickets", symbol: "ticket", permission: "ticket.read", page: ([id]) => (id ? ticketPage(id) : ticketsPage()) },
    { name: "live", symbol: "pulse", permission: "live.read", page: livePage },
    { name: "wallboard", symbol: "board", permission: "live.read", page: wallboardPage },
    { name: "reports", symbol: "chart", permission: "figures.read", page: ([part]) => (reportPages[part] ?? reportsPage)() },
    { name: "announcements", symbol: "megaphone", permission: "announcement.read", page: announcementsPage },
    { name: "flows", symbol: "route", permission: "flow.write", page: ([key]) => (key ? editorPage(key) : flowsPage()) },
    { name: "prompts", symbol: "wave", permission: "prompt.write", page: ([key]) => (key ? promptPage(key) : promptsPage()) },
    { name: "alarms", symbol: "bell", permission: "alarm.read", page: ([part]) => (part === "rules" ? alarmRulesPage() : alarmsPage()) },
    { name: "admin", symbol: "gear", permission: "centre.write", page: administration },
    { name: "setup", symbol: "check", permission: "centre.write", page: setup },
    { name: "privacy", symbol: "lock", permission: "privacy.read", page: administration },
];

/**
 * Who may write tickets may read them; the administration has parts for several kinds of people.
 * @param {Screen} screen
 */
const isOpen = (screen) => may(screen.permission) || (screen.name === "tickets" && may("ticket.write")) || (screen.name === "admin" && (mayAdminister() || may("privacy.read")));
/** Screens that follow the rest of the address themselves, so that what stands beside it stays; the others have one each. */
const whole = /** @type {Record<string, string>} */ ({ admin: "admin", privacy: "admin", setup: "setup" });
/** Screens that are reached from elsewhere than the list of screens: the bell, the administration. */
const beside = ["alarms", "privacy", "setup"];

/** Milliseconds that the stream may be away before people are told: a reconnection is no news. */
const grace = 4_000;

function connectionBanner() {
    const isDown = signal(false);
    effect(() => {
        if (isUp.value) return void (isDown.value = false);
        const timer = setTimeout(() => (isDown.value = true), grace);
        onCleanup(() => clearTimeout(timer));
    });
    return h("div", { role: "status" }, show(() => isDown.value, () => h("div", { class: "banner" }, icon("cloudOff", "small"), () => t("shell.offline"))));
}

/** Whoever may make the centre and comes without a wish is led to what is still to be made. */
function leadToSetup() {
    if (!may("centre.write") || session.peek()?.mustChangePassword || route.peek().parts.length > 0) return;
    isUnbegun().then((isIt) => isIt && route.peek().parts.length === 0 && go(["setup"])).catch(() => {
        // Not reachable just now: the first screen is there anyway, and the way is in the administration.
    });
}

export function shell() {
    leadToSetup();
    const offered = computed(() => screens.filter(isOpen));
    const name = computed(() => route.value.parts[0] ?? offered.value[0]?.name ?? "");
    const key = computed(() => JSON.stringify(whole[name.value] ? [whole[name.value]] : [name.value, ...route.value.parts.slice(1)]));
    const isAgent = may("agent.control");
    const spoken = isAgent ? keepDesk() : null;
    useShortcuts([{ key: "?", label: "shortcut.sheet", action: openShortcutSheet }, { key: "/", label: "shortcut.sheet", action: openShortcutSheet }]);
    if (session.peek()?.mustChangePassword) setTimeout(() => openPasswordDialog(true));
    return h(
        "div", { class: "shell" },
        h(
            "header", { class: "topbar" },
            h("a", { class: "skip", href: "#main", onclick: (/** @type {Event} */ event) => (event.preventDefault(), document.getElementById("main")?.focus()) }, () => t("shell.skip")),
            h("a", { class: "brand", href: address([]), "aria-label": () => session.value?.centre.name ?? "Hotline" }, mark(), h("span", { class: "cut" }, () => session.value?.centre.name ?? "Hotline")),
            h("nav", { "aria-label": () => t("shell.nav") }, () =>
                offered.value.filter((screen) => !beside.includes(screen.name)).map((screen) =>
                    h(
                        "a", { href: address([screen.name]), title: () => t(`nav.${screen.name}`), "aria-label": () => t(`nav.${screen.name}`), "aria-current": () => ((whole[name.value] ?? name.value) === screen.name ? "page" : null) },
                        icon(screen.symbol), h("span", { "aria-hidden": "true" }, () => t(`nav.${screen.name}`)),
                    ))),
            h("span", { class: "grow" }),
            isAgent ? callPill() : null,
            may("alarm.read") && may("live.read") ? alarmBell() : null,
            button({ symbol: "keyboard", look: "plain square", spoken: () => t("shortcut.title"), press: openShortcutSheet }),
            accountMenu({ beforeLeaving: async () => (await mayLeave()) && (isAgent ? endShift() : true) }),
        ),
        connectionBanner(), spoken,
        h("main", { id: "main", class: "screen", tabIndex: -1 }, keyed(() => key.value, () => {
            const screen = offered.peek().find((one) => one.name === name.peek());
            return screen ? screen.page(route.peek().parts.slice(1)) : empty("search", () => t("shell.notThere"), () => t("shell.notThereText"), h("a", { href: "#/" }, () => t("shell.toStart")));
        })),
    );
}
