"""What may be written in plant.toml: one model a table, each key with its meaning. Unknown keys are refused."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..units import MINUTE
from .alarms import AlarmTable, NotifyTable, SystemAlarmsTable
from .characteristics import CharacteristicTable
from .kinds import (
    Clock,
    Currency,
    Day,
    ElementName,
    Kept,
    Length,
    LossName,
    Name,
    Path,
    Role,
    SignalKind,
    Start,
    StateMap,
    StateName,
    UnitCode,
    Weekday,
    Zone,
)
from .login import LoginTable
from .reports import ReportTable

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
Positive = Annotated[float, Field(gt=0)]
Amount = Annotated[float, Field(ge=0)]


class PlantTable(BaseModel):
    """The plant as a whole."""

    model_config = STRICT
    name: Name = Field(description="Name of the plant.")
    zone: Zone = Field(description="IANA time zone of its clocks; all local times in this file are told in it.")
    site: str = Field(default="", description="Name of the site (ISA-95); without it, the plant's name.")
    currency: Currency = Field(default="", description="ISO 4217 code of all money in this file.")
    language: Literal["en", "zh"] = Field(
        default="en", description="Language of reports where nobody asks for another."
    )


class MakeUp(BaseModel):
    """A day that is worked as another weekday."""

    model_config = STRICT
    date: Day = Field(description="The local date.")
    as_: Weekday = Field(alias="as", description="The weekday whose shifts run then.")


class CalendarTable(BaseModel):
    """Which local days are worked, and to which day a shift over midnight belongs."""

    model_config = STRICT
    day_of_shift: Literal["start", "end"] = Field(
        default="start", description="A shift over midnight belongs to the production day on which it starts or ends."
    )
    holidays: list[Day] = Field(default=[], description="Local dates on which no shift starts.")
    make_up: list[MakeUp] = Field(
        default=[], description="Days worked as another weekday (调休); they win over holidays."
    )


class BreakTable(BaseModel):
    """A pause inside a shift: planned, so it lowers no availability."""

    model_config = STRICT
    start: Clock = Field(description="Local time of day, also after midnight in a night shift.")
    end: Clock = Field(description="Local time of day.")
    name: str = Field(default="break", description="What it is called.")


class ShiftTable(BaseModel):
    """A shift as a rule of the local clock. It is as long as the clocks make it when they change."""

    model_config = STRICT
    name: Name = Field(description="Name of the shift.")
    start: Clock = Field(description="Local time of day at which it starts.")
    end: Clock = Field(description="Local time of day at which it ends: the next time the clock shows it.")
    days: list[Weekday] = Field(
        default=["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        description="Weekdays on which it starts.",
        min_length=1,
    )
    breaks: list[BreakTable] = Field(default=[], description="Pauses inside the shift.")
    at: list[str] = Field(
        default=[],
        description="Lines, areas or machines that it is for; without it, the whole plant. "
        "Shifts of a machine replace those of its line, these those of the plant.",
    )
    valid_from: Day | None = Field(default=None, description="First local date on which it may start.")
    valid_until: Day | None = Field(default=None, description="First local date on which it no longer starts.")


class ReasonTable(BaseModel):
    """Why a machine stopped: one node of the reasons tree."""

    model_config = STRICT
    code: Name = Field(description="Short code that is stored.")
    text: str = Field(description="What people read.")
    text_zh: str = Field(default="", description="What people read in Chinese.")
    parent: str = Field(
        default="", description="Code of the reason that this is a kind of; element and loss come from there."
    )
    element: ElementName | None = Field(default=None, description="ISO 22400 time element in which such a stop counts.")
    loss: LossName | None = Field(default=None, description="Loss in which such a stop counts.")


class CycleTable(BaseModel):
    """The ideal cycle time (planned run time per item, PRI) of a product."""

    model_config = STRICT
    ideal_cycle: Length = Field(description="Time for one part at the best sustainable speed.")
    machine: str = Field(default="", description="Machine that it is for; without it, every machine.")
    valid_from: Start | None = Field(
        default=None, description="Local date or time from which it holds; without it, ever."
    )


class ValueTable(BaseModel):
    """What one good part is worth."""

    model_config = STRICT
    value: Amount = Field(description="Money a good part, in the plant's currency.")
    valid_from: Start | None = Field(
        default=None, description="Local date or time from which it holds; without it, ever."
    )


class ProductTable(BaseModel):
    """A product: how fast it can be made and what it is worth."""

    model_config = STRICT
    name: str = Field(description="As the machines' `product` signals say it.", min_length=1)
    title: str = Field(default="", description="What people read.")
    material: str = Field(default="", description="What it is made of.")
    cycles: list[CycleTable] = Field(default=[], description="Ideal cycle times, by machine and by date.")
    values: list[ValueTable] = Field(default=[], description="Values of a good part, by date.")


class LevelTable(BaseModel):
    """A level of the signal that a state follows from."""

    model_config = STRICT
    above: float = Field(description="The level is on from above this value.")
    below: float | None = Field(
        default=None, description="It is off again below this value (hysteresis); without it, below `above`."
    )
    state: StateName = Field(description="What the machine does while this is the highest level that is on.")


class SignalTable(BaseModel):
    """One measured or reported thing of a machine. Its key is its name."""

    model_config = STRICT
    role: Role | None = Field(default=None, description="What it means to a study; without it, its name is its role.")
    kind: SignalKind | None = Field(
        default=None, description="What its samples are; without it, what the role usually is."
    )
    unit: UnitCode = Field(default="1", description="UCUM code of the unit after `scale` and `offset`.")
    source: str = Field(default="", description="Name of the [[source]] that it comes from; without it, the only one.")
    address: str = Field(default="", description="Where the source has it: node id, topic, register, column.")
    scale: float = Field(default=1.0, description="Value = raw x scale + offset.")
    offset: float = Field(default=0.0, description="Value = raw x scale + offset.")
    states: StateMap | None = Field(
        default=None, description="State map: a preset, one of [states], or a table in place."
    )
    counting: Literal["total", "delta"] = Field(
        default="total", description="A count is a running total, or the parts since the last row."
    )
    rollover: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="Value after which a running counter starts again at 0: 65535, 4294967295."
    )
    stamp: Literal["start", "end"] = Field(
        default="end", description="A row's time is the start or the end of the stretch that it speaks of."
    )
    holds: Length | None = Field(
        default=None, description="Silence longer than this is unknown; without it, only a lost connection is."
    )
    deadband: Amount = Field(default=0.0, description="Changes smaller than this need not be stored.")
    stepped: bool = Field(
        default=False, description="The value holds until the next one; otherwise it moves in between."
    )
    retention: str = Field(default="default", description="Its class in [retention].")
    from_: str = Field(
        default="",
        alias="from",
        description="Another signal of the machine, such as a current or a pulse, that this state or count follows "
        "from; then it has no source and no address.",
    )
    levels: list[LevelTable] = Field(
        default=[], description="Of a state with `from`: its levels; the highest that is on says the state."
    )
    otherwise: StateName = Field(default="off", description="Of a state with `from`: the state where no level is on.")
    at_least: Length = Field(
        default=0,
        description="Of a state with `from`: one that holds for less than this is none.",
        json_schema_extra={"default": "0 s"},
    )
    above: float | None = Field(default=None, description="Of a count with `from`: each rise above this value counts.")
    below: float | None = Field(
        default=None, description="Of a count with `from`: it must fall below this value before the next rise counts."
    )
    debounce: Length = Field(
        default=0,
        description="Of a count with `from`: a rise so soon after the last one that counted is a bounce.",
        json_schema_extra={"default": "0 s"},
    )


class MachineTable(BaseModel):
    """A machine: an ISA-95 work unit."""

    model_config = STRICT
    path: Path = Field(description="Line and machine: line-1/press-3.")
    class_: str = Field(default="machine", alias="class", description="Class of machine: press, lathe, robot.")
    title: str = Field(default="", description="What people read.")
    area: str = Field(default="", description="ISA-95 area that it stands in.")
    minor_stop: Length = Field(
        default=5 * MINUTE,
        description="A stop in a running order shorter than this is a minor stop.",
        json_schema_extra={"default": "5 min"},
    )
    hour_value: Amount | None = Field(
        default=None, description="What an hour of lost time costs, in the plant's currency."
    )
    ideal_cycle: Length | None = Field(default=None, description="Ideal cycle time where products are not told apart.")
    part_value: Amount | None = Field(
        default=None, description="Value of a good part where products are not told apart."
    )
    default_product: str = Field(default="", description="Product that it makes while no signal says another.")
    measurements: str = Field(
        default="measurements", description="Class in [retention] of its units and what is measured on them."
    )
    signals: dict[Name, SignalTable] = Field(default={}, description="Its signals, by name.")


class SourceTable(BaseModel):
    """Where samples come from. All other keys are settings of the connector."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)
    name: Name = Field(description="Name of the source.")
    connector: Name = Field(description="Which connector brings its samples: files, opcua, mqtt.")


