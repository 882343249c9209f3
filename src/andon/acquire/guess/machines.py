"""Which of a source's things belong to one machine, and what the machine's path would be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...plant import Machine
from ..link import Offer
from .letters import free, path_part
from .limits import OF_A_PART
from .places import COMPONENT, CONTAINER, MACHINE, PLACE
from .vocabulary import COUNTED, role_of, spaced

SPLIT = re.compile(r"(.+?)[._:/ ](.+)", re.DOTALL)


@dataclass(slots=True)
class Node:
    """A folder of a source: what is in it."""

    name: str = ""
    folders: dict[str, Node] = field(default_factory=dict)
    leaves: list[Offer] = field(default_factory=list)

    def all(self) -> Iterator[Offer]:
        yield from self.leaves
        for folder in self.folders.values():
            yield from folder.all()

    @property
    def telling(self) -> bool:
        """Somewhere in it is a machine's state or a count of parts."""
        return any(map(tells, self.leaves)) or any(f.telling for f in self.folders.values())


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs together: the folders that lead to it, and its offers; `loose` where it hangs at a place itself."""

    trail: tuple[str, ...]
    offers: tuple[Offer, ...]
    loose: bool = False


def tells(offer: Offer) -> bool:
    """Is it a machine's state or a count of parts?"""
    name = offer.path[-1] if offer.path else ""
    role = offer.role or role_of(name)[0]
    return role in ("state", *COUNTED) and not (not offer.role and OF_A_PART.search(spaced(name)))


def grouped(offers: Sequence[Offer]) -> list[Group]:
    """The offers of each machine, in the source's own order.

    A folder is a machine when a state or a count of parts is in it or in its parts (Status, Counters, Axes...), and a
    place when several such are below it. Names such as `Press3_State` in one flat folder are taken apart.

    >>> found = grouped([Offer("1", ("Hall", "Press 3", "Status", "State"), "text"),
    ...                  Offer("2", ("Hall", "Press 3", "Power"), "number"),
    ...                  Offer("3", ("Hall", "Press 4", "Status", "State"), "text")])
    >>> [(g.trail, len(g.offers)) for g in found]
    [(('Hall', 'Press 3'), 2), (('Hall', 'Press 4'), 1)]
    """
    return list(_walk(_tree(offers), (), root=True))


def _tree(offers: Sequence[Offer]) -> Node:
    root = Node()
    for offer in offers:
        node = root
        for name in offer.path[:-1]:
            node = node.folders.setdefault(name, Node(name))
        node.leaves.append(offer)
    _unfold(root)
    return root


def _unfold(node: Node) -> None:
    """Flat names with the machine in front become folders, where several machines have the same things."""
    for folder in node.folders.values():
        _unfold(folder)
    if node.folders or len(node.leaves) < 4:
        return
    parts = [SPLIT.fullmatch(o.path[-1] if o.path else "") for o in node.leaves]
    found = [(o, p[1], p[2]) for o, p in zip(node.leaves, parts, strict=True) if p]
    same = Counter(rest.lower() for _, _, rest in found)
    shared = sum(n > 1 for n in same.values())
    prefixes = {first for _, first, _ in found}
    if len(found) < 0.9 * len(node.leaves) or len(prefixes) < 2 or shared * 2 < len(same):
        return
    loose = {id(o) for o, _, _ in found}
    for offer, first, _ in found:
        node.folders.setdefault(first, Node(first)).leaves.append(offer)
    node.leaves = [o for o in node.leaves if id(o) not in loose]


def _walk(node: Node, trail: tuple[str, ...], *, root: bool = False) -> Iterator[Group]:
    if _is_machine(node, root=root):
        if found := tuple(node.all()):
            yield Group(trail, found)
        return
    if node.leaves:
        yield Group(trail, tuple(node.leaves), loose=True)
    for name, folder in node.folders.items():
        yield from _walk(folder, (*trail, name))


