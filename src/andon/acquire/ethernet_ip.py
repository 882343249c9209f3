"""Allen-Bradley controllers over EtherNet/IP (CIP): tags by name, round by round; a thin adapter of pycomm3."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from ..catalog import connector
from ..errors import AndonError, BadInput, NotConnected
from ..units import Micros
from .link import BAD_DEVICE_FAILURE, BAD_OUT_OF_RANGE, BAD_TYPE_MISMATCH, Link, Offer, Packet, Row, Trial
from .rounds import Changes, Rounds

if TYPE_CHECKING:
    from pycomm3 import LogixDriver
    from pycomm3.tag import Tag

log = logging.getLogger("andon.ethernet-ip")
BAD_NODE_UNKNOWN = 0x80340000
EXACT = 2**53
LOT = 200
"""Tags that are read together and share a time."""
REFUSALS = (
    ("doesn't exist", BAD_NODE_UNKNOWN),
    ("destination unknown", BAD_NODE_UNKNOWN),
    ("parse tag", BAD_NODE_UNKNOWN),
    ("out of range", BAD_OUT_OF_RANGE),
    ("type", BAD_TYPE_MISMATCH),
)
"""Words of pycomm3's errors, and the OPC UA status that they are."""
KINDS = {"BOOL": "boolean", "STRING": "text"}
NUMBERS = ("SINT", "INT", "DINT", "LINT", "USINT", "UINT", "UDINT", "ULINT", "REAL", "LREAL")


def where(url: str) -> str:
    """The path of a controller, as pycomm3 writes it: host, port and slot.

    >>> where("ethernet-ip://10.0.0.8"), where("ethernet-ip://10.0.0.8:44819/2")
    ('10.0.0.8', '10.0.0.8:44819/2')
    """
    parts = urlsplit(url if "://" in url else f"ethernet-ip://{url}")
    if parts.scheme != "ethernet-ip" or not parts.hostname:
        raise BadInput(f"{url!r} is no address of a controller. Write ethernet-ip://10.0.0.8, or .../2 for slot 2.")
    return f"{parts.netloc}{parts.path.rstrip('/')}"


def said(value: object) -> tuple[float | None, str | None, int]:
    """A tag's value as a row says it; an array or a structure as JSON.

    >>> said(True), said(7), said("OK"), said([1, 2])
    ((1.0, None, 0), (7.0, None, 0), (None, 'OK', 0), (None, '[1, 2]', 0))
    """
    if isinstance(value, float):
        return (value, None, 0) if math.isfinite(value) else (None, None, BAD_OUT_OF_RANGE)
    if isinstance(value, int):
        return float(value), str(value) if abs(value) > EXACT else None, 0
    return None, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str), 0


def refused(error: str | None) -> int:
    """The status of a tag that could not be read.

    >>> hex(refused("Tag doesn't exist - Cout"))
    '0x80340000'
    """
    plain = (error or "").casefold()
    return next((status for words, status in REFUSALS if words in plain), BAD_DEVICE_FAILURE)


async def connected(url: str) -> LogixDriver:
    """A connected driver that knows the controller's tags.

    Raises
    ------
    NotConnected
        The library is missing, or nobody answers.
    """
    try:
        from pycomm3 import LogixDriver, PycommError

        from .ethernet_ip_socket import Whole
    except ImportError:
        raise NotConnected("EtherNet/IP needs a library that is not here: pip install 'andon[ethernet-ip]'.") from None
    logging.getLogger("pycomm3").setLevel(logging.CRITICAL)  # it logs each refused tag of each round with its traceback
    driver = LogixDriver(where(url))
    driver._sock = Whole(driver.socket_timeout)  # type: ignore[no-untyped-call]  # it brings no types
    try:
        if not await asyncio.to_thread(driver.open):
            raise PycommError("it registers no session")
    except (PycommError, OSError) as error:
        await _close(driver)
        cause = error.__cause__ or error
        raise NotConnected(
            f"The controller at {where(url)} does not answer ({cause}). Is this its Ethernet module, and "
            "the processor in slot 0? Else write the slot: ethernet-ip://10.0.0.8/2. CIP Security is not spoken."
        ) from None
    return driver


@dataclass(slots=True)
class Controller:
    """The device side of `Rounds`: the tags of a controller."""

    driver: LogixDriver
    tags: Sequence[str]
    heard: bool = False

    async def round(self) -> AsyncIterator[Sequence[Row]]:
        """Read all tags.

        Raises `NotConnected` where nobody answers, and where every tag that could be read no longer can: then the
        controller has got another program, and its list of tags is to be read anew.
        """
        heard = False
        for first in range(0, len(self.tags), LOT):
            since = time.time_ns()
            found = await self._read(self.tags[first : first + LOT])
            at = (since + time.time_ns()) // 2000
            heard = heard or any(t.error is None for t in found.values())
            if self.heard and not heard and first + LOT >= len(self.tags):
                raise NotConnected("No tag can be read any more; was another program loaded into the controller?")
            yield list(_rows(found, at))
        self.heard = self.heard or heard
        if not self.tags:
            await self.sign()

    async def sign(self) -> None:
        """Ask the controller who it is. Raises `NotConnected` where it does not answer."""
        await self._asked("get_plc_info")

    async def _read(self, tags: Sequence[str]) -> Mapping[str, Tag]:
        found = await self._asked("read", *tags)
        return dict(zip(tags, cast("list[Tag]", [found] if len(tags) == 1 else found), strict=True))

    async def _asked(self, name: str, *given: str) -> object:
        from pycomm3 import PycommError

        try:
            return await asyncio.to_thread(getattr(self.driver, name), *given)
        except (PycommError, OSError) as error:
            raise NotConnected(f"The controller is lost: {error.__cause__ or error}.") from None


