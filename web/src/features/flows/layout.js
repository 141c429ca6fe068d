/**
 * Where the boxes of a graph go: ranks from left to right, few crossings, edges that keep clear of boxes. Pure.
 *
 * The steps are those of Sugiyama, Tagawa and Toda (1981): take edges that lead back out, give every box the rank of its
 * longest path, put a place for passing wherever an edge crosses a rank, order the ranks by barycentres, then move the
 * boxes as near to their neighbours as their order allows. The same graph always gets the same picture, and a former
 * picture's order is kept where a new one is no better.
 */

/**
 * @typedef {{name: string, width: number, height: number}} Box
 * @typedef {{from: string, to: string, port: number}} Line `port` is where it leaves, from the top of its box
 * @typedef {{name: string, x: number, y: number, rank: number, order: number}} Place
 * @typedef {{from: string, to: string, port: number, isBack: boolean, path: string}} Route
 * @typedef {{name: string, rank: number, order: number, height: number, width: number, y: number, isPassing: boolean, wish: number}} Cell
 * @typedef {{a: Cell, b: Cell, out: number}} Link neighbours in adjacent ranks
 */

/** Between ranks, between boxes of one rank, and what an edge that passes a rank takes. */
const rankGap = 72;
const boxGap = 18;
const passing = 10;
/** How far below the top of a box edges arrive; less in a low box. */
const arrival = 21;
/** From one way back to the next, and from the boxes to the first. */
const laneGap = 12;
/** Sweeps over the ranks; after these nothing becomes better. */
const orderSweeps = 8;
const placeSweeps = 10;

/**
 * The edges that lead back on the walk from the first box.
 * @param {string[]} names
 * @param {Map<string, string[]>} targets
 */
function backEdges(names, targets) {
    const back = new Set();
    const state = new Map();
    /** @type {string[]} */
    const finished = [];
    for (const root of names) {
        if (state.has(root)) continue;
        /** @type {{name: string, at: number}[]} */
        const stack = [{ name: root, at: 0 }];
        state.set(root, "open");
        while (stack.length > 0) {
            const top = stack[stack.length - 1];
            const target = (targets.get(top.name) ?? [])[top.at];
            top.at += 1;
            if (target === undefined) {
                state.set(top.name, "done");
                finished.push(top.name);
                stack.pop();
            } else if (state.get(target) === "open") back.add(`${top.name}\n${target}`);
            else if (!state.has(target)) {
                state.set(target, "open");
                stack.push({ name: target, at: 0 });
            }
        }
    }
    return { back, order: finished.reverse() };
}

/**
 * @param {string[]} order so that no forward edge leads to an earlier one
 * @param {Map<string, string[]>} targets forward edges alone
 * @param {Set<string>} reached
 */
function ranks(order, targets, reached) {
    /** @type {Map<string, number>} */
    const rank = new Map(order.map((name) => [name, 0]));
    const follow = (/** @type {string} */ name) => {
        for (const target of targets.get(name) ?? []) rank.set(target, Math.max(rank.get(target) ?? 0, (rank.get(name) ?? 0) + 1));
    };
    // What is not reached must not push away what is.
    order.filter((name) => reached.has(name)).forEach(follow);
    for (const name of order) {
        if (reached.has(name)) continue;
        for (const target of targets.get(name) ?? []) if (!reached.has(target)) rank.set(target, Math.max(rank.get(target) ?? 0, (rank.get(name) ?? 0) + 1));
    }
    for (const name of [...order].reverse()) {
        const ahead = (targets.get(name) ?? []).map((target) => rank.get(target) ?? 0);
        if (!reached.has(name) && ahead.length > 0) rank.set(name, Math.max(0, Math.min(...ahead) - 1));
    }
    return rank;
}

/** @param {Cell} cell */
const into = (cell) => Math.min(cell.height / 2, arrival);

/** @param {Link[]} links between two ranks */
function crossings(links) {
    const sorted = [...links].sort((one, other) => one.a.order - other.a.order || one.out - other.out || one.b.order - other.b.order);
    let count = 0;
    for (let at = 0; at < sorted.length; at += 1) {
        for (let later = at + 1; later < sorted.length; later += 1) if (sorted[later].b.order < sorted[at].b.order) count += 1;
    }
    return count;
}

/**
 * Orders the ranks so that few links cross; keeps the order that was there unless another one has fewer crossings.
 * @param {Cell[][]} columns
 * @param {Link[][]} links by the rank of `a`
 */
