"""Audio for the tests: A-law, the files involved, and whether two pieces of audio are the same piece."""

import math
import pathlib
import struct

from .bench import Failed, expect

SPEECH = pathlib.Path("/usr/share/sip-tester/g711a.pcap")
RATE = 8_000
# Samples of one value of an envelope: 20 ms.
FRAME = 160


def _linear(code):
    """One A-law octet as a 16-bit sample (ITU-T G.711)."""
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    value = (mantissa << 4) + 8
    if exponent:
        value = (value + 0x100) << (exponent - 1)
    return value if code & 0x80 else -value


def _linear_mu(code):
    code = ~code & 0xFF
    value = ((((code & 15) << 3) + 0x84) << (code >> 4 & 7)) - 0x84
    return -value if code & 0x80 else value


A_LAW = [_linear(code) for code in range(256)]
MU_LAW = [_linear_mu(code) for code in range(256)]


def from_a_law(octets):
    return [A_LAW[code] for code in octets]


def a_law(samples):
    """The A-law octets nearest to the samples."""
    nearest = sorted((value, code) for code, value in enumerate(A_LAW))
    values = [value for value, _ in nearest]
    import bisect

    return bytes(nearest[min(bisect.bisect_left(values, sample), 255)][1] for sample in samples)


def from_pcap(path=SPEECH):
    """The samples of a capture of one A-law stream."""
    data = pathlib.Path(path).read_bytes()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    octets, position = b"", 24
    while position < len(data):
        length = struct.unpack(order + "I", data[position + 8:position + 12])[0]
        packet = data[position + 16:position + 16 + length]
        # Ethernet, IP with its own length, UDP, RTP without extensions.
        octets += packet[14 + (packet[14] & 15) * 4 + 8 + 12:]
        position += 16 + length
    return from_a_law(octets)


def read_wav(content):
    """(channels, samples of each) of a WAV file with A-law, mu-law or 16-bit samples at 8 kHz."""
    if len(content) < 12 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise Failed("no WAV file")
    position, form, body = 12, None, b""
    while position + 8 <= len(content):
        name, length = content[position:position + 4], struct.unpack("<I", content[position + 4:position + 8])[0]
        part = content[position + 8:position + 8 + length]
        if name == b"fmt ":
            form = struct.unpack("<HHI", part[:8])
        elif name == b"data":
            expect(len(part) == length, f"the WAV file says {length} bytes of audio and has {len(part)}")
            body = part
        position += 8 + length + (length & 1)
    expect(form is not None, "the WAV file has no format")
    kind, channels, rate = form
    expect(rate == RATE, f"the WAV file has {rate} samples a second")
    if kind == 6:
        samples = from_a_law(body)
    elif kind == 7:
        samples = [MU_LAW[code] for code in body]
    else:
        expect(kind == 1, f"the WAV file has format {kind}")
        samples = list(struct.unpack(f"<{len(body) // 2}h", body[:len(body) // 2 * 2]))
    return [samples[channel::channels] for channel in range(channels)]


def write_wav(path, samples):
    """A WAV file of 16-bit samples, one channel."""
    body = struct.pack(f"<{len(samples)}h", *samples)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", 16, 1, 1, RATE,
                       RATE * 2, 2, 16, b"data", len(body))
    pathlib.Path(path).write_bytes(head + body)


def envelope(samples):
    """Loudness (root mean square) of each frame."""
    return [
        math.sqrt(sum(sample * sample for sample in samples[start:start + FRAME]) / FRAME)
        for start in range(0, len(samples) - FRAME + 1, FRAME)]


def likeness(piece, whole):
    """How well the loudness of `piece` fits somewhere in `whole`: (correlation up to 1, seconds into `whole`)."""
    piece = envelope(piece)
    found = [(*_best(piece, envelope(whole[shift:])), shift) for shift in range(0, FRAME, FRAME // 4)]
    best, place, shift = max(found)
    return best, (place * FRAME + shift) / RATE


def _best(piece, whole):
    best, place = 0.0, 0
    mean = sum(piece) / max(1, len(piece))
    wanted = [value - mean for value in piece]
    power = math.sqrt(sum(value * value for value in wanted)) or 1
    for start in range(0, len(whole) - len(piece) + 1):
        part = whole[start:start + len(piece)]
        middle = sum(part) / len(part)
        norm = math.sqrt(sum((value - middle) ** 2 for value in part))
        if norm == 0:
            continue
        found = sum(a * (b - middle) for a, b in zip(wanted, part)) / (power * norm)
        if found > best:
            best, place = found, start
    return best, place


def expect_heard(piece, whole, who, least=0.9):
    """Fails unless `piece` is to be heard in `whole`; returns where, in seconds."""
    expect(max(map(abs, whole), default=0) > 500, f"{who}: silence, {len(whole) / RATE:.1f} s")
    found, place = likeness(piece, whole)
    expect(found >= least, f"{who}: not what was said (likeness {found:.2f}, {len(whole) / RATE:.1f} s)")
    return place


def expect_heard_in_part(said, whole, who, least=0.85):
    """Fails unless two seconds of what was said are to be heard in `whole`; returns how much later they come there.

    For sound that passed another program's jitter buffer or echo, which stretches and skips on a busy machine, so that
    seven seconds at a stretch need not be whole. Other sound has a likeness below 0.5.
    """
    expect(max(map(abs, whole), default=0) > 500, f"{who}: silence, {len(whole) / RATE:.1f} s")
    starts = [second * RATE for second in range(0, len(said) // RATE - 1)]
    found, place, start = max((*likeness(said[start:start + 2 * RATE], whole), start) for start in starts)
    expect(found >= least, f"{who}: not what was said (likeness {found:.2f} at best, {len(whole) / RATE:.1f} s)")
    return place - start / RATE


def tone(hertz, seconds, level=8_000):
    return [round(level * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(seconds * RATE))]


def strength(samples, hertz):
    """What part of the power of the samples lies at a frequency, 0 to 1 (Goertzel's algorithm)."""
    power = sum(sample * sample for sample in samples)
    if not power:
        return 0.0
    step = 2 * math.cos(2 * math.pi * hertz / RATE)
    a = b = 0.0
    for sample in samples:
        a, b = sample + step * a - b, a
    return 2 * (a * a + b * b - step * a * b) / (len(samples) * power)


def tone_share(samples, hertz):
    """What part of the power lies at a frequency, 0 to 1, by tenths of a second: a tone that another program's jitter buffer
    has cut or stretched is the same tone, while over its whole length its pieces would cancel each other."""
    step = RATE // 10
    pieces = [samples[start:start + step] for start in range(0, len(samples) - step + 1, step)]
    powers = [sum(sample * sample for sample in piece) for piece in pieces]
    return sum(power * strength(piece, hertz) for piece, power in zip(pieces, powers)) / (sum(powers) or 1)
