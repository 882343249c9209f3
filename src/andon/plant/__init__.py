"""The plant on paper: machines, signals and their roles, products, reasons, tariffs, shifts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import UnknownName
from ..model import Characteristics, Products, Reason, StopRules
from .alarms import Alarm, Notify, SystemAlarms
from .calendar import ShiftBook
from .login import Login
from .reports import Scheduled

ROLES: Mapping[str, str] = {
    "state": "what the machine is doing",
    "mode": "operation mode (automatic, manual, maintenance)",
    "alarm": "an alarm is active",
    "total_count": "parts made, good or not",
    "good_count": "good parts made",
    "reject_count": "parts scrapped",
    "rework_count": "parts to be reworked",
    "product": "product being made",
    "order": "production order being run",
    "reason": "why the machine stopped",
    "cycle_time": "time of the last cycle",
    "power": "electrical power",
    "energy": "electrical energy meter",
    "current": "electrical current",
    "voltage": "electrical voltage",
    "speed": "speed or rate",
    "torque": "torque or load",
    "position": "position",
    "temperature": "temperature",
    "pressure": "pressure",
    "flow": "flow",
    "level": "level",
    "humidity": "relative humidity",
    "vibration": "vibration",
    "serial": "serial number of the part in work",
    "recipe": "recipe or program",
    "other": "anything else",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of a number: on from above `above` until below `below`; `state` is what the machine does then."""

    above: float
    below: float
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How a signal follows from another one of its machine, called `of`.

    A state is that of the highest of `levels` that is on, else `otherwise`; it counts once it has held for `at_least`
    (microseconds). A count has one level: each rise above it is a pulse, unless it comes within `debounce`
    (microseconds) of the last one.
    """

    of: str
    levels: tuple[Level, ...]
    otherwise: str = "off"
    at_least: int = 0
    debounce: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One measured or reported thing of one machine.

    `kind` is number | integer | boolean | text | state | count | waveform. `states` maps what the machine says to
    Andon's states. `counting` is "total" (a running counter) or "delta" (parts since the last row); `rollover` is the
    value after which a counter starts again at 0. `stamp` says whether a row's time is the "start" or the "end" of
    the stretch it speaks of.
    `holds` (microseconds): silence longer than this is unknown; None: only a lost connection makes it unknown.
    `derived`: nobody says it, it follows from another signal.
    """

    path: str
    machine: str
    name: str
    role: str
    kind: str
    unit: str = "1"
    source: str = ""
    address: str = ""
    scale: float = 1.0
    offset: float = 0.0
    states: Mapping[str, str] = field(default_factory=dict)
    counting: str = "total"
    rollover: int | None = None
    stamp: str = "end"
    holds: int | None = None
    deadband: float = 0.0
    stepped: bool = False
    retention: str = "default"
    derived: Derivation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """An ISA-95 work unit with its signals (by name) and the rules by which its time is classified.

    `measurements` is the class of retention of its units and what is measured on them.
    """

    path: str
    machine_class: str
    signals: Mapping[str, Signal]
    rules: StopRules
    products: Products
    area: str = ""
    title: str = ""
    default_product: str = ""
    measurements: str = "measurements"
    characteristics: Characteristics = field(default_factory=Characteristics)

    @property
    def line(self) -> str:
        return self.path.rpartition("/")[0]

    def role(self, role: str) -> Signal | None:
        """The first signal that plays `role`."""
        return next((s for s in self.signals.values() if s.role == role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where samples come from: the connector's name and its settings, as written in plant.toml."""

    name: str
    connector: str
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """Price of energy by local time of day, valid from a moment."""

    name: str
    since: int
    price: float
    bands: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GridFactor:
    """kg CO2e a kWh, valid from a moment, with its source."""

    since: int
    factor: float
    method: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Limits of one signal, in its unit; None: no such limit."""

    signal: str
    low: float | None = None
    high: float | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What people call a product, and what it is made of; its cycles and values are with the machines."""

    name: str
    title: str = ""
    material: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A whole plant on paper, as plant.toml says it.

    `reason_texts` gives the text of each reason by language. `digest` is the hash of what the file means.
    """

    name: str
    zone: str
    currency: str
    language: str
    site: str
    machines: Mapping[str, Machine]
    shifts: ShiftBook
    reasons: Mapping[str, Reason]
    sources: tuple[Source, ...] = ()
    tariffs: tuple[Tariff, ...] = ()
    grid_factors: tuple[GridFactor, ...] = ()
    limits: Mapping[str, Limit] = field(default_factory=dict)
    retention: Mapping[str, int] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)
    reason_texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    alarms: tuple[Alarm, ...] = ()
    system_alarms: SystemAlarms = field(default_factory=SystemAlarms)
    notify: tuple[Notify, ...] = ()
    reports: tuple[Scheduled, ...] = ()
    login: Login | None = None
    digest: str = ""

    def machine(self, path: str) -> Machine:
        if path not in self.machines:
            raise UnknownName("machine", path, self.machines)
        return self.machines[path]

    def at(self, place: str) -> list[Machine]:
        """The machines at a place: one machine, a line, an area, or all ("" or the site's name)."""
        if place in ("", self.site, self.name, "*"):
            return list(self.machines.values())
        found = [m for p, m in self.machines.items() if place in (p, m.area) or p.startswith(place + "/")]
        if not found:
            lines = {m.line for m in self.machines.values()} | {m.area for m in self.machines.values() if m.area}
            raise UnknownName("machine or line", place, set(self.machines) | lines)
        return found

    def signal(self, path: str) -> Signal:
        """The signal `line-1/press-3/state`."""
        machine, _, name = path.rpartition("/")
        found = self.machines.get(machine)
        if not found or name not in found.signals:
            raise UnknownName("signal", path, [s.path for m in self.machines.values() for s in m.signals.values()])
        return found.signals[name]

    def kept(self) -> Mapping[str, list[str]]:
        """By class of retention the paths of its signals, and of the machines whose units and measurements it has.

        A class of which `retention` says nothing is kept for ever.
        """
        classes: dict[str, list[str]] = {name: [] for name in self.retention}
        for machine in self.machines.values():
            for signal in machine.signals.values():
                classes.setdefault(signal.retention, []).append(signal.path)
            classes.setdefault(machine.measurements, []).append(machine.path)
        return classes
