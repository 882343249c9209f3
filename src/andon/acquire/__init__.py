"""Machine -> samples: one file a protocol."""

from importlib import import_module
from importlib.metadata import entry_points

from ..catalog import CONNECTORS, Connector
from ..errors import UnknownName

OURS = {
    "ethernet-ip": "ethernet_ip",
    "modbus": "modbus",
    "mqtt": "mqtt",
    "mtconnect": "mtconnect",
    "opcua": "opcua",
    "push": "push",
    "s7": "s7",
    "sparkplug": "sparkplug",
}
"""The live connectors that come with Andon, and their modules."""
NOT_LIVE = ("files", "simulated")
"""Sources that nobody connects to: files are brought by `andon import`, the simulated plant by `andon demo`."""


def connectors() -> list[str]:
    """The names of all connectors, plug-ins (entry points `andon.connectors`) among them."""
    return sorted({*OURS, *(e.name for e in entry_points(group="andon.connectors"))})


def find_connector(name: str) -> Connector:
    """A connector by its name; its module is loaded when it is first asked for."""
    if name in OURS:
        import_module(f".{OURS[name]}", __name__)
    else:
        for found in entry_points(group="andon.connectors", name=name):
            found.load()
    if name not in CONNECTORS:
        raise UnknownName("connector", name, [*connectors(), *NOT_LIVE])
    return CONNECTORS[name]
