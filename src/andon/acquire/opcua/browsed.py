"""What a server offers: its variables with type, unit and value, and what companion models say they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...errors import NotConnected
from ..link import Link, Offer
from .addresses import ARROW, reached, steps
from .companions import Meaning, meaning
from .door import Door
from .enums import listed, states_of, texts_of
from .said import explained
from .session import WRONG, Session, opened
from .structures import DEPTH, Structures, standard
from .units import unit_of
from .values import told
from .walk import Found, parts, walked
from .wire import Said

BROWSE_NAME, DESCRIPTION, VALUE, DATA_TYPE, RANK = 3, 5, 13, 14, 15
FLOATS, INTEGERS, BOOLEAN, ENUMERATION = {10, 11, 26}, set(range(2, 10)) | {27, 28}, 1, 29


@dataclass(frozen=True, slots=True)
class Type:
    """A data type: the built-in type that it travels as (None: a structure, or anything), the texts of its numbers."""

    base: int | None
    texts: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that a server tells of a variable."""

    found: Found
    type: Type
    scalar: bool
    said: Said
    description: str
    features: Mapping[str, object]
    meant: tuple[Meaning, str] | None


async def browsed(link: Link, door: Door) -> list[Offer]:
    """The server's variables, with what is known of them.

    Raises
    ------
    NotConnected
        In plain words why the server is not to be reached, or what it answered.
    """
    try:
        async with opened(link, door) as session:
            found = await walked(session)
            owners = await _names(session, sorted({f.owner for f in found if f.owner.startswith("ns=")}))
            types: dict[str, Type] = {}
            portraits = [p for part in parts(found, 200) for p in await _portraits(session, part, owners, types)]
            return [offer(p, session.namespaces) for p in portraits]
    except WRONG as error:
        raise NotConnected(await explained(error, link, door)) from error


async def _names(session: Session, nodes: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """Namespace URI and name of each node."""
    names = [str(s.value or "").rpartition(":") for s in await session.read(nodes, BROWSE_NAME)]
    spaces = session.namespaces
    return {
        node: (spaces[int(index)] if index.isdigit() and int(index) < len(spaces) else "", name)
        for node, (index, _, name) in zip(nodes, names, strict=True)
    }


async def _portraits(
    session: Session, found: Sequence[Found], owners: Mapping[str, tuple[str, str]], types: dict[str, Type]
) -> list[Portrait]:
    wanted = [(f.node, a) for f in found for a in (DESCRIPTION, DATA_TYPE, RANK, VALUE)]
    wanted += [(p, VALUE) for f in found for p in f.properties.values()]
    said = iter(await session.read_each(wanted))
    attributes = [[next(said) for _ in range(4)] for _ in found]
    features = [{name: next(said) for name in f.properties} for f in found]
    structures = Structures()
    portraits = []
    for one, (description, data_type, rank, value), more in zip(found, attributes, features, strict=True):
        name = str(data_type.value)
        if name not in types:
            types[name] = await _type(session, structures, name)
        told_more = {key: structures.read(s.value) for key, s in more.items()}
        texts = types[name].texts or texts_of(None, told_more.get("EnumStrings"), told_more.get("EnumValues"))
        for encoding in structures.unknown(value.value):
            await structures.learn(session, encoding)
        portraits.append(
            Portrait(
                one,
                Type(types[name].base, texts),
                not isinstance(rank.value, int) or rank.value < 0,
                Said(structures.read(value.value), value.status, value.at, value.server),
                str(description.value or ""),
                told_more,
                meaning(one.name, owners.get(one.owner, ("", ""))),
            )
        )
    return portraits


async def _type(session: Session, structures: Structures, data_type: str) -> Type:
    """What a data type travels as, and its texts if it is an enumeration."""
    texts: Mapping[int, str] = {}
    for _ in range(DEPTH):
        if data_type == f"i={ENUMERATION}":
            return Type(6, texts)
        if data_type.startswith("i=") and data_type[2:].isdigit() and int(data_type[2:]) <= 28:
            return Type(int(data_type[2:]), texts)
        if (known := standard(data_type)) is not None:
            return Type(known, texts)
        texts = texts or texts_of(structures.read(await session.definition(data_type)), None, None)
        if not texts:
            texts = await _strings(session, data_type)
        above = await session.parent(data_type, "i=45")  # HasSubtype
        if above is None:
            break
        data_type = above
    return Type(None, texts)


async def _strings(session: Session, data_type: str) -> Mapping[int, str]:
    """The texts that servers of old keep in a property of the data type."""
    properties = await session.children(data_type, "i=46")  # HasProperty
    wanted = {name: node for name, node in properties.items() if name in ("EnumStrings", "EnumValues")}
    if not wanted:
        return {}
    said = dict(zip(wanted, await session.read(list(wanted.values())), strict=True))
    structures = Structures()
    values = {name: structures.read(s.value) for name, s in said.items()}
    return texts_of(None, values.get("EnumStrings"), values.get("EnumValues"))


def offer(portrait: Portrait, namespaces: Sequence[str]) -> Offer:
    """A variable as something that plant.toml may take."""
    found, why = portrait.found, [portrait.description] if portrait.description else []
    unit, from_where = unit_of(portrait.features.get("EngineeringUnits"))
    kind, role, keys, element = _kind(portrait), "", {}, ""
    states = states_of(portrait.type.texts) if portrait.scalar else None
    if portrait.meant is not None:
        meant, model = portrait.meant
        kind, role, keys, element = meant.kind, meant.role, dict(meant.keys), meant.element
        why.append(model)
    elif states is not None:
        kind, keys = "state", {"states": states}
    if portrait.type.texts:
        why.append(f"an enumeration: {listed(portrait.type.texts)}")
    if from_where:
        why.append(from_where)
    span = portrait.features.get("EURange")
    if isinstance(span, dict):
        why.append(f"its range is {span.get('Low')} to {span.get('High')}")
    value = _value(portrait, element)
    address = lasting(found.node, namespaces) + (ARROW + element if element else "")
    return Offer(address, found.path, kind, unit, value, portrait.said.status, role, keys, "; ".join(why))


def lasting(node: str, namespaces: Sequence[str]) -> str:
    """A NodeId with its namespace by URI, which stays when the server restarts.

    >>> lasting("ns=2;s=Speed", ["http://opcfoundation.org/UA/", "urn:server", "http://acme.com/press"])
    'nsu=http://acme.com/press;s=Speed'
    """
    space, _, name = node.partition(";")
    if not space.startswith("ns=") or int(space[3:]) >= len(namespaces):
        return node
    uri = namespaces[int(space[3:])].replace("%", "%25").replace(";", "%3B")
    return f"nsu={uri};{name}"


def _kind(portrait: Portrait) -> str:
    base = portrait.type.base
    if not portrait.scalar:
        return "text"
    if base in FLOATS:
        return "number"
    if base in INTEGERS:
        return "integer"
    return "boolean" if base == BOOLEAN else "text"


def _value(portrait: Portrait, element: str) -> float | str | None:
    """What it says now, as it would be stored."""
    value = portrait.said.value
    if portrait.said.status >> 30 >= 2:
        return None
    if element:
        _, value = reached(value, steps(element) or ())
    number, text, _ = told(value)
    return text if number is None else number
