"""A small WHIP and WHEP server on aiortc that a test drives by lines of JSON, as aiortc_client.py is.

    aiortc_server.py serve http://ADDRESS:PORT TOKEN [--colour R,G,B] [--tone HZ]

POST /whep shows a colour and a tone, POST /whip takes what is published and reports it ("seen"), POST /moved/... answers 307
and DELETE ends a session ("deleted").
"""
import argparse
import asyncio
import sys
import uuid

from aiohttp import web
from aiortc import RTCPeerConnection, RTCSessionDescription

from aiortc_client import Colour, Seen, Tone, say


class Server:
    def __init__(self, options):
        self.options, self.sessions, self.seen = options, {}, Seen()

    def is_wrong(self, request):
        return request.headers.get("authorization") != f"Bearer {self.options.token}"

    async def offer(self, request):
        if self.is_wrong(request):
            return web.Response(status=401)
        if request.content_type != "application/sdp":
            return web.Response(status=415)
        pc, session = RTCPeerConnection(), uuid.uuid4().hex
        if request.path == "/whep":
            pc.addTrack(Tone(self.options.tone))
            pc.addTrack(Colour([int(part) for part in self.options.colour.split(",")]))
        else:
            pc.on("track", lambda track: asyncio.ensure_future(self.seen.take(track)))
        pc.on("connectionstatechange", lambda: say(pc.connectionState))
        await pc.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
        await pc.setLocalDescription(await pc.createAnswer())
        self.sessions[session] = pc
        say("created", path=request.path)
        headers = {"location": f"/session/{session}", "etag": '"1"'}
        return web.Response(status=201, text=pc.localDescription.sdp, content_type="application/sdp", headers=headers)

    async def moved(self, request):
        return web.Response(status=307, headers={"location": f"/{request.match_info['to']}"})

    async def delete(self, request):
        pc = self.sessions.pop(request.match_info["session"], None)
        if self.is_wrong(request) or not pc:
            return web.Response(status=404)
        await pc.close()
        say("deleted")
        return web.Response()

    async def run(self):
        app = web.Application()
        app.add_routes([web.post("/whip", self.offer), web.post("/whep", self.offer), web.post("/moved/{to}", self.moved),
                        web.delete("/session/{session}", self.delete)])
        runner = web.AppRunner(app)
        await runner.setup()
        host, port = self.options.url.removeprefix("http://").rsplit(":", 1)
        await web.TCPSite(runner, host, int(port)).start()
        say("serving")
        reporting = asyncio.ensure_future(self.seen.report())
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        reporting.cancel()
        for pc in self.sessions.values():
            await pc.close()
        await runner.cleanup()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["serve"])
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--colour", default="60,60,200")
    parser.add_argument("--tone", type=float, default=700)
    await Server(parser.parse_args()).run()


asyncio.run(main())
