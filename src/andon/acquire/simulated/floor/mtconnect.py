"""An MTConnect agent that plays its machines: probe, current, sample and its stream, over HTTP."""

from __future__ import annotations

import asyncio
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from .addresses import HOST
from .observations import Asked, Observations
from .post import Post

HEARTBEAT = 10_000
BOUNDARY = "andon-demo-part"


async def serve(post: Post) -> None:
    """Serve until killed."""
    player = post.player()
    seen = Observations(player.paths)
    lots = post.lots(player)
    seen.add(await anext(lots))
    server = ThreadingHTTPServer((HOST, post.port), _agent(seen))
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    async for lines in lots:
        await asyncio.to_thread(seen.add, lines)
        post.sent(lines)


def _agent(seen: Observations) -> type[BaseHTTPRequestHandler]:
    class Agent(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = {k: v[-1] for k, v in parse_qs(url.query).items()}
            what = url.path.strip("/").rpartition("/")[2] or "probe"
            try:
                if what == "sample" and "interval" in asked:
                    self._stream(Asked.read(asked), int(asked["interval"]), int(asked.get("heartbeat", HEARTBEAT)))
                else:
                    self._answer(*seen.document(what, Asked.read(asked)))
            except ValueError as error:
                self._answer(*seen.error("INVALID_REQUEST", str(error)))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _answer(self, status: int, text: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _stream(self, asked: Asked, interval: int, heartbeat: int) -> None:
            """Parts without end: one as soon as there is something new, else one every heartbeat."""
            status, text, asked = seen.piece(asked)
            if status != 200:
                self._answer(status, text)
                return
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace;boundary={BOUNDARY}")
            self.send_header("Connection", "close")
            self.end_headers()
            while status == 200:
                head = f"--{BOUNDARY}\r\nContent-type: text/xml\r\nContent-length: {len(text)}\r\n\r\n"
                self.wfile.write(head.encode() + text + b"\r\n")
                self.wfile.flush()
                seen.wait(asked, interval / 1000, heartbeat / 1000)
                status, text, asked = seen.piece(asked)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass  # normal running is silent

    return Agent
