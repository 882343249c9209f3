"""Moments as payloads write them: ISO 8601, or seconds, milliseconds, microseconds or nanoseconds since 1970."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1)
SIZES = ((1e11, 1_000_000.0), (1e14, 1_000.0), (1e17, 1.0))
"""A number below the first is that many times so many microseconds; above all: nanoseconds. Good from 1973 on (ms)."""


def moment(said: object, zone: tzinfo) -> int | None:
    """Microseconds since 1970; None where it is no moment.

    >>> from datetime import UTC
    >>> moment("2026-10-01T06:00:00.5+08:00", UTC), moment(1790805600.5, UTC), moment("1790805600500", UTC)
    (1790805600500000, 1790805600500000, 1790805600500000)
    """
    if isinstance(said, str):
        return _read(said.strip(), zone)
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    for below, each in SIZES:
        if abs(said) < below:
            return round(said * each) if isinstance(said, float) else said * int(each)
    return int(said) // 1000 if abs(said) < 1e20 else None


def _read(said: str, zone: tzinfo) -> int | None:
    """A moment that is written out, without a zone in the given one; digits as numbers."""
    if len(said) > 8 and said.replace(".", "", 1).isdigit():
        return moment(float(said) if "." in said else int(said), zone)
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=zone)
    return (aware.replace(tzinfo=None) - (aware.utcoffset() or timedelta(0)) - EPOCH) // timedelta(microseconds=1)
