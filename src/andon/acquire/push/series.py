"""Which signals a series feeds: addresses as line protocol or Prometheus write them, matched by name and tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ..lines import parse_head

FIELD = re.compile(r"((?:\\.|[^\\])*)\.((?:\\.|[^.\\])+)", re.DOTALL)
METRIC = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})?")
LABEL = re.compile(r'\s*([a-zA-Z_]\w*)\s*=\s*"((?:\\.|[^"\\])*)"\s*(?:,|$)')
REMEMBERED = 200_000
"""So many series are known by heart; whoever sends more is looked up again."""


@dataclass(frozen=True, slots=True)
class Series:
    """What a sender calls one thing: a measurement (or metric), its tags, the field ("" for a metric)."""

    name: str
    tags: Mapping[str, str]
    field: str = ""


def read_line_address(address: str) -> Series | None:
    r"""An address `measurement,tag=value.field`; the field stands after the last dot, a dot in its name is `\.`.

    >>> read_line_address("cpu,host=10.0.0.1.usage_idle")
    Series(name='cpu', tags={'host': '10.0.0.1'}, field='usage_idle')
    """
    found = FIELD.fullmatch(address)
    if not found:
        return None
    name, tags = parse_head(found[1])
    return Series(name, dict(tags), re.sub(r"\\(.)", r"\1", found[2])) if name else None


def read_metric_address(address: str) -> Series | None:
    """An address as Prometheus writes a selector.

    >>> read_metric_address('up{job="press"}')
    Series(name='up', tags={'job': 'press'}, field='')
    """
    found = METRIC.fullmatch(address.strip())
    if not found:
        return None
    tags, at, inside = {}, 0, (found[2] or "").strip()
    while at < len(inside):
        label = LABEL.match(inside, at)
        if not label:
            return None
        tags[label[1]] = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], label[2])
        at = label.end()
    return Series(found[1], tags)


def line_address(series: Series) -> str:
    r"""How plant.toml writes a series of line protocol, tags in order of their names.

    >>> line_address(Series("cpu", {"host": "a b"}, "usage.idle"))
    'cpu,host=a\\ b.usage\\.idle'
    """
    tags = "".join(f",{_escaped(k)}={_escaped(v)}" for k, v in sorted(series.tags.items()))
    measured = re.sub(r"([, ])", r"\\\1", series.name)
    return f"{measured}{tags}." + series.field.replace(".", "\\.")


def metric_address(series: Series) -> str:
    """How plant.toml writes a series of Prometheus.

    >>> metric_address(Series("up", {"job": "press"}))
    'up{job="press"}'
    """
    said = {k: v.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for k, v in series.tags.items()}
    tags = ",".join(f'{k}="{v}"' for k, v in sorted(said.items()))
    return f"{series.name}{{{tags}}}" if tags else series.name


@dataclass(slots=True)
class Matcher:
    """The addresses of a source, and which of them a series feeds.

    An address is fed by every series of its name and field that carries all the tags that it names, so a tag that an
    agent adds (host, region) need not be written. Several addresses may be fed by one series.
    """

    read: Callable[[str], Series | None]
    addresses: tuple[str, ...]
    fed: dict[tuple[str, str], list[tuple[frozenset[tuple[str, str]], int]]] = field(default_factory=dict)
    known: dict[object, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for place, address in enumerate(self.addresses):
            series = self.read(address)
            if series:
                tags = frozenset(series.tags.items())
                self.fed.setdefault((series.name, series.field), []).append((tags, place))

    def feeds(self, key: object, series: Series) -> tuple[int, ...]:
        """The places in `addresses` that a series feeds; it is remembered by `key`."""
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        self.known[key] = found = self._matched(series)
        return found

    def _matched(self, series: Series) -> tuple[int, ...]:
        tags = frozenset(series.tags.items())
        return tuple(place for wanted, place in self.fed.get((series.name, series.field), ()) if wanted <= tags)


def spread(fed: Iterable[tuple[int, ...]]) -> tuple[list[int], list[int]]:
    """Lists of places laid end to end: which list each place is of, and the places."""
    pairs = [(n, place) for n, places in enumerate(fed) for place in places]
    return [n for n, _ in pairs], [place for _, place in pairs]


def _escaped(text: str) -> str:
    return re.sub(r"([,= ])", r"\\\1", text)
