"""Whole calls with sound: through the menu of 5186 to an agent, and what the recording says of it."""

import hashlib
import io
import json
import subprocess
import zipfile

from harness import audio, centres, sipp
from harness.audio import expect_heard
from harness.baresip import Baresip
from harness.bench import Ports, eventually, expect
from harness.hotline import Hotline, expect_order
from harness.phone import Phone, sound
from harness.registry import test

# The first agent of the demonstration centre's client group by level, and the seat that the tests use.
CLIENT_AGENT, SEAT = "5019", "01"
# One of the same group with a lower level.
LESSER_AGENT = "5007"

STORY = [
    "call.arrived", "line.held", "call.answered", "flow.started", "flow.recordingNoticeGiven", "flow.nodeEntered",
    "queue.entered", "offer.made", "offer.ended", "queue.entryEnded", "call.connected", "conversation.ended",
    "call.ended"]

# Talks once the test says so and the agent's number has been spoken to both: speech of 7 s, then the end.
# The speech lasts 7.1 s; on a busy machine sipp begins late and falls behind while it plays.
TALK = [sipp.await_nudge(), sipp.pause(8_500), sipp.play(sipp.SPEECH), sipp.pause(10_000), sipp.hang_up()]


def expect_recording(hotline, identifier, talk=7.0):
    """The tracks of the one recording, digests checked, as samples by name."""
    recording = hotline.recordings(identifier)[0]
    tracks = {}
    for track in recording["tracks"]:
        content = (hotline.data / track["path"]).read_bytes()
        expect(track["digest"] == "sha256:" + hashlib.sha256(content).hexdigest(),
               f"the digest of {track['name']} does not match its file")
        samples = audio.read_wav(content)[0]
        expect(abs(len(samples) / 8 - track["milliseconds"]) < 20, f"{track['name']}: {track['milliseconds']} ms "
               f"are said, {len(samples) / 8} ms are there")
        expect(len(samples) / 8_000 >= talk, f"{track['name']} is {len(samples) / 8_000} s long")
        tracks[track["name"]] = samples
    manifest = json.loads((hotline.data / recording["manifest"]).read_text())
    expect({track["name"] for track in manifest["tracks"]} == set(tracks), "the manifest names other tracks")
    return recording, tracks


def expect_stereo(hotline, identifier, recording, tracks):
    kind, content = hotline.stereo(identifier, recording)
    expect(kind == "audio/wav", f"the export is {kind}")
    channels = audio.read_wav(content)
    expect(len(channels) == 2, f"the export has {len(channels)} channels")
    agent = next(name for name in tracks if name != "customer")
    expect(audio.likeness(tracks["customer"], channels[0])[0] > 0.99, "the customer is not on the left")
    expect(audio.likeness(tracks[agent], channels[1])[0] > 0.99, "the agent is not on the right")


@test("N15 N20 a sipp caller passes the menu of 5186 to a sipp agent and both are in the recording")
def menu_to_agent(bench):
    phone = Ports.take()
    hotline = Hotline(bench, centres.demo(bench, {SEAT: phone}))
    agent = sipp.agent(bench, [sipp.ring(), sipp.answer(), sipp.await_bye()], phone, echo=True)
    hotline.sign_in(CLIENT_AGENT, SEAT)
    caller = sipp.caller(bench, hotline, [sipp.answered(), sipp.pause(300), sipp.press(1), *TALK])
    call = hotline.interaction()["id"]
    hotline.await_fact(call, "call.connected", 30)
    expect(hotline.agent(CLIENT_AGENT)["activity"] == "talking", "the agent is not shown as talking")
    caller.nudge()
    caller.expect_ok()
    agent.expect_ok()
    hotline.await_end(call)
    expect_order(hotline.types(call), STORY)
    nodes = [fact["payload"]["node"] for fact in hotline.facts(call, "flow.nodeEntered")]
    expect(nodes[-2:] == ["menu", "client"], f"the nodes were {nodes}")
    ended = hotline.interactions()[0]
    expect(ended["endedBy"] == "customer" and ended["number"] == "5186", f"the record is {ended}")
    expect(ended["talkedMs"] >= 7_000, f"talked {ended['talkedMs']} ms")
    recording, tracks = expect_recording(hotline, call)
    said = audio.from_pcap()
    there = expect_heard(said, tracks["customer"], "the customer's track")
    back = audio.expect_heard_in_part(said, tracks["agent-1"], "the agent's track")
    expect(-0.1 <= back - there < 0.8, f"the echo came {back - there:.2f} s after the speech")
    expect_stereo(hotline, call, recording, tracks)


