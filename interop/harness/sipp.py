"""Callers and agents played by sipp: scenarios put together from steps, and the processes that play them."""

import re
import socket

from .bench import Ports, eventually, expect

DTMF = "/usr/share/sip-tester/dtmf_2833_{}.pcap"
SPEECH = "/usr/share/sip-tester/g711a.pcap"

# Seconds after which a peer gives up.
PATIENCE = 60

AUDIO = """v=0
o=peer 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
"""
G729 = """v=0
o=peer 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 18
a=rtpmap:18 G729/8000
"""


def send(text, attributes=""):
    return f"<send {attributes}><![CDATA[\n{text}\n]]></send>\n"


def receive(what, attributes="", actions=""):
    kind = "response" if what.isdigit() else "request"
    inside = f"<action>{actions}</action>" if actions else ""
    return f'<recv {kind}="{what}" {attributes}>{inside}</recv>\n'


def keep(header, variable):
    return f'<ereg regexp=".*" search_in="hdr" header="{header}:" assign_to="{variable}"/>'


def pause(milliseconds):
    return f'<pause milliseconds="{milliseconds}"/>\n'


def play(path):
    return f'<nop><action><exec play_pcap_audio="{path}"/></action></nop>\n'


def press(key):
    return play(DTMF.format(key)) + pause(300)


def await_nudge():
    """Waits until the test says so with `Sipp.nudge`."""
    return receive("NOTIFY")


# The caller's steps

