"""What a source says becomes samples of signals: by kind, scaled, and a bad field spoils only itself."""

import pytest

from andon.acquire.link import BAD_TYPE_MISMATCH, rows_of
from andon.acquire.wiring import Wiring
from andon.plant import Signal


def signal(name: str, kind: str, address: str = "a", **more: object) -> Signal:
    return Signal(path=f"m/{name}", machine="m", name=name, role="other", kind=kind, address=address, **more)


def wired(signals: list[Signal], *rows: tuple[str, int, float | None, str | None, int]) -> list[tuple[object, ...]]:
    table = Wiring(signals).samples(rows_of(rows))
    return [(r["signal"], r["value"], r["text"], r["quality"]) for r in table.to_pylist()]


@pytest.mark.parametrize(
    ("kind", "value", "text", "becomes"),
    [
        ("number", 7.0, None, (7.0, None, 0)),
        ("number", None, "7.25", (7.25, None, 0)),
        ("number", None, "n/a", (None, "n/a", BAD_TYPE_MISMATCH)),
        ("number", None, None, (None, None, 0)),
        ("integer", 9007199254740993.0, "9007199254740993", (9007199254740992.0, "9007199254740993", 0)),
        ("count", None, "true", (1.0, None, 0)),
        ("boolean", None, "FALSE", (0.0, None, 0)),
        ("boolean", None, "maybe", (None, "maybe", BAD_TYPE_MISMATCH)),
        ("text", None, "000123", (None, "000123", 0)),
        ("text", 7.0, None, (None, "7", 0)),
        ("text", 7.5, None, (None, "7.5", 0)),
        ("state", 2.0, None, (2.0, None, 0)),
        ("state", None, "Running", (None, "Running", 0)),
    ],
)
def test_a_value_is_brought_to_the_kind_of_its_signal(kind, value, text, becomes):
    assert wired([signal("x", kind)], ("a", 1, value, text, 0)) == [("m/x", *becomes)]


def test_a_bad_field_spoils_only_itself():
    signals = [signal("x", "number", "a"), signal("y", "number", "b")]
    assert wired(signals, ("a", 1, None, "?", 0), ("b", 1, 2.0, None, 0)) == [
        ("m/x", None, "?", BAD_TYPE_MISMATCH),
        ("m/y", 2.0, None, 0),
    ]


def test_a_worse_quality_is_kept():
    assert wired([signal("x", "number")], ("a", 1, None, "?", 0x80AB0000)) == [("m/x", None, "?", 0x80AB0000)]


def test_one_address_feeds_every_signal_that_has_it_and_others_are_left_out():
    signals = [signal("raw", "number"), signal("scaled", "number", scale=0.1, offset=-1.0), signal("no", "number", "")]
    assert wired(signals, ("b", 1, 1.0, None, 0), ("a", 2, 50.0, None, 0)) == [
        ("m/raw", 50.0, None, 0),
        ("m/scaled", 4.0, None, 0),
    ]


def test_the_raw_digits_go_where_the_value_is_scaled():
    assert wired([signal("x", "integer", scale=2.0)], ("a", 1, 2.0**60, str(2**60 + 1), 0)) == [
        ("m/x", 2.0**61, None, 0)
    ]


def test_changes_within_the_deadband_of_the_last_kept_value_are_left_out():
    rows = [("a", t, v, None, 0) for t, v in enumerate([1.0, 1.4, 0.6, 1.5, 1.9, 2.0])]
    found = wired([signal("x", "number", deadband=0.5)], *rows)
    assert [v for _, v, _, _ in found] == [1.0, 1.5, 2.0]


def test_a_change_of_quality_is_kept_within_the_deadband():
    rows = [("a", 1, 1.0, None, 0), ("a", 2, 1.1, None, 0x40000000), ("a", 3, None, None, 0x80000000)]
    assert len(wired([signal("x", "number", deadband=0.5)], *rows)) == 3


def test_no_rows_are_no_samples():
    assert wired([signal("x", "number")]) == []
