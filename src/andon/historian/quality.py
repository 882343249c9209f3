"""How good a sample is: OPC UA status codes, read by severity and by name."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..model import BAD, GOOD, UNCERTAIN, Codes

Mask = NDArray[np.bool_]

NAMES: Mapping[int, str] = {
    0x00000000: "Good",
    0x00300000: "GoodClamped",
    0x00960000: "GoodLocalOverride",
    0x00A50000: "GoodNoData",
    0x00DC0000: "GoodEdited",
    0x40000000: "Uncertain",
    0x408F0000: "UncertainNoCommunicationLastUsableValue",
    0x40900000: "UncertainLastUsableValue",
    0x40910000: "UncertainSubstituteValue",
    0x40920000: "UncertainInitialValue",
    0x40930000: "UncertainSensorNotAccurate",
    0x40940000: "UncertainEngineeringUnitsExceeded",
    0x40950000: "UncertainSubNormal",
    0x40A40000: "UncertainDataSubNormal",
    0x42080000: "UncertainTransducerInManual",
    0x42090000: "UncertainSimulatedValue",
    0x420A0000: "UncertainSensorCalibration",
    0x420F0000: "UncertainConfigurationError",
    0x80000000: "Bad",
    0x80050000: "BadCommunicationError",
    0x800A0000: "BadTimeout",
    0x80310000: "BadNoCommunication",
    0x80320000: "BadWaitingForInitialData",
    0x803C0000: "BadOutOfRange",
    0x80890000: "BadConfigurationError",
    0x808A0000: "BadNotConnected",
    0x808B0000: "BadDeviceFailure",
    0x808C0000: "BadSensorFailure",
    0x808D0000: "BadOutOfService",
    0x809B0000: "BadNoData",
    0x809D0000: "BadDataLost",
    0x809E0000: "BadDataUnavailable",
}
CODES: Mapping[str, int] = {name: code for code, name in NAMES.items()}
WHAT = 0xFFFF0000
"""The bits that say what happened; the lower 16 say how (limits, overflow, historian) and are masked off."""
STALE = np.array([CODES["UncertainLastUsableValue"], CODES["UncertainNoCommunicationLastUsableValue"]], dtype=np.uint32)
EMPTY = np.array([CODES["GoodNoData"], CODES["UncertainInitialValue"]], dtype=np.uint32)


def usable(quality: Codes) -> tuple[Mask, Mask, Mask]:
    """Which samples are values, which are only the last one held, and which are none.

    Parameters
    ----------
    quality
        Raw OPC UA status codes, n of them.

    Returns
    -------
    (good, stale, bad)
        Three masks; each sample is in exactly one. Good: any good code, and an uncertain one whose value may be used
        (sensor not accurate, sub-normal, units exceeded, calibration, substitute, simulated...). Stale: the last
        usable value, to be shown but not integrated. Bad: severity bad, an initial value nobody measured, no data.

    Examples
    --------
    >>> codes = np.array([0, 0x40930000, 0x40900400, 0x808C0000], dtype=np.uint32)
    >>> [mask.tolist() for mask in usable(codes)]
    [[True, True, False, False], [False, False, True, False], [False, False, False, True]]

    References
    ----------
    OPC 10000-4 (7.39 StatusCode), OPC 10000-8 (6.3 Data Access status codes).
    """
    what = quality & np.uint32(WHAT)
    stale = np.isin(what, STALE)
    bad = (quality >> np.uint32(30) > UNCERTAIN) | np.isin(what, EMPTY)
    return ~(stale | bad), stale, bad


def name(code: int) -> str:
    """What a status code is called; a code that is not in the table is named by its severity and number.

    >>> name(0x808C0000), name(0x80FF0000)
    ('BadSensorFailure', 'Bad (0x80FF0000)')
    """
    severity = {GOOD: "Good", UNCERTAIN: "Uncertain", BAD: "Bad"}.get(code >> 30, "Bad")
    return NAMES.get(code & WHAT) or f"{severity} (0x{code & WHAT:08X})"
