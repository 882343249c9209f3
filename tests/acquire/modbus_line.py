"""A gateway of a bad serial line, by pymodbus: PORT. Registers 0 to 9 are 1, 500 to 509 are 2.

Of its answers some have noise before them, some a broken check sum, some come when nobody waits for them any more.
"""

import asyncio
import sys
import time
from itertools import count

from pymodbus.framer import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

LATE = 0.15
numbers = count(1)


def harmed(sending: bool, packet: bytes) -> bytes:
    if not sending:
        return packet
    number = next(numbers)
    if number % 7 == 3:
        return b"\xff\x00\xff" + packet
    if number % 7 == 5:
        return packet[:-1] + bytes([packet[-1] ^ 0x55])
    if number % 7 == 0:
        time.sleep(LATE)
    return packet


async def serve(port: int) -> None:
    device = SimDevice(
        1,
        simdata=[
            SimData(0, values=[1] * 10, datatype=DataType.REGISTERS),
            SimData(500, values=[2] * 10, datatype=DataType.REGISTERS),
        ],
    )
    server = ModbusTcpServer(
        [device], framer=FramerType.RTU, address=("127.0.0.1", port), trace_packet=harmed, ignore_missing_devices=True
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