class BandTable(BaseModel):
    """A price by the time of day."""

    model_config = STRICT
    start: Clock = Field(description="Local time of day.")
    end: Clock = Field(description="Local time of day.")
    price: float = Field(description="Money a kWh.")


class TariffTable(BaseModel):
    """What energy costs."""

    model_config = STRICT
    name: Name = Field(description="Name of the tariff.")
    valid_from: Start | None = Field(
        default=None, description="Local date or time from which it holds; without it, ever."
    )
    price: float = Field(description="Money a kWh outside the bands.")
    bands: list[BandTable] = Field(default=[], description="Prices by the time of day.")


class GridFactorTable(BaseModel):
    """How much carbon dioxide equivalent a kWh stands for."""

    model_config = STRICT
    factor: Amount = Field(description="kg CO2e a kWh.")
    valid_from: Start | None = Field(
        default=None, description="Local date or time from which it holds; without it, ever."
    )
    method: Literal["location", "market"] = Field(default="location", description="GHG Protocol scope 2 method.")
    source: str = Field(default="", description="Who says so, and when.")


class LimitTable(BaseModel):
    """Limits of one signal, in its unit."""

    model_config = STRICT
    signal: str = Field(description="Path of the signal: line-1/press-3/power.")
    low: float | None = Field(default=None, description="Lower limit.")
    high: float | None = Field(default=None, description="Upper limit.")
    target: float | None = Field(default=None, description="Where it should be.")


