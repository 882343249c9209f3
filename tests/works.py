"""A plant with its history and books, as an application holds them; and the shift of oracle O1."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from andon.acts import act
from andon.config import read_plant
from andon.historian import Historian
from andon.ledger import Books, Which
from andon.model import Batch
from andon.plant import Plant
from andon.units import HOUR, MINUTE
from andon.watch import Closed, close

PRESS = "line-1/press-3"
START = 1_709_532_000_000_000  # 2024-03-04T06:00Z, a Monday
LATER = START + 30 * 24 * HOUR
PLANT = """
[plant]
name = "works"
zone = "UTC"
currency = "EUR"

[[shift]]
name = "early"
start = "06:00"
end = "14:00"
breaks = [{ start = "06:00", end = "06:10", name = "meeting" }, { start = "09:20", end = "09:50", name = "lunch" }]

[[shift]]
name = "late"
start = "14:00"
end = "22:00"

[[reason]]
code = "tool"
text = "Tool broken"
element = "ADET"
loss = "breakdown"

[[reason]]
code = "burr"
text = "Burr"

[[product]]
name = "A"
cycles = [{ ideal_cycle = "45 s", machine = "line-1/press-3" }]
values = [{ value = 2.0 }]

[[machine]]
path = "line-1/press-3"
class = "press"
minor_stop = "10 min"
hour_value = 60.0
default_product = "A"

[machine.signals.state]
kind = "state"
states = { run = "producing", setup = "setup", stop = "fault", none = "idle_no_order" }

[machine.signals.total_count]
kind = "count"
counting = "delta"

[machine.signals.reject_count]
kind = "count"
counting = "delta"
"""
# Oracle O1, oee_shift_events.csv: minutes of the shift and what the machine did; breaks come from the calendar.
O1 = [
    (0, "none"),
    (10, "setup"),
    (32, "run"),
    (120, "stop"),
    (127, "run"),
    (230, "stop"),
    (268, "run"),
    (390, "none"),
    (405, "run"),
    (470, "none"),
    (480, "run"),
]
O1_LOSSES = {
    "productive": 306.75,
    "breakdown": 38,
    "speed": 27,
    "idle": 25,
    "setup": 22,
    "defects": 14.25,
    "minor_stop": 7,
}


@dataclass
class Works:
    """A plant with its history and books, as an application holds them."""

    folder: Path
    plant: Plant
    history: Historian
    books: Books
    sent: int = 0

    def say(self, signal: str, rows: Sequence[tuple[float, object]], day: int = 0) -> None:
        """Samples of press-3 by minutes after 06:00."""
        self.sent += 1
        name = "text" if signal == "state" else "value"
        self.history.write(
            Batch(
                "plc",
                self.sent,
                pa.table(
                    {
                        "signal": [f"{PRESS}/{signal}"] * len(rows),
                        "at": pa.array([START + day * 24 * HOUR + round(m * MINUTE) for m, _ in rows], pa.int64()),
                        name: [v if name == "text" else float(v) for _, v in rows],
                    }
                ),
            )
        )  # type: ignore[arg-type]

    def count(self, signal: str, rows: Sequence[tuple[float, float]]) -> None:
        """Parts counted at moments: increments since a moment just before, so that none is spread over a gap."""
        self.say(signal, [row for m, n in rows for row in ((m - 1 / 60, 0), (m, n))])

    def close(self, **more: object) -> Closed:
        return close(self.plant, self.history, self.books, **{"who": "ann", "now": LATER, **more})  # type: ignore[arg-type]

    def do(self, name: str, **arguments: object) -> None:
        act(
            name,
            {"machine": PRESS, **arguments},
            plant=self.plant,
            history=self.history,
            folder=self.folder,
            who="bob",
            right="operator",
        )

    def change(self, *changes: tuple[str, str]) -> None:
        text = (self.folder / "plant.toml").read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (self.folder / "plant.toml").write_text(text)
        self.plant = read_plant(self.folder)

    def losses(self, **which: object) -> dict[str, float]:
        return {t.key[0]: t.micros / MINUTE for t in self.books.totals(("loss",), Which(**which))}  # type: ignore[arg-type]

    def versions(self, shift: str = "early", day: str = "2024-03-04") -> list[tuple[int, str, str]]:
        return [(v.closing.version, v.closing.who, v.closing.why) for v in self.books.history(PRESS, day, shift)]


def opened(folder: Path, plant: str = PLANT) -> Works:
    (folder / "plant.toml").write_text(plant)
    return Works(folder, read_plant(folder), Historian.open(folder / "history"), Books.open(folder / "ledger"))


def shut(works: Works) -> None:
    works.books.close()
    works.history.close()


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    found = opened(tmp_path)
    yield found
    shut(found)


@pytest.fixture
def oracle(works: Works) -> Works:
    """The shift of oracle O1: 428 parts, 19 of them rejects, ideal cycle 45 s."""
    works.say("state", O1)
    works.count("total_count", [(100, 128), (300, 200), (469, 100), (485, 0)])
    works.count("reject_count", [(195, 9), (460, 10), (485, 0)])
    return works
