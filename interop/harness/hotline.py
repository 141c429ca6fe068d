"""The program under test: starting it, stopping it, asking its API."""

import json
import os
import pathlib
import re
import signal
import subprocess
import urllib.error
import urllib.request

from .bench import Failed, Ports, eventually, expect

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("HOTLINE_BIN", ROOT / ".build/debug/hotline")).resolve()

# Seconds: with room for a machine on which several tests and a build run at once.
START = 30
SOON = 10


class Answer(Exception):
    """An answer of the API other than 2xx."""

    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body}")
        self.status = status
        self.body = body


def run_program(*arguments, within=START, before=()):
    """Runs a command of the program to its end and returns what it said."""
    words = [str(word) for word in (*before, PROGRAM, *arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=within, cwd=ROOT, check=False)
    expect(done.returncode == 0, f"hotline {arguments[0]}: {done.stderr.strip()} {done.stdout.strip()}")
    return done.stdout


class Hotline:
    """`hotline serve` with a data directory of its own.

    `config` is the text of a configuration file, `before` the words by which the program is called (such as those of
    `SmallDisk`), `data` a data directory elsewhere, `environment` the program's own, `seals` whether recordings are
    sealed soon after they have ended, so that their files cannot be read here.
    """

    def __init__(self, bench, centre=None, options=(), rtp_ports=160, config=None, before=(), data=None,
                 environment=None, seals=False):
        self.bench = bench
        self.centre = centre
        self.options = list(options)
        self.before = list(before)
        self.data = data or bench.path("data")
        self.environment = environment
        # A test that gives a configuration of its own decides about everything in it.
        if "--config" not in self.options:
            file = bench.path("hotline.toml")
            file.write_text(f"{config or ''}\n[keys]\nseal_recordings = {'true' if seals else 'false'}\n")
            self.options += ["--config", file]
        first = Ports.take(rtp_ports, even=True)
        self.rtp = f"{first}-{first + rtp_ports - 1}"
        self.sip_port = 0
        self.token = None
        self.start()

    def start(self):
        """Starts it, the second time with the SIP port of the first."""
        arguments = [*self.before, PROGRAM, "serve", "--data", self.data, "--sip", f"127.0.0.1:{self.sip_port}"]
        arguments += ["--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--rtp", self.rtp, *self.options]
        if self.centre:
            arguments += ["--centre", self.centre]
        self.process = self.bench.start("hotline", arguments, cwd=ROOT, env=self.environment)
        self.ready = eventually(self._ready_line, START, "hotline has started")
        self.sip_port = int(self.ready["sip"].rsplit(":", 1)[1])
        self.sip = f"127.0.0.1:{self.sip_port}"
        self.http = f"http://{self.ready['http']}"
        if self.token is None:
            self.token = self.command("token", "--data", self.data, "--role", "admin").strip()

    def first_password(self, number):
        """Gives the person an account, or a new password; it has to be changed at the first sign-in."""
        return self.command("account", "reset", number, "--data", self.data).strip()

    def command(self, *arguments, within=START):
        """Runs another command of the program where it runs: see `run_program`."""
        return run_program(*arguments, within=within, before=self.before)

    def _ready_line(self):
        if self.process.code is not None:
            raise Failed(f"hotline has ended: {self.process.said()[-600:]}")
        line = re.search(r"^ready (.*)$", self.process.said(), re.MULTILINE)
        return dict(word.split("=", 1) for word in line[1].split()) if line else None

    def kill(self):
        """As the system would: at once, without a chance to tidy up."""
        self.process.signal(signal.SIGKILL)
        self.process.wait(SOON, "hotline")

    def await_prompts(self):
        """Until everything that the flow says has been spoken once: a busy machine takes its time."""
        eventually(lambda: "Prompts are ready" in self.process.said(), 90, "the prompts are ready")

    def expect_alive(self):
        expect(self.process.code is None, f"hotline has ended with {self.process.code}")

    # The API

    def request(self, method, path, body=None):
        """Status, headers and bytes of the answer."""
        request = urllib.request.Request(
            self.http + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=START) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            raise Answer(error.code, error.read().decode(errors="replace")) from None
        except OSError as error:
            raise Failed(f"{method} {path}: {error}") from None

    def call(self, method, path, body=None):
        content = self.request(method, "/api/v1" + path, body)[2]
        return json.loads(content) if content else None

    def get(self, path):
        return self.call("GET", path)

    def upload(self, path, content, kind="audio/wav"):
        """Sends a file and returns what was made of it."""
        request = urllib.request.Request(
            self.http + "/api/v1" + path, method="POST", data=content,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=START) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise Answer(error.code, error.read().decode(errors="replace")) from None

    def sign_in(self, number, seat, presence="ready"):
        self.call("POST", f"/agents/{number}/sign-in", {"seat": seat})
        self.call("PUT", f"/agents/{number}/presence", {"presence": presence})

    def live(self):
        return self.get("/live")

    def agent(self, number):
        return next((agent for agent in self.live()["agents"] if agent["number"] == number), None)

    def await_activity(self, number, activity, within=SOON):
        return eventually(
            lambda: (self.agent(number) or {}).get("activity") == activity, within,
            f"agent {number} is {activity}")

    # Interactions

    def interactions(self):
        """Oldest first."""
        return list(reversed(self.get("/interactions")["items"]))

    def interaction(self, index=0, within=SOON):
        """The interaction of the call that came in as number `index`, from 0."""
        return eventually(lambda: self.interactions()[index:index + 1], within, f"call {index}")[0]

    def timeline(self, identifier):
        return self.get(f"/interactions/{identifier}/timeline")["items"]

    def facts(self, identifier, kind=None):
        """The facts of an interaction without `fact.`, in order: the whole event under its `type`."""
        facts = [event for event in self.timeline(identifier) if event["type"].startswith("fact.")]
        for fact in facts:
            fact["type"] = fact["type"].removeprefix("fact.")
        return [fact for fact in facts if kind is None or fact["type"] == kind]

    def types(self, identifier):
        return [fact["type"] for fact in self.facts(identifier)]

    def await_fact(self, identifier, kind, within=SOON, **payload):
        """The first fact of a type whose particulars are as given."""

        def look():
            for fact in self.facts(identifier, kind):
                if all(fact["payload"].get(name) == value for name, value in payload.items()):
                    return fact
            return None

        return eventually(look, within, f"{kind} {payload or ''}")

    def await_node(self, identifier, node, within=SOON):
        return self.await_fact(identifier, "flow.nodeEntered", within, node=node)

    def await_end(self, identifier, within=SOON):
        return self.await_fact(identifier, "call.ended", within)

    def recordings(self, identifier, within=SOON):
        """The recordings of an interaction once all of them are on disk."""

        def look():
            found = self.get(f"/interactions/{identifier}/recordings")["items"]
            return found if found and all(recording["tracks"] for recording in found) else None

        return eventually(look, within, "the recording is on disk")

    def stereo(self, identifier, recording):
        _, headers, content = self.request(
            "GET", f"/api/v1/interactions/{identifier}/recordings/{recording['startedAt']}/stereo")
        return headers.get("Content-Type"), content


def expect_order(types, wanted):
    """Fails unless `wanted` stands in `types` in this order, other things between them allowed."""
    rest = iter(types)
    for kind in wanted:
        expect(any(found == kind for found in rest), f"{kind} is missing or out of order in {types}")


def expect_status(status, action):
    """The body of the refusal, which must have this status."""
    try:
        action()
    except Answer as answer:
        expect(answer.status == status, f"expected HTTP {status}: {answer}")
        return json.loads(answer.body)
    raise Failed(f"expected HTTP {status}, but it was done")
