"""The demo plant on paper: its plant.toml, wrong master data included."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from ...model import Times
from .flow import FAR, ideal_cycle
from .gauged import GAUGE, HIGH, LOW, TARGET, TEST, TOGETHER
from .hours import DEMO, Days
from .layout import (
    BREAK_CODES,
    CLASSES,
    HOLIDAYS,
    LINES,
    MACHINES,
    MAKE_UP,
    MINOR_STOP,
    PRODUCTS,
    REASONS,
    SHIFTS,
    ZONE,
    ClassRow,
    MachineRow,
    ProductRow,
    ReasonRow,
    ShiftRow,
)
from .wires import GATEWAYS, Wires

TEXT_SIGNALS = ("product", "order", "alarm", "reason", "scrap_cause")
UNITS = {"power": "kW", "energy": "kW.h", "temperature": "Cel", "vibration": "mm/s"}


def paper_cycles(machine: MachineRow, products: Sequence[str], at: Times, days: Days) -> Times:
    """The ideal cycles that plant.toml has for parts made on a machine at some moments, in milliseconds."""
    codes = {p.name: i for i, p in enumerate(PRODUCTS)}
    code = np.fromiter(map(codes.__getitem__, products), np.int64, len(products))
    begin = [days.local(p.faster_from + "T00:00") if p.faster_from else FAR for p in PRODUCTS]
    cycles = [[_cycle(machine, p, quick) for quick in (False, True)] for p in PRODUCTS]
    return np.array(cycles, np.int64)[code, (at >= np.array(begin, np.int64)[code]).astype(np.int64)]


def _cycle(machine: MachineRow, product: ProductRow, quick: bool) -> int:
    faster = product.faster if quick else 1.0
    return round(ideal_cycle(product, machine.row) * faster * machine.master_factor)


def plant_toml(days: Days = DEMO, wires: Wires = GATEWAYS) -> str:
    """The demo plant as its owner wrote it down."""
    parts = [
        _head(days),
        *map(_shift, SHIFTS),
        *map(_states, CLASSES.values()),
        *map(_reason, REASONS),
        *(_product(row, days) for row in PRODUCTS),
        *(_machine(row, wires) for row in MACHINES),
        *(_source(name, wires) for name in wires.sources),
        _money(),
        CHARACTERISTIC,
        ALARMS,
    ]
    return "\n".join(parts)


def _head(days: Days) -> str:
    rows = ", ".join(f'{{ date = "{days.day(d)}", as = "{w}" }}' for d, w in MAKE_UP.items())
    return f"""# A simulated plant: 12 machines of 4 classes in 3 lines, 30 days, made by `andon demo`.
# What really happened is in truth.json.

[plant]
name = "demo"
site = "demo-works"
zone = "{ZONE}"
currency = "EUR"
language = "en"

[calendar]
day_of_shift = "start"
holidays = [{_strings(map(days.day, HOLIDAYS))}]
make_up = [{rows}]
"""


def _shift(row: ShiftRow) -> str:
    breaks = ", ".join(f'{{ start = "{a}", end = "{b}", name = "break" }}' for a, b in row.breaks)
    return f"""[[shift]]
name = "{row.name}"
start = "{row.start}"
end = "{row.end}"
days = [{_strings(row.days)}]
at = [{_strings(row.lines)}]
breaks = [{breaks}]
"""


def _states(row: ClassRow) -> str:
    rows = {str(code): str(state) for state, code in row.codes.items()}
    rows[str(BREAK_CODES[row.name])] = "held_operator"
    return f"[states.{row.name}]\n" + "".join(f'"{code}" = "{state}"\n' for code, state in rows.items())


def _reason(row: ReasonRow) -> str:
    said: Mapping[str, object] = {
        "code": row.code,
        "text": row.text,
        "text_zh": row.text_zh,
        "parent": row.parent,
        "element": row.element or "",
        "loss": row.loss or "",
    }
    return "[[reason]]\n" + "".join(f'{key} = "{value}"\n' for key, value in said.items() if value)


def _product(row: ProductRow, days: Days) -> str:
    own = [m for m in MACHINES if m.line == row.line]
    cycles = "".join(f"    {c},\n" for machine in own for c in _cycles(machine, row, days))
    return f"""[[product]]
