/**
 * The call form's content: kept in this browser at every key, sent when the person pauses.
 *
 * Never: what could not be sent stays here and is sent later, also after a reload. Late: while an older save is under
 * way, newer content waits for its answer. Two agents on one machine: what is kept carries the number of its writer.
 */
import { Problem, get, put } from "../../core/api.js";
import { onCleanup, signal } from "../../core/reactive.js";
import { session } from "../../core/session.js";
import { recall, recalled, remember } from "../../core/store.js";

/** @typedef {import("../../core/types.js").FormBody} FormBody */
/** @typedef {"loading" | "saved" | "unsaved" | "saving" | "offline" | "failed"} SaveState */

/** Milliseconds after the last key until the form is sent, and until an unsent one is tried again. */
const restBeforeSaving = 700;
const retryPace = 5_000;

/** @param {string} interaction */
const keptName = (interaction) => `form.${session.peek()?.person.number}.${interaction}`;

/** @param {FormBody} form */
const bare = ({ interaction, requestType, disposition, notes, ticket }) => ({ interaction, requestType, disposition, notes, ticket });

/**
 * The form of one interaction.
 * @param {string} interaction
 */
export function openForm(interaction) {
    const name = keptName(interaction);
    const kept = /** @type {FormBody | undefined} */ (recall(name));
    const form = signal(/** @type {FormBody} */ (kept ?? { interaction, requestType: null, disposition: null, notes: "", ticket: null }));
    const state = signal(/** @type {SaveState} */ (kept ? "unsaved" : "loading"));
    let timer = 0;
    /** @type {Promise<boolean> | null} */
    let saving = null;

    /** @param {number} after */
    const later = (after) => {
        clearTimeout(timer);
        timer = setTimeout(() => void save(), after);
    };
    /** @returns {Promise<boolean>} */
    const save = async () => {
        clearTimeout(timer);
        if (state.peek() === "saved" || state.peek() === "loading") return true;
        if (saving) return saving.then(() => save());
        const sent = form.peek();
        state.value = "saving";
        saving = (async () => {
            try {
                const answer = await put(`/interactions/${encodeURIComponent(interaction)}/form`, bare(sent));
                if (form.peek() !== sent) {
                    state.value = "unsaved";
                    return true;
                }
                form.value = { ...sent, savedAt: answer?.savedAt ?? Date.now() };
                state.value = "saved";
                remember(name, undefined);
                return true;
            } catch (error) {
                const isHopeless = error instanceof Problem && [400, 403, 404].includes(error.status);
                state.value = isHopeless ? "failed" : "offline";
                if (!isHopeless) later(retryPace);
                return false;
            }
        })();
        const isSaved = await saving;
        saving = null;
        return isSaved && state.peek() === "unsaved" ? save() : isSaved;
    };
    /** @param {Partial<FormBody>} change */
    const edit = (change) => {
        form.value = { ...form.peek(), ...change };
        remember(name, bare(form.peek()));
        if (state.peek() !== "saving") state.value = "unsaved";
        later(restBeforeSaving);
    };
    const load = async () => {
        try {
            const answer = /** @type {FormBody} */ (await get(`/interactions/${encodeURIComponent(interaction)}/form`));
            // Late: the person has begun to write meanwhile; that counts.
            if (state.peek() === "loading") {
                form.value = answer;
                state.value = "saved";
            }
        } catch {
            if (state.peek() === "loading") state.value = "saved";
        }
    };
    if (kept) later(0);
    else void load();
    const online = () => state.peek() === "offline" && void save();
    addEventListener("online", online);
    onCleanup(() => {
        removeEventListener("online", online);
        void save();
    });
    return { form, state, edit, save };
}

/** Sends what an earlier page of this person could not send. */
export async function sendKeptForms() {
    for (const name of recalled(`form.${session.peek()?.person.number}.`)) {
        const kept = /** @type {FormBody | undefined} */ (recall(name));
        if (!kept) continue;
        try {
            await put(`/interactions/${encodeURIComponent(kept.interaction)}/form`, bare(kept));
            remember(name, undefined);
        } catch (error) {
            // The interaction is gone or closed to us: it will never be taken.
            if (error instanceof Problem && [400, 403, 404].includes(error.status)) remember(name, undefined);
        }
    }
}
