"""Whose limits hold: the user's, the plant's, or those that came with the measurements."""

import pytest

from andon.errors import BadQuestion, NoData
from andon.model import Characteristic, Characteristics, Found, Measurements
from andon.studies.quality.specification import finite, of_product, specification

LIMITS = {"width": (4.0, 6.0)}
PLANT = Characteristics((Characteristic("width", low=4.5, high=5.5, target=5.0, unit="mm"),))


def found(products: tuple[str, ...] = ("", ""), *, unit: str = "mm", limits: object = LIMITS) -> Found:
    rows = [(i, str(i), "width", 5.0 + i) for i in range(len(products))]
    return Measurements.of(rows, unit=unit, limits=limits, product=products).take()


@pytest.mark.parametrize(
    ("plant", "given", "expected"),
    [
        (None, {}, (4.0, 6.0, None, "measurements")),
        (PLANT, {}, (4.5, 5.5, 5.0, "plant")),
        (PLANT, {"low": 3.0}, (3.0, 5.5, 5.0, "setting")),  # each limit that is given wins, the other stays
        (PLANT, {"target": 5.1}, (4.5, 5.5, 5.1, "plant")),
        (Characteristics((Characteristic("width", low=4.5),)), {}, (4.5, None, None, "plant")),  # one-sided is meant
        (Characteristics((Characteristic("width", target=5.0),)), {}, (4.0, 6.0, 5.0, "measurements")),
        (Characteristics((Characteristic("length", low=1.0),)), {}, (4.0, 6.0, None, "measurements")),
    ],
)
def test_a_setting_wins_then_the_plant_then_the_measurements(
    plant: Characteristics | None, given: dict[str, float], expected: tuple[object, ...]
) -> None:
    made = specification(found(), plant, **given)
    assert (made.low, made.high, made.target, made.said) == expected


def test_without_any_limits_nobody_said_them() -> None:
    made = specification(found(limits={}))
    assert (made.bounded, made.width, made.said) == (False, None, "")


def test_products_with_other_limits_have_to_be_told_apart() -> None:
    plant = Characteristics((Characteristic("width", low=1.0, product="a"), Characteristic("width", low=2.0)))
    with pytest.raises(BadQuestion, match="say which `product`"):
        specification(found(("a", "b")), plant)
    assert specification(of_product(found(("a", "b")), "a"), plant).low == 1.0
    assert specification(of_product(found(("a", "b")), "b"), plant).low == 2.0


def test_a_product_that_was_not_measured_is_no_data() -> None:
    with pytest.raises(NoData, match="Products there: a, b"):
        of_product(found(("a", "b")), "c")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"low": 6.0}, "not below its upper limit"),
        ({"high": float("nan")}, "no limit of width"),
        ({"target": float("inf")}, "no limit of width"),
    ],
)
def test_limits_that_make_no_sense_are_refused(given: dict[str, float], said: str) -> None:
    with pytest.raises(BadQuestion, match=said):
        specification(found(), None, **given)


def test_limits_in_another_unit_than_the_values_are_refused() -> None:
    with pytest.raises(BadQuestion, match="measured in um"):
        specification(found(unit="um"), PLANT)
    assert specification(found(unit="1"), PLANT).unit == "mm"


def test_values_that_are_no_numbers_are_left_out() -> None:
    rows = [(0, "a", "width", float("nan")), (1, "b", "width", 5.0)]
    assert finite(Measurements.of(rows).take()).value.tolist() == [5.0]
