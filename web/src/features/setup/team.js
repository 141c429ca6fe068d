/** Who answers: a queue, people from a table, seats, and the passwords to hand out. */
import { post, put, segment } from "../../core/api.js";
import { download } from "../../core/csv.js";
import { h, show } from "../../core/dom.js";
import { explain, named, t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { day, now } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { card, notice } from "../../ui/parts.js";
import { toast } from "../../ui/toast.js";
import { agentsOf, withoutAccount, withoutSkill } from "./centre-state.js";

/** @typedef {import("./step-form.js").Step} Step */

/** Seats that are made at once; more than a room has. */
const mostSeats = 200;

/**
 * A line that says what is there, or what to do.
 * @param {() => boolean} isDone
 * @param {() => Child} text
 * @param {Child} [action]
 */
export const check = (isDone, text, action = null) => h(
    "li", { class: () => `check-line ${isDone() ? "good" : "open"}` },
    () => icon(isDone() ? "check" : "alert", "small"), h("span", { class: "grow" }, text), h("span", { class: "spoken" }, () => t(isDone() ? "setup.done" : "setup.toDo")), action,
);

/** @param {Step} step */
function queueCard(step) {
    const name = signal("");
    const fault = signal(/** @type {unknown} */ (null));
    const add = async (/** @type {Event} */ event) => {
        event.preventDefault();
        fault.value = null;
        try {
            const label = { "zh-CN": name.peek().trim(), en: name.peek().trim() };
            if (step.setup().rows.skills.items.length === 0) await post("/centre/skills", { key: "service", name: label });
            const skill = step.setup().rows.skills.items[0]?.key ?? "service";
            await post("/centre/queues", { key: "service", name: label, skills: { [skill]: 1 }, selection: "longest_idle", priority: 0, ringSeconds: 20, wrapUpSeconds: 20, mostWaiting: 50, longestWaitSeconds: 600, whenFull: "dissuade", whenTooLong: "dissuade", autoAnswer: false, shortAbandonSeconds: 5, breaksNeedApproval: false });
            await step.reload();
        } catch (error) {
            fault.value = error;
        }
    };
    const queues = () => step.setup().rows.queues.items;
    return card({ title: () => t("setup.queue"), end: h("a", { href: address(["admin", "queues"]) }, () => t("admin.section.queues")) }, show(() => queues().length > 0,
        () => h("ul", { class: "plain-list" }, () => queues().map((one) => check(() => true, () => `${named(one.name, one.key)} · ${Object.keys(one.skills ?? {}).map((key) => named(step.setup().rows.skills.items.find((skill) => skill.key === key)?.name, key)).join(", ")}`))),
        () => h("form", { class: "row ends-low", onsubmit: add },
            textField({ label: () => t("setup.queueName"), value: () => name.value, change: (text) => (name.value = text), fault: () => (fault.value ? explain(fault.value) : null), look: "narrow" }),
            button({ label: () => t("setup.addQueue"), look: "primary", kind: "submit", disabled: () => name.value.trim() === "" }))));
}

/**
 * What agents still need, each with one press.
 * @param {Step} step
 */
function needs(step) {
    const fault = signal(/** @type {unknown} */ (null));
    const isBusy = signal(false);
    const given = signal(/** @type {{number: string, name: string, password: string}[]} */ ([]));
    const setup = step.setup;
    /** @param {() => Promise<void>} action */
    const run = async (action) => {
        if (isBusy.peek()) return;
        isBusy.value = true;
        fault.value = null;
        try {
            await action();
        } catch (error) {
            fault.value = error;
        }
        await step.reload();
        isBusy.value = false;
    };
    const skills = () => run(async () => {
        const skill = Object.keys(setup().rows.queues.items[0]?.skills ?? {})[0] ?? setup().rows.skills.items[0]?.key;
        let { version } = setup().rows.people;
        for (const one of withoutSkill(setup())) ({ version } = await put(`/centre/people/${segment(one.number)}?version=${version}`, { ...one, skills: { [skill]: 1 } }));
    });
    const missingSeats = () => Math.min(mostSeats, Math.max(0, agentsOf(setup()).length - setup().rows.seats.items.length));
    const seats = () => run(async () => {
        const taken = new Set(setup().rows.seats.items.map((one) => one.number));
        const site = setup().rows.sites.items[0]?.key;
        let left = missingSeats();
        for (let number = 1; left > 0; number += 1) {
            const name = String(number).padStart(2, "0");
            if (taken.has(name)) continue;
            await post("/centre/seats", { number: name, ...(site ? { site } : {}) });
            left -= 1;
        }
    });
    const passwords = () => run(async () => {
        for (const one of withoutAccount(setup())) {
            const { password } = await post(`/accounts/${segment(one.number)}/reset`);
            given.value = [...given.peek(), { number: one.number, name: one.name, password }];
        }
    });
    const fix = (/** @type {() => boolean} */ isNeeded, /** @type {() => string} */ label, /** @type {() => Promise<void>} */ press) => show(isNeeded, () => button({ label, press: () => void press(), disabled: () => isBusy.value }));
    return card(
        { title: () => t("setup.needs") },
        show(() => fault.value, () => notice(() => explain(fault.value), "bad")),
        h("ul", { class: "plain-list" },
            check(() => agentsOf(setup()).length > 0, () => t("setup.agents", { count: agentsOf(setup()).length })),
            check(() => withoutSkill(setup()).length === 0, () => (withoutSkill(setup()).length === 0 ? t("setup.allSkilled") : t("setup.unskilled", { count: withoutSkill(setup()).length })), fix(() => withoutSkill(setup()).length > 0 && setup().rows.skills.items.length > 0, () => t("setup.giveSkill"), skills)),
            check(() => missingSeats() === 0 && setup().rows.seats.items.length > 0, () => t("setup.seats", { seats: setup().rows.seats.items.length, agents: agentsOf(setup()).length }), fix(() => missingSeats() > 0, () => t("setup.addSeats", { count: missingSeats() }), seats)),
            setup().accounts ? check(() => withoutAccount(setup()).length === 0, () => (withoutAccount(setup()).length === 0 ? t("setup.allAccounts") : t("setup.noAccounts", { count: withoutAccount(setup()).length })), fix(() => withoutAccount(setup()).length > 0, () => t("setup.makeAccounts"), passwords))
                : check(() => false, () => t("setup.askSecurity"))),
        show(() => given.value.length > 0, () => h(
            "div", { class: "stack given" },
            notice(() => t("setup.shownOnce"), "warn", button({ label: () => t("setup.savePasswords"), symbol: "download", press: () => (download(`passwords-${day(now())}.csv`, [["number", "name", "password"], ...given.peek().map((one) => [one.number, one.name, one.password])]), toast(t("setup.passwordsSaved"))) })),
            h("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": () => t("setup.passwords") }, h(
                "table", { class: "table" }, h("thead", null, h("tr", null, ["admin.field.number", "admin.field.name", "setup.password"].map((key) => h("th", { scope: "col" }, () => t(key))))),
                h("tbody", null, () => given.value.map((one) => h("tr", null, h("td", null, one.number), h("td", null, one.name), h("td", null, h("code", null, one.password))))))),
        )),
    );
}

/**
 * @param {Step} step
 * @param {(imported: () => void) => Child} people the table that people are read from
 */
export const teamStep = (step, people) => h(
    "div", { class: "stack" },
    queueCard(step),
    people(() => void step.reload()),
    needs(step),
    h("div", { class: "row end" }, button({ label: () => t("setup.onward"), look: "primary", press: step.onward })),
);
