"""Serial Modbus through a gateway: noise, broken frames and late answers; and what the addresses and values are."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hearing import hear, link_of
from hypothesis import given
from hypothesis import strategies as st

from andon.acquire.blocks import Spot, planned
from andon.acquire.modbus import modbus
from andon.acquire.modbus.address import point
from andon.acquire.modbus.values import said
from andon.errors import BadInput
from servers import Server, free_port, running

LINE = Path(__file__).with_name("modbus_line.py")


@pytest.fixture
def line(tmp_path):
    port = free_port()
    with running(Server([sys.executable, str(LINE), str(port)], port, log=tmp_path / "line.log")) as server:
        yield server


def test_on_a_bad_serial_line_no_register_ever_has_the_value_of_another(tmp_path, line):
    addresses = [f"holding:{n}" for n in (*range(10), *range(500, 510))]
    stream = modbus(
        link_of(tmp_path, addresses), f"modbus+rtu://127.0.0.1:{line.port}", every=1000, timeout=100_000, again=1
    )
    rows = hear(stream, lambda rows: len(rows.get("holding:509", [])) >= 20, 30)
    for address, said_of in rows.items():
        wanted = 1.0 if int(address.removeprefix("holding:")) < 10 else 2.0
        assert {row["value"] for row in said_of if not row["quality"]} == {wanted}, address


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("holding", "comes the number of a register"),
        ("holding:1:float31", "'float31' is no type, order or bit"),
        ("holding:1:int16:uint16", "twice"),
        ("holding:1:int32:bit3", "no bit of a int32"),
        ("holding:1:bit16", "bits 0 to 15"),
        ("holding:1:bit", "which bit"),
        ("holding:65535:float32", "beyond the last register"),
        ("holding:1:string0", "1 to 250 characters"),
        ("256/holding:1", "'256' is no unit id"),
        ("x/holding:1", "'x' is no unit id"),
        ("coil:1:float32", "a coil is a single bit"),
        ("40000", "begin at 40001"),
        ("50001", "'50001' is none of holding, input, coil, discrete"),
        ("register:5", "'register' is none of holding, input, coil, discrete"),
    ],
)
def test_an_address_that_is_none_is_told_with_what_is_wrong_and_how_to_write_it(address, says):
    with pytest.raises(BadInput, match=r"^'") as told:
        point(address)
    assert says in str(told.value)


def test_registers_are_counted_from_1_where_the_source_says_so():
    assert point("holding:100", first=1).number == 99
    assert point("40100", first=1).number == 99
    with pytest.raises(BadInput, match="counts registers from 1"):
        point("holding:0", first=1)


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(["abcd", "cdab", "badc", "dcba"]))
def test_every_64_bit_integer_keeps_its_digits_in_every_order(value, order):
    raw = value.to_bytes(8, "big", signed=True)
    words = [int.from_bytes(raw[n : n + 2], "big" if order in ("abcd", "cdab") else "little") for n in range(0, 8, 2)]
    value_, text, quality = said(point(f"holding:0:int64:{order}"), words[:: 1 if order in ("abcd", "badc") else -1])
    assert quality == 0
    assert int(text) if text else value_ == value
    assert (text is None) == (abs(value) <= 2**53)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 4)), min_size=1, max_size=80), st.integers(0, 20))
def test_blocks_hold_every_spot_once_keep_to_the_limits_and_do_not_overlap_without_need(starts, spare):
    spots = [Spot(str(n), "holding", start, size) for n, (start, size) in enumerate(starts)]
    blocks = planned(spots, most=lambda space: 125, spare=spare)
    assert sorted(s.address for b in blocks for s in b.spots) == sorted(s.address for s in spots)
    assert all(b.size <= 125 for b in blocks)
    for a, b in pairwise(blocks):
        longer = max(a.start + a.size, b.spots[0].end) - a.start
        assert b.start - (a.start + a.size) > spare or longer > 125  # nothing could have been joined
