/**
 * What the pure modules of the page promise; runs without a browser.
 *
 *     node web/test/units.mjs        # ends with 1 when anything was found
 */
import { tableText } from "../src/core/table-text.js";
import { written } from "../src/core/csv.js";
import { read } from "../src/features/admin/people-csv.js";
import { differences, duplicate, insert, isSame, leadingTo, losingTheirWay, merge, removeNode, rename } from "../src/features/flows/edits.js";
import { exitsOf, unreachable } from "../src/features/flows/kinds.js";
import { clip, layout } from "../src/features/flows/layout.js";
import { formulaFault } from "../src/features/reports/formula.js";

/** @type {[string, () => void][]} */
const tests = [];
const test = (name, run) => tests.push([name, run]);
const expect = (holds, what) => {
    if (!holds) throw new Error(what);
};
const equal = (found, wanted, what) => expect(JSON.stringify(found) === JSON.stringify(wanted), `${what}: ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`);

const say = (name, next) => ({ name, kind: "say", prompts: [name], next });
const document = () => ({
    name: "test", languages: ["zh-CN", "en"], entry: "welcome",
    node: [
        say("welcome", "menu"),
        { name: "menu", kind: "menu", prompts: ["menu"], choices: { 1: "sales", 9: "welcome" }, no_input: "sales", no_match: "goodbye" },
        { name: "sales", kind: "queue", queue: "sales", after_conversation: "goodbye", dissuaded: "sorry" },
        say("sorry", "goodbye"), { name: "goodbye", kind: "hang_up", prompts: ["goodbye"] }, say("lost", "goodbye"),
    ],
    prompts: { welcome: { "zh-CN": "您好", en: "Hello" }, menu: { en: "Press 1" }, goodbye: { en: "Bye" }, sorry: {}, lost: {} },
});

/** Boxes and lines of a graph given as `a>b c`. */
function graph(text, height = 60) {
    const rows = text.trim().split("\n").map((row) => row.trim().split(">"));
    const boxes = rows.map(([name]) => ({ name: name.trim(), width: 200, height }));
    const lines = rows.flatMap(([name, targets = ""]) => targets.trim().split(/\s+/).filter(Boolean).map((to, at) => ({ from: name.trim(), to, port: 30 + at })));
    return { boxes, lines, entry: boxes[0].name };
}

/** A graph with `count` boxes: menus of ways that meet again, some of which lead back. */
function large(count) {
    const rows = [];
    for (let at = 0; at < count; at += 1) {
        const targets = [at + 1, at * 2 + 1, at * 2 + 2, at % 7 === 6 ? Math.floor(at / 3) : count - 1].filter((one) => one < count && one !== at);
        rows.push(`n${at}>${at === count - 1 ? "" : [...new Set(targets)].map((one) => `n${one}`).join(" ")}`);
    }
    return graph(rows.join("\n"));
}

const overlap = (boxes, places) => {
    for (const one of boxes) {
        for (const other of boxes) {
            const [a, b] = [places.get(one.name), places.get(other.name)];
            if (one.name < other.name && a.x < b.x + other.width && b.x < a.x + one.width && a.y < b.y + other.height && b.y < a.y + one.height) return `${one.name} and ${other.name}`;
        }
    }
    return null;
};

test("a fault of a formula is told with its place", () => {
    const known = new Set(["answered", "offered"]);
    const fault = (text) => formulaFault(text, known);
    equal(fault("answered / offered"), null, "no fault");
    equal(fault("answered / offred"), { fault: "word", position: 12, word: "offred" }, "a word that is no term");
    equal(fault("(answered + offered"), { fault: "bracket", position: 20, word: "" }, "a bracket");
    equal(fault("answered +"), { fault: "term", position: 11, word: "" }, "a term");
    equal(fault("answered offered"), { fault: "end", position: 10, word: "offered" }, "more after the end");
    equal(fault(`${"(".repeat(20)}1`)?.fault, "deep", "twenty brackets");
    equal(fault("1".repeat(401))?.fault, "long", "too long");
});

