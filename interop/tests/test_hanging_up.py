"""Who hangs up, and when."""

from harness import sipp
from harness.bench import expect
from harness.registry import test

from .situations import Scene, expect_ended_once

HANG_UP = [sipp.await_nudge(), sipp.hang_up()]


@test("N20 a caller who hangs up in the menu leaves nothing behind")
def in_menu(bench):
    scene = Scene(bench)
    caller = sipp.caller(bench, scene.hotline, [sipp.answered(), *HANG_UP])
    call = scene.call()
    scene.hotline.await_node(call, "menu")
    caller.nudge()
    caller.expect_ok()
    expect_ended_once(scene.hotline, call, "customer")
    scene.expect_quiet()


@test("N20 a caller who hangs up in the queue is abandoned there")
def in_queue(bench):
    scene = Scene(bench)
    caller = scene.caller(HANG_UP)
    call = scene.call()
    scene.hotline.await_fact(call, "queue.entered")
    caller.nudge()
    caller.expect_ok()
    expect_ended_once(scene.hotline, call, "customer")
    scene.hotline.await_fact(call, "queue.entryEnded", ending="shortAbandoned")
    scene.expect_quiet()


@test("N20 a caller who hangs up while it rings has the agent's phone cancelled")
def while_ringing(bench):
    scene = Scene(bench)
    agent = scene.agent(0, [sipp.ring(), sipp.await_cancel()])
    caller = scene.caller(HANG_UP)
    call = scene.call()
    agent.await_ring()
    scene.hotline.await_activity("5001", "ringing")
    caller.nudge()
    caller.expect_ok()
    agent.expect_ok()
    expect_ended_once(scene.hotline, call, "customer")
    scene.expect_quiet()


@test("N20 a caller who gives up before the answer is cancelled at the agent's phone too")
def cancels(bench):
    scene = Scene(bench)
    agent = scene.agent(0, [sipp.ring(), sipp.await_cancel()])
    caller = sipp.caller(bench, scene.hotline, [
        sipp.receive("100", 'optional="true"'), sipp.receive("180"), sipp.await_nudge(), sipp.cancel()],
        called="5187")
    agent.await_ring()
    caller.nudge()
    caller.expect_ok()
    agent.expect_ok()
    expect_ended_once(scene.hotline, scene.call(), "customer")
    scene.expect_quiet()


@test("N20 a caller who hangs up while talking ends the agent's call")
def while_talking(bench):
    scene = Scene(bench)
    agent, caller, call = scene.talk([sipp.await_bye()], HANG_UP)
    caller.nudge()
    caller.expect_ok()
    agent.expect_ok()
    expect_ended_once(scene.hotline, call, "customer")
    scene.hotline.await_fact(call, "conversation.ended", by="customer")
    scene.expect_quiet()


@test("Q07 when the agent hangs up the caller rates by key and the score is kept")
def rating(bench):
    scene = Scene(bench)
    agent, caller, call = scene.talk(
        [sipp.await_nudge(), sipp.agent_hang_up()], [sipp.await_nudge(), sipp.press(2), sipp.await_bye()])
    agent.nudge(agent.rings()[0])
    agent.expect_ok()
    scene.hotline.await_fact(call, "conversation.ended", by="agent")
    scene.hotline.await_node(call, "rating")
    caller.nudge()
    caller.expect_ok()
    expect_ended_once(scene.hotline, call, "flow")
    scene.hotline.await_fact(call, "flow.rated", score=3)
    expect(scene.hotline.interactions()[0]["rating"] == 3, "the record has no rating")
    scene.expect_quiet()


@test("Q07 a caller who does not rate is said goodbye to and the fact says skipped")
def no_rating(bench):
    scene = Scene(bench)
    agent, caller, call = scene.talk([sipp.await_nudge(), sipp.agent_hang_up()], [sipp.await_bye()])
    agent.nudge(agent.rings()[0])
    caller.expect_ok()
    agent.expect_ok()
    scene.hotline.await_fact(call, "flow.ratingSkipped")
    expect_ended_once(scene.hotline, call, "flow")


@test("N20 an agent who hangs up from the desk has the phone hung up and the caller rates")
def from_desk(bench):
    scene = Scene(bench)
    agent, caller, call = scene.talk([sipp.await_bye()], [sipp.await_nudge(), sipp.press(3), sipp.await_bye()])
    scene.hotline.call("POST", "/agents/5001/hang-up")
    agent.expect_ok()
    scene.hotline.await_node(call, "rating")
    caller.nudge()
    caller.expect_ok()
    scene.hotline.await_fact(call, "flow.rated", score=1)
    scene.expect_quiet()


@test("N20 when both hang up at once the call ends once")
def both(bench):
    scene = Scene(bench)
    agent, caller, call = scene.talk(
        [sipp.await_nudge(), sipp.crossing_agent_hang_up()], [sipp.await_nudge(), sipp.crossing_hang_up()])
    agent.nudge(agent.rings()[0])
    caller.nudge()
    caller.expect_ok()
    agent.expect_ok()
    expect_ended_once(scene.hotline, call, "customer")
    ends = scene.hotline.facts(call, "conversation.ended")
    expect(len(ends) == 1, f"the conversation ended {len(ends)} times")
    scene.expect_quiet()
