"""The demo plant as rows: lines, machine classes, products, shifts, reasons, and what goes wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...model import Element, Loss, State

ZONE = "Europe/Berlin"
FIRST_DAY, LAST_DAY = "2026-10-02", "2026-11-01"
"""The window runs from 06:00 local on the first to 06:00 local on the last: 30 production days, one with 25 hours."""
ALL_HAPPENED = "2026-10-24"
"""By this day everything special of the days below is over."""
HOLIDAYS = ("2026-10-03",)
MAKE_UP = {"2026-10-10": "fri"}
LINES = ("line-1", "line-2", "line-3")
MINOR_STOP = 300_000
"""Milliseconds: a shorter stop is a minor one."""
SOURCES = {"line-1": "gateway-1", "line-2": "gateway-2", "line-3": "gateway-3"}
LOST = ("gateway-2", "2026-10-14T15:20", "2026-10-14T18:50")
"""The source that nobody heard for a while, in local time; its machines ran on."""


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift by local rules: times as HH:MM, weekdays, lines, breaks."""

    name: str
    start: str
    end: str
    days: tuple[str, ...]
    lines: tuple[str, ...]
    breaks: tuple[tuple[str, str], ...]


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHIFTS = (
    ShiftRow("early", "06:00", "14:00", WEEK[:5], ("line-1", "line-2"), (("09:30", "09:45"), ("12:00", "12:20"))),
    ShiftRow("late", "14:00", "22:00", WEEK[:5], ("line-1", "line-2"), (("16:30", "16:45"), ("19:00", "19:20"))),
    ShiftRow("night", "22:00", "06:00", WEEK[:5], ("line-1",), (("00:30", "00:45"), ("03:30", "03:50"))),
    ShiftRow("day-12", "06:00", "18:00", WEEK, ("line-3",), (("10:00", "10:30"), ("14:00", "14:15"))),
    ShiftRow("night-12", "18:00", "06:00", WEEK, ("line-3",), (("22:00", "22:30"), ("04:00", "04:15"))),
)


