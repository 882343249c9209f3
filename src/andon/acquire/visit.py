"""A visit to a source before it is one of the plant's: tried, browsed, watched for a while; nothing is stored."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from ..catalog import Connector
from ..errors import AndonError, NotConnected
from ..plant import Signal
from .guess.heard import Ear, Heard
from .link import Link, Offer, Packet, Trial
from .settings import fitting

PATIENCE = 90.0
"""Seconds that a trial or a browse may take."""
LEAVING = 5.0
"""Seconds that a watch may take to close its connection."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A source to look at.

    Attributes
    ----------
    connector
        What speaks its protocol.
    settings
        In their types, as `read_settings` gives them.
    source
        Its name in plant.toml, or the one it would have.
    home
        A folder for certificates and the like.
    secret
        Its secrets by name.
    """

    connector: Connector
    settings: Mapping[str, object]
    source: str
    home: Path
    secret: Callable[[str], str | None] = field(repr=False)

    def link(self, signals: Sequence[Signal] = ()) -> Link:
        self.home.mkdir(parents=True, exist_ok=True)
        return Link(self.source, tuple(signals), self.home, self.secret, visit=True)

    def trial(self, signals: Sequence[Signal] = ()) -> list[Trial]:
        """Try it; what failed last is the step to mend."""
        steps, failed = self._asked(self.connector.trial, signals)
        if failed is not None:
            return [Trial("connect", False, _told(failed))]
        return list(cast(Sequence[Trial], steps))

    def browse(self, signals: Sequence[Signal] = ()) -> list[Offer]:
        """What it offers.

        Raises
        ------
        NotConnected
            It does not answer.
        """
        offers, failed = self._asked(self.connector.browse, signals)
        if failed is not None:
            raise failed if isinstance(failed, AndonError) else NotConnected(_told(failed))
        return list(cast(Sequence[Offer], offers))

    def watch(self, offers: Sequence[Offer]) -> Watch:
        """Hear what it says from now on; to be stopped."""
        return Watch(self, [_signal(o, self.source) for o in offers])

    def _asked(
        self, function: Callable[..., object] | None, signals: Sequence[Signal]
    ) -> tuple[object, BaseException | None]:
        """What a function of the connector answers, or why it does not."""
        if function is None:
            return (), None
        given = fitting(function, self.settings)
        return asyncio.run(_outcome(cast(Coroutine[object, object, object], function(self.link(signals), **given))))


class Watch:
    """A source heard in a thread of its own, for as long as somebody looks."""

    def __init__(self, visit: Visit, signals: Sequence[Signal]) -> None:
        self._visit, self._signals = visit, signals
        self._ear = Ear()
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self.said = ""
        """Why nothing more is heard, "" while it is."""
        self._thread = threading.Thread(target=self._work, name=f"andon visit {visit.source}", daemon=True)
        self._thread.start()

    @property
    def rows(self) -> int:
        """How many values came."""
        return self._ear.rows

    def heard(self) -> dict[str, Heard]:
        """What each address said until now."""
        return self._ear.heard()

    def stop(self) -> None:
        """Leave; returns when the connection is closed."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(lambda: self._task.cancel() if self._task else None)
            self._thread.join(LEAVING)

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _work(self) -> None:
        self._task = self._loop.create_task(self._hear())
        self._loop.run_until_complete(asyncio.wait([self._task]))
        if not self._task.cancelled() and (error := self._task.exception()):
            self.said = _told(error)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _hear(self) -> None:
        link = self._visit.link(self._signals)
        stream = cast(AsyncIterator[object], self._visit.connector.function(link, **self._visit.settings))
        try:
            async for packet in stream:
                if isinstance(packet, Packet) and packet.rows is not None:
                    columns = (packet.rows[n].to_pylist() for n in ("address", "value", "text", "quality"))
                    self._ear.hear(zip(*columns, strict=True))
        finally:
            await asyncio.wait_for(cast(AsyncGenerator[object, None], stream).aclose(), LEAVING)


def with_secret(visit: Visit, key: str, value: str) -> Visit:
    """The same visit with a secret that a person just typed."""
    before = visit.secret
    return replace(visit, secret=lambda wanted: value if wanted == key else before(wanted))


async def _outcome(asked: Coroutine[object, object, object]) -> tuple[object, BaseException | None]:
    """What came of it; whatever a library may raise is a reason to be told, not an end."""
    task = asyncio.ensure_future(asked)
    done, _ = await asyncio.wait([task], timeout=PATIENCE)
    if not done:
        task.cancel()
        await asyncio.wait([task], timeout=LEAVING)
        return (), TimeoutError(f"It did not answer in {PATIENCE:.0f} s.")
    failed = task.exception()
    return (() if failed else task.result()), failed


def _signal(offer: Offer, source: str) -> Signal:
    kind = offer.kind if offer.kind != "count" else "number"
    return Signal(
        path=offer.address,
        machine="",
        name=offer.address,
        role="other",
        kind=kind,
        unit=offer.unit,
        source=source,
        address=offer.address,
    )


def _told(error: BaseException) -> str:
    return str(error) or type(error).__name__
