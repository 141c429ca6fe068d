/** The telephone of a seat: none but the browser's, one that registers here, or one at an address. */
import { h, show } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { copyable } from "../../ui/copy.js";
import { checkBox, segments, textField } from "../../ui/field.js";

/** Signs of a made password: 20 of 55, about 115 bits. */
const madeLength = 20;
/** Without those that look like another when they are typed from a screen into a telephone. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/** A password from the browser's own source of chance; every sign is as likely as any other. */
export function madePassword() {
    const signs = [];
    while (signs.length < madeLength) {
        for (const byte of crypto.getRandomValues(new Uint8Array(madeLength))) {
            // What does not fit a whole number of times would favour the first signs.
            if (byte < Math.floor(256 / alphabet.length) * alphabet.length) signs.push(alphabet[byte % alphabet.length]);
        }
    }
    return signs.slice(0, madeLength).join("");
}

/** @param {import("./row-form.js").Form} form */
export function phoneField(form) {
    const phone = () => form.read("phone");
    const kind = () => (phone() === undefined ? "none" : "uri" in phone() ? "uri" : "user");
    const made = signal("");
    /** @param {Record<string, any>} change */
    const set = (change) => form.set("phone", { ...form.draft.peek().phone, ...change });
    /** @param {string} name */
    const fault = (name) => () => {
        const found = form.findings.value.find((one) => one.field === `phone.${name}` || (one.field === "phone" && name !== "password"));
        return found ? `${found.fault} ${found.remedy}` : null;
    };
    /** @param {string} next */
    const choose = (next) => {
        made.value = "";
        const former = form.saved.peek().phone;
        const isFormer = former && ("uri" in former ? "uri" : "user") === next;
        form.set("phone", next === "none" ? undefined : isFormer ? former : next === "uri" ? { kind: "sip", uri: "" } : { kind: "sip", user: "" });
    };
    return h(
        "div", { class: "stack whole" },
        segments({ label: () => t("admin.field.phone"), value: kind, change: choose, choices: () => ["none", "user", "uri"].map((value) => ({ value, label: t(`admin.phone.${value}`) })) }),
        h("p", { class: "hint quiet" }, () => t(`admin.phone.${kind()}.hint`)),
        show(() => kind() === "user", () => [
            h(
                "div", { class: "grid-fields" },
                textField({ label: () => t("admin.phone.account"), value: () => phone()?.user ?? "", change: (user) => set({ user: user.trim() }), fault: fault("user"), more: { spellcheck: "false", autocomplete: "off" } }),
                textField({
                    label: () => t("admin.phone.password"), kind: "password", value: () => phone()?.password ?? "", fault: fault("password"),
                    change: (password) => ((made.value = ""), set({ password: password || undefined })), hint: () => t(phone()?.hasPassword ? "admin.phone.passwordKept" : "admin.phone.passwordHint"),
                    more: { autocomplete: "new-password", minlength: 12 },
                }),
                h("div", { class: "field" }, h("span", { class: "label" }), button({ label: () => t("admin.phone.make"), symbol: "key", press: () => ((made.value = madePassword()), set({ password: made.peek() })) })),
            ),
            show(() => made.value, () => h("div", { class: "stack made" }, copyable({ text: () => made.value, label: () => t("admin.phone.made") }), h("p", { class: "hint quiet" }, () => t("admin.phone.madeHint")))),
        ]),
        show(() => kind() === "uri", () => h(
            "div", { class: "grid-fields" },
            textField({ label: () => t("admin.phone.address"), value: () => phone()?.uri ?? "", change: (uri) => set({ uri: uri.trim() }), fault: fault("uri"), hint: () => t("admin.phone.addressHint"), more: { spellcheck: "false" } }),
            h("div", { class: "field toggle" }, checkBox({ label: () => t("admin.phone.probe"), value: () => Boolean(phone()?.probe), change: (probe) => set({ probe: probe || undefined }) }), h("span", { class: "hint" }, () => t("admin.phone.probeHint"))),
        )),
    );
}
