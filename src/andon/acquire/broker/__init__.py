"""MQTT brokers: connecting, logging in, hearing, acknowledging once it is stored; for the connectors that use one."""

from .access import Access, Tls, access, own_id, parse_url
from .broker import Broker, connect, reach
from .packets import Hello, Message, Version, Will
from .trial import listed, listen, try_link, visiting

__all__ = [
    "Access",
    "Broker",
    "Hello",
    "Message",
    "Tls",
    "Version",
    "Will",
    "access",
    "connect",
    "listed",
    "listen",
    "own_id",
    "parse_url",
    "reach",
    "try_link",
    "visiting",
]
