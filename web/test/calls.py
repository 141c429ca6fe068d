#!/usr/bin/env python3
"""An agent's calls in the browser, from ringing to ready.

    python3 web/test/calls.py BASE USER PASSWORD --ring COMMAND --end COMMAND [--pictures FOLDER]

The command after --ring has a customer call a queue that USER serves, the one after --end has the customer hang up;
both are given to the shell. Ends with 1 when anything was found.
"""

import argparse
import pathlib
import subprocess
import sys

from browser import (
    CONNECTED, chromium, hears, open_page, sign_in, sign_out_of_seat, start_shift, stats, violations, visit,
    wait_for_leg, wait_until, watched)

# Keys from ringing to ready, beside the notes (issue "The desk").
MOST_KEYS = 6
# Seconds within which the leg is there again after the page was loaded anew.
BACK_WITHIN = 3
STEADY = [".presence-button", ".call-card", ".leg-line", ".my-queues", ".form-card", ".aside"]


class Bench:
    """One agent, one customer, and what was found."""

    def __init__(self, options, page):
        self.options = options
        self.page = page
        self.findings = []
        self.keys = 0

    def expect(self, holds, what):
        """Keeps what does not hold."""
        print(("ok      " if holds else "FAULT   ") + what)
        if not holds:
            self.findings.append(what)

    def run(self, command):
        """The customer does something."""
        subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)

    def ring(self):
        """A customer calls, and the desk rings."""
        self.run(self.options.ring)
        self.page.wait_for_selector(".call-card.ringing")

    def until(self, activity):
        """The desk shows an activity: talking, hold, wrapUp, idle."""
        self.page.wait_for_selector(f".call-card.{activity}")

    def press(self, key):
        """One keystroke; Alt with a letter is one."""
        self.keys += 1
        self.page.keyboard.press(key)

    def look(self, name):
        """A picture, and everything that axe or the page complains of."""
        self.page.wait_for_timeout(300)
        if self.options.pictures:
            self.page.screenshot(path=str(self.options.pictures / f"{name}.png"))
        found = violations(self.page) + self.page.faults
        self.page.faults.clear()
        self.expect(not found, f"{name}: nothing found by axe or in the console {found or ''}")

    def places(self):
        """Where the parts of the desk are."""
        return {part: self.page.locator(part).bounding_box() for part in STEADY}

    def focused(self):
        """The name of what has the focus."""
        return self.page.evaluate("document.activeElement?.closest('.field')?.querySelector('label')?.htmlFor ?? document.activeElement?.tagName")

    def form(self):
        """What the form shows."""
        fields = self.page.locator(".form-card [role=combobox]")
        return fields.nth(0).input_value(), fields.nth(1).input_value(), self.page.locator(".form-card .notes textarea").input_value()


def quick_call(bench):
    """Type and disposition with few keys; nothing moves, nothing takes the focus."""
    page = bench.page
    before = bench.places()
    page.focus(".presence-button")
    bench.ring()
    bench.expect(page.evaluate("document.activeElement.classList.contains('presence-button')"), "an offer leaves the focus where it is")
    page.wait_for_timeout(300)
    bench.expect(bench.places() == before, "nothing moves when a call rings")
    bench.look("ringing")
    bench.keys = 0
    bench.press("Alt+a")
    bench.until("talking")
    page.wait_for_timeout(400)
    bench.expect(bench.places() == before, "nothing moves when it is answered")
    bench.press("2")
    page.wait_for_timeout(150)
    bench.press("1")
    page.wait_for_timeout(150)
    bench.expect(bench.focused() == page.get_attribute(".form-card .notes label", "for"), "after the disposition come the notes")
    page.keyboard.type("客户的电脑连不上内网，已远程处理。")
    bench.look("talking")
    bench.run(bench.options.end)
    bench.until("wrapUp")
    page.wait_for_timeout(300)
    bench.expect(bench.places() == before, "nothing moves in wrap-up")
    bench.look("wrap-up")
    filled = bench.form()
    bench.press("Alt+y")
    bench.until("idle")
    bench.expect(bench.keys <= MOST_KEYS, f"{bench.keys} keys from ringing to ready")
    bench.expect(all(filled), f"the form was filled: {filled}")
    bench.expect(bench.page.locator(".breath.ready").count() == 1, "the agent is ready again")


