"""Measures reports over a large day and the board with many screens; see `run`."""

import asyncio
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

PROGRAM, CONTACTS, AGENTS, SCREENS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
VIEWS = ["total", "interval", "queue", "agent", "site", "channel", "number", "requestType", "weekdayHour"]
CHANGES = 200


def hotline(*arguments):
    began = time.monotonic()
    ran = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=True)
    return ran.stdout.strip(), time.monotonic() - began


def ask(base, token, path, method="GET", body=None):
    request = urllib.request.Request(
        base + path, method=method, data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def reports(base, token, day):
    ask(base, token, f"/api/v1/figures?day={day}")
    for view in VIEWS:
        times = []
        for _ in range(3):
            began = time.monotonic()
            size = len(ask(base, token, f"/api/v1/figures?day={day}&by={view}&interval=30"))
            times.append(time.monotonic() - began)
        print(f"report by {view:12} {sorted(times)[1] * 1000:8.0f} ms  {size / 1000:8.1f} kB")
    began = time.monotonic()
    size = len(ask(base, token, f"/api/v1/reports/day/{day}?format=xlsx"))
    print(f"day report as XLSX     {(time.monotonic() - began) * 1000:8.0f} ms  {size / 1000:8.1f} kB")


async def screen(port, token, heard):
    """One event stream; notes when each board arrived and how many were ready in it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET /api/v1/wallboard/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"data: {"):
                at = time.monotonic()
                ready = sum(site["ready"] for site in json.loads(line[6:])["sites"])
                heard.append((at, ready))
    finally:
        writer.close()


async def board(base, port, token):
    """Agents become ready one after another; how long until every screen shows it."""
    heard = [[] for _ in range(SCREENS)]
    tasks = [asyncio.create_task(screen(port, token, one)) for one in heard]
    await asyncio.sleep(3)
    delays = []
    for number in range(1, min(CHANGES, 40) + 1):
        agent = f"{5000 + number}"
        sent = time.monotonic()
        await asyncio.to_thread(ask, base, token, f"/api/v1/agents/{agent}/presence", "PUT", {"presence": "ready"})
        await asyncio.sleep(0.35 + 0.013 * (number % 17))
        for one in heard:
            first = next((at for at, ready in one if at > sent and ready >= number), None)
            delays.append((first - sent) * 1000 if first else float("inf"))
    for task in tasks:
        task.cancel()
    delays.sort()
    share = lambda part: delays[min(len(delays) - 1, int(len(delays) * part))]
    print(f"board, {SCREENS} screens: from the order to the screen p50 {share(.5):.0f} ms, p99 {share(.99):.0f} ms, most {delays[-1]:.0f} ms")


def serve(data, *options):
    process = subprocess.Popen(
        [PROGRAM, "serve", "--data", data, "--sip", "127.0.0.1:0", "--http", "127.0.0.1:0", "--https", "", *options],
        stdout=subprocess.PIPE, text=True)
    ready = process.stdout.readline()
    port = int(next(word for word in ready.split() if word.startswith("http=")).rsplit(":", 1)[1])
    return process, port, f"http://127.0.0.1:{port}"


def stop(process):
    process.terminate()
    process.wait()


def main():
    with tempfile.TemporaryDirectory(prefix="hotline-figures-") as folder:
        data, day = folder + "/day", "2026-11-24"
        said, _ = hotline(
            "rehearse", "--data", data, "--load-profile", f"{AGENTS}@127.0.0.1:9", "--day", day, "--contacts", CONTACTS,
            "--agents", AGENTS)
        print(said)
        size = sum(one.stat().st_size for one in pathlib.Path(data).rglob("*") if one.is_file())
        print(f"data directory {size / 1e9:.2f} GB")
        said, took = hotline("verify-figures", day, "--data", data)
        print(f"verify-figures: {said} in {took:.1f} s")
        token = hotline("token", "--data", data, "--role", "admin")[0]
        process, _, base = serve(data)
        try:
            reports(base, token, day)
        finally:
            stop(process)

        data = folder + "/board"
        process, port, base = serve(data, "--demo")
        try:
            token = hotline("token", "--data", data, "--role", "admin")[0]
            for number in range(1, 41):
                ask(base, token, f"/api/v1/agents/{5000 + number}/sign-in", "POST", {"seat": f"{number:02}"})
            asyncio.run(board(base, port, token))
        finally:
            stop(process)


main()