@test("G02 N20 a recording is sealed soon after the call, heard all the same, and gone with the person")
def sealed_recording(bench):
    phone = Ports.take()
    hotline = Hotline(bench, centres.demo(bench, {SEAT: phone}), seals=True)
    agent = sipp.agent(bench, [sipp.ring(), sipp.answer(), sipp.await_bye()], phone, echo=True)
    hotline.sign_in(CLIENT_AGENT, SEAT)
    caller = sipp.caller(bench, hotline, [sipp.answered(), sipp.pause(300), sipp.press(1), *TALK])
    call = hotline.interaction()["id"]
    hotline.await_fact(call, "call.connected", 30)
    caller.nudge()
    caller.expect_ok()
    agent.expect_ok()
    hotline.await_end(call)

    def sealed():
        recording = hotline.recordings(call)[0]
        return recording if all(track["path"].endswith(".sealed") for track in recording["tracks"]) else None

    recording = eventually(sealed, 30, "the recording is sealed")
    folder = (hotline.data / recording["manifest"]).parent
    eventually(lambda: not list(folder.glob("*.wav")), 30, "the open files are gone")
    for track in recording["tracks"]:
        content = (hotline.data / track["path"]).read_bytes()
        expect(content[:8] == b"HLSEAL01", f"the file of {track['name']} begins with {content[:8]}")
    left, _ = audio.read_wav(hotline.stereo(call, recording)[1])
    expect_heard(audio.from_pcap(), left, "the customer in the export")
    number = hotline.interactions()[0]["caller"]
    found = hotline.call("POST", "/subjects/search", {"number": number})
    expect({"recording", "party"} <= {holding["kind"] for holding in found["holdings"]}, f"held: {found}")
    _, _, archive = hotline.request("POST", "/api/v1/subjects/export", {"number": number})
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        expect(files.testzip() is None, "the archive is damaged")
        track = next(name for name in files.namelist() if name.endswith("customer.wav"))
        expect_heard(audio.from_pcap(), audio.read_wav(files.read(track))[0], "the customer in the archive")
    proof = hotline.call("POST", "/subjects/erase", {"number": number, "reason": "asked by letter"})
    expect(proof["left"] == 0 and proof["keys"] == 1, f"the proof is {proof}")
    expect(not [file for file in folder.iterdir() if call in file.name], "files of the recording are left")


def talk_with_baresip(bench, transport, caller_transport):
    said = audio.tone(700, 30)
    speech = bench.path("speech.wav")
    audio.write_wav(speech, said)
    hotline = Hotline(bench, centres.demo(bench))
    user, password = centres.demo_account(SEAT)
    agent = Baresip(bench, hotline, user, password, speech, transport)
    hotline.sign_in(CLIENT_AGENT, SEAT)
    # A nudge comes by UDP; over TCP the caller waits for a time in which the agent has surely answered.
    talk = TALK if caller_transport == "u1" else [sipp.pause(22_000), *TALK[2:]]
    caller = sipp.caller(
        bench, hotline, [sipp.answered(), sipp.pause(300), sipp.press(1), *talk], transport=caller_transport)
    call = hotline.interaction()["id"]
    hotline.await_fact(call, "call.connected", 22)
    if caller_transport == "u1":
        caller.nudge()
    caller.expect_ok(50)
    hotline.await_end(call)
    expect_order(hotline.types(call), STORY)
    _, tracks = expect_recording(hotline, call)
    expect_heard(audio.from_pcap(), tracks["customer"], "the customer's track")
    middle = tracks["agent-1"][8_000:-8_000]
    expect(audio.strength(middle, 700) > 0.9, f"the agent's tone: {audio.strength(middle, 700):.2f} of the power")
    return agent


@test("N15 N20 a baresip agent registered with digest answers by itself and is in the recording")
def baresip_agent(bench):
    agent = talk_with_baresip(bench, "udp", "u1")

    def heard():
        file = agent.heard()
        return audio.read_wav(file.read_bytes())[0] if file and file.stat().st_size > 100_000 else None

    audio.expect_heard_in_part(audio.from_pcap(), eventually(heard, 10, "what baresip heard"), "the agent's phone")


@test("N15 N20 a caller and an agent over TCP talk with each other")
def over_tcp(bench):
    talk_with_baresip(bench, "tcp", "t1")


