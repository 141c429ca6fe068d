"""The measuring centre of the load profile is the ordinary product with other data."""

from harness import sipp
from harness.bench import Ports, expect
from harness.hotline import Hotline
from harness.registry import test

from .situations import Scene

TAKES = [sipp.ring(), sipp.await_nudge(), sipp.answer(), sipp.await_bye()]
CALLS = [sipp.answered(rings=True), sipp.await_nudge(), sipp.hang_up()]


def call_through(bench, hotline, port, called, name):
    """One call to the agents at `port`: the id of the call. The caller is answered when the agent is, not before."""
    agent = sipp.agent(bench, TAKES, port, name=f"agent-{name}")
    caller = sipp.caller(bench, hotline, CALLS, called=called, name=name)
    ringing = agent.await_ring()
    expect("SIP/2.0 200" not in caller.said(), "the caller was answered before the agent")
    call = hotline.interactions()[-1]["id"]
    expect(not hotline.facts(call, "call.answered"), "the call was answered before the agent")
    agent.nudge(ringing)
    hotline.await_fact(call, "call.connected")
    caller.nudge()
    caller.expect_ok()
    agent.expect_ok()
    hotline.await_end(call)
    return call


@test("load profile: calls to support are recorded, those to norec are not, both ring until the agent answers")
def profile(bench):
    port = Ports.take()
    hotline = Hotline(bench, options=["--load-profile", f"50@127.0.0.1:{port}"])
    signed_in = hotline.live()["seats"]["inUse"]
    expect(signed_in == 50, f"{signed_in} agents are signed in")
    recorded = call_through(bench, hotline, port, "support", "recorded")
    hotline.recordings(recorded)
    plain = call_through(bench, hotline, port, "norec", "plain")
    expect("call.recordingStarted" not in hotline.types(plain), "norec was recorded")
    expect(not hotline.get(f"/interactions/{plain}/recordings")["items"], "norec has a recording")


@test("load profile: a call says the same facts in the same order as one of an ordinary centre")
def same_facts(bench):
    port = Ports.take()
    profile = Hotline(bench, options=["--load-profile", f"50@127.0.0.1:{port}"])
    measured = profile.types(call_through(bench, profile, port, "support", "measured"))
    scene = Scene(bench)
    scene.sign_in(0)
    ordinary = scene.hotline.types(call_through(bench, scene.hotline, scene.ports[0], "5187", "ordinary"))
    expect(measured == ordinary, f"profile {measured}, ordinary {ordinary}")
