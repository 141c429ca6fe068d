/** Time as the centre counts it: its clock, its zone. */
import { locale } from "./i18n.js";
import { signal } from "./reactive.js";

/** The centre's zone; the session tells it. */
export const zone = signal("Asia/Shanghai");
/** What the server's clock is ahead of ours, milliseconds. */
let ahead = 0;

/**
 * A body of the server was made at `at`: its clock is the one that counts.
 * @param {number} at
 */
export function adjust(at) {
    const difference = at - Date.now();
    // Transit only ever makes the server seem late; small changes would make countdowns jump.
    if (Math.abs(difference - ahead) > 500) ahead = difference;
}

/** Now, by the server's clock. */
export const now = () => Date.now() + ahead;

/** Changes twice a second: what reads it is shown anew. */
const ticks = signal(0);
/** How often countdowns are drawn, milliseconds. */
const pace = 500;
setInterval(() => (ticks.value += 1), pace);

/** Now, again and again. */
export function passing() {
    void ticks.value;
    return now();
}

/**
 * 0:42, 12:05, 1:02:07.
 * @param {number | null | undefined} milliseconds
 */
export function span(milliseconds) {
    if (milliseconds === null || milliseconds === undefined) return "–";
    const whole = Math.max(0, Math.floor(milliseconds / 1000));
    const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const tail = String(seconds).padStart(2, "0");
    return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/**
 * Rounded up: a countdown ends when it shows 0:00.
 * @param {number} milliseconds
 */
export const left = (milliseconds) => span(Math.max(0, Math.ceil(milliseconds / 1000)) * 1000);

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {Intl.DateTimeFormatOptions} options
 * @param {number} at
 */
function format(options, at) {
    const key = locale() + zone.value + JSON.stringify(options);
    let made = formats.get(key);
    if (!made) {
        made = new Intl.DateTimeFormat(locale(), { timeZone: zone.value, hourCycle: "h23", ...options });
        formats.set(key, made);
    }
    return made.format(at);
}

/**
 * 14:05.
 * @param {number} at
 */
export const clock = (at) => format({ hour: "2-digit", minute: "2-digit" }, at);
/**
 * 14:05:09.
 * @param {number} at
 */
export const clockSeconds = (at) => format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }, at);
/**
 * 25 Nov, 14:05.
 * @param {number} at
 */
export const moment = (at) => format({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }, at);
/**
 * With the year and seconds.
 * @param {number} at
 */
export const fullMoment = (at) => format({ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" }, at);

/**
 * The time today, else the day too.
 * @param {number} at
 */
export const brief = (at) => (day(at) === day(now()) ? clock(at) : moment(at));

/**
 * YYYY-MM-DD in the centre's zone.
 * @param {number} at
 */
export function day(at) {
    const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone.value, year: "numeric", month: "2-digit", day: "2-digit" });
    return parts.format(at);
}

/**
 * What the clocks of the zone are ahead of UTC at that time.
 * @param {number} at
 */
function offset(at) {
    const parts = new Intl.DateTimeFormat("en-US", {
        timeZone: zone.value, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    }).formatToParts(at);
    const part = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - Math.floor(at / 1000) * 1000;
}

/**
 * What a date-time field holds for a time, in the centre's zone.
 * @param {number | null | undefined} at
 */
export function toField(at) {
    if (!at) return "";
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone.value, hourCycle: "h23", hour: "2-digit", minute: "2-digit" });
    return `${day(at)}T${parts.format(at)}`;
}

/**
 * From what a date or date-time field holds, read in the centre's zone.
 * @param {string} text
 * @returns {number | null}
 */
export function fromField(text) {
    const bare = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);
    if (Number.isNaN(bare)) return null;
    // Twice, for the days on which the clocks change.
    const first = bare - offset(bare);
    return bare - offset(first);
}
