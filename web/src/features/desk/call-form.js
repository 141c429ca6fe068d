/** The call form: open from ringing to the end of wrap-up, saved by itself. */
import { Problem, get, post } from "../../core/api.js";
import { h, keyed, show } from "../../core/dom.js";
import { explain, named, phone, t } from "../../core/i18n.js";
import { useShortcuts } from "../../core/keyboard.js";
import { computed, signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may, session } from "../../core/session.js";
import { clockSeconds } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { combobox } from "../../ui/combobox.js";
import { checkBox, field, textArea, textField } from "../../ui/field.js";
import { icon } from "../../ui/icons.js";
import { filled, requestFields } from "../../ui/request-fields.js";
import { complain, toast } from "../../ui/toast.js";
import { activity, call, interaction } from "./desk-state.js";
import { openForm } from "./form-store.js";
import { restingPart } from "./resting.js";

/** @typedef {import("../../core/types.js").RequestType} RequestType */

export const requestTypes = signal(/** @type {RequestType[]} */ ([]));

export async function loadRequestTypes() {
    try {
        requestTypes.value = (await get("/request-types")).items;
    } catch (error) {
        complain(error);
    }
}

/** @param {ReturnType<typeof openForm>} opened */
function saveState({ form, state }) {
    return h(
        "span", { class: () => `save-state ${state.value}`, role: "status" },
        () => icon({ saved: "check", offline: "cloudOff", failed: "alert" }[/** @type {string} */ (state.value)] ?? "edit", "small"),
        () => (state.value === "saved" && form.value.savedAt ? t("form.savedAt", { time: clockSeconds(form.value.savedAt) }) : t(`form.${state.value}`)),
    );
}

/**
 * Turns the call into a ticket.
 * @param {ReturnType<typeof openForm>} opened
 */
function ticketPart({ form, edit, save }) {
    const isOpen = signal(false);
    const isBusy = signal(false);
    const title = signal("");
    const text = signal("");
    const isMine = signal(true);
    const values = signal(/** @type {Record<string, string>} */ ({}));
    const fault = signal(/** @type {unknown} */ (null));
    const fields = computed(() => requestTypes.value.find((one) => one.code === form.value.requestType)?.fields ?? []);
    const isFieldFault = (/** @type {unknown} */ error) => error instanceof Problem && Boolean(error.field?.startsWith("fields."));
    const typeName = () => named(requestTypes.value.find((one) => one.code === form.value.requestType)?.names);
    const open = () => {
        title.value = [typeName(), phone(call.peek()?.caller)].filter(Boolean).join(" · ");
        text.value = form.peek().notes;
        fault.value = null;
        isOpen.value = true;
        setTimeout(() => box.querySelector("input")?.focus());
    };
    const make = async () => {
        if (isBusy.peek()) return;
        isBusy.value = true;
        try {
            const made = await post("/tickets", {
                // The centre has no type for "none yet"; the ticket page offers the first one too.
                type: form.peek().requestType ?? requestTypes.peek()[0]?.code ?? "other", title: title.peek().trim(), text: text.peek(),
                owner: isMine.peek() ? session.peek()?.person.number : null, interaction: form.peek().interaction, fields: filled(fields.peek(), values.peek()),
            });
            values.value = {};
            edit({ ticket: made.id });
            isOpen.value = false;
            toast(t("ticket.made", { number: made.number }));
            void save();
        } catch (error) {
            fault.value = error;
            if (!isFieldFault(error)) complain(error);
        }
        isBusy.value = false;
    };
    const box = h("div", { hidden: () => !isOpen.value },
        show(() => isOpen.value, () =>
            h(
                "form", { class: "ticket-box", "aria-label": () => t("ticket.make"), onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void make()) },
                textField({ label: () => t("ticket.title"), value: () => title.value, change: (value) => (title.value = value), more: { required: true, maxlength: 200 } }),
                requestFields({ fields: () => fields.value, values: () => values.value, change: (all) => (values.value = all), fault: (key) => (fault.value instanceof Problem && fault.value.field === `fields.${key}` ? explain(fault.value) : null) }),
                textArea({ label: () => t("ticket.text"), value: () => text.value, change: (value) => (text.value = value) }),
                h(
                    "div", { class: "row" },
                    h("div", { class: "grow" }, checkBox({ label: () => t("ticket.mine"), value: () => isMine.value, change: (value) => (isMine.value = value) })),
                    button({ label: () => t("action.cancel"), press: () => (isOpen.value = false) }),
                    button({ label: () => t("ticket.make"), look: "primary", kind: "submit", disabled: () => isBusy.value || title.value.trim() === "" }),
                ),
            )));
    const toggle = () => (isOpen.peek() ? (isOpen.value = false) : form.peek().ticket ? undefined : open());
    const head = show(() => form.value.ticket,
        () => h("a", { class: "button", href: () => address(["tickets", form.value.ticket ?? ""]) }, icon("ticket"), () => t("ticket.show")),
        () => show(() => may("ticket.write"), () =>
            button({ label: () => t("ticket.make"), symbol: "ticket", shortcut: "g", press: toggle, more: { "aria-expanded": () => String(isOpen.value) } })));
    return { box, head, toggle };
}

