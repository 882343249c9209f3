"""A walk through a server's address space: its variables, each once, with the properties that describe them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from asyncua import ua

from .session import Session, node_of

T = TypeVar("T")
ROOT = "i=85"
SERVER, ALIASES, LOCATIONS = "i=2253", "i=23470", "i=31915"
"""Parts of Objects that are about the server, not about the plant."""
HIERARCHICAL, PROPERTY = "i=33", "i=68"
VARIABLES, NODES = 5_000, 50_000
"""So many variables are offered, so many nodes looked at, at most."""
FEATURES = ("EngineeringUnits", "EURange", "EnumStrings", "EnumValues")
"""Properties that say more about a variable's value."""


@dataclass(slots=True)
class Found:
    """A variable on the way: where it is, of which object, and its properties by name."""

    node: str
    name: tuple[str, str]
    path: tuple[str, ...]
    owner: str
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """A node whose children are still to be seen."""

    node: str
    path: tuple[str, ...]
    kind: str
    variable: Found | None = None


async def walked(session: Session) -> list[Found]:
    """All variables below Objects, level by level; each node once, however many ways lead to it."""
    found: list[Found] = []
    seen = {ROOT, SERVER, ALIASES, LOCATIONS}
    level = [Place(ROOT, (), "")]
    while level and len(found) < VARIABLES and len(seen) < NODES:
        below: list[Place] = []
        children = await _children(session, [p.node for p in level])
        for place, references in zip(level, children, strict=True):
            for one in references:
                below += _seen(session, place, one, seen, found)
        level = below
    return found[:VARIABLES]


def _seen(
    session: Session, place: Place, one: ua.ReferenceDescription, seen: set[str], found: list[Found]
) -> list[Place]:
    """A child: a property is noted with its variable, a variable is found; where to look further."""
    node, kind = one.NodeId.to_string(), one.TypeDefinition.to_string()
    name = str(one.BrowseName.Name)
    if kind == PROPERTY or (place.variable is not None and name in FEATURES):
        if place.variable is not None:
            place.variable.properties[name] = node
        return []
    elsewhere = isinstance(one.NodeId, ua.ExpandedNodeId) and bool(one.NodeId.ServerIndex)
    if node in seen or elsewhere or one.NodeClass not in (ua.NodeClass.Object, ua.NodeClass.Variable):
        return []
    seen.add(node)
    path = (*place.path, str(one.DisplayName.Text or name))
    if one.NodeClass is ua.NodeClass.Object:
        return [Place(node, path, kind)]
    spaces = session.namespaces
    index = int(one.BrowseName.NamespaceIndex)
    uri = spaces[index] if 0 < index < len(spaces) else ""
    found.append(Found(node, (uri, name), path, place.kind))
    return [Place(node, path, kind, found[-1])]


async def _children(session: Session, nodes: Sequence[str]) -> list[list[ua.ReferenceDescription]]:
    """What the nodes hold, in as many calls as the server needs."""
    found: list[list[ua.ReferenceDescription]] = []
    for part in parts(nodes, min(session.limits["browse"], 200)):
        request = ua.BrowseRequest()
        request.Parameters.RequestedMaxReferencesPerNode = ua.Counter(0)
        request.Parameters.NodesToBrowse = [
            ua.BrowseDescription(
                NodeId=node_of(node),
                BrowseDirection=ua.BrowseDirection.Forward,
                ReferenceTypeId=node_of(HIERARCHICAL),
                IncludeSubtypes=True,
                NodeClassMask=ua.UInt32(ua.NodeClass.Object | ua.NodeClass.Variable),
                ResultMask=ua.UInt32(63),
            )
            for node in part
        ]
        for result in (await session.call(request, ua.BrowseResponse)).Results:
            references = list(result.References or ())
            references += await _rest(session, result.ContinuationPoint)
            found.append(references)
    return found


async def _rest(session: Session, point: bytes | None) -> list[ua.ReferenceDescription]:
    """What did not fit into the first answer."""
    found: list[ua.ReferenceDescription] = []
    while point and len(found) < NODES:
        request = ua.BrowseNextRequest()
        request.Parameters.ReleaseContinuationPoints = False
        request.Parameters.ContinuationPoints = [point]
        (result,) = (await session.call(request, ua.BrowseNextResponse)).Parameters.Results
        found += result.References or ()
        point = result.ContinuationPoint
    return found


def parts(things: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Things in parts of so many at most."""
    return (things[first : first + most] for first in range(0, len(things), most))