class PlantFile(BaseModel):
    """plant.toml: a whole plant on paper."""

    model_config = STRICT
    plant: PlantTable = Field(description="The plant as a whole.")
    calendar: CalendarTable = Field(
        default=CalendarTable(), description="Holidays, make-up days, day of a night shift."
    )
    shift: list[ShiftTable] = Field(default=[], description="The shifts; without any there is no OEE.")
    states: dict[Name, dict[str, StateName]] = Field(
        default={}, description="Own state maps: what a machine says, and which of Andon's states that is."
    )
    elements: dict[StateName, ElementName] = Field(
        default={}, description="ISO 22400 element of a state, where it differs from the default."
    )
    losses: dict[StateName, LossName] = Field(
        default={}, description="Loss of a state, where it differs from the default."
    )
    reason: list[ReasonTable] = Field(default=[], description="The reasons tree.")
    product: list[ProductTable] = Field(default=[], description="The products.")
    machine: list[MachineTable] = Field(default=[], description="The machines.")
    source: list[SourceTable] = Field(default=[], description="Where samples come from.")
    tariff: list[TariffTable] = Field(default=[], description="Energy tariffs.")
    grid_factor: list[GridFactorTable] = Field(default=[], description="Carbon factors of electricity.")
    limit: list[LimitTable] = Field(default=[], description="Limits of signals.")
    characteristic: list[CharacteristicTable] = Field(
        default=[], description="What tests of products should find, and their control charts."
    )
    alarm: list[AlarmTable] = Field(default=[], description="The alarms (ISA-18.2, IEC 62682).")
    system_alarms: SystemAlarmsTable = Field(default=SystemAlarmsTable(), description="Andon's own alarms.")
    login: LoginTable | None = Field(default=None, description="The company's own login (OpenID Connect).")
    notify: list[NotifyTable] = Field(default=[], description="Who is told of alarms, and how.")
    report: list[ReportTable] = Field(default=[], description="Reports that are made when a shift is over.")
    retention: dict[Name, Kept] = Field(
        default={}, description="How long signals, units and measurements of a class are kept; without it, forever."
    )
