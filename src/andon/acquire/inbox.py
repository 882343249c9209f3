"""A bounded box between whoever hears a machine and the generator that hands it on; full means wait, never lose."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Things put in by any thread, taken out in lots by one task.

    `put` blocks its thread while the box is full, `offer` says so instead; so the sender is slowed down and memory
    stays bounded. `lot` waits for the first thing, then up to `linger` seconds for more.

    Parameters
    ----------
    room
        How many things fit in.

    Examples
    --------
    >>> box = Inbox[int](room=10)
    >>> box.put(1), box.put(2)
    (True, True)
    >>> asyncio.run(box.lot(most=100, linger=0.0, patience=1.0))
    [1, 2]
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._things: deque[T] = deque()
        self._changed = Condition()
        self._closed = False

    def put(self, thing: T) -> bool:
        """Put a thing in, waiting while the box is full; False once it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._things) < self._room)
            if self._closed:
                return False
            self._things.append(thing)
            self._changed.notify_all()
            return True

    def offer(self, thing: T) -> bool:
        """Put a thing in if there is room; whether it was."""
        with self._changed:
            if self._closed or len(self._things) >= self._room:
                return False
            self._things.append(thing)
            self._changed.notify_all()
            return True

    def close(self) -> None:
        """Take no more, and wake whoever waits to put something in."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        return len(self._things)

    async def lot(self, *, most: int, linger: float, patience: float) -> list[T]:
        """Up to `most` things; an empty list where nothing came within `patience` seconds.

        Returns as soon as there are `most`, or `linger` seconds after the first.
        """
        return await asyncio.to_thread(self._lot, most, linger, patience)

    def _lot(self, most: int, linger: float, patience: float) -> list[T]:
        with self._changed:
            if not self._changed.wait_for(lambda: self._closed or bool(self._things), patience):
                return []
            until = time.monotonic() + linger
            while len(self._things) < min(most, self._room) and not self._closed:
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            lot = [self._things.popleft() for _ in range(min(most, len(self._things)))]
            self._changed.notify_all()
            return lot
