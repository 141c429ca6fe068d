/** The shared worker: one hub for all tabs of this browser. */
import { EventHub } from "./event-hub.js";

const hub = new EventHub();

/** @type {any} */ (self).onconnect = (/** @type {MessageEvent} */ event) => {
    const port = event.ports[0];
    /** @type {import("./event-hub.js").Taker} */
    const taker = (message) => port.postMessage(message);
    port.onmessage = ({ data }) => {
        if (data.op === "hello") {
            // Held by the page as long as it lives.
            navigator.locks.request(data.name, () => hub.take(taker, { op: "bye" }));
        } else hub.take(taker, data);
    };
    port.start();
};
