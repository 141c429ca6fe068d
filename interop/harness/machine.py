"""A second machine: a network namespace with an address of its own, a browser in it, and a relay beside the program.

Needs root, since namespaces do, and the packages iproute2, nftables, libnss3-tools and coturn.
"""

import os
import shutil
import socket
import subprocess

from .bench import Failed, Ports, eventually, expect

CHROMIUM = "/usr/bin/chromium"
# Seconds for a command that only changes settings.
SOON = 30


def run(*command, **options):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=SOON, check=False, **options)
    expect(done.returncode == 0, f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class SecondMachine:
    """One namespace, joined to this machine by a cable: here `here`, there `there`."""

    _count = 0

    def __init__(self, bench):
        for program in ("ip", "nft", "certutil", "turnserver"):
            expect(shutil.which(program), f"{program} is missing; ./test installs what is needed")
        expect(os.geteuid() == 0, "a network namespace can be made by root alone")
        SecondMachine._count += 1
        number = os.getpid() % 200 + SecondMachine._count
        self.name = f"hotline-{os.getpid()}-{SecondMachine._count}"
        self.here, self.there = f"10.213.{number}.1", f"10.213.{number}.2"
        self.cable = f"hl{os.getpid()}x{SecondMachine._count}"[:14]
        self.home = bench.path("home")
        self.bench = bench
        run("ip", "netns", "add", self.name)
        bench.ends(self)
        run("ip", "link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        run("ip", "address", "add", f"{self.here}/24", "dev", self.cable)
        run("ip", "link", "set", self.cable, "up")
        run("ip", "-n", self.name, "address", "add", f"{self.there}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            run("ip", "-n", self.name, "link", "set", device, "up")

    def stop(self):
        # The cable goes with the namespace, once nobody is in it any more.
        subprocess.run(["ip", "link", "del", self.cable], capture_output=True, check=False)
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, check=False)

    def block_udp(self):
        """As the network of an office does that lets only the web out."""
        rules = ["table inet office {"]
        for way, device in (("output", "oifname"), ("input", "iifname")):
            rules += [f"chain {way} {{", f"type filter hook {way} priority 0;", f'{device} != "lo" meta l4proto udp drop', "}"]
        run("ip", "netns", "exec", self.name, "nft", "-f", "-", input="\n".join([*rules, "}", ""]))

    def trust(self, authority):
        """Imports the authority as a person would, into the store of Chromium."""
        store = self.home / ".pki/nssdb"
        store.mkdir(parents=True)
        run("certutil", "-d", f"sql:{store}", "-N", "--empty-password")
        run("certutil", "-d", f"sql:{store}", "-A", "-t", "C,,", "-n", "Hotline", "-i", authority)

    def chromium(self):
        """The path of a program that is Chromium on that machine."""
        script = self.bench.path("chromium")
        script.write_text(f'#!/bin/sh\nexport HOME={self.home}\nexec ip netns exec {self.name} {CHROMIUM} "$@"\n')
        script.chmod(0o755)
        return str(script)


class Coturn:
    """coturn for clients by TCP alone, as docs/guides/second-machine.md sets it up."""

    def __init__(self, bench, address, secret, peers):
        self.address, self.port = address, Ports.take(1)
        ports = Ports.take(20)
        self.process = bench.start("turnserver", [
            "turnserver", "-n", "--listening-ip", address, "--relay-ip", address, "--listening-port", self.port,
            "--min-port", ports, "--max-port", ports + 19, "--use-auth-secret", "--static-auth-secret", secret,
            "--realm", "hotline", "--no-tls", "--no-dtls", "--no-cli", "--no-udp", "--no-multicast-peers",
            "--denied-peer-ip", "0.0.0.0-255.255.255.255", *(f"--allowed-peer-ip={peer}" for peer in peers),
            "--pidfile", bench.path("turnserver.pid"), "--log-file", "stdout", "--simple-log", "--verbose",
            "--userdb", bench.path("turndb")], cwd=bench.folder)
        self.url = f"turn:{address}:{self.port}?transport=tcp"
        eventually(self._listens, SOON, "coturn listens")

    def _listens(self):
        if self.process.code is not None:
            raise Failed(f"coturn has ended: {self.process.said()[-400:]}")
        try:
            socket.create_connection((self.address, self.port), 1).close()
            return True
        except OSError:
            return False
