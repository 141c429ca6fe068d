"""What the browser tests share: starting Chromium, signing in, walking about, looking with axe.

Needs playwright and axe-playwright-python from PyPI and Debian's chromium. Nothing here knows which program answers.
"""

import contextlib
import re
import subprocess
import threading
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
# Fake devices: a microphone that beeps, allowed without a question.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--force-color-profile=srgb",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
LANGUAGES = ["zh-CN", "en"]
THEMES = ["light", "dark"]
# Milliseconds within which a screen has to follow what happened.
PATIENCE = 30_000


@contextlib.contextmanager
def chromium(arguments=(), program=CHROMIUM):
    """A running Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS + list(arguments))
        try:
            yield browser
        except Exception:
            tell(browser)
            raise
        finally:
            browser.close()


def tell(browser):
    """What each page shows and complains of, for whoever reads why a test failed."""
    for page in (page for context in browser.contexts for page in context.pages):
        try:
            ready = page.evaluate("`${document.readyState} ${document.body?.dataset.ready} ${document.body?.innerText.slice(0, 400)}`")
        except Exception as error:  # a page that is gone or does not answer says that much
            ready = str(error)
        print(f"# {page.url}: {' '.join(ready.split())} {getattr(page, 'faults', '')}", flush=True)


def open_page(browser, language="zh-CN", theme="light", width=1440, height=900, permissions=("microphone", "notifications"), trusts_all=True):
    """A page of a browser of its own; `page.faults` collects what its scripts complain of. Without `trusts_all` the
    browser decides whether it trusts a certificate."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=language, permissions=list(permissions), ignore_https_errors=trusts_all
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(
        "if (!localStorage['hotline.theme']) {"
        f"localStorage['hotline.theme'] = '\"{theme}\"'; localStorage['hotline.language'] = '\"{language}\"'; }}"
    )
    return watched(context.new_page())


# The real thing in which pages are hidden and their timers slowed down: playwright's own pages always count as looked at.
SLOWED = ["--headless=new", "--remote-debugging-port=0", "--no-first-run", "--intensive-wake-up-throttling-policy=1"]


@contextlib.contextmanager
def plain_chromium(folder, arguments=()):
    """The context of a Chromium as people have it: tabs in one window, of which one is in front."""
    command = [CHROMIUM, *ARGUMENTS, *SLOWED, *arguments, f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = next(found[0] for found in (re.search(r"ws://\S+", line) for line in process.stderr) if found)
            threading.Thread(target=process.stderr.read, daemon=True).start()
            with sync_playwright() as playwright:
                browser = playwright.chromium.connect_over_cdp(address, no_defaults=True)
                context = browser.contexts[0]
                context.set_default_timeout(PATIENCE)
                context.grant_permissions(["microphone", "notifications"])
                yield context
                browser.close()
        finally:
            process.terminate()


def watched(page):
    """Collects the faults of a page. A refused request is no fault of the page."""
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(f"{error}\n{error.stack}"))
    page.on(
        "console",
        lambda message: page.faults.append(message.text)
        if message.type == "error" and "Failed to load resource" not in message.text
        else None,
    )
    return page


def sign_in(page, base, user, password):
    """From the address of the program to the first screen."""
    page.goto(base + "/")
    page.wait_for_selector("body[data-ready]")
    page.fill("[name=user]", user)
    page.fill("[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_selector("body[data-ready=signed-in]")


def start_shift(page, seat=None, phone="browser", is_ready=True):
    """Takes a seat; the first free one unless told which."""
    page.wait_for_selector(".seats label")
    page.click(f".segments label:has(input[value={phone}])")
    if seat:
        page.click(f".seats label:has(input[value='{seat}'])")
    page.wait_for_selector(".seats label.is-on")
    page.click(".start .button.primary" if is_ready else ".start .ends .button:not(.primary)")
    page.wait_for_selector(".call-card")


def sign_out_of_seat(page):
    """Ends the shift, so that the next walk finds a free seat."""
    page.keyboard.press("Alt+p")
    page.click(".presence .menu [role=menuitem]")
    page.wait_for_selector(".start")


def wait_for_leg(page):
    """Until the browser's telephone stands."""
    page.wait_for_selector(".leg-line .dot.good")


CONNECTED = "window.hotline.stats().then((found) => found?.connection === 'connected')"


def wait_until(page, condition, timeout=PATIENCE):
    """Until a condition holds. `wait_for_function` makes code from text in the page, which the page's policy forbids."""
    end = time.monotonic() + timeout / 1_000
    while not page.evaluate(condition):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {timeout} ms: {condition}")
        page.wait_for_timeout(50)


def stats(page):
    """What the page reports of its connection, or None."""
    return page.evaluate("window.hotline.stats()")


def hears(page, seconds=1.0):
    """Packets that came and went in a while."""
    before = stats(page)
    page.wait_for_timeout(seconds * 1_000)
    after = stats(page)
    return after["in"]["packets"] - before["in"]["packets"], after["out"]["packets"] - before["out"]["packets"]


def call(page):
    """On the customers' page: consents and calls, until the call rings."""
    page.wait_for_selector("body[data-ready=call]")
    page.click(".consent label.check")
    page.click(".button.answer")
    page.wait_for_selector(".during")
    wait_until(page, CONNECTED)


def press_on_call_page(page, key):
    """A key of the keypad."""
    page.locator(".during .keys button", has_text=key).first.click()


def hang_up_on_call_page(page):
    """The customer ends the call."""
    page.click(".during .button.danger")


def visit(page, screen):
    """Goes to a screen by its name in the address: desk, interactions, tickets, live, announcements, admin/people."""
    page.goto(page.url.split("#")[0] + "#/" + screen)
    page.wait_for_timeout(600)


def violations(page):
    """What axe finds, one line each."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    lines = []
    for one in found:
        for node in one["nodes"]:
            cause = next((check["message"] for group in ("any", "all", "none") for check in node.get(group) or []), "")
            lines.append(f"{one['id']} {node['target']}: {cause}")
    return lines
