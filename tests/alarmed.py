"""A plant with alarms that a real `andon run` process owns; it can be killed and started again."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from andon.app.changes import acted
from andon.app.running import Running
from andon.historian import Historian
from andon.model import Batch, Window
from andon.watch.alarms import Occurrence
from andon.watch.alarms.record import occurrences
from processes import Andon
from servers import until

PRESS = "line-1/press-3"
PLANT = f"""
[plant]
name = "works"
zone = "UTC"

[[machine]]
path = "{PRESS}"
[machine.signals.temperature]
unit = "Cel"
[machine.signals.state]
states = {{ run = "producing", jam = "fault", off = "off" }}

[[alarm]]
name = "hot"
signal = "temperature"
high = 70
deadband = 2
priority = "high"
message = "{{machine}} is {{value}} {{unit}}"
message_zh = "{{machine}} 温度 {{value}}"
advice = {{ action = "Open the cooling valve." }}
suppressed_while = ["off"]

[[alarm]]
name = "down"
state = "fault"
longer_than = "1 s"
priority = "medium"
advice = {{ action = "Call maintenance." }}
"""
ALL = Window(0, 1 << 62)


def now() -> int:
    return time.time_ns() // 1000


class Works:
    """The plant folder, the process that runs it, and the way to say something in the name of a machine."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder, self.number = folder, 0
        self.process: Andon | None = None
        (folder / "plant.toml").write_text(PLANT + more, encoding="utf-8")

    def start(self) -> None:
        self.process = Andon("run", self.folder, out=self.folder / "run.log")
        until(lambda: b"is running" in (self.folder / "run.log").read_bytes(), 30, "andon run")

    @contextmanager
    def here(self) -> Iterator[None]:
        """The plant runs in this process."""
        running = Running(self.folder)
        work = threading.Thread(target=running.work)
        try:
            running.start()
            work.start()
            yield
        finally:
            running.stopped.set()
            work.join()
            running.stop()

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            (self.folder / "run.log").unlink()

    @contextmanager
    def history(self) -> Iterator[Historian]:
        with Historian.open(self.folder / "history") as history:
            yield history

    def say(self, signal: str, said: float | str, at: int = 0, quality: int = 0) -> int:
        """Have the history store what the press says; returns the moment."""
        at = at or now()
        number = None if isinstance(said, str) else float(said)
        columns = {
            "signal": [f"{PRESS}/{signal}"],
            "at": pa.array([at], pa.timestamp("us", "UTC")),
            "value": pa.array([number], pa.float64()),
            "text": pa.array([said if isinstance(said, str) else None], pa.string()),
            "quality": pa.array([quality], pa.uint32()),
        }
        with self.history() as history:
            history.write(Batch("plc", history.last_number("plc") + 1, pa.table(columns)))
        return at

    def measured(self, rows: pa.Table) -> None:
        """Have the history store what was measured on units."""
        with self.history() as history:
            history.write(Batch("gauge", history.last_number("gauge") + 1, measurements=rows))

    def alarms(self, name: str = "hot") -> list[Occurrence]:
        with self.history() as history:
            return [o for o in occurrences(history, ALL) if o.name == name]

    def last(self, name: str = "hot") -> Occurrence | None:
        return next(reversed(self.alarms(name)), None)

    def stage(self, name: str = "hot") -> str:
        last = self.last(name)
        return last.stage.value if last else ""

    def act(self, name: str, alarm: str, **more: str) -> int:
        """An act of a person on an alarm of the press, from this process."""
        return acted(self.folder, name, "ann", {"place": PRESS, "alarm": alarm, **more})
