"""The simulated chip house: whole STDF, the same each time; what is wrong with its wafers is what Andon finds."""

import json
import signal
from collections import Counter
from itertools import pairwise
from urllib.request import urlopen

import pytest

from andon.acquire.files import read_mapping, take_all
from andon.acquire.simulated.chip_house import INBOX, Probers, found_house
from andon.acquire.simulated.chips import PERIOD, PROBERS, Wafer, due, places
from andon.acquire.stdf import Reading
from andon.acquire.stdf.source import pieces
from andon.config import check, read_plant
from andon.historian import Historian
from andon.model import Window
from andon.studies.yields.bins import bins
from andon.studies.yields.wafer_pattern import wafer_pattern
from andon.units import HOUR
from processes import Andon, done
from servers import until

NOON = 1_790_000_000_000_000 // PERIOD * PERIOD
PAST, WIDE = Window(NOON - 24 * HOUR, NOON), Window(NOON - 25 * HOUR, NOON)
"""In which wafers ended, and in which they were probed."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    """A day of wafers as the probers wrote them, stored: the folder, and the history."""
    folder = tmp_path_factory.mktemp("chips") / "plant"
    found_house(folder, 1, PAST)
    assert Probers(folder).hand_over(NOON) == 2 * 24
    plant = read_plant(folder)
    with Historian.own(folder / "history") as history:
        reports = list(take_all(folder / INBOX, read_mapping(plant.sources[0].settings), plant, history))
        assert [r.text for r in reports if r.failed] == []
        yield folder, history


def test_a_wafer_is_the_same_whenever_it_is_made_and_its_summaries_fit_its_parts(tmp_path):
    wafer = due(1, PAST)[5]
    body = wafer.file()
    assert body == Wafer(1, wafer.prober, wafer.turn).file()
    assert body != Wafer(2, wafer.prober, wafer.turn).file()
    file = tmp_path / wafer.name
    file.write_bytes(body)
    reading = Reading()
    for _ in reading.read(pieces(file)):
        pass
    assert reading.lost == []
    assert reading.tally.differences() == []
    assert (reading.lot, reading.product, reading.facts["tester"]) == (wafer.lot, "AX7", wafer.prober.name)


def test_wafers_follow_one_another_and_none_comes_twice(tmp_path):
    folder = tmp_path / "plant"
    found_house(folder, 1, Window(NOON - 2 * HOUR, NOON))
    assert not [m for m in check(folder) if not m.warning]
    probers = Probers(folder)
    assert probers.left(NOON) == probers.hand_over(NOON) == 4
    assert probers.hand_over(NOON) == 0
    assert [probers.hand_over(NOON + h * HOUR) for h in (1, 2, 2, 5)] == [2, 2, 0, 6]
    windows = {p: sorted(w.window for w in due(1, PAST) if w.prober is p) for p in PROBERS}
    assert all(a.until <= b.since for of in windows.values() for a, b in pairwise(of))


def test_the_patterns_that_a_wafer_has_are_found(house):
    """The classifier never saw maps of this generator: it names what is really there on at least 19 of 20 wafers."""
    folder, history = house
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    said = {(w["machine"], w["lot"], w["wafer"]): w["pattern"] or "none" for w in truth["wafers"]}
    found = {
        (p.path, row.lot, row.wafer): row.pattern
        for p in PROBERS
        for row in wafer_pattern(history.units(p.path, WIDE)).rows
    }
    assert found.keys() == said.keys()
    right = Counter(found[key] == said[key] for key in said)
    assert right[True] >= 0.95 * len(said), {key: (said[key], found[key]) for key in said if found[key] != said[key]}


def test_the_site_with_dirty_needles_is_seen_and_recovers(house):
    folder, history = house
    clean, dirty = (bins(history.units(p.path, WIDE)) for p in PROBERS)
    sites = {g.name: g.first_pass_yield for g in dirty.groups if g.grouping == "site"}
    truth = json.loads((folder / "truth.json").read_text("utf-8"))["sites"][0]
    assert (PROBERS[1].name, min(sites, key=sites.get)) == (truth["prober"], str(truth["site"]))
    assert dirty.recovery > clean.recovery
    assert clean.units == dirty.units == 24 * len(places()[0])


def maps(url: str) -> int:
    """How many wafers the page of a running plant can show."""
    try:
        with urlopen(f"{url}/api/measured/maps?last=30+d", timeout=20) as answer:
            return len(json.load(answer)["maps"])
    except OSError:
        return 0


def test_the_demo_of_chips_runs_and_goes_on_and_leaves_other_plants_alone(tmp_path):
    folder = tmp_path / "chips"
    for turn in ("begun", "again"):
        log = tmp_path / turn
        demo = Andon("demo", folder, "--of", "chips", "--days", 1, out=log)
        try:
            until(lambda log=log: "Its page: " in log.read_text("utf-8"), 120, "the demo")
            url = log.read_text("utf-8").rpartition("Its page: ")[2].split()[0].removesuffix("/yield")
            until(lambda url=url: maps(url) >= 48, 120, "the wafers")
        finally:
            demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 0, log.read_text("utf-8")
    other = tmp_path / "other"
    assert done("init", other).returncode == 0
    refused = done("demo", other, "--of", "chips")
    assert refused.returncode != 0
    assert "holds another plant" in refused.stdout + refused.stderr
    unknown = done("demo", other, "--of", "pizza")
    assert "There is no simulated plant 'pizza'" in unknown.stdout + unknown.stderr