name = "{row.name}"
cycles = [
{cycles}]
values = [{{ value = {row.value:.2f}, valid_from = 2026-01-01 }}]
"""


def _cycles(machine: MachineRow, row: ProductRow, days: Days) -> Iterator[str]:
    valid = [("2026-01-01", False), *([(days.day(row.faster_from), True)] if row.faster_from else [])]
    for day, quick in valid:
        yield (
            f'{{ ideal_cycle = "{_cycle(machine, row, quick) / 1000:g} s", machine = "{machine.path}", '
            f"valid_from = {day} }}"
        )


def _machine(row: MachineRow, wires: Wires) -> str:
    def heard(name: str) -> str:
        return wires.keys_of(f"{row.path}/{name}")

    lines = [
        f'[[machine]]\npath = "{row.path}"\nclass = "{row.row.name}"\nminor_stop = "{MINOR_STOP // 1000} s"',
        f"hour_value = {90 + 15 * LINES.index(row.line)}.0\n",
        f'[machine.signals.state]\nkind = "state"\nstates = "{row.row.name}"\n{heard("state")}',
    ]
    for name in row.row.counters:
        rollover = f"rollover = {row.rollover}\n" if row.rollover and name == "total_count" else ""
        lines.append(f'[machine.signals.{name}]\nkind = "count"\ncounting = "total"\n{rollover}{heard(name)}')
    for name in TEXT_SIGNALS:
        role = 'role = "other"\n' if name == "scrap_cause" else ""
        lines.append(f'[machine.signals.{name}]\nkind = "text"\n{role}{heard(name)}')
    for name, unit in UNITS.items():
        lines.append(f'[machine.signals.{name}]\nkind = "number"\nunit = "{unit}"\n{heard(name)}')
    return "\n".join(lines)


def _source(name: str, wires: Wires) -> str:
    return f'[[source]]\nname = "{name}"\n{wires.settings[name]}'


def _money() -> str:
    return """[[tariff]]
name = "standard"
valid_from = 2026-01-01
price = 0.19
bands = [{ start = "08:00", end = "20:00", price = 0.26 }]

[[grid_factor]]
valid_from = 2026-01-01
factor = 0.363
method = "location"
source = "made up for the demo"

[[limit]]
signal = "line-2/lathe-2/vibration"
high = 2.8

[[limit]]
signal = "line-1/press-1/temperature"
high = 62.0
"""


CHARACTERISTIC = f"""[[characteristic]]
test = "{TEST}"
title = "turned diameter"
machine = [{", ".join(f'"{m.path}"' for m in MACHINES if m.row.name == "lathe")}]
unit = "mm"
low = {LOW}
target = {TARGET}
high = {HIGH}
subgroup = {TOGETHER}
chart = "xbar-r"
rules = "1"
gauge = "{GAUGE}"
reaction = "Measure five more parts. If they agree, look at the insert and its offset before the next part."
watch = true
"""
ALARMS = """[[alarm]]
name = "machine-says"
signal = "alarm"
text = "*"
suppressed_while = ["held_operator", "maintenance_planned", "off"]
priority = "low"
message = "{machine} says: see its panel"
message_zh = "{machine} 报警：请看设备面板"
advice = { action = "Read the machine's panel and clear what it names." }
group = "stop"

[[alarm]]
name = "down"
state = "fault"
longer_than = "3 min"
priority = "medium"
message = "{machine} has been down for 3 min"
message_zh = "{machine} 已故障 3 分钟"
advice = { cause = "A fault that the operator could not clear.", \
consequence = "The line behind it runs dry.", action = "Call maintenance.", within = "5 min" }
group = "stop"

[[alarm]]
name = "waits"
state = "starved"
longer_than = "10 min"
priority = "low"
message = "{machine} has had no material for 10 min"
message_zh = "{machine} 缺料 10 分钟"
advice = { action = "See what the machine before it is waiting for." }

[[alarm]]
name = "hot"
signal = "line-1/press-1/temperature"
high = "limit"
deadband = 2
on_delay = "30 s"
priority = "high"
message = "{machine}: oil at {value} {unit}"
message_zh = "{machine}：油温 {value} {unit}"
advice = { cause = "The cooler is blocked.", \
consequence = "Seals leak, the press stops.", action = "Clean the cooler, check the oil level.", within = "30 min" }

[[alarm]]
name = "shakes"
signal = "line-2/lathe-2/vibration"
high = "limit"
deadband = 0.2
on_delay = "10 s"
priority = "medium"
message = "{machine}: vibration at {value} {unit}"
message_zh = "{machine}：振动 {value} {unit}"
advice = { cause = "Bearing or imbalance.", action = "Look at its vibration trend, then plan a change." }
"""
"""What asks for somebody: five alarms, each with its advice in both languages of the plant's people."""


def _strings(texts: Iterable[str]) -> str:
    return ", ".join(f'"{t}"' for t in texts)
