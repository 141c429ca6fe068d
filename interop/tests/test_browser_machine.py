"""An agent at a second machine: over the network by HTTPS, and through a relay where UDP is blocked."""

import re
import secrets
import subprocess

from harness import audio, centres, web
from harness.bench import expect
from harness.hotline import Hotline
from harness.machine import Coturn, SecondMachine
from harness.registry import test
from tests.test_browser import heard_track

CONFIG = """
[rtp]
address = "0.0.0.0"

[log]
level = "notice"
"""


def hotline_for_others(bench, machine, relay=""):
    """The program as another machine reaches it, with its first warning about addresses."""
    config = bench.path("hotline.toml")
    config.write_text(CONFIG + relay)
    hotline = Hotline(
        bench, centres.demo(bench), ["--config", config, "--sip", "0.0.0.0:0", "--https", "0.0.0.0:0"])
    expect("Look at the addresses" in hotline.process.said(), "several addresses, and not a word about them")
    expect(machine.here in hotline.process.said(), f"{machine.here} is not among the addresses that are named")
    return hotline


def sign_in(browser, hotline, machine, number):
    """A page on the second machine that trusts the local authority and nothing else; its first password is changed."""
    page = web.pages.open_page(browser, trusts_all=False)
    port = hotline.ready["https"].rsplit(":", 1)[1]
    web.sign_in_first(page, hotline, f"https://{machine.here}:{port}", number)
    expect(page.evaluate("isSecureContext"), "the page is not secure")
    return page


def take_a_call(bench, hotline, page, path):
    """Answers a telephone call and speaks both ways; the audio goes by `path`."""
    web.pages.visit(page, "desk")
    web.pages.start_shift(page, seat="01")
    web.pages.wait_for_leg(page)
    desk = web.Desk(page, web.Customer(bench, hotline))
    desk.ring()
    desk.press("Alt+a")
    desk.until("talking")
    call = hotline.interaction()["id"]
    before = web.pages.stats(page)["in"]["energy"]
    desk.customer.phone.say(audio.tone(440, 2.0))
    web.talks(page, "the second machine")
    page.wait_for_timeout(2_500)
    found = web.pages.stats(page)
    expect(re.fullmatch(path, found["path"]), f"the audio goes by {found['path']}, not {path}")
    expect(found["in"]["energy"] - before > 0.001, "the agent heard nothing of the customer's tone")
    print(f"# audio by {found['path']}: {found['in']['packets']} packets in, {found['in']['lost']} lost, "
          f"{found['out']['packets']} out", flush=True)
    desk.customer.end()
    desk.until("wrapUp")
    hotline.await_end(call)
    share = audio.tone_share(heard_track(hotline, call, "customer"), 440)
    expect(share > 0.5, f"the customer's tone is not recorded: {share:.2f} of the power")
    beeps = heard_track(hotline, call, "agent-1")
    expect(max(map(abs, beeps), default=0) > 1_000, f"the agent's track is silent, {len(beeps) / 8_000:.1f} s")
    expect(max(map(abs, desk.customer.phone.samples())) > 1_000, "the customer heard nothing")
    expect(not page.faults, f"the page complains: {page.faults}")


@test("G25 an agent at a second machine signs in over HTTPS, trusting the local authority, and takes a call")
def second_machine(bench):
    machine = SecondMachine(bench)
    hotline = hotline_for_others(bench, machine)
    hotline.await_prompts()
    machine.trust(hotline.data / "tls/authority.crt")
    with web.pages.chromium(program=machine.chromium()) as chromium:
        page = sign_in(chromium, hotline, machine, "5019")
        take_a_call(bench, hotline, page, "(host|prflx) udp")


@test("G25 where UDP is blocked the audio of a second machine goes by TCP through a relay")
def relayed(bench):
    machine, secret = SecondMachine(bench), secrets.token_hex(16)
    addresses = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
    relay = Coturn(bench, machine.here, secret, {machine.here, *(one for one in addresses if ":" not in one)})
    hotline = hotline_for_others(bench, machine, f'\n[relay]\nurls = ["{relay.url}"]\nsecret = "{secret}"\n')
    hotline.await_prompts()
    machine.trust(hotline.data / "tls/authority.crt")
    machine.block_udp()
    with web.pages.chromium(program=machine.chromium()) as chromium:
        page = sign_in(chromium, hotline, machine, "5019")
        servers = page.evaluate("async () => (await (await fetch('/api/v1/session')).json()).iceServers")
        expect(len(servers) == 1 and servers[0]["username"].endswith(":5019"), f"the relays are {servers}")
        take_a_call(bench, hotline, page, "relay tcp")
    customers = hotline.get("/web-calls/settings")["iceServers"]
    expect(customers[0]["urls"] == [relay.url], f"the call page's relays are {customers}")
