"""The process of one server of the simulated shop floor."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Coroutine
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from ....apart import apart
from .post import Post


def begin(folder: Path, name: str) -> BaseProcess:
    """Begin a server of the floor in a folder; it ends with whoever began it."""
    process = apart(__name__).Process(target=_play, args=(folder, name), name=f"andon {name}", daemon=True)
    process.start()
    return process


def _play(folder: Path, name: str) -> None:
    """Play until killed; the module is the protocol's."""
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl-C at the terminal is meant for whoever began it
    with open(os.devnull, "rb") as nothing, (folder / f"{name}.log").open("ab") as log:
        for stream, file in enumerate((nothing, log, log)):
            os.dup2(file.fileno(), stream)
    post = Post.read(folder, name)
    serve = import_module(f".{post.kind}", __package__).serve
    asyncio.run(_until_orphaned(serve(post)))


async def _until_orphaned(serving: Coroutine[Any, Any, None]) -> None:
    """Go on as long as whoever started this process lives."""
    parent, work = multiprocessing.parent_process(), asyncio.ensure_future(serving)
    while parent is None or parent.is_alive():
        done, _ = await asyncio.wait([work], timeout=1)
        if done:
            return work.result()
    os._exit(0)
