"""What may be written about the tests of products: specification, chart, who watches; checked and built."""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..errors import AndonError
from ..model import Characteristic, Characteristics, ChartName
from ..studies.quality.rules import chosen
from ..studies.quality.subgroups import scheme
from .alarms import Priority
from .kinds import UnitCode

TOGETHER = ("t2", "mewma")


class CharacteristicTable(BaseModel):
    """What one test of products should find, how it is charted, and what to do when its chart says that it changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
    test: str = Field(
        min_length=1,
        description="Name of the test, as the measurements say it; `rejects` for what counters or verdicts say.",
    )
    tests: list[str] = Field(
        default=[], description="Tests that are charted together as one distance; `test` is then a name of your own."
    )
    machine: str | list[str] = Field(
        default=[], description="Machines, lines or areas at which it is measured; without it, all."
    )
    product: str = Field(default="", description="Product that it holds for; without it, all.")
    title: str = Field(default="", description="What people read.")
    unit: UnitCode = Field(default="1", description="UCUM code of the unit of the limits.")
    low: float | None = Field(default=None, description="Lower specification limit.")
    high: float | None = Field(default=None, description="Upper specification limit.")
    target: float | None = Field(default=None, description="Where it should be.")
    subgroup: int | str | None = Field(
        default=None,
        description="One point of its chart: a number of values in a row, or `lot`, `shift`, `1 h`, `5 every 1 h`.",
    )
    chart: Literal[ChartName, "t2", "mewma"] = Field(
        default="",
        description="Its control chart; without it, by the size of the subgroups; of several tests t2 or mewma.",
    )
    rules: str = Field(
        default="",
        description="Rules that watch the chart, after Nelson: `1 2 5`, `2:8`, `western-electric`, `nelson`.",
    )
    gauge: str = Field(default="", description="What it is measured with.")
    reaction: str = Field(default="", description="What to do when the chart says that something changed.")
    watch: bool = Field(
        default=False, description="Look at the chart whenever values arrive, and raise an alarm where it signals."
    )
    priority: Priority = Field(default="medium", description="How urgent that alarm is.")

    @property
    def places(self) -> list[str]:
        """The places that it is for; empty: all."""
        return [self.machine] if isinstance(self.machine, str) else list(self.machine)


Wrong = tuple[tuple[str, ...], str]


def wrong(written: CharacteristicTable) -> Iterator[Wrong]:
    """What does not make sense about one characteristic by itself, with the key that it is at."""
    steps = [v for v in (written.low, written.target, written.high) if v is not None]
    if steps != sorted(steps) or (written.low is not None and written.low == written.high):
        yield (), f"its limits are not in order: low {written.low}, target {written.target}, high {written.high}."
    for key in ("rules", "subgroup"):
        try:
            if key == "rules":
                chosen(written.rules)
            elif isinstance(written.subgroup, str):
                scheme(written.subgroup)
        except AndonError as said:
            yield (key,), str(said)
    if isinstance(written.subgroup, int) and written.subgroup < 1:
        yield ("subgroup",), f"{written.subgroup} values are no subgroup: write 1 or more."
    yield from _several(written)
    if written.chart == "short-run" and written.target is None and None in (written.low, written.high):
        yield ("chart",), "a short-run chart is of deviations from nominal: give it a `target`, or both limits."


def _several(written: CharacteristicTable) -> Iterator[Wrong]:
    """What does not fit a chart of several tests together, or one test alone."""
    if not written.tests:
        if written.chart in TOGETHER:
            yield ("chart",), f"{written.chart} is a chart of several tests together: name them in `tests`."
        return
    if len(set(written.tests)) < 2 or len(set(written.tests)) < len(written.tests):
        yield ("tests",), "tests are charted together from two different ones on."
    if written.chart not in ("", *TOGETHER):
        yield ("chart",), f"{written.chart} is a chart of one test: write t2 or mewma, or leave it out."
    alone = [k for k in ("low", "high", "target", "rules", "product") if getattr(written, k) not in (None, "")]
    if alone:
        yield (alone[0],), f"{alone[0]} is of one test: a chart of several has none. Give each test a table of its own."


def built(rows: list[CharacteristicTable]) -> Characteristics:
    """What the tables of one machine say."""
    return Characteristics(tuple(map(_characteristic, rows)))


def _characteristic(written: CharacteristicTable) -> Characteristic:
    plain = isinstance(written.subgroup, int)
    return Characteristic(
        test=written.test,
        title=written.title,
        unit=written.unit,
        low=written.low,
        high=written.high,
        target=written.target,
        product=written.product,
        subgroup=written.subgroup if isinstance(written.subgroup, int) else None,
        gauge=written.gauge,
        reaction=written.reaction,
        subgroups="" if plain or written.subgroup is None else str(written.subgroup),
        chart=written.chart,
        rules=written.rules,
        watch=written.watch,
        priority=written.priority,
        tests=tuple(written.tests),
    )
