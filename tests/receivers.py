"""Those who are told: an HTTP server and a mail server of this computer that keep what they get, and may say no."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Post:
    """A webhook: bodies and keys as they came; the first `fails` get 503."""

    port: int = 0
    fails: int = 0
    answer: str = "ok"
    bodies: list[dict[str, object]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@contextmanager
def webhook(fails: int = 0, answer: str = "ok") -> Iterator[Post]:
    post = Post(fails=fails, answer=answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            post.keys.append(self.headers["Idempotency-Key"])
            if post.fails:
                post.fails -= 1
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            post.bodies.append(body)
            self.send_response(200)
            self.send_header("Content-Length", str(len(post.answer)))
            self.end_headers()
            self.wfile.write(post.answer.encode())

        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        post.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield post
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Mailbox:
    """A mail server (RFC 5321, as much as a client needs): mails as they came; `refuses` is said to DATA."""

    port: int = 0
    refuses: str = ""
    mails: list[Message] = field(default_factory=list)


@contextmanager
def mail_server(refuses: str = "") -> Iterator[Mailbox]:
    box = Mailbox(refuses=refuses)

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("220 test")
            for line in self.rfile:
                verb = line.split()[0].upper() if line.split() else b""
                if verb == b"QUIT":
                    self.say("221 bye")
                    return
                if verb == b"DATA" and not box.refuses:
                    self.say("354 go on")
                    data = b"".join(iter(self.rfile.readline, b".\r\n"))
                    box.mails.append(message_from_bytes(data))
                    self.say("250 taken")
                elif verb == b"DATA":
                    self.say(box.refuses)
                else:
                    self.say("250 ok")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
