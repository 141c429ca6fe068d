"""Flows and prompts changed while callers listen: what the next caller hears, and what the standing one does."""

import signal

from harness import audio, centres
from harness.audio import expect_heard
from harness.baresip import Baresip
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


def spoken_by_telephone(hotline, version):
    """The samples of a version that has come by telephone."""
    content = hotline.request("GET", f"/api/v1/prompts/news/versions/{version}/audio")[2]
    return audio.read_wav(content)[0]


@test("G16 a prompt is spoken into a telephone by a code, ends with # or by hanging up, and callers hear it")
def by_telephone(bench):
    hotline = Hotline(bench, centres.quick(bench, [Ports.take()]))
    make_prompt(hotline, "news")

    def dial(code):
        phone = Phone(bench, hotline, called=code)
        return phone, phone.call()

    def versions():
        return hotline.get("/prompts/news/versions")["items"]

    def speak(hertz, end):
        code = hotline.call("POST", "/prompts/news/phone-code", {"language": "en"})["dial"]
        phone, status = dial(code)
        expect(status == 200, f"the code was answered with {status}")
        phone.expect_prompt(0.36)
        # The tone is heard; what is said from here on is wanted, after the breath that everybody takes.
        phone.say([0] * audio.RATE + audio.tone(hertz, 2.0))
        eventually(lambda: not phone.queue, 10, "everything has been said")
        before = len(versions())
        end(phone)
        eventually(lambda: len(versions()) == before + 1, 15, "the version appears")
        newest = versions()[0]
        expect(newest["source"] == "phone" and not newest["isCurrent"], f"the version is {newest}")
        expect(2_500 <= newest["durationMs"] <= 6_000, f"the version lasts {newest['durationMs']} ms")
        samples = spoken_by_telephone(hotline, newest["version"])
        expect(any(audio.strength(samples[start:start + WINDOW], hertz) > 0.9
                   for start in range(0, len(samples) - WINDOW, WINDOW // 4)), "the tone is in the version")
        expect(not any(audio.strength(samples[start:start + 800], 880) > 0.5
                       for start in range(0, len(samples) - 800, 400)), "our own tone is in the version")
        expect(dial(code)[1] == 404, "a used code is unknown")
        return newest["version"]

    def press(phone):
        phone.press("#")
        phone.await_bye()

    speak(1_000, press)
    version = speak(1_300, lambda phone: phone.hang_up())
    # Nobody of the routing has heard of these calls.
    expect(hotline.get("/interactions")["items"] == [], "the calls stand in the list of contacts")
    hotline.call("POST", f"/prompts/news/versions/{version}/use")
    publish(hotline, lambda nodes: nodes["notice"].update(prompts=["news"]))
    caller = call(bench, hotline)
    eventually(lambda: tone_heard(caller, 1_300), 15, "a caller hears what was spoken into the telephone")
    caller.hang_up()
    hotline.await_end(hotline.interaction(0)["id"])


@test("G16 a registered baresip records a prompt by a code, and who is neither registered nor a trunk cannot")
def by_registered_telephone(bench):
    centre = centres.demo(bench)
    text = centre.read_text()
    moved = text.replace('addresses = ["127.0.0.1"]', 'addresses = ["127.0.0.9"]')
    expect(moved != text, "the trunk is at another address")
    centre.write_text(moved)
    hotline = Hotline(bench, centre)
    make_prompt(hotline, "news")
    code = hotline.call("POST", "/prompts/news/phone-code", {"language": "en"})["dial"]
    status = Phone(bench, hotline, called=code).call()
    expect(status == 403, f"a stranger who knows the code was answered with {status}")
    speech = bench.path("speech.wav")
    audio.write_wav(speech, audio.tone(700, 20))
    user, password = centres.demo_account("01")
    # baresip dials before it registers, and who has not registered may not call.
    Baresip(bench, hotline, user, password, speech)
    status = Phone(bench, hotline, called=code).call()
    expect(status == 407, f"a stranger at the address of a phone was answered with {status}")
    phone = Baresip(bench, hotline, user, password, speech, name="dialling", registers=False, dials=code)
    spoken = hotline.data / "prompts/spoken"
    eventually(lambda: any(file.stat().st_size > 2 * audio.RATE for file in spoken.glob("*/*.wav")), 20,
               "two seconds have been recorded")
    phone.process.signal(signal.SIGTERM)
    phone.process.wait(10, "baresip")
    eventually(lambda: hotline.get("/prompts/news/versions")["items"], 15, "the version appears")
    samples = spoken_by_telephone(hotline, 1)[WINDOW:-WINDOW]
    expect(audio.strength(samples, 700) > 0.9, "the tone is in the version")
    expect(not list(spoken.glob("*")), "nothing is left of the call")