@dataclass(frozen=True, slots=True)
class StopRow:
    """One kind of unplanned stop: Weibull time between stops (of producing time), lognormal duration; seconds.

    `causes` are (weight, alarm text, reason code): the operator gives the reason in `told` of the cases.
    """

    state: State
    between: float
    shape: float
    median: float
    sigma: float
    told: float
    causes: tuple[tuple[float, str, str], ...]


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class of machine: its codes for the states, counters, stops, scrap and power (kW by state)."""

    name: str
    pace: float
    setup: float
    buffer: int
    codes: Mapping[State, str | int]
    counters: tuple[str, ...]
    stops: tuple[StopRow, ...]
    scrap: float
    scrap_causes: tuple[tuple[float, str], ...]
    power: Mapping[State, float]
    heat: float
    vibration: float
    rework: float = 0.0


JAM = (1.0, "", "")
ORGANISATION = ((0.5, "", "no_operator"), (0.35, "", "quality_check"), (0.15, "", "training"))


def _power(producing: float, idle: float) -> dict[State, float]:
    """kW by state: idling takes less than producing, off nearly nothing."""
    levels = {
        State.PRODUCING: producing,
        State.SETUP: 0.55 * producing,
        State.MAINTENANCE: 0.3 * idle,
        State.FAULT: 0.8 * idle,
        State.OFF: 0.05 * idle,
    }
    return {s: round(levels.get(s, idle), 3) for s in State}


CLASSES = {
    "press": ClassRow(
        "press",
        0.96,
        1500,
        14,
        {
            State.PRODUCING: 2,
            State.SETUP: 1,
            State.IDLE: 0,
            State.STARVED: 5,
            State.BLOCKED: 6,
            State.HELD: 4,
            State.FAULT: 3,
            State.MAINTENANCE: 7,
            State.OFF: 9,
        },
        ("total_count", "reject_count"),
        (
            StopRow(State.FAULT, 1500, 1.0, 38, 0.55, 0.0, (JAM,)),
            StopRow(
                State.FAULT,
                36_000,
                1.5,
                1150,
                0.8,
                0.7,
                (
                    (0.45, "P-102 hydraulic pressure low", "hydraulics"),
                    (0.35, "P-210 die protection", "tool_break"),
                    (0.2, "P-330 light curtain", "sensor"),
                ),
            ),
            StopRow(State.HELD, 17_000, 1.0, 340, 0.6, 0.6, ORGANISATION),
        ),
        0.011,
        ((0.5, "crack"), (0.3, "burr"), (0.2, "dent")),
        _power(38.0, 7.5),
        34.0,
        2.1,
    ),
    "lathe": ClassRow(
        "lathe",
        1.0,
        2100,
        10,
        {
            State.PRODUCING: "ACTIVE",
            State.SETUP: "SETUP",
            State.IDLE: "READY",
            State.STARVED: "WAIT_PART",
            State.BLOCKED: "WAIT_UNLOAD",
            State.HELD: "FEED_HOLD",
            State.FAULT: "ALARM",
            State.MAINTENANCE: "SERVICE",
            State.OFF: "OFF",
        },
        ("good_count", "reject_count"),
        (
            StopRow(State.FAULT, 2100, 1.0, 52, 0.6, 0.0, (JAM,)),
            StopRow(
                State.FAULT,
                30_000,
                1.7,
                1400,
                0.7,
                0.75,
                (
                    (0.55, "2041 tool life expired", "tool_break"),
                    (0.25, "3003 chuck pressure", "hydraulics"),
                    (0.2, "7010 probe signal", "sensor"),
                ),
            ),
            StopRow(State.HELD, 15_000, 1.0, 400, 0.6, 0.6, ORGANISATION),
        ),
        0.014,
        ((0.6, "diameter"), (0.25, "surface"), (0.15, "chatter")),
        _power(17.0, 3.1),
        21.0,
        1.2,
    ),
    "cell": ClassRow(
        "cell",
        0.97,
        900,
        8,
        {
            State.PRODUCING: "Produktion",
            State.SETUP: "Rüsten",
            State.IDLE: "Kein Auftrag",
            State.STARVED: "Materialmangel",
            State.BLOCKED: "Stau",
            State.HELD: "Angehalten",
            State.FAULT: "Störung",
            State.MAINTENANCE: "Wartung",
            State.OFF: "Aus",
        },
        ("total_count", "good_count", "reject_count", "rework_count"),
        (
            StopRow(State.FAULT, 900, 0.9, 24, 0.5, 0.0, (JAM,)),
            StopRow(
                State.FAULT,
                42_000,
                1.3,
                820,
                0.75,
                0.65,
                (
                    (0.5, "R12 gripper vacuum", "robot"),
                    (0.3, "S07 part present sensor", "sensor"),
                    (0.2, "R40 collision", "robot"),
                ),
            ),
            StopRow(State.HELD, 14_000, 1.0, 300, 0.6, 0.55, ORGANISATION),
        ),
        0.009,
        ((0.5, "leak test"), (0.3, "torque"), (0.2, "missing part")),
        _power(6.5, 2.0),
        9.0,
        0.5,
        0.006,
    ),
    "packer": ClassRow(
        "packer",
        0.9,
        600,
        6,
        {
            State.PRODUCING: 6,
            State.SETUP: 15,
            State.IDLE: 4,
            State.STARVED: 5,
            State.BLOCKED: 13,
            State.HELD: 11,
            State.FAULT: 9,
            State.MAINTENANCE: 20,
            State.OFF: 2,
        },
        ("total_count", "reject_count"),
        (
            StopRow(State.FAULT, 1100, 0.9, 30, 0.6, 0.0, (JAM,)),
            StopRow(
                State.FAULT, 50_000, 1.4, 700, 0.7, 0.7, ((0.6, "film break", "film"), (0.4, "label sensor", "sensor"))
            ),
            StopRow(State.HELD, 20_000, 1.0, 260, 0.6, 0.5, ORGANISATION),
        ),
        0.005,
        ((0.7, "seal"), (0.3, "label")),
        _power(4.2, 1.3),
        14.0,
        0.8,
    ),
}
BREAK_CODES: Mapping[str, str | int] = {"press": 8, "lathe": "PAUSE", "cell": "Pause", "packer": 21}
"""What a class says in a break; it means held_operator."""


@dataclass(frozen=True, slots=True)
class MachineRow:
    """One machine and what is special about it: slow drifts, its counters' peculiarities, wrong master data."""

    path: str
    row: ClassRow
    cycle_drift: float = 0.0
    heat_drift: float = 0.0
    wear: float = 0.0
    counter_start: int = 0
    rollover: int | None = None
    counter_reset: str = ""
    master_factor: float = 1.0
    maintenance: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product of one line: its ideal cycle at pace 1 (seconds), value, and a faster method from a day on."""

    name: str
    line: str
    cycle: float
    value: float
    faster_from: str = ""
    faster: float = 1.0


PRODUCTS = (
    ProductRow("bracket", "line-1", 31.0, 4.20),
    ProductRow("hinge", "line-1", 27.5, 3.60),
    ProductRow("flange", "line-1", 36.0, 6.10, "2026-10-19", 0.92),
    ProductRow("housing", "line-2", 44.0, 12.50),
    ProductRow("cover", "line-2", 38.0, 9.80),
    ProductRow("clip", "line-3", 23.5, 1.15),
    ProductRow("ring", "line-3", 26.0, 1.40),
    ProductRow("bush", "line-3", 21.0, 0.95),
)
MACHINES = (
    MachineRow("line-1/press-1", CLASSES["press"], heat_drift=9.0),
    MachineRow("line-1/lathe-1", CLASSES["lathe"], cycle_drift=0.09, counter_reset="2026-10-21T06:00"),
    MachineRow("line-1/cell-1", CLASSES["cell"]),
    MachineRow("line-1/packer-1", CLASSES["packer"]),
    MachineRow("line-2/press-2", CLASSES["press"], maintenance=("2026-10-20T08:00", "4 h")),
    MachineRow("line-2/lathe-2", CLASSES["lathe"], wear=3.5),
    MachineRow("line-2/cell-2", CLASSES["cell"]),
    MachineRow("line-2/packer-2", CLASSES["packer"]),
    MachineRow("line-3/press-3", CLASSES["press"], counter_start=41_000, rollover=65_535),
    MachineRow("line-3/lathe-3", CLASSES["lathe"]),
    MachineRow("line-3/cell-3", CLASSES["cell"]),
    MachineRow("line-3/packer-3", CLASSES["packer"], master_factor=1.8),
)


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason an operator may give."""

    code: str
    text: str
    text_zh: str
    parent: str = ""
    element: Element | None = None
    loss: Loss | None = field(default=None)


REASONS = (
    ReasonRow("technical", "Technical", "技术故障", "", Element.DELAY, Loss.BREAKDOWN),
    ReasonRow("hydraulics", "Hydraulics", "液压", "technical", Element.DELAY, Loss.BREAKDOWN),
    ReasonRow("tool_break", "Tool broken or worn", "刀具损坏", "technical", Element.DELAY, Loss.BREAKDOWN),
    ReasonRow("sensor", "Sensor", "传感器", "technical", Element.DELAY, Loss.BREAKDOWN),
    ReasonRow("robot", "Robot or gripper", "机器人", "technical", Element.DELAY, Loss.BREAKDOWN),
    ReasonRow("film", "Film break", "断膜", "technical", Element.DELAY, Loss.BREAKDOWN),
    ReasonRow("organisation", "Organisation", "组织", "", Element.DELAY, Loss.DELAY),
    ReasonRow("no_operator", "No operator", "缺少操作员", "organisation", Element.DOWN, Loss.IDLE),
    ReasonRow("quality_check", "Waiting for quality check", "等待质检", "organisation", Element.DELAY, Loss.DELAY),
    ReasonRow("training", "Training", "培训", "organisation", Element.PLANNED_DOWN),
)
