/** The agent's presence: one button that says it, a menu that changes it. */
import { get } from "../../core/api.js";
import { h, keyed, show } from "../../core/dom.js";
import { named, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { left, passing, span } from "../../core/time.js";
import { button, keyName } from "../../ui/button.js";
import { icon } from "../../ui/icons.js";
import { menu, menuItem } from "../../ui/menu.js";
import { dot } from "../../ui/parts.js";
import { activity, choosePresence, desk, dismissBreak, order, presence } from "./desk-state.js";

/** @typedef {import("../../core/types.js").BreakReason} BreakReason */

const reasons = signal(/** @type {BreakReason[]} */ ([]));

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

/** What is left of a break that has an end, milliseconds; less than nothing when it is over. */
function breakLeft() {
    const body = desk.value;
    const most = body?.presence === "break" && !isBusy() ? reasons.value.find((one) => one.code === body.reason)?.mostMinutes : undefined;
    return most && body ? most * 60_000 - (passing() - body.since) : null;
}

/** A break that has been asked for and not been given. */
const breakRequest = () => keyed(() => JSON.stringify(desk.value?.breakRequest ?? null), (text) => {
    const asked = /** @type {import("../../core/types.js").DeskBody["breakRequest"] | null} */ (JSON.parse(text));
    if (!asked) return null;
    const isRefused = asked.state === "refused";
    return h(
        "div", { class: `break-request ${asked.state}`, role: "status" }, icon(isRefused ? "alert" : "clock", "small"),
        h(
            "div", { class: "grow" },
            h("b", null, () => t(isRefused ? "break.refused" : "break.waiting", { reason: reasonName(asked.reason) })),
            isRefused ? (asked.text ? h("p", { class: "keep-lines" }, asked.text) : null) : h("p", { class: "numeric" }, () => t("break.since", { time: span(passing() - asked.askedAt) })),
        ),
        button({ label: () => t(isRefused ? "break.dismiss" : "break.withdraw"), press: () => void dismissBreak(asked.id) }),
    );
});

/** What comes after the call, else where the agent sits. */
function secondLine() {
    const body = desk.value;
    if (body?.next) return t("presence.next", { what: presenceName(body.next.presence, body.next.reason) });
    const rest = breakLeft();
    if (rest !== null) return rest >= 0 ? t("break.left", { time: left(rest) }) : t("break.over", { time: span(-rest) });
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
                h("span", null, h("b", null, headline), h("small", { class: () => (desk.value?.next ? "next" : (breakLeft() ?? 0) < 0 ? "over" : "") }, secondLine)),
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
                () => (reasons.value.length > 0 ? reasons.value : [/** @type {BreakReason} */ ({ code: "", names: {} })]).map((one) =>
                    menuItem({
                        label: () => [icon("cup", "small"), h("span", { class: "grow" }, one.code ? named(one.names) : t("presence.break")), one.mostMinutes ? h("small", { class: "quiet" }, t("break.minutes", { minutes: one.mostMinutes })) : null],
                        isChosen: () => chosen().presence === "break" && (chosen().reason ?? "") === one.code,
                        press: pick("break", one.code || null),
                    })),
                h("hr", null),
                menuItem({ label: () => [icon("external", "small"), t("presence.signOut")], press: () => (close(), void order("sign-out")) }),
            ];
        },
    });
    return { node: h("div", { class: "presence" }, switcher.node, breakRequest()), open: switcher.open };
}
