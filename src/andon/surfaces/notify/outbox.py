"""Messages on disk until they are sent: a journal that survives a kill, told at least once, with a key for the rest."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Condition

from ...answer import Plain
from ...units import HOUR
from .message import OVER, About, Message

log = logging.getLogger("andon.notify")
KEPT = 60 * 24 * HOUR
"""How long it is known that something was told: longer than an alarm waits for somebody after a restart."""


@dataclass(slots=True)
class Outbox:
    """What is to be sent, and what was told before.

    Each line of the file is a message that was put in, or says that one was sent or given up. A line that a power cut
    tore is left out; a full disk makes messages go out without having been written down. `followed` are, by receiver,
    the alarms whose end is yet to be told.
    """

    file: Path
    waiting: dict[str, Message] = field(default_factory=dict)
    told: dict[str, Message] = field(default_factory=dict)
    followed: dict[str, dict[str, Mapping[str, Plain]]] = field(default_factory=dict)
    changed: Condition = field(default_factory=Condition)

    @classmethod
    def open(cls, file: Path, now: int) -> Outbox:
        """Read what was left, and forget what is long past."""
        outbox = cls(file)
        for line in _lines(file):
            if isinstance(done := line.get("done"), str):
                outbox.waiting.pop(done, None)
            elif (found := _message(line)) is not None and found.at > now - KEPT:
                outbox._keep(found)
        outbox._rewrite()
        return outbox

    def put(self, message: Message) -> None:
        """Have a message on disk, to be sent."""
        with self.changed:
            self._keep(message)
            self._append(asdict(message))
            self.changed.notify_all()

    def sent(self, message: Message) -> None:
        """A message has arrived, or is given up."""
        with self.changed:
            self.waiting.pop(message.key, None)
            self._append({"done": message.key})

    def next(self, receiver: str, seconds: float) -> Message | None:
        """The oldest message that waits for a receiver, waiting for one if there is none."""
        with self.changed:
            found = self._oldest(receiver)
            if found is None:
                self.changed.wait(seconds)
                found = self._oldest(receiver)
            return found

    def moments(self, receiver: str) -> list[int]:
        """When messages of alarms to a receiver were made, each once."""
        with self.changed:
            told = [m for m in self.told.values() if m.receiver == receiver and m.about != About.REPORT]
            return sorted({m.at for m in told})

    def _oldest(self, receiver: str) -> Message | None:
        return next((m for m in self.waiting.values() if m.receiver == receiver), None)

    def _keep(self, message: Message) -> None:
        self.waiting[message.key] = message
        self.told.update(dict.fromkeys(message.keys, message))
        followed = self.followed.setdefault(message.receiver, {})
        for key, alarm in zip(message.keys, message.alarms, strict=False):
            if key.endswith(OVER):
                followed.pop(key.removesuffix(OVER), None)
            elif message.follow:
                followed[key] = alarm

    def _append(self, line: Mapping[str, object]) -> None:
        try:
            with self.file.open("ab") as file:
                file.write(_text(line))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            log.error("notify: %s was not written (%s); messages go out all the same", self.file.name, error)

    def _rewrite(self) -> None:
        """The file without what is past: every message once, then which of them are done."""
        messages = {m.key: m for m in self.told.values()}
        done = [key for key in messages if key not in self.waiting]
        draft = self.file.with_suffix(".tmp")
        try:
            with draft.open("wb") as file:
                file.writelines(_text(asdict(m)) for m in messages.values())
                file.writelines(_text({"done": key}) for key in done)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self.file)
        except OSError as error:
            log.error("notify: %s was not tidied up: %s", self.file.name, error)


def _text(line: Mapping[str, object]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _lines(file: Path) -> Iterator[dict[str, object]]:
    if not file.exists():
        return
    for text in file.read_bytes().split(b"\n"):
        try:
            line = json.loads(text)
        except ValueError:  # torn by a power cut
            continue
        if isinstance(line, dict):
            yield line


def _message(line: Mapping[str, object]) -> Message | None:
    try:
        keys, alarms, at = line["keys"], line["alarms"], int(str(line["at"]))
        receiver, about, subject, text = (str(line[k]) for k in ("receiver", "about", "subject", "text"))
    except (KeyError, ValueError):
        return None
    if not isinstance(keys, list) or not keys or not isinstance(alarms, list):
        return None
    follow = bool(line.get("follow"))
    to, files = (tuple(map(str, found)) if isinstance(found := line.get(k), list) else () for k in ("to", "files"))
    return Message(tuple(map(str, keys)), receiver, about, subject, text, tuple(alarms), at, follow, to, files)
