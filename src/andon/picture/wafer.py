"""Wafer maps as pictures: one big map or a gallery of small ones, of bins or of values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from .kinds import Kind, Mark, Picture

Die = tuple[str, int, int, float | None, str, bool | None]
"""Map, x, y, value, what the die is called (its bin; "" where the value says it), whether it passed."""
NOTCH_DOWN = 270.0
PASSED = (("#d3e2ea", "#2c4656"), ("#bcd3e4", "#3a5d74"), ("#a9c6d3", "#234f5c"))
"""Light and dark colours of what passed: pale, so that what failed is seen first."""
FAILED = (
    ("#c4511d", "#f0884f"),
    ("#2f6f9f", "#6aa9d4"),
    ("#8f4a78", "#c27fae"),
    ("#e3b23c", "#f7e7a1"),
    ("#3a9277", "#4fb396"),
    ("#6e4413", "#8f5f22"),
)
"""Light and dark colours of what failed, the most frequent first: six that people with any colour vision tell apart."""
BEYOND = ("#43505b", "#74828e")
"""What failed in bins that have no colour of their own."""


def wafer(
    title: str,
    rows: Iterable[Die],
    unit: str = "",
    *,
    notch: float | None = NOTCH_DOWN,
    subtitle: str = "",
    marks: Sequence[Mark] = (),
) -> Picture:
    """Dies where they lie on their wafers: x to the right, y downward.

    Parameters
    ----------
    title : str
        What the reader should learn.
    rows : iterable of (map, x, y, value, text, passed)
        `map` names the wafer the die is on; one name makes one big map, several a gallery. Where a die has a `text`
        (its bin), that is what is coloured and explained in the legend; else its value is, None being a die without.
        Values on both sides of 0 are shown against 0.
    unit : str
        Unit of the values.
    notch : float or None
        Where the notch is, in degrees counterclockwise from the right (270: below); None: not known.
    subtitle : str
        A second, smaller line.
    marks : sequence of Mark
        Named values on the scale of colours.

    Returns
    -------
    Picture
        Columns map, x, y, value, text, passed (1, 0 or None); the notch is a mark.

    Examples
    --------
    >>> wafer("Lot 7", [("7-01", 3, 4, 1, "1 good", True), ("7-01", 4, 4, 5, "5 open", False)]).rows[1]
    ('7-01', 4, 4, 5.0, '5 open', 0)
    """
    cells = tuple(
        (str(m), int(x), int(y), None if v is None else float(v), str(t), None if p is None else int(p))
        for m, x, y, v, t, p in rows
    )
    told = (*marks, *([] if notch is None else [Mark("notch", notch, "angle")]))
    return Picture(
        Kind.WAFER, title, ("map", "x", "y", "value", "text", "passed"), cells, unit, subtitle, marks=tuple(told)
    )


def die_colors(picture: Picture) -> Mapping[str, tuple[str, str]]:
    """Light and dark colour of each text of a wafer picture, the most frequent first.

    >>> die_colors(wafer("", [("a", 0, 0, 1, "1 good", True), ("a", 1, 0, 5, "5 open", False)]))["5 open"]
    ('#c4511d', '#f0884f')
    """
    pairs = zip(picture.column("text"), picture.column("passed"), strict=True)
    counted = Counter((str(text), passed == 1) for text, passed in pairs if text)
    chosen: dict[str, tuple[str, str]] = {}
    good = bad = 0
    for (text, passed), _ in counted.most_common():
        if text in chosen:
            continue
        if passed:
            chosen[text] = PASSED[min(good, len(PASSED) - 1)]
            good += 1
            continue
        chosen[text] = FAILED[bad] if bad < len(FAILED) else BEYOND
        bad += 1
    return chosen
