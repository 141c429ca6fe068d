"""What supervisors see of the day: the board, the report with its formulas, alarms."""

import subprocess

from harness import centres, web
from harness.bench import eventually, expect
from harness.hotline import PROGRAM, Hotline
from harness.registry import test

TEXT = "document.querySelector('main').innerText.replace(/\\s+/g, ' ')"


def shows(page, wanted, within=15):
    """Waits until the screen says all of it."""
    def look():
        text = page.evaluate(TEXT)
        return all(word in text for word in wanted)

    try:
        eventually(look, within, f"the screen shows {wanted}")
    except AssertionError:
        raise AssertionError(f"the screen shows: {page.evaluate(TEXT)[:600]}") from None


# A second site, and seats whose telephones are never called, so that there is something to choose.
BRANCH = """
[[site]]
key = "branch"
name = { zh-CN = "西部分中心", en = "Western branch" }

[[seat]]
number = "91"
site = "branch"
phone = { kind = "sip", uri = "sip:agent91@127.0.0.1:9", probe = false }

[[seat]]
number = "92"
site = "main"
phone = { kind = "sip", uri = "sip:agent92@127.0.0.1:9", probe = false }
"""


def down_to_the_call(page):
    """From the site by its name to the team, the agent and the call."""
    shows(page, ["Main centre · 2", "Western branch · 1"])
    agents = page.locator(".agents .agent")
    page.click("[role=group][aria-label=Site] button:has-text('Main centre')")
    eventually(lambda: agents.count() == 2, 10, "the agents of the site")
    page.click("[role=group][aria-label=Team] button:has-text('b · 1')")
    eventually(lambda: agents.count() == 1, 10, "the agents of the team")
    page.click(".agents .agent.info button")
    dialog = "document.querySelector('dialog').innerText"
    wanted = ["马刚 5019", "Main centre", "5186", "Client-side service"]
    eventually(lambda: all(word in page.evaluate(dialog) for word in wanted), 10, "the call of the agent, at the site by its name")


@test("N26 P28 D29 G22 in the browser a supervisor follows a call from the board to the report, and an alarm comes and goes")
def figures(bench):
    hotline = Hotline(bench, centres.demo(bench, more=BRANCH))
    for number, seat in (("5002", "91"), ("5001", "92")):
        hotline.sign_in(number, seat, "notReady")
    hotline.call("PUT", "/alarm-rules", {"version": 0, "items": [{
        "name": "Somebody waits", "figure": "waiting", "queue": "client", "comparison": "above", "threshold": 0,
        "forSeconds": 0, "severity": "critical", "isOn": True, "steps": [{"afterSeconds": 0, "channel": "screen", "to": []}]}]})
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        page = web.pages.open_page(chromium, language="en")
        web.pages.sign_in(page, hotline.http, "6001", "hotline-6001")
        web.pages.visit(page, "wallboard")
        shows(page, ["Client-side service", "Longest wait"])
        desk.ring()
        row = "[...document.querySelectorAll('.wallboard tbody tr')].find(one => one.innerText.includes('Client-side')).innerText.split(/\\s+/)"
        # Waiting while the agent's browser rings; the alarm stands above.
        eventually(lambda: page.evaluate(row)[2] == "1", 15, "the board shows one who waits")
        shows(page, ["Somebody waits"])
        desk.press("Alt+a")
        desk.until("talking")
        web.pages.visit(page, "live")
        down_to_the_call(page)
        page.click("dialog .button:has-text('Open the interaction')")
        page.wait_for_url("**/#/interactions/*")
        expect(page.url.endswith(hotline.interaction()["id"]), f"the call leads to {page.url}")
        page.wait_for_timeout(1_500)
        desk.customer.end()
        desk.until("wrapUp")
        hotline.await_end(hotline.interaction()["id"])

        web.pages.visit(page, "reports")
        shows(page, ["Offered 1", "Connect rate 100.0 %", "1 offered = 1 ended + 0 waiting"])
        page.click("button.figure:has-text('Service level')")
        shown = "document.querySelector('dialog').innerText"
        expect("(answeredIn + abandonedIn) / (answered + abandoned)" in page.evaluate(shown), "the formula is not shown")
        page.keyboard.press("Escape")
        page.click("label:has-text('Queue')")
        shows(page, ["Client-side service 1 1 0"])
        with page.expect_download() as download:
            page.click("a:has-text('CSV')")
        text = open(download.value.path(), encoding="utf-8-sig").read()
        expect("\nTotal,,1,1,0," in text.replace("\r", ""), f"the file says {text[:300]}")

        page.click("a.bell")
        page.click("label:has-text('All')")
        shows(page, ["Somebody waits", "Cleared"])
        day = hotline.get("/figures")["from"]
        verdict = subprocess.run(
            [PROGRAM, "verify-figures", day, "--data", str(hotline.data)], capture_output=True, text=True, timeout=60)
        expect(verdict.stdout.startswith("equal: "), verdict.stdout + verdict.stderr)
        expect(not page.faults, f"the page complains: {page.faults}")
        desk.close()
