"""The disk fills while calls stand: each mark does what it says, nothing breaks, and room is all that it takes."""

import hashlib
import shutil
import signal
import sqlite3
import time

from harness import audio, sipp
from harness.bench import Ports, eventually, expect
from harness.disk import SmallDisk
from harness.hotline import Answer, Hotline
from harness.phone import Phone
from harness.registry import test

# MiB. The marks are far apart, so that what recordings write in the meantime reaches none by itself.
DISK = 400
WARN, STOP, REFUSE = 160, 96, 48
CONFIG = f"[disk]\nwarn_mib = {WARN}\nstop_recording_mib = {STOP}\nrefuse_calls_mib = {REFUSE}\n"

# The calls that stand: 1 by a telephone that is listened to, the others by sipp.
RECORDED, PLAIN, WAITING = 20, 9, 67
AGENTS = 1 + RECORDED + PLAIN
# Those who are answered next, one after the other, when somebody hangs up.
NEXT = 3
STANDING = AGENTS + NEXT + WAITING

HERTZ = 1_000
# Seconds: a change of the disk is seen within one; the rest is for a machine on which other things run.
SEEN = 30
LONG = 240

TALKS = [sipp.answered(rings=True), sipp.await_nudge(), sipp.hang_up()]
WAITS = [sipp.receive("100", 'optional="true"'), sipp.receive("180"), sipp.await_nudge(), sipp.cancel()]


def days():
    return {time.strftime("%Y-%m-%d", time.gmtime(at)) for at in (time.time(), time.time() - 300)}


class Drill:
    """The measuring centre on a small disk with a hundred calls."""

    def __init__(self, bench):
        self.bench = bench
        self.disk = SmallDisk(bench, DISK)
        port = Ports.take()
        self.agents = sipp.agent(
            bench, [sipp.ring(), sipp.answer(), sipp.await_bye()], port, name="agents", echo=True, calls=AGENTS + NEXT,
            patience=LONG)
        self.hotline = Hotline(
            bench, options=["--load-profile", f"{AGENTS}@127.0.0.1:{port}"], rtp_ports=4 * AGENTS + 40, config=CONFIG,
            before=self.disk.before, data=self.disk.path / "data")
        self.pid = self.hotline.process.pid

    def calls(self, steps, called, name, count, number):
        return sipp.caller(
            self.bench, self.hotline, steps, called=called, name=name, number=number, calls=count, rate=20,
            patience=LONG)

    def stand(self):
        """Lets a hundred calls stand: conversations, the callers who are next, and others who wait behind them."""
        self.phone = Phone(self.bench, self.hotline, called="support", caller="8101")
        expect(self.phone.call(within=SEEN) == 200, "the telephone is not answered")
        self.recorded = self.calls(TALKS, "support", "recorded", RECORDED, "8200")
        self.plain = self.calls(TALKS, "norec", "plain", PLAIN, "8300")
        self.await_talking(AGENTS)
        self.next = []
        for number in range(1, NEXT + 1):
            self.next.append(self.calls(TALKS, "support", f"next{number}", 1, f"840{number}"))
            self.await_calls(AGENTS + number)
        self.waiting = self.calls(WAITS, "norec", "waiting", WAITING, "8500")
        self.await_calls(STANDING)

    def talking(self):
        return sum(agent["activity"] == "talking" for agent in self.hotline.live()["agents"])

    def await_talking(self, count):
        eventually(lambda: self.talking() == count, SEEN, f"{count} agents talk")

    def await_calls(self, count):
        eventually(lambda: self.hotline.live()["calls"] == count, SEEN, f"{count} calls stand")

    def call_of(self, number):
        """The id of the one call of a caller's number."""
        found = self.hotline.get(f"/interactions?caller={number}")["items"]
        expect(len(found) == 1, f"{len(found)} calls of {number}")
        return found[0]["id"]

    def said(self, words):
        return words in self.hotline.process.said()

    def component(self, key):
        return next(part for part in self.hotline.get("/components")["items"] if part["key"] == key)

    def await_state(self, key, state):
        eventually(lambda: self.component(key)["state"] == state, SEEN, f"the component {key} is {state}")

    def readiness(self):
        """Nothing when calls are taken, else why not."""
        try:
            self.hotline.request("GET", "/readyz")
            return ""
        except Answer as answer:
            expect(answer.status == 503, f"/readyz says {answer}")
            return answer.body

    def metric(self, name):
        text = self.hotline.request("GET", "/metrics")[2].decode()
        return float(next(line for line in text.splitlines() if line.startswith(name + " ")).split()[1])

    def expect_standing(self, calls, what):
        """The same program carries the calls, and audio goes through it and back."""
        expect(self.hotline.process.code is None and self.hotline.process.pid == self.pid, f"{what}: it has ended")
        expect(self.hotline.live()["calls"] == calls, f"{what}: {self.hotline.live()['calls']} calls stand, not {calls}")
        for peer in (self.recorded, self.plain, self.waiting, self.agents):
            expect(peer.process.code is None, f"{what}: {peer.name} has ended: {peer.process.said()[-300:]}")
        before = len(self.phone.heard)
        self.phone.say(audio.tone(HERTZ, 1))
        eventually(
            lambda: audio.strength(audio.from_a_law(bytes(self.phone.heard[before:])), HERTZ) > 0.5, SEEN,
            f"{what}: the telephone hears its echo")

    def refused(self, name):
        sipp.caller(self.bench, self.hotline, [sipp.rejected(503)], called="support", name=name).expect_ok()


