#!/usr/bin/env python3
"""Lists as files and the workforce profile, against a running program with the demonstration centre.

    python3 web/test/lists.py http://127.0.0.1:8080 [FOLDER FOR PICTURES] [--fake]

Every list gives itself away as CSV and as XLSX with the filters of its page; the file of people is read again by the
import. With --fake the answers to these questions are made here, for a program that does not know them. Ends with 1 when
anything was found.
"""

import json
import pathlib
import sys
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import TimeoutError as NotInTime

from browser import LANGUAGES, THEMES, chromium, open_page, sign_in, visit
from screens import Walk

# The lists, by who may see them; what the address of the file has to hold.
LISTS = {
    "6001": {
        "interactions": "/interactions?", "tickets": "/tickets?state=open&", "alarms": "/alarms?state=open&", "announcements": "/announcements?",
        "reports/dictionary": "/figures/definitions?", "reports/workforce": "/workforce/profile?",
    },
    "9001": {
        "flows": "/flows?", "prompts": "/prompts?", "admin/history": "/centre/versions?",
        **{f"admin/{section}": f"/centre/{section}?" for section in
           ["people", "seats", "queues", "skills", "sites", "numbers", "trunks", "calendars", "break-reasons", "request-types", "dispositions"]},
    },
    "9002": {"admin/accounts": "/accounts?"},
    "9003": {"admin/audit": "/audit?"},
    "9004": {"privacy/holds": "/legal-holds?state=standing&", "privacy/deletions": "/deletions?"},
}
# What the demonstration centre has none of, made once, by whom.
MADE = {
    "6001": [("/tickets", {"type": "fault", "title": "The export of invoices stops"}), ("/announcements", {"board": "news", "texts": {"zh-CN": "今晚系统升级", "en": "The system is upgraded tonight"}, "from": None, "until": None, "needsReceipt": False})],
    "9001": [("/prompts", {"key": "list-test", "name": {"zh-CN": "列表", "en": "List"}})],
    "9004": [("/legal-holds", {"number": "+8613900002222", "reason": "Proceedings 2026-118"})],
}
# People of a group who have to have told before it is shown.
FEWEST = 5
# Milliseconds until the page of a list offers its file.
PATIENCE_FOR_LIST = 5_000
KINDS = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK"}


