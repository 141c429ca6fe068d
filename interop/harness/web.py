"""Browsers for the tests: what web/test offers, with customers who call by telephone."""

import pathlib
import sys
import types

from .hotline import ROOT
from .phone import Phone

sys.path.insert(0, str(ROOT / "web/test"))

import browser as pages  # noqa: E402
import calls  # noqa: E402

__all__ = ["Desk", "pages", "calls"]


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


def agent_desk(bench, browser, hotline, number="5019", seat="01", key="1", **page_options):
    """Signs an agent in with the browser as telephone, ready for calls."""
    page = pages.open_page(browser, **page_options)
    pages.sign_in(page, hotline.http, number, f"hotline-{number}")
    pages.visit(page, "desk")
    pages.start_shift(page, seat=seat)
    pages.wait_for_leg(page)
    return Desk(page, Customer(bench, hotline, key))