# Group -> the number of an agent whose level there is the highest.
GROUPS = {
    "1": ("client", "5019"), "2": ("marketing", "5020"), "3": ("collaboration", "5021"), "4": ("erp", "5022"),
    "5": ("production", "5023"), "6": ("other", "5024"), "0": ("operator", "5013")}


@test("N19 each of the keys 1 to 6 and 0 leads to its group and an agent of it")
def groups(bench):
    phone = Ports.take()
    seats = {f"{index:02}": phone for index in range(1, 8)}
    hotline = Hotline(bench, centres.demo(bench, seats))
    agents = sipp.agent(bench, [sipp.ring(), sipp.answer(), sipp.await_bye()], phone, calls=7)
    for (_, agent), seat in zip(GROUPS.values(), seats):
        hotline.sign_in(agent, seat)
    callers = {}

    def call(keys):
        """One caller for each key at once, each in the right group with the right agent."""
        for key in keys:
            callers[key] = sipp.caller(
                bench, hotline,
                [sipp.answered(), sipp.pause(300), sipp.press(key), sipp.await_nudge(), sipp.hang_up()],
                name=f"caller{key}", number=f"810{key}")
        for key in keys:
            group, number = GROUPS[key]
            identifier = eventually(
                lambda: next(
                    (call["id"] for call in hotline.interactions() if call["caller"].endswith(f"810{key}")), ""),
                10, f"the call with the key {key}")
            connected = hotline.await_fact(identifier, "call.connected", 40)
            hotline.await_node(identifier, group)
            queued = hotline.facts(identifier, "queue.entered")
            expect(len(queued) == 1, f"key {key} led through {len(queued)} queues")
            offers = [offer["agentNumber"] for offer in hotline.facts(identifier, "offer.made")]
            expect(connected["agentNumber"] == number,
                   f"key {key} did not lead to agent {number} of {group}: offered to {offers}, "
                   f"{hotline.facts(identifier, 'offer.ended')}")
            expect(hotline.agent(number).get("interaction") == identifier,
                   f"agent {number} is not shown with the call: {hotline.agent(number)}, "
                   f"{hotline.facts(identifier, 'call.ended')}")

    # The operator last: everybody serves that group too.
    call("123456")
    call("0")
    live = {queue["key"]: queue["talking"] for queue in hotline.live()["queues"]}
    expect(len(live) == 7 and live["operator"] == 7, f"shown: {live}")
    for caller in callers.values():
        caller.nudge()
    for caller in callers.values():
        caller.expect_ok()
    agents.expect_ok()


@test("N21 a known fault set through the API is spoken before the menu until it is taken back")
def known_fault(bench):
    hotline = Hotline(bench, centres.demo(bench))

    def seconds_before_menu(index):
        phone = Phone(bench, hotline)
        expect(phone.call() == 200, "the call was not answered")
        call = hotline.interaction(index)["id"]
        hotline.await_node(call, "menu", 40)
        heard = sound(phone.samples())
        phone.hang_up()
        hotline.await_end(call)
        return call, heard

    plain, short = seconds_before_menu(0)
    expect(not hotline.facts(plain, "flow.announcementSpoken"), "an announcement was spoken")
    made = hotline.call("POST", "/announcements", {"board": "faults", "texts": {
        "zh-CN": "邮件系统正在抢修，预计今天二十点恢复。", "en": "The mail system is being repaired."}})
    told, long = seconds_before_menu(1)
    spoken = hotline.await_fact(told, "flow.announcementSpoken")
    expect(spoken["payload"]["announcement"] == made["id"], f"another announcement was spoken: {spoken}")
    expect(long > short + 2, f"{short:.1f} s were heard without the announcement, {long:.1f} s with it")
    hotline.call("DELETE", f"/announcements/{made['id']}")
    after, _ = seconds_before_menu(2)
    expect(not hotline.facts(after, "flow.announcementSpoken"), "the announcement is still spoken")


