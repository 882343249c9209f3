"""The spells behind a loss: which stretches of the shift it is the sum of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..model import Element, Spells
from ..studies.production.elements import ELEMENTS, LOSSES, Leaves, split

Stretches = tuple[tuple[int, int], ...]
Cause = tuple[str, ...]


def behind(leaves: Leaves, on_machine: Spells | None) -> Mapping[Cause, Stretches]:
    """The stops by (loss, element, reason, product), and by (product,) the stretches in which it ran.

    Running time has one stretch from its first to its last moment: what was lost in it, speed or parts, is spread over
    all of it, and the many spells between would say no more.

    Examples
    --------
    >>> from andon.model import Calendar, Shift, States, StopRules, Window
    >>> from andon.studies.production.elements import elements
    >>> states = States.of([(0, 40, "producing"), (40, 50, "setup"), (50, 90, "producing")])
    >>> shift = Window(0, 100)
    >>> calendar = Calendar(shift, (Shift("early", "2026-01-05", shift),))
    >>> found = behind(elements(states, calendar, StopRules({}, {}, {}, 5)), None)
    >>> {" ".join(cause): spells for cause, spells in found.items()}
    {'': ((0, 90),), 'setup AUST  ': ((40, 50),), 'unknown unknown  ': ((90, 100),)}
    """
    product = on_machine if on_machine is not None else Spells.of([])
    leaves = split(leaves, [product.since, product.until])
    codes, reasons = leaves.reasons()
    busy = np.flatnonzero(leaves.busy)
    found: dict[Cause, list[tuple[int, int]]] = {}
    columns = (leaves.since, leaves.until, leaves.element, leaves.loss, codes)
    on = _at(product, leaves.since[busy].tolist())
    for since, until, e, x, r, p in zip(*(c[busy].tolist() for c in columns), on, strict=True):
        if ELEMENTS[e] is Element.PRODUCTION:
            first = found.setdefault((p,), [(since, until)])[0][0]
            found[(p,)] = [(first, until)]
            continue
        spells = found.setdefault((LOSSES[x], ELEMENTS[e], reasons[r], p), [])
        if spells and spells[-1][1] == since:
            since = spells.pop()[0]
        spells.append((since, until))
    return {cause: tuple(spells) for cause, spells in found.items()}


def _at(product: Spells, moments: list[int]) -> list[str]:
    """The product that was on at each moment, "" where nobody said."""
    place = np.searchsorted(product.since, moments, side="right") - 1
    return [
        product.text[i] if i >= 0 and at < product.until[i] else ""
        for i, at in zip(place.tolist(), moments, strict=True)
    ]
