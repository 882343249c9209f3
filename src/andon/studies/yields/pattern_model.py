"""The pattern classifier: a multinomial logistic model on the features of a map, and their squares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from ...model import Numbers
from .made_maps import SHAPES
from .pattern_weights import TABLE

KINDS = tuple(SHAPES)
FARTHEST = 4.0
"""Standard deviations at which a feature is cut: a map unlike all others is not to be judged by one number alone."""


def likely(found: Sequence[Mapping[str, float]]) -> Numbers:
    """How likely each kind is (columns, in order of `KINDS`) for each map's features (rows); each row adds up to 1."""
    names, mean, spread, weights = _model()
    rows = np.array([[f.get(n, 0.0) for n in names] for f in found]).reshape(len(found), len(names))
    return chances(terms(rows, mean, spread) @ weights)


def terms(rows: Numbers, mean: Numbers, spread: Numbers) -> Numbers:
    """What the weights are for: 1, each feature in its standard deviations, and its square."""
    z = np.clip((rows - mean) / spread, -FARTHEST, FARTHEST)
    return np.concatenate([np.ones((len(rows), 1)), z, z**2 - 1], axis=1)


def chances(scores: Numbers) -> Numbers:
    """Scores as shares that add up to 1 (softmax)."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


@cache
def _model() -> tuple[tuple[str, ...], Numbers, Numbers, Numbers]:
    """Names, means and spreads of the features, and the weights of the terms."""
    rows = [(line[:22].strip(), np.array(line[22:].split(), np.float64)) for line in TABLE.strip("\n").split("\n")]
    first, linear, square = rows[0][1], rows[1::2], [r[1] for r in rows[2::2]]
    mean, spread = (np.array([numbers[k] for _, numbers in linear]) for k in (0, 1))
    weights = np.concatenate([[first], [numbers[2:] for _, numbers in linear], square])
    return tuple(name for name, _ in linear), mean, spread, weights
