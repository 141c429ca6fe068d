"""A caller written out by hand, for what sipp cannot do: every packet of audio and every event as the test says."""

import os
import random
import socket
import struct
import threading
import time

from .audio import a_law, from_a_law
from .bench import Failed, Ports, eventually, expect

EVENTS = "0123456789*#ABCD"
SILENCE = b"\xd5" * 160


class Phone:
    """One call over UDP. Sends silence every 20 ms unless told otherwise and keeps what it hears."""

    def __init__(self, bench, hotline, called="5186", caller="8101", ip="127.0.0.1"):
        self.remote = ("127.0.0.1", hotline.sip_port)
        self.called = called
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.socket.settimeout(0.1)
        self.audio = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.audio_port = Ports.take(2, even=True)
        self.audio.bind((ip, self.audio_port))
        self.audio.settimeout(0.1)
        self.ip = ip
        self.port = self.socket.getsockname()[1]
        self.call_id = os.urandom(8).hex()
        self.own = f"<sip:{caller}@{ip}:{self.port}>;tag={os.urandom(4).hex()}"
        self.to = f"<sip:{called}@{hotline.sip}>"
        self.target = f"sip:{called}@{hotline.sip}"
        self.sequence, self.stamp, self.ssrc = random.randrange(30_000), random.randrange(1 << 31), os.urandom(4)
        self.heard = bytearray()
        self.payloads = set()
        self.media = None
        self.ended = False
        self.running = True
        self.queue = []
        self.lock = threading.Lock()
        self.threads = []
        bench.ends(self)

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join()
        self.socket.close()
        self.audio.close()

    # Signalling

    def request(self, method, number, body="", headers="", branch=None):
        branch = branch or os.urandom(6).hex()
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {self.target} SIP/2.0\r\nVia: SIP/2.0/UDP {self.ip}:{self.port};rport;branch=z9hG4bK{branch}\r\n"
            f"From: {self.own}\r\nTo: {self.to}\r\nCall-ID: {self.call_id}\r\nCSeq: {number} {method}\r\n"
            f"Contact: <sip:phone@{self.ip}:{self.port}>\r\nMax-Forwards: 70\r\n{headers}{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()

    def description(self):
        return (
            f"v=0\r\no=phone 1 1 IN IP4 {self.ip}\r\ns=-\r\nc=IN IP4 {self.ip}\r\nt=0 0\r\n"
            f"m=audio {self.audio_port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n")

    def call(self, within=10):
        """Calls, and returns the final status. An answered call speaks silence from here on."""
        message = self.request("INVITE", 1, self.description())
        end, again = time.monotonic() + within, 0.0
        while time.monotonic() < end:
            if time.monotonic() > again:
                self.socket.sendto(message, self.remote)
                again = time.monotonic() + 2
            text = self._receive()
            if not text or not text.startswith("SIP/2.0"):
                continue
            status = int(text.split()[1])
            if status < 200:
                again = end
                continue
            self.to = header(text, "To")
            if status < 300:
                self.target = header(text, "Contact").split("<")[1].split(">")[0]
                self.media = ("127.0.0.1", int(text.split("m=audio ")[1].split()[0]))
                self.socket.sendto(self.request("ACK", 1), self.remote)
                for work in (self._listen, self._speak, self._answer):
                    self.threads.append(threading.Thread(target=work, daemon=True))
                    self.threads[-1].start()
            else:
                branch = header(message.decode(), "Via").split("branch=z9hG4bK")[1]
                self.socket.sendto(self.request("ACK", 1, branch=branch), self.remote)
            return status
        raise Failed("the call got no answer")

    def _receive(self):
        try:
            return self.socket.recv(65_536).decode(errors="replace")
        except (TimeoutError, ConnectionRefusedError):
            return ""

    def _answer(self):
        while self.running:
            text = self._receive()
            if text.startswith("BYE"):
                lines = [line for line in text.split("\r\n") if line.split(":")[0] in
                         ("Via", "From", "To", "Call-ID", "CSeq")]
                reply = "\r\n".join(["SIP/2.0 200 OK", *lines, "Content-Length: 0", "", ""])
                self.socket.sendto(reply.encode(), self.remote)
                self.ended = True
            elif text.startswith("SIP/2.0 200") and " INVITE" in header(text, "CSeq"):
                self.socket.sendto(self.request("ACK", 1), self.remote)

    def hang_up(self):
        self.socket.sendto(self.request("BYE", 99), self.remote)

    def await_bye(self, within=15):
        eventually(lambda: self.ended, within, "the caller's BYE")

    # Audio

    def packet(self, payload, stamp, body, marker=False):
        self.sequence = self.sequence + 1 & 0xFFFF
        return struct.pack("!BBHI", 0x80, payload | (0x80 if marker else 0), self.sequence,
                           stamp & 0xFFFF_FFFF) + self.ssrc + body

    def _speak(self):
        due = time.monotonic()
        while self.running and not self.ended:
            with self.lock:
                packets = self.queue.pop(0) if self.queue else None
                self.stamp += 160
                if packets is None:
                    packets = [self.packet(8, self.stamp, SILENCE)]
            for packet in packets:
                self.audio.sendto(packet, self.media)
            due += 0.02
            time.sleep(max(0, due - time.monotonic()))

    def _listen(self):
        while self.running:
            try:
                packet = self.audio.recv(2_048)
            except (TimeoutError, ConnectionRefusedError):
                continue
            self.payloads.add(packet[1] & 0x7F)
            if packet[1] & 0x7F == 8:
                self.heard += packet[12:]

    def say(self, samples):
        """Speaks these next, in place of silence; returns at once."""
        octets = a_law(samples)
        with self.lock:
            for start in range(0, len(octets) - 159, 160):
                stamp = self.stamp + 160 * (len(self.queue) + 1)
                self.queue.append([self.packet(8, stamp, octets[start:start + 160])])

    def samples(self):
        return from_a_law(bytes(self.heard))

    def press(self, key, ends=3, twice=False, updates=5):
        """One key as RFC 4733 has it: `updates` packets, then `ends` end packets; `twice` sends each packet twice."""
        event = EVENTS.index(key)
        with self.lock:
            begin = self.stamp + 160 * (len(self.queue) + 1)
            for step in range(updates + ends):
                is_end = step >= updates
                duration = 160 * min(step + 1, updates + 1)
                body = struct.pack("!BBH", event, 0x8A if is_end else 0x0A, duration)
                packet = self.packet(101, begin, body, marker=step == 0)
                self.queue.append([packet, packet] if twice else [packet])
            # A gap, as between two keys of a hand.
            self.queue.extend([None] * 5)
        # A key may be what ends the call.
        eventually(lambda: self.ended or not self.queue, 5, "the key has been sent")

    def expect_prompt(self, least, within=15):
        """Waits until at least so many seconds of sound, not silence, were heard."""
        eventually(lambda: sound(self.samples()) >= least, within, f"{least} s of prompts")
        expect(self.payloads == {8}, f"audio came with the payloads {self.payloads}")


def sound(samples, threshold=200):
    """Seconds that are not silent, in steps of 20 ms."""
    return sum(
        0.02 for start in range(0, len(samples) - 159, 160)
        if max(map(abs, samples[start:start + 160])) > threshold)


def header(text, name):
    for line in text.split("\r\n\r\n")[0].split("\r\n"):
        if line.lower().startswith(name.lower() + ":"):
            return line.split(":", 1)[1].strip()
    raise Failed(f"no {name} in {text[:200]}")
