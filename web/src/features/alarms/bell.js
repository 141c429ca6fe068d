/** The bell in the frame: how many alarms nobody looks after. */
import { get } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { follow } from "../../core/events.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { icon } from "../../ui/icons.js";

export function alarmBell() {
    const count = signal(0);
    const look = async () => {
        try {
            count.value = (await get("/alarms?state=open")).items.filter((/** @type {{state: string}} */ alarm) => alarm.state === "raised").length;
        } catch {
            // Asked again at the next event; the connection's own banner tells when the server is away.
        }
    };
    void look();
    follow("/events", ["alarm.raised", "alarm.acknowledged", "alarm.cleared"], { heard: () => void look(), state: (isUp) => isUp && void look() });
    return h(
        "a", { class: () => `button plain square bell ${count.value > 0 ? "ringing" : ""}`, href: address(["alarms"]), "aria-label": () => t("alarm.bell", { count: count.value }), title: () => t("alarm.bell", { count: count.value }) },
        icon("bell"), show(() => count.value > 0, () => h("span", { class: "count", "aria-hidden": "true" }, () => count.value)),
    );
}
