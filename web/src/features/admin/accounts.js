/** Who may sign in, as what, and a new password for who has forgotten it. */
import { get, post, put, remove } from "../../core/api.js";
import { each, h, show } from "../../core/dom.js";
import { explain, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { may, session } from "../../core/session.js";
import { brief, fullMoment, passing } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { copyable } from "../../ui/copy.js";
import { ask, openDialog } from "../../ui/dialog.js";
import { checkBox, textField } from "../../ui/field.js";
import { listFile } from "../../ui/list-file.js";
import { chip, empty, notice } from "../../ui/parts.js";
import { complain, toast } from "../../ui/toast.js";
import { readAll } from "./references.js";
import { roles } from "./sections.js";
import { roleName } from "./words.js";

/** @typedef {import("../../core/types.js").Account} Account */

/** Lines that are drawn at first; more on demand. */
const batch = 100;
/** Those who watch each other. */
const watching = ["systemAdmin", "securityAdmin", "auditAdmin", "privacyOfficer"];

/**
 * The password, once.
 * @param {string} number
 * @param {string} name
 * @param {string} password
 */
function showPassword(number, name, password) {
    openDialog({ title: () => t("accounts.passwordOf", { name: `${name} ${number}`.trim() }), isBlocking: true }, (close) => [
        copyable({ text: () => password, label: () => t("accounts.password") }),
        h("p", null, () => t("accounts.passwordText")),
        h("div", { class: "ends" }, button({ label: () => t("accounts.noted"), look: "primary", press: close })),
    ]);
}

/**
 * @param {Account} account
 * @param {() => void} done
 */
function openRoles(account, done) {
    const chosen = signal(account.roles);
    const fault = signal(/** @type {unknown} */ (null));
    const held = () => watching.filter((role) => chosen.value.includes(role));
    openDialog({ title: () => t("accounts.rolesOf", { name: `${account.name} ${account.number}` }) }, (close) => {
        /** @param {Event} event */
        const save = async (event) => {
            event.preventDefault();
            try {
                await put(`/accounts/${encodeURIComponent(account.number)}/roles`, { roles: chosen.peek() });
                close();
                done();
                const undo = () => put(`/accounts/${encodeURIComponent(account.number)}/roles`, { roles: account.roles }).then(() => (done(), toast(t("admin.undone")))).catch(complain);
                toast(t("accounts.rolesSaved"), { action: { label: t("action.undo"), press: () => void undo() } });
            } catch (error) {
                fault.value = error;
            }
        };
        return h(
            "form", { class: "stack", onsubmit: save },
            show(() => fault.value, () => notice(() => explain(fault.value), "bad")),
            h("fieldset", { class: "stack" }, h("legend", { class: "spoken" }, () => t("admin.field.roles")), roles.map((role) => checkBox({
                label: () => [roleName(role), h("span", { class: "quiet" }, " – ", () => t(`admin.role.${role}.hint`))],
                value: () => chosen.value.includes(role), change: (isOn) => (chosen.value = roles.filter((one) => (one === role ? isOn : chosen.peek().includes(one)))),
            }))),
            h("div", { role: "status" }, show(() => held().length > 1, () => notice(() => t("accounts.separation", { roles: held().map(roleName).join(", ") }), "warn"))),
            show(() => account.number === session.peek()?.person.number && !chosen.value.includes("securityAdmin"), () => notice(() => t("accounts.ownRole"), "warn")),
            h("p", { class: "quiet" }, () => t("accounts.rolesHint")),
            h("div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("action.save"), look: "primary", kind: "submit" })),
        );
    });
}

/** @param {() => void} done */
function openMake(done) {
    const number = signal("");
    const people = signal(/** @type {import("../../core/types.js").Row[]} */ ([]));
    const fault = signal(/** @type {unknown} */ (null));
    if (may("centre.read")) readAll("/centre/people").then((rows) => (people.value = rows)).catch(() => {
        // The number can be typed without the list.
    });
    openDialog({ title: () => t("accounts.make") }, (close) => {
        /** @param {Event} event */
        const submit = async (event) => {
            event.preventDefault();
            fault.value = null;
            try {
                const { password } = await post(`/accounts/${encodeURIComponent(number.peek().trim())}/reset`);
                close();
                done();
                showPassword(number.peek().trim(), people.peek().find((one) => one.number === number.peek().trim())?.name ?? "", password);
            } catch (error) {
                fault.value = error;
            }
        };
        return h(
            "form", { class: "stack", onsubmit: submit },
            textField({
                label: () => t("admin.field.number"), value: () => number.value, change: (text) => (number.value = text), fault: () => (fault.value ? explain(fault.value) : null),
                hint: () => people.value.find((one) => one.number === number.value.trim())?.name ?? t("accounts.makeHint"), more: { required: true, autofocus: true, autocomplete: "off", list: "people-numbers" },
            }),
            h("datalist", { id: "people-numbers" }, () => people.value.map((one) => h("option", { value: one.number }, one.name))),
            h("div", { class: "ends" }, button({ label: () => t("action.cancel"), press: close }), button({ label: () => t("accounts.make"), look: "primary", kind: "submit", disabled: () => number.value.trim() === "" })),
        );
    });
}

export function accountsPage() {
    const items = signal(/** @type {Account[] | null} */ (null));
    const fault = signal(/** @type {unknown} */ (null));
    const text = signal("");
    const shown = signal(batch);
    const load = () => get("/accounts").then((body) => ((items.value = body.items), (fault.value = null))).catch((error) => (fault.value = error));
    void load();
    const found = computed(() => {
        const wanted = text.value.trim().toLowerCase();
        return (items.value ?? []).filter((one) => !wanted || one.number.includes(wanted) || (one.name ?? "").toLowerCase().includes(wanted) || one.roles.some((role) => roleName(role).toLowerCase().includes(wanted)));
    });
    /** @param {Account} account */
    const reset = async (account) => {
        const name = `${account.name} ${account.number}`;
        if (!(await ask({ title: () => t("accounts.resetTitle", { name }), text: () => t("accounts.resetText"), yes: () => t("accounts.reset") }))) return;
        try {
            const { password } = await post(`/accounts/${encodeURIComponent(account.number)}/reset`);
            void load();
            showPassword(account.number, account.name, password);
        } catch (error) {
            complain(error);
        }
    };
    /** @param {Account} account */
    const takeAway = async (account) => {
        const name = `${account.name} ${account.number}`;
        if (!(await ask({ title: () => t("accounts.removeTitle", { name }), text: () => t("accounts.removeText"), yes: () => t("admin.remove"), isDanger: true }))) return;
        try {
            await remove(`/accounts/${encodeURIComponent(account.number)}`);
            items.value = (items.peek() ?? []).filter((one) => one.number !== account.number);
            toast(t("accounts.removed", { name }));
        } catch (error) {
            complain(error);
        }
    };
    const me = session.peek()?.person.number;
    const rows = each(h("tbody", null), () => found.value.slice(0, shown.value), (one) => one.number, (item) => h(
        "tr", null,
        h("td", { class: "numeric" }, () => item().number), h("td", null, () => item().name || "–"),
        h("td", null, h("div", { class: "chips" }, () => item().roles.map((role) => chip(() => roleName(role), watching.includes(role) ? "accent" : "")))),
        h("td", null, h("div", { class: "chips" }, () => {
            const { lockedUntil, mustChangePassword, isDemo } = item();
            return [
                lockedUntil && lockedUntil > passing() ? chip(() => t("accounts.locked", { time: brief(lockedUntil) }), "bad") : null,
                mustChangePassword ? chip(() => t("accounts.mustChange"), "warn") : null, isDemo ? chip(() => t("accounts.demo"), "info") : null,
            ];
        })),
        h("td", { class: "quiet", title: () => fullMoment(item().changedAt) }, () => brief(item().changedAt)),
        h("td", { class: "end tools" },
            button({ label: () => t("accounts.roles"), look: "plain", spoken: () => t("accounts.rolesOf", { name: item().number }), press: () => openRoles(item(), () => void load()) }),
            button({ label: () => t("accounts.reset"), look: "plain", spoken: () => t("accounts.resetOf", { name: item().number }), press: () => void reset(item()) }),
            button({ symbol: "trash", look: "plain square", spoken: () => t("accounts.remove", { name: item().number }), press: () => void takeAway(item()), disabled: () => item().number === me })),
    ));
    return h(
        "div", { class: "content" },
        h("div", { class: "head" }, h("h1", { class: "grow" }, () => t("admin.section.accounts")),
            listFile({ path: "/accounts", filters: () => ({}), isEmpty: () => (items.value ?? []).length === 0 }, () => t("admin.section.accounts")),
            button({ label: () => t("accounts.make"), symbol: "plus", look: "primary", press: () => openMake(() => void load()) })),
        h("p", { class: "quiet intro" }, () => t("admin.intro.accounts")),
        h("form", { class: "filters", role: "search", onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, textField({ label: () => t("accounts.search"), kind: "search", look: "wide", value: () => text.value, change: (next) => ((shown.value = batch), (text.value = next)) }),
            h("span", { class: "quiet count", role: "status" }, () => (items.value ? t("accounts.count", { count: found.value.length }) : ""))),
        show(() => fault.value, () => notice(() => explain(fault.value), "bad", button({ label: () => t("action.again"), press: () => void load() }))),
        h("section", { class: "card list" }, h("div", { class: "table-frame grow", tabIndex: 0, role: "region", "aria-label": () => t("admin.section.accounts") },
            show(() => found.value.length > 0, () => [
                h("table", { class: "table" }, h("thead", null, h("tr", null, ["admin.field.number", "admin.field.name", "admin.field.roles", "accounts.state", "accounts.changed"].map((key) => h("th", { scope: "col" }, () => t(key))), h("td", null))), rows),
                show(() => found.value.length > shown.value, () => h("div", { class: "pager" }, button({ label: () => t("accounts.more"), press: () => (shown.value += batch) }))),
            ], () => show(() => items.value, () => (text.peek() ? empty("search", () => t("filter.nothing"), () => t("admin.nothingText")) : empty("key", () => t("admin.none"), () => t("accounts.none"))))),
        )),
    );
}
