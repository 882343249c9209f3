"""How much of a measured spread is the units', how much the testers' or sites', how much neither repeats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...model import Numbers
from .picked import Codes


@dataclass(frozen=True, slots=True)
class Components:
    """Variances between units, between pieces of equipment, and of repeating, with the degrees of freedom of the last.

    `units` and `equipment` say how many there are.
    """

    unit: float
    between: float
    repeat: float
    freedom: int
    units: int
    equipment: int


def components(value: Numbers, unit: Codes, equipment: Codes) -> Components | None:
    """Variance components of value = unit + equipment + rest, whatever was measured how often.

    Henderson's third method: sums of squares of each factor after the other, equated with what is expected of them.
    On balanced data it is the analysis of variance. None where nothing was repeated.

    Examples
    --------
    Two units, measured twice on each of two testers that differ by 2:

    >>> value = np.array([10.0, 10.0, 12.0, 12.0, 20.0, 20.0, 22.0, 22.0])
    >>> found = components(value, np.repeat([0, 1], 4), np.tile([0, 0, 1, 1], 2))
    >>> round(found.unit, 9), round(found.between, 9), round(found.repeat, 9)
    (50.0, 2.0, 0.0)

    References
    ----------
    C. R. Henderson: Estimation of Variance and Covariance Components. Biometrics 9 (1953), 226-252, method 3.
    """
    _, unit = np.unique(unit, return_inverse=True)
    _, equipment = np.unique(equipment, return_inverse=True)
    n, u, k = len(value), int(unit.max(initial=-1)) + 1, int(equipment.max(initial=-1)) + 1
    if n <= u:
        return None
    value = value - value.mean()
    cells = np.bincount(unit * k + equipment, minlength=u * k).reshape(u, k).astype(np.float64)
    of_unit, of_equipment = cells.sum(1), cells.sum(0)
    within = value - (np.bincount(unit, value, minlength=u) / of_unit)[unit]
    normal = np.diag(of_equipment) - cells.T @ (cells / of_unit[:, None])
    right = np.bincount(equipment, within, minlength=k)
    rank = int(np.linalg.matrix_rank(normal)) if k > 1 else 0
    explained = float(right @ np.linalg.pinv(normal, hermitian=True) @ right) if rank else 0.0
    left = max(0.0, float(within @ within) - explained)
    freedom = n - u - rank
    if freedom <= 0:
        return None
    repeat = left / freedom
    about = float(value @ value) - float((np.bincount(equipment, value, minlength=k) ** 2 / of_equipment).sum())
    spread = n - float((cells**2 / of_equipment).sum())
    of_units = (about - left - (u + rank - k) * repeat) / spread if spread > 1e-9 else 0.0
    between = (explained - rank * repeat) / float(np.trace(normal)) if rank else 0.0
    return Components(max(0.0, of_units), max(0.0, between), repeat, freedom, u, k)
