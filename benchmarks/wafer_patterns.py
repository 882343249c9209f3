"""Train the classifier of wafer patterns on made maps, and score it on others, by noise and by size of the wafer.

python benchmarks/wafer_patterns.py --train    writes src/andon/studies/yields/pattern_weights.py
python benchmarks/wafer_patterns.py            scores what is there
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from andon.studies.yields.made_maps import SHAPES, Made, made
from andon.studies.yields.pattern_features import features
from andon.studies.yields.pattern_model import KINDS, chances, likely, terms

WEIGHTS = Path(__file__).parent.parent / "src" / "andon" / "studies" / "yields" / "pattern_weights.py"
TRAINED, SCORED = 20_261_127, 7
"""Seeds: no map is in both sets."""
NONE = 3
"""Maps without a pattern, for one of each pattern: most real wafers have none."""
NOISES = ((0.002, 0.01), (0.01, 0.03), (0.03, 0.06), (0.06, 0.12), (0.12, 0.2))
SIZES = ((9, 14), (15, 24), (25, 45), (46, 80))


def main() -> None:
    """Train or score, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--maps", type=int, default=1500, help="of each pattern, to learn from")
    parser.add_argument("--scored", type=int, default=100, help="of each pattern and group, to score with")
    given = parser.parse_args()
    if given.train:
        learned = sets(np.random.default_rng(TRAINED), given.maps, none=NONE, noise=(0.002, 0.2))
        WEIGHTS.write_text(written(*train(learned)), "utf-8")
        print(f"{WEIGHTS} learned from {len(learned):,} maps; run again without --train to score it")
        return
    score(given.scored)


def sets(chance: np.random.Generator, number: int, *, none: int = 1, **how: tuple[float, float]) -> list[Made]:
    """So many maps of each pattern, `none` times as many without."""
    kinds = [k for k in SHAPES for _ in range(number * (none if k == "none" else 1))]
    return [made(k, chance, **how) for k in kinds]  # type: ignore[arg-type]  # noise and dies are pairs


