/** The urgent prompt: spoken first in every flow, at once and for a while. */
import { Problem, get, post, remove } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { explain, inLanguages, languageName, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { brief, fromField, moment, now, passing } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { ask } from "../../ui/dialog.js";
import { segments, textArea, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { chip, notice } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";
import { usualLanguages } from "./prompt-types.js";

/** @typedef {import("../../core/types.js").Announcement} Announcement */

/** Hours that are offered; an urgent prompt has an end, or callers hear of yesterday's storm. */
const spans = ["1", "4", "12", "own"];
const hour = 3_600_000;

export function urgentPanel() {
    const items = signal(/** @type {Announcement[]} */ ([]));
    const isWriting = signal(false);
    const fault = signal(/** @type {unknown} */ (null));
    const load = () => get("/announcements").then((body) => (items.value = body.items)).catch(complain);
    void load();
    const inForce = computed(() => items.value.filter((one) => one.board === "urgent" && (!one.until || one.until > passing())));
    const texts = signal(/** @type {Record<string, string>} */ ({}));
    const lasting = signal("4");
    const until = signal("");
    const isBusy = signal(false);
    const end = () => (lasting.value === "own" ? fromField(until.value) : now() + Number(lasting.value) * hour);
    const isComplete = () => Object.values(texts.value).some((text) => text.trim()) && (end() ?? 0) > now();
    const put = async (/** @type {Event} */ event) => {
        event.preventDefault();
        const ends = end();
        if (isBusy.peek() || !isComplete() || !ends) return;
        const isSure = await ask({ title: () => t("prompt.urgentSure"), text: () => t("prompt.urgentSureText", { time: moment(ends) }), yes: () => t("prompt.urgentStart"), isDanger: true });
        if (!isSure) return;
        isBusy.value = true;
        fault.value = null;
        try {
            const made = await post("/announcements", { board: "urgent", texts: Object.fromEntries(Object.entries(texts.peek()).filter(([, text]) => text.trim())), from: null, until: ends });
            texts.value = {};
            isWriting.value = false;
            await load();
            toast(t("prompt.urgentStarted"), { action: { label: t("action.undo"), press: () => void stop(made, false) } });
        } catch (error) {
            fault.value = error;
        }
        isBusy.value = false;
    };
    const again = async (/** @type {Announcement} */ one) => {
        await post("/announcements", { board: "urgent", texts: one.texts, from: one.from ?? null, until: one.until ?? null }).catch(complain);
        await load();
    };
    const stop = async (/** @type {Announcement} */ one, canUndo = true) => {
        try {
            await remove(`/announcements/${encodeURIComponent(one.id)}`);
            await load();
            toast(t("prompt.urgentEnded"), canUndo ? { action: { label: t("action.undo"), press: () => void again(one) } } : {});
        } catch (error) {
            complain(error);
        }
    };
    const about = () => (fault.value instanceof Problem && fault.value.field ? explain(fault.value) : null);
    const list = each(h("ul", { class: "urgent-list" }), () => inForce.value, (one) => one.id, (one) =>
        h(
            "li", { class: "row" }, icon("megaphone"),
            h("div", { class: "grow" }, () => inLanguages(one().texts).map(([language, text]) => h("p", { lang: language, class: "keep-lines" }, text))),
            () => chip(() => (one().until ? t("announcement.untilTime", { time: brief(one().until ?? 0) }) : t("announcement.inForce")), "bad"),
            may("announcement.write") || may("centre.write") ? button({ label: () => t("prompt.urgentEnd"), press: () => void stop(one()) }) : null,
        ));
    return h(
        "section", { class: () => `card urgent ${inForce.value.length > 0 ? "is-on" : ""}`, "aria-label": () => t("prompt.urgent") },
        h(
            "header", null, icon("alert"), h("h2", null, () => t("prompt.urgent")), h("span", { class: "quiet grow small-text" }, () => t(inForce.value.length > 0 ? "prompt.urgentOn" : "prompt.urgentText")),
            show(() => !isWriting.value && (may("announcement.write") || may("centre.write")), () => button({ label: () => t("prompt.urgentWrite"), symbol: "megaphone", look: inForce.peek().length > 0 ? "" : "danger", press: () => ((isWriting.value = true), setTimeout(() => /** @type {HTMLElement | null} */ (document.querySelector(".urgent textarea"))?.focus())) })),
        ),
        list,
        show(() => isWriting.value, () => h(
            "form", { class: "body stack", onsubmit: put },
            show(() => fault.value && !about(), () => notice(() => explain(fault.value), "bad")),
            h("div", { class: "pair" }, usualLanguages.map((language, place) => textArea({ label: () => t("prompt.textIn", { language: languageName(language) }), rows: 3, value: () => texts.value[language] ?? "", change: (text) => (texts.value = { ...texts.peek(), [language]: text }), fault: place === 0 ? about : undefined, more: { lang: language, maxlength: 1000 } }))),
            h(
                "div", { class: "row urgent-ends" },
                h("div", { class: "field" }, h("span", { class: "label" }, () => t("prompt.lasting")), segments({ label: () => t("prompt.lasting"), value: () => lasting.value, change: (value) => (lasting.value = value), choices: () => spans.map((value) => ({ value, label: value === "own" ? t("prompt.untilOwn") : t("prompt.hours", { hours: value }) })) })),
                show(() => lasting.value === "own", () => textField({ label: () => t("announcement.ends"), kind: "datetime-local", value: () => until.value, change: (value) => (until.value = value), fault: () => (until.value && (end() ?? 0) <= now() ? t("announcement.endsFault") : null) })),
                h("span", { class: "grow" }),
                button({ label: () => t("action.cancel"), press: () => (isWriting.value = false) }),
                button({ label: () => t("prompt.urgentStart"), symbol: "megaphone", look: "danger", kind: "submit", disabled: () => isBusy.value || !isComplete() }),
            ),
        )),
    );
}
