"""Every screen of the demonstration, as each of those who see it: nothing that axe finds, and no fault of a page."""

from harness import centres, web
from harness.bench import expect
from harness.hotline import Hotline
from harness.registry import test

import screens

TICKET = {"type": "consultation", "title": "打印机卡纸", "text": "三楼东侧。"}


def walk(bench, language, theme):
    hotline = Hotline(bench, centres.demo(bench))
    hotline.await_prompts()
    hotline.call("POST", "/tickets", TICKET)
    seen = screens.Walk(None)
    with web.pages.chromium() as chromium:
        screens.everything(seen, chromium, hotline.http, "5001", "hotline-5001", language, theme)
    expect(not seen.findings, "\n".join(seen.findings))


@test("every screen in Chinese, light, has no finding of axe and no fault of its page")
def chinese(bench):
    walk(bench, "zh-CN", "light")


@test("every screen in English, dark, has no finding of axe and no fault of its page")
def english(bench):
    walk(bench, "en", "dark")
