"""An aiortc client of WHIP and WHEP that a test drives by lines of JSON.

    aiortc_client.py publish|watch URL TOKEN [--colour R,G,B] [--tone HZ] [--codec VP8|H264] [--impostor yes]
        [--counter yes]

With --counter a watcher's offer is empty, and the server's counter-offer is answered. An impostor offers the fingerprint of a certificate that it does not have.

It prints what happens ({"event": "created", ...}, "connected", "seen", "ended": DTLS was closed) and reads orders
from standard input: {"do": "delete"}, {"do": "close"} (as a page that is left), and {"do": "inject", "data":
[hex, ...]}, which sends datagrams along the connected path: as they are, or with "protect" as SRTP of this session.
"""
import argparse
import asyncio
import json
import re
import sys
from fractions import Fraction

import aiohttp
import aioice.ice
import numpy
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCRtpSender, RTCSessionDescription, VideoStreamTrack
from av import AudioFrame, VideoFrame

RATE = 48000
FRAME = RATE // 50

# A machine without a network has only 127.0.0.1, which aioice leaves out.
gather = aioice.ice.get_host_addresses
aioice.ice.get_host_addresses = lambda **families: gather(**families) or ["127.0.0.1"]


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


class Colour(VideoStreamTrack):
    """One colour, with a bar that moves so that every picture is a new one."""

    def __init__(self, colour):
        super().__init__()
        self.colour, self.count = colour, 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        picture = numpy.empty((240, 320, 3), numpy.uint8)
        picture[:] = self.colour
        at = self.count * 4 % 320
        picture[:24, at : at + 16] = 255
        self.count += 1
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self, hertz):
        super().__init__()
        self.hertz, self.at, self.start = hertz, 0, None

    async def recv(self):
        loop = asyncio.get_running_loop()
        self.start = self.start or loop.time()
        await asyncio.sleep(max(0, self.start + self.at / RATE - loop.time()))
        wave = numpy.sin(2 * numpy.pi * self.hertz * numpy.arange(self.at, self.at + FRAME) / RATE)
        frame = AudioFrame.from_ndarray((wave * 12000).astype(numpy.int16)[None, :], layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.at, Fraction(1, RATE)
        self.at += FRAME
        return frame


class Seen:
    """What a watcher saw and heard."""

    def __init__(self):
        self.frames, self.colour, self.wave = 0, None, numpy.zeros(0)

    async def take(self, track):
        while True:
            try:
                frame = await track.recv()
            except Exception:
                return
            if track.kind == "video":
                self.frames += 1
                self.colour = frame.to_ndarray(format="rgb24")[60:180, 80:240].mean((0, 1)).round().tolist()
            else:
                wave = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
                self.wave = numpy.concatenate((self.wave, wave))[-RATE // 2 :]

    def tone(self):
        if len(self.wave) < RATE // 2 or abs(self.wave).max() < 500:
            return None
        spectrum = abs(numpy.fft.rfft(self.wave * numpy.hanning(len(self.wave))))
        return float(spectrum.argmax() * RATE / len(self.wave))

    async def report(self):
        while True:
            await asyncio.sleep(0.1)
            say("seen", frames=self.frames, colour=self.colour, tone=self.tone())


def prefer(pc, codec):
    for transceiver in pc.getTransceivers():
        if transceiver.kind == "video":
            all_codecs = RTCRtpSender.getCapabilities("video").codecs
            transceiver.setCodecPreferences([c for c in all_codecs if c.mimeType == f"video/{codec}"])


def add_media(pc, options, seen):
    if options.role == "publish":
        pc.addTransceiver(Tone(options.tone), "sendonly")
        pc.addTransceiver(Colour([int(part) for part in options.colour.split(",")]), "sendonly")
    else:
        for kind in [] if options.counter else ["audio", "video"]:
            pc.addTransceiver(kind, "recvonly")
        pc.on("track", lambda track: asyncio.ensure_future(seen.take(track)))
    prefer(pc, options.codec)


NOTHING = "v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


def headers(options):
    return {"authorization": f"Bearer {options.token}", "content-type": "application/sdp"}


async def post(http, options, offer, wanted):
    """The session's address and the SDP of the reply; neither when its status is not the wanted one."""
    async with http.post(options.url, data=offer, headers=headers(options)) as reply:
        text = await reply.text()
        if reply.status != wanted:
            say("refused", status=reply.status, text=text)
            return None, None
        location = str(reply.url.join(aiohttp.client.URL(reply.headers["location"])))
        links = ", ".join(reply.headers.getall("link", []))
        say("created", location=location, etag=reply.headers.get("etag"), answer=text, links=links)
        return location, text


async def counter(pc, http, options):
    """An offer of nothing, so that the server makes one, which is answered by PATCH."""
    location, text = await post(http, options, NOTHING, 406)
    if not location:
        return None
    await pc.setRemoteDescription(RTCSessionDescription(text, "offer"))
    await pc.setLocalDescription(await pc.createAnswer())
    async with http.patch(location, data=pc.localDescription.sdp, headers=headers(options)) as reply:
        say("answered", status=reply.status, text=await reply.text())
    return location


async def connect(pc, http, options):
    if options.counter:
        return await counter(pc, http, options)
    await pc.setLocalDescription(await pc.createOffer())
    offer = pc.localDescription.sdp
    if options.impostor:
        offer = re.sub(r"(a=fingerprint:sha-256 )\S+", r"\1" + ":".join(["AB"] * 32), offer)
    location, text = await post(http, options, offer, 201)
    if not location:
        return None
    dtls = pc.getTransceivers()[0].sender.transport
    dtls.on("statechange", lambda: dtls.state == "closed" and say("ended"))  # close_notify came, or we left
    await pc.setRemoteDescription(RTCSessionDescription(text, "answer"))
    return location


async def inject(pc, order):
    dtls = pc.getTransceivers()[0].sender.transport
    send = dtls._send_rtp if order.get("protect") else dtls.transport._send
    for data in order["data"]:
        try:
            await send(bytes.fromhex(data))
        except ConnectionError:
            return say("gone")
        except Exception:  # libsrtp takes no packet that is no packet: it goes as it is
            await dtls.transport._send(bytes.fromhex(data))
    say("injected", count=len(order["data"]))


async def obey(pc, http, options, location):
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        order = json.loads(line) if line.strip() else {"do": "close"}
        if order["do"] == "inject":
            await inject(pc, order)
        elif order["do"] == "delete":
            async with http.delete(location, headers={"authorization": f"Bearer {options.token}"}) as reply:
                say("deleted", status=reply.status)
        else:
            await pc.close()
            return


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["publish", "watch"])
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--colour", default="200,40,40")
    parser.add_argument("--tone", type=float, default=440)
    parser.add_argument("--codec", default="VP8")
    parser.add_argument("--counter")
    parser.add_argument("--impostor")
    options = parser.parse_args()
    pc, seen = RTCPeerConnection(), Seen()
    add_media(pc, options, seen)
    pc.on("connectionstatechange", lambda: say(pc.connectionState))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as http:
        location = await connect(pc, http, options)
        if not location:
            return
        reporting = asyncio.ensure_future(seen.report()) if options.role == "watch" else None
        await obey(pc, http, options, location)
        if reporting:
            reporting.cancel()


if __name__ == "__main__":
    asyncio.run(main())
