#!/usr/bin/env python3
"""The page of privacy against a server in memory: look-up, export, erasure with its proof, holds, retention, deletions.

    python3 web/test/privacy.py [FOLDER FOR PICTURES]

Ends with 1 when anything was found.
"""

import pathlib
import sys

from browser import LANGUAGES, THEMES, chromium, open_page, visit
from mock import Privacy, running
from screens import Walk


def expect(walk, name, holds):
    """Something that has to be so."""
    if not holds:
        walk.findings.append(name)


def look_up(page, number):
    """Asks for a number on the first part."""
    page.fill("form[role=search] input", number)
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)


def subject(walk, page, api, ending):
    """A person is found, handed out, and erased only when the number has been typed again."""
    visit(page, "privacy")
    walk.look(page, f"privacy-{ending}")
    look_up(page, "12x")
    expect(walk, "a word that is no number is told at the field", page.locator(".field .fault").count() == 1)
    look_up(page, "138 0000 9999")
    expect(walk, "an unknown number says so", page.locator(".part .empty b").count() == 1)
    look_up(page, "139 0000 2222")
    expect(walk, "what is held cannot be erased", page.locator(".privacy .card .row.wrap:not(form) .button:disabled").count() == 1)
    walk.look(page, f"privacy-held-{ending}")
    look_up(page, "138 0000 1111")
    walk.look(page, f"privacy-subject-{ending}")
    with page.expect_download() as download:
        page.click(".privacy .card .row.wrap:not(form) .button >> nth=0")
    expect(walk, "the export is a file without a number in its name", "138" not in download.value.suggested_filename and download.value.suggested_filename.endswith(".zip"))
    page.click(".privacy .card .row.wrap:not(form) .button >> nth=1")
    page.fill("dialog textarea", "Letter of 20 November")
    page.fill("dialog input", "13800002222")
    expect(walk, "another number is refused", page.locator("dialog .button.danger:disabled").count() == 1 and page.locator("dialog .fault").count() == 1)
    page.fill("dialog input", "138 0000 1111")
    walk.look(page, f"privacy-erase-{ending}")
    page.click("dialog .button.danger")
    page.wait_for_selector(".record .notice.good")
    expect(walk, "nothing is left of the person", "+8613800001111" not in api.people)
    expect(walk, "the number is in no address", "1380000" not in page.url)
    walk.look(page, f"privacy-erased-{ending}")


def holds(walk, page, api, ending):
    """A hold is made and lifted with reasons."""
    visit(page, "privacy/holds")
    walk.look(page, f"privacy-holds-{ending}")
    page.click(".privacy .button.primary")
    page.fill("dialog input[type=tel]", "13700003333")
    page.fill("dialog textarea", "Request of an authority")
    walk.look(page, f"privacy-hold-new-{ending}")
    page.click("dialog .button.primary")
    page.wait_for_selector("dialog", state="detached")
    expect(walk, "the hold stands", api.holds[0]["number"] == "+8613700003333")
    page.click("tbody tr >> nth=0 >> button")
    page.fill("dialog textarea", "Settled")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog", state="detached")
    expect(walk, "the hold is lifted from the keyboard", api.holds[0]["liftReason"] == "Settled")
    page.click(".privacy .segments label >> nth=1")
    page.wait_for_timeout(400)
    walk.look(page, f"privacy-holds-all-{ending}")


def retention(walk, page, api, ending):
    """Days are saved; who was slower sees what the other one saved."""
    visit(page, "privacy/retention")
    page.wait_for_selector(".kept")
    walk.look(page, f"privacy-retention-{ending}")
    page.fill(".kept >> nth=0 >> input[type=number]", "0")
    expect(walk, "no days are told at the field", page.locator(".kept .fault").count() == 1)
    page.fill(".kept >> nth=0 >> input[type=number]", "2000")
    api.retention = {**api.retention, "version": 4, "days": {**api.retention["days"], "recording": 90}}
    page.click(".privacy form .button.primary")
    page.wait_for_selector(".conflict")
    walk.look(page, f"privacy-conflict-{ending}")
    page.click(".conflict .button.primary")
    page.wait_for_timeout(500)
    expect(walk, "mine is saved on top", api.retention["days"] == {"identity": 2000, "recording": 90, "freeText": None})
    page.fill(".kept >> nth=0 >> input[type=number]", "30")
    page.click(".privacy form .button.primary")
    page.wait_for_selector("dialog")
    walk.look(page, f"privacy-shorter-{ending}")
    page.click("dialog .button.danger")
    page.wait_for_timeout(400)
    expect(walk, "a shorter time is saved after a question", api.retention["days"]["identity"] == 30)


def deletions(walk, page, ending):
    """The list has pages; a record can be looked at again and printed."""
    visit(page, "privacy/deletions")
    page.wait_for_selector("tbody tr")
    walk.look(page, f"privacy-deletions-{ending}")
    page.click(".pager .button >> nth=1")
    page.wait_for_timeout(400)
    expect(walk, "there is a second page", 0 < page.locator("tbody tr").count() < 30)
    page.click(".pager .button >> nth=0")
    page.wait_for_timeout(400)
    page.click("tbody tr a >> nth=0")
    page.wait_for_selector(".record")
    walk.look(page, f"privacy-deletion-{ending}")
    page.fill(".privacy input[type=tel]", "13800001111")
    page.click(".privacy form .button")
    page.wait_for_timeout(400)
    page.emulate_media(media="print")
    walk.look(page, f"privacy-print-{ending}")
    expect(walk, "what cannot be pressed on paper is not there", not page.locator(".topbar, .side, .privacy .button").evaluate_all("found => found.some((one) => one.offsetParent)"))
    page.emulate_media(media="screen")


def narrow(walk, page, ending):
    """At 200 % and on a telephone nothing but tables scrolls sideways."""
    for width in [640, 390]:
        page.set_viewport_size({"width": width, "height": 800})
        for part in ["privacy", "privacy/holds", "privacy/retention", "privacy/deletions"]:
            visit(page, part)
            expect(walk, f"{part} is as wide as the window at {width} ({ending})", page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.querySelector('main').scrollWidth <= innerWidth"))
    walk.look(page, f"privacy-narrow-{ending}")


def main():
    """Each language and theme with a state of its own."""
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    walk = Walk(folder)
    with chromium() as browser:
        for language in LANGUAGES:
            for theme in THEMES:
                api = Privacy()
                with running(api) as base:
                    ending = f"{language}-{theme}"
                    page = open_page(browser, language, theme, 1152, 720)
                    page.goto(base + "/")
                    page.wait_for_selector("body[data-ready=signed-in]")
                    subject(walk, page, api, ending)
                    holds(walk, page, api, ending)
                    retention(walk, page, api, ending)
                    deletions(walk, page, ending)
                    narrow(walk, page, ending)
                    page.context.close()
    print("\n".join(walk.findings) or "nothing found")
    sys.exit(1 if walk.findings else 0)


if __name__ == "__main__":
    main()
