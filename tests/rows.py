"""Raw rows as the store hands them over, and three signals."""

import pyarrow as pa

from andon.historian.series import states
from andon.model import Window
from andon.plant import Signal

SENSOR_FAILURE, LAST_USABLE, NOT_ACCURATE, INITIAL = 0x808C0000, 0x40900000, 0x40930000, 0x40920000
STATE = Signal(
    path="press/state",
    machine="press",
    name="state",
    role="state",
    kind="state",
    states={"0": "idle_no_order", "2": "producing", "Execute": "producing", "true": "fault"},
)
COUNT = Signal(path="press/parts", machine="press", name="parts", role="good_count", kind="count")
POWER = Signal(path="press/power", machine="press", name="power", role="power", kind="number", unit="kW")
DAY = Window(0, 1000)


def table(rows):
    """(at, what was said, quality) rows as the historian gives them."""
    rows = [(*row, 0)[:3] for row in rows]
    return pa.table(
        {
            "at": pa.array([r[0] for r in rows], pa.int64()),
            "value": pa.array([None if isinstance(r[1], str) else r[1] for r in rows], pa.float64()),
            "text": pa.array([r[1] if isinstance(r[1], str) else None for r in rows], pa.string()),
            "quality": pa.array([r[2] for r in rows], pa.uint32()),
        }
    )


def spelled(rows, signal=STATE, window=DAY, heard=((0, 1000),)):
    found = states(table(rows), signal, window, list(heard))
    return list(zip(found.since.tolist(), found.until.tolist(), found.state, found.said, strict=True))


# ---- quality ----
