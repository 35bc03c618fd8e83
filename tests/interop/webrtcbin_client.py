"""GStreamer's webrtcbin as a client of WHIP and WHEP, driven as aiortc_client.py is.

    webrtcbin_client.py publish|watch URL TOKEN [--colour R,G,B] [--tone HZ] [--codec VP8|H264]

Orders: {"do": "delete"}, {"do": "close"}.
"""
import argparse
import json
import ssl
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

RATE = 48000
PEER = "webrtcbin name=peer bundle-policy=max-bundle latency=50"
ENCODERS = {
    "VP8": "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=300 target-bitrate=400000 ! rtpvp8pay",
    "H264": "x264enc tune=zerolatency speed-preset=ultrafast bitrate=400 key-int-max=300 "
    "! video/x-h264,profile=constrained-baseline ! rtph264pay config-interval=-1 aggregate-mode=zero-latency",
}
VIDEO_CAPS = {
    "VP8": "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,"
    "rtcp-fb-nack=true,rtcp-fb-nack-pli=true",
    "H264": "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=102,packetization-mode=(string)1,"
    "rtcp-fb-nack=true,rtcp-fb-nack-pli=true",
}
WANTED = {"VP8": VIDEO_CAPS["VP8"], "H264": VIDEO_CAPS["H264"] + ",profile-level-id=(string)42e01f"}
SINK = "appsink name=sink emit-signals=true sync=false"
VIDEO_CHAIN = {
    "VP8": f"rtpvp8depay ! vp8dec ! videoconvert ! video/x-raw,format=RGB ! {SINK}",
    "H264": f"rtph264depay ! avdec_h264 ! videoconvert ! video/x-raw,format=RGB ! {SINK}",
}
AUDIO_CHAIN = (
    "rtpopusdepay ! opusdec ! audioconvert ! audioresample "
    f"! audio/x-raw,format=S16LE,channels=1,rate={RATE} ! {SINK}"
)
AUDIO_CAPS = "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=111,encoding-params=(string)2"

saying = threading.Lock()


def say(event, **facts):
    with saying:  # several threads say things
        print(json.dumps({"event": event, **facts}), flush=True)


def ask(method, url, token, body=None):
    headers = {"authorization": f"Bearer {token}"}
    if body is not None:
        headers["content-type"] = "application/sdp"
    request = urllib.request.Request(url, body and body.encode(), headers, method=method)
    # The gateway of a test has a certificate it signed itself.
    context = ssl._create_unverified_context() if url.startswith("https") else None
    try:
        with urllib.request.urlopen(request, context=context) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


