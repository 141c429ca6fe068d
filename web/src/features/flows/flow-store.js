/**
 * One flow that is being edited: the document, what undoes what, and the draft on the server.
 *
 * Never: a draft that could not be saved is sent again until it could. Late: while an older save is under way, newer
 * changes wait for its answer. Twice: somebody else saved the draft meanwhile: changes that do not touch are joined, else
 * the person sees both and chooses; what was not chosen can be had back with undo.
 */
import { Problem, get, post, put, remove } from "../../core/api.js";
import { computed, onCleanup, signal } from "../../core/reactive.js";
import { now } from "../../core/time.js";
import { isSame, merge } from "./edits.js";

/** @typedef {import("./kinds.js").FlowDocument} FlowDocument */
/** @typedef {import("./kinds.js").Finding} Finding */
/** @typedef {"saved" | "unsaved" | "saving" | "offline" | "failed" | "conflict"} SaveState */
/** @typedef {{document: FlowDocument, revision: number, base?: number, savedAt: number, savedBy: string}} Draft */
/** @typedef {{key: string, numbers: string[], version?: number, publishedAt?: number, publishedBy?: string, document?: FlowDocument, draft?: Draft, findings: Finding[]}} FlowBody */

/** Milliseconds after the last change until the draft is saved, and until a failed save is tried again. */
const restBeforeSaving = 900;
const retryPace = 5_000;
/** Milliseconds within which changes of the same thing, such as the letters of a word, are undone together. */
const together = 2_000;
/** Steps that can be undone. */
const mostUndo = 200;

