"""Where in an agent's numbers we are, and from where to read on after an outage."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from .document import Document

log = logging.getLogger("andon.mtconnect")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an agent's numbers: in which of its lives, and the number of the next observation."""

    instance: str
    next: int


@dataclass(frozen=True, slots=True)
class Begin:
    """Where to read on, since when (microseconds) nothing will be missing then, and the oldest number in the buffer.

    `since` is None where there is no outage to fill, 0 where it can be filled only from `place` on.
    """

    place: Place
    since: int | None
    oldest: int


def resumed(document: Document, stopped: Place | None, heard: int | None) -> Begin:
    """Where to read on.

    The agent's buffer covers an outage where it still holds the number at which we stopped. Where it does not, because
    it ran over or the agent began anew, what it holds is brought all the same.

    >>> document = Document(print, header={"instanceId": "7", "firstSequence": "100", "nextSequence": "300"})
    >>> resumed(document, Place("7", 200), heard=5_000_000).since
    5000000
    >>> resumed(document, Place("6", 200), heard=5_000_000)
    Begin(place=Place(instance='7', next=100), since=0, oldest=100)
    """
    header = document.header
    oldest, following = int(header.get("firstSequence", 1)), int(header["nextSequence"])
    here = header["instanceId"]
    if stopped is None or heard is None:
        return Begin(Place(here, following), None, oldest)
    if stopped.instance == here and oldest <= stopped.next <= following:
        return Begin(stopped, heard, oldest)
    lost = f"{oldest - stopped.next} observations" if stopped.instance == here else "what was said before its restart"
    log.warning("the agent's buffer no longer holds %s; the gap stays", lost)
    return Begin(Place(here, oldest), 0, oldest)


def read(file: Path) -> Place | None:
    """Where we stopped, None where nothing tells."""
    try:
        said = json.loads(file.read_text("utf-8"))
        return Place(str(said["instance"]), int(said["next"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(file: Path, place: Place) -> None:
    """Note where we are. An older note than the truth is harmless: what is read twice is stored once."""
    draft = file.with_suffix(".tmp")
    draft.write_text(json.dumps({"instance": place.instance, "next": place.next}), "utf-8")
    os.replace(draft, file)
