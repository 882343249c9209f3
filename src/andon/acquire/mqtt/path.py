"""JSON paths: where in a payload a value stands; of RFC 9535 the names, the numbers, `*` and `[?@.x == y]`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ...errors import BadConfig

Json = object
STEP = re.compile(
    r"""\.(?P<dotted>[^.\[\]*'"\s]+)
    | \[(?P<index>-?\d+)\]
    | (?P<all>\[\*\]|\.\*)
    | \[(?P<quote>['"])(?P<name>.*?)(?P=quote)\]
    | \[\?\s*\(?\s*@\.(?P<key>[^\s=!<>\]]+)\s*==\s*
        (?:(?P<q>['"])(?P<said>.*?)(?P=q) | (?P<plain>[^\s'"\])]+))\s*\)?\s*\]""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class All:
    """Every element of an array, every value of an object."""


@dataclass(frozen=True, slots=True)
class Where:
    """Every element whose `key` is `value` (compared as it is written)."""

    key: str
    value: str


Step = str | int | All | Where
Found = tuple[Json, tuple[Json, ...]]
"""A value, and what it stands in: from the outermost to the object it is a member of."""


@dataclass(frozen=True)
class Path:
    """A compiled path.

    >>> payload = {"samples": [{"t": 1, "v": 7}, {"t": 2, "v": 8}]}
    >>> [value for value, _ in path("$.samples[*].v").find(payload)]
    [7, 8]
    >>> path("$.samples[?@.t == 2].v").first(payload)
    8
    """

    steps: tuple[Step, ...]

    @cached_property
    def names(self) -> tuple[str, ...] | None:
        """The names that it consists of, where it has nothing else."""
        found = tuple(s for s in self.steps if isinstance(s, str))
        return found if len(found) == len(self.steps) else None

    def find(self, payload: Json) -> list[Found]:
        """Every value there, in its order; none where there is none."""
        if self.names is None:
            return list(_walk(payload, self.steps, ()))
        holders = []
        for name in self.names:  # most paths are names, and most time would go into walking them
            if not isinstance(payload, dict) or name not in payload:
                return []
            holders.append(payload)
            payload = payload[name]
        return [(payload, tuple(holders))]

    def first(self, payload: Json) -> Json:
        """The first value there, None where there is none."""
        found = self.find(payload)
        return found[0][0] if found else None


def path(said: str) -> Path:
    """Read a path such as `$.samples[*].value`; `@` in place of `$` begins at the object that holds the value.

    Raises
    ------
    BadConfig
        It is none.
    """
    if said[:1] not in ("$", "@"):
        raise BadConfig(f"{said!r} is no path into a payload. Write one such as $.state or $.values[*].v.")
    steps: list[Step] = []
    place = 1
    while place < len(said):
        step = STEP.match(said, place)
        if not step:
            raise BadConfig(f"{said!r} cannot be read from {said[place:]!r} on. Write .name, ['a name'], [0] or [*].")
        steps.append(_step(step))
        place = step.end()
    return Path(tuple(steps))


def _step(found: re.Match[str]) -> Step:
    if found["all"]:
        return All()
    if found["index"]:
        return int(found["index"])
    if found["key"]:
        return Where(found["key"], found["said"] if found["q"] else found["plain"])
    return found["dotted"] or found["name"]


def _walk(value: Json, steps: tuple[Step, ...], holders: tuple[Json, ...]) -> Iterator[Found]:
    if not steps:
        yield value, holders
        return
    step, rest = steps[0], steps[1:]
    for inner in _inner(value, step):
        yield from _walk(inner, rest, (*holders, value))


def _inner(value: Json, step: Step) -> Iterator[Json]:
    if isinstance(step, All | Where):
        inside = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
        yield from (v for v in inside if isinstance(step, All) or _is(v, step))
    elif isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield value[step]
    elif isinstance(value, list) and -len(value) <= step < len(value):
        yield value[step]


def _is(value: Json, step: Where) -> bool:
    if not isinstance(value, dict) or step.key not in value:
        return False
    found = value[step.key]
    return (str(found).lower() if isinstance(found, bool) else str(found)) == step.value
