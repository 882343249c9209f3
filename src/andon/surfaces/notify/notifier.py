"""Tells people: what is due goes into the outbox, and for each receiver a thread sends it, again until it arrives."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ...answer import Plain
from ...errors import BadInput, NotConnected
from ...model import micros
from ...plant import Plant
from ...plant.alarms import Notify
from ...units import HOUR
from ...watch.alarms import Occurrence
from .message import Message
from .outbox import Outbox
from .policy import Told, due
from .ways import send

log = logging.getLogger("andon.notify")
FIRST, LONGEST = 1.0, 60.0
"""Seconds before it is tried again: after the first failure, and at most."""
GIVEN_UP = 24 * HOUR
"""A message that could not be delivered for so long says nothing any more."""
LOOK = 1.0


class Notifier:
    """Those who are told of a plant's alarms.

    `tell` is given to `Keeper`. A message is on disk before it is sent, and is sent again after a kill if nobody knows
    that it arrived: at least once, with its key. A receiver that does not answer keeps no other waiting.

    Parameters
    ----------
    file
        The outbox, in a folder of the plant folder.
    secret
        Secrets by receiver and key.
    """

    def __init__(self, file: Path, secret: Callable[[str, str], str | None]) -> None:
        self._outbox = Outbox.open(file, _now())
        self._home = file.parent.parent
        self._secret = secret
        self._plant: Plant | None = None
        self._last: dict[tuple[str, str], Occurrence] = {}
        self._looked = 0.0
        self._threads: dict[str, threading.Thread] = {}
        self._stopped = threading.Event()

    def change(self, plant: Plant) -> None:
        """Tell those whom this plant names."""
        self._plant = plant
        for receiver in plant.notify:
            if receiver.name not in self._threads:
                thread = threading.Thread(target=self._deliver, args=(receiver.name,), daemon=True)
                self._threads[receiver.name] = thread
                thread.start()

    def tell(self, standing: Sequence[Occurrence], changed: Sequence[Occurrence]) -> None:
        """Put into the outbox what is due now; without news it looks only once a second."""
        if not changed and time.monotonic() < self._looked + LOOK:
            return
        self._looked = time.monotonic()
        self._last.update({o.key: o for o in changed})
        plant = self._plant
        for receiver in plant.notify if plant is not None else ():
            assert plant is not None
            for message in due(receiver, standing, plant, self._told(receiver), _now()):
                self._outbox.put(message)

    def send(self, message: Message) -> None:
        """Put a message into the outbox that is no alarm, unless it is or was there before."""
        if message.key not in self._outbox.told:
            self._outbox.put(message)

    def stop(self) -> None:
        """Send no more; what was not sent is sent next time."""
        self._stopped.set()
        with self._outbox.changed:
            self._outbox.changed.notify_all()
        for thread in self._threads.values():
            thread.join(2)

    def _told(self, receiver: Notify) -> Told:
        followed = self._outbox.followed.get(receiver.name, {}) if receiver.returned else {}
        raised = {key: self._was(alarm) for key, alarm in list(followed.items())}
        return Told(self._outbox.told, lambda: self._outbox.moments(receiver.name), raised)

    def _was(self, alarm: Mapping[str, Plain]) -> Occurrence:
        """An alarm as it was last, or from its message where that was before a restart."""
        key = str(alarm["place"]), str(alarm["alarm"])
        if key in self._last:
            return self._last[key]
        messages = alarm["message"] if isinstance(alarm["message"], dict) else {}
        made = Occurrence(place=key[0], name=key[1], since=micros(datetime.fromisoformat(str(alarm["since"]))))
        return replace(made, priority=str(alarm["priority"]), messages={k: str(v) for k, v in messages.items()})

    def _receiver(self, name: str) -> Notify | None:
        return next((r for r in self._plant.notify if r.name == name), None) if self._plant is not None else None

    def _deliver(self, name: str) -> None:
        """Send one message after the other, each until it arrives."""
        failures = 0
        while not self._stopped.is_set():
            message, receiver = self._outbox.next(name, LOOK), self._receiver(name)
            if message is None or receiver is None:
                self._stopped.wait(LOOK if receiver is None else 0)
                continue
            failures = 0 if self._sent(message, receiver, failures) else failures + 1
            if failures:
                self._stopped.wait(min(LONGEST, FIRST * 2 ** (failures - 1)))

    def _found(self, message: Message) -> tuple[str, ...]:
        return tuple(str(self._home / name) for name in message.files)

    def _sent(self, message: Message, receiver: Notify, failures: int) -> bool:
        """Try to send one; whether it is done with."""
        name = receiver.name
        try:
            send(replace(message, files=self._found(message)), receiver, lambda key: self._secret(name, key))
        except BadInput as error:
            log.error("notify %s: given up: %s", name, error)
        except Exception as error:  # the outermost frame of this receiver's thread: it is tried again
            said = error if isinstance(error, NotConnected) else f"{type(error).__name__}: {error}"
            if not failures:
                log.warning("notify %s: not sent, trying again: %s", name, said)
            if message.at > _now() - GIVEN_UP:
                return False
            log.error("notify %s: given up after a day: %s", name, message.subject)
        else:
            if failures:
                log.info("notify %s: sent again", name)
        self._outbox.sent(message)
        return True


def _now() -> int:
    return time.time_ns() // 1000
