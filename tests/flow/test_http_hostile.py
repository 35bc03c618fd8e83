#!/usr/bin/env python3
"""Hostile HTTP and WebSocket input against a running gateway.

    test_http_hostile.py http://127.0.0.1:8080 [/v1/live]

Prints one line a check and exits 1 when one fails. After every check the gateway must still answer.
"""
import base64
import os
import socket
import struct
import sys
import time
import urllib.parse

BASE = urllib.parse.urlparse(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080")
LIVE = sys.argv[2] if len(sys.argv) > 2 else "/v1/live"
HOST = f"Host: {BASE.netloc}\r\n"
failed = 0


def connect():
    sock = socket.create_connection((BASE.hostname, BASE.port or 80), timeout=5)
    sock.settimeout(15)
    return sock


def read_all(sock):
    data = b""
    try:
        while piece := sock.recv(65536):
            data += piece
    except OSError:
        pass
    return data


def exchange(request):
    """Sends bytes, ends our side, returns everything that comes back."""
    with connect() as sock:
        try:
            sock.sendall(request if isinstance(request, bytes) else request.encode("latin-1"))
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        return read_all(sock)


def status(reply):
    return int(reply[9:12]) if reply.startswith(b"HTTP/1.1 ") else 0


def alive():
    began = time.monotonic()
    good = status(exchange(f"GET /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")) == 200
    return good and time.monotonic() - began < 1


def check(name, good, seen=""):
    global failed
    good = good and alive()
    failed += not good
    print(f"{'ok  ' if good else 'FAIL'} {name}{'' if good else f'  {seen!r:.200}'}", flush=True)


def framings():
    inner = f"GET /healthz HTTP/1.1\r\n{HOST}\r\n"
    post = f"POST /whip/hostile HTTP/1.1\r\n{HOST}"
    heads = {
        "chunked": post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "chunked and length": post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "blank before colon": post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "folded": post + "X: a\r\n Transfer-Encoding: chunked\r\n\r\n",
        "bare LF": post + "X: a\nTransfer-Encoding: chunked\r\n\r\n",
        "bare CR": post + "X: a\rTransfer-Encoding: chunked\r\n\r\n",
        "NUL": post + "X: a\0\r\n\r\n",
        "two lengths": post + "Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde",
        "same length twice": post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
        "length list": post + "Content-Length: 5, 5\r\n\r\nabcde",
        "negative length": post + "Content-Length: -1\r\n\r\n",
        "signed length": post + "Content-Length: +5\r\n\r\nabcde",
        "hex length": post + "Content-Length: 0x5\r\n\r\nabcde",
        "wrapped length": post + "Content-Length: 18446744073709551621\r\n\r\nabcde",
        "empty length": post + "Content-Length:\r\n\r\n",
        "endless body": post + "Content-Length: 99999999999\r\n\r\n",
        "GET with body": f"GET /healthz HTTP/1.1\r\n{HOST}Content-Length: 5\r\n\r\nabcde",
        "no host": "GET /healthz HTTP/1.1\r\n\r\n",
        "two hosts": f"GET /healthz HTTP/1.1\r\n{HOST}{HOST}\r\n",
        "unknown method": f"BREW /healthz HTTP/1.1\r\n{HOST}\r\n",
        "HTTP/2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "huge head": f"GET / HTTP/1.1\r\n{HOST}X: {'a' * 100000}\r\n\r\n",
        "many headers": f"GET / HTTP/1.1\r\n{HOST}" + "X: 1\r\n" * 5000 + "\r\n",
        "long address": f"GET /{'a' * 15000} HTTP/1.1\r\n{HOST}\r\n",
        "noise": os.urandom(5000).decode("latin-1"),
    }
    for name, head in heads.items():
        reply = exchange(head + inner)
        check(f"framing: {name}", 400 <= status(reply) < 600 and status(reply) != 500
              and reply.count(b"HTTP/1.1 200") == 0, reply)


def traversals():
    dots = ["..", "%2e%2e", "%2E.", ".%2e", "..%00", "%252e%252e", "..;", "%c0%ae%c0%ae", "...", "..%5c"]
    slashes = ["/", "%2f", "\\", "%5c", "//", "%c0%af"]
    leaked = []
    for prefix in ["/", "/booth/", "/v1/", "/e/", "/whip/"]:
        for dot in dots:
            for slash in slashes:
                path = prefix + (dot + slash) * 6 + "etc/passwd"
                reply = exchange(f"GET {path} HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
                if b"root:" in reply or status(reply) == 0 or status(reply) >= 500:
                    leaked.append((path, reply[:80]))
    check("traversal: 300 encodings", not leaked, leaked[:3])


def upgrade(extra="", method="GET", version="13"):
    key = base64.b64encode(os.urandom(16)).decode()
    return (f"{method} {LIVE} HTTP/1.1\r\n{HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: {key}\r\n{extra}\r\n")


def frame(first, payload, masked=True):
    head = bytes([first])
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", len(payload))
    return head + (b"\0\0\0\0" if masked else b"") + payload


def close_code(data):
    """The code of the close frame behind the 101 answer, or None."""
    at = data.find(b"\r\n\r\n") + 4
    while at + 2 <= len(data):
        size, start = data[at + 1] & 127, at + 2
        if size == 126:
            size, start = struct.unpack(">H", data[at + 2:at + 4])[0], at + 4
        if data[at] & 15 == 8:
            return struct.unpack(">H", data[start:start + 2])[0] if size >= 2 else 1005
        at = start + size
    return None


def websockets():
    for name, request, wanted in [
            ("upgrade by POST", upgrade(method="POST"), (400, 405)),
            ("version 8", upgrade(version="8"), (400, 426)),
            ("foreign origin", upgrade("Origin: https://evil.example\r\n"), (403,)),
            ("null origin", upgrade("Origin: null\r\n"), (403,)),
            ("lookalike origin", upgrade(f"Origin: https://{BASE.netloc}.evil.example\r\n"), (403,))]:
        reply = exchange(request)
        check(f"websocket: {name}", status(reply) in wanted, reply)
    half = b"a" * 32000
    for name, frames, codes in [
            ("unmasked frame", frame(0x81, b"{}", masked=False), (1002,)),
            ("reserved bit", frame(0xc1, b"{}"), (1002,)),
            ("reserved opcode", frame(0x83, b""), (1002,)),
            ("bad UTF-8", frame(0x81, b"\xc3\x28"), (1007,)),
            ("promise of 2 GiB", b"\x81\xff" + struct.pack(">Q", 2 << 30) + b"\0\0\0\0", (1009,)),
            ("endless fragments", frame(0x01, half) + frame(0x00, half) * 10, (1009,)),
            ("ping of 126 bytes", frame(0x89, b"a" * 126), (1002,)),
            ("continuation of nothing", frame(0x80, b"{}"), (1002,))]:
        reply = exchange(upgrade().encode() + frames)
        check(f"websocket: {name}", status(reply) == 101 and close_code(reply) in codes,
              (close_code(reply), reply[-60:]))


def slow_sockets():
    starts = [b"", b"GET / HTTP/1.1\r\nX: ",
              f"POST /whip/x HTTP/1.1\r\n{HOST}Content-Length: 1000\r\n\r\na".encode()]
    socks = [connect() for _ in range(150)]
    for i, sock in enumerate(socks):
        sock.sendall(starts[i % 3])
    check("slow: others are served meanwhile", alive())
    until = time.monotonic() + 30
    for sock in socks:
        sock.settimeout(max(0.1, until - time.monotonic()))
        read_all(sock)
        sock.close()
    check("slow: all dropped within 30 s", time.monotonic() < until)


framings()
traversals()
websockets()
slow_sockets()
sys.exit(1 if failed else 0)
