"""kill -9 in every state: what stood is hung up, named and kept."""

import hashlib
import time

from harness import audio, sipp
from harness.bench import expect
from harness.registry import test

from .situations import Scene

AWAIT_BYE = [sipp.await_bye()]


def restart(scene, call, queue_facts):
    """Kills the program, starts it again and checks what it says of the one call. Returns when it was killed."""
    scene.hotline.kill()
    killed = time.time()
    scene.hotline.start()
    expect(scene.hotline.ready["lost"] == "1", f"lost={scene.hotline.ready['lost']}")
    lost = scene.hotline.get("/lost-calls")["items"]
    expect([entry["id"] for entry in lost] == [call], f"the list of lost calls is {lost}")
    expect(lost[0]["caller"] and lost[0]["caller"].endswith("8100"), f"the lost caller is {lost[0]}")
    ended = scene.hotline.facts(call, "queue.entryEnded")
    endings = [fact["payload"]["ending"] for fact in ended]
    expect(endings == queue_facts, f"the queue entries ended {endings}, not {queue_facts}")
    entered = scene.hotline.facts(call, "queue.entered")
    expect(len(entered) == len(ended), f"{len(entered)} entries in queues, {len(ended)} ends")
    record = scene.hotline.interactions()[0]
    expect(record["endedBy"] == "crash" and record["endedAt"], f"the record says {record}")
    live = scene.hotline.live()
    expect(live["calls"] == 0 and live["lines"]["inUse"] == 0, f"after the restart: {live}")
    return killed


def expect_usable(scene):
    """A new call is taken as ever."""
    sipp.caller(scene.bench, scene.hotline, [sipp.answered(), sipp.hang_up()], name="next").expect_ok()
    scene.expect_quiet()


@test("G12 kill -9 with a caller in the menu: BYE at the restart, and the caller is listed")
def in_menu(bench):
    scene = Scene(bench)
    caller = sipp.caller(bench, scene.hotline, [sipp.answered(), *AWAIT_BYE])
    call = scene.call()
    scene.hotline.await_node(call, "menu")
    restart(scene, call, [])
    caller.expect_ok()
    expect_usable(scene)


@test("G12 kill -9 with a caller in the queue: BYE at the restart, the queue entry ends, the caller is listed")
def in_queue(bench):
    scene = Scene(bench)
    caller = scene.caller(AWAIT_BYE)
    call = scene.call()
    scene.hotline.await_fact(call, "queue.entered")
    restart(scene, call, ["releasedBySystem"])
    caller.expect_ok()
    expect_usable(scene)


@test("G12 kill -9 while it rings: the caller gets BYE, the phone CANCEL, the agent is free")
def while_ringing(bench):
    scene = Scene(bench)
    agent = scene.agent(0, [sipp.ring(), sipp.await_cancel()])
    caller = scene.caller(AWAIT_BYE)
    call = scene.call()
    agent.await_ring()
    scene.hotline.await_activity("5001", "ringing")
    restart(scene, call, ["releasedBySystem"])
    caller.expect_ok()
    agent.expect_ok()
    made, ended = scene.hotline.facts(call, "offer.made"), scene.hotline.facts(call, "offer.ended")
    expect(len(made) == len(ended) == 1, f"{len(made)} offers, {len(ended)} ends")
    expect_usable(scene)


@test("G12 P20 kill -9 while talking: both get BYE, and the recording is whole to within a second of the kill")
def while_talking(bench):
    scene = Scene(bench)
    agent, caller, call = scene.talk(
        AWAIT_BYE, [sipp.await_nudge(), sipp.play(sipp.SPEECH), *AWAIT_BYE], echo=True)
    caller.nudge()
    # Part of the speech is enough: the kill comes in its middle.
    time.sleep(4)
    killed = restart(scene, call, ["answered"])
    caller.expect_ok()
    agent.expect_ok()
    recordings = scene.hotline.recordings(call)
    expect(len(recordings) == 1, f"{len(recordings)} recordings")
    names = {track["name"] for track in recordings[0]["tracks"]}
    expect(names == {"customer", "agent-1"}, f"the tracks are {names}")
    spoken = killed - recordings[0]["startedAt"] / 1_000
    said = audio.from_pcap()
    for track in recordings[0]["tracks"]:
        content = (scene.hotline.data / track["path"]).read_bytes()
        expect(track["digest"] == "sha256:" + hashlib.sha256(content).hexdigest(), "the digest does not match")
        samples = audio.read_wav(content)[0]
        length = len(samples) / audio.RATE
        expect(spoken - 1 <= length <= spoken + 0.3,
               f"{track['name']} is {length:.2f} s long, {spoken:.2f} s were recorded")
        expect(abs(track["milliseconds"] / 1_000 - length) < 0.05, f"{track['milliseconds']} ms are said")
        audio.expect_heard(said[:3 * audio.RATE // 2], samples, track["name"], 0.85)
    kind, export = scene.hotline.stereo(call, recordings[0])
    expect(kind == "audio/wav" and len(audio.read_wav(export)) == 2, "the stereo export is not to be had")
    expect_usable(scene)
