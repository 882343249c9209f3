"""From what a source says to what the plant's signals are: addresses to paths, raw values to units and kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..plant import Signal
from .link import BAD_TYPE_MISMATCH, MOMENT

SAMPLES = pa.schema(
    [
        ("signal", pa.dictionary(pa.int32(), pa.string())),
        ("at", MOMENT),
        ("value", pa.float64()),
        ("text", pa.string()),
        ("quality", pa.uint32()),
    ]
)
TRUTH = {"true": 1.0, "false": 0.0, "on": 1.0, "off": 0.0, "1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0}
NUMBERS = frozenset({"number", "integer", "count", "boolean"})
Index = NDArray[np.int64]


@dataclass(slots=True)
class Wiring:
    """Turns a source's rows into samples of signals.

    A row whose address no signal has is left out; an address that several signals have is brought to each. A number
    becomes raw x scale + offset; what is no number where one is wanted stays as text with quality BadTypeMismatch, so a
    bad field spoils only itself. Changes smaller than a signal's deadband are left out.
    """

    signals: Sequence[Signal]
    fed: dict[str, list[int]] = field(default_factory=dict)
    held: dict[int, tuple[float | None, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for place, signal in enumerate(self.signals):
            for name in {signal.address, signal.path} - {""}:  # who pushes may name the signal itself
                self.fed.setdefault(name, []).append(place)

    def samples(self, rows: pa.Table) -> pa.Table:
        """The samples that rows of a packet are, columns as a Batch has them."""
        row, signal = self._spread(rows)
        value = _numbers(rows["value"])[row]
        text = np.asarray(rows["text"].to_numpy(), dtype=object)[row]
        quality = np.asarray(rows["quality"].to_numpy(), dtype=np.uint32)[row]
        numeric, scale, offset = (
            np.array([f(s) for s in self.signals])[signal] if len(signal) else np.zeros(0)
            for f in (lambda s: s.kind in NUMBERS, lambda s: s.scale, lambda s: s.offset)
        )
        self._mended(signal, (value, text, quality), numeric.astype(bool))
        changed = (scale != 1.0) | (offset != 0.0)
        np.copyto(value, value * scale + offset, where=changed)
        text[changed & ~np.isnan(value)] = None  # raw digits are no longer what the value says
        keep = self._moved(signal, value, quality)
        return self._table(
            rows["at"].take(row[keep]).combine_chunks(), signal[keep], (value[keep], text[keep], quality[keep])
        )

    def _spread(self, rows: pa.Table) -> tuple[Index, Index]:
        """Which row feeds which signal: the rows in their order, each once for every signal that it feeds."""
        coded = rows["address"].unify_dictionaries().combine_chunks()
        assert isinstance(coded, pa.DictionaryArray)
        fed = [self.fed.get(str(a), []) for a in coded.dictionary.to_pylist()]
        code = np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
        most = max(map(len, fed), default=0)
        table = np.full((max(len(fed), 1), max(most, 1)), -1, dtype=np.int64)
        for place, signals in enumerate(fed):
            table[place, : len(signals)] = signals
        wide = table[code]
        row, column = np.nonzero(wide >= 0)
        return row, wide[row, column]

    def _mended(
        self,
        signal: Index,
        said: tuple[NDArray[np.float64], NDArray[np.object_], NDArray[np.uint32]],
        numeric: NDArray[np.bool_],
    ) -> None:
        """Texts where numbers are wanted, numbers where texts are: brought to the kind of their signal, in place."""
        value, text, quality = said
        spoken = np.array([t is not None for t in text], dtype=bool) if len(text) else np.zeros(0, bool)
        for i in np.flatnonzero(spoken & numeric & np.isnan(value)).tolist():
            found = number(str(text[i]), boolean=self.signals[signal[i]].kind == "boolean")
            if found is None:
                quality[i] = quality[i] if quality[i] >> 30 >= 2 else BAD_TYPE_MISMATCH
            else:
                value[i], text[i] = found, None
        texts = np.array([s.kind == "text" for s in self.signals], dtype=bool)
        for i in np.flatnonzero(texts[signal] & ~np.isnan(value)).tolist() if len(signal) else ():
            text[i] = written(float(value[i])) if text[i] is None else text[i]
            value[i] = np.nan

    def _moved(self, signal: Index, value: NDArray[np.float64], quality: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Which rows differ enough from the last one kept of their signal."""
        keep = np.ones(len(signal), dtype=bool)
        banded = np.array([s.deadband > 0 for s in self.signals], dtype=bool)
        for i in np.flatnonzero(banded[signal]).tolist() if len(signal) else ():
            now = (None if np.isnan(value[i]) else float(value[i]), int(quality[i]))
            held = self.held.get(int(signal[i]))
            if held is not None and None not in (held[0], now[0]) and held[1] == now[1]:
                keep[i] = abs(float(now[0] or 0) - float(held[0] or 0)) >= self.signals[signal[i]].deadband
            if keep[i]:
                self.held[int(signal[i])] = now
        return keep

    def _table(
        self,
        at: pa.Array[pa.Scalar[pa.DataType]],
        signal: Index,
        said: tuple[NDArray[np.float64], NDArray[np.object_], NDArray[np.uint32]],
    ) -> pa.Table:
        value, text, quality = said
        used, code = np.unique(signal, return_inverse=True)
        names = pa.array([self.signals[i].path for i in used.tolist()], pa.string())
        return pa.table(
            {
                "signal": pa.DictionaryArray.from_arrays(pa.array(code.tolist(), pa.int32()), names),
                "at": at,
                "value": pa.array(value, from_pandas=True),
                "text": pa.array(text.tolist(), pa.string()),
                "quality": pa.array(quality, pa.uint32()),
            },
            schema=SAMPLES,
        )


def _numbers(column: pa.ChunkedArray[pa.Scalar[pa.DataType]]) -> NDArray[np.float64]:
    """A column as doubles, NaN where there is none; a copy that may be changed."""
    return np.array(column.to_numpy(), dtype=np.float64)


def number(said: str, *, boolean: bool = False) -> float | None:
    """The number that a text writes, or None.

    >>> number("12.5"), number("true"), number("n/a")
    (12.5, 1.0, None)
    """
    plain = said.strip()
    if boolean or plain.isalpha():
        return TRUTH.get(plain.casefold())
    try:
        return float(plain)
    except ValueError:
        return None


def written(value: float) -> str:
    """A number written out, a whole one without its decimals.

    >>> written(7.0), written(7.5)
    ('7', '7.5')
    """
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
