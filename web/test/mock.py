"""A small server that answers what the pages ask for privacy, from memory, so that they can be tried without the program.

It serves the pages with the policy of the real program and speaks as docs/reference/openapi.yaml describes. Nobody signs in.
"""

import contextlib
import io
import json
import pathlib
import re
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

WEB = pathlib.Path(__file__).resolve().parent.parent
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self'"
PERMISSIONS = ["centre.read", "centre.write", "privacy.read", "privacy.export", "privacy.write", "privacy.erase"]
DAY = 86_400_000


class Refused(Exception):
    """A problem as the program tells it."""

    def __init__(self, status, code, detail, **details):
        super().__init__(detail)
        self.status = status
        self.body = {"status": status, "code": code, "detail": detail, "title": code, "details": details, "field": details.get("field")}


def canonical(number):
    """+8613800001111 from the ways to write it."""
    digits = re.sub(r"[\s-]", "", number or "")
    if not re.fullmatch(r"\+?\d{3,15}", digits):
        raise Refused(400, "invalid", "This is no number.", field="number")
    return digits if digits.startswith("+") else "+86" + digits.lstrip("0")


class Privacy:
    """What the contract promises, in memory."""

    def __init__(self):
        self.now = int(time.time() * 1000)
        self.people = {
            "+8613800001111": [
                {"dataClass": "identity", "kind": "party", "items": 12, "bytes": 0},
                {"dataClass": "recording", "kind": "recording", "items": 9, "bytes": 31_457_280},
                {"dataClass": "freeText", "kind": "notes", "items": 7, "bytes": 4_120},
                {"dataClass": "freeText", "kind": "ticket", "items": 2, "bytes": 1_890},
            ],
            "+8613900002222": [{"dataClass": "identity", "kind": "party", "items": 3, "bytes": 0}],
        }
        self.holds = [self.hold("h1", "+8613900002222", None, "Proceedings 2026-118")]
        self.deletions = [self.deletion(f"d{number}", "retention", "Older than 180 days", None, number) for number in range(1, 41)]
        self.retention = {"version": 3, "days": {"identity": 1095, "recording": 180, "freeText": None}, "lastSweepAt": self.now - DAY // 2, "nextSweepAt": self.now + DAY // 2, "due": {"identity": 0, "recording": 12, "freeText": 0}}

    def hold(self, name, number, interaction, reason):
        return {"id": name, "number": number, "interaction": interaction, "reason": reason, "madeAt": self.now - DAY, "madeBy": "9001", "liftedAt": None, "liftedBy": None, "liftReason": None}

    def deletion(self, name, basis, reason, subject, interactions, deleted=None):
        parts = deleted if deleted is not None else [{"dataClass": "recording", "kind": "recording", "items": interactions, "bytes": interactions * 3_400_000}]
        return {
            "id": name, "at": self.now - DAY * interactions, "actor": "system" if basis == "retention" else "person:1", "actorName": None if basis == "retention" else "Administrator", "basis": basis, "reason": reason,
            "subject": subject, "interactions": interactions, "deleted": parts, "keys": interactions, "verifiedAt": self.now, "left": 0,
        }

    def subject(self, body):
        number = canonical(body.get("number"))
        holdings = self.people.get(number, [])
        holds = [one for one in self.holds if one["number"] == number and not one["liftedAt"]]
        count = holdings[0]["items"] if holdings else 0
        return {"number": number, "contacts": count, "openContacts": 0, "firstAt": self.now - 300 * DAY if count else None, "lastAt": self.now - DAY if count else None, "isHeld": bool(holds), "holds": holds, "holdings": holdings}

    def erase(self, body):
        found = self.subject(body)
        if found["isHeld"]:
            raise Refused(409, "conflict", "A legal hold stands. Lift it first.")
        if not body.get("reason"):
            raise Refused(400, "invalid", "A reason is needed.", field="reason")
        deleted = self.people.pop(found["number"], [])
        made = self.deletion("e1", "erasure", body["reason"], "hmac-sha256:" + "5f1c" * 16, found["contacts"], deleted)
        made["at"] = self.now
        self.deletions.insert(0, made)
        return made

    def export(self, body):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("contacts.json", json.dumps(self.subject(body)))
        return packed.getvalue()

    def page(self, query):
        limit, start = int(query.get("limit", ["30"])[0]), int(query.get("cursor", ["0"])[0])
        end = start + limit
        return {"items": self.deletions[start:end], **({"next": str(end)} if end < len(self.deletions) else {})}

    def make_hold(self, body):
        number = canonical(body["number"]) if "number" in body else None
        self.holds.insert(0, self.hold(f"h{len(self.holds) + 1}", number, body.get("interaction"), body["reason"]))
        return self.holds[0]

    def lift(self, name, body):
        found = next(one for one in self.holds if one["id"] == name)
        found.update(liftedAt=self.now, liftedBy="9001", liftReason=body["reason"])
        return found

    def keep(self, body):
        if body["version"] != self.retention["version"]:
            raise Refused(409, "conflict", "Somebody was faster.", reason="changedMeanwhile")
        self.retention.update(version=body["version"] + 1, days=body["days"])
        return self.retention

    def find(self, name):
        found = next((one for one in self.deletions if one["id"] == name), None)
        if not found:
            raise Refused(404, "notFound", "There is no such deletion.")
        return found

    def verify(self, name):
        found = self.find(name)
        found["verifiedAt"] = int(time.time() * 1000)
        return found

    def answer(self, method, path, query, body):
        """The body, and None when there is no such route."""
        plain = {
            ("GET", "/session"): lambda: {"person": {"number": "9001", "name": "Administrator", "roles": ["systemAdmin"]}, "permissions": dict.fromkeys(PERMISSIONS, "tenant"), "csrf": "x", "idleMs": 1_800_000, "expiresAt": self.now + DAY, "mustChangePassword": False, "centre": {"name": "Example Energy", "zone": "Asia/Shanghai"}},
            ("GET", "/centre"): lambda: {"name": "Example Energy", "zone": "Asia/Shanghai", "numbers": [], "queues": [], "agents": [{"number": "9001", "name": "Administrator"}], "seats": []},
            ("POST", "/subjects/search"): lambda: self.subject(body),
            ("POST", "/subjects/erase"): lambda: self.erase(body),
            ("POST", "/subjects/export"): lambda: self.export(body),
            ("GET", "/deletions"): lambda: self.page(query),
            ("GET", "/legal-holds"): lambda: {"items": [one for one in self.holds if query.get("state") == ["all"] or not one["liftedAt"]]},
            ("POST", "/legal-holds"): lambda: self.make_hold(body),
            ("GET", "/retention"): lambda: self.retention,
            ("PUT", "/retention"): lambda: self.keep(body),
        }
        if (method, path) in plain:
            return plain[method, path]()
        for pattern, act in [(r"/deletions/(\w+)/verify", self.verify), (r"/deletions/(\w+)", self.find), (r"/legal-holds/(\w+)/lift", lambda name: self.lift(name, body))]:
            found = re.fullmatch(pattern, path)
            if found:
                return act(found[1])
        raise Refused(404, "notFound", "There is no such route.")


def handler(api):
    """The server's class for one state."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            """Nothing is written."""

        def send(self, status, kind, body):
            self.send_response(status)
            for name, value in [("Content-Type", kind), ("Content-Length", str(len(body))), ("Content-Security-Policy", POLICY), ("Cache-Control", "no-store")]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def serve(self):
            address = urlsplit(self.path)
            if not address.path.startswith("/api/v1"):
                file = (WEB / (address.path.lstrip("/") or "index.html")).resolve()
                if not file.is_file() or WEB not in file.parents:
                    return self.send(404, "text/plain", b"")
                return self.send(200, TYPES.get(file.suffix, "text/plain"), file.read_bytes())
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}") if length else {}
            try:
                answer = api.answer(self.command, address.path.removeprefix("/api/v1"), parse_qs(address.query), body)
            except Refused as refused:
                return self.send(refused.status, "application/problem+json", json.dumps(refused.body).encode())
            if isinstance(answer, bytes):
                return self.send(200, "application/zip", answer)
            return self.send(200, "application/json", json.dumps(answer).encode())

        do_GET = do_POST = do_PUT = serve

    return Handler


@contextlib.contextmanager
def running(api):
    """The address of a server that answers as `api`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(api))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