def group(key, people, known, names=None):
    """A row of the profile."""
    row = {"key": key, "people": people, "partTime": people // 10, "ageKnown": known, "tenureKnown": known, **({"names": names} if names else {})}
    if known < FEWEST:
        return row
    ages = [known // 6, known // 3, known // 4, known // 8]
    tenures = [known // 4, known // 3, known // 5]
    bounds = [0, 25, 30, 35, 40]
    spans = [0, 1, 3, 5]
    return {
        **row, "averageAge": 28.4, "averageTenure": 2.7,
        "ages": [{"from": low, **({"to": bounds[at + 1]} if at < 4 else {}), "people": count} for at, (low, count) in enumerate(zip(bounds, ages + [known - sum(ages)]))],
        "tenures": [{"from": low, **({"to": spans[at + 1]} if at < 3 else {}), "people": count} for at, (low, count) in enumerate(zip(spans, tenures + [known - sum(tenures)]))],
    }


class Fake:
    """What a program of the day before does not answer."""

    def __init__(self):
        self.known = True
        self.refusal = None

    def profile(self):
        """People at two sites in three teams; a team is too small to tell."""
        if not self.known:
            return {"day": "2026-11-26", "fewest": FEWEST, "total": group("", 50, 0), "sites": [group("main", 50, 0, {"": "总部"})], "teams": []}
        return {
            "day": "2026-11-26", "fewest": FEWEST, "total": group("", 56, 51), "sites": [group("main", 38, 36, {"": "总部"}), group("west", 17, 15, {"": "西部分中心"})],
            "teams": [group("a", 30, 28), group("b", 20, 18), group("c", 5, 4)],
        }

    def answer(self, route):
        """A file, the profile, or whatever the program says."""
        address = urlsplit(route.request.url)
        asked = parse_qs(address.query)
        kind = asked.get("format", [None])[0]
        if self.refusal and kind:
            return route.fulfill(status=self.refusal["status"], content_type="application/problem+json", body=json.dumps(self.refusal))
        if not kind and address.path.endswith("/workforce/profile"):
            return route.fulfill(json=self.profile())
        if not kind and address.path.endswith("/api/v1/interactions"):
            return route.fulfill(json={"items": [{"id": f"i{at}", "arrivedAt": 1795680000000 + at * 60_000, "caller": "+8613800001111", "number": "5186", "origin": "external", "channel": "voice", "talkedMs": 62_000, "state": "ended", "endedAt": 1795680090000} for at in range(20)]})
        if not kind and address.path.endswith("/figures/contacts"):
            return route.fulfill(json={"items": [{"interaction": f"i{at}", "at": 1795680000000 + at * 60_000, "channel": "voice", "origin": "external", "number": "5186", "queue": "erp", "agent": "5001", "ending": "answered", "waitedMs": 4000} for at in range(20)]})
        if not kind or "/figures/export" in address.path or "/reports/" in address.path:
            return route.fallback()
        name = address.path.rsplit("/", 1)[-1]
        text = self.people(route) if name == "people" else "number,name\r\n1,A\r\n"
        route.fulfill(status=200, content_type="text/csv; charset=utf-8" if kind == "csv" else "application/zip", body=KINDS[kind] + text.encode(),
                      headers={"Content-Disposition": f'attachment; filename="hotline-{name}-2026-11-26.{kind}"'})

    @staticmethod
    def people(route):
        """The people as the program writes them."""
        rows = route.fetch(url=route.request.url.split("?")[0] + "?limit=500").json()["items"]
        lines = ["number,name,roles,skills,team,site,partTime,born,joined"]
        lines += [",".join([row["number"], row["name"], " ".join(row["roles"]), " ".join(f"{key}:{level}" for key, level in row["skills"].items()), row.get("team", ""), row.get("site", ""), "", "", ""]) for row in rows]
        return "\r\n".join(lines)


def expect(walk, name, holds):
    """Something that has to be so."""
    if not holds:
        walk.findings.append(name)


def take(page, kind):
    """The file of the page in front, taken with the keyboard alone: its content, its name, and where its link pointed."""
    page.focus(".list-file .button")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    if kind == "xlsx":
        page.keyboard.press("ArrowDown")
    focused = page.evaluate("[document.activeElement.href, document.activeElement.hasAttribute('download'), document.activeElement.getAttribute('aria-label')]")
    with page.expect_download() as download:
        page.keyboard.press("Enter" if kind == "csv" else "Space")
    return pathlib.Path(download.value.path()).read_bytes(), download.value.suggested_filename, focused


def is_empty(page, wanted):
    """Whether the list has nothing, by the interface and not by what the page shows."""
    answer = page.evaluate("(path) => import('/src/core/api.js').then((api) => api.get(path))", wanted.rstrip("?&"))
    if wanted.startswith("/workforce/"):
        return answer["total"]["people"] == 0
    return not answer["figures" if wanted.startswith("/figures/") else "items"]


def make(walk, page, number):
    """Something for each list that has nothing; what is refused is a finding."""
    for path, body in MADE.get(number, []):
        wanted = next(one for one in LISTS[number].values() if one.startswith(path + "?"))
        if is_empty(page, wanted):
            refusal = page.evaluate("([path, body]) => import('/src/core/api.js').then((api) => api.post(path, body)).then(() => '', (problem) => `${problem.status} ${problem.message}`)", [path, body])
            expect(walk, f"POST {path}: {refusal}", not refusal)


def lists(walk, page, number, language):
    """Each list of a person as both kinds of file."""
    make(walk, page, number)
    for screen, wanted in LISTS[number].items():
        visit(page, screen)
        page.wait_for_timeout(500)
        if is_empty(page, wanted):
            expect(walk, f"{screen}: an empty list can be taken", page.locator(".list-file").count() == 0)
            print(f"{screen}: empty")
            continue
        try:
            page.wait_for_selector(".list-file", timeout=PATIENCE_FOR_LIST)
        except NotInTime:
            walk.findings.append(f"{screen}: no way to take the list, which is not empty")
            continue
        for kind, begins in KINDS.items():
            content, name, (href, is_download, spoken) = take(page, kind)
            expect(walk, f"{screen}: {name} does not begin like {kind}", content.startswith(begins))
            expect(walk, f"{screen}: the file is called {name}", name.startswith("hotline-") and name.endswith(f".{kind}"))
            expect(walk, f"{screen}: the link leads to {href}", f"/api/v1{wanted}format={kind}&language={language}" in href and is_download)
            expect(walk, f"{screen}: the link is called {spoken}", spoken and spoken.startswith(kind.upper()))


def round_trip(walk, page, folder):
    """People are taken, changed and read again; nothing is written."""
    visit(page, "admin/people")
    page.wait_for_selector(".list-file")
    content = take(page, "csv")[0].decode("utf-8-sig")
    head, *lines = content.strip().split("\r\n")
    expect(walk, f"the head of people is {head}", head.startswith("number,name,") and {"roles", "skills", "team", "site"} <= set(head.split(",")))
    visit(page, "admin/people-import")
    page.wait_for_selector("textarea")
    page.fill("textarea", content)
    page.wait_for_timeout(800)
    expect(walk, "people as they were taken change nothing", page.locator(".lines .chip.info, .lines .chip.good, .lines .fault-text").count() == 0 and page.locator(".lines .chip").count() > 10)
    places = head.split(",")
    # A column that nobody has yet may be missing.
    added = [name for name in ["born", "joined"] if name not in places]
    places += added
    cells, wrong = (line.split(",") + [""] * len(added) for line in lines[:2])
    cells[places.index("born")], cells[places.index("joined")] = "1995", "2021/3/1"
    wrong[places.index("born")], wrong[places.index("joined")] = "95", "2021-02-30"
    page.fill("textarea", "\r\n".join(",".join(one) for one in [places, cells, wrong]))
    page.wait_for_timeout(500)
    expect(walk, "a changed line and a faulty one", page.locator(".lines .chip.info").count() == 1 and page.locator(".lines .fault-text").count() == 1)
    walk.look(page, f"people-import-{folder}")
    page.fill("textarea", "")
    visit(page, "admin/people/5001")
    page.wait_for_selector("input[type=date]")
    page.locator("input[type=date]").scroll_into_view_if_needed()
    walk.look(page, f"people-row-{folder}")


def refused(walk, page, fake, ending):
    """A refusal is read on the page."""
    visit(page, "interactions")
    page.wait_for_selector(".list-file")
    for refusal, wanted in [
        ({"status": 400, "code": "invalid", "detail": "too long", "details": {"field": "format", "limit": "100000"}}, "100,000"),
        ({"status": 403, "code": "forbidden", "detail": "no"}, {"en": "You may not do this", "zh-CN": "没有此项权限"}[ending[:ending.rindex("-")]]),
    ]:
        fake.refusal = refusal
        page.click(".list-file .button")
        page.click(".list-file [role=menuitem] >> nth=1")
        page.wait_for_selector(".toast.bad")
        text = page.inner_text(".toast.bad >> nth=-1")
        expect(walk, f"{refusal['status']} reads {text}", wanted in text)
        walk.look(page, f"refused-{refusal['status']}-{ending}")
        expect(walk, "the control is there again", page.get_attribute(".list-file .button", "aria-busy") == "false")
        page.click(".toast.bad button >> nth=-1")
    fake.refusal = None


def contacts(walk, page, ending):
    """The contacts behind a figure."""
    visit(page, "reports")
    page.wait_for_selector("button.figure")
    page.click("button.figure >> nth=0")
    page.click("dialog .facts button")
    page.wait_for_selector("dialog .list-file")
    _, name, (href, *_) = take(page, "csv")
    expect(walk, f"the contacts are {name} from {href}", "/figures/contacts?" in href and "term=" in href and "from=" in href and name.endswith(".csv"))
    page.click("dialog .list-file .button")
    walk.look(page, f"contacts-{ending}")
    # The menu first, then the dialog.
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")


def profile(walk, page, fake, ending):
    """The profile, wide and narrow, and before anybody has told."""
    visit(page, "reports/workforce")
    page.wait_for_selector(".bands, .not-shown")
    walk.look(page, f"workforce-{ending}")
    if fake:
        expect(walk, "a small team shows nothing", page.locator(".workforce-table .not-shown").count() == 2)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    expect(walk, f"the profile is as wide as a telephone ({ending})", page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.querySelector('main').scrollWidth <= innerWidth"))
    page.click(".list-file .button")
    walk.look(page, f"workforce-narrow-{ending}")
    page.keyboard.press("Escape")
    for screen in ["interactions", "tickets", "alarms", "announcements", "reports/dictionary"]:
        visit(page, screen)
        walk.look(page, f"{screen.replace('/', '-')}-narrow-{ending}")
        expect(walk, f"{screen} is as wide as a telephone ({ending})", page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.querySelector('main').scrollWidth <= innerWidth"))
    page.set_viewport_size({"width": 1280, "height": 800})
    if fake:
        fake.known = False
        visit(page, "reports/workforce")
        page.wait_for_selector(".empty")
        walk.look(page, f"workforce-unknown-{ending}")
        fake.known = True


def opened(browser, base, number, language, theme, fake):
    """A page of a person who has signed in."""
    page = open_page(browser, language, theme, 1280, 800)
    if fake:
        page.route("**/api/v1/**", fake.answer)
    sign_in(page, base, number, f"hotline-{number}")
    return page


def main():
    """The lists once, the screens in each language and theme."""
    arguments = [one for one in sys.argv[1:] if not one.startswith("--")]
    if not arguments:
        sys.exit(__doc__)
    base = arguments[0].rstrip("/")
    folder = pathlib.Path(arguments[1]) if len(arguments) > 1 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    fake = Fake() if "--fake" in sys.argv else None
    walk = Walk(folder)
    with chromium() as browser:
        for number in LISTS:
            page = opened(browser, base, number, "en", "light", fake)
            lists(walk, page, number, "en")
            walk.look(page, f"lists-{number}")
            page.context.close()
        for language in LANGUAGES:
            for theme in THEMES:
                ending = f"{language}-{theme}"
                page = opened(browser, base, "9001", language, theme, fake)
                round_trip(walk, page, ending)
                page.context.close()
                page = opened(browser, base, "6001", language, theme, fake)
                contacts(walk, page, ending)
                if fake:
                    refused(walk, page, fake, ending)
                profile(walk, page, fake, ending)
                page.context.close()
    print("\n".join(walk.findings) or "nothing found")
    sys.exit(1 if walk.findings else 0)


if __name__ == "__main__":
    main()