function reduceCrossings(columns, links) {
    const total = () => links.reduce((sum, some) => sum + crossings(some), 0);
    const number = (/** @type {Cell[]} */ column) => column.forEach((cell, place) => (cell.order = place));
    /** @type {Map<Cell, {before: Link[], after: Link[]}>} */
    const near = new Map(columns.flat().map((cell) => [cell, { before: [], after: [] }]));
    for (const link of links.flat()) {
        near.get(link.a)?.after.push(link);
        near.get(link.b)?.before.push(link);
    }
    let best = columns.map((column) => [...column]);
    let least = total();
    /**
     * @param {number} rank
     * @param {boolean} isForward
     */
    const arrange = (rank, isForward) => {
        const wish = new Map();
        for (const cell of columns[rank]) {
            const places = isForward ? near.get(cell)?.before.map((link) => link.a.order + link.out) ?? [] : near.get(cell)?.after.map((link) => link.b.order) ?? [];
            wish.set(cell, places.length > 0 ? places.reduce((sum, one) => sum + one, 0) / places.length : cell.order);
        }
        columns[rank].sort((one, other) => wish.get(one) - wish.get(other) || one.order - other.order);
        number(columns[rank]);
    };
    for (let sweep = 0; sweep < orderSweeps && least > 0; sweep += 1) {
        const isForward = sweep % 2 === 0;
        for (let step = 0; step < columns.length; step += 1) arrange(isForward ? step : columns.length - 1 - step, isForward);
        swapNeighbours(columns, near);
        const now = total();
        if (now < least) [least, best] = [now, columns.map((column) => [...column])];
    }
    best.forEach((column, rank) => {
        columns[rank] = column;
        number(column);
    });
}

/**
 * Two neighbours change places where that alone removes crossings: only lines of the two are compared.
 * @param {Cell[][]} columns
 * @param {Map<Cell, {before: Link[], after: Link[]}>} near
 */
function swapNeighbours(columns, near) {
    const start = (/** @type {Link} */ link) => link.a.order + link.out;
    const end = (/** @type {Link} */ link) => link.b.order;
    /**
     * @param {Link[]} upper
     * @param {Link[]} lower
     * @param {(link: Link) => number} far
     */
    const crossed = (upper, lower, far) => upper.reduce((sum, one) => sum + lower.filter((other) => far(one) > far(other)).length, 0);
    for (const column of columns) {
        for (let at = 0; at + 1 < column.length; at += 1) {
            const [one, other] = [near.get(column[at]), near.get(column[at + 1])];
            if (!one || !other) continue;
            const present = crossed(one.before, other.before, start) + crossed(one.after, other.after, end);
            if (present === 0 || crossed(other.before, one.before, start) + crossed(other.after, one.after, end) >= present) continue;
            [column[at], column[at + 1]] = [column[at + 1], column[at]];
            column[at].order = at;
            column[at + 1].order = at + 1;
        }
    }
}

/**
 * The least movement that keeps order and distance: isotonic regression by pooling neighbours that overlap.
 * @param {Cell[]} column
 */
function settle(column) {
    /** @type {{sum: number, weight: number, cells: Cell[]}[]} */
    const pools = [];
    const offsets = new Map();
    let offset = 0;
    column.forEach((cell, place) => {
        const before = column[place - 1];
        if (before) offset += before.height + (before.isPassing && cell.isPassing ? passing : boxGap);
        offsets.set(cell, offset);
        // What passes is to run straight; boxes may move.
        const weight = cell.isPassing ? 3 : 1;
        pools.push({ sum: (cell.wish - offset) * weight, weight, cells: [cell] });
        while (pools.length > 1 && pools[pools.length - 2].sum / pools[pools.length - 2].weight > pools[pools.length - 1].sum / pools[pools.length - 1].weight) {
            const last = /** @type {typeof pools[number]} */ (pools.pop());
            const pool = pools[pools.length - 1];
            pool.sum += last.sum;
            pool.weight += last.weight;
            pool.cells.push(...last.cells);
        }
    });
    for (const pool of pools) for (const cell of pool.cells) cell.y = pool.sum / pool.weight + offsets.get(cell);
}

/**
 * @param {Cell[][]} columns
 * @param {Link[][]} links
 */
