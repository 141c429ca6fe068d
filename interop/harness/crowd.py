"""Many callers on one socket, who do nothing but call and wait: what thousands of sipp calls would cost too much for."""

import os
import socket
import threading
import time

from .bench import eventually

# Seconds after which an INVITE that nobody answered is sent again (RFC 3261 has 0.5, then longer).
AGAIN = 1.0
# Bytes that may wait to be read: after a restart thousands of messages come at once.
ROOM = 4 << 20


class Caller:
    """One call: what came of it."""

    def __init__(self, number):
        self.number = number
        self.call_id = f"{number}-{os.urandom(4).hex()}"
        self.branch = f"z9hG4bK{os.urandom(6).hex()}"
        self.sent_at = None
        self.rang_at = None
        # The status that answered the INVITE for good, and when.
        self.status = None
        self.answered_at = None
        # When the other side hung up.
        self.bye_at = None
        self.to = None
        self.target = None
        self.left = False

    @property
    def ended_at(self):
        """When the program ended it, before the answer or after."""
        return self.bye_at if self.status == 200 else self.answered_at


class Crowd:
    """Callers with the numbers from `first` on. Nobody of them listens to anything."""

    def __init__(self, sip_port, called, first=900_000_001):
        self.remote = ("127.0.0.1", sip_port)
        self.called = called
        self.first = first
        self.callers = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.port = self.socket.getsockname()[1]
        # Audio goes to a port that nobody reads, and is thrown away there.
        self.sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sink.bind(("127.0.0.1", 0))
        self.running = True
        self.lock = threading.Lock()
        self.threads = []
        self._start(self._listen)
        self._start(self._repeat)

    def place(self, count, rate):
        """Calls so many times, so many a second, beside what else happens; `join` waits for the last."""
        self._start(self._place, count, rate)

    def count(self, which):
        with self.lock:
            return sum(1 for caller in self.callers.values() if which(caller))

    def all(self):
        with self.lock:
            return list(self.callers.values())

    def await_rung(self, count, within):
        eventually(lambda: self.count(lambda one: one.rang_at) >= count, within, f"{count} callers hear it ring")

    def leave(self):
        """Everybody whose call still stands hangs up."""
        for caller in self.all():
            if caller.ended_at or caller.left:
                continue
            caller.left = True
            if caller.status == 200:
                self._send(self._message("BYE", caller, 2, branch=f"z9hG4bK{os.urandom(6).hex()}"))
            elif caller.status is None:
                self._send(self._message("CANCEL", caller, 1, branch=caller.branch))

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join()
        self.socket.close()
        self.sink.close()

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _place(self, count, rate):
        started = time.monotonic()
        for index in range(count):
            time.sleep(max(0, started + index / rate - time.monotonic()))
            if not self.running:
                return
            caller = Caller(str(self.first + index))
            with self.lock:
                self.callers[caller.call_id] = caller
            self._invite(caller)

    def _invite(self, caller):
        caller.sent_at = time.monotonic()
        self._send(self._message("INVITE", caller, 1, branch=caller.branch, body=(
            f"v=0\r\no=crowd 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.sink.getsockname()[1]} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n")))

    def _repeat(self):
        """INVITEs that nobody has answered at all are sent again, as over UDP they must be."""
        while self.running:
            time.sleep(0.2)
            old = time.monotonic() - AGAIN
            for caller in self.all():
                if caller.rang_at is None and caller.status is None and caller.sent_at < old:
                    self._invite(caller)

    def _message(self, method, caller, number, branch, body=""):
        target = caller.target if method in ("ACK", "BYE") and caller.target else f"sip:{self.called}@127.0.0.1"
        to = caller.to if method != "CANCEL" and caller.to else f"<sip:{self.called}@127.0.0.1>"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch}\r\n"
            f"From: <sip:{caller.number}@127.0.0.1>;tag={caller.number}\r\nTo: {to}\r\nCall-ID: {caller.call_id}\r\n"
            f"CSeq: {number} {method}\r\nContact: <sip:{caller.number}@127.0.0.1:{self.port}>\r\nMax-Forwards: 70\r\n"
            f"{kind}Content-Length: {len(body)}\r\n\r\n{body}")

    def _send(self, text):
        try:
            self.socket.sendto(text.encode(), self.remote)
        except ConnectionRefusedError:
            pass  # nobody is there at this moment; what matters is sent again

    def _listen(self):
        while self.running:
            try:
                text = self.socket.recv(65_536).decode(errors="replace")
            except (TimeoutError, ConnectionRefusedError):
                continue
            self._take(text, _headers(text))

    def _take(self, text, headers):
        with self.lock:
            caller = self.callers.get(headers.get("call-id"))
        if caller is None:
            return
        if not text.startswith("SIP/2.0"):
            if text.startswith("BYE"):
                caller.bye_at = caller.bye_at or time.monotonic()
            same = "".join(f"{name}: {headers[name]}\r\n" for name in ("via", "from", "to", "call-id", "cseq"))
            self._send(f"SIP/2.0 200 OK\r\n{same}Content-Length: 0\r\n\r\n")
            return
        if not headers.get("cseq", "").endswith("INVITE"):
            return
        status = int(text.split()[1])
        # What came first is not heard as new when it is repeated.
        if status < 200:
            caller.rang_at = caller.rang_at or (time.monotonic() if status > 100 else None)
            return
        caller.to = headers["to"]
        if status < 300:
            caller.target = headers["contact"].split("<")[1].split(">")[0]
        branch = caller.branch if status >= 300 else f"z9hG4bK{os.urandom(6).hex()}"
        self._send(self._message("ACK", caller, 1, branch=branch))
        caller.status = caller.status or status
        caller.answered_at = caller.answered_at or time.monotonic()


def _headers(text):
    lines = text.split("\r\n\r\n")[0].split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