def train(learned: Sequence[Made]) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Names, means, spreads and weights that make the patterns of the maps most likely (with a small ridge)."""
    found = [features(m.x, m.y, m.failed) for m in learned]
    names = list(found[0])
    rows = np.array([[f[n] for n in names] for f in found])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    given = terms(rows, mean, spread)
    truth = np.eye(len(KINDS))[[KINDS.index(m.kind) for m in learned]]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(given.shape[1], len(KINDS))
        guess = chances(given @ weights)
        ridge = 2e-4 * weights
        ridge[0] = 0
        missed = -np.log(np.maximum((guess * truth).sum(axis=1), 1e-300)).mean() + 0.5 * float((ridge * weights).sum())
        return missed, (given.T @ (guess - truth) / len(given) + ridge).ravel()

    best = minimize(loss, np.zeros(given.shape[1] * len(KINDS)), jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    return names, mean, spread, best.x.reshape(given.shape[1], len(KINDS))


def written(names: list[str], mean: np.ndarray, spread: np.ndarray, weights: np.ndarray) -> str:
    """The model as the text of a module."""
    number = len(names)
    lines = [f"{'1':22}" + numbers(weights[0])]
    for i, name in enumerate(names):
        lines.append(f"{name:22}{numbers([mean[i], spread[i]])} {numbers(weights[1 + i])}")
        lines.append(f"{name + ' ^2':22}" + numbers(weights[1 + number + i]))
    body = "\n".join(lines)
    head = '"""Weights of the pattern classifier, written by benchmarks/wafer_patterns.py --train."""\n\n'
    says = '"""A feature, its mean and spread, its weight for each kind of pattern; below, those of its square."""\n'
    return f'{head}TABLE = """\n{body}\n"""\n{says}'


def numbers(values: Iterable[float]) -> str:
    """Numbers with four telling digits."""
    return " ".join(f"{v:.4g}" for v in values)


def score(number: int) -> None:
    """Print how much is found and how much is right: by pattern, by noise and by size."""
    chance = np.random.default_rng(SCORED)
    print("| pattern | found (recall) | right (precision) | F1 | mostly taken for |\n|---|---|---|---|---|")
    truth, guess, sure = judged(sets(chance, 5 * number))
    for k, kind in enumerate(KINDS):
        recall, precision = (truth == guess)[truth == k].mean(), (truth == guess)[guess == k].mean()
        others = np.bincount(guess[(truth == k) & (guess != k)], minlength=len(KINDS))
        taken = f"{KINDS[int(others.argmax())]} {others.max() / (truth == k).sum():.1%}" if others.any() else ""
        both = 2 * recall * precision / (recall + precision)
        print(f"| {kind} | {recall:.1%} | {precision:.1%} | {both:.3f} | {taken} |")
    print(f"all {f1(truth, guess):.3f}, right where likelier than 80 %: {(truth == guess)[sure > 0.8].mean():.1%}")
    print(f" of {(sure > 0.8).mean():.1%} of the maps\n")
    for name, groups in (("noise", NOISES), ("dies", SIZES)):
        print(f"| {name} | macro F1 | none called a pattern |\n|---|---|---|")
        for low, high in groups:
            truth, guess, _ = judged(sets(chance, number, none=5, **{name: (low, high)}))
            none = truth == KINDS.index("none")
            print(f"| {low} to {high} | {f1(truth, guess):.3f} | {(guess != truth)[none].mean():.1%} |")
    print("\n| unlike what was learned | macro F1 | none called a pattern |\n|---|---|---|")
    for name, shift in SHIFTS.items():
        truth, guess, _ = judged([shift(m, chance) for m in sets(chance, number, none=5)])
        none = truth == KINDS.index("none")
        print(f"| {name} | {f1(truth, guess):.3f} | {(guess != truth)[none].mean():.1%} |")


def untested(of: Made, chance: np.random.Generator) -> Made:
    """The same wafer with a third of its dies left out, anywhere."""
    kept = chance.random(len(of.x)) > 1 / 3
    return replace(of, x=of.x[kept], y=of.y[kept], failed=of.failed[kept])


def crumbled(of: Made, chance: np.random.Generator) -> Made:
    """The same wafer with further faults that lie in crumbs of up to nine dies, on 1 to 4 % of it."""
    failed = of.failed.copy()
    for _ in range(max(1, round(len(of.x) * chance.uniform(0.01, 0.04) / 4))):
        middle = int(chance.integers(len(of.x)))
        near = (abs(of.x - of.x[middle]) <= 1) & (abs(of.y - of.y[middle]) <= 1)
        failed |= near & (chance.random(len(of.x)) < 0.5)
    return replace(of, failed=failed)


def healed(of: Made, chance: np.random.Generator) -> Made:
    """The same wafer with half of the failed dies recovered: a pattern that shows only half."""
    return replace(of, failed=of.failed & (chance.random(len(of.x)) < 0.5))


SHIFTS = {
    "a third of the dies not tested": untested,
    "faults in crumbs": crumbled,
    "half of the failed dies recovered": healed,
}
"""Maps unlike those that were learned from."""


def judged(maps: Sequence[Made]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place in KINDS of what each map is and of what it is taken for, and how likely that is said to be."""
    shares = likely([features(m.x, m.y, m.failed) for m in maps])
    return np.array([KINDS.index(m.kind) for m in maps]), shares.argmax(axis=1), shares.max(axis=1)


def f1(truth: np.ndarray, guess: np.ndarray) -> float:
    """The mean over patterns of 2 hits / (those there are + those that were called so)."""
    hits = [
        2 * ((truth == k) & (guess == k)).sum() / ((truth == k).sum() + (guess == k).sum()) for k in range(len(KINDS))
    ]
    return float(np.mean(hits))


if __name__ == "__main__":
    main()
