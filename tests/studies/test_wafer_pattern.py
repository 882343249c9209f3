"""Patterns on wafers: what the shipped classifier finds on maps it has not seen, and says when it is not sure."""

import numpy as np
import pytest

from andon.errors import BadQuestion
from andon.model import Units
from andon.studies.yields.made_maps import SHAPES, made
from andon.studies.yields.pattern_features import features
from andon.studies.yields.pattern_model import KINDS, likely
from andon.studies.yields.wafer_pattern import UNCLEAR, picture, wafer_pattern
from tested import disc, stdf, wafers

X, Y = disc(16)
AWAY = np.hypot(X, Y)
DRAWN = {
    "none": X > 99,
    "centre": AWAY < 5,
    "donut": (AWAY > 6) & (AWAY < 10),
    "edge-loc": (AWAY > 13) & (X > 0) & (abs(Y) < 7),
    "edge-ring": AWAY > 14,
    "loc": np.hypot(X - 7, Y + 5) < 3.5,
    "scratch": (abs(X - Y - 2) < 1) & (abs(X) < 10),
    "near-full": AWAY < 99,
}
"""Drawn by hand, with no part of the generator."""


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("noise", [0.0, 0.03, 0.08])
def test_a_pattern_drawn_by_hand_is_found_under_noise(kind: str, noise: float) -> None:
    rng = np.random.default_rng(11)
    found = wafer_pattern(wafers({"W1": DRAWN[kind] | (rng.random(len(X)) < noise)}, 16))
    assert found.rows[0].pattern == kind


@pytest.mark.parametrize("turn", range(8))
def test_a_pattern_stays_what_it_is_when_the_wafer_is_turned_or_mirrored(turn: int) -> None:
    x, y = (X, Y) if turn < 4 else (-X, Y)
    for _ in range(turn % 4):
        x, y = -y, x
    rng = np.random.default_rng(2)
    noise = rng.random(len(X)) < 0.03
    units = wafers({"W1": X > 99}, 16)
    for kind, failed in DRAWN.items():
        bad = failed | noise
        turned = Units.of(
            range(len(x)),
            units.unit,
            wafer=["W1"] * len(x),
            x=x.tolist(),
            y=y.tolist(),
            passed=(~bad).astype(int).tolist(),
        )
        assert wafer_pattern(turned).rows[0].pattern == kind


def test_the_score_on_maps_it_has_not_seen_is_the_one_that_is_written_down() -> None:
    # docs/yield.md: macro F1 on maps of this generator with another seed; the floor allows for the small sample.
    rng = np.random.default_rng(99)
    maps = [made(kind, rng) for kind in KINDS for _ in range(30)]
    guess = likely([features(m.x, m.y, m.failed) for m in maps]).argmax(axis=1)
    truth = np.repeat(np.arange(len(KINDS)), 30)
    scores = [
        2 * ((truth == k) & (guess == k)).sum() / ((truth == k).sum() + (guess == k).sum()) for k in range(len(KINDS))
    ]
    assert np.mean(scores) > 0.93
    assert min(scores) > 0.8


def test_likelihoods_add_up_and_are_those_of_known_kinds() -> None:
    rng = np.random.default_rng(4)
    shares = likely([(lambda m: features(m.x, m.y, m.failed))(made(kind, rng)) for kind in SHAPES])
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(SHAPES)))
    assert (shares >= 0).all()
    assert tuple(SHAPES) == KINDS


def test_a_map_is_made_the_same_again_from_the_same_seed() -> None:
    one, other = (made("scratch", np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.failed, other.failed)


def test_a_wafer_with_few_dies_has_no_pattern() -> None:
    x, _ = disc(3)
    found = wafer_pattern(wafers({"W1": x > 1}, 3))
    assert (found.rows[0].pattern, found.rows[0].likelihood, found.unclear) == (UNCLEAR, None, 1)
    assert found.flags == ("1 wafers have fewer than 50 dies: their pattern is not told",)


def test_what_is_not_sure_enough_is_said_to_be_unclear() -> None:
    rng = np.random.default_rng(1)
    maps = {str(k): rng.random(len(X)) < 0.13 + 0.01 * k for k in range(8)}  # between none and random
    found = wafer_pattern(wafers(maps, 16), sure=0.999)
    assert found.unclear > 0
    assert all(r.pattern == UNCLEAR for r in found.rows if r.likelihood < 0.999)
    with pytest.raises(BadQuestion, match="sure = 2"):
        wafer_pattern(wafers(maps, 16), sure=2)


def test_patterns_are_counted_and_drawn() -> None:
    found = wafer_pattern(wafers({"W1": DRAWN["scratch"], "W2": DRAWN["scratch"], "W3": DRAWN["none"]}, 16))
    assert (found.main, found.with_pattern) == ("scratch", 2)
    assert [(p.pattern, p.wafers) for p in found.patterns] == [("scratch", 2), ("none", 1)]
    assert set(picture(found).column("map")) == {"W1 scratch", "W2 scratch", "W3 none"}


def test_a_real_wafer_gets_an_answer() -> None:
    found = wafer_pattern(stdf("lot2.stdf"))
    assert found.wafers == 1
    assert found.rows[0].dies == 1456


def test_a_wafer_that_is_only_a_few_dies_wide_gets_an_answer() -> None:
    x, y = np.arange(4).repeat(20), np.tile(np.arange(20), 4)
    columns = {"x": x.tolist(), "y": y.tolist(), "wafer": ["W"] * 80, "passed": (y > 3).astype(int).tolist()}
    assert wafer_pattern(Units.of(range(80), map(str, range(80)), **columns)).rows[0].likelihood is not None
