/**
 * Elements from functions. Text only ever goes in as text; there is no way to hand HTML in.
 *
 * A function in place of a property or a child is read again when a signal in it changes.
 */
import { computed, effect, onCleanup, rooted, signal, untracked } from "./reactive.js";

/** @typedef {Record<string, any>} Props */

/** Set as properties of the element; everything else is an attribute. A `tabIndex` of -1 says something only as one. */
const properties = new Set([
    "value", "checked", "disabled", "hidden", "selected", "readOnly", "required", "textContent", "muted", "autoplay",
    "srcObject", "open", "htmlFor", "returnValue", "indeterminate", "multiple",
]);
const svgSpace = "http://www.w3.org/2000/svg";

/**
 * @param {Element} element
 * @param {string} name
 * @param {any} value
 */
function put(element, name, value) {
    if (name === "style") {
        const style = /** @type {HTMLElement} */ (element).style;
        for (const [key, item] of Object.entries(value ?? {})) style.setProperty(key, item === null ? "" : String(item));
    } else if (properties.has(name)) {
        const holder = /** @type {any} */ (element);
        if (holder[name] !== value) holder[name] = value ?? "";
    } else if (value === null || value === undefined || value === false) {
        element.removeAttribute(name);
    } else {
        const text = value === true ? "" : String(value);
        if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
}

/**
 * @param {Element} element
 * @param {Props | null | undefined} props
 * @param {Child[]} children
 */
function fill(element, props, children) {
    append(element, children);
    for (const [name, value] of Object.entries(props ?? {})) {
        if (name === "ref") value(element);
        else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (typeof value === "function") effect(() => put(element, name, value()));
        else put(element, name, value);
    }
}

/**
 * An element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} [props] `on...` are listeners, `ref` gets the element, `style` is an object
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
    const element = document.createElement(tag);
    fill(element, props, children);
    return element;
}

/**
 * An element of a drawing.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function svg(tag, props, ...children) {
    const element = /** @type {SVGElement} */ (document.createElementNS(svgSpace, tag));
    fill(element, props, children);
    return element;
}

/**
 * @param {Node} parent
 * @param {Child} child
 */
export function append(parent, child) {
    if (child === null || child === undefined || child === false) return;
    if (Array.isArray(child)) for (const one of child) append(parent, one);
    else if (typeof child === "function") region(parent, child);
    else parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
}

/**
 * A place whose content follows a function.
 * @param {Node} parent
 * @param {() => Child} read
 */
function region(parent, read) {
    const mark = document.createTextNode("");
    /** @type {Node[]} */
    let present = [];
    parent.appendChild(mark);
    effect(() => {
        const child = read();
        if ((typeof child === "string" || typeof child === "number") && present.length === 1 && present[0] instanceof Text) {
            if (present[0].data !== String(child)) present[0].data = String(child);
            return;
        }
        const fragment = document.createDocumentFragment();
        append(fragment, child);
        const next = [...fragment.childNodes];
        for (const node of present) if (!next.includes(/** @type {ChildNode} */ (node))) node.parentNode?.removeChild(node);
        mark.parentNode?.insertBefore(fragment, mark);
        present = next;
    });
    onCleanup(() => present.forEach((node) => node.parentNode?.removeChild(node)));
}

/**
 * One of two parts; neither is built again while the answer stays the same.
 * @param {() => unknown} when
 * @param {() => Child} yes
 * @param {() => Child} [no]
 * @returns {() => Child}
 */
export function show(when, yes, no) {
    const answer = computed(() => Boolean(when()));
    return () => {
        const holds = answer.value;
        return untracked(() => (holds ? yes() : no?.() ?? null));
    };
}

/**
 * One part for each value of `key`; built again when the key changes.
 * @template K
 * @param {() => K} key
 * @param {(key: K) => Child} make
 * @returns {() => Child}
 */
export function keyed(key, make) {
    const present = computed(key);
    return () => {
        const value = present.value;
        return untracked(() => make(value));
    };
}

/**
 * A list that keeps the nodes of the items it has had before. Goes into an element of its own.
 * @template T
 * @template {Element} E
 * @param {E} parent
 * @param {() => readonly T[]} items
 * @param {(item: T) => string} key
 * @param {(item: () => T) => Element} make gets a function that reads the newest state of its item
 * @returns {E}
 */
export function each(parent, items, key, make) {
    /** @type {Map<string, {node: Element, item: import("./reactive.js").Signal<T>, end: () => void}>} */
    const rows = new Map();
    effect(() => {
        const present = items();
        const keys = new Set(present.map(key));
        for (const [name, row] of rows) {
            if (keys.has(name)) continue;
            row.end();
            row.node.remove();
            rows.delete(name);
        }
        let before = parent.firstElementChild;
        for (const item of present) {
            const name = key(item);
            let row = rows.get(name);
            if (row) row.item.value = item;
            else {
                const state = signal(item);
                const { result, end } = rooted(() => make(() => state.value));
                row = { node: result, item: state, end };
                rows.set(name, row);
            }
            if (row.node === before) before = before.nextElementSibling;
            else parent.insertBefore(row.node, before);
        }
    });
    onCleanup(() => {
        rows.forEach((row) => row.end());
        rows.clear();
    });
    return parent;
}

/**
 * Puts what `make` makes into `parent`, in place of what was there.
 * @param {Element} parent
 * @param {() => Child} make
 * @returns {() => void} takes it away again
 */
export function mount(parent, make) {
    const { result, end } = rooted(() => {
        const fragment = document.createDocumentFragment();
        append(fragment, make());
        return fragment;
    });
    parent.replaceChildren(result);
    return () => {
        end();
        parent.replaceChildren();
    };
}

let lastName = 0;
/**
 * A name for `id`, used nowhere else on the page.
 * @param {string} word
 */
export const uniqueID = (word) => `${word}-${++lastName}`;

/**
 * Listens until the present scope ends.
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @param {AddEventListenerOptions} [options]
 */
export function listen(target, type, listener, options) {
    target.addEventListener(type, listener, options);
    onCleanup(() => target.removeEventListener(type, listener, options));
}
