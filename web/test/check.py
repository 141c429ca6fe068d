#!/usr/bin/env python3
"""What can be checked of the web part without a browser: words, imports, markup, types, lengths, pure modules.

    python3 web/test/check.py        # ends with 1 when anything was found
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

WEB = pathlib.Path(__file__).resolve().parent.parent
SOURCES = sorted(WEB.glob("src/**/*.js")) + [WEB / "embed.js"]
MOST_LINES = 500
# A layer may import itself and what stands before it.
LAYERS = ["core", "ui", "features"]
FORBIDDEN = [
    (r"\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write\b", "puts text in as HTML"),
    (r"\beval\(|new Function\(", "makes code from text"),
    (r"setAttribute\(\s*[\"']style[\"']", "sets a style as an attribute, which the policy of the page forbids"),
]


def words():
    """Both languages have the same texts with the same places, and every text that a script names is there."""
    texts = {path.stem: json.loads(path.read_text()) for path in sorted(WEB.glob("src/locales/*.json"))}
    english, chinese = texts["en"], texts["zh-CN"]
    for key in sorted(english.keys() ^ chinese.keys()):
        yield f"src/locales: {key} is in one language only"
    for key in sorted(english.keys() & chinese.keys()):
        places = [set(re.findall(r"\{(\w+)\}", text[key])) for text in (english, chinese)]
        if places[0] != places[1]:
            yield f"src/locales: {key} has other places in the other language: {places}"
    for path in SOURCES:
        for key in re.findall(r"""\bt\(\s*["']([\w.]+)["']""", path.read_text()):
            if key not in english:
                yield f"{path.relative_to(WEB)}: there is no text {key}"


def imports():
    """core <- ui <- features, and no feature knows another."""
    for path in SOURCES:
        parts = path.relative_to(WEB).parts
        if len(parts) < 3 or parts[1] not in LAYERS:
            continue
        for target in re.findall(r"""(?:from|import\()\s*["'](\.[^"']+)["']""", path.read_text()):
            found = (path.parent / target).resolve()
            name = path.relative_to(WEB)
            if not found.is_file():
                yield f"{name}: there is no {target}"
                continue
            other = found.relative_to(WEB).parts
            if other[1] not in LAYERS or LAYERS.index(other[1]) > LAYERS.index(parts[1]):
                yield f"{name}: {parts[1]} may not import {'/'.join(other)}"
            elif parts[1] == "features" == other[1] and parts[2] != other[2]:
                yield f"{name}: the feature {parts[2]} may not import the feature {other[2]}"


def markup():
    """No HTML from text, nothing inline in the pages."""
    for path in SOURCES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for pattern, fault in FORBIDDEN:
                if re.search(pattern, line):
                    yield f"{path.relative_to(WEB)}:{number}: {fault}"
    for path in sorted(WEB.glob("*.html")):
        text = path.read_text()
        if re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text):
            yield f"{path.name}: has something inline"
        for target in re.findall(r"""(?:src|href)="([^":#]+)\"""", text):
            if not (WEB / target).is_file():
                yield f"{path.name}: there is no {target}"


def lengths():
    """Files that can be read in one go."""
    for path in [*SOURCES, *WEB.glob("src/styles/*.css"), *WEB.glob("test/*.py")]:
        count = len(path.read_text().splitlines())
        if count > MOST_LINES:
            yield f"{path.relative_to(WEB)}: {count} lines"


def types():
    """The documented types hold."""
    if not shutil.which("tsc"):
        yield "tsc is missing: apt-get install node-typescript"
        return
    run = subprocess.run(["tsc", "-p", str(WEB / "tsconfig.json")], capture_output=True, text=True, check=False)
    yield from run.stdout.splitlines()


def units():
    """What the pure modules promise. Node comes with tsc; without it `types` has complained already."""
    if shutil.which("node"):
        run = subprocess.run(["node", str(WEB / "test" / "units.mjs")], capture_output=True, text=True, check=False)
        yield from run.stdout.splitlines()
        if run.returncode and not run.stdout:
            yield f"test/units.mjs: {run.stderr.strip().splitlines()[-1]}"


def main():
    """Everything, one finding a line."""
    findings = [line for check in (words, imports, markup, lengths, types, units) for line in check()]
    print("\n".join(findings) or "nothing found")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