function placeCells(columns, links) {
    for (const column of columns) {
        column.forEach((cell) => (cell.wish = 0));
        settle(column);
    }
    for (let sweep = 0; sweep <= placeSweeps; sweep += 1) {
        const isForward = sweep % 2 === 0;
        for (let step = 0; step < columns.length; step += 1) {
            const rank = isForward ? step : columns.length - 1 - step;
            const near = isForward ? links[rank - 1] ?? [] : links[rank] ?? [];
            for (const cell of columns[rank]) {
                const own = near.filter((link) => (isForward ? link.b : link.a) === cell);
                const wishes = own.map((link) => (isForward ? link.a.y + link.out * link.a.height - into(cell) : link.b.y + into(link.b) - link.out * link.a.height));
                cell.wish = wishes.length > 0 ? wishes.reduce((sum, one) => sum + one, 0) / wishes.length : cell.y;
            }
            settle(columns[rank]);
        }
    }
}

/** @param {number} value */
const short = (value) => Math.round(value * 10) / 10;

/**
 * From one point to the next, leaving and arriving level.
 * @param {[number, number][]} points
 */
function curve(points) {
    let path = `M${short(points[0][0])} ${short(points[0][1])}`;
    for (let at = 1; at < points.length; at += 1) {
        const [[x, y], [toX, toY]] = [points[at - 1], points[at]];
        const bend = Math.max(12, (toX - x) / 2);
        path += Math.abs(y - toY) < 0.5 ? `H${short(toX)}` : `C${short(x + bend)} ${short(y)} ${short(toX - bend)} ${short(toY)} ${short(toX)} ${short(toY)}`;
    }
    return path;
}

/**
 * @param {{boxes: Box[], lines: Line[], entry: string, former?: Map<string, number>}} graph `former` is the height at which
 *     a box was drawn before
 * @returns {{places: Map<string, Place>, routes: Route[], width: number, height: number}}
 */
export function layout({ boxes, lines, entry, former = new Map() }) {
    const box = new Map(boxes.map((one) => [one.name, one]));
    const names = [...new Set([entry, ...boxes.map((one) => one.name)])].filter((name) => box.has(name));
    const known = lines.filter((line) => box.has(line.from) && box.has(line.to));
    const all = new Map(names.map((name) => [name, known.filter((line) => line.from === name).map((line) => line.to)]));
    const { back, order } = backEdges(names, all);
    const isBack = (/** @type {Line} */ line) => line.from === line.to || back.has(`${line.from}\n${line.to}`);
    const forward = new Map(names.map((name) => [name, known.filter((line) => line.from === name && !isBack(line)).map((line) => line.to)]));
    const reached = new Set();
    const open = [entry];
    while (open.length > 0) {
        const name = /** @type {string} */ (open.pop());
        if (reached.has(name) || !box.has(name)) continue;
        reached.add(name);
        open.push(...(all.get(name) ?? []));
    }
    const rank = ranks(order, forward, reached);

    /** @type {Cell[][]} */
    const columns = Array.from({ length: Math.max(0, ...rank.values()) + 1 }, () => []);
    /** @type {Map<string, Cell>} */
    const cells = new Map();
    /**
     * @param {string} name
     * @param {number} at
     * @param {number} height
     * @param {number} width
     * @param {boolean} isPassing
     */
    const add = (name, at, height, width, isPassing) => {
        const cell = { name, rank: at, order: columns[at].length, height, width, y: 0, isPassing, wish: 0 };
        columns[at].push(cell);
        cells.set(name, cell);
        return cell;
    };
    for (const name of order) add(name, rank.get(name) ?? 0, /** @type {Box} */ (box.get(name)).height, /** @type {Box} */ (box.get(name)).width, false);
    /** @type {Link[][]} */
    const links = columns.map(() => []);
    /** @type {Map<Line, Cell[]>} */
    const ways = new Map();
    for (const line of known) {
        if (isBack(line)) continue;
        const [first, last] = [/** @type {Cell} */ (cells.get(line.from)), /** @type {Cell} */ (cells.get(line.to))];
        const way = [first];
        // Edges to the same box pass a rank in the same place: one line instead of many.
        for (let at = first.rank + 1; at < last.rank; at += 1) way.push(cells.get(`${at}\n${line.to}`) ?? add(`${at}\n${line.to}`, at, passing, 0, true));
        way.push(last);
        for (let at = 1; at < way.length; at += 1) {
            const out = at === 1 ? line.port / Math.max(1, first.height) : 0.5;
            if (!links[way[at - 1].rank].some((link) => link.a === way[at - 1] && link.b === way[at] && link.out === out)) links[way[at - 1].rank].push({ a: way[at - 1], b: way[at], out });
        }
        ways.set(line, way);
    }
    if (former.size > 0) {
        for (const column of columns) {
            column.sort((one, other) => (former.get(one.name) ?? Infinity) - (former.get(other.name) ?? Infinity) || one.order - other.order);
            column.forEach((cell, place) => (cell.order = place));
        }
    }
    reduceCrossings(columns, links);
    placeCells(columns, links);

    const top = Math.min(0, ...[...cells.values()].map((cell) => cell.y));
    const widths = columns.map((column) => Math.max(0, ...column.map((cell) => cell.width)));
    const left = widths.map((_, at) => widths.slice(0, at).reduce((sum, width) => sum + width + rankGap, 0));
    for (const cell of cells.values()) cell.y = Math.round(cell.y - top);
    const places = new Map(names.map((name) => {
        const cell = /** @type {Cell} */ (cells.get(name));
        return [name, { name, x: left[cell.rank], y: cell.y, rank: cell.rank, order: cell.order }];
    }));
    let bottom = Math.max(0, ...[...cells.values()].map((cell) => cell.y + cell.height));
    const routes = routesOf({ known, isBack, ways, cells, left, widths, bottom, columns });
    bottom = routes.bottom;
    return { places, routes: routes.all, width: Math.max(0, ...left.map((x, at) => x + widths[at])), height: bottom };
}

