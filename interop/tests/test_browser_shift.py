"""What happens in a shift: a tab behind others, a headset that is pulled out, a network that is gone."""

import os
import time

from harness import centres, web
from harness.bench import eventually, expect
from harness.hotline import Hotline
from harness.registry import test
from harness.wire import EVENTS, Wire

# Seconds that a tab stays hidden; a shift's test takes 600.
HIDDEN = int(os.environ.get("INTEROP_HIDDEN_SECONDS", "60"))
# Seconds that the events stay away.
AWAY = 30

# Counts rings, notifications and how often a timer of 100 ms comes.
SPIES = """() => {
    window.seen = { rings: 0, notifications: 0, beats: 0 };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...given) { window.seen.rings += 1; return start.apply(this, given); };
    const Real = Notification;
    window.Notification = class extends Real { constructor(...given) { super(...given); window.seen.notifications += 1; } };
    setInterval(() => (window.seen.beats += 1), 100);
}"""


@test("G24 an agent whose tab was hidden for a long time is ready, hears the ring and answers by key")
def hidden(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.plain_chromium(bench.path("profile")) as context:
        context.add_init_script("localStorage['hotline.language'] = '\"zh-CN\"'")
        desk = web.agent_desk(bench, None, hotline, page=web.pages.watched(context.pages[0]))
        page = desk.page
        page.evaluate(SPIES)
        # A tab without audio beside it shows that the browser does slow hidden tabs down.
        idle = context.new_page()
        idle.goto("about:blank")
        idle.evaluate("() => { window.seen = { beats: 0 }; setInterval(() => (seen.beats += 1), 100); }")
        other = context.new_page()
        other.goto("about:blank")
        other.bring_to_front()
        eventually(lambda: page.evaluate("document.visibilityState") == "hidden", 10, "the tab is hidden")
        tabs, began = (page, idle), time.monotonic()
        before = [tab.evaluate("seen.beats") for tab in tabs]
        while time.monotonic() - began < HIDDEN:
            time.sleep(5)
            agent = hotline.agent("5019")
            expect(agent["presence"] == "ready", f"after {time.monotonic() - began:.0f} s the agent is {agent}")
        while_hidden = time.monotonic() - began
        desk_pace, idle_pace = ((tab.evaluate("seen.beats") - old) / while_hidden for tab, old in zip(tabs, before))
        expect(idle_pace < 3, f"hidden tabs are not slowed down: {idle_pace:.1f} timers a second")
        print(f"# hidden for {HIDDEN} s: of 10 timers a second {desk_pace:.2f} came at the desk, {idle_pace:.2f} in a tab "
              "without audio", flush=True)
        rings = page.evaluate("seen.rings")
        desk.run("ring")
        eventually(lambda: page.evaluate("seen.notifications") == 1, 10, "a notification is shown")
        # Four notes a ring: at least two rings, so that it goes on and not only begins.
        eventually(lambda: page.evaluate("seen.rings") - rings >= 8, 12, "it rings again and again")
        expect("138" in page.title(), f"the title is {page.title()}")
        expect(page.evaluate("document.visibilityState") == "hidden", "the tab came to the front by itself")
        page.bring_to_front()
        desk.press("Alt+a")
        desk.until("talking")
        web.talks(page)
        offers = hotline.facts(hotline.interaction()["id"], "offer.made")
        expect(len(offers) == 1, f"the call was offered {len(offers)} times")
        expect(not page.faults, f"the page complains: {page.faults}")
        desk.customer.end()
        desk.until("wrapUp")


# Microphones that a test may take away: `unplug(all)` ends the present track, as Chromium does for a device that is
# gone, and hides the device; `plug` brings them back.
DEVICES = """() => {
    const media = navigator.mediaDevices;
    const [open, list] = [media.getUserMedia.bind(media), media.enumerateDevices.bind(media)];
    const gone = { ids: new Set(), all: false }, tracks = [];
    media.enumerateDevices = async () => (await list()).filter((one) => one.kind !== "audioinput" || (!gone.all && !gone.ids.has(one.deviceId)));
    media.getUserMedia = async (wanted) => {
        const exact = wanted.audio?.deviceId?.exact;
        if (gone.all) throw new DOMException("no device", "NotFoundError");
        if (gone.ids.has(exact)) throw new DOMException("no such device", "OverconstrainedError");
        const left = (await media.enumerateDevices()).find((one) => one.kind === "audioinput" && !["default", "communications"].includes(one.deviceId));
        const stream = await open(exact || !left ? wanted : { audio: { ...wanted.audio, deviceId: { exact: left.deviceId } } });
        tracks.push(...stream.getAudioTracks());
        return stream;
    };
    window.unplug = (all) => {
        gone.all = all;
        for (const track of tracks.splice(0).filter((one) => one.readyState === "live")) {
            gone.ids.add(track.getSettings().deviceId);
            track.stop();
            track.dispatchEvent(new Event("ended"));
        }
        media.dispatchEvent(new Event("devicechange"));
    };
    window.plug = () => { gone.all = false; gone.ids.clear(); media.dispatchEvent(new Event("devicechange")); };
}"""


@test("G24 a headset that is pulled out while talking is said, another takes its place, and the customer stays")
def unplugged(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium(["--use-fake-device-for-media-stream=device-count=3"]) as chromium:
        page = web.pages.open_page(chromium)
        page.add_init_script(f"({DEVICES})()")
        desk = web.agent_desk(bench, None, hotline, page=page)
        web.watch_words(page)
        desk.ring()
        desk.press("Alt+a")
        desk.until("talking")
        call = hotline.interaction()["id"]
        page.evaluate("unplug(false)")
        eventually(lambda: any("麦克风已断开" in text for _, text in web.words(page)), 15, "the change is said")
        web.talks(page, "with another microphone")
        page.locator(".toast button").first.click()
        page.wait_for_selector("dialog[open] select")
        page.click("dialog[open] .ends .button.primary")
        # The last one goes too: the customer is heard and nothing is hung up.
        page.evaluate("unplug(true)")
        page.wait_for_selector(".notice:has-text('没有找到麦克风')")
        page.wait_for_selector(".call-card.talking")
        came, _ = web.pages.hears(page)
        expect(came > 20, f"without a microphone {came} packets came in a second")
        page.evaluate("plug()")
        page.wait_for_selector(".notice:has-text('没有找到麦克风')", state="detached")
        web.talks(page, "after it was plugged in again")
        facts = hotline.types(call)
        expect("call.agentLegLost" not in facts and "call.ended" not in facts, f"the call suffered: {facts}")
        expect(not page.faults, f"the page complains: {page.faults}")
        desk.customer.end()
        desk.until("wrapUp")


@test("G24 without a microphone no shift begins in the browser, and the page says why")
def refused(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        page = web.pages.open_page(chromium)
        page.add_init_script("""
            const media = navigator.mediaDevices, open = media.getUserMedia.bind(media);
            window.refuses = true;
            media.getUserMedia = (wanted) => window.refuses ? Promise.reject(new DOMException("no", "NotAllowedError")) : open(wanted);
        """)
        web.pages.sign_in(page, hotline.http, "5019", "hotline-5019")
        web.pages.visit(page, "desk")
        page.wait_for_selector(".notice:has-text('麦克风被禁止')")
        page.wait_for_selector(".seats label.is-on")
        page.click(".start .button.primary")
        page.wait_for_selector(".toast:has-text('麦克风被禁止')")
        page.wait_for_timeout(1_000)
        expect(page.locator(".start").count() == 1, "the page went on to the desk")
        agent = hotline.agent("5019")
        expect(not agent or agent["presence"] == "offline", f"half signed in: {agent}")
        page.evaluate("window.refuses = false")
        page.click(".start .notice button")
        page.wait_for_selector(".notice:has-text('麦克风被禁止')", state="detached")
        page.click(".start .button.primary")
        web.pages.wait_for_leg(page)


@test("G24 thirty seconds without events: the desk says so, asks by itself, misses no call and needs no reload")
def no_events(bench):
    hotline = Hotline(bench, centres.demo(bench))
    wire = Wire(bench, hotline)
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline, base=wire.http)
        page = desk.page
        page.evaluate("window.isSamePage = true")
        web.watch_words(page)
        wire.cut(EVENTS)
        began = time.monotonic()
        page.wait_for_selector(".banner")
        desk.ring()
        desk.press("Alt+a")
        desk.until("talking")
        web.talks(page)
        while time.monotonic() - began < AWAY:
            page.wait_for_timeout(500)
        expect(page.locator(".banner").count() == 1, "the banner went though there are no events")
        desk.customer.end()
        desk.until("wrapUp")
        wire.mend()
        page.wait_for_selector(".banner", state="detached")
        desk.press("Alt+y")
        desk.until("idle")
        expect(page.evaluate("window.isSamePage"), "the page was loaded anew")
        expect(not web.complaints(page), f"it complained: {web.complaints(page)}")
        desk.ring()
        desk.press("Alt+a")
        desk.until("talking")
        desk.customer.end()


@test("G24 a call that is offered while the server cannot be reached rings as soon as it can")
def offered_meanwhile(bench):
    hotline = Hotline(bench, centres.demo(bench))
    wire = Wire(bench, hotline)
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline, base=wire.http)
        wire.cut()
        desk.page.wait_for_selector(".banner")
        desk.run("ring")
        call = hotline.interaction()["id"]
        hotline.await_fact(call, "offer.made")
        expect(desk.page.locator(".call-card.ringing").count() == 0, "it rings without a network")
        wire.mend()
        desk.until("ringing")
        desk.press("Alt+a")
        desk.until("talking")
        web.talks(desk.page)
        expect(len(hotline.facts(call, "offer.made")) == 1, "the call was offered more than once")
        desk.customer.end()


@test("G24 a stream of events that falls silent is noticed by its missing beat, and a call rings all the same")
def silent_events(bench):
    hotline = Hotline(bench, centres.demo(bench))
    wire = Wire(bench, hotline)
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline, base=wire.http)
        wire.hush(EVENTS)
        desk.page.wait_for_selector(".banner")
        desk.ring()
        wire.mend()
        desk.press("Alt+a")
        desk.until("talking")
        desk.page.wait_for_selector(".banner", state="detached")
        desk.customer.end()
        desk.until("wrapUp")
