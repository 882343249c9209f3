"""Which units belong to which roles, and the units that names speak of."""

import re

from .scales import UNITS, ucum
from .vocabulary import UNIT_ENDINGS

MEASURES = {
    "power": ("power",),
    "energy": ("energy",),
    "temperature": ("temperature",),
    "pressure": ("pressure",),
    "current": ("current",),
    "voltage": ("voltage",),
    "cycle_time": ("time",),
    "torque": ("torque", "ratio"),
    "speed": ("speed", "frequency", "ratio"),
    "flow": ("flow", "mass flow"),
    "humidity": ("ratio",),
    "vibration": ("acceleration", "speed", "length"),
    "level": ("length", "ratio", "volume"),
    "position": ("length",),
}


def fits(role: str, unit: str) -> bool:
    """May a signal with this role have this unit? (A reactive energy is no power, whatever its name says.)"""
    wanted = MEASURES.get(role)
    return not unit or wanted is None or UNITS.get(unit, ("", 0))[0] in wanted


def unit_of(name: str) -> tuple[str, str]:
    """The unit in a column's name, as UCUM and as written.

    >>> unit_of("Temp [°C]"), unit_of("power_kW"), unit_of("功率(千瓦)"), unit_of("x")
    (('Cel', '°C'), ('kW', 'kW'), ('kW', '千瓦'), ('', ''))
    """
    for inside in re.findall(r"[\[(（【]([^\])）】]+)[\])）】]", name):
        if ucum(inside):
            return ucum(inside), inside
    last = re.split(r"[_\s.]+", name.strip())[-1]
    if last != name.strip() and last.lower() in UNIT_ENDINGS:
        return UNIT_ENDINGS[last.lower()], last
    ending = re.search(r"(℃|°C|kWh|kW)$", name)
    return (ucum(ending[0]), ending[0]) if ending else ("", "")


ROLE_OF_KIND = {
    "power": "power",
    "energy": "energy",
    "temperature": "temperature",
    "pressure": "pressure",
    "current": "current",
    "voltage": "voltage",
    "torque": "torque",
    "acceleration": "vibration",
    "flow": "flow",
    "mass flow": "flow",
    "frequency": "speed",
}
"""What a unit alone says about the role; a length, a ratio or a time may be many things."""


def role_of_unit(unit: str) -> str:
    """The role that a unit speaks of by itself, "" where it may be several.

    >>> role_of_unit("kW"), role_of_unit("kW.h"), role_of_unit("Cel"), role_of_unit("mm"), role_of_unit("Hz")
    ('power', 'energy', 'temperature', '', '')
    """
    kind = UNITS.get(unit, ("", 0))[0]
    return "" if unit in ("Hz", "kHz", "MHz", "/s", "/h") else ROLE_OF_KIND.get(kind, "")
