/** A whole list as a file: what the filters let through, not the page that is shown (mission G19). */
import { Problem, getFile, query, root } from "../core/api.js";
import { h, show } from "../core/dom.js";
import { saveFile } from "../core/file.js";
import { explain, locale, number, t } from "../core/i18n.js";
import { signal } from "../core/reactive.js";
import { day, now } from "../core/time.js";
import { button } from "./button.js";
import { menu } from "./menu.js";
import { toast } from "./toast.js";

/** CSV holds any number of rows, XLSX up to 100,000: a workbook is made in the server's memory. */
const formats = ["csv", "xlsx"];

/**
 * A list of the server: `paged` makes one, and so does a page that reads its list by itself.
 * @typedef {{path: string, filters: () => Record<string, string | number | null | undefined>, isEmpty: () => boolean}} Listed
 */

/** @param {unknown} error */
function fileFault(error) {
    const isTooLong = error instanceof Problem && error.field === "format" && error.details.limit;
    return isTooLong ? t("listFile.tooLong", { most: number(Number(error.details.limit)) }) : explain(error);
}

/**
 * A menu with the list as CSV and as XLSX; nothing while the list is empty. Its entries are links, so that they can be
 * copied or opened elsewhere; pressed, the file is fetched first, because a refusal has to be read here and not in a file.
 * @param {Listed} list
 * @param {() => string} name what the list is called
 */
export function listFile(list, name) {
    const isBusy = signal(false);
    const address = (/** @type {string} */ format) => list.path + query({ ...list.filters(), format, language: locale() });
    /** @param {string} format */
    const fetchAndSave = async (format) => {
        // Twice: one file at a time.
        if (isBusy.peek()) return;
        isBusy.value = true;
        try {
            const file = await getFile(address(format), `hotline-${list.path.split("/").pop()}-${day(now())}.${format}`);
            saveFile(file.name, file.content);
            toast(t("listFile.saved", { file: file.name }));
        } catch (error) {
            toast(fileFault(error), { look: "bad" });
        }
        isBusy.value = false;
    };
    /**
     * @param {MouseEvent} event
     * @param {string} format
     * @param {() => void} close
     */
    const press = (event, format, close) => {
        close();
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        void fetchAndSave(format);
    };
    const entry = (/** @type {string} */ format, /** @type {() => void} */ close) => h("a", {
        role: "menuitem", tabIndex: -1, download: "", href: () => root + address(format),
        "aria-label": () => t("listFile.as", { list: name(), format: format.toUpperCase() }), onclick: (/** @type {MouseEvent} */ event) => press(event, format, close),
    }, format.toUpperCase());
    return show(() => !list.isEmpty(), () => h("div", { class: "list-file" }, menu({
        label: () => t("listFile.of", { list: name() }), look: "full",
        trigger: ({ toggle, attributes }) => button({
            label: () => t(isBusy.value ? "listFile.making" : "listFile.take"), spoken: () => t(isBusy.value ? "listFile.makingOf" : "listFile.of", { list: name() }), symbol: "download",
            press: () => !isBusy.peek() && toggle(), more: { ...attributes, "aria-busy": () => String(isBusy.value), "aria-disabled": () => (isBusy.value ? "true" : null) },
        }),
        items: (close) => formats.map((format) => entry(format, close)),
    }).node));
}
