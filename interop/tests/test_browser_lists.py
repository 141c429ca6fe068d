"""Lists as files, taken and read again in a real browser, and what the profile of the workforce makes of them."""

import csv
import io
import pathlib
import zipfile
from xml.etree import ElementTree

from harness import centres, web
from harness.bench import eventually, expect
from harness.hotline import Hotline
from harness.registry import test

FORMULA = "=1+1, a title"
TEXT = "document.querySelector('main').innerText.replace(/\\s+/g, ' ')"
CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def person(chromium, hotline, number, screen):
    """Somebody's page, signed in and on a screen."""
    page = web.pages.open_page(chromium, language="en")
    web.pages.sign_in(page, hotline.http, number, f"hotline-{number}")
    web.pages.visit(page, screen)
    return page


def take(page, kind):
    """The file of the list in front, by the keyboard alone: where it is, and what it is called."""
    page.focus(".list-file .button")
    page.keyboard.press("Enter")
    held = "document.activeElement?.getAttribute('aria-label')?.split(':')[0]"
    eventually(lambda: page.evaluate(held) == "CSV", 5, "the menu has the focus")
    if kind == "xlsx":
        page.keyboard.press("ArrowDown")
    expect(page.evaluate(held) == kind.upper(), f"the focus is on {page.evaluate(held)}")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    name = download.value.suggested_filename
    expect(name.startswith("hotline-") and name.endswith(f".{kind}"), f"the file is called {name}")
    return pathlib.Path(download.value.path())


def rows(path):
    """The lines of a CSV file, each by the heads."""
    content = path.read_bytes()
    expect(content.startswith(b"\xef\xbb\xbf"), f"the file begins with {content[:3]}")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def workbook(path):
    """The texts of a workbook's first sheet, row by row. No cell of it may calculate."""
    with zipfile.ZipFile(path) as book:
        expect(book.testzip() is None, "the workbook is damaged")
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    expect(sheet.find(f".//{CELL}f") is None, "the workbook has a formula")
    return [["".join(cell.itertext()) for cell in row.iter(f"{CELL}c")] for row in sheet.iter(f"{CELL}row")]


def tickets(hotline):
    """One that is open, with a title that a spreadsheet would calculate, and one that is done."""
    made = hotline.call("POST", "/tickets", {"type": "fault", "title": FORMULA})
    done = hotline.call("POST", "/tickets", {"type": "fault", "title": "A ticket that is done"})
    hotline.call("PUT", f"/tickets/{done['id']}", {
        "type": "fault", "title": done["title"], "text": "", "state": "done", "version": done["version"]})
    return made["number"]


def tickets_as_files(hotline, page):
    """The list shows what is open, and its files hold that alone."""
    number = tickets(hotline)
    web.pages.visit(page, "tickets")
    found = rows(take(page, "csv"))
    expect([(one["Ticket"], one["State"]) for one in found] == [(number, "Open")], f"the file has {found}")
    expect(found[0]["Title"] == "'" + FORMULA, f"the title in the file is {found[0]['Title']}")
    sheet = workbook(take(page, "xlsx"))
    expect(len(sheet) == 2 and sheet[1][0] == number, f"the workbook has {sheet}")
    # A cell of text calculates nothing: with or without the apostrophe it is harmless.
    expect(sheet[1][1].removeprefix("'") == FORMULA, f"the title in the workbook is {sheet[1][1]}")
    page.click(".segments label:has-text('All')")
    page.wait_for_selector("main tbody tr >> nth=1")
    expect(len(rows(take(page, "csv"))) == 2, "the file of all tickets has not both of them")


def import_people(page, content):
    """Reads a file on the screen and writes what has changed, which is one line."""
    web.pages.visit(page, "admin/people-import")
    page.wait_for_selector("main textarea")
    page.set_input_files("main input[type=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": content})
    eventually(lambda: page.locator(".lines .chip.info").count() == 1, 10, "one line has changed")
    expect(page.locator(".lines .fault-text, .lines .chip.good").count() == 0, "a line is faulty or new")
    page.click(".save-bar button:has-text('Write 1')")
    page.wait_for_selector(".toast:has-text('1 people have been written')")


def born_anew(people, number, year):
    """The same file with another year of birth of one person, as a spreadsheet would save it."""
    for one in people:
        if one["number"] == number:
            one["born"] = year
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, people[0].keys())
    writer.writeheader()
    writer.writerows(people)
    return text.getvalue().encode("utf-8-sig")


@test("G19 P12 in the browser lists are taken as CSV and XLSX by keyboard, and people who are read again make the profile")
def lists(bench):
    hotline = Hotline(bench, centres.demo(bench))
    profile = lambda: hotline.get("/workforce/profile")["total"]  # noqa: E731
    with web.pages.chromium() as chromium:
        supervisor = person(chromium, hotline, "6001", "reports")
        tickets_as_files(hotline, supervisor)

        administrator = person(chromium, hotline, "9001", "admin/people")
        people = rows(take(administrator, "csv"))
        expect(len(people) == profile()["people"], f"the file has {len(people)} people")
        # The administrator's own year, which nobody has told yet, makes one more.
        before = profile()
        expect([one["born"] for one in people if one["number"] == "9001"] == [""], "the year of 9001 is known")
        import_people(administrator, born_anew(people, "9001", "1950"))
        row = hotline.get("/centre/people/9001")["row"]
        expect(row["born"] == 1950 and row["roles"] == ["systemAdmin"], f"9001 is {row}")

        after = profile()
        expect(after["ageKnown"] == before["ageKnown"] + 1, f"before {before}, after {after}")
        expect(after["averageAge"] > before["averageAge"], f"before {before}, after {after}")
        web.pages.visit(supervisor, "reports/workforce")
        wanted = f"Average age (years) {after['averageAge']:.1f} {after['ageKnown']} of {after['people']} have told"
        eventually(lambda: wanted in supervisor.evaluate(TEXT), 10, f"the page says {wanted}")
        for page in (supervisor, administrator):
            expect(not page.faults, f"the page complains: {page.faults}")
