"""Ctrl-C: no new calls, standing ones go on to their end, then the program ends by itself."""

import signal

from harness import sipp
from harness.bench import eventually, expect
from harness.registry import test

from .situations import Scene


def expect_drained(bench, number):
    scene = Scene(bench)
    agent, caller, _ = scene.talk([sipp.await_bye()], [sipp.await_nudge(), sipp.hang_up()])
    scene.hotline.process.signal(number)
    eventually(lambda: "Stopping" in scene.hotline.process.said(), 5, "it says that it stops")
    sipp.caller(bench, scene.hotline, [sipp.rejected(503)], name="late").expect_ok()
    expect(scene.hotline.process.code is None, "it ended while a call stood")
    expect(caller.process.code is None and agent.process.code is None, "the standing call was ended")
    caller.nudge()
    caller.expect_ok()
    agent.expect_ok()
    code = scene.hotline.process.wait(10, "hotline")
    expect(code == 0, f"it ended with {code}")


@test("G12 SIGINT refuses new calls with 503, lets the standing call end and ends with 0")
def interrupted(bench):
    expect_drained(bench, signal.SIGINT)


@test("G12 SIGTERM refuses new calls with 503, lets the standing call end and ends with 0")
def terminated(bench):
    expect_drained(bench, signal.SIGTERM)


@test("G12 SIGINT without calls ends at once with 0")
def idle(bench):
    scene = Scene(bench)
    scene.hotline.process.signal(signal.SIGINT)
    code = scene.hotline.process.wait(5, "hotline")
    expect(code == 0, f"it ended with {code}")
