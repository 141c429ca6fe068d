"""Offers that nobody takes: the caller goes to the next agent and keeps the place in the queue."""

import time

from harness import audio, centres, sipp
from harness.baresip import Baresip
from harness.bench import Ports, expect
from harness.hotline import Hotline
from harness.registry import test

from .situations import Scene, expect_ended_once

TAKES = [sipp.ring(), sipp.answer(), sipp.await_bye()]


def expect_second_agent(scene, outcome, first=None, within=12):
    """The call goes to agent 1 in vain and then to agent 2, who talks. The caller never left the queue."""
    second = scene.agent(1, TAKES)
    caller = scene.caller([sipp.await_nudge(), sipp.hang_up()])
    call = scene.call()
    hotline = scene.hotline
    hotline.await_fact(call, "call.connected", within + 10)
    offers = [fact["payload"]["outcome"] for fact in hotline.facts(call, "offer.ended")]
    expect(offers == [outcome, "accepted"], f"the offers ended {offers}")
    made = hotline.facts(call, "offer.made")
    expect(made[0]["agent"] != made[1]["agent"], "the same agent was offered the call again")
    entered = hotline.facts(call, "queue.entered")
    expect(len(entered) == 1, f"the caller was queued {len(entered)} times")
    ended = hotline.facts(call, "queue.entryEnded")
    expect(len(ended) == 1 and ended[0]["payload"]["ending"] == "answered", f"the entry ended {ended}")
    # The wait is counted from the arrival in the queue, not from the second offer.
    waited = ended[0]["at"] - entered[0]["at"]
    expect(abs(ended[0]["payload"]["waited"] - waited) < 50, f"waited {ended[0]['payload']['waited']} of {waited} ms")
    caller.nudge()
    caller.expect_ok()
    second.expect_ok()
    if first:
        first.expect_ok()
    expect_ended_once(hotline, call, "customer")
    scene.expect_quiet()
    return made, call


@test("N20 an agent who does not answer is cancelled after the ring time and the next agent is called")
def no_answer(bench):
    scene = Scene(bench, phones=2)
    first = scene.agent(0, [sipp.ring(), sipp.await_cancel()])
    made, call = expect_second_agent(scene, "noAnswer", first)
    rang = scene.hotline.facts(call, "offer.ended")[0]["payload"]["rang"]
    expect(5_000 <= rang < 6_000, f"it rang {rang} ms, the centre says 5 s")
    expect(scene.hotline.agent("5001")["presence"] == "notReady", "who did not answer is still offered calls")


@test("N20 an agent who declines with 603 passes the call to the next agent")
def declines(bench):
    scene = Scene(bench, phones=2)
    first = scene.agent(0, [sipp.ring(), sipp.refuse(603)])
    expect_second_agent(scene, "declined", first)


@test("N20 an agent who declines with 486 after ringing passes the call to the next agent")
def busy(bench):
    scene = Scene(bench, phones=2)
    first = scene.agent(0, [sipp.ring(), sipp.refuse(486)])
    expect_second_agent(scene, "declined", first)


@test("N20 a phone that is in use (486 without ringing) passes the call to the next agent")
def in_use(bench):
    scene = Scene(bench, phones=2)
    first = scene.agent(0, [sipp.refuse_unrung(486)])
    expect_second_agent(scene, "busy", first)


@test("N20 an agent who declines from the desk has the phone cancelled and the next agent is called")
def declines_at_desk(bench):
    scene = Scene(bench, phones=2)
    first = scene.agent(0, [sipp.ring(), sipp.await_cancel()])
    second = scene.agent(1, TAKES)
    caller = scene.caller([sipp.await_nudge(), sipp.hang_up()])
    call = scene.call()
    first.await_ring()
    scene.hotline.await_activity("5001", "ringing")
    scene.hotline.call("POST", "/agents/5001/decline")
    scene.hotline.await_fact(call, "call.connected", 15)
    first.expect_ok()
    caller.nudge()
    caller.expect_ok()
    second.expect_ok()
    scene.hotline.await_fact(call, "offer.ended", outcome="declined")
    scene.expect_quiet()


