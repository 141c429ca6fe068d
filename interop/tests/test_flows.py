"""Flows and prompts changed while callers listen: what the next caller hears, and what the standing one does."""

from harness import audio, centres
from harness.audio import expect_heard
from harness.bench import Ports, eventually, expect
from harness.hotline import Hotline
from harness.phone import Phone
from harness.registry import test

FLOW = "/flows/flow-menu.toml"
# Samples in which a tone has to be heard without a break: half a second.
WINDOW = audio.RATE // 2


def record(hotline, bench, key, hertz, seconds=1.5):
    """Uploads a tone as a recording of a library prompt and lets callers hear it."""
    file = bench.path(f"{key}-{hertz}.wav")
    audio.write_wav(file, audio.tone(hertz, seconds))
    made = hotline.upload(f"/prompts/{key}/versions?language=en", file.read_bytes())
    expect(made["durationMs"] == seconds * 1_000, f"the recording is {made}")
    hotline.call("POST", f"/prompts/{key}/versions/{made['version']}/use")
    return made["version"]


def make_prompt(hotline, key):
    hotline.call("POST", "/prompts", {"key": key, "name": {"en": key}})


def publish(hotline, change):
    """Changes the published flow on the way of the screen: draft, then publish."""
    flow = hotline.get(FLOW)
    document = flow["document"]
    change({node["name"]: node for node in document["node"]})
    saved = hotline.call("PUT", FLOW + "/draft", {"document": document})
    expect(not saved["findings"], f"the draft has faults: {saved['findings']}")
    return hotline.call("POST", FLOW + "/publish", {"revision": saved["revision"]})["version"]


def tone_heard(phone, hertz):
    """Whether half a second of what the phone has heard is this tone."""
    samples = phone.samples()
    return any(audio.strength(samples[start:start + WINDOW], hertz) > 0.9
               for start in range(0, max(0, len(samples) - WINDOW), WINDOW // 4))


def call(bench, hotline):
    phone = Phone(bench, hotline)
    expect(phone.call() == 200, "the call was not answered")
    return phone


@test("G16 a changed flow that is published during a call is heard by the next caller, and the standing one goes on")
def published_during_a_call(bench):
    hotline = Hotline(bench, centres.quick(bench, [Ports.take()]))
    make_prompt(hotline, "news")
    record(hotline, bench, "news", 700)
    standing = call(bench, hotline)
    hotline.await_node(hotline.interaction(0)["id"], "menu", 30)

    def change(nodes):
        nodes["notice"]["prompts"] = ["news"]
        nodes["counted"]["prompts"] = ["news"]

    expect(publish(hotline, change) == 2, "another version was published")
    next_caller = call(bench, hotline)
    eventually(lambda: tone_heard(next_caller, 700), 15, "the next caller hears the new text")
    standing.press("2")
    hotline.await_node(hotline.interaction(0)["id"], "counted", 15)
    next_caller.press("2")
    hotline.await_node(hotline.interaction(1)["id"], "counted", 15)
    expect(not tone_heard(standing, 700), "the standing caller hears the new text")
    standing.hang_up()
    next_caller.hang_up()
    for index in (0, 1):
        hotline.await_end(hotline.interaction(index)["id"])


@test("G16 an uploaded prompt is heard by callers, a new version by the next one, and the former after going back")
def uploaded(bench):
    hotline = Hotline(bench, centres.quick(bench, [Ports.take()]))
    make_prompt(hotline, "news")
    first = record(hotline, bench, "news", 700)
    publish(hotline, lambda nodes: nodes["notice"].update(prompts=["news"]))

    def expect_next(hertz, other):
        phone = call(bench, hotline)
        eventually(lambda: tone_heard(phone, hertz), 15, f"the tone of {hertz} Hz is heard")
        expect(not tone_heard(phone, other), "the other recording is heard too")
        phone.hang_up()

    expect_next(700, 1_100)
    record(hotline, bench, "news", 1_100)
    expect_next(1_100, 700)
    hotline.call("POST", f"/prompts/news/versions/{first}/use")
    expect_next(700, 1_100)
    uses = hotline.get("/prompts")["items"][0]["usedBy"]
    expect(uses == [{"flow": "flow-menu.toml", "nodes": ["notice"]}], f"it is used by {uses}")


@test("G16 an urgent announcement is heard before the greeting until it is taken back")
def urgent(bench):
    hotline = Hotline(bench, centres.quick(bench, [Ports.take()]))
    text = "The line to the north is closed because of snow until tomorrow morning."
    # The same speech from the library, to compare with.
    make_prompt(hotline, "snow")
    spoken = hotline.call("POST", "/prompts/snow/speech", {"language": "en", "text": text})
    content = hotline.request("GET", f"/api/v1/prompts/snow/versions/{spoken['version']}/audio")[2]
    speech = audio.read_wav(content)[0]
    made = hotline.call("POST", "/announcements", {"board": "urgent", "texts": {"en": text}})
    phone = call(bench, hotline)
    told = hotline.interaction(0)["id"]
    hotline.await_node(told, "menu", 40)
    nodes = [fact["payload"]["node"] for fact in hotline.facts(told, "flow.nodeEntered")]
    expect(nodes == ["!urgent", "notice", "menu"], f"the nodes were {nodes}")
    expect_heard(speech, phone.samples(), "what the caller heard first", 0.8)
    phone.hang_up()
    hotline.await_end(told)
    hotline.call("DELETE", f"/announcements/{made['id']}")
    plain = call(bench, hotline)
    later = hotline.interaction(1)["id"]
    hotline.await_node(later, "menu", 40)
    nodes = [fact["payload"]["node"] for fact in hotline.facts(later, "flow.nodeEntered")]
    expect(nodes == ["notice", "menu"], f"the nodes were {nodes}")
    plain.hang_up()
    hotline.await_end(later)
