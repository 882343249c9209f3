"""What people said about control charts, as they wrote it down: frozen limits and notes at points."""

from __future__ import annotations

from ..model import Chartbook, FrozenLimits, PointNote, Window
from .ahead import History, Told, told

LIMITS = "limits"
NOTE = "point_note"
FAR = 4_102_444_800_000_000
"""2100-01-01T00:00Z: limits hold until others take their place."""


def chartbook(history: History, machine: str, window: Window) -> Chartbook:
    """The limits that hold at some time in a window, and the notes that lie in it."""
    limits = tuple(map(_limits, told(history, LIMITS, machine, window)))
    return Chartbook(limits, tuple(map(_note, told(history, NOTE, machine, window))))


def _limits(row: Told) -> FrozenLimits:
    said = row.detail
    second = said.get("second")
    return FrozenLimits(
        row.text,
        str(said["chart"]),
        int(str(said.get("from", row.since))),
        float(str(said.get("center", 0.0))),
        float(str(said.get("sigma", 0.0))),
        None if second is None else float(str(second)),
        str(said.get("product", "")),
        int(str(said.get("at", 0))),
        str(said.get("who", "")),
        str(said.get("why", "")),
        bool(said.get("released", False)),
    )


def _note(row: Told) -> PointNote:
    said = row.detail
    return PointNote(
        row.text,
        int(str(said.get("from", row.since))),
        str(said.get("note", "")),
        str(said.get("who", "")),
        bool(said.get("excluded", False)),
    )
