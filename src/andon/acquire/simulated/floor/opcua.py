"""An OPC UA server that plays its machines: objects by line and machine, units, ranges, history in its memory."""

from __future__ import annotations

from asyncua import ua
from asyncua.common.node import Node
from asyncua.server.server import Server

from ....model import moment
from ..paper import UNITS
from ..play import Player
from ..score import Line
from .addresses import HOST, NAMESPACE
from .kinds import kind_of
from .post import Post

REMEMBERED = 20_000
"""Values of each signal that the server keeps, to be read by whoever was away."""
COMMON = {"kW": "KWT", "kW.h": "KWH", "Cel": "CEL", "mm/s": "C16"}
"""UNECE codes of our units; OPC UA (Part 8, 5.6.3) takes the characters of a code as one number."""


async def serve(post: Post) -> None:
    """Serve until killed."""
    server = Server()
    await server.init()
    server.set_server_name("Andon demo PLC")
    server.set_endpoint(f"opc.tcp://{HOST}:{post.shown}/demo")
    server.socket_address = (HOST, post.port)
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    for extra in range(post.bends.renumbered):
        await server.register_namespace(f"urn:andon:demo:fieldbus-{extra}")
    index = await server.register_namespace(NAMESPACE)
    player = post.player()
    nodes = await _nodes(server, player, index)
    lots = post.lots(player)
    await _say(server, nodes, await anext(lots))
    async with server:
        await server.historize_node_data_change(list(nodes.values()), count=REMEMBERED)
        async for lines in lots:
            await _say(server, nodes, lines)
            post.sent(lines)


async def _nodes(server: Server, player: Player, index: int) -> dict[str, Node]:
    """An object for each line and machine, a variable for each signal."""
    places: dict[str, Node] = {"": server.nodes.objects}
    nodes = {}
    for path in player.paths:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            place = "/".join(parts[:depth])
            if place not in places:
                parent = places["/".join(parts[: depth - 1])]
                places[place] = await parent.add_object(_id(place, index), f"{index}:{parts[depth - 1]}")
        kind = ua.VariantType[kind_of(path)]
        node = await places["/".join(parts[:-1])].add_variable(
            _id(path, index), f"{index}:{parts[-1]}", _empty(kind), varianttype=kind
        )
        if parts[-1] in UNITS:
            await _unit(node, UNITS[parts[-1]])
        nodes[path] = node
    return nodes


async def _unit(node: Node, unit: str) -> None:
    """The property that says the unit, as an AnalogUnitType has it."""
    code = COMMON[unit]
    number = int.from_bytes(code.encode(), "big")
    text = ua.LocalizedText(unit)
    said = ua.EUInformation("http://www.opcfoundation.org/UA/units/un/cefact", number, text, text)
    await node.add_property(0, "EngineeringUnits", said)


def _id(path: str, index: int) -> ua.NodeId:
    return ua.NodeId(ua.String(path), ua.Int16(index))


def _empty(kind: ua.VariantType) -> object:
    return {"String": "", "Double": 0.0}.get(kind.name, 0)


async def _say(server: Server, nodes: dict[str, Node], lines: list[Line]) -> None:
    for path, at, value, text, quality in lines:
        kind = ua.VariantType[kind_of(path)]
        plain = text if kind is ua.VariantType.String else value if kind is ua.VariantType.Double else int(value or 0)
        bad = plain is None or quality >> 30 == 2
        said = ua.DataValue(
            ua.Variant(None if bad else plain, ua.VariantType.Null if bad else kind),
            ua.StatusCode(ua.UInt32(quality)),
            SourceTimestamp=_moment(at),
            ServerTimestamp=_moment(at),
        )
        await server.write_attribute_value(nodes[path].nodeid, said)


def _moment(at: int) -> ua.DateTime:
    m = moment(at)
    return ua.DateTime(m.year, m.month, m.day, m.hour, m.minute, m.second, m.microsecond, m.tzinfo)