@test("N20 a phone that is gone passes the call to the next agent")
def gone(bench):
    scene = Scene(bench, phones=2)
    scene.sign_in(0)
    second = scene.agent(1, TAKES)
    caller = scene.caller([sipp.await_nudge(), sipp.hang_up()])
    call = scene.call()
    scene.hotline.await_fact(call, "call.connected", 20)
    outcomes = [fact["payload"]["outcome"] for fact in scene.hotline.facts(call, "offer.ended")]
    expect(len(outcomes) == 2 and outcomes[1] == "accepted", f"the offers ended {outcomes}")
    expect(outcomes[0] in ("unreachable", "agentVanished"), f"the phone that is gone: {outcomes[0]}")
    caller.nudge()
    caller.expect_ok()
    second.expect_ok()
    scene.expect_quiet()


@test("N20 a phone that dies while it rings gives the caller back to the queue in the old place")
def dies(bench):
    scene = Scene(bench, phones=2)
    first = scene.agent(0, [sipp.ring(), sipp.await_cancel()])
    caller = scene.caller([sipp.await_nudge(), sipp.hang_up()])
    call = scene.call()
    first.await_ring()
    first.process.stop()
    scene.hotline.await_fact(call, "offer.ended", 10)
    later = sipp.caller(bench, scene.hotline, [sipp.answered(), sipp.press(1), sipp.await_nudge(), sipp.hang_up()],
                        name="later", number="8102")
    behind = scene.call(1)
    scene.hotline.await_fact(behind, "queue.entered")
    second = scene.agent(1, TAKES)
    scene.hotline.await_fact(call, "call.connected", 15)
    expect(not scene.hotline.facts(behind, "offer.made"), "who came later was served first")
    caller.nudge()
    caller.expect_ok()
    second.expect_ok()
    later.nudge()
    later.expect_ok()
    scene.expect_quiet()


@test("N20 a fixed address at which nothing reacts gives the caller back within 5 s")
def never_there(bench):
    scene = Scene(bench, phones=1)
    scene.sign_in(0)
    caller = scene.caller([sipp.await_nudge(), sipp.hang_up()])
    call = scene.call()
    made = scene.hotline.await_fact(call, "offer.made", 20)
    ended = scene.hotline.await_fact(call, "offer.ended", 20)
    expect(ended["at"] - made["at"] < 4_900, f"the offer ended after {ended['at'] - made['at']} ms")
    expect(ended["payload"]["outcome"] != "noAnswer", "the ring time ended it")
    caller.nudge()
    caller.expect_ok()


@test("N20 when a phone at a fixed address dies while it rings the caller is back in the queue within 5 s")
def fixed_dies(bench):
    speech = bench.path("speech.wav")
    audio.write_wav(speech, audio.tone(700, 1))
    port = Ports.take()
    hotline = Hotline(bench, centres.demo(bench, {"01": port}, answers_probes=True))
    expect_back(bench, hotline, Baresip(
        bench, hotline, "agent1", "none", speech, answers="manual", registers=False, port=port))


@test("N20 when a registered phone dies while it rings the caller is back in the queue within 5 s")
def registered_dies(bench):
    hotline = Hotline(bench, centres.demo(bench))
    speech = bench.path("speech.wav")
    audio.write_wav(speech, audio.tone(700, 1))
    user, password = centres.demo_account("01")
    expect_back(bench, hotline, Baresip(bench, hotline, user, password, speech, answers="manual"))


def expect_back(bench, hotline, phone):
    """The phone at seat 01 rings, is killed, and the offer is over soon after, with the caller in the queue."""
    hotline.sign_in("5019", "01")
    caller = sipp.caller(bench, hotline, [
        sipp.answered(), sipp.pause(300), sipp.press(1), sipp.await_nudge(), sipp.hang_up()])
    call = hotline.interaction()["id"]
    hotline.await_fact(call, "offer.made", 40)
    phone.await_ring()
    # Long enough for it to have been asked once.
    time.sleep(1.5)
    died = time.time() * 1_000
    phone.process.stop()
    ended = hotline.await_fact(call, "offer.ended", 20)
    after = ended["at"] - died
    expect(ended["payload"]["outcome"] != "accepted" and after <= 5_000,
           f"the offer ended {ended['payload']['outcome']} after {after:.0f} ms")
    expect(len(hotline.facts(call, "queue.entered")) >= 1, "the caller is in no queue")
    expect(not hotline.facts(call, "call.ended"), "the caller's call was ended")
    caller.nudge()
    caller.expect_ok()
