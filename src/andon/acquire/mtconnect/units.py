"""MTConnect's units and UCUM's."""

from collections.abc import Mapping

UNITS: Mapping[str, str] = {
    "AMPERE": "A",
    "CELSIUS": "Cel",
    "CELCIUS": "Cel",  # so spelled by agents before 1.2
    "COUNT": "{part}",
    "CUBIC_MILLIMETER": "mm3",
    "CUBIC_MILLIMETER/SECOND": "mm3/s",
    "CUBIC_MILLIMETER/SECOND^2": "mm3/s2",
    "DECIBEL": "dB",
    "DEGREE": "deg",
    "DEGREE/SECOND": "deg/s",
    "DEGREE/SECOND^2": "deg/s2",
    "FEET": "[ft_i]",
    "GRAM": "g",
    "GRAM/CUBIC_METER": "g/m3",
    "HERTZ": "Hz",
    "HOUR": "h",
    "INCH": "[in_i]",
    "JOULE": "J",
    "KELVIN": "K",
    "KILOGRAM": "kg",
    "KILOWATT": "kW",
    "KILOWATT_HOUR": "kW.h",
    "LITER": "l",
    "LITER/MINUTE": "l/min",
    "LITER/SECOND": "l/s",
    "METER": "m",
    "METER/SECOND": "m/s",
    "METER/SECOND^2": "m/s2",
    "MICRO_RADIAN": "urad",
    "MICROMETER": "um",
    "MILLIGRAM": "mg",
    "MILLIGRAM/CUBIC_MILLIMETER": "mg/mm3",
    "MILLILITER": "ml",
    "MILLIMETER": "mm",
    "MILLIMETER/REVOLUTION": "mm/{rotation}",
    "MILLIMETER/SECOND": "mm/s",
    "MILLIMETER/SECOND^2": "mm/s2",
    "MINUTE": "min",
    "NEWTON": "N",
    "NEWTON_METER": "N.m",
    "OHM": "Ohm",
    "PASCAL": "Pa",
    "PASCAL/SECOND": "Pa/s",
    "PASCAL_SECOND": "Pa.s",
    "PERCENT": "%",
    "PH": "[pH]",
    "POUND": "[lb_av]",
    "REVOLUTION/MINUTE": "{rotation}/min",
    "REVOLUTION/SECOND": "{rotation}/s",
    "REVOLUTION/SECOND^2": "{rotation}/s2",
    "SECOND": "s",
    "SIEMENS/METER": "S/m",
    "SQUARE_INCH": "[in_i]2",
    "SQUARE_MILLIMETER": "mm2",
    "TESLA": "T",
    "VOLT": "V",
    "VOLT_AMPERE": "V.A",
    "VOLT_AMPERE_REACTIVE": "V.A{reactive}",
    "WATT": "W",
    "WATT_SECOND": "W.s",
}
"""The units of MTConnect 2.4 (`UnitEnum`); a "_3D" of one has its unit for each of three values."""


def ucum(unit: str) -> str:
    """The UCUM code of a unit, "" where there is none.

    >>> ucum("MILLIMETER_3D"), ucum("REVOLUTION/MINUTE"), ucum("FURLONG")
    ('mm', '{rotation}/min', '')
    """
    return UNITS.get(unit.removesuffix("_3D"), "")
