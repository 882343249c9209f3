"""How a cell's number becomes a number in its signal's unit: exact fractions of common UCUM units."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...errors import BadConfig
from ...model import Numbers

# kind: units, each with its size in the first one; from the SI brochure and the UCUM tables, all exact
SIZES = {
    "temperature": "K 1, Cel 1, [degF] 5/9, [degR] 5/9",
    "power": "W 1, mW 1/1000, kW 1000, MW 1000000, J/s 1, kJ/h 5/18, kW.h/h 1000",
    "energy": "J 1, kJ 1000, MJ 1000000, GJ 1000000000, W.h 3600, kW.h 3600000, MW.h 3600000000, W.s 1",
    "time": "s 1, ns 1/1000000000, us 1/1000000, ms 1/1000, min 60, h 3600, d 86400, wk 604800",
    "length": "m 1, um 1/1000000, mm 1/1000, cm 1/100, dm 1/10, km 1000, [in_i] 127/5000, [ft_i] 381/1250",
    "pressure": "Pa 1, hPa 100, kPa 1000, MPa 1000000, bar 100000, mbar 100, atm 101325, N/m2 1, N/mm2 1000000, "
    "[psi] 8896443230521/1290320000, mm[Hg] 133322387415/1000000000",
    "volume": "m3 1, L 1/1000, l 1/1000, mL 1/1000000, ml 1/1000000, cm3 1/1000000, dm3 1/1000",
    "flow": "m3/s 1, m3/h 1/3600, m3/min 1/60, L/s 1/1000, L/min 1/60000, l/min 1/60000, L/h 1/3600000, l/h 1/3600000",
    "mass": "kg 1, g 1/1000, mg 1/1000000, t 1000, [lb_av] 45359237/100000000",
    "mass flow": "kg/s 1, kg/h 1/3600, kg/min 1/60, t/h 5/18, g/s 1/1000",
    "speed": "m/s 1, mm/s 1/1000, m/min 1/60, mm/min 1/60000, km/h 5/18",
    "acceleration": "m/s2 1, mm/s2 1/1000, [g] 980665/100000",
    "frequency": "Hz 1, /s 1, kHz 1000, MHz 1000000, /min 1/60, {rpm} 1/60, {rev}/min 1/60, /h 1/3600",
    "current": "A 1, mA 1/1000, uA 1/1000000, kA 1000",
    "voltage": "V 1, mV 1/1000, uV 1/1000000, kV 1000",
    "force": "N 1, mN 1/1000, kN 1000, MN 1000000, kgf 980665/100000",
    "torque": "N.m 1, kN.m 1000, N.cm 1/100, mN.m 1/1000",
    "ratio": "1 1, % 1/100, [ppth] 1/1000, [ppm] 1/1000000",
    "resistance": "Ohm 1, mOhm 1/1000, kOhm 1000",
    "apparent power": "V.A 1, kV.A 1000",  # no power: what it does is told by the power factor
    "reactive power": "var 1, kvar 1000",
}
UNITS = {
    unit: (kind, Fraction(size))
    for kind, row in SIZES.items()
    for unit, size in (part.rsplit(" ", 1) for part in row.split(", "))
}
ZEROS = {"Cel": Fraction("273.15"), "[degF]": Fraction("459.67") * Fraction(5, 9)}  # 0 of the unit, in kelvin

SPELLINGS = {
    "°C": "Cel",
    "℃": "Cel",
    "C": "Cel",
    "degC": "Cel",
    "deg C": "Cel",
    "celsius": "Cel",
    "°F": "[degF]",
    "℉": "[degF]",
    "F": "[degF]",
    "degF": "[degF]",
    "kWh": "kW.h",
    "Wh": "W.h",
    "MWh": "MW.h",
    "rpm": "/min",
    "U/min": "/min",
    "1/min": "/min",
    "r/min": "/min",
    "min-1": "/min",
    "min⁻¹": "/min",
    "rev/min": "/min",
    "转/分": "/min",
    "Nm": "N.m",
    "N·m": "N.m",
    "N*m": "N.m",
    "m³": "m3",
    "m³/h": "m3/h",
    "l/min": "L/min",
    "m/s²": "m/s2",
    "m/s^2": "m/s2",
    "mm/s²": "mm/s2",
    "g": "g",
    "sec": "s",
    "seconds": "s",
    "secs": "s",
    "Sek": "s",
    "秒": "s",
    "minutes": "min",
    "mins": "min",
    "分钟": "min",
    "hours": "h",
    "hrs": "h",
    "小时": "h",
    "µm": "um",
    "μm": "um",
    "µs": "us",
    "μs": "us",
    "inch": "[in_i]",
    "in": "[in_i]",
    "ft": "[ft_i]",
    "psi": "[psi]",
    "kVA": "kV.A",
    "VA": "V.A",
    "kVar": "kvar",
    "kVarh": "kvar.h",
    "%RH": "%",
    "%rF": "%",
    "pcs": "{part}",
    "pc": "{part}",
    "Stk": "{part}",
    "Stück": "{part}",
    "件": "{part}",
    "个": "{part}",
    "parts": "{part}",
    "ppm": "[ppm]",
    "kn": "kN",
    "度": "kW.h",
    "千瓦": "kW",
    "千瓦时": "kW.h",
    "摄氏度": "Cel",
    "安": "A",
    "伏": "V",
    "Ω": "Ohm",
}


def ucum(written: str) -> str:
    """The UCUM code of a unit as people write it, or "" where we do not know it.

    >>> ucum("°C"), ucum("kWh"), ucum("bar"), ucum("foo")
    ('Cel', 'kW.h', 'bar', '')
    """
    text = written.strip()
    if text in SPELLINGS:
        return SPELLINGS[text]
    return text if text in UNITS else ""


@dataclass(frozen=True, slots=True)
class Line:
    """`(x * times + plus) / by`: a straight line with whole coefficients where it can have them."""

    times: float = 1.0
    plus: float = 0.0
    by: float = 1.0

    @property
    def straight(self) -> bool:
        """Does it leave every number as it is?"""
        return self.times == self.by and self.plus == 0.0

    def __call__(self, values: Numbers) -> Numbers:
        return values if self.straight else np.asarray((values * self.times + self.plus) / self.by, dtype=np.float64)


STRAIGHT = Line()


def line(*, scale: float, offset: float, unit: str, wanted: str) -> Line:
    """The line from a cell to its signal: scale, offset, then from `unit` to `wanted`.

    Examples
    --------
    >>> line(scale=1.0, offset=0.0, unit="[degF]", wanted="Cel")(np.array([212.0, 32.0])).tolist()
    [100.0, 0.0]
    >>> line(scale=0.1, offset=0.0, unit="", wanted="bar")(np.array([3.0])).tolist()
    [0.3]
    """
    times, plus = Fraction(str(scale)), Fraction(str(offset))
    if unit and wanted and ucum(unit) != ucum(wanted) and unit != wanted:
        ratio, shift = _between(unit, wanted)
        times, plus = times * ratio, plus * ratio + shift
    by = math.lcm(times.denominator, plus.denominator)
    if max(abs(times * by), abs(plus * by), Fraction(by)) < 2**53:
        return Line(float(times * by), float(plus * by), float(by))
    return Line(float(times), float(plus), 1.0)


def _between(unit: str, wanted: str) -> tuple[Fraction, Fraction]:
    one, two = UNITS.get(ucum(unit)), UNITS.get(ucum(wanted))
    if not one or not two or one[0] != two[0]:
        raise BadConfig(
            f"Cannot turn {unit!r} into {wanted!r}: "
            + ("they measure different things. " if one and two else "that is no unit we can convert. ")
            + "Give 'scale' and 'offset' instead of 'unit'."
        )
    shift = ZEROS.get(ucum(unit), Fraction(0)) - ZEROS.get(ucum(wanted), Fraction(0))
    return one[1] / two[1], shift / two[1]
