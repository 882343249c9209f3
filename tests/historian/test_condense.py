"""Receipts put together: every batch is still known, once, and no start gets slower by the years."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.historian import Historian
from andon.historian.condense import condense
from andon.historian.hot import KNOWN
from andon.model import Batch, Window

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


FIRST = """
DROP TABLE known; DROP TABLE units; DROP TABLE tested; DROP TABLE measurements; UPDATE layout SET number = 1;
CREATE TABLE measurements(place VARCHAR NOT NULL, "at" BIGINT NOT NULL, unit_id VARCHAR NOT NULL, step VARCHAR NOT NULL,
    test VARCHAR NOT NULL, value DOUBLE, low DOUBLE, high DOUBLE, passed BOOLEAN, seq BIGINT NOT NULL);
INSERT INTO measurements VALUES ('press', 1000, '7', '10', 'gap', 1.5, 1.0, 2.0, NULL, 1),
    ('press', 1000, '7', '10', 'force', 9.0, NULL, 8.0, NULL, 1),
    ('press', 1000, '7', '10', 'gap', 2.5, 1.0, 2.0, NULL, 2)
"""


def test_a_history_of_the_first_layout_is_brought_up_to_date(tmp_path: Path) -> None:
    with Historian.own(tmp_path) as history:
        history.write(batch("busy", 1))
        history._store.db.execute(FIRST)
    with Historian.own(tmp_path) as history:
        assert history.write(batch("busy", 1)).repeated
        found = history.measurements("press", Window(0, 2000))
        said = {name: (found.take(name).value.tolist(), found.take(name).passed.tolist()) for name in found.names}
        assert said == {"gap": ([2.5], [0]), "force": ([9.0], [0])}
        assert found.units.unit.tolist() == ["7"]
        assert KNOWN.split("(")[0].split()[-1] in str(history._store.db.execute("SHOW TABLES").fetchall())
