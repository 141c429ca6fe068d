"""Centre files for the program: the small one beside this folder and the demonstration centre with fixed phones."""

import pathlib
import re
import shutil
import string

from .hotline import ROOT

QUICK = pathlib.Path(__file__).resolve().parents[1] / "centres/quick"
DEMO = ROOT / "config/demo"


def quick(bench, phones, lines=25, when_lines_full="busy", trunk="127.0.0.1"):
    """The small centre; `phones` are the SIP ports of its seats 01, 02 and so on."""
    folder = bench.path("centre")
    folder.mkdir()
    text = string.Template((QUICK / "centre.toml").read_text()).substitute(
        seat_limit=max(1, len(phones)), line_limit=lines, when_lines_full=when_lines_full,
        trunk_address=trunk)
    for index, port in enumerate(phones, 1):
        text += f'\n[[seat]]\nnumber = "{index:02}"\nsite = "main"\n'
        # sipp takes every OPTIONS for a call of its own.
        text += f'phone = {{ kind = "sip", uri = "sip:agent{index}@127.0.0.1:{port}", probe = false }}\n'
    (folder / "centre.toml").write_text(text)
    for flow in QUICK.glob("flow-*.toml"):
        shutil.copy(flow, folder)
    return folder / "centre.toml"


def demo(bench, phones=None, more="", answers_probes=False):
    """The demonstration centre. `phones`: seat -> SIP port of a phone that does not register; `more` is
    put at the end of the file."""
    # sipp takes every OPTIONS for a call of its own.
    probe = "" if answers_probes else ", probe = false"
    folder = bench.path("centre")
    shutil.copytree(DEMO, folder)
    file = folder / "centre.toml"
    text = file.read_text()
    for seat, port in (phones or {}).items():
        text, count = re.subn(
            rf'(\[\[seat\]\]\nnumber = "{seat}"\nsite = "main"\n)phone = .*',
            rf'\1phone = {{ kind = "sip", uri = "sip:agent{int(seat)}@127.0.0.1:{port}"{probe} }}', text)
        assert count == 1, f"seat {seat}"
    file.write_text(text + more)
    return file


def demo_account(seat):
    """User and password of a seat's phone in the demonstration centre."""
    found = re.search(
        rf'\[\[seat\]\]\nnumber = "{seat}"\nsite = "main"\nphone = .*user = "(.*?)", password = "(.*?)"',
        (DEMO / "centre.toml").read_text())
    return found[1], found[2]
