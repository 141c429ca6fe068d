"""The licensed figures: 25 lines and 40 seats."""

from harness import centres, sipp
from harness.bench import eventually, expect
from harness.hotline import Hotline, expect_status
from harness.registry import test


def hold_lines(bench, hotline, count):
    """So many callers in the menu, who stay there."""
    callers = sipp.caller(bench, hotline, [sipp.answered(), sipp.await_nudge(), sipp.hang_up()],
                          name="callers", calls=count, rate=25)
    eventually(lambda: hotline.live()["lines"]["inUse"] == count, 20, f"{count} lines are held")
    return callers


def let_go(hotline, callers, count):
    for number in range(1, count + 1):
        callers.nudge(f"callers-{number}")
    callers.expect_ok()
    eventually(lambda: hotline.live()["lines"]["inUse"] == 0, 10, "all lines are free")


@test("N18 the 26th line gets 486 and the fact says so; a line that is free again is given")
def lines(bench):
    hotline = Hotline(bench, centres.demo(bench))
    callers = hold_lines(bench, hotline, 25)
    sipp.caller(bench, hotline, [sipp.rejected(486)], name="late").expect_ok()
    late = hotline.interaction(25)
    hotline.await_fact(late["id"], "line.refused", limit=25)
    hotline.await_fact(late["id"], "call.rejected", reason="linesFull")
    hotline.await_end(late["id"])
    let_go(hotline, callers, 25)
    sipp.caller(bench, hotline, [sipp.answered(), sipp.hang_up()], name="again").expect_ok()


@test("N18 with an overflow number the call after the last line gets 302")
def overflow(bench):
    hotline = Hotline(bench, centres.quick(
        bench, [9], lines=2, when_lines_full="overflow:+8657188885186"))
    callers = hold_lines(bench, hotline, 2)
    late = sipp.caller(bench, hotline, [sipp.rejected(302)], name="late")
    late.expect_ok()
    contact = next(line for line in late.said().splitlines() if line.startswith("Contact:") and "8885186" in line)
    expect("<sip:+8657188885186@127.0.0.1:" in contact, contact)
    hotline.await_fact(hotline.interaction(2)["id"], "call.rejected", reason="overflow")
    let_go(hotline, callers, 2)


@test("N18 the 41st sign-in is refused with seatLimitReached and the limit 40")
def seats(bench):
    hotline = Hotline(bench, centres.demo(bench, more=(
        '\n[[seat]]\nnumber = "41"\nsite = "main"\n'
        'phone = { kind = "sip", uri = "sip:agent41@127.0.0.1:9" }\n')))
    for number in range(1, 41):
        hotline.sign_in(f"{5000 + number}", f"{number:02}")
    expect(hotline.live()["seats"] == {"inUse": 40, "limit": 40}, f"shown: {hotline.live()['seats']}")
    body = expect_status(429, lambda: hotline.sign_in("5041", "41"))
    text = str(body)
    expect("seatLimitReached" in text and "40" in text, f"the refusal says {text}")
    hotline.call("POST", "/agents/5040/sign-out")
    hotline.sign_in("5041", "41")
