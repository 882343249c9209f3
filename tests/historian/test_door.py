"""The owner's door: who has the key is answered, strangers keep nobody out, and it closes whoever stands in it."""

import socket
import time

import pytest

from andon.errors import NotConnected
from andon.historian.door import LOOPBACK, Door, call
from andon.historian.lock import Owner


def owner(door: Door, port: int, key: str = "") -> Owner:
    return Owner(pid=1, since=0, port=port, key=key or door.key)


def test_who_has_the_key_is_answered_and_nobody_else():
    door = Door({"twice": lambda n: 2 * n})
    port = door.open()
    caller = call(owner(door, port))
    assert caller is not None
    assert caller.ask("twice", 21) == 42
    assert call(owner(door, port, "00" * 32)) is None
    door.close()
    with pytest.raises(NotConnected):
        caller.ask("twice", 1)


def test_a_stranger_who_says_nothing_keeps_nobody_out_and_the_door_closes():
    door = Door({"twice": lambda n: 2 * n})
    port = door.open()
    with socket.create_connection((LOOPBACK, port)), socket.create_connection((LOOPBACK, port)):
        caller = call(owner(door, port))
        assert caller is not None
        assert caller.ask("twice", 2) == 4
        begun = time.monotonic()
        door.close()
        assert time.monotonic() - begun < 4


def test_a_door_that_closes_while_somebody_comes_in_closes():
    for _ in range(300):
        door = Door({})
        call(owner(door, door.open()))
        door.close()
        assert door.thread is not None
        assert not door.thread.is_alive()
