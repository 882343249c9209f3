"""JSON and Arrow -> rows by address: a signal's path, or its address in plant.toml."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import BadInput
from ..frames import SAMPLES, checked, read_stream
from ..lines import REAL_KIND, TEXT_KIND, TRUTH_KIND, WHOLE_KIND, Fault
from ..link import BAD_NO_DATA, MOMENT, ROWS, UNCERTAIN, Row, rows_of
from .answers import Refused
from .heard import Heard
from .points import AHEAD, EXACT, FAR, TO_MICROS, Read

QUALITIES = {"good": 0, "uncertain": UNCERTAIN, "bad": 0x80000000}
KEYS = frozenset({"signal", "address", "at", "value", "quality"})
FORM = {"address": SAMPLES["signal"], **{k: v for k, v in SAMPLES.items() if k != "signal"}}


def read_json(body: bytes, precision: str, now: int, heard: Heard) -> Read:
    """The rows of a JSON list: `[{"signal": "line-1/press-3/power", "at": "2026-10-01T06:00:00Z", "value": 7.5}]`.

    `address` may stand instead of `signal`. `at` is RFC 3339, or a count of `precision` since 1970; without it: now.
    `value` is a number, a boolean, a text or null. `quality` is good, uncertain, bad or an OPC UA status code.
    """
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"The body is no JSON: {error}.") from None
    if precision not in TO_MICROS:
        raise Refused(400, f"There is no precision {precision!r}: ns, us, ms, s, m, h.")
    given = [said] if isinstance(said, dict) else said
    if not isinstance(given, list):
        raise Refused(400, "The body is no list of objects with signal, at and value.")
    rows, faults = [], []
    for number, one in enumerate(given, 1):
        try:
            rows.append(_row(one, TO_MICROS[precision], now))
        except ValueError as wrong:
            faults.append(Fault(number, "", orjson.dumps(one).decode()[:80], str(wrong)))
    for address, _, value, text, _ in rows:
        heard.note(address, TEXT_KIND if text is not None else REAL_KIND, text if text is not None else value)
    return Read(rows_of(rows), len(rows), faults)


def _row(one: object, scale: tuple[int, int], now: int) -> Row:
    if not isinstance(one, dict) or not KEYS.issuperset(one):
        raise ValueError(f"is no object of {', '.join(sorted(KEYS))}")
    address = one.get("signal", one.get("address"))
    if not isinstance(address, str) or not address or ("signal" in one and "address" in one):
        raise ValueError("needs one of signal and address, a text")
    at = _moment(one.get("at"), scale, now)
    if not 0 <= at <= now + AHEAD:
        raise ValueError(FAR)
    value, text = _value(one.get("value"))
    quality = _quality(one.get("quality", 0))
    if value is None and text is None and quality >> 30 < 2:
        quality = BAD_NO_DATA
    return address, at, value, text, quality


def _moment(said: object, scale: tuple[int, int], now: int) -> int:
    if said is None:
        return now
    if isinstance(said, int | float) and not isinstance(said, bool):
        return int(said * scale[0] // scale[1])
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        raise ValueError("has a time that is not RFC 3339") from None
    if found.tzinfo is None:
        raise ValueError("has a time without an offset: end it with Z or +02:00")
    gone = found.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds


def _value(said: object) -> tuple[float | None, str | None]:
    if said is None:
        return None, None
    if isinstance(said, str):
        return None, said
    if isinstance(said, bool):
        return float(said), None
    if isinstance(said, int):
        return float(said), str(said) if abs(said) >= EXACT else None
    if isinstance(said, float):
        return said, None
    raise ValueError("has a value that is no number, boolean, text or null")


def _quality(said: object) -> int:
    if isinstance(said, str) and said in QUALITIES:
        return QUALITIES[said]
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 1 << 32:
        return said
    raise ValueError("has a quality that is none of good, uncertain, bad and no OPC UA status code")


def read_arrow(body: bytes, now: int, heard: Heard) -> Read:
    """The rows of an Arrow IPC stream: signal (or address), at, value, and where wanted text and quality."""
    try:
        table = read_stream(body)
        names = ["address" if n == "signal" else n for n in table.column_names]
        table = checked(table.rename_columns(names), FORM, "the table")
        if "value" not in names and "text" not in names:
            raise BadInput("the table: column 'value' is missing.")
    except BadInput as error:
        raise Refused(400, str(error)) from None
    rows = _as_rows(table)
    at = np.asarray(rows["at"].cast(pa.int64()).to_numpy())
    late = np.flatnonzero((at < 0) | (at > now + AHEAD))
    faults = [Fault(n + 1, "", str(at[n]), FAR) for n in late.tolist()]
    if faults:
        rows = rows.filter(pa.array(~np.isin(np.arange(len(at)), late)))
    _note(rows, _kind(table), heard)
    return Read(rows, rows.num_rows, faults)


def _as_rows(table: pa.Table) -> pa.Table:
    """The columns of a packet; what is no finite number has no value, and where nothing is said quality is bad."""
    count = table.num_rows
    given = table["value"] if "value" in table.column_names else pa.nulls(count, pa.float64())
    text = table["text"].cast(pa.string()) if "text" in table.column_names else pa.nulls(count, pa.string())
    plain = given.cast(pa.uint8()) if pa.types.is_boolean(given.type) else given
    value = np.array(plain.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    value[~np.isfinite(value)] = np.nan
    if pa.types.is_integer(given.type) and (large := np.abs(value) >= EXACT).any():
        text = pc.if_else(pa.array(large), given.cast(pa.string()), text)
    quality = np.zeros(count, dtype=np.uint32)
    if "quality" in table.column_names:
        quality = np.nan_to_num(table["quality"].to_numpy()).astype(np.uint32)
    spoken = text.is_valid().to_numpy() if isinstance(text, pa.ChunkedArray) else np.zeros(count, dtype=np.bool_)
    quality[np.isnan(value) & ~spoken & (quality < 0x80000000)] = BAD_NO_DATA
    words = table["address"]
    if not pa.types.is_dictionary(words.type):
        words = words.cast(pa.string()).dictionary_encode()
    at = table["at"].cast(MOMENT, safe=False)
    said = {"address": words, "at": at, "value": pa.array(value, from_pandas=True), "text": text, "quality": quality}
    return pa.table(said).cast(ROWS)


def _kind(table: pa.Table) -> int:
    kind = table.schema.field("value").type if "value" in table.column_names else pa.string()
    if pa.types.is_boolean(kind):
        return TRUTH_KIND
    return WHOLE_KIND if pa.types.is_integer(kind) else TEXT_KIND if pa.types.is_string(kind) else REAL_KIND


def _note(rows: pa.Table, kind: int, heard: Heard) -> None:
    for address in pc.unique(rows["address"].combine_chunks()).to_pylist():
        heard.note(str(address), kind, None)
