"""The floor's MQTT broker: Mosquitto where it is installed, else amqtt in a process of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from .addresses import HOST
from .post import Post

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def mosquitto(folder: Path, port: int) -> list[str] | None:
    """The command of a Mosquitto that keeps its sessions on disk; None where it is not installed."""
    if MOSQUITTO is None:
        return None
    home = folder / "broker"
    home.mkdir(exist_ok=True)
    root = "user root\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    (home / "mosquitto.conf").write_text(
        f"listener {port} {HOST}\nallow_anonymous true\nmax_inflight_messages 500\nmax_queued_messages 200000\n"
        f"persistence true\npersistence_location {home}/\nautosave_interval 1\nautosave_on_changes false\n{root}",
        "utf-8",
    )
    return [MOSQUITTO, "-c", str(home / "mosquitto.conf")]


async def serve(post: Post) -> None:
    """Be the broker, until killed."""
    if command := mosquitto(post.folder, post.port):
        os.execv(command[0], command)
    from amqtt.broker import Broker  # type: ignore[import-untyped]  # it brings no types

    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{post.port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    await asyncio.Event().wait()
