"""An agent's phone played by baresip: registers with digest, answers, speaks a file and keeps what it hears."""

from .bench import Ports, eventually, expect

MODULES = "/usr/lib/baresip/modules"

CONFIG = """
sip_listen              127.0.0.1:{port}
net_interface           127.0.0.1
call_local_timeout      120
call_max_calls          4
audio_player            aubridge,none
audio_source            {source}
audio_alert             aubridge,none
ausrc_srate             8000
auplay_srate            8000
audio_level             no
rtp_ports               {first}-{last}
rtcp_mux                no
jitter_buffer_delay     2-10
module_path             {modules}
module                  g711.so
module                  aufile.so
module                  aubridge.so
module                  sndfile.so
snd_path                {folder}
module_tmp              account.so
module_app              menu.so
"""


class Baresip:
    """One baresip process with one account; `dials` is called at once."""

    def __init__(self, bench, hotline, user, password, speech, transport="udp", name="baresip",
                 answers="auto", registers=True, port=None, dials=None):
        self.folder = bench.path(name)
        self.folder.mkdir()
        self.port = port or Ports.take(1)
        first = Ports.take(10, even=True)
        (self.folder / "config").write_text(CONFIG.format(
            port=self.port, folder=self.folder, source=f"aufile,{speech}", first=first,
            last=first + 9, modules=MODULES))
        (self.folder / "accounts").write_text(
            f"<sip:{user}@{hotline.sip};transport={transport}>;auth_pass={password};auth_user={user}"
            f";answermode={answers};regint={60 if registers else 0};ptime=20;audio_codecs=PCMA/8000/1\n")
        (self.folder / "contacts").write_text("")
        dialling = ["-e", f"/dial sip:{dials}@{hotline.sip}"] if dials else []
        self.process = bench.start(
            name, ["baresip", "-f", self.folder, "-p", self.folder, *dialling], cwd=self.folder)
        if registers:
            eventually(self._is_registered, 15, "baresip has registered")
        else:
            eventually(lambda: "baresip is ready" in self.process.said(), 15, "baresip has started")

    def await_ring(self, within=20):
        eventually(lambda: "ncoming call" in self.process.said(), within, "baresip rings")

    def heard(self):
        """The file with everything that was heard, once the call is over."""
        return next(iter(self.folder.glob("dump-*-dec.wav")), None)

    def _is_registered(self):
        expect(self.process.code is None, f"baresip has ended: {self.process.said()[-400:]}")
        return "200 OK" in self.process.said()