def _rows(found: Mapping[str, Tag], at: int) -> Iterator[Row]:
    for address, tag in found.items():
        if tag.error is None and tag.value is not None:
            yield (address, at, *said(tag.value))
        else:
            log.debug("%s: %s", address, tag.error)
            yield (address, at, None, None, refused(tag.error))


async def browse(link: Link, url: str) -> list[Offer]:
    """The tags of the controller and of its programs; of a structure its plain members."""
    driver = await connected(url)
    try:
        offers = list(offered(cast("Mapping[str, Mapping[str, object]]", driver.tags)))
        controller = Controller(driver, [o.address for o in offers])
        now = {row[0]: row async for rows in controller.round() for row in rows}
        name = str(driver.info.get("name") or driver.info.get("product_name") or where(url))
        return [
            Offer(o.address, (name, *o.path), o.kind, "", r[3] if r[3] is not None else r[2], r[4], why=o.why)
            for o in offers
            if (r := now.get(o.address))
        ]
    finally:
        await _close(driver)


async def trial(link: Link, url: str) -> list[Trial]:
    """Connect, ask who it is, read every tag once."""
    try:
        driver = await connected(url)
    except AndonError as error:
        return [Trial("connect", False, str(error))]
    try:
        told = driver.info
        steps = [
            Trial("connect", True, f"{told.get('product_name', 'A controller')}, program {told.get('name', '?')}.")
        ]
        steps.append(Trial("tags", bool(driver.tags), f"It has {len(driver.tags)} tags."))
        async for rows in Controller(driver, link.addresses).round():
            steps += [_tried(row) for row in rows]
        return steps
    except AndonError as error:
        return [*steps, Trial("read", False, str(error))]
    finally:
        await _close(driver)


def _tried(row: Row) -> Trial:
    address, _, value, text, quality = row
    step = f"address {address}"
    if quality == BAD_NODE_UNKNOWN:
        return Trial(step, False, "There is no such tag. Tags of a program are written Program:Main.Count.")
    if quality:
        return Trial(step, False, f"It cannot be read (status 0x{quality:08X}); may others read it (External Access)?")
    return Trial(step, True, f"says {text if text is not None else value}.")


def offered(tags: Mapping[str, Mapping[str, object]], head: str = "") -> Iterator[Offer]:
    """Offers of plain tags, and of the plain members of structures."""
    for name, told in tags.items():
        kind, address = str(told.get("data_type_name", told.get("data_type", ""))), f"{head}{name}"
        if told.get("dim") or told.get("array") or told.get("external_access") == "None":
            continue
        if kind in NUMBERS or kind in KINDS:
            yield Offer(address, tuple(address.split(".")), KINDS.get(kind, "number"), why=f"tag of type {kind}")
        elif isinstance(inside := told.get("data_type"), Mapping) and not head:
            yield from offered(inside.get("internal_tags", {}), f"{address}.")


async def _close(driver: LogixDriver) -> None:
    from pycomm3 import PycommError

    with suppress(PycommError, OSError):  # it is gone already
        await asyncio.to_thread(driver.close)


@connector(schemes=("ethernet-ip",), browse=browse, trial=trial, extra="ethernet-ip")
async def ethernet_ip(
    link: Link, url: str, every: Micros = 1_000_000, again: Micros = 60_000_000
) -> AsyncIterator[Packet]:
    """Allen-Bradley ControlLogix, CompactLogix and Micro800 over EtherNet/IP.

    A signal's address is the name of a tag: `Count`, `Line.Speed`, `Temps[3]`, `Status.5` (a bit),
    `Program:Main.Recipe`. Tags are read together in as few requests as fit. A value is kept when it changes (with the
    last moment at which it was still as before), and once in `again` in any case: silence while connected means
    unchanged. When another program is loaded, the list of tags is read anew.

    It was tried against simulators only; CIP Security is not spoken.

    Parameters
    ----------
    url
        `ethernet-ip://10.0.0.8`, or `ethernet-ip://10.0.0.8/2` where the processor is in slot 2.
    every
        How often everything is read.
    again
        After how long an unchanged value is kept again.

    Examples
    --------
    ::

        [[source]]
        name = "packer-plc"
        connector = "ethernet-ip"
        url = "ethernet-ip://10.0.0.8"

        [[machine]]
        path = "line-1/packer"
        [machine.signals.good_count]
        address = "Counts.Good"
        [machine.signals.speed]
        unit = "/min"
        address = "Line.Speed"
    """
    driver = await connected(url)
    try:
        device = Controller(driver, link.addresses)
        async with aclosing(Rounds(device, max(every, 1000), Changes(again)).packets()) as packets:
            async for packet in packets:
                yield packet
    finally:
        await _close(driver)
