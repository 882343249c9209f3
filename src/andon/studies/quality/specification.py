"""Which limits a test has to keep: a setting wins, else what the plant says, else what came with the measurements."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from ...errors import BadQuestion, NoData
from ...model import Characteristic, Characteristics, Found


@dataclass(frozen=True, slots=True)
class Specification:
    """The limits and the target of one test, None where there is none, and who said so.

    `said` is "setting", "plant", "measurements", or "" where there are no limits at all.
    """

    low: float | None = None
    high: float | None = None
    target: float | None = None
    unit: str = "1"
    said: str = ""

    @property
    def width(self) -> float | None:
        """From the lower to the upper limit; None where one is missing."""
        return None if self.low is None or self.high is None else self.high - self.low

    @property
    def bounded(self) -> bool:
        """Whether there is any limit."""
        return self.low is not None or self.high is not None


def specification(
    found: Found,
    characteristics: Characteristics | None = None,
    *,
    low: float | None = None,
    high: float | None = None,
    target: float | None = None,
) -> Specification:
    """The specification of what was found of one test.

    Each limit that is given wins. The others are those of the plant's characteristic, if it has any limit (one with a
    lower limit only is one-sided, whatever the measurements say); else the latest that came with the measurements.

    Parameters
    ----------
    found
        The values of the test; their product says which characteristic holds.
    characteristics
        What the plant says about tests.
    low, high, target
        What the user set.

    Returns
    -------
    Specification
        Its limits, target and unit, and where the limits are from.

    Raises
    ------
    BadQuestion
        The lower limit is not below the upper one, a limit is no number, products have different specifications, or the
        plant states the limits in another unit than the values have.

    Examples
    --------
    >>> from andon.model import Measurements
    >>> found = Measurements.of([(0, "a", "width", 5.0)], limits={"width": (4.0, 6.0)}).take()
    >>> specification(found, high=7.0)
    Specification(low=4.0, high=7.0, target=None, unit='1', said='setting')
    """
    told = characteristic(found, characteristics)
    came, said = found.limits, "measurements"
    if told.low is not None or told.high is not None:
        _same_unit(found, told)
        came, said = (told.low, told.high), "plant"
    made = Specification(
        came[0] if low is None else low,
        came[1] if high is None else high,
        told.target if target is None else target,
        found.unit if found.unit != "1" else told.unit,
        "setting" if low is not None or high is not None else said if came != (None, None) else "",
    )
    _sound(found.name, made)
    return made


def characteristic(found: Found, characteristics: Characteristics | None) -> Characteristic:
    """What the plant says about the test that was found, for the products that it was found on.

    Raises
    ------
    BadQuestion
        It was found on several products that have different specifications.
    """
    if characteristics is None:
        return Characteristic(found.name)
    products = sorted(set(found.units.product[found.row].tolist())) or [""]
    told = [characteristics.of(found.name, p) for p in products]
    if len({(c.low, c.high, c.target) for c in told}) > 1:
        raise BadQuestion(
            f"{found.name} has different specifications for the products "
            f"{', '.join(p or '(none said)' for p in products)}: say which `product`."
        )
    return told[0]


def of_product(found: Found, product: str) -> Found:
    """Only what was found on one product; all of it where `product` is "".

    Raises
    ------
    NoData
        Nothing was found on that product.
    """
    if not product:
        return found
    of = found.units.product[found.row]
    picked = found.pick(np.asarray(of == product, dtype=np.bool_))
    if not len(picked.row):
        known = sorted({p for p in of.tolist() if p})
        raise NoData(
            f"{found.name} was not measured on product {product!r} in that window. "
            f"Products there: {', '.join(known) or 'none was said'}."
        )
    return picked


def finite(found: Found) -> Found:
    """Only the values that are numbers."""
    return found.pick(np.isfinite(found.value))


def _same_unit(found: Found, told: Characteristic) -> None:
    if "1" not in (found.unit, told.unit) and found.unit != told.unit:
        raise BadQuestion(
            f"{found.name} was measured in {found.unit}, and plant.toml states its limits in {told.unit}: write both "
            "in the same unit."
        )


def _sound(test: str, made: Specification) -> None:
    for name in ("low", "high", "target"):
        value = getattr(made, name)
        if value is not None and not isfinite(value):
            raise BadQuestion(f"{name} = {value} is no limit of {test}: leave it out where there is none.")
    if made.low is not None and made.high is not None and made.low >= made.high:
        raise BadQuestion(f"The lower limit of {test} ({made.low:g}) is not below its upper limit ({made.high:g}).")
