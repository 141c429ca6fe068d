#!/usr/bin/env python3
"""Walks through the screens in both languages and themes: no faults, no findings of axe, a picture of each.

    python3 web/test/screens.py BASE USER PASSWORD [FOLDER FOR PICTURES]

USER is an agent who supervises. The administrators' passwords are PASSWORD with their number in place of USER's, as in the
demonstration. Ends with 1 when anything was found.
"""

import pathlib
import sys
from urllib.parse import quote

from browser import LANGUAGES, THEMES, chromium, open_page, sign_in, sign_out_of_seat, start_shift, violations, visit

SCREENS = [
    "interactions", "tickets", "tickets/new", "live", "announcements", "wallboard", "reports", "reports/dictionary",
    "reports/schedules", "reports/workforce", "alarms", "alarms/rules",
]
# The flow editor and the prompt library, and who opens them.
EDITING = ["flows", "prompts"]
EDITOR = "9001"
# Screens of the administration with addresses of their own; what the program does not offer is passed over.
BESIDE = [
    "privacy", "privacy/holds", "privacy/retention", "privacy/deletions", "setup/company", "setup/trunk", "setup/number",
    "setup/team", "setup/prompts", "setup/test",
]
# The ways to look at a flow, as the address names them.
FLOW_VIEWS = ["list", "texts", "settings", "history"]
# What each of the administrators sees. Of a list the first row is opened too.
ADMINISTRATION = {
    "9001": [
        "general", "people", "people/+", "people-import", "queues", "skills", "seats", "numbers", "trunks", "calendars",
        "break-reasons", "request-types", "dispositions", "sites", "history",
    ],
    "9002": ["accounts"],
    "9003": ["audit"],
}


class Walk:
    """Looks at one screen after another and keeps what is wrong."""

    def __init__(self, folder):
        self.folder = folder
        self.findings = []

    def look(self, page, name):
        """A picture, and everything that axe or the page complains of."""
        page.wait_for_timeout(400)
        if self.folder:
            page.screenshot(path=str(self.folder / f"{name}.png"))
        self.findings += [f"{name}: {line}" for line in violations(page) + page.faults]
        page.faults.clear()


def flows(walk, page, ending):
    """The editor of the first flow, seen in every way; nothing is changed."""
    visit(page, "flows")
    if not page.locator("tbody tr a").count():
        return
    page.click("tbody tr a >> nth=0")
    page.wait_for_selector(".drawing .node")
    walk.look(page, f"flow-{ending}")
    page.focus(".graph-frame")
    for key in ["ArrowRight", "ArrowRight", "ArrowRight"]:
        page.keyboard.press(key)
    page.wait_for_selector(".node-form")
    walk.look(page, f"flow-step-{ending}")
    page.click(".flow-page .add-step")
    page.wait_for_selector("dialog .kinds")
    walk.look(page, f"flow-add-{ending}")
    page.keyboard.press("Escape")
    address = page.url.split("?")[0]
    for view in FLOW_VIEWS:
        page.goto(f"{address}?view={view}")
        page.wait_for_timeout(600)
        if view == "history" and page.locator("tbody tr").count():
            page.click("tbody tr >> nth=0")
            page.wait_for_selector(".version .drawing .node")
        walk.look(page, f"flow-{view}-{ending}")


def prompts(walk, page, ending):
    """The first prompt of the library with the ways to a new version; nothing is made."""
    visit(page, "prompts")
    if not page.locator("tbody tr a").count():
        return
    page.click("tbody tr a >> nth=0")
    page.wait_for_selector(".prompt-columns")
    for place, way in enumerate(["record", "upload", "phone", "speech"]):
        page.click(f".prompt-columns .segments label >> nth={place}")
        walk.look(page, f"prompt-{way}-{ending}")


