"""Servers that take what the program sends to people: e-mail over SMTP with TLS, text messages over HTTP."""

import base64
import email
import email.policy
import http.server
import json
import os
import socket
import ssl
import subprocess
import threading
import time

from .bench import eventually, expect

# Seconds after which a silent client is left alone.
PATIENCE = 30


class Authority:
    """A certificate for 127.0.0.1, and the program's environment in which curl trusts it.

    The program gives curl no environment but PATH, so what curl is to trust stands in a `curl` that is found first.
    """

    def __init__(self, bench):
        folder = bench.path("tls")
        folder.mkdir()
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail of the test",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.key, "-out", self.certificate],
            capture_output=True, text=True, check=False)
        expect(made.returncode == 0, f"openssl: {made.stderr}")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, self.key)
        programs = bench.path("programs")
        programs.mkdir()
        real = subprocess.run(["which", "curl"], capture_output=True, text=True, check=True).stdout.strip()
        curl = programs / "curl"
        curl.write_text(f'#!/bin/sh\nCURL_CA_BUNDLE={self.certificate} exec {real} "$@"\n')
        curl.chmod(0o755)
        self.environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}


class MailSink:
    """An SMTP server (RFC 5321) that keeps every message. With `implicit` it begins with TLS, else STARTTLS is demanded.

    `refuses` is a recipient whom it does not take.
    """

    def __init__(self, bench, authority, implicit=True, user="", password="", refuses=None):
        self.context, self.implicit = authority.context, implicit
        self.user, self.password, self.refuses = user, password, refuses
        # (sender, recipients, whether it came through TLS, the message), in the order in which they came.
        self.messages = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.2)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'smtps' if implicit else 'smtp'}://127.0.0.1:{self.port}"
        self.running = True
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        bench.ends(self)

    def stop(self):
        self.running = False
        self.thread.join()
        self.listener.close()

    def to(self, address):
        """The messages to an address."""
        return [message for _, recipients, _, message in list(self.messages) if address in recipients]

    def await_mail(self, address, within, count=1):
        return eventually(lambda: self.to(address)[count - 1:], within, f"{count} messages to {address}")[0]

    def _accept(self):
        while self.running:
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.settimeout(PATIENCE)
        try:
            if self.implicit:
                connection = self.context.wrap_socket(connection, server_side=True)
            _Session(self, connection).run()
        except (OSError, ssl.SSLError):
            pass  # a client that goes away takes its message with it; the test misses it
        finally:
            connection.close()


class _Session:
    """One client of the mail server."""

    def __init__(self, sink, connection):
        self.sink, self.connection = sink, connection
        self.file = connection.makefile("rb")
        self.is_secure = sink.implicit
        self.is_known = not sink.user
        self.sender, self.recipients = None, []

    def say(self, line):
        self.connection.sendall(line.encode() + b"\r\n")

    def run(self):
        self.say("220 sink of the test")
        for line in iter(self.file.readline, b""):
            words = line.decode(errors="replace").strip()
            if words.upper() == "QUIT":
                return self.say("221 bye")
            if words.upper() == "STARTTLS" and not self.is_secure:
                self.say("220 go on")
                self.connection = self.sink.context.wrap_socket(self.connection, server_side=True)
                self.file = self.connection.makefile("rb")
                self.is_secure = True
                return self.run_secure()
            self.take(words)
        return None

    def run_secure(self):
        for line in iter(self.file.readline, b""):
            words = line.decode(errors="replace").strip()
            if words.upper() == "QUIT":
                return self.say("221 bye")
            self.take(words)
        return None

    def take(self, words):
        command = words.upper()
        if command.startswith("EHLO"):
            self.say("250-sink")
            self.say("250 AUTH PLAIN" if self.is_secure else "250 STARTTLS")
        elif not self.is_secure:
            self.say("530 first STARTTLS")
        elif command.startswith("AUTH PLAIN"):
            self.authenticate(words)
        elif not self.is_known:
            self.say("530 who are you")
        elif command.startswith("MAIL FROM:"):
            self.sender, self.recipients = _address(words), []
            self.say("250 ok")
        elif command.startswith("RCPT TO:"):
            if _address(words) == self.sink.refuses:
                return self.say("550 nobody of that name")
            self.recipients.append(_address(words))
            self.say("250 ok")
        elif command == "DATA":
            self.receive()
        else:
            self.say("500 what")
        return None

    def authenticate(self, words):
        code = words.split()[2] if len(words.split()) > 2 else None
        if code is None:
            self.say("334 ")
            code = self.file.readline().decode().strip()
        given = base64.b64decode(code).decode().split("\0")
        self.is_known = given[1:] == [self.sink.user, self.sink.password]
        self.say("235 welcome" if self.is_known else "535 no")

    def receive(self):
        self.say("354 go on")
        lines = []
        for line in iter(self.file.readline, b""):
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.sink.messages.append((self.sender, self.recipients, self.is_secure, message))
        self.say("250 taken")


def _address(words):
    return words.split("<", 1)[1].split(">", 1)[0]


class TextSink:
    """A gateway for text messages that takes JSON by POST and keeps what came: (number, text, when)."""

    def __init__(self, bench, token=""):
        self.texts = []
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                allowed = not token or self.headers.get("Authorization") == f"Bearer {token}"
                if allowed:
                    sink.texts.append((body["to"], body["text"], time.monotonic()))
                self.send_response(202 if allowed else 401)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/messages"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        bench.ends(self)

    def to(self, number):
        return [text for to, text, _ in list(self.texts) if to == number]

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
