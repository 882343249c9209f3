"""Losses as the page shows them: the books, with the shifts that are not closed yet in them, down to single stops."""

from pathlib import Path

import pytest

from andon.app.losing import Asking, lost, lost_stops
from andon.errors import UnknownName
from andon.ledger import Which, entries_together, figures_together, totals_together
from andon.model import Loss, Window
from andon.units import HOUR, MINUTE
from andon.watch import unclosed
from works import LATER, O1_LOSSES, PRESS, START, Works, shut

DAY = {"since": "2024-03-04T06:00Z", "until": "2024-03-05T06:00Z"}


@pytest.fixture
def folder(oracle: Works) -> Path:
    shut(oracle)
    return oracle.folder


def minutes(rows: list[dict[str, object]], by: str) -> dict[str, float]:
    return {str(r[by]): r["micros"] / MINUTE for r in rows}


def test_the_waterfall_adds_up_from_calendar_time_to_productive_time(folder: Path) -> None:
    answer = lost(folder, Asking(at=PRESS, **DAY, shift="early"), ["loss"])
    figures, rows = answer["figures"], answer["tables"]["loss"]
    assert minutes(rows, "loss") == O1_LOSSES
    assert sum(r["micros"] for r in rows) == figures["planned_busy"] == 440 * MINUTE
    assert figures["planned_operation"] - figures["planned_down"] == figures["planned_busy"]
    whole = lost(folder, Asking(at=PRESS, **DAY), ["loss"])["figures"]
    assert (whole["calendar"], whole["planned_operation"]) == (24 * HOUR, 16 * HOUR)


def test_a_window_that_cuts_shifts_counts_the_time_of_those_that_begin_in_it(folder: Path) -> None:
    asked = Asking(at=PRESS, since="2024-03-04T08:00Z", until="2024-03-04T20:00Z")
    figures = lost(folder, asked, ["loss"])["figures"]
    assert (figures["calendar"], figures["planned_operation"]) == (8 * HOUR, 8 * HOUR)  # the late shift, wholly


def test_losses_open_into_the_stops_they_are_the_sum_of(folder: Path) -> None:
    wanted = Asking(at=PRESS, **DAY, shift="early", losses=("breakdown",))
    stops = lost_stops(folder, wanted)
    assert [(s["since"] - START, s["until"] - START) for s in stops["rows"]] == [(230 * MINUTE, 268 * MINUTE)]
    assert (stops["total"], stops["rows"][0]["loss"], stops["rows"][0]["coverage"]) == (1, "breakdown", 1.0)


def test_stops_come_page_by_page_the_longest_first_or_in_order_of_time(folder: Path) -> None:
    wanted = Asking(at=PRESS, **DAY, shift="early", losses=("breakdown", "minor_stop", "idle", "setup"))
    every = lost_stops(folder, wanted)["rows"]
    lengths = [s["until"] - s["since"] for s in every]
    assert lengths == sorted(lengths, reverse=True)
    assert lost_stops(folder, wanted, limit=2, offset=1)["rows"] == every[1:3]
    begins = [s["since"] for s in lost_stops(folder, wanted, sort="time")["rows"]]
    assert begins == sorted(begins)


def test_rows_by_place_or_time_carry_the_figures_of_their_shifts(folder: Path) -> None:
    rows = {r["shift"]: r for r in lost(folder, Asking(at=PRESS, **DAY), ["shift"])["tables"]["shift"]}
    assert rows["early"]["oee"] == 306.75 / 440
    assert rows["early"]["micros"] == sum(O1_LOSSES[x] for x in O1_LOSSES if x != "productive") * MINUTE
    assert {"coverage", "planned_busy", "good"} <= rows["late"].keys()


def test_the_neighbours_of_a_window_are_whole_days_away(folder: Path) -> None:
    answer = lost(folder, Asking(**DAY))
    assert answer["before"] == {"since": START - 24 * HOUR, "until": START}
    assert answer["after"] == {"since": START + 24 * HOUR, "until": START + 48 * HOUR}


def test_a_loss_that_is_none_is_named(folder: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'breakdown'"):
        lost(folder, Asking(**DAY, losses=("breakdwn",)))


def test_shifts_that_are_not_closed_say_what_they_will_say_when_they_are(oracle: Works) -> None:
    """Added up with the books or out of them: the same sums, to the microsecond."""
    window = Window(START, START + 24 * HOUR)
    drafts = unclosed(
        oracle.plant, oracle.history, oracle.books, machines=[oracle.plant.machine(PRESS)], window=window, now=LATER
    )
    which = Which(at=(PRESS,), window=window)
    by = ("loss", "reason")
    before = totals_together(oracle.books, by, which, drafts), figures_together(oracle.books, (), which, drafts)
    assert len(drafts) == 2
    oracle.close()
    again = unclosed(
        oracle.plant, oracle.history, oracle.books, machines=[oracle.plant.machine(PRESS)], window=window, now=LATER
    )
    assert again == []
    closed = oracle.books.totals(by, which)
    assert {t.key: (t.micros, t.parts, t.money, t.share, t.entries) for t in before[0]} == {
        t.key: (t.micros, t.parts, t.money, t.share, t.entries) for t in closed
    }
    assert before[1] == oracle.books.figures((), which)
    assert totals_together(oracle.books, by, which, []) == closed


def test_a_running_shift_is_cut_at_the_present(oracle: Works) -> None:
    now = START + 4 * HOUR
    window = Window(START, START + 24 * HOUR)
    ((closing, entries),) = unclosed(
        oracle.plant, oracle.history, oracle.books, machines=[oracle.plant.machine(PRESS)], window=window, now=now
    )
    assert closing.window == Window(START, now)
    assert sum(e.micros for e in entries) == closing.planned_busy == (240 - 10 - 30) * MINUTE


def test_entries_of_open_shifts_are_filtered_like_those_of_the_books(oracle: Works) -> None:
    window = Window(START, START + 24 * HOUR)
    drafts = unclosed(
        oracle.plant, oracle.history, oracle.books, machines=[oracle.plant.machine(PRESS)], window=window, now=LATER
    )
    which = Which(at=("line-1",), shift="early", losses=(Loss.SETUP,), reason="")
    (entry,) = entries_together(oracle.books, which, drafts)
    assert (entry.loss, entry.micros) == (Loss.SETUP, 22 * MINUTE)
    for other in (Which(shift="night"), Which(reason="tool"), Which(order="7"), Which(day="2024-03-05")):
        assert entries_together(oracle.books, other, drafts) == []
