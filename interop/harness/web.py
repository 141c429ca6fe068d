"""Browsers for the tests: what web/test offers, with customers who call by telephone."""

import pathlib
import sys
import types

from .bench import expect
from .hotline import ROOT
from .phone import Phone

sys.path.insert(0, str(ROOT / "web/test"))

import browser as pages  # noqa: E402
import calls  # noqa: E402

__all__ = ["Desk", "pages", "calls", "agent_desk", "complaints", "sign_in_first", "talks", "watch_orders", "watch_words", "words"]


class Customer:
    """Calls, chooses from the menu, and hangs up when told."""

    def __init__(self, bench, hotline, key="1", number="13800138000"):
        self.bench, self.hotline, self.key, self.number = bench, hotline, key, number
        self.phone = None

    def ring(self):
        self.phone = Phone(self.bench, self.hotline, caller=self.number)
        status = self.phone.call()
        assert status == 200, f"the call was answered {status}"
        self.phone.press(self.key)

    def end(self):
        self.phone.hang_up()


class Desk(calls.Bench):
    """An agent's page and a customer on the telephone; `ring` and `end` stand for what the customer does."""

    def __init__(self, page, customer, pictures=None):
        super().__init__(
            types.SimpleNamespace(
                ring="ring", end="end", phone="browser", pictures=pathlib.Path(pictures) if pictures else None), page)
        self.customer = customer

    def run(self, command):
        getattr(self.customer, command)()

    def expect(self, holds, what):
        """Quiet: the runner of these tests has one line for each test."""
        if not holds:
            self.findings.append(what)

    def close(self):
        if self.findings:
            raise AssertionError("; ".join(self.findings))


def agent_desk(
        bench, browser, hotline, number="5019", seat="01", key="1", base=None, password=None, page=None, **page_options):
    """Signs an agent in with the browser as telephone, ready for calls."""
    hotline.await_prompts()
    page = page or pages.open_page(browser, **page_options)
    pages.sign_in(page, base or hotline.http, number, password or f"hotline-{number}")
    pages.visit(page, "desk")
    pages.start_shift(page, seat=seat)
    pages.wait_for_leg(page)
    return Desk(page, Customer(bench, hotline, key))


PASSWORD = "een-eigen-wachtwoord"


def sign_in_first(page, hotline, base, number):
    """The first sign-in of an account that was just given: its password is changed at once."""
    given = hotline.first_password(number)
    pages.sign_in(page, base, number, given)
    page.fill("dialog[open] [autocomplete=current-password]", given)
    page.fill("dialog[open] [autocomplete=new-password]", PASSWORD)
    page.click("dialog[open] [type=submit]")
    page.wait_for_selector("dialog[open]", state="detached")


def watch_words(page):
    """Keeps every word at the bottom of the screen; `words` returns them, with the look first."""
    page.evaluate("""() => {
        window.words = [];
        new MutationObserver((changes) => {
            for (const change of changes) for (const node of change.addedNodes) {
                if (node.classList?.contains("toast")) window.words.push([node.className, node.firstChild.textContent]);
            }
        }).observe(document.body, { childList: true, subtree: true });
    }""")


def words(page):
    return page.evaluate("window.words")


def complaints(page):
    return [text for look, text in words(page) if "bad" in look]


def watch_orders(page):
    """The list to which every request that changes something is added, as `POST /agents/5019/answer`."""
    orders = []
    page.on("request", lambda request: orders.append(
        f"{request.method} {request.url.split('/api/v1')[-1]}") if request.method != "GET" else None)
    return orders


def talks(page, who="the page"):
    """Fails unless audio goes both ways, by what the page reports of its connection."""
    came, went = pages.hears(page)
    expect(came > 20 and went > 20, f"{who}: {came} packets came, {went} went in a second")
