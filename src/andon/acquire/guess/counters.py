"""How a counter counts, judged by its values: a running total or parts a row, and where it starts again at 0."""

from collections.abc import Sequence

import numpy as np

from ...model import Numbers

ROLLOVERS = (9_999, 32_767, 65_535, 99_999, 999_999, 9_999_999, 16_777_215, 2_147_483_647, 4_294_967_295)


def counting_of(series: Sequence[Numbers]) -> tuple[str, int | None, str, bool]:
    """Running total or parts a row? Where does a total start again at 0? Why, and do the rows show it?"""
    said = [values[np.isfinite(values)] for values in series]
    step = np.concatenate([np.diff(v) for v in said]) if said else np.zeros(0)
    if not len(step):
        return "delta", None, "one row tells nothing about its way of counting", False
    tops = np.concatenate([v[:-1][np.diff(v) < 0] for v in said]).tolist()
    full = next((r for r in ROLLOVERS for t in tops if 0.98 * r <= t <= r), None)
    falls = sum(1 for t in tops if not full or t < 0.98 * full) / len(step)
    if not step.any():
        return "delta", None, "it never changes, which tells nothing about its way of counting", False
    if falls > 0.05 or not (step > 0).any():
        return "delta", None, f"it falls in {falls:.0%} of its rows: parts made since the row before", True
    seen = f" and starts again at 0 after {full:,}" if full else f" but {len(tops)} resets" if tops else ""
    return "total", full, f"it {'rises' if tops else 'never falls'}{seen}: a running total", True
