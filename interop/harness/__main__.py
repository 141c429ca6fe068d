"""The runner: `python3 -m harness [words]` runs the tests whose names hold every word."""

import os
import shutil
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

from . import registry
from .bench import Bench, Failed, Skipped
from .hotline import PROGRAM, Answer

# Tests at once: most of a test is waiting for the telephone, not computing.
JOBS = int(os.environ.get("INTEROP_JOBS", "4"))
BROWSER_JOBS = 2
output = threading.Lock()


def run(name, body):
    """Why the test is not ok, or nothing."""
    why = None
    bench = Bench(name)
    try:
        with bench:
            body(bench)
    except Skipped as reason:
        with output:
            print(f"skipped {name}: {reason}", flush=True)
        return None
    except (Failed, Answer) as error:
        why = str(error)
    except Exception as error:  # whatever goes wrong in a test fails that test alone
        last = traceback.extract_tb(error.__traceback__)[-1]
        why = f"{type(error).__name__}: {error} ({os.path.basename(last.filename)}:{last.lineno})"
    if why and os.environ.get("INTEROP_KEEP"):
        why += f" [{bench.folder}]"
    with output:
        print(f"not ok {name}: {' '.join(why.split())}" if why else f"ok {name}", flush=True)
    return why


def main(words):
    for program in ("sipp", "baresip", "espeak-ng"):
        if not shutil.which(program):
            print(f"not ok interop: {program} is missing (packages sip-tester, baresip-core, espeak-ng)")
            return 1
    try:
        from . import web  # noqa: F401
    except ImportError as error:
        print(f"not ok interop: browsers cannot be driven ({error}); ./test installs what is missing")
        return 1
    if not PROGRAM.exists():
        print(f"not ok interop: {PROGRAM} is missing; build it with swift build --product hotline")
        return 1
    subprocess.run([PROGRAM, "--help"], stdout=subprocess.DEVNULL, check=True)
    import tests  # noqa: F401  registers every test

    chosen = [(name, body) for name, body in registry.tests if all(word in name for word in words)]
    # Browsers take the whole machine, and telephones that wait for it lose sound: they come last, by themselves.
    telephones = [test for test in chosen if "browser" not in test[1].__module__]
    browsers = [test for test in chosen if test not in telephones]
    failures = []
    for tests_of_a_kind, jobs in ((telephones, JOBS), (browsers, BROWSER_JOBS)):
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            failures += [why for why in pool.map(lambda test: run(*test), tests_of_a_kind) if why]
    if not chosen:
        print("not ok interop: no test has such a name")
    return 0 if chosen and not failures else 1


sys.exit(main(sys.argv[1:]))