test("ranks grow along every edge but those that lead back", () => {
    const made = layout(graph("a>b c\nb>d\nc>d b\nd>a e\ne>"));
    for (const route of made.routes) {
        const isForward = made.places.get(route.to).rank > made.places.get(route.from).rank;
        expect(isForward !== route.isBack, `${route.from} to ${route.to}`);
    }
    equal(made.routes.filter((route) => route.isBack).map((route) => route.from + route.to), ["da"], "ways back");
    equal(made.places.get("a").rank, 0, "rank of the entry");
});
test("no box lies on another, with sixty of them too", () => {
    for (const count of [1, 2, 7, 23, 60, 100]) {
        const one = large(count);
        const made = layout(one);
        equal(overlap(one.boxes, made.places), null, `overlap among ${count}`);
        equal(made.places.size, count, "places");
    }
});
test("sixty boxes are laid out while one waits", () => {
    const started = performance.now();
    layout(large(60));
    expect(performance.now() - started < 3_000, `took ${Math.round(performance.now() - started)} ms`);
});
test("an edge that passes a rank keeps clear of its boxes", () => {
    const one = graph("a>b d\nb>c\nc>d\nd>");
    const made = layout(one);
    const long = made.routes.find((route) => route.from === "a" && route.to === "d");
    for (const name of ["b", "c"]) {
        const place = made.places.get(name);
        const level = [...long.path.matchAll(/(-?[\d.]+)H(-?[\d.]+)/g), ...long.path.matchAll(/ (-?[\d.]+)H/g)].map((found) => Number(found[1]));
        expect(level.length > 0 && level.every((y) => y < place.y || y > place.y + 60), `${name} at ${place.y}, edge at ${level}`);
    }
});
test("two ways that need not cross do not cross", () => {
    const made = layout(graph("a>b c\nb>e\nc>d\nd>\ne>"));
    const y = (name) => made.places.get(name).y;
    expect((y("b") < y("c")) === (y("e") < y("d")), "b to e and c to d cross");
});
test("exits of one box keep the order of its ports", () => {
    const made = layout(graph("menu>one two three four\none>\ntwo>\nthree>\nfour>", 120));
    const heights = ["one", "two", "three", "four"].map((name) => made.places.get(name).y);
    equal(heights, [...heights].sort((a, b) => a - b), "order");
});
test("the same graph gets the same picture, and a former order is kept", () => {
    const one = large(30);
    const first = layout(one);
    const again = layout({ ...one, former: new Map([...first.places.values()].map((place) => [place.name, place.y])) });
    equal([...layout(one).places], [...first.places], "same");
    const order = (made) => [...made.places.values()].sort((a, b) => a.rank - b.rank || a.y - b.y).map((place) => place.name);
    equal(order(again), order(first), "former order");
});
test("what is not reached stands beside, and an exit to nowhere is left out", () => {
    const made = layout(graph("a>b nowhere\nb>c\nc>\nlost>c"));
    equal(made.routes.length, 3, "routes");
    equal(made.places.get("lost").rank, 1, "rank of what is not reached");
    equal(layout({ boxes: [], lines: [], entry: "none" }).places.size, 0, "nothing at all");
});
test("renaming takes all references along", () => {
    const next = rename(document(), "welcome", "greeting");
    equal(next.entry, "greeting", "entry");
    equal(next.node[1].choices["9"], "greeting", "choice");
    expect(!JSON.stringify(next.node.map(exitsOf)).includes("welcome"), "a reference is left");
});
test("a node put on an exit leads on to where the exit led", () => {
    const next = insert(document(), say("notice", "menu"), { node: "welcome", field: "next" });
    equal(next.node.map((node) => node.name).slice(0, 3), ["welcome", "notice", "menu"], "order");
    equal(next.node[0].next, "notice", "exit");
    const onKey = insert(document(), say("notice", "sales"), { node: "menu", field: "choices", key: "1" });
    equal(onKey.node[1].choices["1"], "notice", "key");
});
test("removing opens the exits that led there, and tells who loses the way", () => {
    equal(losingTheirWay(document(), "menu"), ["sales"], "losing");
    equal(leadingTo(document(), "sales").map((exit) => exit.key ?? exit.field), ["1", "no_input"], "leading");
    const next = removeNode(document(), "sales");
    equal([next.node[1].choices["1"], next.node[1].no_input], ["", ""], "open exits");
});
test("a copy of a node gets a name of its own", () => {
    const { document: next, name } = duplicate(document(), "sales");
    equal(name, "sales-2", "name");
    equal(duplicate(next, "sales-2").name, "sales-3", "next name");
});
test("what is not reached is known", () => equal([...unreachable(document())], ["lost"], "unreachable"));
test("differences name nodes, texts and settings", () => {
    const next = rename(document(), "sorry", "pardon");
    next.prompts.menu.en = "Press 2";
    next.name = "other";
    equal(differences(document(), next), { added: ["pardon"], changed: ["sales"], removed: ["sorry"], texts: ["menu"], settings: ["name"] }, "differences");
    expect(isSame({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }), "order of fields");
});
test("changes of two people join where they do not touch", () => {
    const mine = rename(document(), "sorry", "pardon");
    const theirs = document();
    theirs.prompts.menu.en = "Press 2";
    theirs.node.push(say("new", "menu"));
    const merged = merge(document(), mine, theirs);
    equal(merged.prompts.menu.en, "Press 2", "text");
    equal(merged.node.map((node) => node.name).sort(), ["goodbye", "lost", "menu", "new", "pardon", "sales", "welcome"], "nodes");
    mine.prompts.menu.en = "Press 3";
    equal(merge(document(), mine, theirs), null, "clash");
});
test("texts are cut to their width", () => {
    equal(clip("您好,很高兴为您服务", 5), "您好,很高…", "Chinese");
    equal(clip("Hello", 5), "Hello", "short");
});
test("G19: tables come in UTF-8 or in GB18030", () => {
    const header = [0xb9, 0xa4, 0xba, 0xc5, 0x2c, 0xd0, 0xd5, 0xc3, 0xfb];
    equal(tableText(new Uint8Array(header).buffer), "工号,姓名", "GB18030");
    equal(tableText(new TextEncoder().encode("\ufeff工号,姓名").buffer), "工号,姓名", "UTF-8 with its mark");
});

