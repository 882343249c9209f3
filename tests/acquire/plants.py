"""Small plants on paper for the tests of file import."""

from collections.abc import Mapping

from andon.model import Products, StopRules
from andon.plant import Machine, Plant, ShiftBook, Signal

PRESS = "line-1/press-3"


def a_plant(
    signals: Mapping[str, Mapping[str, object]], machines: tuple[str, ...] = (PRESS,), zone: str = "UTC"
) -> Plant:
    """A plant whose machines all have the same signals: {name: keyword arguments of Signal}."""
    return Plant(
        name="works",
        zone=zone,
        currency="EUR",
        language="en",
        site="works",
        shifts=ShiftBook(),
        reasons={},
        machines={path: _machine(path, signals) for path in machines},
    )


def _machine(path: str, signals: Mapping[str, Mapping[str, object]]) -> Machine:
    made = {
        name: Signal(**{"path": f"{path}/{name}", "machine": path, "name": name, "role": "other", **rest})
        for name, rest in signals.items()
    }
    return Machine(
        path=path, machine_class="press", signals=made, rules=StopRules({}, {}, {}, 0), products=Products({})
    )
