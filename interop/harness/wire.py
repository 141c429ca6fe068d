"""The wire between a browser and the program: a relay of TCP connections that a test may cut or let fall silent."""

import contextlib
import socket
import threading

CHUNK = 65_536
# Seconds that a silent end is waited for before it is looked at anew.
LOOK = 0.2
EVENTS = "/api/v1/desk/events"


class Wire:
    """Relays connections to the program's HTTP port.

    `cut` closes connections that ask for a path and refuses new ones; `hush` keeps them open and lets nothing through,
    as a network does that has lost its way; `mend` ends both. Without a path it is every connection.
    """

    def __init__(self, bench, hotline):
        self.target = ("127.0.0.1", int(hotline.ready["http"].rsplit(":", 1)[1]))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.listener.settimeout(LOOK)
        self.http = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.running = True
        self.fault, self.path = None, None
        self.lock = threading.Lock()
        self.threads = []
        self._start(self._accept)
        bench.ends(self)

    def cut(self, path=None):
        self.fault, self.path = "cut", path

    def hush(self, path=None):
        self.fault, self.path = "hush", path

    def mend(self):
        self.fault = None

    def stop(self):
        self.running = False
        with self.lock:
            threads = list(self.threads)
        for thread in threads:
            thread.join()
        self.listener.close()

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        with self.lock:
            self.threads = [one for one in self.threads if one.is_alive()] + [thread]
        thread.start()

    def _accept(self):
        while self.running:
            with contextlib.suppress(TimeoutError):
                near, _ = self.listener.accept()
                self._start(self._relay, near)

    def _fault(self, asked):
        """What is wrong at present for a connection that has asked for these paths last."""
        return self.fault if self.path is None or asked == self.path else None

    def _relay(self, near):
        asked, hushed = None, False
        with near, socket.create_connection(self.target) as far:
            near.settimeout(LOOK / 10)
            far.settimeout(LOOK / 10)
            while self.running:
                fault = self._fault(asked)
                hushed = hushed or fault == "hush"
                if fault == "cut":
                    return
                try:
                    for one, other in ((near, far), (far, near)):
                        with contextlib.suppress(TimeoutError):
                            data = one.recv(CHUNK)
                            if one is near and data[:4] in (b"GET ", b"POST", b"PUT ", b"DELE"):
                                asked = data.split(b" ", 2)[1].decode().split("?")[0]
                                if self._fault(asked) == "cut":
                                    return
                                hushed = hushed or self._fault(asked) == "hush"
                            if not data:
                                return
                            # What a silent connection swallows never comes again, as behind a lost way.
                            if not hushed:
                                other.settimeout(LOOK * 50)
                                other.sendall(data)
                                other.settimeout(LOOK / 10)
                except OSError:
                    return

