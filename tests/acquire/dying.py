"""A plant at work in a process that ends itself with SIGKILL right after so many commits, before it says so."""

import os
import signal
import time
from pathlib import Path

from andon.acquire.gather import Gather, Site
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Batch, Receipt


def main(folder: Path, commits: int) -> None:
    history = Historian.own(folder / "history")
    done = 0

    def write(batch: Batch) -> Receipt:
        nonlocal done
        receipt = history.write(batch)
        done += 1
        if done >= commits:
            os.kill(os.getpid(), signal.SIGKILL)
        return receipt

    gather = Gather(Site(folder / "sources", history, lambda source, key: None, write))
    gather.change(read_plant(folder))
    time.sleep(60)