def _is_machine(node: Node, *, root: bool) -> bool:
    """Is this folder a machine, rather than a place with machines in it?"""
    folders = list(node.folders.values())
    if not folders:
        return True
    named = "" if root else spaced(node.name)
    if PLACE.search(named) or CONTAINER.fullmatch(named):
        return False
    machines = sum(_named_machine(f.name) or bool(PLACE.search(spaced(f.name))) for f in folders)
    if machines * 2 >= len(folders):
        return False
    if any(map(tells, node.leaves)):
        return True
    parts = sum(map(_is_part, (f.name for f in folders)))
    if parts * 2 >= len(folders) or (named and _named_machine(named)):
        return True
    telling = sum(f.telling for f in folders)
    if telling:
        return telling == 1 and len(folders) > 1
    return not root and not _alike(folders)


def _is_part(name: str) -> bool:
    """Every word of the name is that of a part of a machine."""
    words = spaced(name).split()
    return bool(words) and all(map(COMPONENT.fullmatch, words)) and not _named_machine(name)


def _named_machine(name: str) -> bool:
    return bool(MACHINE.search(spaced(re.sub(r"\d+$", "", name))) or MACHINE.search(spaced(name)))


def _alike(folders: Sequence[Node]) -> bool:
    """Do most folders hold things of the same names?"""
    names = Counter(o.path[-1] for f in folders for o in f.all() if o.path)
    return len(folders) > 1 and sum(n > 1 for n in names.values()) * 2 >= len(names)


@dataclass(frozen=True, slots=True)
class Named:
    """A group with the machine that it would be: its path, and what people call it."""

    path: str
    title: str
    group: Group


def named(groups: Sequence[Group], known: Mapping[str, Machine], source: str) -> list[Named]:
    """A path for each group: the plant's own machine where one is called so, else its line and its name as slugs.

    Parameters
    ----------
    groups
        What belongs together.
    known
        The plant's machines.
    source
        The source's name, for what has no folder of its own.
    """
    trunk = _trunk(groups)
    lines = {m.line for m in known.values() if m.line}
    usual = next(iter(lines)) if len(lines) == 1 else "line-1"
    found: list[Named] = []
    for group in groups:
        title = group.trail[-1] if group.trail else ""
        existing = _existing(group, known, source)
        path = existing or _path(group, trunk, usual, source)
        if not existing:
            path = free(path, {n.path for n in found} | set(known), "-")
        found.append(Named(path, title if path_part(title or source) != title else "", group))
    return found


def _existing(group: Group, known: Mapping[str, Machine], source: str) -> str:
    """The plant's machine that brings these things already, or is called as the group is."""
    addresses = {o.address for o in group.offers}
    bound = Counter(
        s.machine for m in known.values() for s in m.signals.values() if s.source == source and s.address in addresses
    )
    if bound:
        return bound.most_common(1)[0][0]
    title = group.trail[-1] if group.trail else ""
    fits = [p for p, m in known.items() if title and (title in (p, m.title) or p.split("/")[-1] == path_part(title))]
    return fits[0] if len(fits) == 1 and not group.loose else ""


def _path(group: Group, trunk: int, usual: str, source: str) -> str:
    if not group.trail:
        return f"{usual}/{path_part(source)}"
    places = group.trail[trunk:] if group.loose else group.trail[trunk:-1]
    told = [path_part(p) for p in places if not CONTAINER.fullmatch(spaced(p))][-2:]
    name = "general" if group.loose else path_part(group.trail[-1])
    return "/".join([*(told or [usual]), name])


def _trunk(groups: Sequence[Group]) -> int:
    """How many folders lead to every machine and may be left out; the last before a machine is its line."""
    places = [g.trail if g.loose else g.trail[:-1] for g in groups if g.trail]
    common = 0
    while places and all(len(p) > common and p[common] == places[0][common] for p in places):
        common += 1
    return common if all(len(p) > common for p in places) else max(0, common - 1)
