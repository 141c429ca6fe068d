/** Who uses this browser, and what that person may do. */
import { Problem, context, get, post, put, remove } from "./api.js";
import { reset } from "./events.js";
import { signal } from "./reactive.js";
import { zone } from "./time.js";

/** `undefined` until the server has been asked, `null` when nobody is signed in. */
export const session = signal(/** @type {import("./types.js").SessionBody | null | undefined} */ (undefined));
/** Somebody was signed in and the session has run out: a dialog asks for the password, over the page as it is. */
export const hasExpired = signal(false);

/** @type {((again: boolean) => void)[]} */
let waiting = [];

context.signInAgain = () => {
    if (!session.peek()) return Promise.resolve(false);
    hasExpired.value = true;
    return new Promise((resolve) => waiting.push(resolve));
};

context.askAgain = async () => {
    const proof = context.csrf;
    if (!session.peek()) return false;
    try {
        begin(await get("/session", { again: false }));
    } catch (error) {
        if (error instanceof Problem && error.status === 401) return context.csrf === proof ? context.signInAgain() : true;
        throw error;
    }
    return context.csrf !== proof;
};

/** @param {boolean} again */
function release(again) {
    hasExpired.value = false;
    for (const resolve of waiting.splice(0)) resolve(again);
}

/** @param {import("./types.js").SessionBody} body */
function begin(body) {
    const before = session.peek();
    if (before && before.person.number !== body.person.number) {
        // Another person: nothing of the former one's page may stay.
        location.hash = "";
        location.reload();
        return;
    }
    context.csrf = body.csrf;
    context.person = body.person.number;
    zone.value = body.centre.zone;
    session.value = body;
    reset();
    release(true);
}

/** Asks who is signed in. Throws when the server cannot be reached. */
export async function load() {
    try {
        begin(await get("/session", { again: false }));
    } catch (error) {
        if (!(error instanceof Problem) || error.status !== 401) throw error;
        session.value = null;
    }
}

/** After the event stream has been refused: is the session still good? */
export async function check() {
    if (!session.peek() || hasExpired.peek()) return;
    const proof = context.csrf;
    try {
        begin(await get("/session", { again: false }));
    } catch (error) {
        // Late: somebody has signed in while the answer for the former session was on the way.
        if (error instanceof Problem && error.status === 401 && context.csrf === proof) hasExpired.value = true;
    }
}

/**
 * @param {string} user
 * @param {string} password
 */
export async function signIn(user, password) {
    begin(await post("/session", { user, password }, { again: false }));
}

export async function signOut() {
    try {
        await remove("/session", { again: false });
    } catch (error) {
        if (!(error instanceof Problem) || error.status !== 401) throw error;
    }
    context.csrf = "";
    context.person = "";
    session.value = null;
    release(false);
    reset();
}

/**
 * @param {string} old
 * @param {string} next
 */
export async function changePassword(old, next) {
    await put("/session/password", { old, new: next });
    // Whoever had to change it may do more from now on.
    begin(await get("/session"));
}

/**
 * Whether the person may do this at all; how far it reaches is the server's to say.
 * @param {string} permission
 */
export const may = (permission) => Boolean(session.value?.permissions[permission]);
