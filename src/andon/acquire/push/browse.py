"""What was pushed so far, as offers: measurement and tags are the path, the kind is that of the values."""

from __future__ import annotations

from ..lines import TEXT_KIND, TRUTH_KIND, WHOLE_KIND
from ..link import Link, Offer
from .heard import read_heard
from .series import read_line_address, read_metric_address

KINDS = {TEXT_KIND: "text", TRUTH_KIND: "boolean", WHOLE_KIND: "integer"}
TOTAL = ("_total", "_count", "_sum")
"""How the names of Prometheus's counters end."""


def offers(link: Link) -> list[Offer]:
    """Each address that was heard, in order."""
    return [_offer(address, kind, value) for address, (kind, value) in sorted(read_heard(link.home).notes.items())]


def _offer(address: str, kind: int, value: str | float | None) -> Offer:
    series = read_metric_address(address) if "." not in address.partition("{")[0] else read_line_address(address)
    known = KINDS.get(kind, "number")
    why = "it was pushed, and this is the kind of its first value"
    if series is None:
        return Offer(address, tuple(address.split("/")), known, value=value, why=why)
    if not series.field and series.name.endswith(TOTAL):
        known, why = "count", "it was pushed, and Prometheus calls what only grows so"
    tags = tuple(v for _, v in sorted(series.tags.items()))
    path = (series.name, *tags, series.field) if series.field else (*tags, series.name)
    return Offer(address, path, known, value=value, why=why)
