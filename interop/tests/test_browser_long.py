"""A tab that stays open for a whole shift: what it holds on to does not grow with the calls."""

import os

from harness import centres, web
from harness.bench import Ports, expect
from harness.hotline import Hotline
from harness.registry import test

# Calls in one tab; a shift's test takes 200.
CALLS = int(os.environ.get("INTEROP_CALLS", "20"))
# The first measure, once everything that is made once has been made.
FIRST = max(5, CALLS // 10)
# What may be kept for each call: its line among the caller's former calls, and some room for the engine's own.
BYTES_A_CALL = 6_000
NODES_A_CALL = 4
ROOM = 1_500_000
ROOM_NODES = 150


def measure(cdp):
    """(bytes of the heap, nodes, listeners) after everything that is not needed was thrown away."""
    for _ in range(3):
        cdp.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    return int(found["JSHeapUsedSize"]), int(found["Nodes"]), int(found["JSEventListeners"])


@test("G24 calls one after another in one tab leave heap and nodes flat (INTEROP_CALLS=200 for a shift)")
def many_calls(bench):
    # Few words before the queue; the demonstration speaks eight seconds to each caller.
    centre = centres.quick(bench, [Ports.take(1)])
    centre.write_text(centre.read_text().replace('name = "One"\n', 'name = "One"\nroles = ["agent"]\n', 1).replace(
        "wrap_up_seconds = 0", "wrap_up_seconds = 60"))
    hotline = Hotline(bench, centre)
    hotline.await_prompts()
    with web.pages.chromium() as chromium:
        page = web.pages.open_page(chromium)
        web.sign_in_first(page, hotline, hotline.http, "5001")
        web.pages.visit(page, "desk")
        web.pages.start_shift(page)
        web.pages.wait_for_leg(page)
        desk = web.Desk(page, web.Customer(bench, hotline))
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable")
        cdp.send("HeapProfiler.enable")
        first = None
        for number in range(1, CALLS + 1):
            # A caller of its own each time: what is kept of one caller does not count.
            desk.customer.number = f"138{number:08}"
            desk.ring()
            desk.press("Alt+a")
            desk.until("talking")
            page.keyboard.press("Alt+n")
            page.keyboard.type("记录")
            desk.customer.end()
            desk.until("wrapUp")
            desk.press("Alt+y")
            desk.until("idle")
            desk.customer.phone.stop()
            if number in (FIRST, CALLS):
                page.wait_for_timeout(6_000)
                heap, nodes, listeners = measure(cdp)
                print(f"# call {number}: heap {heap / 1e6:.2f} MB, {nodes} nodes, {listeners} listeners", flush=True)
                first = first or (heap, nodes, listeners)
        more = CALLS - FIRST
        expect(heap - first[0] < ROOM + more * BYTES_A_CALL, f"the heap grew from {first[0]} to {heap} bytes")
        expect(nodes - first[1] < ROOM_NODES + more * NODES_A_CALL, f"from {first[1]} to {nodes} nodes")
        expect(listeners - first[2] < ROOM_NODES + more, f"from {first[2]} to {listeners} listeners")
        expect(not page.faults, f"the page complains: {page.faults}")
