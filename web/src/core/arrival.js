// A classic script in the head: a page of which a part did not arrive would stay blank. It is loaded anew as soon as the
// server answers again.
(() => {
    /** Milliseconds between two questions. */
    const pace = 3_000;
    let isAsking = false;
    const ask = async () => {
        try {
            const answer = await fetch(location.pathname, { cache: "no-store" });
            if (answer.ok) return document.body.dataset.ready ? undefined : location.reload();
        } catch {
            // Not reachable yet.
        }
        setTimeout(ask, pace);
    };
    addEventListener("error", (event) => {
        if (isAsking || !(event.target instanceof HTMLScriptElement)) return;
        isAsking = true;
        setTimeout(ask, pace);
    }, true);
})();
