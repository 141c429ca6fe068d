#!/usr/bin/env python3
"""From an empty centre to a queue with people, in the browser: the wizard of the first run.

    python3 web/test/setup.py BASE NUMBER ONE-TIME-PASSWORD [FOLDER FOR PICTURES]

BASE is a program that serves a centre as `hotline init` makes it, NUMBER its administrator. The centre is changed. Ends
with 1 when anything was found.
"""

import pathlib
import sys
import tempfile
import wave

from browser import LANGUAGES, THEMES, chromium, open_page, sign_in, visit
from screens import Walk

PASSWORD = "Lantern-Bridge-77"
PEOPLE = "number,name,skills,team,site\n5001,王芳,service:2,a,main\n5002,李强,,a,main\n5003,陈静,service:1,a,nowhere\n"
STEPS = ["company", "trunk", "number", "team", "prompts", "test"]


def expect(walk, name, holds):
    """Something that has to be so."""
    if not holds:
        walk.findings.append(name)


def onward(page, step):
    """Saves, and waits for the next step."""
    page.click(".setup-part form .button.primary")
    page.wait_for_url(f"**/#/setup/{step}")
    page.wait_for_timeout(300)


def begin(walk, page, base, number, password):
    """The one-time password is changed, and the wizard opens by itself."""
    sign_in(page, base, number, password)
    page.wait_for_selector("dialog input")
    page.fill("dialog input >> nth=0", password)
    page.fill("dialog input >> nth=1", PASSWORD)
    page.click("dialog .button.primary")
    page.wait_for_url("**/#/setup/**")
    page.wait_for_selector(".setup-steps [aria-current]")


def numbers(walk, page):
    """Company, trunk, number and hours."""
    visit(page, "setup/company")
    page.fill(".setup-part input >> nth=0", "Example Energy Hotline")
    onward(page, "trunk")
    page.fill(".setup-part input >> nth=0", "not-an-address")
    page.click(".setup-part form .button.primary")
    page.wait_for_selector(".setup-part .fault, .setup-part .notice.bad")
    page.fill(".setup-part input >> nth=0", "127.0.0.1 192.0.2.0/28")
    onward(page, "number")
    page.fill(".setup-part input[type=tel]", "+86 10 5186 0001")
    page.click(".setup-part .segments label >> nth=1")
    page.fill(".setup-part input[type=time] >> nth=1", "07:00")
    expect(walk, "an end before the beginning is told", page.locator(".setup-part .fault").count() == 1)
    page.fill(".setup-part input[type=time] >> nth=1", "18:00")
    onward(page, "team")
    visit(page, "setup/number")
    page.wait_for_timeout(300)
    expect(walk, "the number is there", "+861051860001" in page.locator(".plain-list").inner_text())
    page.click(".plain-list .button >> nth=1")
    page.wait_for_timeout(500)
    expect(walk, "a number with a plus can be removed", "+861051860001" not in page.locator(".plain-list").inner_text())


def people(walk, page):
    """People from a table with faults by line; then skills, seats and passwords."""
    visit(page, "setup/team")
    page.fill(".setup-part textarea", PEOPLE)
    page.wait_for_selector("tr.faulty")
    expect(walk, "one line is at fault", page.locator("tr.faulty").count() == 1)
    page.fill(".setup-part textarea", PEOPLE.replace("nowhere", "main"))
    page.wait_for_timeout(200)
    page.click(".setup-part .save-bar .button.primary")
    page.wait_for_selector(".check-line.good")
    page.wait_for_timeout(800)
    for _ in range(3):
        page.click(".check-line .button >> nth=0")
        page.wait_for_timeout(1_200)
    expect(walk, "three passwords are shown", page.locator(".given tbody tr").count() == 3)
    expect(walk, "nothing is left to do for the people", page.locator(".check-line.open").count() == 0)


def welcome(walk, page):
    """The text is published; then a recording takes its place."""
    visit(page, "setup/prompts")
    page.fill(".setup-part textarea >> nth=0", "Welcome to the hotline of Example Energy.")
    onward(page, "test")
    visit(page, "setup/prompts")
    page.wait_for_timeout(300)
    expect(walk, "the text is in force", page.locator(".setup-part textarea >> nth=0").input_value() == "Welcome to the hotline of Example Energy.")
    with tempfile.TemporaryDirectory() as folder:
        name = str(pathlib.Path(folder) / "welcome.wav")
        with wave.open(name, "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"".join(((index * 700) % 20000 - 10000).to_bytes(2, "little", signed=True) for index in range(16_000)))
        page.set_input_files(".setup-part input[type=file]", name)
        page.wait_for_timeout(1_500)
    visit(page, "setup/test")
    visit(page, "setup/prompts")
    page.wait_for_timeout(400)
    expect(walk, "the recording is in force", page.locator(".setup-part .notice.info").count() == 1)


def pictures(walk, page, ending):
    """Each step as it is now."""
    for step in STEPS:
        visit(page, f"setup/{step}")
        page.wait_for_selector(".setup-part")
        page.wait_for_timeout(600)
        walk.look(page, f"setup-{step}-{ending}")
        expect(walk, f"setup/{step} is as wide as the window ({ending})", page.evaluate("document.querySelector('main').scrollWidth <= innerWidth"))


def main():
    """Once through with changes, then each step in every language and theme."""
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    base, number, password = sys.argv[1].rstrip("/"), *sys.argv[2:4]
    folder = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    walk = Walk(folder)
    with chromium() as browser:
        page = open_page(browser, "en", "light", 1152, 720)
        begin(walk, page, base, number, password)
        pictures(walk, page, "empty-en-light")
        numbers(walk, page)
        people(walk, page)
        walk.look(page, "setup-people-en-light")
        welcome(walk, page)
        page.context.close()
        for language in LANGUAGES:
            for theme in THEMES:
                for width in [1152, 390]:
                    page = open_page(browser, language, theme, width, 720)
                    sign_in(page, base, number, PASSWORD)
                    pictures(walk, page, f"{language}-{theme}" + ("-narrow" if width < 1152 else ""))
                    page.context.close()
    print("\n".join(walk.findings) or "nothing found")
    sys.exit(1 if walk.findings else 0)


if __name__ == "__main__":
    main()
