"""Situations that several tests begin with, in the small centre."""

from harness import centres, sipp
from harness.bench import Ports, eventually, expect
from harness.hotline import Hotline

# The agents of the small centre, the one with the highest level first: whoever stands first is offered the call.
AGENTS = ["5001", "5002", "5003"]


class Scene:
    """The small centre with some agents' phones and one caller."""

    def __init__(self, bench, phones=1, **options):
        self.bench = bench
        self.ports = [Ports.take() for _ in range(phones)]
        self.hotline = Hotline(bench, centres.quick(bench, self.ports, **options))

    def agent(self, index, steps, **options):
        """Signs agent `index` in, from 0, with a phone that plays the steps."""
        phone = sipp.agent(self.bench, steps, self.ports[index], name=f"agent{index + 1}", **options)
        self.sign_in(index)
        return phone

    def sign_in(self, index):
        self.hotline.sign_in(AGENTS[index], f"{index + 1:02}")

    def caller(self, steps, **options):
        """A caller who presses 1 at once and then does what the steps say."""
        return sipp.caller(self.bench, self.hotline, [sipp.answered(), sipp.press(1), *steps], **options)

    def call(self, index=0):
        """The id of the call that came in as number `index`."""
        return self.hotline.interaction(index)["id"]

    def talk(self, agent_steps, caller_steps, **options):
        """A conversation: (agent's phone, caller, id of the call)."""
        agent = self.agent(0, [sipp.ring(), sipp.answer(), *agent_steps], **options)
        caller = self.caller(caller_steps)
        call = self.call()
        self.hotline.await_fact(call, "call.connected", 20)
        return agent, caller, call

    def expect_quiet(self):
        """Nothing is left of any call: no line, no ringing, nobody talking."""

        def look():
            live = self.hotline.live()
            return live["calls"] == 0 and live["lines"]["inUse"] == 0 and all(
                agent["activity"] not in ("ringing", "talking") for agent in live["agents"])

        eventually(look, 10, "nothing is left of the calls")
        self.hotline.expect_alive()


def expect_ended_once(hotline, call, by):
    hotline.await_end(call)
    ends = hotline.facts(call, "call.ended")
    expect(len(ends) == 1, f"the call ended {len(ends)} times")
    expect(ends[0]["payload"]["by"] == by, f"ended by {ends[0]['payload']['by']}, not {by}")
