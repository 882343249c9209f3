"""What a sender is told when its data is not stored, or not all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..lines import Fault

NAMED = 20
"""How many wrong lines an answer names one by one."""


@dataclass
class Refused(Exception):
    """Why a request is not (or not wholly) stored: the HTTP status, what is said, and when to come again."""

    status: int
    said: str
    retry: int = 0
    faults: Sequence[Fault] = ()
    code: str = ""


def behind(said: str, *, retry: int = 1, status: int = 503) -> Refused:
    """Come again later: nothing of this request is acknowledged."""
    return Refused(status, said, retry)


def partial(faults: Sequence[Fault], stored: int) -> Refused:
    """Some lines were wrong; all others are stored (what InfluxDB calls a partial write).

    >>> partial([Fault(3, "temp", "", "is no number")], 7).said
    "partial write: 7 values were stored; line 3: field 'temp' ('') is no number"
    """
    told = "; ".join(_told(f) for f in faults[:NAMED])
    more = f"; and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
    return Refused(400, f"partial write: {stored} values were stored; {told}{more}", faults=faults)


def _told(fault: Fault) -> str:
    if fault.field:
        return f"line {fault.line}: field {fault.field!r} ({fault.found[:60]!r}) {fault.why}"
    return f"line {fault.line}: {fault.found[:80]!r} {fault.why}"