/** @param {string} key */
export function openFlow(key) {
    const path = `/flows/${encodeURIComponent(key)}`;
    const body = signal(/** @type {FlowBody | null} */ (null));
    const document = signal(/** @type {FlowDocument | null} */ (null));
    const findings = signal(/** @type {Finding[]} */ ([]));
    const state = signal(/** @type {SaveState} */ ("saved"));
    const fault = signal(/** @type {unknown} */ (null));
    const draft = signal(/** @type {{revision: number, savedAt: number, savedBy: string} | null} */ (null));
    const theirs = signal(/** @type {FlowBody | null} */ (null));
    const past = signal(/** @type {FlowDocument[]} */ ([]));
    const future = signal(/** @type {FlowDocument[]} */ ([]));
    const joined = signal(0);
    /**
     * What the server has.
     * @type {FlowDocument | null}
     */
    let known = null;
    let lastTag = "";
    let lastAt = 0;
    let timer = 0;
    /** @type {Promise<boolean> | null} */
    let saving = null;

    /** @param {FlowBody} next */
    const adopt = (next) => {
        body.value = next;
        known = next.draft?.document ?? next.document ?? null;
        draft.value = next.draft ? { revision: next.draft.revision, savedAt: next.draft.savedAt, savedBy: next.draft.savedBy } : null;
    };
    const load = async () => {
        try {
            const next = /** @type {FlowBody} */ (await get(path));
            adopt(next);
            document.value = known;
            findings.value = next.findings;
            state.value = "saved";
            fault.value = null;
        } catch (error) {
            fault.value = error;
        }
    };
    /** @param {number} after */
    const later = (after) => {
        clearTimeout(timer);
        timer = setTimeout(() => void save(), after);
    };
    const changed = () => {
        if (state.peek() !== "saving" && state.peek() !== "conflict") state.value = "unsaved";
        if (state.peek() !== "conflict") later(restBeforeSaving);
    };
    /**
     * @param {FlowDocument} next
     * @param {string} [tag] changes with the same tag in a row are one step
     */
    const edit = (next, tag = "") => {
        const present = document.peek();
        if (!present || isSame(present, next)) return;
        const isGoingOn = tag !== "" && tag === lastTag && Date.now() - lastAt < together;
        if (!isGoingOn) past.value = [...past.peek(), present].slice(-mostUndo);
        future.value = [];
        [lastTag, lastAt] = [tag, Date.now()];
        document.value = next;
        changed();
    };
    /**
     * @param {import("../../core/reactive.js").Signal<FlowDocument[]>} from
     * @param {import("../../core/reactive.js").Signal<FlowDocument[]>} to
     */
    const step = (from, to) => {
        const next = from.peek().at(-1);
        const present = document.peek();
        if (!next || !present) return;
        from.value = from.peek().slice(0, -1);
        to.value = [...to.peek(), present];
        lastTag = "";
        document.value = next;
        changed();
    };

    /** Somebody else saved meanwhile. */
    const reconcile = async () => {
        const other = /** @type {FlowBody} */ (await get(path));
        const mine = document.peek();
        const found = other.draft?.document ?? other.document;
        if (!mine || !found) return;
        const both = known ? merge(known, mine, found) : null;
        if (!both) {
            theirs.value = other;
            state.value = "conflict";
            return;
        }
        adopt(other);
        past.value = [...past.peek(), mine].slice(-mostUndo);
        document.value = both;
        joined.value += 1;
        state.value = "unsaved";
        later(0);
    };
    /**
     * @param {boolean} [isLast] the page is going away
     * @returns {Promise<boolean>}
     */
    const save = async (isLast = false) => {
        clearTimeout(timer);
        if (state.peek() === "saved") return true;
        if (state.peek() === "conflict") return false;
        if (saving) return saving.then(() => save());
        const sent = document.peek();
        state.value = "saving";
        saving = (async () => {
            try {
                const answer = await put(`${path}/draft`, { document: sent, revision: draft.peek()?.revision }, { keepalive: isLast });
                known = sent;
                draft.value = { revision: answer.revision, savedAt: answer.savedAt ?? now(), savedBy: "" };
                findings.value = answer.findings;
                fault.value = null;
                state.value = document.peek() === sent ? "saved" : "unsaved";
                if (state.peek() === "unsaved") later(restBeforeSaving);
                return true;
            } catch (error) {
                if (error instanceof Problem && error.reason === "changedMeanwhile") {
                    await reconcile().catch(() => (state.value = "offline"));
                } else {
                    const isPassing = !(error instanceof Problem) || error.isUnreachable || error.status >= 500;
                    state.value = isPassing ? "offline" : "failed";
                    fault.value = error;
                }
                if (state.peek() === "offline") later(retryPace);
                return false;
            } finally {
                saving = null;
            }
        })();
        return saving;
    };
    /** @param {boolean} isMine */
    const settle = (isMine) => {
        const other = theirs.peek();
        const mine = document.peek();
        if (!other || !mine) return;
        adopt(other);
        theirs.value = null;
        past.value = [...past.peek(), isMine ? known ?? mine : mine].slice(-mostUndo);
        state.value = isMine ? "unsaved" : "saved";
        if (!isMine) {
            document.value = known;
            findings.value = other.findings;
        } else later(0);
    };
    const discard = async () => {
        clearTimeout(timer);
        await saving;
        await remove(`${path}/draft`);
        const former = document.peek();
        await load();
        // A mistaken discard can be undone too.
        if (former) past.value = [...past.peek(), former].slice(-mostUndo);
    };
    const publish = async () => {
        if (!(await save())) throw fault.peek() ?? new Problem({ status: 409, code: "conflict", details: { reason: "changedMeanwhile" } });
        try {
            const { version } = await post(`${path}/publish`, { revision: draft.peek()?.revision });
            await load();
            return /** @type {number} */ (version);
        } catch (error) {
            if (error instanceof Problem && error.reason === "flowFindings") findings.value = JSON.parse(error.details.findings ?? "[]");
            throw error;
        }
    };
    /** @param {number} version */
    const restore = async (version) => {
        const made = await post(`${path}/versions/${version}/restore`);
        if (!draft.peek()) await load();
        else body.value = /** @type {FlowBody} */ (await get(path));
        return /** @type {number} */ (made.version);
    };
    void load();
    const leave = () => void save(true);
    const warn = (/** @type {BeforeUnloadEvent} */ event) => {
        if (state.peek() !== "saved") event.preventDefault();
    };
    addEventListener("pagehide", leave);
    addEventListener("beforeunload", warn);
    onCleanup(() => {
        removeEventListener("pagehide", leave);
        removeEventListener("beforeunload", warn);
        clearTimeout(timer);
        void save();
    });
    const isDraft = computed(() => draft.value !== null || state.value !== "saved");
    return {
        key, path, body, document, findings, state, fault, draft, theirs, joined, isDraft, edit, load, save, settle, discard, publish, restore,
        undo: () => step(past, future), redo: () => step(future, past), canUndo: () => past.value.length > 0, canRedo: () => future.value.length > 0,
    };
}

/** @typedef {ReturnType<typeof openFlow>} FlowStore */
