"""A bench for one test: a folder of its own, everything that was started on it, and the end of all of that."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time


class Failed(Exception):
    """Why a test is not ok."""


class Skipped(Exception):
    """Why a test cannot be made on this machine."""


def eventually(look, within, what):
    """The first true value of `look()`, looked for until `within` seconds have passed."""
    end = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Failed(f"{what}: not within {within} s")
        time.sleep(0.02)


def expect(condition, what):
    if not condition:
        raise Failed(what)


class Ports:
    """Ports of 127.0.0.1 that nobody holds and no other test of this run was given."""

    _lock = threading.Lock()
    # Below the system's own range for outgoing connections, apart from the program's usual ports.
    _next = 21_000 + os.getpid() % 40 * 200
    LAST = 31_900

    @classmethod
    def take(cls, count=1, even=False):
        """The first of `count` free neighbours."""
        with cls._lock:
            for _ in range(4_000):
                if cls._next + count + 1 > cls.LAST:
                    cls._next = 21_000
                first = cls._next + (cls._next % 2 if even else 0)
                cls._next = first + count
                if all(cls._is_free(port) for port in range(first, first + count)):
                    return first
        raise Failed("no free ports")

    @staticmethod
    def _is_free(port):
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET, kind) as trial:
                if kind == socket.SOCK_STREAM:
                    trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    trial.bind(("127.0.0.1", port))
                except OSError:
                    return False
        return True


class Process:
    """A program that a test started; ended by its own id."""

    def __init__(self, arguments, output, cwd=None, stdin=subprocess.DEVNULL, env=None):
        self.output = pathlib.Path(output)
        with open(output, "wb") as sink:
            self.popen = subprocess.Popen(
                [str(argument) for argument in arguments], stdin=stdin, stdout=sink,
                stderr=subprocess.STDOUT, cwd=cwd, env=env)

    @property
    def pid(self):
        return self.popen.pid

    @property
    def code(self):
        return self.popen.poll()

    def signal(self, number):
        if self.code is None:
            self.popen.send_signal(number)

    def wait(self, within, what="the program"):
        try:
            return self.popen.wait(within)
        except subprocess.TimeoutExpired:
            raise Failed(f"{what} has not ended within {within} s") from None

    def stop(self):
        if self.code is None:
            self.popen.kill()
        self.popen.wait()

    def said(self):
        return self.output.read_text(errors="replace") if self.output.exists() else ""


class Bench:
    """What a test works on. Used as a context: at the end everything started is ended and the folder removed."""

    def __init__(self, name):
        self.name = name
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hotline-interop-"))
        self._running = []
        self._count = 0
        self.failed = False

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.failed = error is not None
        for process in reversed(self._running):
            process.stop()
        if not (self.failed and os.environ.get("INTEROP_KEEP")):
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        """A path in the test's folder that no other call of this returned."""
        self._count += 1
        return self.folder / f"{self._count:02}-{name}"

    def start(self, name, arguments, **options):
        process = Process(arguments, self.path(name + ".out"), **options)
        self._running.append(process)
        return process

    def ends(self, thing):
        """Has `thing.stop()` called at the end of the test."""
        self._running.append(thing)
        return thing
