/**
 * What the desk shows, as the server tells it: one state that comes whole on every change.
 *
 * Never: without the stream the state is asked for every few seconds. Twice: an order that is being carried out, or whose
 * effect is not on the screen yet, is not given again. Late: a state older than the one shown is thrown away, and an
 * order whose end was reached without it is no fault.
 */
import { Problem, get, post, put, remove } from "../../core/api.js";
import { follow } from "../../core/events.js";
import { named } from "../../core/i18n.js";
import { computed, effect, onCleanup, signal } from "../../core/reactive.js";
import { check, session } from "../../core/session.js";
import { adjust } from "../../core/time.js";
import { explain } from "../../core/i18n.js";
import { complain, toast } from "../../ui/toast.js";

/** @typedef {import("../../core/types.js").DeskBody} DeskBody */
/** @typedef {import("../../core/types.js").Presence} Presence */

/** Milliseconds between questions while the event stream is down. */
const askPace = 3_000;
/** Milliseconds that an order waits for the state that shows its effect. */
const mostLag = 1_000;

export const desk = signal(/** @type {DeskBody | null} */ (null));
export const call = computed(() => desk.value?.call ?? null);
/** The call's identity: parts that belong to one call are built for it and go with it. */
export const interaction = computed(() => call.value?.interaction ?? null);
export const activity = computed(() => desk.value?.activity ?? "idle");
export const presence = computed(() => desk.value?.presence ?? "offline");
export const isSignedIn = computed(() => Boolean(desk.value?.seat) && presence.value !== "offline");
/** What the event stream is at the moment. */
export const streamIsUp = signal(true);

/** @param {DeskBody} body */
function receive(body) {
    const before = desk.peek();
    if (before && before.agent.number === body.agent.number && body.at < before.at) return;
    adjust(body.at);
    desk.value = body;
    for (const resolve of awaiting.splice(0)) resolve();
}

/** @type {(() => void)[]} */
const awaiting = [];
const nextState = () =>
    new Promise((resolve) => {
        awaiting.push(() => resolve(undefined));
        setTimeout(resolve, mostLag);
    });

/** Asks once; faults are left to the caller. */
export const ask = async () => receive(await get("/desk"));

/** Follows the state as long as the present scope lives. */
export function followDesk() {
    follow("/desk/events", ["desk"], {
        heard: ({ data }) => receive(JSON.parse(data)),
        state: (isUp) => {
            if (!isUp && streamIsUp.peek()) void check();
            streamIsUp.value = isUp;
        },
    });
    let timer = 0;
    effect(() => {
        clearInterval(timer);
        if (streamIsUp.value) return;
        timer = setInterval(() => void ask().catch(() => {}), askPace);
    });
    void ask().catch(() => {});
    onCleanup(() => {
        clearInterval(timer);
        desk.value = null;
        streamIsUp.value = true;
    });
}

/** Orders that have been sent and not yet answered. */
const running = signal(/** @type {readonly string[]} */ ([]));
/** @param {string} name */
export const isRunning = (name) => running.value.includes(name);

/**
 * People know their groups by name.
 * @param {string} key
 */
const groupName = (key) => named(desk.peek()?.queues.find((one) => one.key === key)?.names, key);

const me = () => encodeURIComponent(session.peek()?.person.number ?? "");

/** Reasons why an order came too late: the caller, another agent or another window was faster. */
const lateReasons = ["offerUnknown", "notTalking", "notInWrapUp"];

/**
 * Whether what an order was to bring about is there, though the order itself came too late.
 * @param {string} name
 * @param {string | null} meant the interaction it was given for
 */
function isReached(name, meant) {
    if (name === "answer") return can.talk() && interaction.peek() === meant;
    return ["decline", "hang-up", "rate", "wrap-up/end"].includes(name);
}

/**
 * Gives an order for this agent; what becomes of it comes with the next state.
 * @param {string} name the part of the address after the agent
 * @param {unknown} [body]
 * @returns {Promise<boolean>} whether it was carried out; people have been told if not
 */
export async function order(name, body) {
    if (running.peek().includes(name)) return false;
    running.value = [...running.peek(), name];
    const [before, meant] = [desk.peek(), interaction.peek()];
    try {
        await (name === "presence" ? put : post)(`/agents/${me()}/${name}`, body);
        if (!streamIsUp.peek()) await ask();
        else if (desk.peek() === before) await nextState();
        return true;
    } catch (error) {
        if (error instanceof Problem && error.reason === "breakQuotaReached") error.details.queue = groupName(error.details.queue);
        if (!(error instanceof Problem) || !lateReasons.includes(error.reason ?? "")) {
            complain(error);
            return false;
        }
        await ask().catch(() => {});
        if (isReached(name, meant)) return true;
        toast(explain(error));
        return false;
    } finally {
        running.value = running.peek().filter((one) => one !== name);
    }
}

/**
 * @param {Presence} presence
 * @param {string | null} [reason]
 */
export const choosePresence = (presence, reason) => order("presence", reason ? { presence, reason } : { presence });

/**
 * Takes back a request for a break, or puts away one that was refused.
 * @param {string} id
 */
export async function dismissBreak(id) {
    try {
        await remove(`/break-requests/${encodeURIComponent(id)}`);
        await ask();
    } catch (error) {
        complain(error);
    }
}

/** May this be done now? Buttons and shortcuts ask the same question. */
export const can = {
    answer: () => activity.value === "ringing" && !isRunning("answer"),
    decline: () => activity.value === "ringing" && !isRunning("decline"),
    talk: () => activity.value === "talking" || activity.value === "hold",
    hold: () => activity.value === "talking" && !isRunning("hold"),
    resume: () => activity.value === "hold" && !isRunning("resume"),
    rate: () => Boolean(call.value?.canRate) && (activity.value === "talking" || activity.value === "hold") && !isRunning("rate"),
    finish: () => activity.value === "wrapUp" && !isRunning("wrap-up/end"),
    beReady: () => activity.value === "wrapUp" || (isSignedIn.value && (presence.value !== "ready" || desk.value?.next != null)),
};

/** Ends wrap-up where there is one, and is ready for the next call. */
export async function finishAndBeReady() {
    const body = desk.peek();
    if (!body) return;
    if (body.activity === "wrapUp" && !(await order("wrap-up/end"))) return;
    if (body.presence !== "ready" && !body.next) await choosePresence("ready");
}
