"""What is left of a call in the browser: the player, who listened, and the line that a rating holds."""

from harness import audio, centres, web
from harness.bench import eventually, expect
from harness.hotline import Hotline
from harness.registry import test

# Milliseconds by which tracks of one recording may differ: a packet or two.
NEARLY = 60


def signed_in(browser, hotline, number, screen=None):
    page = web.pages.open_page(browser)
    web.pages.sign_in(page, hotline.http, number, f"hotline-{number}")
    if screen:
        web.pages.visit(page, screen)
    return page


@test("Q07 a customer who is handed to rating holds a line, and the agent is free for the next call meanwhile")
def rating_line(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = web.agent_desk(bench, chromium, hotline)
        watcher = signed_in(chromium, hotline, "6001", "live")
        desk.ring()
        desk.press("Alt+a")
        desk.until("talking")
        rating, first = desk.customer.phone, hotline.interaction()["id"]
        # The next customer waits, so that he is spoken with while the first still rates.
        desk.run("ring")
        second = hotline.interaction(1)["id"]
        hotline.await_fact(second, "queue.entered")
        desk.press("Alt+r")
        desk.until("wrapUp")
        hotline.await_node(first, "rating")
        desk.press("Alt+y")
        desk.until("ringing")
        desk.press("Alt+a")
        desk.until("talking")
        lines, rates = hotline.live()["lines"]["inUse"], not hotline.facts(first, "call.ended")
        # A conversation holds no line (decision 12), so the one that is held is that of the rating.
        expect(rates and lines == 1, f"{lines} lines are in use, the first customer rates: {rates}")
        shown = "document.querySelector('main').innerText.replace(/\\s+/g, '')"
        eventually(lambda: "线路1共25" in watcher.evaluate(shown), 15, "the live picture shows one line of 25")
        rating.press("1")
        hotline.await_fact(first, "flow.rated", score=5)
        rating.await_bye(30)
        hotline.await_end(first)
        eventually(lambda: hotline.live()["lines"]["inUse"] == 0, 10, "the line of the rating is free")
        desk.page.wait_for_selector(".call-card.talking")
        desk.customer.end()
        desk.until("wrapUp")


def call_of_some_seconds(bench, chromium, hotline, seconds=4):
    """A conversation with sound on both sides; its id."""
    desk = web.agent_desk(bench, chromium, hotline)
    desk.ring()
    desk.press("Alt+a")
    desk.until("talking")
    desk.customer.phone.say(audio.tone(440, 1.0))
    desk.page.wait_for_timeout(seconds * 1_000)
    desk.customer.end()
    desk.until("wrapUp")
    call = hotline.interaction()["id"]
    hotline.await_end(call)
    return call


# How many bars in each half of the drawing are taller than a line of silence.
DRAWN = """() => {
    const canvas = document.querySelector('.player canvas');
    const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const halves = [0, 0];
    for (let x = 0; x < width; x += 1) for (const half of [0, 1]) {
        let filled = 0;
        for (let y = (half * height) / 2 | 0; y < ((half + 1) * height) / 2; y += 1) filled += data[(y * width + x) * 4 + 3] > 60 ? 1 : 0;
        if (filled > 4 && filled < height * 0.48) halves[half] += 1;
    }
    return halves;
}"""


@test("P20 N11 the player draws both tracks, changes speed, jumps to marks and saves a stereo file; who listened is in the audit")
def player(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        call = call_of_some_seconds(bench, chromium, hotline)
        recording = hotline.recordings(call)[0]
        page = signed_in(chromium, hotline, "6001", f"interactions/{call}")
        page.wait_for_selector(".player .marks button")
        web.pages.wait_until(page, "document.querySelector('.player .wave').getAttribute('aria-valuemax') !== '0'")
        eventually(lambda: min(page.evaluate(DRAWN)) > 5, 15, "both tracks are drawn")
        at = "Number(document.querySelector('.player .wave').getAttribute('aria-valuenow'))"
        longest = max(track["milliseconds"] for track in recording["tracks"]) / 1_000
        shown = page.evaluate("Number(document.querySelector('.player .wave').getAttribute('aria-valuemax'))")
        expect(abs(shown - longest) <= 1, f"{shown} s are shown, {longest:.1f} s were recorded")

        marks = page.locator(".player .marks button")
        places = [mark.locator(".numeric").inner_text() for mark in marks.all()]
        marks.last.click()
        minutes, seconds = (int(part) for part in places[-1].split(":")[-2:])
        found = page.evaluate(at)
        expect(abs(found - minutes * 60 - seconds) <= 1, f"the last mark {places[-1]} leads to {found} s")
        page.focus(".player .wave")
        page.keyboard.press("Home")
        expect(page.evaluate(at) == 0, "Home is not the beginning")
        page.keyboard.press("ArrowDown")
        expect(page.evaluate(at) <= found, "arrow down is not the next mark")

        for speed in ("2", "1.5", "0.75"):
            page.click(f".player .segments label:has(input[value='{speed}'])")
        page.click(".player .segments label:has(input[value='2'])")
        page.focus(".player .wave")
        page.keyboard.press("Home")
        page.keyboard.press(" ")
        # Twice as fast by the clock of the audio itself, whatever the machine does meanwhile.
        web.pages.wait_until(page, f"{at} >= {int(shown) - 1}", timeout=60_000)
        page.wait_for_selector(".player .controls [aria-label='播放']", timeout=60_000)

        with page.expect_download() as saved:
            page.click(".player a[download]")
        channels = audio.read_wav(open(saved.value.path(), "rb").read())
        expect(len(channels) == 2, f"the file has {len(channels)} channels")
        for channel, name in zip(channels, ("customer", "agent")):
            length = len(channel) / audio.RATE
            expect(abs(length - longest) * 1_000 <= NEARLY, f"{name}: {length:.2f} s in the file, {longest:.2f} s recorded")
            expect(max(map(abs, channel)) > 1_000, f"{name} is silent in the file")
        left, right = (audio.tone_share(channel, 440) for channel in channels)
        expect(left > 0.5, f"the customer's tone is not on the left: {left:.2f} of the power")
        expect(right < 0.1, f"the customer's tone is on the right: {right:.2f} of the power")
        expect(not page.faults, f"the page complains: {page.faults}")

        auditor = signed_in(chromium, hotline, "9003")
        entries = auditor.evaluate("async () => (await (await fetch('/api/v1/audit')).json()).items")
        heard = [one for one in entries if one["object"] == f"{call}/{recording['startedAt']}" and "stereo" in str(one["details"])]
        # Once to play, once to save.
        expect(len(heard) == 2, f"the audit knows of {heard} among {[one['action'] for one in entries][:20]}")
        expect(all(one["number"] == "6001" and one["action"] == "recording.read" for one in heard), f"it does not say who: {heard}")
