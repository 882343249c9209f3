"""Where each protocol's server is, and how it calls a signal: what plant.toml says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .registers import place

HOST = "127.0.0.1"
NAMESPACE = "urn:andon:demo:machines"
"""Of the OPC UA server's own nodes."""
ROOT = "demo"
"""Of the MQTT topics."""
GROUP, EDGE = "demo", "packing"
"""The Sparkplug group and edge node of the packers."""
PRIMARY = "andon"
"""The Sparkplug host without which the node keeps what it has to say."""


def reading(path: str) -> str:
    """The machine's own name of a signal: the path with dots, as an identifier may have it.

    >>> reading("line-1/lathe-1/state")
    'line-1.lathe-1.state'
    """
    return path.replace("/", ".")


def _register(path: str) -> str:
    number, kind = place(path)
    return f"holding:{number}:{kind}"


def _metric(path: str) -> str:
    """group/node/device/metric."""
    machine, _, name = path.rpartition("/")
    return f"{GROUP}/{EDGE}/{machine.rpartition('/')[2]}/{name}"


def _field(path: str) -> str:
    machine, _, name = path.rpartition("/")
    return f"machine,name={machine}.{name}"


def _member(path: str) -> str:
    return f"{ROOT}/{path}#$.value"


SETTINGS: Mapping[str, Callable[[int], list[str]]] = {
    "opcua": lambda port: [f'url = "opc.tcp://{HOST}:{port}/demo"', "queue = 100"],
    "mtconnect": lambda port: [f'url = "http://{HOST}:{port}"'],
    "modbus": lambda port: [f'url = "modbus://{HOST}:{port}"'],
    "mqtt": lambda port: [f'url = "mqtt://{HOST}:{port}"', 'time = "$.at"'],
    "sparkplug": lambda port: [f'url = "mqtt://{HOST}:{port}"', f'host_id = "{PRIMARY}"'],
    "push": lambda port: [f'listen = "{HOST}:{port}"'],
}
"""Further lines of a [[source]] table, for a port."""

ADDRESSES: Mapping[str, Callable[[str], str]] = {
    "opcua": lambda path: f"nsu={NAMESPACE};s={path}",
    "mtconnect": reading,
    "modbus": _register,
    "mqtt": _member,
    "sparkplug": _metric,
    "push": _field,
}
"""How a signal is addressed over each protocol."""
