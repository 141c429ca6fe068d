/** Reports that go out by e-mail by themselves. */
import { Problem, get, post, put, remove } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { brief } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { openDialog } from "../../ui/dialog.js";
import { checkBox, segments, textArea, textField } from "../../ui/field.js";
import { card, chip, empty, notice } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";

/** @typedef {{id?: string, report: string, time: string, weekdays: number[], recipients: string[], language: string, format: string, isOn: boolean, last?: {at: number, day: string, state: string, error?: string}}} Schedule */

export function schedulesPage() {
    const body = signal(/** @type {{items: Schedule[], canSend: boolean} | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const load = async () => {
        try {
            body.value = await get("/report-schedules");
            fault.value = null;
        } catch (error) {
            fault.value = error;
        }
    };
    void load();
    const path = (/** @type {Schedule} */ one) => `/report-schedules/${encodeURIComponent(one.id ?? "")}`;
    const act = async (/** @type {() => Promise<any>} */ deed, /** @type {string} */ said) => {
        try {
            await deed();
            toast(t(said));
        } catch (error) {
            complain(error);
        }
        void load();
    };
    const edit = (/** @type {Schedule | null} */ one) => openDialog({ title: () => t(one ? "schedule.edit" : "schedule.add"), isBlocking: true }, (close) => scheduleForm(one, close, async (draft) => {
        await (one ? put(path(one), draft) : post("/report-schedules", draft));
        close();
        toast(t("schedule.saved"));
        void load();
    }));
    const takeAway = (/** @type {Schedule} */ one) => act(async () => {
        await remove(path(one));
    }, "schedule.removed");
    const line = (/** @type {Schedule} */ one) => h(
        "li", { class: "row rule" },
        h("div", { class: "grow" }, h("b", null, () => `${t("report.dayReport")} ${one.time}`), h("div", { class: "small-text quiet" }, () => `${one.weekdays.map((day) => t(`report.weekday${day}`)).join(" ")} · ${one.recipients.join(", ")} · ${one.format.toUpperCase()}`)),
        one.last ? chip(() => `${t(`schedule.${one.last?.state}`)} ${brief(Number(one.last?.at))}`, one.last.state === "sent" ? "good" : "bad") : null,
        one.last?.error ? h("span", { class: "small-text bad" }, one.last.error) : null,
        one.isOn ? null : chip(() => t("alarm.off")),
        button({ label: () => t("schedule.send"), press: () => void act(() => post(`${path(one)}/send`, {}), "schedule.done"), disabled: () => !body.value?.canSend }),
        button({ label: () => t("alarm.edit"), press: () => edit(one) }), button({ symbol: "cross", look: "plain square", spoken: () => t("schedule.remove"), press: () => void takeAway(one) }),
    );
    return h(
        "div", { class: "page" },
        h("h1", { class: "spoken" }, () => t("schedule.title")),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        show(() => body.value && !body.value.canSend, () => notice(() => t("schedule.cannotSend"), "info")),
        card({ title: () => t("schedule.title"), end: h("div", { class: "row" }, h("a", { class: "button", href: address(["reports"]) }, () => t("report.title")), button({ label: () => t("schedule.add"), symbol: "plus", look: "primary", press: () => edit(null) })) },
            show(() => (body.value?.items.length ?? 0) > 0, () => h("ul", { class: "rules" }, () => (body.value?.items ?? []).map(line)), () => empty("clock", () => t("schedule.none"), () => t("schedule.noneText")))),
    );
}

/**
 * @param {Schedule | null} first
 * @param {() => void} close
 * @param {(schedule: Schedule) => Promise<void>} save
 */
function scheduleForm(first, close, save) {
    const draft = signal(/** @type {Schedule} */ (first ?? { report: "day", time: "08:00", weekdays: [1, 2, 3, 4, 5], recipients: [], language: "zh-CN", format: "xlsx", isOn: true }));
    const fault = signal(/** @type {unknown} */ (null));
    const set = (/** @type {Partial<Schedule>} */ change) => (draft.value = { ...draft.peek(), ...change });
    const about = (/** @type {string} */ name) => () => (fault.value instanceof Problem && fault.value.field?.startsWith(name) ? explain(fault.value) : null);
    const submit = async (/** @type {Event} */ event) => {
        event.preventDefault();
        fault.value = null;
        const { id: _id, last: _last, ...body } = draft.peek();
        try {
            await save(body);
        } catch (error) {
            fault.value = error;
        }
    };
    return h(
        "form", { class: "stack", onsubmit: submit },
        show(() => fault.value && !(fault.value instanceof Problem && fault.value.field), () => notice(() => explain(fault.value), "bad")),
        textField({ label: () => t("schedule.time"), kind: "time", value: () => draft.value.time, change: (time) => set({ time }), fault: about("time"), more: { required: true } }),
        h("fieldset", { class: "row wrap weekdays" }, h("legend", null, () => t("schedule.weekdays")), [1, 2, 3, 4, 5, 6, 7].map((day) => checkBox({ label: () => t(`report.weekday${day}`), value: () => draft.value.weekdays.includes(day), change: (isOn) => set({ weekdays: [1, 2, 3, 4, 5, 6, 7].filter((one) => (one === day ? isOn : draft.peek().weekdays.includes(one))) }) }))),
        textArea({ label: () => t("schedule.recipients"), rows: 3, value: () => draft.value.recipients.join("\n"), change: (text) => set({ recipients: text.split(/[,;，；\s]+/).filter(Boolean) }), fault: about("recipients"), hint: () => t("schedule.recipientsHint") }),
        h("div", { class: "pair" },
            h("div", { class: "field" }, h("span", { class: "label" }, () => t("schedule.format")), segments({ label: () => t("schedule.format"), value: () => draft.value.format, change: (format) => set({ format }), choices: () => ["xlsx", "html"].map((value) => ({ value, label: value.toUpperCase() })) })),
            h("div", { class: "field" }, h("span", { class: "label" }, () => t("schedule.language")), segments({ label: () => t("schedule.language"), value: () => draft.value.language, change: (language) => set({ language }), choices: () => [{ value: "zh-CN", label: "中文" }, { value: "en", label: "English" }] }))),
        checkBox({ label: () => t("alarm.isOn"), value: () => draft.value.isOn, change: (isOn) => set({ isOn }) }),
        h("div", { class: "row end" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("action.save"), look: "primary", kind: "submit" })),
    );
}