def staff(walk, browser, base, user, password, language, theme):
    """The screens of the staff, without a call."""
    page = open_page(browser, language, theme)
    ending = f"{language}-{theme}"
    page.goto(base + "/")
    page.wait_for_selector("body[data-ready=signed-out]")
    walk.look(page, f"sign-in-{ending}")
    sign_in(page, base, user, password)
    for screen in SCREENS:
        visit(page, screen)
        walk.look(page, f"{screen.replace('/', '-')}-{ending}")
    visit(page, "interactions")
    if page.locator("tbody tr a").count():
        page.click("tbody tr a >> nth=0")
        page.wait_for_selector(".timeline li")
        page.wait_for_timeout(1_200)
        walk.look(page, f"interaction-{ending}")
    visit(page, "tickets")
    if page.locator("tbody tr a").count():
        page.click("tbody tr a >> nth=0")
        page.wait_for_selector("form textarea")
        walk.look(page, f"ticket-{ending}")
    visit(page, "desk")
    page.wait_for_selector(".start, .desk")
    if page.locator(".desk").count():
        sign_out_of_seat(page)
    page.wait_for_timeout(800)
    walk.look(page, f"start-{ending}")
    start_shift(page, is_ready=False)
    page.wait_for_timeout(1_500)
    walk.look(page, f"desk-not-ready-{ending}")
    page.keyboard.press("Alt+p")
    walk.look(page, f"desk-presence-{ending}")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+/")
    walk.look(page, f"desk-shortcuts-{ending}")
    page.keyboard.press("Escape")
    page.click(".who")
    walk.look(page, f"account-{ending}")
    page.keyboard.press("Escape")
    sign_out_of_seat(page)
    page.context.close()


def beside(walk, page, ending):
    """The screens that the administration leads to; nothing is changed."""
    visit(page, "admin")
    offered = page.locator(".side a").evaluate_all("links => links.map((one) => one.getAttribute('href').split('/')[1])")
    for screen in BESIDE:
        if screen.split("/")[0] in offered:
            visit(page, screen)
            walk.look(page, f"{screen.replace('/', '-')}-{ending}")


def administration(walk, browser, base, number, password, language, theme):
    """The parts of the administration that are open to a person."""
    page = open_page(browser, language, theme)
    sign_in(page, base, number, password)
    if number == EDITOR:
        for screen in EDITING:
            visit(page, screen)
            walk.look(page, f"{screen}-{language}-{theme}")
        flows(walk, page, f"{language}-{theme}")
        prompts(walk, page, f"{language}-{theme}")
        beside(walk, page, f"{language}-{theme}")
    for part in ADMINISTRATION[number]:
        name = f"admin-{part.replace('/', '-').replace('+', 'new')}"
        visit(page, f"admin/{quote(part)}")
        page.wait_for_selector(".opened h1")
        walk.look(page, f"{name}-{language}-{theme}")
        if page.locator("tbody tr.link a").count():
            page.click("tbody tr.link a >> nth=0")
            page.wait_for_selector(".row-page, .versions, .empty")
            walk.look(page, f"{name}-row-{language}-{theme}")
    page.context.close()


def matrix(walk, browser, base, user, password, language, theme):
    """The skills of people, as a supervisor changes them."""
    page = open_page(browser, language, theme)
    sign_in(page, base, user, password)
    visit(page, "admin/skills-matrix")
    page.wait_for_selector(".matrix .cell, .opened .empty")
    walk.look(page, f"admin-skills-matrix-{language}-{theme}")
    page.context.close()


def customers(walk, browser, base, language, theme):
    """The customers' page before a call."""
    page = open_page(browser, language, theme)
    page.goto(f"{base}/call.html?number=5186")
    page.wait_for_selector("body[data-ready=call]")
    walk.look(page, f"call-{language}-{theme}")
    page.context.close()


def everything(walk, browser, base, user, password, language, theme):
    """Each screen, as each of those who see it."""
    staff(walk, browser, base, user, password, language, theme)
    matrix(walk, browser, base, user, password, language, theme)
    for number in ADMINISTRATION:
        administration(walk, browser, base, number, password.replace(user, number), language, theme)
    customers(walk, browser, base, language, theme)


def main():
    """All of it."""
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    base, user, password = sys.argv[1:4]
    folder = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    walk = Walk(folder)
    with chromium() as browser:
        for language in LANGUAGES:
            for theme in THEMES:
                everything(walk, browser, base.rstrip("/"), user, password, language, theme)
    print("\n".join(walk.findings) or "nothing found")
    sys.exit(1 if walk.findings else 0)


if __name__ == "__main__":
    main()
