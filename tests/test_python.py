"""Andon in a notebook: typed answers, frames, HTML, pictures, and work spread over processes."""

import pytest

import andon
from andon.__main__ import house
from andon.errors import BadConfig, BadQuestion
from andon.surfaces.cli import run

WEEK = {"since": "2026-10-26 06:00", "until": "2026-10-31 06:00"}


@pytest.fixture(scope="module")
def plant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("python") / "demo"
    assert run(["demo", str(folder), "--days", "8", "--no-walk"], house) == 0
    with andon.open(folder) as opened:
        yield opened


def test_an_answer_is_typed_and_its_ratios_follow_from_its_sums(plant):
    week = plant.ask("oee", at="line-1/press-1", **WEEK).answer
    assert week.oee == pytest.approx(week.availability * week.effectiveness * week.quality)
    assert week.planned_busy == week.production + week.setup + week.delay + week.down + week.unknown


def test_a_line_is_the_sum_of_its_machines(plant):
    line = plant.ask("oee", at="line-1", **WEEK).answer
    machines = [p.answer for p in plant.ask("oee", at="line-1", by="machine", **WEEK).pieces]
    assert len(machines) == 4
    assert sum(machines[1:], machines[0]) == line


@pytest.mark.parametrize("by", ["shift", "day", "product", "order", "machine,shift"])
def test_time_and_parts_split_by_anything_add_up(plant, by):
    """Outside the shifts no split but `shift` leaves anything out; planned busy time is whole in each."""
    whole = plant.ask("oee", at="line-2/lathe-2", **WEEK).answer
    pieces = [p.answer for p in plant.ask("oee", at="line-2/lathe-2", by=by, **WEEK).pieces]
    total = sum(pieces[1:], pieces[0])
    assert (total.production, total.planned_busy, total.good) == (whole.production, whole.planned_busy, whole.good)


def test_work_spread_over_processes_gives_the_same_figures(plant):
    here = plant.ask("oee", by="machine,day", **WEEK)
    spread = plant.ask("oee", by="machine,day", workers=2, **WEEK)
    assert [(p.key, p.answer) for p in here.pieces] == [(p.key, p.answer) for p in spread.pieces]


def test_pieces_become_a_frame(plant):
    frame = plant.ask("oee", at="line-1", by="machine,shift", **WEEK).to_polars()
    assert frame.columns[:2] == ["machine", "shift"]
    assert frame.height == 4 * frame["shift"].n_unique()
    assert frame["oee"].is_between(0, 1.2).all()


def test_a_table_of_an_answer_becomes_a_frame(plant):
    frame = plant.ask("losses", at="line-1", **WEEK).to_polars("rows")
    planned = plant.ask("losses", at="line-1", **WEEK).answer.planned_busy
    assert frame["micros"].sum() == planned


def test_a_notebook_shows_figures_coverage_and_picture(plant):
    html = plant.ask("losses", at="line-1", **WEEK)._repr_html_()
    assert "coverage" in html
    assert "<svg" in html


@pytest.mark.parametrize("study", ["losses", "states", "bottleneck", "cycle_times"])
def test_a_picture_is_saved_without_a_browser(plant, study, tmp_path):
    picture = plant.ask(study, at="line-1" if study == "bottleneck" else "line-1/press-1", **WEEK).picture()
    for name, begins in (("p.svg", b"<svg"), ("p.png", b"\x89PNG"), ("p.html", b"<!DOCTYPE html")):
        picture.save(tmp_path / name)
        assert (tmp_path / name).read_bytes().lower().startswith(begins.lower())


def test_every_figure_says_how_much_is_known(plant):
    asked = plant.ask("oee", **WEEK)
    assert asked.coverage
    assert all(0 <= h.known <= h.asked for h in asked.coverage)


def test_a_folder_that_is_no_plant_is_refused(tmp_path):
    with pytest.raises(BadConfig, match=r"has no plant\.toml"):
        andon.open(tmp_path)


def test_an_unknown_setting_is_refused_with_the_nearest(plant):
    with pytest.raises(BadQuestion, match="Say when"):
        plant.ask("oee")


def test_a_plant_and_an_answer_show_themselves_in_a_few_lines(plant):
    assert repr(plant).endswith(": 12 machines, Europe/Berlin>")
    said = repr(plant.ask("oee", by="machine,shift", **WEEK))
    assert "oee · whole plant · 2026-10-26 06:00 – 2026-10-31 06:00 (Europe/Berlin), coverage" in said
    assert len(said.splitlines()) < 20


def test_machines_whose_answers_do_not_add_up_keep_their_names(plant):
    asked = plant.ask("cycle_times", at="line-1", **WEEK)
    assert [r["machine"] for r in asked.rows()] == list(asked.evidence.machines)


def test_answers_that_do_not_add_up_are_told_apart_by_machine(plant):
    asked = plant.ask("cycle_times", at="line-1", **WEEK)
    assert [dict(p.key)["machine"] for p in asked.pieces] == list(asked.evidence.machines)
