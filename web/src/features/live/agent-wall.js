/** Who does what: from the site to the group to the agent to the call (site, team, agent, call). */
import { loadSites, siteName } from "../../core/centre.js";
import { each, h, show } from "../../core/dom.js";
import { has, named, t } from "../../core/i18n.js";
import { computed, signal } from "../../core/reactive.js";
import { address } from "../../core/router.js";
import { may } from "../../core/session.js";
import { clockSeconds, passing, span } from "../../core/time.js";
import { openDialog } from "../../ui/dialog.js";
import { segments } from "../../ui/field.js";
import { empty, facts } from "../../ui/parts.js";

/** @typedef {import("../../core/types.js").LiveBody} LiveBody */
/** @typedef {import("../../core/types.js").LiveAgent} LiveAgent */

/** Agents without a site or a team are a group too. */
const none = "–";
/**
 * What a group is called; a team is written as people write it and has no other name.
 * @param {"site" | "team"} by
 * @param {string | undefined} key
 */
const groupName = (by, key) => (!key || key === none ? t(`live.no.${by}`) : by === "site" ? siteName(key) : key);

/**
 * What an agent is doing, in one word and one colour.
 * @param {LiveAgent} agent
 */
export function doing(agent) {
    if (agent.hasVanished) return { text: t("live.vanished"), look: "bad" };
    if (agent.activity !== "idle") return { text: t(`activity.${agent.activity}`), look: { ringing: "accent", talking: "info", hold: "warn", wrapUp: "violet" }[/** @type {string} */ (agent.activity)] ?? "" };
    return { text: agent.presence === "ready" ? t("activity.idle") : t(`presence.${agent.presence}`), look: { ready: "good", break: "warn", notReady: "bad" }[/** @type {string} */ (agent.presence)] ?? "" };
}

/** @param {string} origin */
const originName = (origin) => (has(`origin.${origin}`) ? t(`origin.${origin}`) : origin);

/**
 * One agent, followed for as long as the dialog is open.
 * @param {() => LiveBody | null} body
 * @param {string} number
 */
function openAgent(body, number) {
    const agent = () => body()?.agents.find((one) => one.number === number);
    const call = () => agent()?.call;
    const queue = () => body()?.queues.find((one) => one.key === agent()?.queue);
    openDialog({ title: () => `${agent()?.name ?? ""} ${number}` }, (close) => h(
        "div", { class: "stack" },
        show(agent, () => facts([
            [() => t("live.seat"), () => agent()?.seat ?? ""], [() => t("live.site"), () => groupName("site", agent()?.site)], [() => t("live.team"), () => groupName("team", agent()?.team)],
            [() => t("live.activity"), () => { const one = agent(); return one ? `${doing(one).text} ${span(one.sinceMs + passing() - (body()?.at ?? passing()))}` : ""; }],
        ]), () => empty("people", () => t("live.gone"))),
        show(call, () => [
            h("h3", null, () => t("live.call")),
            facts([
                [() => t("live.queue"), () => named(queue()?.names, agent()?.queue ?? "–")], [() => t("live.called"), () => call()?.number ?? ""], [() => t("live.origin"), () => originName(call()?.origin ?? "")],
                [() => t("live.arrived"), () => clockSeconds(call()?.arrivedAt ?? 0)], [() => t("live.connected"), () => (call()?.connectedAt ? clockSeconds(Number(call()?.connectedAt)) : "–")],
            ]),
            may("interaction.read") ? h("a", { class: "button", href: () => address(["interactions", call()?.id ?? ""]), onclick: close }, () => t("live.openCall")) : null,
        ]),
        h("div", { class: "ends" }, h("button", { type: "button", class: "button", onclick: close }, () => t("action.close"))),
    ));
}

/** @param {() => LiveBody | null} body */
export function agentWall(body) {
    loadSites();
    const filter = signal("all");
    const site = signal("");
    const team = signal("");
    const tests = /** @type {Record<string, (agent: LiveAgent) => boolean>} */ ({
        all: () => true, idle: (agent) => agent.activity === "idle" && agent.presence === "ready", busy: (agent) => agent.activity !== "idle", away: (agent) => agent.activity === "idle" && agent.presence !== "ready",
    });
    const atSite = () => (body()?.agents ?? []).filter((agent) => !site.value || (agent.site ?? none) === site.value);
    const inTeam = () => atSite().filter((agent) => !team.value || (agent.team ?? none) === team.value);
    const agents = computed(() => inTeam().filter(tests[filter.value]).sort((one, other) => one.seat.localeCompare(other.seat)));
    /**
     * The groups that agents are in, with how many do what.
     * @param {() => LiveAgent[]} among
     * @param {"site" | "team"} by
     * @param {{value: string, peek(): string}} chosen
     * @param {(key: string) => void} choose
     */
    const groups = (among, by, chosen, choose) => {
        const keys = computed(() => [...new Set(among().map((agent) => agent[by] ?? none))].sort());
        const count = (/** @type {string} */ key, /** @type {string} */ test) => among().filter((agent) => (agent[by] ?? none) === key).filter(tests[test]).length;
        const bar = () => each(h("div", { class: "groups-row", role: "group", "aria-label": () => t(`live.${by}`) }), () => keys.value, (key) => key, (key) =>
            h("button", { type: "button", class: "button", "aria-pressed": () => String(chosen.value === key()), onclick: () => choose(chosen.peek() === key() ? "" : key()) },
                h("span", null, () => `${groupName(by, key())} · ${count(key(), "all")}`), h("small", { class: "numeric" }, () => t("live.groupNote", { idle: count(key(), "idle"), busy: count(key(), "busy"), away: count(key(), "away") }))));
        return show(() => keys.value.length > 1 || chosen.value !== "", () => h("div", { class: "groups-bar" }, h("b", { class: "small-text quiet", "aria-hidden": "true" }, () => t(`live.${by}`)), bar()));
    };
    const list = each(h("ul", { class: "agents" }), () => agents.value, (agent) => agent.number, (agent) =>
        h(
            "li", { class: () => `agent ${doing(agent()).look}` },
            h("b", { class: "cut" }, () => agent().name || agent().number), h("span", { class: "seat numeric" }, () => agent().seat),
            h("small", { class: "cut" }, () => doing(agent()).text), h("small", { class: "numeric end" }, () => span(agent().sinceMs + passing() - (body()?.at ?? passing()))),
            h("button", { type: "button", class: "bare", "aria-label": () => `${agent().name} ${agent().number}`, onclick: () => openAgent(body, agent().number) }),
        ));
    return h(
        "section", { class: "card" },
        h("header", null, h("h2", { class: "grow" }, () => t("live.agents")), segments({
            label: () => t("live.show"), value: () => filter.value, change: (value) => (filter.value = value),
            choices: () => Object.keys(tests).map((value) => ({ value, label: `${t(`live.${value}`)} ${inTeam().filter(tests[value]).length}` })),
        })),
        groups(() => body()?.agents ?? [], "site", site, (key) => ((site.value = key), (team.value = ""))),
        groups(atSite, "team", team, (key) => (team.value = key)),
        show(() => agents.value.length > 0, () => list, () => empty("people", () => t("live.noAgents"), () => t("live.noAgentsText"))),
    );
}