/**
 * @param {{known: Line[], isBack: (line: Line) => boolean, ways: Map<Line, Cell[]>, cells: Map<string, Cell>, left: number[], widths: number[], bottom: number, columns: Cell[][]}} drawn
 */
function routesOf({ known, isBack, ways, cells, left, widths, bottom, columns }) {
    /** @type {Map<string, number>} */
    const lanes = new Map();
    /** @type {Route[]} */
    const all = [];
    for (const line of known) {
        const [from, to] = [/** @type {Cell} */ (cells.get(line.from)), /** @type {Cell} */ (cells.get(line.to))];
        const start = /** @type {[number, number]} */ ([left[from.rank] + from.width, from.y + line.port]);
        const end = /** @type {[number, number]} */ ([left[to.rank], to.y + into(to)]);
        if (!isBack(line)) {
            const way = ways.get(line) ?? [];
            /** @type {[number, number][]} */
            const points = [start];
            for (const cell of way.slice(1, -1)) {
                const y = cell.y + cell.height / 2;
                points.push([left[cell.rank], y], [left[cell.rank] + widths[cell.rank], y]);
            }
            all.push({ ...line, isBack: false, path: curve([...points, end]) });
            continue;
        }
        // Ways back run below everything they pass, one lane for each box they lead to.
        const spanned = columns.slice(to.rank, from.rank + 1).flat();
        const floor = Math.max(...spanned.map((cell) => cell.y + cell.height));
        let lane = lanes.get(line.to);
        if (lane === undefined || lane < floor + laneGap) {
            lane = Math.max(floor + laneGap * 1.5, lane ?? 0);
            while ([...lanes].some(([other, y]) => other !== line.to && Math.abs(y - Number(lane)) < laneGap)) lane += laneGap;
            lanes.set(line.to, lane);
        }
        bottom = Math.max(bottom, lane + laneGap);
        const [out, back] = [start[0] + rankGap * 0.3, end[0] - rankGap * 0.3];
        const r = 8;
        all.push({
            ...line, isBack: true,
            path: `M${short(start[0])} ${short(start[1])}H${short(out - r)}Q${short(out)} ${short(start[1])} ${short(out)} ${short(start[1] + r)}V${short(lane - r)}Q${short(out)} ${lane} ${short(out - r)} ${lane}`
                + `H${short(back + r)}Q${short(back)} ${lane} ${short(back)} ${short(lane - r)}V${short(end[1] + r)}Q${short(back)} ${short(end[1])} ${short(back + r)} ${short(end[1])}H${short(end[0])}`,
        });
    }
    return { all, bottom };
}

/** @param {string} sign */
const emsOf = (sign) => (/[\u2e80-\uffef]/.test(sign) ? 1 : /[A-Zmw@]/.test(sign) ? 0.7 : 0.54);

/**
 * How wide a text is, counting a Chinese character as one em and others as a bit more than half.
 * @param {string} text
 */
export const ems = (text) => [...text].reduce((sum, sign) => sum + emsOf(sign), 0);

/**
 * Cuts a text to a width in ems.
 * @param {string} text
 * @param {number} most
 */
export function clip(text, most) {
    let width = 0;
    let made = "";
    for (const sign of text.replace(/\s+/g, " ").trim()) {
        width += emsOf(sign);
        if (width > most) return `${made.trimEnd()}…`;
        made += sign;
    }
    return made;
}
