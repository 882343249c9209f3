"""One connection to a Modbus device or gateway: a request, its answer, and what else may come back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from ...errors import BadInput, NotConnected
from ..blocks import Refused
from ..link import BAD_DEVICE_FAILURE, BAD_NO_COMMUNICATION, BAD_OUT_OF_RANGE
from .address import Table

if TYPE_CHECKING:
    from pymodbus.client import AsyncModbusTcpClient
    from pymodbus.pdu import ModbusPDU

BAD_NODE_UNKNOWN = 0x80340000
BAD_NOT_SUPPORTED = 0x803D0000
BAD_TOO_BUSY = 0x80EE0000
EXCEPTIONS: dict[int, tuple[int, str]] = {
    1: (BAD_NOT_SUPPORTED, "it cannot read this kind of register (exception 1, illegal function)"),
    2: (BAD_NODE_UNKNOWN, "it has no such register (exception 2, illegal data address)"),
    3: (BAD_OUT_OF_RANGE, "it does not accept the request (exception 3, illegal data value)"),
    4: (BAD_DEVICE_FAILURE, "it failed while reading (exception 4, device failure)"),
    5: (BAD_TOO_BUSY, "it needs longer (exception 5, acknowledge)"),
    6: (BAD_TOO_BUSY, "it is busy (exception 6)"),
    8: (BAD_DEVICE_FAILURE, "its memory is damaged (exception 8, parity)"),
    10: (BAD_NO_COMMUNICATION, "the gateway has no way to this unit (exception 10)"),
    11: (BAD_NO_COMMUNICATION, "the unit behind the gateway does not answer (exception 11)"),
}
"""Exception codes of the Modbus application protocol 1.1b3, section 7, as OPC UA status codes and in words."""
SPLIT = (2, 3)
"""Exceptions that a part of the request may not meet."""
UNREACHED = (10, 11)
"""Exceptions by which a gateway says that the unit behind it is not there."""
READS = {
    "holding": "read_holding_registers",
    "input": "read_input_registers",
    "coil": "read_coils",
    "discrete": "read_discrete_inputs",
}


class Silent(Exception):
    """A unit does not answer; `relayed` where its gateway says so, which is an answer of the gateway."""

    def __init__(self, said: str, *, relayed: bool = False) -> None:
        super().__init__(said)
        self.relayed = relayed


@dataclass(frozen=True, slots=True)
class Where:
    """A device's address: `modbus://plc:502`, or `modbus+rtu://gateway:4001` for serial frames over TCP."""

    host: str
    port: int
    rtu: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def where(url: str) -> Where:
    """A Modbus address in its parts.

    >>> where("modbus+rtu://10.0.0.7:4001")
    Where(host='10.0.0.7', port=4001, rtu=True)
    """
    parts = urlsplit(url if "://" in url else f"modbus://{url}")
    try:
        port = parts.port or 502
    except ValueError:
        port = 0
    if parts.scheme not in ("modbus", "modbus+tcp", "modbus+rtu") or not parts.hostname or not port:
        raise BadInput(
            f"{url!r} is no address of a Modbus device. Write modbus://10.0.0.7:502, or modbus+rtu://10.0.0.7:4001 "
            "for a gateway that hands serial frames on as they are."
        )
    return Where(parts.hostname, port, parts.scheme == "modbus+rtu")


@dataclass(slots=True)
class Wire:
    """A connection, one request at a time.

    Serial frames carry no number, so an answer that comes late could be taken for that of the next request. Therefore
    after a silence the line is listened to until it has been quiet for as long again, and an answer of another length
    is not believed.
    """

    at: Where
    timeout: float
    gap: float = 0.0
    client: AsyncModbusTcpClient = field(init=False)

    async def connect(self) -> None:
        """Connect.

        Raises
        ------
        NotConnected
            Nobody takes the connection.
        """
        from pymodbus.client import AsyncModbusTcpClient
        from pymodbus.framer import FramerType

        # what it has to say is said by us, once; its own log repeats it for every request
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
        self.client = AsyncModbusTcpClient(
            self.at.host,
            port=self.at.port,
            framer=FramerType.RTU if self.at.rtu else FramerType.SOCKET,
            timeout=self.timeout,
            retries=0,
            reconnect_delay=0,  # a new connection is begun by gather, with a new client
        )
        self.client.set_max_no_responses(1_000_000)
        if not await self.client.connect():
            raise NotConnected(
                f"Nobody takes the connection at {self.at}. Is the device on and in this network, and does it allow "
                "one more Modbus connection? Many take only a few at a time."
            )

    def close(self) -> None:
        self.client.close()

    async def cells(self, unit: int, table: Table, start: int, count: int) -> Sequence[int]:
        """Registers, or bits, of a unit.

        Raises
        ------
        Refused
            The device answers that it will not.
        Silent
            No answer, or a gateway says that the unit gives none.
        NotConnected
            The connection is gone.
        """
        answer = await self.asked(unit, table, start, count)
        found = answer.bits if table in ("coil", "discrete") else answer.registers
        if len(found) < count or (table in ("holding", "input") and len(found) != count):
            await self._drain()
            raise Silent(f"unit {unit} at {self.at} answered {len(found)} values where {count} were asked")
        return [int(cell) for cell in found[:count]]

    async def asked(self, unit: int, table: Table, start: int, count: int) -> ModbusPDU:
        """The answer to a request, whatever its length."""
        from pymodbus.exceptions import ModbusException

        if self.gap:
            await asyncio.sleep(self.gap)
        read = getattr(self.client, READS[table])
        try:
            answer = cast("ModbusPDU", await read(start, count=count, device_id=unit))
        except ModbusException:
            if not self.client.connected:
                raise NotConnected(f"{self.at} closed the connection.") from None
            await self._drain()
            raise Silent(f"unit {unit} at {self.at} gave no answer within {self.timeout:g} s") from None
        if answer.isError():
            raise refusal(answer.exception_code, unit, self.at)
        return answer

    async def _drain(self) -> None:
        """Let a late answer pass by."""
        if self.at.rtu:
            await asyncio.sleep(self.timeout)


def refusal(code: int, unit: int, at: Where) -> Exception:
    """What an exception code means.

    >>> refusal(2, 1, Where("plc", 502, False)).said
    'Unit 1 at plc:502: it has no such register (exception 2, illegal data address).'
    """
    status, means = EXCEPTIONS.get(code, (BAD_DEVICE_FAILURE, f"it answers with exception {code}"))
    said = f"Unit {unit} at {at}: {means}."
    return Silent(said, relayed=True) if code in UNREACHED else Refused(status, said, splits=code in SPLIT)
