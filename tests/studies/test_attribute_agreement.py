"""Agreement on verdicts against AIAG's manual and Fleiss' figures; intervals against simulated coverage."""

import numpy as np
import pytest

from andon.errors import BadQuestion, NoData
from andon.model import Measurements, Units
from andon.studies.quality.agreement import cohen, fleiss
from andon.studies.quality.amounts import share_limits
from andon.studies.quality.attribute_agreement import attribute_agreement

# Ten subjects, 14 raters, five categories: kappa 0.210 (J. Fleiss 1971, as in the article on Fleiss' kappa).
FLEISS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]
# AIAG, attribute study: cross-tabulations of 50 parts judged three times (bad, good), and the kappas it prints.
TABLES = {"A*B": ([[44, 6], [3, 97]], 0.86), "B*C": ([[42, 5], [9, 94]], 0.79), "A*C": ([[43, 7], [8, 92]], 0.78)}


def spread(table: list[list[int]]) -> np.ndarray:
    """One table of a single verdict for each count."""
    rows = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    found = np.zeros((len(rows), len(table), len(table)), np.int64)
    for k, place in enumerate(rows):
        found[(k, *place)] = 1
    return found


@pytest.mark.parametrize("pair", TABLES)
def test_cohen_is_that_of_the_manual(pair: str) -> None:
    table, expected = TABLES[pair]
    assert round(cohen(spread(table)).value, 2) == expected


def test_fleiss_is_that_of_fleiss() -> None:
    assert fleiss(np.array(FLEISS)).value == pytest.approx(0.210, abs=5e-4)


