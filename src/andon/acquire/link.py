"""What a connector and gather say to each other: the link that it gets, the packets that it yields, what it offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from ..plant import Signal

MOMENT = pa.timestamp("us", "UTC")
ROWS = pa.schema(
    [
        ("address", pa.dictionary(pa.int32(), pa.string())),
        ("at", MOMENT),
        ("value", pa.float64()),
        ("text", pa.string()),
        ("quality", pa.uint32()),
    ]
)
"""The columns of a packet's rows: the address as plant.toml writes it, the source's own time, a number (a boolean as 0
or 1), a text (or the digits of an integer beyond +-2**53, beside its value), an OPC UA status code."""

OPEN = 4_102_444_800_000_000
"""2100-01-01T00:00Z: the end of a connection that has not ended."""

BAD_NO_COMMUNICATION = 0x80310000
BAD_TYPE_MISMATCH = 0x80740000
BAD_OUT_OF_RANGE = 0x803C0000
BAD_NO_DATA = 0x809B0000
BAD_CONFIGURATION_ERROR = 0x80890000
BAD_DEVICE_FAILURE = 0x808B0000
UNCERTAIN = 0x40000000
UNCERTAIN_LAST_USABLE_VALUE = 0x40900000
"""OPC UA status codes that other protocols' troubles become (domain of opcua_statuscodes.csv)."""


@dataclass(frozen=True, slots=True)
class Link:
    """What gather gives a connector.

    Attributes
    ----------
    source
        The source's name in plant.toml.
    signals
        The signals of plant.toml that come from it.
    home
        A folder of its own, where it may keep certificates and the like.
    secret
        Its secrets by name: `link.secret("password")`; None where there is none.
    heard
        Until when it was heard before this connection (microseconds), None if never: where a gap begins that may be
        filled from the other side's memory.
    visit
        Only a look, a few seconds long: nothing is stored, so nothing may be acknowledged for good, and nothing may be
        left behind on the other side.
    """

    source: str
    signals: tuple[Signal, ...]
    home: Path
    secret: Callable[[str], str | None] = field(repr=False, default=lambda key: None)
    heard: int | None = None
    visit: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """What is to be brought, each once."""
        return tuple(dict.fromkeys(s.address for s in self.signals if s.address))


@dataclass(frozen=True, slots=True)
class Packet:
    """What a connector heard; yielding one also says that the other side is alive.

    Attributes
    ----------
    rows
        The rows, columns as in `ROWS`; None: nothing new, still connected.
    filled
        With this packet everything since this moment (microseconds) has been brought: a gap that ends here is closed.
    said
        What is wrong although it is connected ("2 of 40 addresses are refused"), shown with its status; "" takes it
        back, None: as before.
    """

    rows: pa.Table | None = None
    filled: int | None = None
    said: str | None = None


ALIVE = Packet()
"""Nothing new, still connected."""

Row = tuple[str, int, float | None, str | None, int]


def rows_of(rows: Iterable[Row]) -> pa.Table:
    """Rows (address, at in microseconds, value, text, quality) as a table.

    >>> rows_of([("40001", 1_000_000, 2.5, None, 0)]).to_pylist()[0]["value"]
    2.5
    """
    address, at, value, text, quality = zip(*rows, strict=True) if (rows := list(rows)) else ((),) * 5
    return pa.table(
        {
            "address": pa.array(address, pa.string()).dictionary_encode(),
            "at": pa.array(at, pa.int64()).cast(MOMENT),
            "value": pa.array(value, pa.float64()),
            "text": pa.array(text, pa.string()),
            "quality": pa.array(quality, pa.uint32()),
        },
        schema=ROWS,
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a source offers, and what Andon takes it for.

    Attributes
    ----------
    address
        As plant.toml is to write it.
    path
        Where the source has it, from the outside in: ("Press 3", "Status", "State"). The last is its own name.
    kind
        As for signals: number, integer, boolean, text, state, count, waveform.
    unit
        UCUM code, "" where the source does not tell.
    value, quality
        What it says now.
    role
        The role that the source's own model tells (PackML, Machinery...); "" where it is left to its name.
    keys
        More keys of the signal in plant.toml: a state map, a rollover, a scale.
    why
        What role, unit and kind rest on, in words.
    """

    address: str
    path: tuple[str, ...]
    kind: str
    unit: str = ""
    value: float | str | None = None
    quality: int = 0
    role: str = ""
    keys: Mapping[str, object] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One step of trying a source: what was tried, whether it went well, and what that means in plain words."""

    step: str
    well: bool
    said: str
