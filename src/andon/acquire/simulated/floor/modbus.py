"""A Modbus TCP device that plays one machine: holding registers, big-endian, no clock and no quality."""

from __future__ import annotations

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from ..score import Line
from .addresses import HOST
from .post import Post
from .registers import SIZE, place, registers

UNIT = 1
WRITE = 16
"""The function code under which the server's own registers are set."""


async def serve(post: Post) -> None:
    """Serve until killed."""
    device = SimDevice(id=UNIT, simdata=[SimData(0, count=SIZE, values=0, datatype=DataType.REGISTERS)])
    server = ModbusTcpServer(device, address=(HOST, post.port))
    lots = post.lots(post.player())
    await _say(server, await anext(lots))
    await server.serve_forever(background=True)
    async for lines in lots:
        await _say(server, lines)
        post.sent(lines)


async def _say(server: ModbusTcpServer, lines: list[Line]) -> None:
    for path, _, value, text, _ in lines:
        number, kind = place(path)
        await server.async_setValues(UNIT, WRITE, number, registers(kind, value, text))
