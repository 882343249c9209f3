"""Addresses of metrics: `group/node/device/metric name`; and what has to be subscribed for them."""

from __future__ import annotations

from collections.abc import Sequence

from ..link import Link

MOST_NODES = 200
"""From more nodes than this on, whole groups are subscribed."""
Name = tuple[str, str]
"""Group and edge node."""


def names(link: Link) -> list[Name]:
    """The edge nodes that the addresses of a link name."""
    return list(dict.fromkeys((g, n) for g, n, _, _ in filter(None, map(parts, link.addresses))))


def parts(address: str) -> tuple[str, str, str, str] | None:
    """Group, node, device ("": the node itself) and metric of an address; None where it is none.

    >>> parts("works/line-1/press-3/Motor/Speed"), parts("works/line-1//Uptime"), parts("works/line-1")
    (('works', 'line-1', 'press-3', 'Motor/Speed'), ('works', 'line-1', '', 'Uptime'), None)
    """
    said = address.split("/", 3)
    if len(said) < 4 or not (said[0] and said[1] and said[3]):
        return None
    return said[0], said[1], said[2], said[3]


def wrong(link: Link) -> list[str]:
    """The addresses that name no metric."""
    return [a for a in link.addresses if parts(a) is None]


def filters(link: Link, groups: Sequence[str]) -> list[str]:
    """What is subscribed: the groups that are named; else the nodes of the addresses; else all there is."""
    wanted = names(link)
    if not groups and 0 < len(wanted) <= MOST_NODES:
        return [f"spBv1.0/{g}/+/{n}/#" for g, n in wanted]
    found = groups or list(dict.fromkeys(g for g, _ in wanted))
    return [f"spBv1.0/{g}/#" for g in found] or ["spBv1.0/#"]