CALLER_HEAD = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]C[call_number]
{to}
Call-ID: [call_id]
CSeq: {number} {method}
Max-Forwards: 70"""


def _own(method, number, to="To: [$remote]"):
    return CALLER_HEAD.format(caller="[caller]", to=to, method=method, number=number)


def invite(sdp=AUDIO):
    head = _own("INVITE", 1, "To: <sip:[called]@[remote_ip]:[remote_port]>")
    return send(
        f"INVITE sip:[called]@[remote_ip]:[remote_port] SIP/2.0\n{head}\n"
        "Contact: <sip:[caller]@[local_ip]:[local_port];transport=[transport]>\n"
        f"Content-Type: application/sdp\nContent-Length: [len]\n\n{sdp}", 'retrans="500"')


def answered(rings=False):
    """The call is taken; `rings` demands a 180 before."""
    return (
        receive("100", 'optional="true"') + receive("180", "" if rings else 'optional="true"')
        + receive("200", 'rrs="true"', keep("To", "remote"))
        + send(f"ACK [next_url] SIP/2.0\n{_own('ACK', 1)}\nContent-Length: 0\n"))


def rejected(status, actions=""):
    return (
        receive("100", 'optional="true"') + receive(str(status), "", keep("To", "remote") + actions)
        + send(
            # The acknowledgement of a refusal belongs to the INVITE's transaction.
            "ACK sip:[called]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n"
            + _own("ACK", 1).split("\n", 1)[1] + "\nContent-Length: 0\n"))


def hang_up():
    return send(f"BYE [next_url] SIP/2.0\n{_own('BYE', 99)}\nContent-Length: 0\n", 'retrans="500"') + receive("200")


def crossing_hang_up():
    """Hangs up while the other side may be doing the same: 481 is as good as 200, and a BYE may come in between."""
    return send(f"BYE [next_url] SIP/2.0\n{_own('BYE', 99)}\nContent-Length: 0\n") + _crossing()


def _crossing():
    return (
        receive("BYE", 'optional="true" next="crossed"') + receive("481", 'optional="true" next="over"')
        + receive("200", 'next="over"') + '<label id="crossed"/>\n' + send(_reply("200 OK"))
        + receive("481", 'optional="true"  next="over"') + receive("200") + '<label id="over"/>\n')


def cancel():
    """Gives up before the answer."""
    return (
        # A CANCEL has the Via of the INVITE.
        send(
            "CANCEL sip:[called]@[remote_ip]:[remote_port] SIP/2.0\n"
            + _own("CANCEL", 1, "To: <sip:[called]@[remote_ip]:[remote_port]>").replace(
                "branch=[branch]", "branch=[branch-4]") + "\nContent-Length: 0\n", 'retrans="500"')
        + receive("200") + receive("487", "", keep("To", "remote"))
        + send(
            "ACK sip:[called]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n"
            + _own("ACK", 1).split("\n", 1)[1] + "\nContent-Length: 0\n"))


def info(key, number=2):
    return send(
        f"INFO [next_url] SIP/2.0\n{_own('INFO', number)}\nContent-Type: application/dtmf-relay\n"
        f"Content-Length: [len]\n\nSignal={key}\nDuration=160\n", 'retrans="500"') + receive("200")


REPLY = """SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
"""


def _reply(status, tag="", rest="Content-Length: 0\n"):
    return REPLY.format(status=status, tag=tag) + rest


def await_bye():
    """The other side hangs up."""
    return receive("BYE") + send(_reply("200 OK"))


# The agent's steps

TAG = ";tag=[pid]A[call_number]"
CONTACT = "Contact: <sip:agent@[local_ip]:[local_port];transport=[transport]>\n"


# The words of the INVITE, for answers after something else has come.
KEPT = keep("CSeq", "cseq") + keep("From", "remote") + keep("To", "own") + keep("Via", "via")


def ring():
    actions = (
        KEPT + '<log message="rings [call_id]"/>')
    return receive("INVITE", 'rrs="true"', actions) + send(
        _to_invite("180 Ringing", CONTACT + "Content-Length: 0\n"))


def refuse_unrung(status):
    return receive("INVITE", 'rrs="true"', KEPT + '<log message="rings [call_id]"/>') + refuse(status)


def _to_invite(status, rest="Content-Length: 0\n"):
    return (
        f"SIP/2.0 {status}\nVia: [$via]\nFrom: [$remote]\nTo: [$own]{TAG}\n[last_Call-ID:]\nCSeq: [$cseq]\n"
        f"{rest}")


def answer(sdp=AUDIO):
    return send(
        _to_invite("200 OK", CONTACT + f"Content-Type: application/sdp\nContent-Length: [len]\n\n{sdp}"),
        'retrans="500"') + receive("ACK")


def refuse(status):
    return send(_to_invite(f"{status} Refused"), 'retrans="500"') + receive("ACK")


def await_cancel():
    """The offer is withdrawn while it rings."""
    return (
        receive("CANCEL") + send(_reply("200 OK", TAG))
        + send(_to_invite("487 Request Terminated"), 'retrans="500"') + receive("ACK"))


def agent_hang_up():
    return _agent_bye() + receive("200")


def crossing_agent_hang_up():
    return _agent_bye() + _crossing()


def _agent_bye():
    return send(
        "BYE [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"From: [$own]{TAG}\nTo: [$remote]\n[last_Call-ID:]\nCSeq: 7 BYE\nMax-Forwards: 70\n"
        "Content-Length: 0\n", 'retrans="500"')


def scenario(steps):
    text = "".join(steps)
    used = sorted(set(re.findall(r'assign_to="(\w+)"', text)))
    end = f'<Reference variables="{",".join(used)}"/>\n' if used else ""
    return f'<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="interop">\n{text}{end}</scenario>\n'


class Sipp:
    """One sipp process."""

    def __init__(self, bench, name, steps, options, port=None, ip="127.0.0.1", calls=1, transport="u1",
                 patience=PATIENCE):
        self.name = name
        self.ip = ip
        self.port = port or Ports.take(1)
        file = bench.path(f"{name}.xml")
        file.write_text(scenario(steps))
        self.messages, self.errors = file.with_suffix(".messages"), file.with_suffix(".errors")
        self.log = file.with_suffix(".log")
        media = Ports.take(4, even=True)
        self.process = bench.start(name, [
            "sipp", *options, "-sf", file, "-i", ip, "-p", self.port, "-mi", ip, "-mp", media, "-m", calls,
            "-nostdin", "-t", transport, "-timeout", patience, "-timeout_error", "-cid_str", f"{name}-%u",
            "-trace_err", "-error_file", self.errors, "-trace_msg", "-message_file", self.messages,
            "-trace_logs", "-log_file", self.log], cwd=bench.folder)

    def expect_ok(self, within=30):
        """Fails unless the scenario was played to its end."""
        code = self.process.wait(within, f"{self.name}")
        if code != 0:
            errors = self.errors.read_text(errors="replace")[-500:] if self.errors.exists() else ""
            expect(False, f"{self.name}: sipp ended with {code}. {errors or self.process.said()[-300:]}")

    def said(self):
        return self.messages.read_text(errors="replace") if self.messages.exists() else ""

    def rings(self):
        """The call-ids that rang here."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return re.findall(r"rings (\S+)", text)

    def await_ring(self, within=15, number=0):
        return eventually(lambda: self.rings()[number:number + 1], within, f"{self.name} rings")[0]

    def nudge(self, call=None):
        """Lets the scenario go on after `await_nudge`. The call is the caller's own first, or the one that rang."""
        call = call or f"{self.name}-1"
        lines = [
            f"NOTIFY sip:peer@{self.ip}:{self.port} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-nudge-{self.port}", "From: <sip:test@127.0.0.1>;tag=n",
            "To: <sip:peer@127.0.0.1>", f"Call-ID: {call}", "CSeq: 1 NOTIFY", "Content-Length: 0", "", ""]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto("\r\n".join(lines).encode(), (self.ip, self.port))


def caller(bench, hotline, steps, called="5186", name="caller", number="8100", sdp=AUDIO, **options):
    """Calls at once."""
    return Sipp(
        bench, name, [invite(sdp), *steps],
        [hotline.sip, "-key", "called", called, "-key", "caller", number, "-r", options.pop("rate", 10),
         # Without it sipp holds back what is more than three seconds' worth.
         "-l", options.get("calls", 1)],
        **options)


def agent(bench, steps, port, name="agent", echo=False, **options):
    """Waits for calls at `port`."""
    return Sipp(bench, name, steps, ["-rtp_echo"] if echo else [], port=port, **options)
