"""From what a person typed to who may answer there: a URL, an address without a protocol, or a source of the plant."""

from __future__ import annotations

import logging
import re
import socket
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..acquire import connectors, find_connector
from ..acquire.settings import read_settings
from ..catalog import Connector
from ..errors import BadQuestion, NotConnected, UnknownName
from ..plant import Plant, Source

log = logging.getLogger("andon.connect")
USUAL: Sequence[tuple[int, str]] = (
    (4840, "opc.tcp"),
    (1883, "mqtt"),
    (8883, "mqtts"),
    (502, "modbus"),
    (102, "s7"),
    (44818, "ethernet-ip"),
    (5000, "http"),
)
"""Ports on which machines usually speak, and the scheme of what they speak there."""
KNOCK = 1.5
"""Seconds that a port may take to answer."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach what was typed: a connector and the URL for it."""

    connector: str
    url: str


def known_connectors() -> Iterator[Connector]:
    """Every connector whose module can be loaded."""
    for name in connectors():
        try:
            yield find_connector(name)
        except ImportError as error:  # a plug-in, or an extra, that is not whole: the others still are
            log.debug("%s cannot be loaded: %s", name, error)


def ways(said: str) -> list[Way]:
    """How what was typed may be reached, the likeliest first.

    Raises
    ------
    BadQuestion
        It is no address, names a protocol that Andon does not speak, or holds a password.
    NotConnected
        Nobody answers there on any of the usual ports.
    """
    found = list(known_connectors())
    if "://" in said:
        scheme = said.partition("://")[0].lower()
        checked(said)
        fitting = [c for c in found if scheme in c.schemes] + [
            c for c in found if any(s.endswith("+" + scheme) for s in c.schemes)
        ]
        if not fitting:
            schemes = sorted({s for c in found for s in c.schemes})
            raise BadQuestion(f"Andon speaks no {scheme!r}. It connects to {', '.join(f'{s}://' for s in schemes)}.")
        return [Way(c.name, _for(c, scheme, said)) for c in fitting]
    host, port = _place(said)
    doors = _open(host, [(port, "")] if port else USUAL)
    if not doors:
        tried = f"port {port}" if port else f"any of the ports {', '.join(str(p) for p, _ in USUAL)}"
        raise NotConnected(
            f"Nobody answers at {host} on {tried}. Is it switched on, in this network, and not behind a firewall? "
            "With another port, write it behind: 192.168.0.7:4841."
        )
    usual = dict(USUAL)
    named = [(p, [usual[p]] if p in usual else [s for _, s in USUAL]) for p in doors]
    return [
        Way(c.name, f"{scheme}://{_bracketed(host)}:{p}")
        for p, schemes in named
        for scheme in schemes
        for c in found
        if scheme in c.schemes
    ]


def checked(url: str) -> str:
    """The URL, if no password is in it: it would stay in the shell's history, in plant.toml and its copies.

    Raises
    ------
    BadQuestion
        There is one.
    """
    parts = urlsplit(url)
    if parts.password is not None:
        bare = url.replace(f"{parts.username or ''}:{parts.password}@", "")
        raise BadQuestion(
            f"A password in a URL is seen by everybody who sees the command. Write {bare} --user {parts.username}: "
            "the password is asked for, or taken from ANDON_<SOURCE>_PASSWORD or secrets.toml."
        )
    return url


def without_user(url: str) -> tuple[str, str]:
    """The URL and the user that it names.

    >>> without_user("mqtt://ann@broker:1883/x")
    ('mqtt://broker:1883/x', 'ann')
    """
    user = urlsplit(url).username or "" if "://" in url else ""
    return (url.replace(f"{user}@", "", 1), user) if user else (url, "")


def source_of(plant: Plant, name: str) -> Source:
    """A source of the plant, by name.

    Raises
    ------
    UnknownName
        There is none.
    """
    found = next((s for s in plant.sources if s.name == name), None)
    if found is None:
        raise UnknownName("source", name, [s.name for s in plant.sources])
    return found


def is_address(said: str) -> bool:
    """Is it a URL, a host with a port, or a host?

    >>> [is_address(t) for t in ("opc.tcp://x", "plc:4840", "192.168.0.7", "plc.works.lan", "press-hall")]
    [True, True, True, True, False]
    """
    return "://" in said or bool(re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?|[\w.-]+:\d+|\[[0-9a-f:]+\](:\d+)?", said))


def name_for(connector: str, url: str, taken: Sequence[str]) -> str:
    """A name for a new source: the host's own where it is a name, else the connector's.

    >>> name_for("opcua", "opc.tcp://press-plc.works.lan:4840", []), name_for("opcua", "opc.tcp://10.0.0.7", ["opcua"])
    ('press-plc', 'opcua-2')
    """
    host = urlsplit(url).hostname or ""
    label = host.partition(".")[0]
    told = label if re.fullmatch(r"[a-z][\w-]*", label) and label != "localhost" else connector
    names = (told, *(f"{told}-{n}" for n in range(2, len(taken) + 3)))
    return next(n for n in names if n not in taken)


def settings_of(connector: Connector, given: Mapping[str, object]) -> dict[str, object]:
    """The settings in their types.

    Raises
    ------
    BadQuestion
        Something in them is wrong.
    """
    read, wrong = read_settings(connector, given)
    if wrong:
        raise BadQuestion(" ".join(f"{'.'.join(map(str, where))}: {said}".lstrip(": ") for where, said in wrong))
    return read


def typed(pairs: Sequence[str]) -> dict[str, object]:
    """Settings as they are typed: `every="500 ms"`, `unit=3`, `topics=["plant/#"]`.

    >>> typed(["unit=3", "every=500 ms", "topics=['plant/#']"])
    {'unit': 3, 'every': '500 ms', 'topics': ['plant/#']}
    """
    found = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign:
            raise BadQuestion(f"{pair!r} is no setting. Write key=value, such as every=500ms.")
        try:
            found[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[key.strip()] = value
    return found


def _for(connector: Connector, scheme: str, said: str) -> str:
    """The URL as a connector writes it: `sparkplug+mqtt://` where it speaks on top of that scheme."""
    own = scheme if scheme in connector.schemes else next(s for s in connector.schemes if s.endswith("+" + scheme))
    return own + said[len(scheme) :]


def _place(said: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{said}")
    try:
        port = parts.port
    except ValueError:
        port = -1
    if not parts.hostname or port == -1 or parts.path:
        raise BadQuestion(f"{said!r} is no address. Write a URL such as opc.tcp://192.168.0.7:4840, or a host.")
    return parts.hostname, port


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _open(host: str, doors: Sequence[tuple[int, str]]) -> list[int]:
    """The ports at which somebody takes a connection."""

    def knock(port: int) -> bool:
        try:
            with socket.create_connection((host, port), KNOCK):
                return True
        except OSError:
            return False

    ports = [p for p, _ in doors]
    with ThreadPoolExecutor(len(ports)) as pool:
        return [p for p, answers in zip(ports, pool.map(knock, ports), strict=True) if answers]
