/** The first two steps: whose centre it is, and where calls come from. */
import { get, post, put, segment } from "../../core/api.js";
import { h, show, uniqueID } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { selectField, textField } from "../../ui/field.js";
import { notice } from "../../ui/parts.js";
import { outsideTrunks } from "./centre-state.js";
import { stepForm } from "./step-form.js";

/** @typedef {import("./step-form.js").Step} Step */

/** @param {Step} step */
export function companyStep(step) {
    const { row } = step.setup().general;
    const draft = signal({ name: row.name ?? "", zone: row.zone ?? "", businessDayStarts: row.businessDayStarts ?? "00:00" });
    const set = (/** @type {Partial<{name: string, zone: string, businessDayStarts: string}>} */ change) => (draft.value = { ...draft.peek(), ...change });
    const { form, about } = stepForm(step, () => put(`/centre/general?version=${step.setup().general.version}`, { ...row, ...draft.peek() }));
    const zones = uniqueID("zones");
    const known = /** @type {any} */ (Intl).supportedValuesOf?.("timeZone") ?? ["Asia/Shanghai"];
    return form(
        () => draft.value.name.trim() !== "" && draft.value.zone !== "",
        textField({ label: () => t("setup.name"), value: () => draft.value.name, change: (name) => set({ name }), fault: about("name"), more: { maxlength: 100, required: true } }),
        h("div", { class: "pair" },
            h("div", null, textField({ label: () => t("setup.zone"), value: () => draft.value.zone, change: (zone) => set({ zone: zone.trim() }), fault: about("zone"), hint: () => t("setup.zoneHint"), more: { list: zones, spellcheck: "false" } }), h("datalist", { id: zones }, known.map((/** @type {string} */ zone) => h("option", { value: zone })))),
            textField({ label: () => t("setup.day"), kind: "time", value: () => draft.value.businessDayStarts, change: (businessDayStarts) => set({ businessDayStarts }), fault: about("businessDayStarts"), hint: () => t("setup.dayHint") })),
    );
}

/** What a trunk begins with when there is none: numbers as they are written in China, as in the administration. */
const blank = {
    key: "trunk", addresses: [], origin: "external", homeCountry: "86", internationalPrefixes: ["00"], nationalPrefix: "0", zeroBeforeMobile: false, shortCodes: [], localLengths: [7, 8], nationalLengths: [10, 11],
    minimumLength: 3, maximumLength: 15, dialFormat: "national", dialsHomeArea: false,
};

/** @param {Step} step */
export function trunkStep(step) {
    const { items } = step.setup().rows.trunks;
    const row = outsideTrunks(step.setup())[0] ?? items[0];
    /** A trunk of the machine itself that gets an address outside carries calls from outside, unless somebody says otherwise. */
    const isOwnRow = outsideTrunks(step.setup()).length === 0;
    const isOutside = (/** @type {string} */ text) => /(^|[\s,;，；])(?!127\.)\d/.test(text);
    const draft = signal({ addresses: (row?.addresses ?? []).join(" "), origin: row?.origin ?? "external", homeArea: row?.homeArea ?? "" });
    const set = (/** @type {Partial<{addresses: string, origin: string, homeArea: string}>} */ change) => (draft.value = { ...draft.peek(), ...change });
    const listed = () => draft.value.addresses.split(/[\s,;，；]+/).filter(Boolean);
    const { form, about } = stepForm(step, () => {
        const { homeArea, ...kept } = { ...(row ?? blank), origin: draft.peek().origin, addresses: listed(), homeArea: draft.peek().homeArea.trim() };
        const body = homeArea ? { ...kept, homeArea } : kept;
        return row ? put(`/centre/trunks/${segment(row.key)}?version=${step.setup().rows.trunks.version}`, body) : post("/centre/trunks", body);
    });
    const listening = signal("");
    get("/components").then((body) => (listening.value = body.items.find((/** @type {{key: string}} */ one) => one.key === "access")?.detail ?? "")).catch(() => {
        // It only helps; the step can be done without it.
    });
    return form(
        () => listed().length > 0,
        h("p", { class: "quiet" }, () => t("setup.trunkText")),
        show(() => listed().length > 0 && listed().every((/** @type {string} */ one) => one.startsWith("127.")), () => notice(() => t("setup.ownMachine"), "warn")),
        textField({ label: () => t("setup.addresses"), value: () => draft.value.addresses, change: (addresses) => set({ addresses, ...(isOwnRow && isOutside(addresses) ? { origin: "external" } : {}) }), fault: about("addresses"), hint: () => t("setup.addressesHint"), more: { spellcheck: "false", placeholder: "192.0.2.10 192.0.2.0/28" } }),
        h("div", { class: "pair" },
            selectField({ label: () => t("setup.origin"), value: () => draft.value.origin, change: (origin) => set({ origin }), fault: about("origin"), choices: () => ["external", "internal", "city"].map((value) => ({ value, label: t(`admin.trunks.origin.${value}`) })) }),
            textField({ label: () => t("setup.area"), kind: "tel", value: () => draft.value.homeArea, change: (homeArea) => set({ homeArea }), fault: about("homeArea"), hint: () => t("setup.areaHint"), more: { maxlength: 6 } })),
        show(() => listening.value, () => h("p", { class: "small-text quiet" }, () => t("setup.listening", { detail: listening.value }))),
        row ? h("p", { class: "small-text quiet" }, h("a", { href: address(["admin", "trunks", row.key]) }, () => t("setup.trunkMore"))) : null,
    );
}