/** @param {string} id */
function openedForm(id) {
    const opened = openForm(id);
    const { form, state, edit } = opened;
    const dispositions = computed(() => requestTypes.value.find((one) => one.code === form.value.requestType)?.dispositions ?? []);
    const ticket = ticketPart(opened);
    /** @type {Record<string, HTMLElement>} */
    const focusable = {};
    const focus = (/** @type {string} */ name) => focusable[name]?.focus();
    // After what was chosen has been drawn: the next field may be closed until then.
    const focusNext = (/** @type {string} */ name) => setTimeout(() => focus(name));

    const typeField = field({ label: () => t("form.requestType"), shortcut: "t" }, (_, described) => {
        const made = combobox({
            choices: () => requestTypes.value, value: () => form.value.requestType, described, placeholder: () => t("form.requestTypeHint"),
            change: (code) => code !== form.peek().requestType && edit({ requestType: code, disposition: null }),
            done: () => focusNext("disposition"),
        });
        focusable.type = made.input;
        return made.node;
    });
    const dispositionField = field({ label: () => t("form.disposition") }, (_, described) => {
        const made = combobox({
            choices: () => dispositions.value, value: () => form.value.disposition, described,
            placeholder: () => t(form.value.requestType ? "form.dispositionHint" : "form.typeFirst"),
            change: (code) => edit({ disposition: code }), done: () => focusNext("notes"), disabled: () => !form.value.requestType,
        });
        focusable.disposition = made.input;
        return made.node;
    });
    const notesField = textArea({
        label: () => t("form.notes"), shortcut: "n", look: "notes", value: () => form.value.notes, change: (notes) => edit({ notes }),
        more: { ref: (/** @type {HTMLElement} */ element) => (focusable.notes = element), maxlength: 10_000, placeholder: () => t("form.notesHint") },
    });
    useShortcuts([
        { key: "t", label: "shortcut.type", action: () => focus("type") },
        { key: "n", label: "shortcut.notes", action: () => focus("notes") },
        { key: "g", label: "shortcut.ticket", action: ticket.toggle },
    ]);
    return [
        h("header", null, h("h2", { class: "grow" }, () => t("form.title")), saveState(opened)),
        h("div", { class: "body" }, h("div", { class: "pair" }, typeField, dispositionField), notesField, ticket.box),
        h(
            "footer", null, ticket.head, h("span", { class: "grow" }),
            show(() => state.value === "offline" || state.value === "failed", () => button({ label: () => t("form.saveNow"), press: () => void opened.save() })),
            show(() => activity.value === "wrapUp", () => h("span", { class: "quiet small-text" }, () => t(form.value.requestType && form.value.disposition ? "form.complete" : "form.incomplete"))),
        ),
    ];
}

/** After answering by key the person goes on typing, unless something is being typed already. */
export function focusType() {
    const present = document.activeElement;
    if (present instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(present.tagName)) return;
    /** @type {HTMLElement | null} */ (document.querySelector(".form-card [role=combobox]"))?.focus();
}

export const callForm = () =>
    h("section", { class: "card form-card", "aria-label": () => t("form.title") }, keyed(() => interaction.value, (id) => (id ? openedForm(id) : restingPart())));
