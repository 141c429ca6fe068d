"""The desk in a real browser: an agent's calls, what happens when the page goes away, and the customers' call page."""

import sys
import urllib.request

from harness import audio, centres, web
from harness.bench import Ports, eventually, expect
from harness.hotline import Hotline
from harness.registry import test


def heard_track(hotline, identifier, name):
    """The samples of one track of the interaction's recordings."""
    for recording in hotline.recordings(identifier):
        for track in recording["tracks"]:
            if track["name"] == name:
                return audio.read_wav((hotline.data / track["path"]).read_bytes())[0]
    return []


@test("N02 N11 P20 an agent's browser takes a call by keyboard: audio both ways by getStats and in the recording")
def browser_agent(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        web.calls.quick_call(desk)
        call = hotline.interaction()["id"]
        web.calls.controls(desk)
        desk.close()
    for kind in ("offer.made", "call.connected", "conversation.ended", "call.ended"):
        hotline.await_fact(call, kind)
    # Chromium's fake microphone beeps; the telephone heard it, and so did the recording.
    heard = desk.customer.phone.samples()
    beeps = heard_track(hotline, call, "agent-1")
    expect(max(map(abs, beeps), default=0) > 1_000, f"the agent's track is silent, {len(beeps) / 8_000:.1f} s")
    expect(max(map(abs, heard), default=0) > 1_000, "the customer heard nothing")
    form = hotline.get(f"/interactions/{call}/form")
    expect(form.get("requestType") and form.get("disposition") and "内网" in form["notes"], f"the form is {form}")


@test("G24 a page that is loaded anew while talking is joined again, and the form is as it was")
def reload(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        web.calls.reload_while_talking(desk)
        desk.close()
        call = hotline.interaction()["id"]
        lost = hotline.await_fact(call, "call.agentLegLost")
        back = hotline.await_fact(call, "call.agentLegBack")
        expect(back["at"] - lost["at"] < 10_000, f"the agent was away for {back['at'] - lost['at']} ms")
    tracks = {track["name"] for recording in hotline.recordings(call) for track in recording["tracks"]}
    expect(tracks == {"customer", "agent-1", "agent-1-2"}, f"the tracks are {tracks}")
    again = heard_track(hotline, call, "agent-1-2")
    expect(max(map(abs, again), default=0) > 1_000, "nothing was recorded after the page had come back")


@test("G24 a page that goes away for good gives the customer back to the queue in front")
def gone(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        desk.ring()
        desk.press("Alt+a")
        desk.until("talking")
        call = hotline.interaction()["id"]
        desk.page.context.close()
        hotline.await_fact(call, "call.agentLegLost", 15)
        entered = hotline.await_fact(call, "queue.entered")
        again = eventually(lambda: hotline.facts(call, "queue.entered")[1:], 30, "the customer waits again")
        expect(not hotline.facts(call, "call.ended"), "the customer's call was ended")
        expect(again[0]["queue"] == entered["queue"], "the customer waits elsewhere")
        expect(hotline.agent("5019")["presence"] == "notReady", "an agent without a page is still ready")
        desk.customer.end()


@test("G24 a page that is loaded anew while it rings still rings")
def reload_while_ringing(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        desk.ring()
        desk.page.reload()
        desk.until("ringing")
        web.pages.wait_for_leg(desk.page)
        desk.press("Alt+a")
        desk.until("talking")
        offers = hotline.facts(hotline.interaction()["id"], "offer.made")
        expect(len(offers) == 1, f"the call was offered {len(offers)} times")
        came, went = web.pages.hears(desk.page)
        expect(came > 20 and went > 20, f"{came} packets came, {went} went in a second")
        desk.customer.end()
        desk.until("wrapUp")
        desk.page.reload()
        desk.until("wrapUp")


@test("G24 a second tab takes the telephone over by consent")
def second_tab(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        web.calls.second_tab(desk)
        desk.close()


@test("N04 a customer calls from the call page, presses a key and talks with an agent in the browser")
def call_page(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        page = web.pages.open_page(chromium)
        page.goto(hotline.http + "/call")
        web.pages.call(page)
        call = hotline.interaction()["id"]
        hotline.await_node(call, "menu", 60)
        web.pages.press_on_call_page(page, "1")
        desk.until("ringing")
        desk.press("Alt+a")
        desk.until("talking")
        for side, one in (("agent", desk.page), ("customer", page)):
            came, went = web.pages.hears(one)
            expect(came > 20 and went > 20, f"{side}: {came} packets came, {went} went in a second")
        web.pages.hang_up_on_call_page(page)
        desk.until("wrapUp")
        expect(not page.faults, f"the call page complains: {page.faults}")
    record = hotline.interaction()
    expect(record["origin"] == "web" and record["endedBy"] == "customer", f"the record is {record}")
    for name in ("customer", "agent-1"):
        expect(max(map(abs, heard_track(hotline, call, name)), default=0) > 1_000, f"the track {name} is silent")


@test("N04 G01 without consent there is no call, and an address cannot call without end")
def call_page_limits(bench):
    hotline = Hotline(bench, centres.demo(bench))
    from harness.hotline import expect_status

    refused = expect_status(400, lambda: hotline.call("POST", "/web-calls", {"number": "5186", "sdp": "v=0"}))
    expect(refused["field"] == "consent", f"the refusal names {refused.get('field')}")
    for _ in range(6):
        expect_status(400, lambda: hotline.call(
            "POST", "/web-calls", {"number": "5186", "sdp": "nonsense", "consent": True}))
    expect_status(429, lambda: hotline.call(
        "POST", "/web-calls", {"number": "5186", "sdp": "nonsense", "consent": True}))


@test("G15 Q07 the agent hands the customer to the rating with one key, and the key that is pressed is kept")
def hand_over(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        desk.ring()
        desk.press("Alt+a")
        desk.until("talking")
        call = hotline.interaction()["id"]
        desk.press("Alt+r")
        desk.until("wrapUp")
        hotline.await_fact(call, "call.handedToRating")
        hotline.await_node(call, "rating")
        desk.customer.phone.press("1")
        rated = hotline.await_fact(call, "flow.rated")
        expect(rated["payload"]["score"] == 5, f"the score is {rated['payload']}")
        desk.customer.phone.await_bye(30)
        hotline.await_end(call)
    expect(hotline.interaction()["rating"] == 5, "the rating is not with the call")


def energy(page):
    """Of everything that the page has heard."""
    return web.pages.stats(page).get("in", {}).get("energy", 0)


@test("G13 in a queue that answers by itself the call is taken after a tone and the queue's name, without a key")
def auto_answer(bench):
    centre = centres.demo(bench)
    text = centre.read_text()
    centre.write_text(text.replace("skills = { client = 1 }\n", "skills = { client = 1 }\nauto_answer = true\n", 1))
    hotline = Hotline(bench, centre)
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        quiet = energy(desk.page)
        desk.customer.ring()
        desk.until("talking")
        call = hotline.interaction()["id"]
        made, taken = hotline.await_fact(call, "offer.made"), hotline.await_fact(call, "call.connected")
        # The tone lasts a quarter of a second and the name is spoken after it.
        expect(taken["at"] - made["at"] > 700, f"taken after {taken['at'] - made['at']} ms")
        heard = energy(desk.page) - quiet
        expect(heard > 0.001, f"the agent heard nothing before the call (energy {heard})")
        desk.customer.end()
        desk.until("wrapUp")


@test("N21 a known fault that a supervisor sets stands on the agent's desk, and the caller's history beside the call")
def beside(bench):
    hotline = Hotline(bench, centres.demo(bench))
    hotline.call("POST", "/announcements", {"board": "faults", "texts": {"zh-CN": "邮件系统正在抢修。", "en": "Mail is down."}})
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        desk.page.wait_for_selector(".aside :text('邮件系统正在抢修')")
        for _ in range(2):
            desk.ring()
            desk.press("Alt+a")
            desk.until("talking")
            desk.press("Alt+n")
            desk.page.keyboard.type("打印机坏了")
            desk.page.wait_for_selector(".save-state.saved")
            desk.customer.end()
            desk.until("wrapUp")
            desk.press("Alt+y")
            desk.until("idle")
        desk.ring()
        desk.page.wait_for_selector(".aside :text('打印机坏了')")
        shown = desk.page.locator(".call-card").inner_text()
        expect("13800138000" in shown.replace(" ", "").replace("-", ""), f"the caller is not shown: {shown}")
        desk.customer.end()


def is_served(port):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
        return True
    except OSError:
        return False


@test("N04 another site's page loads the call button, which opens the call page")
def call_button(bench):
    hotline = Hotline(bench, centres.demo(bench))
    folder, port = bench.path("site"), Ports.take()
    folder.mkdir()
    (folder / "index.html").write_text(
        f'<!doctype html><title>A site</title><body><script src="{hotline.http}/embed.js" data-number="5186" '
        'data-position="inline"></script></body>')
    bench.start("site", [sys.executable, "-m", "http.server", port, "--bind", "127.0.0.1", "-d", folder])
    eventually(lambda: is_served(port), 10, "the site is there")
    with web.pages.chromium() as chromium:
        page = web.pages.open_page(chromium)
        # Another name of this machine is another site for the browser.
        page.goto(f"http://localhost:{port}/")
        host = page.locator("div[data-position=inline]")
        host.wait_for()
        with page.expect_popup() as opened:
            host.click()
        opened.value.wait_for_selector("body[data-ready=call]")
        expect("/call" in opened.value.url and "number=5186" in opened.value.url, f"it opened {opened.value.url}")
