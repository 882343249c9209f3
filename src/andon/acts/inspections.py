"""Acts on produced units: what was found on one, with what it was measured, by whom."""

from __future__ import annotations

import re

import pyarrow as pa

from ..errors import BadInput
from ..model import Window, moment
from .gauges import expected, planned
from .register import Desk, Done, may

PHOTO = re.compile(r"[0-9a-f]{64}\.(jpg|png|webp)")
"""How a photo in the plant folder is called: its digest and its kind."""
VERDICTS = {"": None, "passed": True, "failed": False}


@may("operator")
def inspect(
    desk: Desk,
    machine: str,
    unit: str,
    test: str,
    *,
    value: float | None = None,
    verdict: str = "",
    at: Window | None = None,
    step: str = "",
    lot: str = "",
    product: str = "",
    gauge: str = "",
    photo: str = "",
    plan: str = "",
    appraiser: str = "",
    trial: int = 0,
    why: str = "",
) -> Done:
    """Write down what was found on a produced unit: a value, or that it passed or failed.

    It is a measurement like any other: charts, capability and yield see it. The limits are those that plant.toml gives
    the characteristic; without a value the verdict is all there is.

    Parameters
    ----------
    machine
        Path of the machine that made or tests the unit, such as line-1/press-3.
    unit
        Serial number or part id of the unit.
    test
        What was measured or looked at, such as width.
    value
        What was found, in the unit that plant.toml says.
    verdict
        passed or failed; where it is left out, the limits decide.
    at
        When it was so; now, unless given.
    step
        The step of the inspection, where there are several.
    lot
        The lot that the unit belongs to.
    product
        The product; the machine's own, unless given.
    gauge
        What it was measured with; the gauge that plant.toml says, unless given.
    photo
        Name of a photo, as it was given when the photo was sent.
    plan
        Name of the gauge study that the reading was made for.
    appraiser
        Who measured, where that is not who writes it down.
    trial
        Which trial of the gauge study it is: 1, 2, 3...; the same one again takes the place of the first.
    why
        What there is to say about it.
    """
    place = desk.plant.machine(machine)
    _told(unit, test, value, verdict)
    if photo and not PHOTO.fullmatch(photo):
        raise BadInput(f"{photo!r} is no photo of this plant: send the photo first, and give the name that comes back.")
    if trial < 0 or bool(plan) != bool(trial):
        raise BadInput(f"A reading of a gauge study has its name and the trial, 1 or more: not {plan!r} and {trial}.")
    who = appraiser.strip() or desk.who
    if plan:
        expected(planned(desk.folder, plan), (machine, test), who, trial, unit.strip())
    meant = desk.now if at is None else at.since
    if meant > desk.now:
        raise BadInput(f"{desk.clock(meant)} is yet to come. Give a moment until now.")
    known = place.characteristics.of(test, product or place.default_product)
    row: dict[str, object] = {"machine": machine, "unit_id": unit.strip(), "test": test, "value": value}
    row |= {"step": step, "lot": lot, "product": product or place.default_product, "unit": known.unit}
    row |= {"low": known.low, "high": known.high, "passed": VERDICTS[verdict]}
    row |= {"who": who, "gauge": gauge or known.gauge, "photo": photo}
    row |= {"plan": plan, "trial": str(trial)} if plan else {}
    kinds = dict.fromkeys(("value", "low", "high"), pa.float64()) | {"passed": pa.bool_()}
    table = pa.table({n: pa.array([v], kinds.get(n, pa.string())) for n, v in row.items()})
    desk.found(machine, meant, table, unit=unit, test=test, value=value, verdict=verdict, photo=photo, why=why)
    return {
        "unit": unit.strip(),
        "test": test,
        "value": value,
        "verdict": verdict or _judged(value, known.low, known.high),
        "at": f"{moment(meant):%Y-%m-%dT%H:%M:%SZ}",
    }


def _told(unit: str, test: str, value: float | None, verdict: str) -> None:
    """Refuse what says nothing of a unit."""
    if not unit.strip() or not test.strip():
        raise BadInput("An inspection needs a unit (serial number or part id) and a test (what was looked at).")
    if verdict not in VERDICTS:
        raise BadInput(f"A verdict is passed or failed, not {verdict!r}.")
    if value is None and not verdict:
        raise BadInput("Give a value, or say whether it passed or failed.")


def _judged(value: float | None, low: float | None, high: float | None) -> str:
    """What the limits say of a value; "" where there are none."""
    if value is None or (low is None and high is None):
        return ""
    inside = (low is None or value >= low) and (high is None or value <= high)
    return "passed" if inside else "failed"