@test("P13 G14 the standard greeting with the agent's number is heard by the caller and by the agent on connection")
def greeting(bench):
    port = Ports.take()
    hotline = Hotline(bench, centres.demo(bench, {SEAT: port}))
    # The agent's phone sends back what it hears, so the agent's track is what the agent heard.
    agent = sipp.agent(bench, [sipp.ring(), sipp.answer(), sipp.await_bye()], port, echo=True)
    hotline.sign_in(CLIENT_AGENT, SEAT)
    # What the flow says without variables is made before; what is new after the call depends on caller or agent.
    hotline.await_prompts()
    known = set(spoken_files(hotline))
    phone = Phone(bench, hotline)
    expect(phone.call() == 200, "the call was not answered")
    call = hotline.interaction()["id"]
    phone.press("1")
    hotline.await_fact(call, "call.connected", 40)
    before = len(phone.samples())
    eventually(lambda: sound(phone.samples()[before:]) > 2.5, 30, "something was spoken after the connection")
    eventually(lambda: sound(phone.samples()[-16_000:]) == 0, 30, "it was spoken to its end")
    phone.hang_up()
    agent.expect_ok()
    hotline.await_end(call)
    heard = phone.samples()[max(0, before - 8_000):]
    new = [at_telephone_rate(hotline, file) for file in spoken_files(hotline) if file not in known]
    expect(new, "nothing was made for this call")
    # Only one of them fits: the queue's position was told before.
    spoken = max(new, key=lambda samples: audio.likeness(samples, heard)[0])
    expect_heard(spoken, heard, "what the caller heard on connection")
    _, tracks = expect_recording(hotline, call, talk=1)
    expect_heard(spoken, tracks["agent-1"], "what the agent heard on connection", 0.65)


def spoken_files(hotline):
    return sorted((hotline.data / "speech").rglob("*.wav"))


def at_telephone_rate(hotline, file):
    """The samples of a spoken file at 8 kHz, without the silence around them."""
    telephone = hotline.bench.path("spoken.wav")
    subprocess.run(["sox", file, "-r", "8000", "-c", "1", "-b", "16", telephone], check=True)
    samples = audio.read_wav(telephone.read_bytes())[0]
    loud = [place for place, sample in enumerate(samples) if abs(sample) > 200]
    return samples[loud[0]:loud[-1]]


@test("D07 N16 the way in (public network, own extension, a town's exchange) is kept as the call's origin")
def ways_in(bench):
    city = """
[[trunk]]
key = "city"
addresses = ["127.0.0.3"]
origin = "city"
home_country = "86"
home_area = "571"
short_codes = ["5186"]
dial_format = "national"

[[trunk]]
key = "public"
addresses = ["127.0.0.2"]
origin = "external"
home_country = "86"
home_area = "571"
short_codes = ["5186"]
dial_format = "national"
"""
    hotline = Hotline(bench, centres.demo(bench, more=city))
    for index, (address, origin) in enumerate(
            [("127.0.0.1", "internal"), ("127.0.0.2", "external"), ("127.0.0.3", "city")]):
        phone = Phone(bench, hotline, ip=address)
        expect(phone.call() == 200, f"the call from {address} was not answered")
        call = hotline.interaction(index)
        expect(call["origin"] == origin, f"from {address} the origin is {call['origin']}")
        arrived = hotline.await_fact(call["id"], "call.arrived")
        expect(arrived["payload"]["origin"] == origin, f"the fact says {arrived['payload']}")
        # The same number and flow whichever trunk it came by.
        expect(call["number"] == "5186", f"the number is {call['number']}")
        hotline.await_fact(call["id"], "flow.started")
        phone.hang_up()
        hotline.await_end(call["id"])


@test("N20 a caller who calls again is offered to the agent who spoke with them last, though another is better")
def last_agent(bench):
    ports = {"01": Ports.take(), "02": Ports.take()}
    hotline = Hotline(bench, centres.demo(bench, ports))
    steps = [sipp.ring(), sipp.answer(), sipp.await_bye()]
    lesser = sipp.agent(bench, steps, ports["02"], name="lesser", calls=2)
    hotline.sign_in(LESSER_AGENT, "02")

    def talk(index):
        caller = sipp.caller(
            bench, hotline,
            [sipp.answered(), sipp.pause(300), sipp.press(1), sipp.await_nudge(), sipp.hang_up()],
            name=f"caller{index}", number="13800138000")
        call = hotline.interaction(index)["id"]
        hotline.await_fact(call, "call.connected", 40)
        caller.nudge()
        caller.expect_ok()
        hotline.await_end(call)
        return hotline.facts(call, "offer.made")[0]

    talk(0)
    hotline.call("POST", f"/agents/{LESSER_AGENT}/wrap-up/end")
    hotline.sign_in(CLIENT_AGENT, "01")
    offer = talk(1)
    expect(offer["payload"]["rule"] == "lastAgent", f"the offer says {offer['payload']}")
    lesser.expect_ok()
