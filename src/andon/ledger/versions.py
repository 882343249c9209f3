"""Versions of a closed shift, and what each of them changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .entries import AMOUNTS, MICROS, PARTS, Closing, Entry


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two versions, from what to what; None where there was nothing.

    `cause` is `Entry.cause` (loss, reason, order, product, element, fate), or empty for a figure of the shift.
    """

    cause: tuple[str, ...]
    figure: str
    old: float | None
    new: float | None

    @property
    def what(self) -> str:
        """The figure with its cause, for people: `breakdown jam micros`."""
        return " ".join(t for t in (*self.cause, self.figure) if t)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a machine's shift, with its entries and what it changed of the version before."""

    closing: Closing
    entries: tuple[Entry, ...]
    changes: tuple[Change, ...] = ()


def changes(before: Version, after: Version) -> tuple[Change, ...]:
    """Every figure that differs: of the shift first, then entry by entry."""
    old, new = _figures(before.closing), _figures(after.closing)
    of_shift = [Change((), name, old[name], new[name]) for name in old if old[name] != new[name]]
    return (*of_shift, *_of_entries(before.entries, after.entries))


def _of_entries(before: Sequence[Entry], after: Sequence[Entry]) -> list[Change]:
    old, new = {e.cause: e for e in before}, {e.cause: e for e in after}
    pairs = [
        (c, n, _amount(old, c, n), _amount(new, c, n))
        for c in sorted(old.keys() | new.keys())
        for n in ("micros", *AMOUNTS)
    ]
    return [Change(*pair) for pair in pairs if pair[2] != pair[3]]


def _figures(closing: Closing) -> dict[str, float | None]:
    return {
        "since": closing.window.since,
        "until": closing.window.until,
        **{name: getattr(closing, name) for name in MICROS + PARTS},
    }


def _amount(entries: Mapping[tuple[str, ...], Entry], cause: tuple[str, ...], figure: str) -> float | None:
    return getattr(entries[cause], figure) if cause in entries else None
