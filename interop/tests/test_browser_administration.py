"""The administration in a real browser: settings that take effect at once and are taken back, breaks, announcements."""

from harness import centres, web
from harness.bench import eventually, expect
from harness.hotline import Hotline
from harness.registry import test


def person(chromium, hotline, number, screen):
    """Somebody's page, signed in and on a screen."""
    page = web.pages.open_page(chromium)
    web.pages.sign_in(page, hotline.http, number, f"hotline-{number}")
    web.pages.visit(page, screen)
    return page


def save(page):
    """Saves the row by keyboard and waits until the page says so."""
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast:has-text('已保存')")


@test("a group is changed on the screen, holds for the next call at once, stands in the history and is taken back")
def change_and_undo(bench):
    hotline = Hotline(bench, centres.demo(bench))
    row = lambda: hotline.get("/centre/queues/client")["row"]  # noqa: E731
    before = row()
    with web.pages.chromium() as chromium:
        page = person(chromium, hotline, "9001", "admin/queues/client")
        page.get_by_label("振铃时长").fill("4")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(".field .fault")
        expect(row() == before, "a wrong value was kept")
        page.get_by_label("振铃时长").fill("40")
        save(page)
        expect(row()["ringSeconds"] == 40, f"the group is {row()}")
        page.click(".toast button:has-text('撤销')")
        eventually(lambda: row() == before, 10, "the change is taken back")
        eventually(lambda: page.get_by_label("振铃时长").input_value() == "15", 10, "the page shows it")
        web.pages.visit(page, "admin/history")
        page.wait_for_selector("tbody tr >> nth=2")
        expect(not page.faults, f"the page complains: {page.faults}")
    actions = [entry["action"] for entry in hotline.get("/audit?limit=3")["items"]]
    expect("centre.changed" in actions and "centre.restored" in actions, f"the audit says {actions}")


@test("G23 a break is asked for on the desk, granted on the supervisor's page, and the next one meets the quota")
def breaks(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        admin = person(chromium, hotline, "9001", "admin/queues/client")
        admin.get_by_label("同时小休人数上限").fill("1")
        admin.get_by_label("小休需班长批准").check()
        save(admin)
        admin.context.close()
        desks = []
        for number, seat in (("5019", "01"), ("5001", "02")):
            page = person(chromium, hotline, number, "desk")
            web.pages.start_shift(page, seat=seat)
            desks.append(page)
        supervisor = person(chromium, hotline, "6001", "live")
        for page in desks:
            page.keyboard.press("Alt+p")
            page.click(".presence [role=menuitemradio]:has-text('小休')")
            page.wait_for_selector(".break-request.waiting")
        supervisor.wait_for_selector(".break-requests li >> nth=1")
        first = supervisor.locator(".break-requests li:has-text('5019')")
        first.locator("button:has-text('批准')").last.click()
        desks[0].wait_for_selector(".break-request", state="detached")
        eventually(lambda: hotline.agent("5019")["presence"] == "break", 10, "5019 is on a break")
        second = supervisor.locator(".break-requests li:has-text('5001')")
        eventually(lambda: second.locator("button.primary").is_disabled(), 30, "the quota is seen on the page")
        second.locator("button:has-text('不批准')").click()
        second.locator("input").fill("等 5019 回来")
        second.locator("button[type=submit]").click()
        desks[1].wait_for_selector(".break-request.refused:has-text('等 5019 回来')")
        desks[1].click(".break-request button")
        desks[1].wait_for_selector(".break-request", state="detached")
        expect(hotline.agent("5001")["presence"] == "ready", "5001 went on a break all the same")
        for page in [*desks, supervisor]:
            expect(not page.faults, f"the page complains: {page.faults}")


@test("N25 an announcement is published with a receipt, seen and acknowledged on the desk, and counted")
def announcement(bench):
    hotline = Hotline(bench, centres.demo(bench))
    with web.pages.chromium() as chromium:
        desk = person(chromium, hotline, "5019", "desk")
        web.pages.start_shift(desk, seat="01")
        hotline.call("POST", "/announcements", {
            "board": "news", "texts": {"zh-CN": "今晚两点系统升级"}, "needsReceipt": True})
        desk.reload()
        desk.wait_for_selector(".aside >> text=今晚两点系统升级")
        desk.click(".aside .receipt button")
        desk.wait_for_selector(".aside .receipt", state="detached")
        supervisor = person(chromium, hotline, "6001", "announcements")
        supervisor.wait_for_selector("text=今晚两点系统升级")
        identifier = hotline.get("/announcements")["items"][0]["id"]
        done = [one["number"] for one in hotline.get(f"/announcements/{identifier}/receipts")["items"] if one.get("at")]
        expect(done == ["5019"], f"acknowledged by {done}")
        expect(not desk.faults and not supervisor.faults, f"{desk.faults} {supervisor.faults}")


@test("a flow is edited on the screen, tried by a call from the editor, published, and taken back")
def flow_editor(bench):
    hotline = Hotline(bench, centres.demo(bench))
    hotline.await_prompts()
    key = hotline.get("/flows")["items"][0]["key"]
    published = lambda: hotline.get(f"/flows/{key}")  # noqa: E731
    first = published()
    with web.pages.chromium() as chromium:
        page = person(chromium, hotline, "9001", f"flows/{key}?node=menu")
        page.wait_for_selector(".drawing .node")
        page.wait_for_selector(".node-form")
        # Key 0 leads to the first group from now on; the draft saves itself and disturbs nobody.
        targets = page.locator(".node-form .target select")
        choice = next(one for one in targets.all() if one.input_value() == "operator")
        choice.select_option("client")
        eventually(lambda: published().get("draft"), 20, "the draft is saved")
        expect(published()["version"] == first["version"], "an unpublished draft is in force")

        page.click("button:has-text('测试呼叫')")
        page.click(".test-call .button.answer")
        page.wait_for_selector(".test-call .trail li:has-text('menu')", timeout=60_000)
        page.click(".test-call .keypad button:has-text('0')")
        page.wait_for_selector(".test-call .trail li:has-text('client')", timeout=60_000)
        calls = hotline.get("/interactions?origin=test")["items"]
        expect(len(calls) == 1 and hotline.interactions() == [], f"the test call stands among {calls}")
        page.click(".test-call .button.danger")

        page.click("button:has-text('发布…')")
        page.click("dialog .button.primary")
        eventually(lambda: published()["version"] == first["version"] + 1, 20, "the draft is published")
        page.wait_for_selector("dialog", state="detached")
        expect(not page.faults, f"the page complains: {page.faults}")
        page.goto(page.url.split("?")[0] + "?view=history")
        page.click("tbody tr >> nth=1")
        page.click("button:has-text('恢复此版本')")
        page.click("dialog .button.danger, dialog .button.primary")
        eventually(lambda: published()["version"] == first["version"] + 2, 20, "the first version is published again")
    last = published()
    expect(last["document"] == first["document"], "the flow is not as it was")
    actions = [entry["action"] for entry in hotline.get("/audit?kind=flow&limit=10")["items"]]
    expect({"flow.published", "flow.restored"} <= set(actions), f"the audit says {actions}")
