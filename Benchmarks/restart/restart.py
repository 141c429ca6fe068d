"""Lets callers wait in a queue, kills the program, starts it again, and says how soon it is back.

    restart.py [CALLS] [CALLS_PER_SECOND]

The program is the release build (HOTLINE_BIN takes another), with the measuring centre (`--load-profile`), the default
durability and a data directory on the disk of the working directory. The one agent is signed out, so that everybody
waits; callers hear it ring, so that nothing is said to them and no audio is sent.
"""

import collections
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "interop"))

from harness.bench import Failed, eventually  # noqa: E402
from harness.crowd import Crowd  # noqa: E402

BINARY = os.environ.get("HOTLINE_BIN", str(ROOT / ".build/release/hotline"))
# What says that calls are taken; programs before `/readyz` have /healthz only.
PROBE = os.environ.get("PROBE", "/readyz")
# Seconds that a step may take.
PATIENCE = 600
# Seconds after the restart in which callers must have been told: what nobody acknowledges is repeated for 32 (RFC 3261).
TOLD_WITHIN = 40


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """`hotline serve` on ports that stay the same, with its output in a file."""

    def __init__(self, folder):
        self.folder = folder
        self.sip, self.http = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
        self.output = folder / "output"
        self.process = None

    def start(self):
        with open(self.output, "ab") as sink:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", self.folder / "data", "--http", f"127.0.0.1:{self.http}", "--https", "",
                 "--sip", f"127.0.0.1:{self.sip}", "--rtp", "10000-65535", "--load-profile", "1@127.0.0.1:9"],
                stdout=sink, stderr=sink, cwd=ROOT)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def command(self, *arguments):
        return subprocess.run(
            [BINARY, *arguments, "--data", self.folder / "data"], stdout=subprocess.PIPE, text=True, check=True,
            cwd=ROOT).stdout.strip()

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{PROBE}", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def lost(self):
        return re.findall(r"^ready .*lost=(\d+)", self.output.read_text(), re.MULTILINE)[-1]

    def request(self, method, path, token):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}/api/v1{path}", method=method, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024

    def sockets(self):
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()))


def first_answer(port, since, found):
    """Asks by OPTIONS until an answer comes; how long that took goes into `found`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(0.005)
        own = peer.getsockname()[1]
        while time.monotonic() - since < PATIENCE:
            mark = time.monotonic_ns()
            message = (
                f"OPTIONS sip:5186@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{mark}\r\n"
                f"From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:5186@127.0.0.1>\r\nCall-ID: {mark}\r\n"
                "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
            try:
                peer.sendto(message.encode(), ("127.0.0.1", port))
                peer.recv(2_048)
                found.append(time.monotonic() - since)
                return
            except OSError:
                time.sleep(0.002)


def queue_up(program, calls, rate):
    crowd = Crowd(program.sip, "norec")
    started = time.monotonic()
    crowd.place(calls, rate)
    told = 0
    while (rung := crowd.count(lambda one: one.rang_at)) < calls:
        refused = collections.Counter(one.status for one in crowd.all() if one.status)
        if refused or time.monotonic() - started > PATIENCE:
            crowd.stop()
            raise Failed(f"{rung} of {calls} callers wait after {time.monotonic() - started:.0f} s; refused: {dict(refused)}")
        if rung // 1_000 > told:
            told = rung // 1_000
            print(f"  {rung} wait, {program.memory_mib()} MiB, {program.sockets()} descriptors", flush=True)
        time.sleep(0.1)
    print(f"{calls} callers wait after {time.monotonic() - started:.1f} s: {program.memory_mib()} MiB, "
          f"{program.sockets()} descriptors")
    return crowd


def come_back(program, crowd, calls):
    store = sum(file.stat().st_size for file in (program.folder / "data").glob("hotline.sqlite*"))
    program.kill()
    since = time.monotonic()
    program.start()
    answers = []
    asking = threading.Thread(target=first_answer, args=(program.sip, since, answers), daemon=True)
    asking.start()
    eventually(program.is_ready, PATIENCE, f"{PROBE} says 200")
    ready = time.monotonic() - since
    asking.join(PATIENCE)
    while crowd.count(lambda one: one.ended_at) < calls and time.monotonic() - since < ready + TOLD_WITHIN:
        time.sleep(0.1)
    ends = sorted(one.ended_at - since for one in crowd.all() if one.ended_at)
    statuses = dict(collections.Counter(one.status for one in crowd.all()))
    print(f"killed with a store of {store / 1e6:.0f} MB; from the start of the program:")
    print(f"  first SIP answer {answers[0]:.2f} s, {PROBE} 200 {ready:.2f} s")
    print(f"  restored 0, lost {program.lost()}; {len(ends)} of {calls} callers were told (answers {statuses})")
    if ends:
        print("  told after {:.2f} s, half of them by {:.2f} s, the last {:.2f} s".format(
            ends[0], ends[len(ends) // 2], ends[-1]))


def main(calls=10_000, rate=300):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="calls-", dir="."))
    program = Program(folder.resolve())
    crowd = None
    print(f"{calls} calls at {rate}/s, at most {resource.getrlimit(resource.RLIMIT_NOFILE)[0]} descriptors", flush=True)
    try:
        program.start()
        eventually(program.is_ready, 60, f"{PROBE} says 200")
        program.request("POST", "/agents/1/sign-out", program.command("token", "--role", "admin"))
        crowd = queue_up(program, calls, rate)
        come_back(program, crowd, calls)
    except (Failed, urllib.error.HTTPError) as error:
        print(f"not measured: {error}", file=sys.stderr)
        print(program.output.read_text()[-2_000:], file=sys.stderr)
        sys.exit(1)
    finally:
        if crowd:
            crowd.stop()
        program.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) > 3 or not all(word.isdigit() for word in sys.argv[1:]):
        sys.exit(__doc__)
    main(*map(int, sys.argv[1:]))
