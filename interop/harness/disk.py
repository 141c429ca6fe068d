"""A small disk that can be filled: a file system in memory that only its own processes see.

Needs root, since mounting does; the mount lives in a namespace of its own and goes with its last process.
"""

import errno
import os
import pathlib
import shutil

from .bench import Skipped, eventually, expect
from .hotline import ROOT

MIB = 1_048_576


class SmallDisk:
    """A disk of so many MiB. `path` is where its programs see it, `before` are the words that let a program see it."""

    def __init__(self, bench, mib):
        if os.geteuid() != 0:
            raise Skipped("a file system can be mounted by root alone")
        for program in ("unshare", "nsenter", "mount"):
            if not shutil.which(program):
                raise Skipped(f"{program} is missing (packages util-linux, mount)")
        self.path = bench.path("disk")
        self.path.mkdir()
        # Holds the namespace, so that the disk outlives the programs on it.
        self.holder = bench.start("disk", [
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            'mount -t tmpfs -o "size=$1m" tmpfs "$2" && echo mounted && exec sleep 3600', "sh", mib, self.path])
        eventually(self._is_mounted, 10, "the small disk is mounted")
        self.before = ["nsenter", f"--target={self.holder.pid}", "--mount", f"--wdns={ROOT}"]
        # The same place, seen from here.
        self.outside = pathlib.Path(f"/proc/{self.holder.pid}/root{self.path}")
        self.ballast = self.outside / "ballast"

    def _is_mounted(self):
        if self.holder.code is not None:
            raise Skipped(f"a file system cannot be mounted here: {self.holder.said().strip()}")
        return "mounted" in self.holder.said()

    def free(self):
        values = os.statvfs(self.outside)
        return values.f_bavail * values.f_frsize

    def leave(self, mib):
        """Fills the disk until only so much is free."""
        more = self.free() - int(mib * MIB)
        expect(more > 0, f"only {self.free() // MIB} MiB are free already, {mib} should be left")
        with open(self.ballast, "ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), more)

    def fill(self):
        """Fills it to the last block."""
        with open(self.ballast, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4_096))
            except OSError as error:
                expect(error.errno == errno.ENOSPC, f"the disk cannot be filled: {error}")

    def make_room(self):
        self.ballast.unlink()
