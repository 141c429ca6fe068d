/** What an agent should know of a caller before saying a word; kept by the caller's number. */
import { get, put } from "../../core/api.js";
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { computed, onCleanup, signal } from "../../core/reactive.js";
import { checkBox, textField } from "../../ui/field.js";
import { complain } from "../../ui/toast.js";
import { call, desk } from "./desk-state.js";

/** @typedef {import("../../core/types.js").Care} Care */

const flags = ["vip", "elderly", "hearing", "complaint", "language"];
/** Milliseconds that writing rests before it is saved. */
const rest = 800;

/** Of the present caller. */
export const care = computed(() => call.value?.care ?? /** @type {Care} */ ({ flags: [] }));

/** @param {string} id */
export function carePart(id) {
    const path = `/interactions/${encodeURIComponent(id)}/care`;
    const draft = signal(/** @type {Care} */ (care.peek()));
    const isSaved = signal(true);
    let timer = 0;
    get(path).then((body) => isSaved.peek() && (draft.value = body)).catch(() => {
        // What came with the call is shown.
    });
    const save = async () => {
        clearTimeout(timer);
        if (isSaved.peek()) return;
        isSaved.value = true;
        const sent = draft.peek();
        try {
            await put(path, sent);
            const body = desk.peek();
            // The next state of the desk says the same.
            if (body?.call?.interaction === id) desk.value = { ...body, call: { ...body.call, care: sent } };
        } catch (error) {
            isSaved.value = false;
            complain(error);
        }
    };
    /**
     * @param {Partial<Care>} change
     * @param {number} after
     */
    const edit = (change, after) => {
        draft.value = { ...draft.peek(), ...change };
        isSaved.value = false;
        clearTimeout(timer);
        timer = setTimeout(() => void save(), after);
    };
    onCleanup(() => void save());
    return h(
        "section", { class: "card care", "aria-label": () => t("care.title") },
        h("header", null, h("h2", { class: "grow" }, () => t("care.title")), show(() => !isSaved.value, () => h("span", { class: "quiet small-text" }, () => t("form.unsaved")))),
        h(
            "div", { class: "body" },
            h("div", { class: "care-flags" }, flags.map((flag) => checkBox({
                label: () => t(`care.${flag}`), value: () => draft.value.flags.includes(flag),
                change: (isOn) => edit({ flags: flags.filter((one) => (one === flag ? isOn : draft.peek().flags.includes(one))) }, 0),
            }))),
            textField({ label: () => t("care.note"), value: () => draft.value.note ?? "", change: (note) => edit({ note }, rest), more: { maxlength: 500 } }),
        ),
    );
}
