"""Ctrl-C: no new calls, standing ones go on to their end, then the program ends by itself."""

import signal
import sqlite3

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


@test("G12 while the store cannot be written new calls get 503, standing ones go on, and nothing is lost of them")
def unwritable(bench):
    scene = Scene(bench, phones=1)
    agent, caller, call = scene.talk([sipp.await_bye()], [sipp.await_nudge(), sipp.hang_up()])
    held = sqlite3.connect(scene.hotline.data / "hotline.sqlite", isolation_level=None, timeout=10)
    held.execute("begin immediate")
    try:
        # Something has to be written before it can be known that it cannot.
        first = sipp.caller(bench, scene.hotline, [sipp.rejected(503)], name="first")
        eventually(lambda: "cannot be written" in scene.hotline.process.said(), 30, "the program says so")
        sipp.caller(bench, scene.hotline, [sipp.rejected(503)], name="late").expect_ok()
        expect(caller.process.code is None and agent.process.code is None, "the standing call was ended")
        caller.nudge()
        caller.expect_ok()
    finally:
        held.execute("rollback")
        held.close()
    eventually(lambda: "can be written again" in scene.hotline.process.said(), 10, "the store is written again")
    agent.expect_ok()
    first.process.stop()
    scene.hotline.await_end(call)
    ends = scene.hotline.facts(call, "call.ended")
    expect(len(ends) == 1 and ends[0]["payload"]["by"] == "customer", f"the call ended {ends}")
    expect(len(scene.hotline.facts(call, "conversation.ended")) == 1, "the conversation has no one end")