def test_limits_of_cohen_are_near_those_of_its_large_sample_formula() -> None:
    """Fleiss, Cohen and Everitt 1969: the standard error of a kappa that is not 0."""
    table = np.array(TABLES["A*B"][0])
    p, n = table / table.sum(), table.sum()
    rows, columns = p.sum(1), p.sum(0)
    said, chance = np.trace(p), rows @ columns
    kappa = (said - chance) / (1 - chance)
    same = sum(p[i, i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in (0, 1))
    other = (1 - kappa) ** 2 * sum(p[i, j] * (columns[i] + rows[j]) ** 2 for i in (0, 1) for j in (0, 1) if i != j)
    error = np.sqrt(same + other - (kappa - chance * (1 - kappa)) ** 2) / (1 - chance) / np.sqrt(n)
    found = cohen(spread(TABLES["A*B"][0]))
    assert (found.low, found.high) == pytest.approx((kappa - 1.96 * error, kappa + 1.96 * error), abs=0.005)


def test_several_verdicts_on_a_part_are_not_several_parts() -> None:
    """The same verdicts three times over tell no more than once."""
    once = spread(TABLES["A*B"][0])
    assert cohen(once * 3).low == pytest.approx(cohen(once).low)


def test_nineteen_limits_in_twenty_hold_the_true_kappa() -> None:
    """Three raters who are right on 85 % of parts of which half are good: kappa = 0.49 (agreement 0.745)."""
    chance, held = np.random.default_rng(1), 0
    for _ in range(300):
        truth = chance.random(80) < 0.5
        said = np.array([np.where(chance.random(80) < 0.85, truth, ~truth) for _ in range(3)]).sum(0)
        found = fleiss(np.stack([3 - said, said], axis=1))
        held += found.low <= 0.49 <= found.high
    assert 0.91 <= held / 300 <= 0.985


def test_shares_have_exact_limits() -> None:
    """AIAG: 42 of 50 are 84 %, 71 % to 93 %."""
    low, high = share_limits(42, 50)
    assert (round(low, 2), round(high, 2)) == (0.71, 0.93)
    assert share_limits(0, 50)[0] == 0
    assert share_limits(50, 50)[1] == 1


def judged(rows: list[tuple[str, str, bool]], **facts: list[str]) -> Units:
    parts, people, passed = zip(*rows, strict=True)
    return Units.of(range(len(rows)), parts, who=people, passed=passed, **facts)


def study(misses: set[tuple[str, str, int]]) -> Units:
    """Ten parts, five of them good, by two people twice; `misses` are (who, part, trial) of a wrong verdict."""
    rows = [
        (str(n), w, (n < 5) != ((w, str(n), t) in misses)) for t in (0, 1) for w in ("Li", "Wang") for n in range(10)
    ]
    return judged(rows, reference=["pass" if int(p) < 5 else "fail" for p, _, _ in rows])


def test_who_is_always_right_is_acceptable() -> None:
    answer = attribute_agreement(study(set()))
    assert [a.verdict for a in answer.appraisers] == ["acceptable"] * 3
    assert (answer.kappa, answer.verdict, answer.appraisal_effectiveness) == (1.0, "good agreement", 1.0)


def test_misses_false_alarms_and_wavering_are_told_apart() -> None:
    answer = attribute_agreement(study({("Li", "7", 0), ("Wang", "1", 0), ("Wang", "1", 1)}))
    li, wang, both = answer.appraisers
    assert (li.same, li.correct, li.misses, li.false_alarms) == (9, 9, 0.1, 0.0)
    assert (wang.same, wang.correct, wang.misses, wang.false_alarms) == (10, 9, 0.0, 0.2)
    assert (both.same, both.correct) == (8, 8)
    named = {(a.one, a.against): a.kappa for a in answer.agreements}
    assert named["Wang", "itself"] == 1
    assert named["Wang", "reference"] == pytest.approx(0.8)
    assert list(named) == [
        ("Li", "itself"),
        ("Wang", "itself"),
        ("Li", "Wang"),
        ("all", "each other"),
        ("Li", "reference"),
        ("Wang", "reference"),
        ("all", "reference"),
    ]


def test_without_a_reference_people_are_compared_with_each_other() -> None:
    rows = [(str(n), w, n < 5) for w in ("Li", "Wang") for n in range(10)]
    answer = attribute_agreement(judged(rows))
    assert (answer.kappa, answer.appraisal_effectiveness, answer.trials) == (1.0, None, 1)
    assert any("all be wrong" in r for r in answer.remarks)


def test_verdicts_can_be_values_of_a_test_or_a_fact() -> None:
    rows = [(i, str(i % 10), "gono", float(i % 10 < 5)) for i in range(20)]
    who = ["Li"] * 10 + ["Wang"] * 10
    found = Measurements.of(rows, who=who)
    answer = attribute_agreement(found.units, found, test="gono", good="1")
    assert (answer.verdicts, answer.kappa) == (("0", "1"), 1.0)
    grades = judged([(str(n), w, True) for w in ("Li", "Wang") for n in range(6)], grade=list("abcabc" * 2))
    assert attribute_agreement(grades, rating="grade").verdicts == ("a", "b", "c")


def test_parts_that_not_everybody_judged_do_not_count() -> None:
    rows = [(str(n), w, n < 5) for w in ("Li", "Wang") for n in range(10)]
    answer = attribute_agreement(judged([*rows, ("99", "Li", True)]))
    assert (answer.parts, answer.left_out) == (10, 1)


def test_all_verdicts_alike_make_no_kappa() -> None:
    rows = [(str(n), w, True) for w in ("Li", "Wang") for n in range(10)]
    answer = attribute_agreement(judged(rows))
    assert (answer.kappa, answer.verdict) == (None, "not told")


@pytest.mark.parametrize(
    ("units", "asked", "error", "said"),
    [
        (Units.of([1, 2], ["a", "b"]), {}, NoData, "Nobody judged"),
        (Units.of([1, 2], ["a", "b"], passed=[1, 0]), {}, BadQuestion, "Nobody said `who`"),
        (judged([("a", "Li", True), ("b", "Wang", True)]), {}, NoData, "judged by each of"),
        (judged([("a", "Li", True), ("a", "", True)]), {}, BadQuestion, "do not say who"),
        (judged([("a", "Li", True)] * 2, reference=["pass", "fail"]), {}, BadQuestion, "two references"),
        (judged([("a", "Li", True)] * 2), {"confidence": 95}, BadQuestion, "write 0.95"),
        (judged([("a", "Li", True)] * 2), {"test": "gono"}, NoData, "Nothing was measured as gono"),
    ],
)
def test_what_is_missing_is_said(units: Units, asked: dict[str, object], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        attribute_agreement(units, **asked)