def warned(drill):
    drill.disk.leave((WARN + STOP) / 2)
    eventually(lambda: drill.said("getting full"), SEEN, "the log says that the disk is getting full")
    drill.await_state("recording", "impaired")
    expect(drill.metric("hotline_disk_low") == 1, "the metric does not say that the disk is low")
    expect(drill.readiness() == "", f"not ready at the first mark: {drill.readiness()}")
    drill.expect_standing(STANDING, "at the first mark")


def unrecorded(drill):
    drill.disk.leave((STOP + REFUSE) / 2)
    eventually(lambda: drill.said("nothing is recorded"), SEEN, "the log says that nothing is recorded")
    drill.await_state("recording", "failed")
    recordings = drill.hotline.recordings(drill.call_of("8101"), SEEN)
    expect(len(recordings) == 1, f"the telephone's call has {len(recordings)} recordings")
    expect(drill.readiness() == "", f"not ready at the second mark: {drill.readiness()}")
    # Another conversation begins, and is not recorded.
    drill.recorded.nudge("recorded-1")
    first = drill.call_of("8401")
    drill.hotline.await_fact(first, "call.connected", SEEN)
    drill.expect_standing(STANDING - 1, "at the second mark")
    expect("call.recordingStarted" not in drill.hotline.types(first), "a recording began without room")


def refusing(drill):
    drill.disk.leave(REFUSE / 2)
    eventually(lambda: drill.said("The disk is full"), SEEN, "the log says that calls are refused")
    expect("disk" in drill.readiness(), f"/readyz says {drill.readiness() or 'ready'}")
    drill.await_state("cti", "failed")
    drill.refused("late")
    drill.expect_standing(STANDING - 1, "at the last mark")


def full(drill):
    """Not one block is left. What happens meanwhile: an agent's work is saved in vain, 20 callers give up, one hangs up."""
    drill.disk.fill()
    day = time.strftime("%Y-%m-%d", time.gmtime())

    def unwritable():
        try:
            drill.hotline.call("POST", "/figures/annotations", {"day": day, "text": "full " * 90})
            return False
        except Answer as answer:
            expect(answer.status >= 500, f"what cannot be written is answered {answer}")
            return True

    eventually(unwritable, SEEN, "the store has no room left")
    for number in range(1, 21):
        drill.waiting.nudge(f"waiting-{number}")
    drill.recorded.nudge("recorded-2")
    drill.refused("later")
    eventually(lambda: drill.said("The store cannot be written"), SEEN, "the log says that nothing can be written")
    time.sleep(2)
    expect(drill.hotline.process.code is None, f"it has ended: {drill.hotline.process.said()[-600:]}")
    drill.expect_standing(drill.hotline.live()["calls"], "on a full disk")


def room_again(drill):
    drill.disk.make_room()
    eventually(lambda: drill.said("has room again"), SEEN, "the log says that there is room")
    eventually(lambda: drill.readiness() == "", SEEN, "it is ready again")
    drill.await_state("recording", "ok")
    # All that happened on the full disk is carried out: 20 gave up, one hung up, and the next caller has the agent.
    drill.await_calls(STANDING - 22)
    drill.hotline.await_fact(drill.call_of("8402"), "call.connected", SEEN)
    # A conversation that begins now is recorded.
    drill.recorded.nudge("recorded-3")
    drill.hotline.await_fact(drill.call_of("8403"), "call.recordingStarted", SEEN)
    drill.expect_standing(STANDING - 23, "with room again")
    again = drill.calls(WAITS, "norec", "again", 1, "8600")
    drill.await_calls(STANDING - 22)
    again.nudge("again-1")
    again.expect_ok()


