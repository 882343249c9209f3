"""Topics and their patterns: the wildcards of MQTT and parts with names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...errors import BadConfig

NAMED = re.compile(r"\{(\w+)\}")


def wildcards(pattern: str) -> str:
    """A pattern as MQTT reads it: a part with a name is a `+`.

    >>> wildcards("plant/{line}/{machine}/#")
    'plant/+/+/#'
    """
    return "/".join("+" if NAMED.fullmatch(part) else part for part in pattern.split("/"))


def checked(pattern: str) -> str:
    """A pattern that a broker takes.

    Raises
    ------
    BadConfig
        A wildcard stands where MQTT has none.
    """
    parts = pattern.split("/")
    wrong = [p for p in parts[:-1] if p == "#"] + [p for p in parts if len(p) > 1 and ("#" in p or "+" in p)]
    if wrong or not pattern:
        raise BadConfig(
            f"{pattern!r} is no topic pattern: `+` stands for one whole part, `#` for all that follow, at the end only."
        )
    return pattern


def fits(topic: str, pattern: str) -> bool:
    """Whether a topic (or a narrower pattern) lies within a pattern.

    >>> fits("plant/press/state", "plant/+/state"), fits("plant", "plant/#"), fits("$SYS/uptime", "#")
    (True, True, False)
    """
    if topic.startswith("$") and pattern[:1] in ("+", "#"):
        return False
    have, want = topic.split("/"), pattern.split("/")
    for place, part in enumerate(want):
        if part == "#":
            return True
        if place >= len(have) or have[place] == "#" or (part != "+" and part != have[place]):
            return False
    return len(have) == len(want)


def fewest(patterns: Iterable[str]) -> list[str]:
    """Patterns without those that lie within another, so that no message comes twice.

    >>> fewest(["plant/a/state", "plant/+/state", "plant/b/power"])
    ['plant/+/state', 'plant/b/power']
    """
    each = list(dict.fromkeys(patterns))
    return [p for p in each if not any(p != other and fits(p, other) for other in each)]


def parts(topic: str, patterns: Iterable[str]) -> tuple[str, ...]:
    """The named parts of a topic by the first pattern with names that it fits, outermost first; else all its parts.

    >>> parts("acme/hall-2/press-3/state", ["acme/{line}/{machine}/#"])
    ('hall-2', 'press-3', 'state')
    """
    said = topic.split("/")
    for pattern in patterns:
        if NAMED.search(pattern) and fits(topic, wildcards(pattern)):
            want = pattern.split("/")
            named = [s for s, w in zip(said, want, strict=False) if NAMED.fullmatch(w)]
            return (*named, *(said[len(want) - 1 :] if want[-1] == "#" else ()))
    return tuple(said)
