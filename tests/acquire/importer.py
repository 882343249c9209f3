"""A process that imports one file, or watches a folder, into a real historian: the damage tests kill it."""

import threading
from pathlib import Path

from acquire.plants import PRESS, a_plant
from andon.acquire.files import load, read_mapping, watch_folder
from andon.historian import Historian

PLANT = a_plant({"x": {"kind": "number"}, "s": {"kind": "text"}})
MAPPING = read_mapping(
    {"time": {"column": "t", "format": "s"}, "machine": PRESS, "columns": {"x": "x", "s": "s"}, "block": 4096}
)


def main(work: str, history: Path, place: Path) -> None:
    with Historian.open(history) as sink:
        print("open")
        if work == "load":
            load(
                place,
                MAPPING,
                PLANT,
                sink,
                quarantine=place.with_suffix(".refused.csv"),
                progress=lambda p: print(p.done),
            )
        else:
            for report in watch_folder(place, MAPPING, PLANT, sink, stop=threading.Event(), every=0.01):
                print(report.file.name, report.failed)
