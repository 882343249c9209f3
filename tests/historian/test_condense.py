"""Receipts put together: every batch is still known, once, and no start gets slower by the years."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.historian import Historian
from andon.historian.condense import condense
from andon.historian.hot import KNOWN
from andon.model import Batch

AT = 1_700_000_000_000_000


def batch(source: str, number: int) -> Batch:
    at = pa.array([AT + number], pa.int64()).cast(pa.timestamp("us", "UTC"))
    return Batch(source, number, pa.table({"signal": [f"m/{source}"], "at": at, "value": [float(number)]}))


@settings(max_examples=6, deadline=None)
@given(numbers=st.lists(st.integers(0, 60), min_size=25, max_size=50, unique=True), rounds=st.integers(1, 3))
def test_a_batch_whose_receipt_was_put_together_is_still_stored_once(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int], rounds: int
) -> None:
    folder = tmp_path_factory.mktemp("condensed")
    with Historian.own(folder) as history:
        for part in range(rounds):
            for number in numbers[part::rounds]:
                assert not history.write(batch("busy", number)).repeated
            history.seal()
            condense(history._store, kept=5)
    with Historian.own(folder) as history:
        assert history.last_number("busy") == max(numbers)
        assert history.receipts().num_rows <= 10
        assert all(history.write(batch("busy", n)).repeated for n in numbers)
        new = set(range(61)) - set(numbers)
        assert not any(history.write(batch("busy", n)).repeated for n in new)
        assert history.verify().sound


def test_what_is_not_sealed_and_what_is_rare_keeps_its_receipts(tmp_path: Path) -> None:
    with Historian.own(tmp_path) as history:
        for number in range(8):
            history.write(batch("rare", number))
        history.seal()
        for number in range(30):
            history.write(batch("busy", number))
        assert condense(history._store, kept=5) == 0
        history.seal()
        assert condense(history._store, kept=5) == 25
        assert history.receipts()["source"].to_pylist().count("rare") == 8


def test_a_history_of_the_first_layout_is_brought_up_to_date(tmp_path: Path) -> None:
    with Historian.own(tmp_path) as history:
        history.write(batch("busy", 1))
        history._store.db.execute("DROP TABLE known; UPDATE layout SET number = 1")
    with Historian.own(tmp_path) as history:
        assert history.write(batch("busy", 1)).repeated
        assert KNOWN.split("(")[0].split()[-1] in str(history._store.db.execute("SHOW TABLES").fetchall())
