"""Keys by RFC 4733 and by INFO: each press counts once, whatever the network does to its packets."""

from harness import sipp
from harness.bench import eventually, expect
from harness.phone import Phone
from harness.registry import test

from .situations import Scene, expect_ended_once


def counted(hotline, call):
    return len([fact for fact in hotline.facts(call, "flow.nodeEntered") if fact["payload"]["node"] == "counted"])


def expect_count(bench, presses):
    """Presses the key 2 in each of the ways and expects as many visits to the step that counts."""
    scene = Scene(bench)
    phone = Phone(bench, scene.hotline)
    expect(phone.call() == 200, "the call was not answered")
    call = scene.call()
    scene.hotline.await_node(call, "menu")
    for number, how in enumerate(presses, 1):
        phone.press("2", **how)
        eventually(lambda: counted(scene.hotline, call) >= number, 10, f"press {number} counts")
    # 1 leads on: what was counted until then is everything.
    phone.press("1")
    scene.hotline.await_fact(call, "queue.entered")
    expect(counted(scene.hotline, call) == len(presses), f"{len(presses)} presses counted {counted(scene.hotline, call)}")
    phone.hang_up()
    expect_ended_once(scene.hotline, call, "customer")


@test("N20 keys whose end packets come three times count once")
def triple_end(bench):
    expect_count(bench, [{"ends": 3}] * 3)


@test("N20 keys whose end packets are all lost count once")
def lost_end(bench):
    expect_count(bench, [{"ends": 0}] * 3)


@test("N20 keys of which only one end packet arrives count once")
def only_end(bench):
    expect_count(bench, [{"updates": 0, "ends": 1}, {"updates": 1, "ends": 0}])


@test("N20 keys whose packets all come twice count once")
def doubled(bench):
    expect_count(bench, [{"twice": True}] * 3)


@test("N20 keys told by INFO count once")
def info(bench):
    scene = Scene(bench)
    caller = sipp.caller(bench, scene.hotline, [
        sipp.answered(), sipp.await_nudge(), sipp.info("2", 2), sipp.pause(1_500), sipp.info("2", 3),
        sipp.pause(1_500), sipp.info("1", 4), sipp.await_nudge(), sipp.hang_up()])
    call = scene.call()
    scene.hotline.await_node(call, "menu")
    caller.nudge()
    scene.hotline.await_fact(call, "queue.entered")
    expect(counted(scene.hotline, call) == 2, f"two keys counted {counted(scene.hotline, call)}")
    caller.nudge()
    caller.expect_ok()


@test("N20 the caller hears the prompts, the queue's music and the agent")
def heard(bench):
    scene = Scene(bench)
    phone = Phone(bench, scene.hotline)
    expect(phone.call() == 200, "the call was not answered")
    call = scene.call()
    scene.hotline.await_node(call, "menu")
    phone.expect_prompt(0.3)
    phone.press("1")
    scene.hotline.await_fact(call, "queue.entered")
    phone.heard.clear()
    phone.expect_prompt(1)
    phone.hang_up()
    expect_ended_once(scene.hotline, call, "customer")
