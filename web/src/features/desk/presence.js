/** The agent's presence: one button that says it, a menu that changes it. */
import { get } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { named, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { passing, span } from "../../core/time.js";
import { keyName } from "../../ui/button.js";
import { icon } from "../../ui/icons.js";
import { menu, menuItem } from "../../ui/menu.js";
import { dot } from "../../ui/parts.js";
import { activity, choosePresence, desk, order, presence } from "./desk-state.js";

/** @typedef {import("../../core/types.js").Choice} Choice */

const reasons = signal(/** @type {Choice[]} */ ([]));

export async function loadBreakReasons() {
    try {
        reasons.value = (await get("/break-reasons")).items;
    } catch {
        // A break without a reason is still possible; the server says if it wants one.
    }
}

/** @param {string | null | undefined} code */
export const reasonName = (code) => named(reasons.value.find((one) => one.code === code)?.names, code ?? "");

/**
 * @param {string} which
 * @param {string | null | undefined} [reason]
 */
export const presenceName = (which, reason) => (which === "break" && reason ? `${t("presence.break")} · ${reasonName(reason)}` : t(`presence.${which}`));

/** @param {string} which */
export const presenceLook = (which) => ({ ready: "good", break: "warn", notReady: "bad" })[which] ?? "";

const isBusy = () => activity.value !== "idle";

/** What the button says: during a call the activity, otherwise the presence. */
const headline = () => (isBusy() ? t(`activity.${activity.value}`) : presenceName(presence.value, desk.value?.reason));
const look = () => (isBusy() ? { ringing: "accent", talking: "good", hold: "warn", wrapUp: "info" }[/** @type {string} */ (activity.value)] ?? "" : presenceLook(presence.value));

/** What comes after the call, else where the agent sits. */
function secondLine() {
    const body = desk.value;
    if (body?.next) return t("presence.next", { what: presenceName(body.next.presence, body.next.reason) });
    return t("desk.seatLine", { seat: body?.seat, phone: t(`phone.${body?.phone ?? "browser"}`) });
}

export function presencePanel() {
    const switcher = menu({
        look: "full",
        label: () => t("presence.choose"),
        trigger: ({ toggle, attributes }) =>
            h(
                "button", { type: "button", class: "presence-button", onclick: toggle, "aria-keyshortcuts": "Alt+P", ...attributes },
                dot(look),
                h("span", null, h("b", null, headline), h("small", { class: () => (desk.value?.next ? "next" : "") }, secondLine)),
                h("span", { class: "timer", "aria-hidden": "true" }, () => span(passing() - (desk.value?.since ?? passing()))),
                h("kbd", { "aria-hidden": "true" }, keyName("p")),
            ),
        items: (close) => {
            const pick = (/** @type {import("../../core/types.js").Presence} */ which, /** @type {string | null} */ reason = null) => () => (close(), void choosePresence(which, reason));
            const chosen = () => desk.value?.next ?? { presence: presence.value, reason: desk.value?.reason };
            return [
                show(isBusy, () => h("div", { class: "label" }, () => t("presence.afterCall"))),
                menuItem({ label: () => [dot(() => "good"), t("presence.ready")], isChosen: () => chosen().presence === "ready", press: pick("ready") }),
                menuItem({ label: () => [dot(() => "bad"), t("presence.notReady")], isChosen: () => chosen().presence === "notReady", press: pick("notReady") }),
                h("div", { class: "label" }, () => t("presence.break")),
                () => (reasons.value.length > 0 ? reasons.value : [{ code: "", names: {} }]).map((one) =>
                    menuItem({
                        label: () => [icon("cup", "small"), one.code ? named(one.names) : t("presence.break")],
                        isChosen: () => chosen().presence === "break" && (chosen().reason ?? "") === one.code,
                        press: pick("break", one.code || null),
                    })),
                h("hr", null),
                menuItem({ label: () => [icon("external", "small"), t("presence.signOut")], press: () => (close(), void order("sign-out")) }),
            ];
        },
    });
    return { node: h("div", { class: "presence" }, switcher.node), open: switcher.open };
}
