/** Alarms: what is the matter, who looks after it, and what was; beside them the rules. */
import { post } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { follow } from "../../core/events.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { brief, span } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { segments, textField } from "../../ui/field.js";
import { listFile } from "../../ui/list-file.js";
import { icon } from "../../ui/icons.js";
import { chip, empty } from "../../ui/parts.js";
import { paged, table } from "../../ui/table.js";
import { complain, toast } from "../../ui/toast.js";

/** @typedef {{id: string, name: string, figure: string, queue?: string, severity: string, comparison: string, threshold: number, value: number, raisedAt: number, state: string, acknowledgedBy?: string, note?: string, clearedAt?: number, notices: {at: number, channel: string, to: string, state: string, error?: string}[]}} Alarm */

const types = ["alarm.raised", "alarm.acknowledged", "alarm.cleared"];

/**
 * A value in its unit.
 * @param {string} figure
 * @param {number} value
 */
export const inUnit = (figure, value) => (/Wait$/.test(figure) ? span(value) : /(Rate|Level)$/.test(figure) ? `${value} %` : String(value));

/** @param {Alarm} alarm @param {() => void} done */
function acknowledge(alarm, done) {
    const note = signal("");
    openDialog({ title: () => alarm.name }, (close) => h(
        "form", {
            class: "stack",
            onsubmit: async (/** @type {Event} */ event) => {
                event.preventDefault();
                try {
                    await post(`/alarms/${encodeURIComponent(alarm.id)}/acknowledge`, note.peek().trim() ? { note: note.peek().trim() } : {});
                    close();
                    toast(t("alarm.acknowledged"));
                    done();
                } catch (error) {
                    complain(error);
                }
            },
        },
        h("p", null, () => t("alarm.acknowledgeText")),
        textField({ label: () => t("alarm.note"), value: () => note.value, change: (text) => (note.value = text), more: { maxlength: 500, autofocus: true } }),
        h("div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("alarm.acknowledge"), look: "primary", kind: "submit" })),
    ));
}

export function alarmsPage() {
    const state = signal("open");
    const list = paged("/alarms", () => ({ state: state.value }));
    follow("/events", types, { heard: () => void list.reload(), state: () => {} });
    const told = (/** @type {Alarm} */ alarm) => alarm.notices.filter((one) => one.channel !== "screen").map((one) => h(
        "div", { class: `small-text ${one.state === "failed" ? "bad" : "quiet"}`, title: one.error ?? "" }, `${t(`alarm.channel.${one.channel}`)} ${one.to} ${t(`alarm.notice.${one.state}`)}`));
    return h(
        "div", { class: "page" },
        h("h1", { class: "spoken" }, () => t("alarm.title")),
        h(
            "section", { class: "card list" },
            h(
                "header", { class: "wrap" },
                segments({ label: () => t("alarm.show"), value: () => state.value, change: (value) => (state.value = value), choices: () => ["open", "all"].map((value) => ({ value, label: t(`alarm.${value}`) })) }),
                h("span", { class: "grow" }), listFile(list, () => t("alarm.title")), may("alarm.write") ? h("a", { class: "button", href: address(["alarms", "rules"]) }, icon("gear"), h("span", null, () => t("alarm.rules"))) : null,
            ),
            table({
                label: () => t("alarm.title"), list, key: (alarm) => alarm.id,
                columns: /** @type {import("../../ui/table.js").Column<Alarm>[]} */ ([
                    { head: () => t("alarm.severity"), cell: (alarm) => () => chip(() => t(`alarm.severity.${alarm().severity}`), alarm().severity === "critical" ? "bad" : "warn", "alert") },
                    { head: () => t("alarm.name"), cell: (alarm) => [h("b", null, () => alarm().name), h("div", { class: "small-text quiet" }, () => `${t(`alarm.figure.${alarm().figure}`)}${alarm().queue ? ` · ${alarm().queue}` : ""}: ${inUnit(alarm().figure, alarm().value)} ${t(`alarm.comparison.${alarm().comparison}`)} ${inUnit(alarm().figure, alarm().threshold)}`)] },
                    { head: () => t("alarm.raisedAt"), cell: (alarm) => () => brief(alarm().raisedAt) },
                    { head: () => t("alarm.state"), cell: (alarm) => () => [chip(() => t(`alarm.state.${alarm().state}`), { raised: "bad", acknowledged: "info", cleared: "good" }[alarm().state] ?? ""), alarm().acknowledgedBy ? h("span", { class: "small-text quiet" }, ` ${alarm().acknowledgedBy} ${alarm().note ?? ""}`) : null] },
                    { head: () => t("alarm.told"), cell: (alarm) => () => told(alarm()) },
                    { head: () => t("alarm.action"), look: "end", cell: (alarm) => show(() => alarm().state === "raised" && may("alarm.acknowledge"), () => button({ label: () => t("alarm.acknowledge"), symbol: "check", press: () => acknowledge(alarm(), () => void list.reload()) })) },
                ]),
                none: () => empty("check", () => t(state.value === "open" ? "alarm.none" : "alarm.never"), () => t("alarm.noneText")),
            }),
        ),
    );
}