def all_end(drill):
    for number in range(21, WAITING + 1):
        drill.waiting.nudge(f"waiting-{number}")
    drill.waiting.expect_ok(SEEN)
    for peer, first, last in ((drill.recorded, 4, RECORDED), (drill.plain, 1, PLAIN),
                              *((peer, 1, 1) for peer in drill.next)):
        for number in range(first, last + 1):
            peer.nudge(f"{peer.name}-{number}")
        peer.expect_ok(SEEN)
    drill.phone.hang_up()
    drill.await_calls(0)
    drill.agents.expect_ok(SEEN)
    expect(drill.hotline.process.pid == drill.pid and drill.hotline.process.code is None, "it is another process")


def expect_whole_recordings(drill):
    """Each conversation that was recorded has one recording of two tracks, and each track is what its digest says."""
    data = drill.disk.outside / "data"
    for item in drill.hotline.get("/interactions?limit=200")["items"]:
        started = "call.recordingStarted" in drill.hotline.types(item["id"])
        found = drill.hotline.get(f"/interactions/{item['id']}/recordings")["items"]
        expect(len(found) == started, f"{item['id']} was recorded {started} times and has {len(found)} recordings")
        for track in [track for recording in found for track in recording["tracks"]]:
            content = (data / track["path"]).read_bytes()
            expect(track["digest"] == "sha256:" + hashlib.sha256(content).hexdigest(), f"{track['path']}: wrong digest")
            seconds = len(audio.read_wav(content)[0]) / audio.RATE
            expect(abs(track["milliseconds"] / 1_000 - seconds) < 0.05, f"{track['path']}: {seconds} s")


def expect_whole_store(drill):
    backup = drill.bench.path("backup")
    drill.hotline.command("backup", backup, "--data", drill.hotline.data, within=LONG)
    drill.hotline.command("verify-backup", backup, within=LONG)
    for day in days():
        said = drill.hotline.command("verify-figures", day, "--data", drill.hotline.data, within=LONG)
        expect("equal" in said, f"verify-figures {day} says {said}")
    drill.hotline.process.signal(signal.SIGTERM)
    code = drill.hotline.process.wait(SEEN, "hotline")
    expect(code == 0, f"it ended with {code}")
    # SQLite follows the link that leads to the disk from here; it looks at a copy.
    folder = drill.bench.path("store")
    folder.mkdir()
    for file in (drill.disk.outside / "data").glob("hotline.sqlite*"):
        shutil.copy(file, folder)
    store = sqlite3.connect(folder / "hotline.sqlite")
    try:
        verdict = store.execute("pragma integrity_check").fetchall()
        expect(verdict == [("ok",)], f"the database says {verdict}")
        count, first, last = store.execute("select count(*), min(seq), max(seq) from event").fetchone()
        expect((first, last) == (1, count), f"{count} events are numbered from {first} to {last}")
        ended = dict(store.execute(
            "select interaction_id, count(*) from event where type = 'fact.call.ended' group by interaction_id"))
        open_calls = store.execute("select count(*) from interaction where ended_at is null").fetchone()[0]
        expect(open_calls == 0, f"{open_calls} calls have no end")
        calls = [row[0] for row in store.execute("select id from interaction")]
        expect(len(calls) == STANDING + 1, f"{len(calls)} calls are kept, not {STANDING + 1}")
        wrong = [call for call in calls if ended.get(call) != 1]
        expect(not wrong, f"{len(wrong)} calls have not ended once")
    finally:
        store.close()


@test("G11 the disk fills during 100 calls: warned, unrecorded, refused, full; with room again all goes on by itself")
def disk_fills(bench):
    drill = Drill(bench)
    drill.stand()
    drill.expect_standing(STANDING, "at the beginning")
    expect(drill.readiness() == "", "not ready at the beginning")
    for step in (warned, unrecorded, refusing, full, room_again, all_end, expect_whole_recordings, expect_whole_store):
        step(drill)


@test("G11 what cannot be saved because the disk is full is answered 503, as what may be asked again")
def not_saved(bench):
    disk = SmallDisk(bench, 64)
    hotline = Hotline(
        bench, options=["--load-profile", "1@127.0.0.1:9"], before=disk.before, data=disk.path / "data",
        config="[disk]\nwarn_mib = 0\nstop_recording_mib = 0\nrefuse_calls_mib = 0\n")
    disk.fill()
    day = time.strftime("%Y-%m-%d", time.gmtime())

    def refusal():
        try:
            return hotline.call("POST", "/figures/annotations", {"day": day, "text": "full " * 90}) and None
        except Answer as answer:
            return answer

    refused = eventually(refusal, SEEN, "the store has no room left")
    expect(refused.status == 503, f"it was answered {refused}")
    disk.make_room()
    hotline.call("POST", "/figures/annotations", {"day": day, "text": "room"})