const wang = { number: "5046", name: "王芳", skills: { erp: 3 }, roles: ["agent", "supervisor"], team: "a", site: "main", partTime: true, born: 1995, joined: "2021-03-01" };
const li = { number: "5047", name: "李强", skills: {}, roles: ["agent"] };
const people = (text) => read(text, { people: [wang, li], skills: ["erp", "client"], sites: ["main"], year: 2026 });
const faultsOf = (text) => people(text).flatMap((line) => line.faults.map((one) => one.key));

test("P12: a year of birth and a day of joining come with a table, under either head", () => {
    for (const head of ["number,name,born,joined", "工号,姓名,出生年份,入职日期"]) {
        const [line] = people(`${head}\n5048,张丽,1998,2024-07-15`);
        equal([line.kind, line.faults, line.row.born, line.row.joined], ["new", [], 1998, "2024-07-15"], head);
    }
    equal(people("number,born,joined\n5046,,")[0].row, { number: "5046", name: "王芳", team: "a", site: "main", roles: ["agent", "supervisor"], skills: { erp: 3 }, partTime: true }, "empty cells");
    const [kept] = people("number,name\n5046,王芳");
    equal([kept.kind, kept.row.born, kept.row.joined], ["same", 1995, "2021-03-01"], "columns that are not there");
});
test("P12: impossible years and days are told", () => {
    for (const year of ["1899", "2013", "95", "1995.5", "abc"]) equal(faultsOf(`number,name,born\n1,A,${year}`), ["born"], year);
    for (const year of ["1900", "2012", "1995年"]) equal(faultsOf(`number,name,born\n1,A,${year}`), [], year);
    for (const day of ["2021-02-30", "2021-13-01", "01/03/2021", "2021", "2023-02-29"]) equal(faultsOf(`number,name,joined\n1,A,${day}`), ["joined"], day);
    for (const day of ["2021/3/1", "2021-03-01", "2021.3.1", "2021年3月1日"]) equal(people(`number,name,joined\n1,A,${day}`)[0].row.joined, "2021-03-01", day);
    equal(people("number,name,joined\n1,A,2024-02-29")[0].row.joined, "2024-02-29", "a leap day");
});
test("the file of people can be changed and read again", () => {
    const head = ["number", "name", "roles", "skills", "team", "site", "partTime", "born", "joined"];
    const rows = [["5046", "王芳", "supervisor agent", "erp:3", "a", "main", "true", 1995, "2021-03-01"], ["5047", "李强", "agent", "", "", "", "", "", ""]];
    equal(people(`\ufeff${written([head, ...rows])}`).map((line) => [line.kind, line.faults.length]), [["same", 0], ["same", 0]], "as it was taken");
    const changed = people(written([head, ["5046", "王芳", "agent", "erp:4", "b", "main", "no", 1996, "2021/3/2"], rows[1]]));
    equal(changed.map((line) => line.kind), ["changed", "same"], "kinds");
    equal(changed[0].row, { number: "5046", name: "王芳", team: "b", site: "main", roles: ["agent"], skills: { erp: 4 }, partTime: false, born: 1996, joined: "2021-03-02" }, "the row");
});
test("roles go by name, and only those that there are", () => {
    equal(people("number,roles\n5046,")[0].kind, "same", "an empty cell");
    equal(people("number,name,roles\n1,A,")[0].row.roles, ["agent"], "somebody new");
    equal(people("number,name,roles\n1,A,supervisor")[0].row.roles, ["supervisor"], "somebody new with a role");
    equal(faultsOf("number,name,roles,partTime\n1,A,boss,perhaps"), ["role", "partTime"], "faults");
});
test("lines of people are checked", () => {
    equal(faultsOf("5048,张丽,erp:3 client,a,main"), [], "without a head");
    equal(faultsOf("number,name,skills,site\n,A,,\n1,,,\n2,B,c:1 erp:9,far\n2,B,,"), ["number", "name", "site", "skill", "level", "twice"], "faults");
    equal(people("number,name\n1,'=A")[0].row.name, "=A", "what was kept from being a formula");
});

let faults = 0;
for (const [name, run] of tests) {
    try {
        run();
    } catch (error) {
        faults += 1;
        console.log(`${name}: ${error.message}`);
    }
}
if (faults > 0) process.exit(1);
