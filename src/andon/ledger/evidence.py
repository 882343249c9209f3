"""From an entry of the books down to the samples: what was read in each of the spells behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..model import Counts, Reader, Series, States, Texts, Values, Waveforms, Window
from ..plant import Plant, Signal
from .entries import Entry


@dataclass(frozen=True, slots=True)
class Opened:
    """One spell behind an entry, with what each signal said in it, by the signal's path."""

    window: Window
    said: Mapping[str, Series]


def evidence(entry: Entry, plant: Plant, history: Reader) -> Iterator[Opened]:
    """The spells behind an entry, each with the samples of the signals it was computed from.

    Parameters
    ----------
    entry
        The entry, as `Books.open_entry` gives it.
    plant
        Knows the signals; those that it no longer has are left out.
    history
        Where the samples are.

    Returns
    -------
    iterator of Opened
        In order of time.
    """
    known = {s.path: s for m in plant.machines.values() for s in m.signals.values()}
    signals = [known[path] for path in entry.evidence.signals if path in known]
    for since, until in entry.evidence.spells:
        window = Window(since, until)
        yield Opened(window, {s.path: _read(s, history, window) for s in signals})


def _read(signal: Signal, history: Reader, window: Window) -> Series:
    match signal.kind:
        case "state":
            return history.read(States, signal, window)
        case "count":
            return history.read(Counts, signal, window)
        case "text":
            return history.read(Texts, signal, window)
        case "waveform":
            return history.read(Waveforms, signal, window)
        case _:
            return history.read(Values, signal, window)
