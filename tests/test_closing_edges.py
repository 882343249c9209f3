"""Closing: orders, evidence, what is not known, what cannot be closed; whatever is counted, the books balance."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.config import read_plant
from andon.errors import NoCalendar
from andon.ledger import Which, evidence
from andon.model import Loss, States, Window
from andon.units import HOUR, MINUTE
from andon.watch import Closed
from works import O1, PLANT, PRESS, START, Works, opened, shut


def test_orders_cut_a_shift_and_add_up_to_it(oracle: Works) -> None:
    oracle.close()
    before = {(t.key[0], t.micros, t.parts) for t in oracle.books.totals(which=Which(shift="early"))}
    for order, at in (("o-1", "06:32"), ("o-2", "09:00"), ("o-1", "11:11:11")):
        oracle.do("start_order", order=order, at=f"2024-03-04T{at}+00:00")
    oracle.do("finish_order", order="o-1", at="2024-03-04T13:00+00:00")
    oracle.close()
    after = oracle.books.totals(which=Which(shift="early"))
    assert {(t.key[0], t.micros) for t in after} == {b[:2] for b in before}
    by_order = {t.key[0]: t.micros / MINUTE for t in oracle.books.totals(("order",), Which(shift="early"))}
    assert by_order == {"": 22 + 60, "o-1": 148 + 109 - 11 / 60, "o-2": 131 + 11 / 60 - 30}
    assert set(by_order) == {"", "o-1", "o-2"}
    assert oracle.books.balance().holds


def test_an_entry_opens_to_its_stops_and_to_the_samples(oracle: Works) -> None:
    oracle.close()
    (minor,) = oracle.books.entries(Which(losses=(Loss.MINOR_STOP,)))
    assert minor.evidence.spells == ((START + 120 * MINUTE, START + 127 * MINUTE),)
    (spell,) = evidence(minor, oracle.plant, oracle.history)
    states = spell.said[f"{PRESS}/state"]
    assert isinstance(states, States)
    assert (states.said, states.seconds("fault")) == (("stop",), 7 * 60)
    idle = next(e for e in oracle.books.entries(Which(losses=(Loss.IDLE,))) if e.shift == "early")
    assert [(s - START) / MINUTE for s, _ in idle.evidence.spells] == [390, 470]


def test_time_in_which_nothing_was_heard_is_unknown_and_lowers_coverage(works: Works) -> None:
    works.change(("[machine.signals.state]\n", '[machine.signals.state]\nholds = "10 min"\nstamp = "start"\n'))
    works.say("state", [(m, "run") for m in range(0, 240, 5)] + [(481, "run")])
    works.count("total_count", [(190, 10), (485, 0)])
    works.count("reject_count", [(190, 0), (485, 0)])
    works.close()
    assert works.losses(shift="early")["unknown"] == 480 - 245
    (entry,) = works.books.entries(Which(losses=(Loss.UNKNOWN,), shift="early"))
    assert entry.coverage == pytest.approx((440 - 235) / 440)


def test_only_what_is_asked_for_is_closed(oracle: Works) -> None:
    oracle.say("state", [(0, "run"), (480, "run")], day=1)
    done = oracle.close(window=Window(START + 24 * HOUR, START + 25 * HOUR))
    assert done == Closed(first=1)
    assert oracle.close().first == 3


def test_a_machine_that_cannot_be_closed_is_named(works: Works) -> None:
    works.change(('[machine.signals.total_count]\nkind = "count"\ncounting = "delta"\n', ""))
    works.say("state", O1)
    done = works.close()
    assert done.first == 0
    assert [(path, "good_count" in why) for path, why in done.left_out] == [(PRESS, True)]


def test_a_machine_of_which_nothing_was_heard_is_named(works: Works) -> None:
    assert works.close() == Closed(left_out=((PRESS, "nothing was heard of it yet"),))


def test_without_shifts_there_is_nothing_to_close(works: Works) -> None:
    bare = PLANT[: PLANT.index("[[shift]]")] + PLANT[PLANT.index("[[reason]]") :]
    (works.folder / "plant.toml").write_text(bare)
    works.plant = read_plant(works.folder)
    with pytest.raises(NoCalendar, match="no shifts, so there is nothing to close"):
        works.close()


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        # total, good, reject -> made, good, rejects, unsorted: what is not counted is not known, and nothing is lost
        ({"total_count": 100}, (100, None, None, 100)),
        ({"good_count": 90}, (None, 90, None, 0)),
        ({"total_count": 100, "good_count": 90}, (100, 90, None, 10)),
        ({"good_count": 90, "reject_count": 7}, (97, 90, 7, 0)),
        ({"total_count": 100, "good_count": 90, "reject_count": 7}, (100, 90, 7, 3)),
        ({"total_count": 100, "good_count": 95, "reject_count": 7}, (100, 95, 7, -2)),
        ({"total_count": 100, "reject_count": 7, "rework_count": 2}, (100, 91, 7, 0)),
    ],
)
@pytest.mark.parametrize("cycle", ["45 s", ""])
def test_whatever_is_counted_the_books_balance(
    tmp_path: Path, signals: dict[str, int], expected: tuple[float | None, ...], cycle: str
) -> None:
    text = PLANT[: PLANT.index("[machine.signals.total_count]")]
    if not cycle:
        text = text.replace('cycles = [{ ideal_cycle = "45 s", machine = "line-1/press-3" }]\n', "")
    for name in signals:
        text += f'[machine.signals.{name}]\nkind = "count"\ncounting = "delta"\n'
    works = opened(tmp_path, text)
    works.say("state", O1)
    for name, count in signals.items():
        works.count(name, [(100, count), (485, 0)])
    works.close()
    (found,) = works.books.closings(Which(shift="early"))
    assert (found.made, found.good, found.rejects, found.unsorted) == expected
    assert works.books.balance().holds
    shut(works)


MOMENTS = st.integers(0, 479)
STRETCHES = st.tuples(MOMENTS, st.integers(1, 120))


@given(st.lists(st.tuples(st.sampled_from(["tool", "burr", ""]), STRETCHES), min_size=1, max_size=6))
@settings(max_examples=12, deadline=None)
def test_reasons_in_any_order_move_time_but_never_make_or_lose_any(said: list[tuple[str, tuple[int, int]]]) -> None:
    with TemporaryDirectory() as folder:
        works = opened(Path(folder))
        works.say("state", O1)
        works.count("total_count", [(100, 428), (485, 0)])
        works.count("reject_count", [(100, 0), (485, 0)])
        works.close()
        naive = [""] * 480
        for code, (since, length) in said:
            times = [f"2024-03-04T{6 + m // 60:02}:{m % 60:02}+00:00" for m in (since, since + length)]
            works.do("reason", stop="/".join(times), code=code)
            naive[since : since + length] = [code] * len(naive[since : since + length])
            works.close()
        stopped = {
            m
            for m in range(480)
            if next(s for at, s in reversed(O1) if at <= m) != "run" and not (m < 10 or 200 <= m < 230)
        }
        for code in ("tool", "burr"):
            booked = sum(t.micros for t in works.books.totals((), Which(shift="early", reason=code)))
            assert booked / MINUTE == sum(naive[m] == code for m in stopped)
        assert sum(works.losses(shift="early").values()) == 440
        assert works.books.balance().holds
        shut(works)
