/** In and out for many people at once. */
import { download } from "../../core/csv.js";
import { h } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { day, now } from "../../core/time.js";
import { button } from "../../ui/button.js";
import { icon } from "../../ui/icons.js";
import { complain } from "../../ui/toast.js";
import { table } from "./people-csv.js";
import { readAll } from "./references.js";

export const importLink = () => h("a", { class: "button", href: address(["admin", "people-import"]) }, icon("upload"), () => t("admin.import"));

export function exportButton() {
    const isBusy = signal(false);
    const press = async () => {
        isBusy.value = true;
        try {
            download(`people-${day(now())}.csv`, table(await readAll("/centre/people")));
        } catch (error) {
            complain(error);
        }
        isBusy.value = false;
    };
    return button({ label: () => t("admin.export"), symbol: "download", press: () => void press(), disabled: () => isBusy.value });
}
