"""Chaos in small: the broker killed, a cable cut, Andon itself killed; every numbered sample accounted for."""

import pytest

from andon.app.chaos import SHORT, accounts


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chaos") / "plant"
    return {(a.fault, a.at, a.source): a for a in accounts(folder, SHORT)}


def test_nothing_that_was_acknowledged_is_lost(found):
    told = {key: a for key, a in found.items() if a.acknowledged is not None}
    assert {source for _, _, source in told} == {"cell-2", "cell-3"}
    assert all(a.acknowledged > 0 for a in told.values())
    assert {key: a.lost for key, a in told.items()} == dict.fromkeys(told, 0)


def test_nothing_is_stored_twice(found):
    assert {key: a.doubled for key, a in found.items()} == dict.fromkeys(found, 0)


def test_what_is_missing_lies_in_gaps_that_coverage_shows(found):
    assert {key: a.hidden for key, a in found.items()} == dict.fromkeys(found, 0)


def test_every_source_comes_back_by_itself(found):
    """In 15 s on a computer that does nothing else; here, beside other tests, it is enough that it comes back."""
    assert len(found) > 8
    assert all(a.recovery is not None for a in found.values())


def test_the_other_side_s_memory_fills_the_gap_where_the_protocol_has_one(found):
    for source in ("plc-1", "lathes", "cell-2"):  # OPC UA history, the agent's buffer, the broker's session
        assert found["kill", "andon", source].missing == 0
    assert found["cut", "plc-1", "plc-1"].missing == 0
