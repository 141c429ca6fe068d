/**
 * The drawing of a flow: boxes that can be chosen, moved about, enlarged; the arrow keys walk along the edges.
 *
 * For the eye alone: who cannot see it has the list of steps, and hears which step is chosen.
 */
import { each, h, svg } from "../../core/dom.js";
import { t } from "../../core/i18n.js";
import { computed, effect, onCleanup, signal, untracked } from "../../core/reactive.js";
import { button } from "../../ui/button.js";
import { icon } from "../../ui/icons.js";
import { drawNode, headHeight, kindName, portHeight, wordsHeight } from "./drawing.js";
import { symbolOf, unreachable } from "./kinds.js";
import { clip, ems, layout } from "./layout.js";

/** @typedef {import("./kinds.js").FlowDocument} FlowDocument */
/** @typedef {{present: string | null, nodes: Set<string>, edges: Set<string>}} Trail */

const [leastZoom, mostZoom, readable] = [0.1, 2.5, 0.8];
/** Pixels that a press may wander and still be a click. */
const slack = 4;
const margin = 28;
/** What the root's size is when the system says nothing else. */
const usualSize = 16;
/** Ems that the two texts of an exit have together, and that the second has at least when it needs them. */
const [portRoom, leastTarget] = [12.4, 5.5];
/** @param {{label: string, target: string}} port */
const targetRoom = ({ label, target }) => Math.min(ems(target), Math.max(leastTarget, portRoom - ems(label)));
const iconSize = 14;
const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / usualSize;

/**
 * Inside a drawing an icon has its size as attributes; what the style says counts for whole drawings only.
 * @param {string} symbol
 */
function boxIcon(symbol) {
    const made = icon(symbol);
    made.setAttribute("width", String(iconSize));
    made.setAttribute("height", String(iconSize));
    return made;
}

/**
 * @param {object} props
 * @param {() => FlowDocument | null} props.flow
 * @param {() => string | null} props.selected
 * @param {(name: string, field?: string) => void} props.select
 * @param {() => Map<string, number>} [props.faults] findings by node
 * @param {() => Map<string, string>} [props.marks] node -> added, changed
 * @param {() => Trail | null} [props.trail]
 * @param {(key: string) => string} [props.libraryName]
 * @param {(exit: {node: string, field: string, key?: string}) => void} [props.insertAt]
 * @param {() => void} [props.enter]
 * @param {() => void} [props.remove]
 */
