/** The state of the browser's telephone in one line, and the questions that belong to it. */
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { effect, untracked } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { ask, openDialog } from "../../ui/dialog.js";
import { dot, notice } from "../../ui/parts.js";
import { toast } from "../../ui/toast.js";
import { desk } from "./desk-state.js";
import { legState, microphoneTrouble, reconnect, replacement, takeOver } from "./leg.js";
import { devicePart } from "./start.js";

const look = () => ({ up: "good", connecting: "warn", microphone: "warn", lost: "bad", elsewhere: "bad", noMicrophone: "bad" })[/** @type {string} */ (legState.value)] ?? "";

const openDevices = () =>
    openDialog({ title: () => t("leg.devices") }, (close) => [devicePart(), h("div", { class: "ends" }, button({ label: () => t("action.done"), look: "primary", press: close }))]);

/** Another tab or machine has the leg: it is taken over only when the person says so. */
export function watchElsewhere() {
    let isAsking = false;
    effect(() => {
        if (legState.value !== "elsewhere" || isAsking) return;
        isAsking = true;
        void ask({ title: () => t("leg.elsewhereTitle"), text: () => t("leg.elsewhereText"), yes: () => t("leg.takeOver"), no: () => t("leg.leave") }).then((isWanted) => {
            isAsking = false;
            if (isWanted) takeOver();
        });
    });
}

/** A microphone went away and another one is used: people are told, and may choose. */
export function watchMicrophone() {
    effect(() => {
        const found = replacement.value;
        if (!found) return;
        untracked(() => toast(t("microphone.replaced", { name: found.name }), { action: { label: t("leg.devices"), press: openDevices } }));
    });
}

export function legLine() {
    const isSIP = () => desk.value?.phone === "sip";
    return h(
        "div", null,
        h(
            "div", { class: "leg-line", role: "status" },
            dot(() => (isSIP() ? "good" : look())),
            h("span", null, () => (isSIP() ? t("leg.sip") : t(`leg.${legState.value}`))),
            h("span", { class: "grow" }),
            show(() => !isSIP() && legState.value === "elsewhere", () => h("button", { type: "button", onclick: takeOver }, () => t("leg.takeOver"))),
            show(() => !isSIP() && legState.value !== "elsewhere", () => h("button", { type: "button", onclick: openDevices }, () => t("leg.devices"))),
        ),
        show(() => !isSIP() && microphoneTrouble.value, () => notice(() => t(`microphone.${microphoneTrouble.value}`), "bad", button({ label: () => t("action.again"), press: reconnect }))),
    );
}