class Seen:
    """What a watcher saw and heard."""

    def __init__(self):
        self.frames, self.colour, self.wave = 0, None, numpy.zeros(0)

    def picture(self, sink):
        sample = sink.emit("pull-sample")
        size = sample.get_caps().get_structure(0)
        width, height = size.get_value("width"), size.get_value("height")
        data = sample.get_buffer()
        pixels = numpy.frombuffer(data.extract_dup(0, data.get_size()), numpy.uint8)
        rows = pixels.reshape(height, -1)[:, : width * 3].reshape(height, width, 3)
        middle = rows[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4]
        self.colour = middle.mean((0, 1)).round().tolist()
        self.frames += 1
        return Gst.FlowReturn.OK

    def sound(self, sink):
        data = sink.emit("pull-sample").get_buffer()
        wave = numpy.frombuffer(data.extract_dup(0, data.get_size()), numpy.int16)
        self.wave = numpy.concatenate((self.wave, wave))[-RATE // 2 :]
        return Gst.FlowReturn.OK

    def tone(self):
        if len(self.wave) < RATE // 2 or abs(self.wave).max() < 500:
            return None
        spectrum = abs(numpy.fft.rfft(self.wave * numpy.hanning(len(self.wave))))
        return float(spectrum.argmax() * RATE / len(self.wave))

    def report(self):
        say("seen", frames=self.frames, colour=self.colour, tone=self.tone())
        return True


def source(options):
    red, green, blue = (int(part) for part in options.colour.split(","))
    argb = 0xFF000000 | red << 16 | green << 8 | blue
    return f"""
        audiotestsrc is-live=true freq={options.tone} volume=0.4 ! audio/x-raw,rate=48000,channels=2 ! opusenc
            ! rtpopuspay ! {AUDIO_CAPS} ! peer.
        videotestsrc is-live=true pattern=solid-color foreground-color={argb}
            ! video/x-raw,width=320,height=240,framerate=20/1 ! videoconvert ! video/x-raw,format=I420
            ! {ENCODERS[options.codec]} ! {VIDEO_CAPS[options.codec]} ! peer."""


class Client:
    def __init__(self, options):
        self.options, self.seen, self.location, self.offered = options, Seen(), None, False
        self.loop = GLib.MainLoop()
        if options.role == "publish":
            self.pipeline = Gst.parse_launch(f"{PEER} {source(options)}")
            self.peer = self.pipeline.get_by_name("peer")
        else:
            self.pipeline = Gst.Pipeline.new()
            self.peer = Gst.parse_launch(PEER)
            self.pipeline.add(self.peer)
        self.describe()

    # What is sent, or wanted.
    def describe(self):
        if self.options.role == "watch":
            for caps in (AUDIO_CAPS, WANTED[self.options.codec]):
                direction = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
                self.peer.emit("add-transceiver", direction, Gst.Caps.from_string(caps))
            self.peer.connect("pad-added", self.on_pad)
            GLib.timeout_add(100, self.seen.report)
        else:
            for at in range(2):
                transceiver = self.peer.emit("get-transceiver", at)
                transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.peer.connect("on-negotiation-needed", self.on_needed)
        self.peer.connect("notify::ice-gathering-state", self.on_gathering)
        self.peer.connect("notify::connection-state", self.on_state)

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        threading.Thread(target=self.obey, daemon=True).start()
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)

    def on_needed(self, peer):
        if not self.offered:
            self.offered = True
            peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self.on_offer))

    def on_offer(self, promise):
        reply = promise.get_reply()  # owns the offer
        offer = reply.get_value("offer")
        self.peer.emit("set-local-description", offer, Gst.Promise.new())

    # WHIP has one offer: it is sent when all candidates are in it.
    def on_gathering(self, peer, _):
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            threading.Thread(target=self.send_offer, daemon=True).start()

    def send_offer(self):
        offer = self.peer.get_property("local-description").sdp.as_text()
        status, headers, text = ask("POST", self.options.url, self.options.token, offer)
        if status != 201:
            say("refused", status=status, text=text, offer=offer)
            self.loop.quit()
            return
        self.location = urllib.parse.urljoin(self.options.url, headers["location"])
        say("created", location=self.location, etag=headers["etag"], answer=text)
        _, message = GstSdp.SDPMessage.new()
        GstSdp.sdp_message_parse_buffer(text.encode(), message)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.peer.emit("set-remote-description", answer, Gst.Promise.new())

    def on_state(self, peer, _):
        say(peer.get_property("connection-state").value_nick)

    def on_pad(self, _, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        video = pad.get_current_caps().get_structure(0).get_string("media") == "video"
        chain = VIDEO_CHAIN[self.options.codec] if video else AUDIO_CHAIN
        part = Gst.parse_bin_from_description(chain, True)
        sink = part.get_by_name("sink")
        sink.connect("new-sample", self.seen.picture if video else self.seen.sound)
        self.pipeline.add(part)
        part.sync_state_with_parent()
        if pad.link(part.get_static_pad("sink")) != Gst.PadLinkReturn.OK:
            sys.exit("the received stream cannot be taken")

    def obey(self):
        for line in sys.stdin:
            if json.loads(line)["do"] == "close":
                break
            status, _, _ = ask("DELETE", self.location, self.options.token)
            say("deleted", status=status)
        self.loop.quit()


parser = argparse.ArgumentParser()
parser.add_argument("role", choices=["publish", "watch"])
parser.add_argument("url")
parser.add_argument("token")
parser.add_argument("--colour", default="40,40,200")
parser.add_argument("--tone", type=float, default=880)
parser.add_argument("--codec", default="VP8")
Gst.init(None)
Client(parser.parse_args()).run()
