/** After a write: a word that it is done, and the way back. */
import { Problem, post } from "../../core/api.js";
import { explain, t } from "../../core/i18n.js";
import { may } from "../../core/session.js";
import { toast } from "../../ui/toast.js";
import { changed } from "./references.js";

/** Takes the offer away that a newer write has made impossible. */
let closeFormer = () => {};

/**
 * Tells that versions from `first` to `last` were made; Undo restores what was there before.
 * @param {string} text
 * @param {number} last
 * @param {{first?: number, undone?: () => void}} options
 */
export function written(text, last, options = {}) {
    const { first = last, undone } = options;
    changed();
    const press = async () => {
        try {
            await post(`/centre/versions/${first - 1}/restore?version=${last}`);
            changed();
            undone?.();
            toast(t("admin.undone"));
        } catch (error) {
            if (error instanceof Problem && error.reason === "changedMeanwhile") toast(t("admin.undoTooLate"), { look: "bad" });
            else if (error instanceof Problem && error.reason === "inUse") toast(t("admin.undoInUse"), { look: "bad" });
            else toast(explain(error), { look: "bad" });
        }
    };
    closeFormer();
    closeFormer = toast(text, may("centre.write") ? { action: { label: t("action.undo"), press: () => void press() } } : {});
}

