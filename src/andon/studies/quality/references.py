"""The reference values of what a gauge measured: given as a setting, or said of the units."""

from __future__ import annotations

import re

import numpy as np

from ...errors import BadQuestion
from ...model import Found, Numbers

COLUMN = "reference"
"""The fact of units that says their true value."""


def pairs(text: str) -> dict[str, float]:
    """Reference values as somebody writes them: part = value, comma or semicolon between.

    Raises
    ------
    BadQuestion
        It reads otherwise.

    Examples
    --------
    >>> pairs("1 = 2.0, B-2 = 4")
    {'1': 2.0, 'B-2': 4.0}
    """
    found: dict[str, float] = {}
    for piece in filter(None, (p.strip() for p in re.split(r"[,;\n]", text))):
        name, _, value = (p.strip() for p in piece.rpartition("="))
        try:
            found[name] = float(value)
        except ValueError:
            raise BadQuestion(
                f"{piece!r} is no reference value: write part = number, such as '1 = 2.0, 2 = 4.0'."
            ) from None
        if not name or not np.isfinite(found[name]):
            raise BadQuestion(f"{piece!r} is no reference value: write part = number, such as '1 = 2.0, 2 = 4.0'.")
    return found


def true_values(found: Found, text: str, part: str = "unit") -> Numbers:
    """The reference value of each reading.

    Parameters
    ----------
    found
        The readings.
    text
        Reference values by part; those of parts that it leaves out are the fact `reference` of their units.
    part
        The column of the units that says which part.

    Raises
    ------
    BadQuestion
        Some part has no reference value, or what was said of one is no number.
    """
    given = pairs(text)
    parts = found.units.column(part)[found.row].tolist()
    said = found.units.facts.get(COLUMN)
    told = said[found.row].tolist() if said is not None else [""] * len(parts)
    if missing := sorted({p for p, t in zip(parts, told, strict=True) if p not in given and not t}):
        raise BadQuestion(
            f"Nobody said the reference value of {', '.join(missing[:8])}{', ...' if len(missing) > 8 else ''}: give "
            f"`references` such as '{missing[0] or '1'} = 10.0', or say the fact `reference` with the values."
        )
    try:
        return np.array([given[p] if p in given else float(t) for p, t in zip(parts, told, strict=True)])
    except ValueError as error:
        raise BadQuestion(f"A reference value is no number: {error}.") from None
