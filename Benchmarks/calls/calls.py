"""Measures the program with sipp: CPU for each call at a given rate, and the time from start to the first SIP answer.

    calls.py rate CALLS_PER_SECOND SECONDS [norec|support]
    calls.py start [RUNS]

The program is the release build (HOTLINE_BIN takes another). Each run has a data directory of its own on the disk of
the working directory, the default durability, and everything else as in any installation.
"""

import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("HOTLINE_BIN", str(ROOT / ".build/release/hotline"))
AGENTS = 1000
HOLD_MS = 500
START_PATIENCE = 30
TICKS = os.sysconf("SC_CLK_TCK")

SDP = """v=0
o=peer 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 19000 RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""
CALLER = """<?xml version="1.0"?><scenario name="caller">
<send retrans="500" start_rtd="answer"><![CDATA[
INVITE sip:{number}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:caller@[local_ip]>;tag=[pid]S[call_number]
To: <sip:{number}@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

{sdp}]]></send>
<recv response="100" optional="true"/><recv response="180" optional="true"/>
<recv response="200" rrs="true" rtd="answer"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<pause milliseconds="{hold}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/></scenario>"""
AGENT = """<?xml version="1.0"?><scenario name="agent">
<recv request="INVITE"/>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]T[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

{sdp}]]></send>
<recv request="ACK"/><recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send></scenario>"""


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def serve(data, *options):
    return subprocess.Popen(
        [BINARY, "serve", "--data", data, "--http", "127.0.0.1:0", "--https", "", *options],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)


def rate(per_second, seconds, number):
    folder = tempfile.mkdtemp(prefix="calls-", dir=".")
    sip, agents, caller = free_port(), free_port(), free_port()
    for name, text in (("caller", CALLER), ("agent", AGENT)):
        filled = text.format(number=number, sdp=SDP, hold=HOLD_MS) if name == "caller" else text.format(sdp=SDP)
        pathlib.Path(folder, name + ".xml").write_text(filled)
    hotline = serve(
        folder + "/data", "--load-profile", f"{AGENTS}@127.0.0.1:{agents}", "--sip", f"127.0.0.1:{sip}",
        "--rtp", "20000-59999", *(["--cpus", os.environ["CPUS"]] if "CPUS" in os.environ else []))
    peers = []
    try:
        print(hotline.stdout.readline().strip())
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        peers.append(subprocess.Popen(
            ["sipp", "-sf", "agent.xml", "-i", "127.0.0.1", "-p", str(agents), "-nostdin"], **quiet))
        time.sleep(1)
        before, rss = cpu_seconds(hotline.pid), memory_kb(hotline.pid)
        calls = per_second * seconds
        subprocess.run(
            ["sipp", "-sf", "caller.xml", "-i", "127.0.0.1", "-p", str(caller), "-r", str(per_second), "-m",
             str(calls), "-l", "5000", "-nostdin", "-timeout", str(seconds + 30), "-trace_stat", "-stf", "stat.csv",
             "-fd", "1", f"127.0.0.1:{sip}"], **quiet)
        spent = cpu_seconds(hotline.pid) - before
        rows = [line.split(";") for line in pathlib.Path(folder, "stat.csv").read_text().splitlines()]
        last = dict(zip(rows[0], rows[-1]))
        print(
            f"{number}: {per_second}/s for {seconds} s: {last['SuccessfulCall(C)']} ok, {last['FailedCall(C)']} failed,"
            f" {last['Retransmissions(C)']} retransmissions, INVITE to 200 {last.get('ResponseTimeanswer(C)', '?')},"
            f" {1000 * spent / calls:.2f} ms CPU a call, {memory_kb(hotline.pid) - rss} kB more memory")
    finally:
        for process in [*peers, hotline]:
            process.terminate()
            process.wait()
        shutil.rmtree(folder)


def first_answer(data):
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(0.002)
        own = peer.getsockname()[1]
        started = time.monotonic()
        hotline = serve(data, "--demo", "--sip", f"127.0.0.1:{port}")
        try:
            while time.monotonic() - started < START_PATIENCE:
                message = (
                    f"OPTIONS sip:5186@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{time.monotonic_ns()}\r\n"
                    f"From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:5186@127.0.0.1>\r\nCall-ID: {time.monotonic_ns()}\r\n"
                    "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
                try:
                    peer.sendto(message.encode(), ("127.0.0.1", port))
                    peer.recv(2048)
                    return time.monotonic() - started
                except OSError:
                    continue
            raise SystemExit("no SIP answer came")
        finally:
            hotline.terminate()
            hotline.wait()


def start(runs):
    folder = tempfile.mkdtemp(prefix="calls-", dir=".")
    try:
        fresh = first_answer(folder + "/data")
        again = [first_answer(folder + "/data") for _ in range(runs)]
        print(
            f"start to the first SIP answer: {fresh * 1000:.0f} ms with a new data directory; then median"
            f" {statistics.median(again) * 1000:.0f} ms, worst {max(again) * 1000:.0f} ms of {runs}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["rate", per_second, seconds]: rate(int(per_second), int(seconds), "norec")
        case ["rate", per_second, seconds, number]: rate(int(per_second), int(seconds), number)
        case ["start"]: start(10)
        case ["start", runs]: start(int(runs))
        case _: sys.exit(__doc__)