export function graph({ flow, selected, select, faults = () => new Map(), marks = () => new Map(), trail = () => null, libraryName = () => "", insertAt, enter, remove }) {
    const drawn = computed(() => {
        const document = flow();
        return document ? document.node.map((node) => drawNode(node, document, libraryName)) : [];
    });
    const outside = computed(() => (flow() ? unreachable(/** @type {FlowDocument} */ (flow())) : new Set()));
    const shape = computed(() => JSON.stringify([flow()?.entry, drawn.value.map((one) => [one.name, one.width, one.height, one.ports.map((port) => [port.target, port.y])])]));
    /** @type {Map<string, number>} */
    let former = new Map();
    const placed = computed(() => {
        void shape.value;
        return untracked(() => {
            const made = layout({
                boxes: drawn.value, entry: flow()?.entry ?? "", former,
                lines: drawn.value.flatMap((one) => one.ports.map((port) => ({ from: one.name, to: port.target, port: port.y }))),
            });
            former = new Map([...made.places.values()].map((place) => [place.name, place.y]));
            return made;
        });
    });
    const view = signal({ x: margin, y: margin, k: 1 });
    const size = signal({ width: 0, height: 0 });
    let hasLooked = false;

    const fit = () => {
        const { width, height } = placed.peek();
        const room = size.peek();
        const k = Math.min(unit() * 1.1, (room.width - margin * 2) / Math.max(1, width), (room.height - margin * 2) / Math.max(1, height));
        const zoom = Math.max(leastZoom, k);
        view.value = { k: zoom, x: Math.max(margin, (room.width - width * zoom) / 2), y: Math.max(margin, (room.height - height * zoom) / 2) };
    };
    /**
     * @param {number} factor
     * @param {number} [x]
     * @param {number} [y]
     */
    const zoom = (factor, x = size.peek().width / 2, y = size.peek().height / 2) => {
        const { x: left, y: top, k } = view.peek();
        const next = Math.min(mostZoom * unit(), Math.max(leastZoom, k * factor));
        view.value = { k: next, x: x - ((x - left) * next) / k, y: y - ((y - top) * next) / k };
    };
    /**
     * Moves as little as needed to show a box.
     * @param {string} name
     */
    const reveal = (name) => {
        const place = placed.peek().places.get(name);
        const box = drawn.peek().find((one) => one.name === name);
        if (!place || !box || size.peek().width === 0) return;
        const { x, y, k } = view.peek();
        const [left, top, right, bottom] = [place.x * k + x, place.y * k + y, (place.x + box.width) * k + x, (place.y + box.height) * k + y];
        const shift = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ room) => (low < margin ? margin - low : high > room - margin ? Math.max(margin - low, room - margin - high) : 0);
        view.value = { k, x: x + shift(left, right, size.peek().width), y: y + shift(top, bottom, size.peek().height) };
    };
    const look = () => {
        if (hasLooked || drawn.peek().length === 0 || size.peek().width === 0) return;
        hasLooked = true;
        fit();
        // Legible before whole: then the entry stands at the left, in the middle.
        if (view.peek().k >= readable * unit() * 0.8) return;
        const first = placed.peek().places.get(flow()?.entry ?? "");
        const k = readable * unit();
        view.value = { k, x: margin, y: size.peek().height / 2 - ((first?.y ?? 0) + 30) * k };
        const chosen = selected();
        if (chosen) reveal(chosen);
    };
    effect(() => {
        void placed.value;
        void size.value;
        untracked(look);
    });
    // What is chosen stays where it is on the screen when boxes around it move.
    /** @type {{name: string, x: number, y: number} | null} */
    let held = null;
    effect(() => {
        const places = placed.value.places;
        untracked(() => {
            const place = held && places.get(held.name);
            if (held && place && hasLooked) view.value = { ...view.peek(), x: view.peek().x - (place.x - held.x) * view.peek().k, y: view.peek().y - (place.y - held.y) * view.peek().k };
        });
    });
    effect(() => {
        const name = selected() ?? flow()?.entry ?? "";
        const place = placed.value.places.get(name);
        held = place ? { name, x: place.x, y: place.y } : null;
    });
    effect(() => {
        const name = trail()?.present ?? selected();
        if (name) untracked(() => reveal(name));
    });

    const edges = each(svg("g", { class: "edges" }), () => placed.value.routes.map((route) => ({ ...route, key: `${route.from}\n${route.to}` })), (route) => route.key, (route) =>
        svg("g", {
            class: () => {
                const { from, to, isBack, key } = route();
                const isNear = selected() === from || selected() === to;
                return `edge ${isBack ? "back" : ""} ${isNear ? "near" : ""} ${trail()?.edges.has(key) ? "taken" : ""} ${outside.value.has(from) ? "dim" : ""}`;
            },
        }, svg("path", { d: () => route().path, "marker-end": "url(#flow-arrow)" })));

    /** @param {() => import("./drawing.js").Drawn} one */
    const node = (one) => {
        const place = () => placed.value.places.get(one().name) ?? { x: 0, y: 0 };
        const ports = each(svg("g", null), () => (one().isBare ? one().ports.filter((port) => port.target === "") : one().ports), (port) => port.exits.map((exit) => exit.field + (exit.key ?? "")).join(), (port) =>
            svg(
                "g", { class: () => `port ${port().target === "" || !placed.value.places.has(port().target) ? "open" : ""}`, "data-field": () => port().exits[0].field, transform: () => `translate(0 ${port().y})` },
                svg("rect", { x: 1, y: -portHeight / 2, width: () => one().width - 2, height: portHeight, class: "hit" }),
                svg("text", { x: () => (one().isBare ? one().width - 12 : 34), y: 4, "text-anchor": () => (one().isBare ? "end" : "start") }, () => (one().isBare ? "" : clip(port().label, portRoom - targetRoom(port())))),
                svg("text", { class: "to", x: () => one().width - 12, y: 4, "text-anchor": "end" }, () => (port().target === "" ? "—" : one().isBare ? "" : clip(port().target, targetRoom(port())))),
            ));
        const plus = insertAt ? each(svg("g", { class: "pluses" }), () => (selected() === one().name ? one().ports : []), (port) => port.exits.map((exit) => exit.field + (exit.key ?? "")).join(), (port) =>
            svg("g", { class: "plus", transform: () => `translate(${one().width} ${port().y})`, onclick: (/** @type {Event} */ event) => (event.stopPropagation(), insertAt({ node: one().name, ...port().exits[0] })) },
                svg("title", null, () => t("flow.insertHere")), svg("circle", { r: 8 }), svg("path", { d: "M-3.500 0h7M0-3.500v7" }))) : null;
        return svg(
            "g", {
                class: () => `node kind-${one().kind} ${selected() === one().name ? "is-on" : ""} ${faults().get(one().name) ? "bad" : ""} ${outside.value.has(one().name) ? "dim" : ""} ${trail()?.present === one().name ? "present" : trail()?.nodes.has(one().name) ? "visited" : ""} ${marks().get(one().name) ?? ""}`,
                "data-node": () => one().name, transform: () => `translate(${place().x} ${place().y})`,
            },
            svg("rect", { class: "box", width: () => one().width, height: () => one().height, rx: 9 }),
            svg("rect", { class: "tone", x: 9, y: 8, width: 20, height: 20, rx: 6 }),
            svg("g", { transform: "translate(12 11)" }, () => boxIcon(symbolOf(one().kind))),
            svg("text", { class: "title", x: 36, y: headHeight / 2 + 5 }, () => one().title),
            svg("text", { class: "words", x: 12, y: headHeight + wordsHeight / 2 + 3 }, () => one().words),
            ports,
            svg("g", { class: "badge", transform: () => `translate(${one().width - 22} 17)` }, svg("circle", { r: 8 }), svg("text", { y: 4, "text-anchor": "middle" }, () => String(faults().get(one().name) ?? ""))),
            svg("text", { class: "flag", x: () => one().width - 10, y: -5, "text-anchor": "end" }, () => (flow()?.entry === one().name ? t("flow.entryMark") : "")),
            plus,
        );
    };
    const nodes = each(svg("g", { class: "nodes" }), () => drawn.value, (one) => one.name, node);
    const picture = svg(
        "svg", { class: "drawing", "aria-hidden": "true" },
        svg("defs", null, svg("marker", { id: "flow-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" }, svg("path", { d: "M0 .8 7 4 0 7.200Z" }))),
        svg("g", { transform: () => `translate(${view.value.x} ${view.value.y}) scale(${view.value.k})` }, edges, nodes),
    );

    /**
     * Along the edges: right forwards, left backwards, up and down within a rank.
     * @param {string} key
     */
    const walk = (key) => {
        const { places, routes } = placed.peek();
        const from = selected() ?? flow()?.entry ?? "";
        const present = places.get(from);
        if (!present || !selected()) return select(places.has(from) ? from : drawn.peek()[0]?.name ?? "");
        const nearest = (/** @type {string[]} */ names) => names.map((name) => /** @type {import("./layout.js").Place} */ (places.get(name))).sort((one, other) => Math.abs(one.y - present.y) - Math.abs(other.y - present.y))[0]?.name;
        const column = [...places.values()].filter((place) => place.rank === present.rank).sort((one, other) => one.y - other.y).map((place) => place.name);
        const ahead = routes.filter((route) => route.from === from && route.to !== from);
        const behind = routes.filter((route) => route.to === from && route.from !== from);
        const target = {
            ArrowRight: nearest((ahead.some((route) => !route.isBack) ? ahead.filter((route) => !route.isBack) : ahead).map((route) => route.to)),
            ArrowLeft: nearest((behind.some((route) => !route.isBack) ? behind.filter((route) => !route.isBack) : behind).map((route) => route.from)),
            ArrowUp: column[column.indexOf(from) - 1], ArrowDown: column[column.indexOf(from) + 1], Home: flow()?.entry, End: drawn.peek().at(-1)?.name,
        }[key];
        if (target) select(target);
    };
    /** @param {KeyboardEvent} event */
    const pressed = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
        if (/^Arrow|^Home$|^End$/.test(event.key)) walk(event.key);
        else if (event.key === "+" || event.key === "=") zoom(1.2);
        else if (event.key === "-") zoom(1 / 1.2);
        else if (event.key === "0") fit();
        else if (event.key === "Enter" && enter) enter();
        else if (event.key === "Delete" && remove) remove();
        else return;
        event.preventDefault();
    };
    /** @type {{x: number, y: number, left: number, top: number, hasMoved: boolean} | null} */
    let drag = null;
    const frame = h(
        "div", {
            class: "graph-frame", tabIndex: 0, role: "application", "aria-label": () => t("flow.graph"), "aria-description": () => t("flow.graphHint"), onkeydown: pressed,
            onpointerdown: (/** @type {PointerEvent} */ event) => {
                if (event.button > 1 || /** @type {Element} */ (event.target).closest("button, .plus")) return;
                drag = { x: event.clientX, y: event.clientY, left: view.peek().x, top: view.peek().y, hasMoved: false };
            },
            onpointermove: (/** @type {PointerEvent} */ event) => {
                if (!drag) return;
                const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
                if (!drag.hasMoved && Math.abs(x) + Math.abs(y) < slack) return;
                if (!drag.hasMoved) frame.setPointerCapture(event.pointerId);
                drag.hasMoved = true;
                view.value = { ...view.peek(), x: drag.left + x, y: drag.top + y };
            },
            onpointercancel: () => (drag = null),
            onpointerup: (/** @type {PointerEvent} */ event) => {
                const was = drag;
                drag = null;
                if (!was || was.hasMoved) return;
                const target = /** @type {Element} */ (event.target);
                const name = target.closest("[data-node]")?.getAttribute("data-node");
                if (name) select(name, target.closest("[data-field]")?.getAttribute("data-field") ?? undefined);
            },
            onwheel: (/** @type {WheelEvent} */ event) => {
                event.preventDefault();
                const edge = frame.getBoundingClientRect();
                if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 200), event.clientX - edge.left, event.clientY - edge.top);
                else view.value = { ...view.peek(), x: view.peek().x - (event.shiftKey ? event.deltaY : event.deltaX), y: view.peek().y - (event.shiftKey ? 0 : event.deltaY) };
            },
        },
        picture,
        h("div", { class: "spoken", role: "status" }, () => {
            const one = drawn.value.find((other) => other.name === selected());
            return one ? t("flow.spoken", { name: one.name, kind: kindName(one.kind), words: one.words }) : "";
        }),
        h(
            "div", { class: "zoom" },
            button({ symbol: "plus", look: "square", spoken: () => t("flow.zoomIn"), press: () => zoom(1.25) }),
            button({ symbol: "minus", look: "square", spoken: () => t("flow.zoomOut"), press: () => zoom(1 / 1.25) }),
            button({ symbol: "fit", look: "square", spoken: () => t("flow.fit"), press: fit }),
        ),
    );
    const watcher = new ResizeObserver(() => (size.value = { width: frame.clientWidth, height: frame.clientHeight }));
    watcher.observe(frame);
    onCleanup(() => watcher.disconnect());
    return frame;
}
