/**
 * Asking the server: JSON in, JSON out, every fault a `Problem`.
 *
 * Late: a request is given up after `patience`. Twice: a POST carries a key, so that a repeated one is done once.
 * Never: without an answer the problem's code is `unreachable`, and the caller decides whether to try again.
 */

/** Everything of the interface lies below this. */
export const root = "/api/v1";
/** Milliseconds after which an answer is no longer waited for. */
const patience = 15_000;
/** Milliseconds for a file: a workbook of 100,000 rows is made before it comes, and a CSV has any number of them. */
const filePatience = 600_000;

/** What went wrong, in the server's words (RFC 9457) or, with status 0, without any. */
export class Problem extends Error {
    /** @param {{status: number, code: string, detail?: string, field?: string | null, details?: Record<string, any>}} body */
    constructor(body) {
        super(body.detail ?? body.code);
        this.status = body.status;
        this.code = body.code;
        this.field = /** @type {string | null} */ (body.field ?? body.details?.field ?? null);
        this.details = body.details ?? {};
    }
    /** The finer cause, on which people are told different things. */
    get reason() {
        return /** @type {string | undefined} */ (this.details.reason);
    }
    get isUnreachable() {
        return this.status === 0 || this.status === 502 || this.status === 504;
    }
}

/** What the session gives to every request: its proof against forgery, and what to do when it has run out. */
export const context = {
    csrf: "",
    /** Whose session it is: what one person sent is not sent again as another. */
    person: "",
    /**
     * Resolves to true when somebody has signed in again and the request may be repeated.
     * @type {() => Promise<boolean>}
     */
    signInAgain: async () => false,
    /**
     * Asks anew who is signed in here, after a proof that belongs to another session than the cookie.
     * Resolves to true when the proof is a new one and the request may be repeated.
     * @type {() => Promise<boolean>}
     */
    askAgain: async () => false,
};

/** @typedef {{key?: string, patience?: number, again?: boolean, keepalive?: boolean, accept?: string}} Options */

/** @param {Response} response */
const isJSON = (response) => (response.headers.get("Content-Type") ?? "").includes("json");

/**
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
async function problem(response) {
    let body = /** @type {any} */ ({});
    try {
        body = await response.json();
    } catch {
        // A proxy's page instead of a problem: the status has to do.
    }
    const fallback = response.status === 401 ? "unauthenticated" : response.status >= 500 ? "unavailable" : "invalid";
    return new Problem({ ...body, status: response.status, code: body.code ?? fallback });
}

/**
 * @param {string} method
 * @param {string} path below `root`
 * @param {unknown} [body] a file goes as it is, with its own type; anything else as JSON
 * @param {Options} [options]
 * @returns {Promise<Response>} one that went well; everything else is thrown as a `Problem`
 */
async function answered(method, path, body, options = {}) {
    /** @type {Record<string, string>} */
    const headers = { Accept: options.accept ?? "application/json" };
    const isFile = body instanceof Blob;
    if (body !== undefined) headers["Content-Type"] = isFile ? body.type : "application/json";
    if (method !== "GET" && context.csrf) headers["X-CSRF-Token"] = context.csrf;
    const key = options.key ?? crypto.randomUUID();
    if (method === "POST") headers["Idempotency-Key"] = key;
    const sent = { proof: context.csrf, person: context.person };
    let response;
    try {
        response = await fetch(root + path, {
            method,
            headers,
            body: body === undefined ? undefined : isFile ? body : JSON.stringify(body),
            cache: "no-store",
            keepalive: options.keepalive ?? false,
            signal: /** @type {any} */ (AbortSignal).timeout(options.patience ?? patience),
        });
    } catch (error) {
        throw new Problem({ status: 0, code: "unreachable", detail: String(error) });
    }
    if (response.ok) return response;
    const found = await problem(response);
    if (options.again !== false && (await mayRepeat(found, sent))) return answered(method, path, body, { ...options, key, again: false });
    throw found;
}

/**
 * Whether a request fell between two sessions and may be sent once more.
 *
 * Late: the answer of the former session arrives when the next one has begun; the sent proof tells. Between the two:
 * signing in has set the new cookie, and its answer with the new proof is still on the way.
 * @param {Problem} found
 * @param {{proof: string, person: string}} sent with which proof the request went out, and whose it was
 * @returns {Promise<boolean>}
 */
async function mayRepeat(found, { proof, person }) {
    const isUnknown = found.status === 401;
    if (!isUnknown && found.reason !== "csrf") return false;
    const isNewer = context.csrf !== proof || (await (isUnknown ? context.signInAgain() : context.askAgain()));
    return isNewer && person !== "" && context.person === person;
}

/**
 * @param {string} method
 * @param {string} path below `root`
 * @param {unknown} [body] a file goes as it is, with its own type; anything else as JSON
 * @param {Options} [options]
 * @returns {Promise<any>} the decoded answer, or null when there is none
 */
export async function request(method, path, body, options = {}) {
    const response = await answered(method, path, body, options);
    if (response.status === 204) return null;
    return isJSON(response) ? response.json() : response.arrayBuffer();
}

/**
 * A file that the server makes. It is whole or it is a `Problem`: an answer that breaks off is no file.
 * @param {string} path
 * @param {string} otherwise its name when the server gives none
 * @returns {Promise<{name: string, content: Blob}>}
 */
export async function getFile(path, otherwise) {
    const response = await answered("GET", path, undefined, { accept: "*/*", patience: filePatience });
    // A server of another version shows its list instead.
    if (isJSON(response)) throw new Problem({ status: response.status, code: "unsupported", detail: "" });
    const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? otherwise;
    try {
        return { name, content: await response.blob() };
    } catch (error) {
        throw new Problem({ status: 0, code: "unreachable", detail: String(error) });
    }
}

/**
 * @param {string} path
 * @param {Options} [options]
 */
export const get = (path, options) => request("GET", path, undefined, options);
/**
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 */
export const post = (path, body, options) => request("POST", path, body, options);
/**
 * @param {string} path
 * @param {unknown} body
 * @param {Options} [options]
 */
export const put = (path, body, options) => request("PUT", path, body, options);
/**
 * @param {string} path
 * @param {Options} [options]
 */
export const remove = (path, options) => request("DELETE", path, undefined, options);

/**
 * A key as a part of a path. A plus means itself there, and numbers begin with one.
 * @param {string} key
 */
export const segment = (key) => encodeURIComponent(key).replaceAll("%2B", "+");

/**
 * `?a=1&b=2` of everything that is neither empty nor missing.
 * @param {Record<string, string | number | null | undefined>} values
 */
export function query(values) {
    const parts = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) {
        if (value !== null && value !== undefined && value !== "") parts.set(name, String(value));
    }
    const text = parts.toString();
    return text ? `?${text}` : "";
}