def controls(bench):
    """Hold, mute, keypad, also from inside a field, and not while an input method composes."""
    page = bench.page
    bench.ring()
    page.focus(".form-card .notes textarea")
    composing = "new KeyboardEvent('keydown', {key: 'a', code: 'KeyA', altKey: true, isComposing: true, bubbles: true})"
    page.evaluate(f"document.activeElement.dispatchEvent({composing})")
    page.wait_for_timeout(500)
    bench.expect(page.locator(".call-card.ringing").count() == 1, "keys belong to the input method while it composes")
    bench.press("Alt+a")
    bench.until("talking")
    bench.expect(bench.focused() == page.get_attribute(".form-card .notes label", "for"), "answering leaves the focus in a field")
    if stats(page):
        came, went = hears(page)
        bench.expect(came > 20 and went > 20, f"audio both ways: {came} packets came, {went} went in a second")
    bench.press("Alt+h")
    bench.until("hold")
    bench.look("hold")
    bench.press("Alt+h")
    bench.until("talking")
    bench.press("Alt+m")
    page.wait_for_timeout(300)
    bench.expect(page.locator(".call-actions [aria-pressed=true]").count() == 1, "Alt+M mutes")
    bench.press("Alt+m")
    bench.press("Alt+k")
    page.wait_for_selector(".keypad-panel")
    wait_until(page, "Boolean(document.activeElement.closest('.keypad-panel'))")
    for key in "12#":
        page.keyboard.press(key)
    bench.look("keypad")
    bench.expect(page.locator(".typed").inner_text().strip() == "12#", "the keypad takes the keyboard's digits")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+g")
    page.wait_for_selector(".ticket-box")
    bench.look("ticket-box")
    page.keyboard.press("Alt+g")
    bench.press("Alt+e")
    bench.until("wrapUp")
    bench.press("Alt+x")
    page.wait_for_timeout(300)
    bench.press("Alt+y")
    bench.until("idle")


def reload_while_talking(bench):
    """The leg is back at once and the form is as it was, also without the server for a while."""
    page = bench.page
    bench.ring()
    bench.press("Alt+a")
    bench.until("talking")
    page.keyboard.press("Alt+n")
    page.keyboard.type("第一行")
    page.wait_for_selector(".save-state.saved")
    page.context.set_offline(True)
    page.keyboard.type("，断网时写的")
    page.wait_for_selector(".save-state.offline")
    bench.look("offline")
    page.context.set_offline(False)
    page.wait_for_selector(".save-state.saved")
    page.keyboard.type("，刷新前写的")
    page.reload()
    page.wait_for_selector(".call-card.talking")
    bench.expect(bench.form()[2] == "第一行，断网时写的，刷新前写的", f"the notes are intact: {bench.form()[2]}")
    if bench.options.phone == "browser":
        wait_until(page, CONNECTED, timeout=BACK_WITHIN * 1_000)
        bench.expect(True, f"the leg is back within {BACK_WITHIN} s of the page")
        # Chromium's microphone beeps once a second; the recording wants to hear it.
        page.wait_for_timeout(2_500)
    bench.press("Alt+e")
    bench.until("wrapUp")
    bench.press("Alt+y")
    bench.until("idle")


def second_tab(bench):
    """Another tab asks before it takes the audio."""
    other = watched(bench.page.context.new_page())
    other.goto(bench.page.url)
    other.wait_for_selector("dialog[open]")
    bench.expect(stats(other) is None, "a second tab has no leg before it was asked for")
    other.click("dialog[open] .button.primary")
    wait_for_leg(other)
    bench.page.wait_for_selector("dialog[open]")
    bench.expect(stats(bench.page) is None, "the first tab has lost the leg")
    bench.page.click("dialog[open] .button.primary")
    wait_for_leg(bench.page)
    other.close()


def language_and_theme(bench):
    """Both are switched without a reload, and what was typed stays."""
    page = bench.page
    page.evaluate("window.isSamePage = true")
    page.click(".who")
    page.click("[role=menuitemradio]:has-text('English')")
    page.wait_for_selector(".topbar nav :text('Tickets')")
    page.keyboard.press("Escape")
    page.click(".who")
    page.click("[role=menuitemradio]:has-text('Dark')")
    page.wait_for_selector("html[data-theme=dark]")
    page.keyboard.press("Escape")
    bench.expect(page.evaluate("window.isSamePage"), "language and theme change without a reload")
    bench.look("desk-en-dark")


def main():
    """All of it, one after another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("base", "user", "password"):
        parser.add_argument(name)
    parser.add_argument("--ring", required=True)
    parser.add_argument("--end", required=True)
    parser.add_argument("--phone", default="browser", choices=["browser", "sip"])
    parser.add_argument("--pictures", type=pathlib.Path)
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        page = open_page(browser)
        sign_in(page, options.base.rstrip("/"), options.user, options.password)
        visit(page, "desk")
        start_shift(page, phone=options.phone)
        wait_for_leg(page)
        bench = Bench(options, page)
        steps = [quick_call, controls, reload_while_talking, language_and_theme]
        for step in [*steps, second_tab] if options.phone == "browser" else steps:
            step(bench)
        sign_out_of_seat(page)
    print("\n".join(bench.findings) or "nothing found")
    sys.exit(1 if bench.findings else 0)


if __name__ == "__main__":
    main()
