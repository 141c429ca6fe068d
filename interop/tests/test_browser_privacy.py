"""The first run in the browser, and personal data as the privacy officer sees them."""

import re
import subprocess

from harness import centres, web
from harness.bench import eventually, expect
from harness.hotline import PROGRAM, Hotline
from harness.phone import Phone
from harness.registry import test

import setup  # of web/test, which harness.web puts on the path

NUMBER = "13912345678"
TEXT = "document.querySelector('main').innerText.replace(/\\s+/g, ' ')"


def shows(page, *wanted):
    eventually(lambda: all(word in page.evaluate(TEXT) for word in wanted), 20, f"the screen shows {wanted}")


@test("G26 in the browser the first administrator goes from an empty centre to people, a welcome and a call that is answered")
def first_run(bench):
    data = bench.path("data")
    made = subprocess.run(
        [PROGRAM, "init", "--data", data, "--company", "Example", "--zone", "Asia/Shanghai", "--language", "en",
         "--administrator", "9001"], capture_output=True, text=True, timeout=60, check=True)
    password = re.search(r"[Pp]assword:?\s+(\S+)", made.stdout)[1]
    hotline = Hotline(bench, data=data)
    walk = setup.Walk(None)
    with web.pages.chromium() as chromium:
        page = web.pages.open_page(chromium, "en", "light", 1152, 720)
        setup.begin(walk, page, hotline.http, "9001", password)
        setup.numbers(walk, page)
        # The walk takes the first number away again; the centre needs one that can be called.
        web.pages.visit(page, "setup/number")
        page.fill(".setup-part input[type=tel]", "5186")
        page.click(".setup-part form .button.primary")
        page.wait_for_url("**/#/setup/team")
        setup.people(walk, page)
        setup.welcome(walk, page)
        expect(not walk.findings, f"the walk found {walk.findings}")
        expect(not page.faults, f"the page complains: {page.faults}")
        phone = Phone(bench, hotline, called="5186")
        expect(phone.call() == 200, "the new number does not answer")
        hotline.interaction()
        phone.hang_up()


@test("G02 in the browser the privacy officer finds a caller, exports and erases, and sees that nothing is left")
def erased(bench):
    hotline = Hotline(bench, centres.demo(bench), seals=True)
    hotline.await_prompts()
    phone = Phone(bench, hotline, caller=NUMBER)
    expect(phone.call() == 200, "the call was not answered")
    phone.hang_up()
    hotline.await_end(hotline.interaction()["id"])
    with web.pages.chromium() as chromium:
        page = web.pages.open_page(chromium, language="en")
        web.pages.sign_in(page, hotline.http, "9004", "hotline-9004")
        web.pages.visit(page, "privacy")
        page.fill("main input[type=tel]", NUMBER)
        page.keyboard.press("Enter")
        shows(page, "Numbers of contacts")
        with page.expect_download() as download:
            page.click("main button:has-text('Hand out')")
        expect(open(download.value.path(), "rb").read(2) == b"PK", "the export is no ZIP file")
        page.click("main button:has-text('Erase')")
        page.wait_for_selector("dialog input[type=tel]")
        page.fill("dialog textarea", "asked by letter")
        page.fill("dialog input[type=tel]", NUMBER)
        page.click("dialog button[type=submit]")
        page.wait_for_selector("dialog", state="detached")
        shows(page, "asked by letter")
        web.pages.visit(page, "privacy/deletions")
        shows(page, "asked by letter")
        expect(not page.faults, f"the page complains: {page.faults}")
    deletion = hotline.get("/deletions")["items"][0]
    expect(deletion["left"] == 0 and deletion["actorName"] == "9004", f"the deletion is {deletion}")
    found = hotline.call("POST", "/subjects/search", {"number": NUMBER})
    expect(found["contacts"] == 0 and not found["holdings"], f"left: {found}")
