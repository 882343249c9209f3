"""One server of the simulated shop floor: `python -m andon.acquire.simulated.floor FOLDER NAME`."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from importlib import import_module
from pathlib import Path
from typing import Any

from .post import Post


def main(folder: str, name: str) -> None:
    """Play until killed; the module is the protocol's."""
    post = Post.read(Path(folder), name)
    serve = import_module(f".{post.kind}", __package__).serve
    asyncio.run(_until_orphaned(serve(post)))


async def _until_orphaned(serving: Coroutine[Any, Any, None]) -> None:
    """Go on as long as whoever started this process lives."""
    parent, work = os.getppid(), asyncio.ensure_future(serving)
    while os.getppid() == parent:
        done, _ = await asyncio.wait([work], timeout=1)
        if done:
            return work.result()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
