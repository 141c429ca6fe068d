// A classic script in the head: a page of which a part did not arrive would stay blank. It is loaded anew as soon as the
// server answers again; when that does not help, the next time after twice as long, a minute at most.
(() => {
    const name = "hotline.arrivals";
    /** Milliseconds until the server is asked first, and until a page that is there has proved itself. */
    const pace = 3_000;
    const slowest = 60_000;
    const tries = () => {
        try {
            return Number(sessionStorage.getItem(name) ?? 0);
        } catch {
            return 0;
        }
    };
    /** @param {number} count */
    const note = (count) => {
        try {
            if (count > 0) sessionStorage.setItem(name, String(count));
            else sessionStorage.removeItem(name);
        } catch {
            // Nothing can be kept: each time is the first.
        }
    };
    const wait = Math.min(pace * 2 ** tries(), slowest);
    let isAsking = false;
    const ask = async () => {
        try {
            const answer = await fetch(location.pathname, { cache: "no-store" });
            if (answer.ok) {
                if (document.body.dataset.ready) return;
                note(tries() + 1);
                return location.reload();
            }
        } catch {
            // Not reachable yet.
        }
        setTimeout(ask, wait);
    };
    addEventListener("error", (event) => {
        if (isAsking || !(event.target instanceof HTMLScriptElement)) return;
        isAsking = true;
        setTimeout(ask, wait);
    }, true);
    addEventListener("load", () => setTimeout(() => document.body.dataset.ready && note(0), pace));
})();
