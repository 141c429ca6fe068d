/** The fields that a type of request asks for. */
import { h } from "../core/dom.js";
import { named, t } from "../core/i18n.js";
import { textField } from "./field.js";

/** @typedef {import("../core/types.js").RequestField} RequestField */

/** Characters of one field. */
const mostLength = 500;

/**
 * @param {object} props
 * @param {() => RequestField[]} props.fields
 * @param {() => Record<string, string>} props.values
 * @param {(values: Record<string, string>) => void} props.change
 * @param {(key: string) => string | null} props.fault
 * @param {() => boolean} [props.disabled]
 */
export const requestFields = ({ fields, values, change, fault, disabled = () => false }) =>
    h("div", { class: "request-fields", hidden: () => fields().length === 0 }, () => fields().map((one) => textField({
        label: () => (one.isRequired ? t("ticket.requiredField", { name: named(one.names, one.key) }) : named(one.names, one.key)),
        value: () => values()[one.key] ?? "", change: (text) => change({ ...values(), [one.key]: text }), // What the server says of an empty field is said shorter here.
        fault: () => (fault(one.key) && !values()[one.key]?.trim() ? t("ticket.fieldMissing") : fault(one.key)),
        more: { required: one.isRequired, maxlength: mostLength, disabled },
    })));

/**
 * Only what the type asks for and what has been filled in.
 * @param {RequestField[]} fields
 * @param {Record<string, string>} values
 */
export const filled = (fields, values) => Object.fromEntries(fields.map((one) => [one.key, (values[one.key] ?? "").trim()]).filter(([, text]) => text !== ""));
