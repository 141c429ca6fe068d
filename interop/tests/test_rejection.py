"""Calls that are not taken, and messages that are no calls."""

import pathlib
import random
import socket

from harness import centres, sipp
from harness.bench import eventually, expect
from harness.hotline import ROOT, Hotline
from harness.phone import Phone
from harness.registry import test

from .situations import Scene, expect_ended_once

# The torture messages of RFC 4475, where the sources keep them or where they were put.
TORTURE = [ROOT / "Core/Tests/SignallingEngineTests/Torture", ROOT / "../shared/data/sip-torture"]
# Messages made from one by changing, cutting and doubling bytes.
MUTATIONS = 600
SEED = 5186


@test("N15 a caller who shares no codec gets 488")
def no_codec(bench):
    scene = Scene(bench)
    sipp.caller(bench, scene.hotline, [sipp.rejected(488)], sdp=sipp.G729).expect_ok()
    scene.expect_quiet()


@test("N15 an unknown number gets 404")
def unknown_number(bench):
    scene = Scene(bench)
    sipp.caller(bench, scene.hotline, [sipp.rejected(404)], called="5999").expect_ok()
    call = scene.call()
    scene.hotline.await_fact(call, "call.rejected", reason="unknownNumber")
    expect_ended_once(scene.hotline, call, "rejected")


@test("N15 a source that no trunk names gets 403 and no interaction")
def unknown_source(bench):
    scene = Scene(bench, trunk="127.0.0.2")
    sipp.caller(bench, scene.hotline, [sipp.rejected(403)], ip="127.0.0.3", name="stranger").expect_ok()
    expect(not scene.hotline.interactions(), "the stranger made an interaction")
    sipp.caller(bench, scene.hotline, [sipp.answered(), sipp.hang_up()], ip="127.0.0.2", name="known").expect_ok()


def mutated(message, chance):
    """The message with a few bytes changed, a piece cut out, doubled, or its end missing."""
    data = bytearray(message)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(data))
        match chance.randrange(5):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place:place + chance.randrange(1, 40)]
            case 2:
                data[place:place] = data[place:place + chance.randrange(1, 60)]
            case 3:
                data[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 20)))
            case 4:
                data = data[:max(1, place)]
        if not data:
            break
    return bytes(data)


def torture_messages():
    for folder in TORTURE:
        if folder.is_dir():
            return [file.read_bytes() for file in sorted(pathlib.Path(folder).glob("*.dat"))]
    return []


@test("N15 malformed messages by UDP and TCP never end the program and calls go on")
def malformed(bench):
    scene = Scene(bench)
    hotline = scene.hotline
    agent, caller, call = scene.talk([sipp.await_bye()], [sipp.await_nudge(), sipp.hang_up()])
    chance = random.Random(SEED)
    phone = Phone(bench, hotline)
    good = phone.request("INVITE", 1, phone.description())
    messages = torture_messages() + [
        mutated(good.replace(phone.call_id.encode(), b"%032x" % number), chance) for number in range(MUTATIONS)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for number, message in enumerate(messages):
            out.sendto(message[:65_000], phone.remote)
            if number % 50 == 0:
                hotline.live()
    for message in messages[::20]:
        with socket.create_connection(phone.remote, timeout=5) as stream:
            stream.sendall(message)
    hotline.expect_alive()
    expect(hotline.agent("5001")["activity"] == "talking", "the standing call did not survive")
    caller.nudge()
    caller.expect_ok()
    agent.expect_ok()
    expect_ended_once(hotline, call, "customer")
    before = len(hotline.interactions())

    # Half-made calls hold lines until they time out, so a normal call is tried until one is taken.
    def normal_call():
        caller = Phone(bench, hotline)
        status = caller.call()
        if status == 200:
            caller.hang_up()
        return status == 200

    eventually(normal_call, 45, "a normal call is taken")
    expect(before >= 1, "no interactions are shown")
    hotline.expect_alive()
