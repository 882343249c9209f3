"""Colours, in one place: states, losses and the two themes, told apart by people with any colour vision.

The hues are those of Okabe and Ito (2008) and of Paul Tol's schemes (SRON/EPS/TN/09-002), calmed; what matters is also
told apart by lightness, and no picture says anything by colour alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..model import Loss, State


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of paper and ink."""

    paper: str
    ink: str
    soft: str
    rule: str
    faint: str
    accent: str
    warn: str
    ramp: tuple[str, ...]


THEMES: Mapping[str, Theme] = {
    "light": Theme(
        "#ffffff",
        "#1d252c",
        "#5c6873",
        "#c9d0d6",
        "#eceff2",
        "#2f6f9f",
        "#c4511d",
        ("#f3f6f9", "#bcd3e4", "#7ba9c9", "#3f7ba6", "#174a70"),
    ),
    "dark": Theme(
        "#14191e",
        "#e6eaee",
        "#97a3ae",
        "#3c4751",
        "#232b32",
        "#6aa9d4",
        "#f0884f",
        ("#1d2730", "#264a63", "#33709b", "#5c9fca", "#b3d8f0"),
    ),
}

MEANINGS: Mapping[str, tuple[str, str]] = {
    State.PRODUCING: ("#3a9277", "#3f9f82"),
    State.SETUP: ("#3b6ea8", "#5b8fca"),
    State.IDLE: ("#b9c1c8", "#66727d"),
    State.STARVED: ("#e3b23c", "#dfb04a"),
    State.BLOCKED: ("#a3712a", "#b9853c"),
    State.HELD: ("#9a7fb8", "#a78fc4"),
    State.FAULT: ("#c4511d", "#e2703a"),
    State.MAINTENANCE: ("#7fb4d6", "#8fc3e4"),
    State.OFF: ("#7d8891", "#434e58"),
    State.UNKNOWN: ("#f1e9ef", "#2e2630"),
    Loss.PRODUCTIVE: ("#3a9277", "#3f9f82"),
    Loss.BREAKDOWN: ("#c4511d", "#e2703a"),
    Loss.MINOR_STOP: ("#e08b57", "#f0a877"),
    Loss.SPEED: ("#e3b23c", "#dfb04a"),
    Loss.DEFECTS: ("#8f4a78", "#b56d9d"),
    Loss.STARTUP: ("#b98bac", "#8a5479"),
    Loss.DELAY: ("#a3712a", "#b9853c"),
    Loss.IDLE: ("#b9c1c8", "#66727d"),
    Loss.UNRATED: ("#9fc7b9", "#2f6353"),
    "planned_down": ("#7fb4d6", "#8fc3e4"),
    "unscheduled": ("#dfe4e8", "#2b343c"),
    "good": ("#3a9277", "#3f9f82"),
    "rejects": ("#8f4a78", "#b56d9d"),
    "rework": ("#b98bac", "#8a5479"),
    "planned": ("#b9c1c8", "#66727d"),
    "on time": ("#3a9277", "#3f9f82"),
    "early": ("#7fb4d6", "#8fc3e4"),
    "late": ("#c4511d", "#e2703a"),
    "running": ("#3b6ea8", "#5b8fca"),
    "running late": ("#e08b57", "#f0a877"),
}
"""Light and dark colour of each word of the house."""

SERIES: tuple[tuple[str, str], ...] = (
    ("#2f6f9f", "#6aa9d4"),
    ("#c4511d", "#f0884f"),
    ("#3a9277", "#4fb396"),
    ("#8f4a78", "#c583b0"),
    ("#a3712a", "#c9994f"),
    ("#e3b23c", "#e6be63"),
    ("#5c6873", "#97a3ae"),
    ("#7fb4d6", "#9fcfee"),
)
"""Light and dark colours of what has no meaning of its own, in the order they are given out."""


def colors(texts: tuple[str, ...], theme: str) -> dict[str, str]:
    """A colour for each text: that of the word if the house knows it, else the next free one.

    >>> colors(("producing", "line-2"), "light")
    {'producing': '#3a9277', 'line-2': '#2f6f9f'}
    """
    side, free = int(theme == "dark"), 0
    chosen: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        if text in MEANINGS:
            chosen[text] = MEANINGS[text][side]
            continue
        chosen[text] = SERIES[free % len(SERIES)][side]
        free += 1
    return chosen
