/** The way in for many people at once; the way out is that of every list. */
import { h } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { address } from "../../core/router.js";
import { icon } from "../../ui/icons.js";

export const importLink = () => h("a", { class: "button", href: address(["admin", "people-import"]) }, icon("upload"), () => t("admin.import"));
