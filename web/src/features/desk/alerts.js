/** What tells people of a call when they look elsewhere: title, icon of the tab, a notification of the system. */
import { named, phone, t } from "../../core/i18n.js";
import { computed, effect, onCleanup, untracked } from "../../core/reactive.js";
import { passing, span } from "../../core/time.js";
import { activity, call, interaction } from "./desk-state.js";

/** Whether the person can be asked to allow notifications. */
export const canAskForNotifications = () => "Notification" in window && Notification.permission === "default";
export const allowNotifications = () => ("Notification" in window ? Notification.requestPermission() : Promise.resolve("denied"));

/** @param {string} name */
function favicon(name) {
    const link = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=icon]"));
    if (link && !link.href.endsWith(`/${name}.svg`)) link.href = `icons/${name}.svg`;
}

function title() {
    const present = call.value;
    if (!present) return "Hotline";
    const who = phone(present.caller);
    if (activity.value === "ringing") return `${Math.floor(passing() / 1000) % 2 ? "●" : "○"} ${t("activity.ringing")} ${who}`;
    if (activity.value === "wrapUp") return `${t("activity.wrapUp")} · Hotline`;
    return `${span(passing() - (present.connectedAt ?? present.offeredAt))} ${who}`;
}

export function keepAlerts() {
    effect(() => {
        document.title = title();
    });
    const look = computed(() => (activity.value === "hold" ? "talking" : activity.value));
    effect(() => favicon(look.value));
    effect(() => {
        const id = interaction.value;
        if (!id || activity.value !== "ringing") return;
        const present = untracked(() => call.value);
        if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted" || !present) return;
        const shown = untracked(() =>
            new Notification(`${t("activity.ringing")} · ${phone(present.caller)}`, { body: named(present.queue.names), tag: id, requireInteraction: true, icon: "icons/ringing.svg" }));
        shown.onclick = () => {
            window.focus();
            shown.close();
        };
        onCleanup(() => shown.close());
    });
    onCleanup(() => {
        document.title = "Hotline";
        favicon("idle");
    });
}
