"""kill -9 while hundreds wait and more arrive: nothing that anybody was told is lost, and nobody is there twice."""

import collections
import contextlib
import json
import sqlite3
import threading
import time
import urllib.request

from harness import sipp
from harness.bench import Ports, eventually, expect
from harness.crowd import Crowd
from harness.hotline import Hotline
from harness.registry import test

AGENTS = 5
WAITING = 300
# More than that call: the kill comes while they do.
CALLS, RATE = 450, 100
# Seconds, for a machine on which other things run.
SEEN = 60


class Listener:
    """Follows the event log as a client does and keeps what it was told."""

    def __init__(self, bench, hotline):
        self.events = {}
        request = urllib.request.Request(
            hotline.http + "/api/v1/events?after=0", headers={"Authorization": f"Bearer {hotline.token}"})
        self.stream = urllib.request.urlopen(request, timeout=SEEN)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        bench.ends(self)

    def _read(self):
        # The stream breaks off where the program is killed.
        with contextlib.suppress(OSError, ValueError):
            for line in self.stream:
                if line.startswith(b"data:"):
                    event = json.loads(line[5:])
                    self.events[event["seq"]] = event["id"]

    def stop(self):
        self.thread.join(SEEN)
        self.stream.close()


def expect_lost_and_found(hotline, crowd):
    """Every caller who was told anything stands in the records once; what the kill ended is in the list of lost calls."""
    lost = hotline.get("/lost-calls")["items"]
    expect(len(lost) == int(hotline.ready["lost"]), f"{len(lost)} are listed, lost={hotline.ready['lost']}")
    twice = [one for one, count in collections.Counter(call["id"] for call in lost).items() if count > 1]
    expect(not twice, f"{len(twice)} calls are listed twice")
    names = {call["caller"][-9:] for call in lost}
    known = {one.number for one in crowd.all() if one.rang_at or one.status}
    # Those who had their answer before the kill were lost with it; others may have called again and stand now.
    told = {one.number for one in crowd.all() if one.rang_at and one.rang_at < crowd.killed}
    expect(told <= names, f"{len(told - names)} callers who heard it ring are not listed: {sorted(told - names)[:5]}")
    expect(names <= known, f"{len(names - known)} listed callers have heard nothing")
    # The defined end: who had been answered gets a BYE, who had not a final status.
    ended = [one for one in crowd.all() if one.number in names]
    eventually(lambda: all(one.ended_at for one in ended), SEEN, "every lost caller is told that it is over")
    statuses = collections.Counter(one.status for one in ended)
    expect(set(statuses) <= {200, 480}, f"the lost calls were answered {dict(statuses)}")
    return names


def expect_whole_store(bench, hotline, listener, crowd, names):
    backup = bench.path("backup")
    hotline.command("backup", backup, "--data", hotline.data, within=SEEN * 4)
    hotline.command("verify-backup", backup, within=SEEN * 4)
    for day in {time.strftime("%Y-%m-%d", time.gmtime(at)) for at in (time.time(), time.time() - 600)}:
        said = hotline.command("verify-figures", day, "--data", hotline.data, within=SEEN * 4)
        expect("equal" in said, f"verify-figures {day} says {said}")
    store = sqlite3.connect(f"file:{hotline.data}/hotline.sqlite?mode=ro", uri=True)
    try:
        kept = dict(store.execute("select seq, id from event"))
        expect(set(kept) == set(range(1, len(kept) + 1)), "the numbers of the events have a gap")
        gone = [number for number, identifier in listener.events.items() if kept.get(number) != identifier]
        expect(not gone, f"{len(gone)} events that a client was told are not kept: {gone[:5]}")
        callers = collections.Counter(
            raw[-9:] for (raw,) in store.execute("select raw from interaction_party where role = 'customer'"))
        several = [one for one, count in callers.items() if count != 1]
        expect(not several, f"{len(several)} callers stand in the records more than once: {several[:5]}")
        missing = {one.number for one in crowd.all()} - set(callers)
        expect(not missing, f"{len(missing)} callers do not stand in the records: {sorted(missing)[:5]}")
        for kind, of in (("fact.call.ended", "fact.call.arrived"), ("fact.queue.entryEnded", "fact.queue.entered")):
            wrong = store.execute(
                "select interaction_id, sum(type = ?), sum(type = ?) from event where type in (?, ?)"
                " group by interaction_id having sum(type = ?) <> 1 or sum(type = ?) <> 1",
                (kind, of) * 3).fetchall()
            expect(not wrong, f"{len(wrong)} calls have not one {kind} for one {of}: {wrong[:3]}")
        ends = dict(store.execute("select ended_by, count(*) from interaction group by ended_by"))
        expect(ends.get("crash") == len(names) and None not in ends, f"the calls ended by {ends}, {len(names)} are lost")
    finally:
        store.close()


