"""Addresses of values: a NodeId, its namespace by index or URI, and a path into an array or a structure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

ARROW = " -> "
NODE = re.compile(
    r"(?:ns=(?P<index>\d+);|nsu=(?P<uri>[^;]+);)?(?P<name>i=\d+|s=.+|g=[0-9a-fA-F-]{36}|b=[\w+/=]+)", re.S
)
STEP = re.compile(r"\.?(?P<field>[^.\[\]]+)|\[(?P<places>\d+(?:,\d+)*)\]")
Step = str | int


@dataclass(frozen=True, slots=True)
class Address:
    """Where a value is: in which namespace, under which name, and where inside the value.

    Attributes
    ----------
    written
        As plant.toml writes it.
    space
        The namespace: its URI, or its index as a number.
    name
        The identifier: `s=Speed`, `i=1001`.
    path
        Fields and elements on the way into the value.
    """

    written: str
    space: str | int
    name: str
    path: tuple[Step, ...] = ()

    def node(self, namespaces: Sequence[str]) -> str | None:
        """The NodeId on a server with these namespaces; None where it has not this one."""
        if isinstance(self.space, int):
            index = self.space
        elif self.space in namespaces:
            index = namespaces.index(self.space)
        else:
            return None
        return f"ns={index};{self.name}" if index else self.name


def address(written: str) -> Address | None:
    """Read an address; None where it is none.

    >>> address("nsu=http://acme.com/press;s=Recipe -> Steps[2].Name").path
    ('Steps', 2, 'Name')
    >>> address("ns=3;s=Temperature").node(["", "a", "b", "c"])
    'ns=3;s=Temperature'
    """
    plain, _, inside = written.strip().partition(ARROW)
    found = NODE.fullmatch(plain.strip())
    path = steps(inside)
    if found is None or path is None:
        return None
    space = int(found["index"] or 0) if found["uri"] is None else unquote(found["uri"])
    return Address(written, space, found["name"], path)


def steps(inside: str) -> tuple[Step, ...] | None:
    """The way into a value: `Order.Parts[3]`, `[1,2]`; None where it is none.

    >>> steps("Order.Parts[3]"), steps("[1,2]"), steps("Order[")
    (('Order', 'Parts', 3), (1, 2), None)
    """
    found: list[Step] = []
    at = 0
    while at < len(inside):
        step = STEP.match(inside, at)
        if step is None:
            return None
        found += [step["field"].strip()] if step["field"] else map(int, step["places"].split(","))
        at = step.end()
    return tuple(found)


def reached(value: object, path: Sequence[Step]) -> tuple[bool, object]:
    """What is at the end of a way into a value, and whether there is such a way.

    >>> reached({"Order": {"Parts": [7, 8]}}, ("Order", "Parts", 1))
    (True, 8)
    """
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                return False, None
            value = value[step]
        else:
            if not isinstance(value, dict) or step not in value:
                return False, None
            value = value[step]
    return True, value
