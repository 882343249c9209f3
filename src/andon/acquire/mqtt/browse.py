"""What a broker carries: every value in every payload heard, as an offer; and a trial of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import orjson

from ...plant.ucum import is_unit, nearest_unit
from ..broker import Message, Tls, Version, access, connect, listen, try_link, visiting
from ..link import Link, Offer, Trial
from .path import Json
from .reading import said
from .topics import fewest, parts, wildcards

LISTEN, MOST, DEEP, WIDE = 5.0, 50_000, 6, 200
PLAIN = re.compile(r"[^.\[\]*'\"\s]+")
MOMENTS = frozenset({"t", "ts", "time", "timestamp", "datetime", "date", "sent", "sourcetime", "source_time"})
UNITS = ("unit", "units", "uom", "engunit", "unitofmeasure")
VALUES = ("value", "v", "val")
NAMES = ("id", "name", "tag", "signal", "metric")
Spot = tuple[str, tuple[str, ...], Json, str]
"""Where a value stands: its path, the names on the way, the value, its unit as written."""


async def browse(
    link: Link,
    url: str,
    topics: tuple[str, ...] = (),
    user: str = "",
    client_id: str = "",
    version: Version = "3.1.1",
    tls: Tls | None = None,
) -> list[Offer]:
    """Listen for some seconds, retained messages included, and offer every value that came."""
    broker = await connect(visiting(access(link, url, user=user, client_id=client_id, version=version, tls=tls)))
    latest: dict[str, Message] = {}
    try:
        filters = fewest(wildcards(t) for t in topics) or ["#"]
        await listen(broker, filters, most=MOST, seconds=LISTEN, each=lambda m: latest.update({m.topic: m}))
    finally:
        await broker.close()
    return [offer for topic in sorted(latest) for offer in offers(topic, latest[topic].payload, topics)]


async def trial(
    link: Link,
    url: str,
    topics: tuple[str, ...] = (),
    user: str = "",
    client_id: str = "",
    version: Version = "3.1.1",
    tls: Tls | None = None,
) -> list[Trial]:
    """Reach the broker, log in, subscribe, and wait for a message."""
    named = [a.partition("#")[0] for a in link.addresses]
    return await try_link(
        lambda: access(link, url, user=user, client_id=client_id, version=version, tls=tls),
        fewest(wildcards(t) for t in (topics or named)) or ["#"],
        "is anything sent there, and are the topics spelled as the sender spells them?",
    )


def offers(topic: str, payload: bytes, topics: tuple[str, ...] = ()) -> list[Offer]:
    """The values of one payload as offers.

    >>> [o.address for o in offers("plant/press/status", b'{"state": "run", "ts": 1790805600}')]
    ['plant/press/status#$.state']
    >>> offers("plant/press/power", b"12.5")[0].kind
    'number'
    """
    where = parts(topic, topics)
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError:
        try:
            value = payload.decode()
        except UnicodeDecodeError:
            return []
    if not isinstance(value, dict | list):
        return [_offer(topic, where, ("", (), value, ""))]
    spots = [spot for _, spot in zip(range(WIDE), _spots(value, "$", (), DEEP), strict=False)]
    return [_offer(f"{topic}#{spot[0]}", where, spot) for spot in spots]


def _spots(value: Json, path: str, names: tuple[str, ...], deep: int) -> Iterator[Spot]:
    """Every single value inside a payload; times and units are told of others and are none themselves."""
    if isinstance(value, dict) and deep:
        unit = next((str(v) for k, v in value.items() if k.casefold() in UNITS and isinstance(v, str)), "")
        for key, inner in value.items():
            if key.casefold() in MOMENTS or key.casefold() in UNITS:
                continue
            way = names if key.casefold() in VALUES and names else (*names, key)
            step = f".{key}" if PLAIN.fullmatch(key) else f"[{key!r}]"
            if isinstance(inner, dict | list):
                yield from _spots(inner, path + step, way, deep - 1)
            else:
                yield path + step, way, inner, unit
    elif isinstance(value, list) and deep:
        yield from _elements(value, path, names, deep)


def _elements(value: list[Json], path: str, names: tuple[str, ...], deep: int) -> Iterator[Spot]:
    """An array: by the names that its elements bear, else all of them as samples of one signal."""
    inside = [v for v in value if isinstance(v, dict)]
    key = next((k for k in NAMES if inside and all(isinstance(v.get(k), str) for v in inside)), "")
    if key and len({str(v[key]) for v in inside}) == len(inside):
        for element in inside:
            rest = {k: v for k, v in element.items() if k != key}
            yield from _spots(rest, f"{path}[?@.{key} == {element[key]!r}]", (*names, str(element[key])), deep - 1)
    elif inside:
        yield from _spots(inside[0], f"{path}[*]", names, deep - 1)
    elif value and not isinstance(value[0], list):
        yield f"{path}[*]", names, value[0], ""


def _offer(address: str, where: tuple[str, ...], spot: Spot) -> Offer:
    _, names, value, unit = spot
    number, text, quality = said(value)
    code = unit if is_unit(unit) else nearest_unit(unit) or "" if unit else ""
    why = [f"the payload says {value!r:.60}"] + ([f"its unit is written {unit!r}"] if unit else [])
    seen = text if number is None else number
    return Offer(address, where + names, _kind(value), code, seen, quality, why="; ".join(why))


def _kind(value: Json) -> str:
    kinds: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number"}
    return kinds.get(type(value), "number" if value is None else "text")