@test("G12 kill -9 with 300 callers in the queue and more arriving: no told event is lost, no caller is there twice")
def crowd_waits(bench):
    port = Ports.take()
    agents = sipp.agent(
        bench, [sipp.ring(), sipp.answer(), sipp.await_bye()], port, name="agents", calls=CALLS, patience=600)
    hotline = Hotline(bench, options=["--load-profile", f"{AGENTS}@127.0.0.1:{port}"], rtp_ports=4 * CALLS)
    listener = Listener(bench, hotline)
    crowd = bench.ends(Crowd(hotline.sip_port, "support"))
    crowd.place(CALLS, RATE)
    crowd.await_rung(WAITING, SEEN)
    hotline.kill()
    crowd.killed = time.monotonic()
    expect(agents.process.code is None, "the agents' telephones have ended")
    listener.thread.join(SEEN)
    expect(len(listener.events) > WAITING, f"a client was told of {len(listener.events)} events only")
    hotline.start()
    names = expect_lost_and_found(hotline, crowd)
    expect(len(names) >= WAITING, f"only {len(names)} calls were lost")
    # Whoever called in the meantime is in the queue or talks; all leave.
    eventually(lambda: len(crowd.all()) == CALLS, SEEN, "everybody has called")
    eventually(lambda: crowd.count(lambda one: one.rang_at or one.status) == CALLS, SEEN, "everybody is answered")
    standing = CALLS - len(names)
    eventually(lambda: hotline.live()["calls"] == standing, SEEN, f"{standing} calls stand after the restart")
    crowd.leave()
    eventually(lambda: hotline.live()["calls"] == 0, SEEN, "nobody is left")
    eventually(lambda: crowd.count(lambda one: not one.ended_at and not one.left) == 0, SEEN, "every call is over")
    hotline.expect_alive()
    expect_whole_store(bench, hotline, listener, crowd, names)


def crash_with(bench, count):
    """So many callers and five agents, who talk with the first; the program is killed and started again."""
    port = Ports.take()
    sipp.agent(
        bench, [sipp.ring(), sipp.answer(), sipp.await_bye()], port, name="agents", calls=2 * AGENTS, patience=600)
    hotline = Hotline(bench, options=["--load-profile", f"{AGENTS}@127.0.0.1:{port}"], rtp_ports=200)
    crowd = bench.ends(Crowd(hotline.sip_port, "support"))
    crowd.place(count, RATE)
    crowd.await_rung(count, 5 * SEEN)
    eventually(lambda: crowd.count(lambda one: one.status == 200) == AGENTS, SEEN, "the agents talk")
    hotline.kill()
    hotline.start()
    expect(hotline.ready["lost"] == str(count), f"lost={hotline.ready['lost']}")
    return hotline, crowd


@test("G12 after a crash with 3,000 callers every one of them is told that the call is over")
def crowd_is_told(bench):
    _, crowd = crash_with(bench, 3_000)
    # What nobody has acknowledged is repeated for 32 s; after that no more comes.
    eventually(lambda: crowd.count(lambda one: one.ended_at) == 3_000, SEEN, "every caller is told")


@test("G12 after a crash no agent is offered a caller whose call was lost")
def nobody_is_offered(bench):
    hotline, crowd = crash_with(bench, 60)
    eventually(lambda: crowd.count(lambda one: one.ended_at) == 60, SEEN, "every caller is told")
    store = sqlite3.connect(f"file:{hotline.data}/hotline.sqlite?mode=ro", uri=True)
    offers = store.execute("select count(*) from event where type = 'fact.offer.made'").fetchone()[0]
    store.close()
    expect(offers == AGENTS, f"{offers} offers are in the records, {AGENTS} were made")
