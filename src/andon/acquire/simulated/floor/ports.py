"""Ports for a floor: free ones, and not those that another floor is about to take."""

from __future__ import annotations

import os
import socket
from itertools import count

from .addresses import HOST

FIRST, BLOCK, BLOCKS = 20_000, 40, 300
"""All below 32,768, from where systems give ports to callers."""
_turns = count()


def free_ports(number: int) -> list[int]:
    """Ports on which nobody listens.

    Each process begins its search in a block of its own, and each search in the next: two floors that are planned
    at the same time, before either listens, must not get the same ports, or one plant would hear the other's machines.
    """
    begin = (os.getpid() * 7 + next(_turns)) % BLOCKS * BLOCK
    places = ((begin + n) % (BLOCK * BLOCKS) for n in range(BLOCK * BLOCKS))
    free = (FIRST + place for place in places if is_free(FIRST + place))
    return [port for port, _ in zip(free, range(number), strict=False)]


def is_free(port: int) -> bool:
    with socket.socket() as s:
        if os.name == "posix":  # elsewhere the option would let two listen on one port
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((HOST, port))
        except OSError:
            return False
        return True


def listens(port: int) -> bool:
    with socket.socket() as s:
        s.settimeout(0.5)
        return s.connect_ex((HOST, port)) == 0
