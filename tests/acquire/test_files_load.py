"""A file twice adds nothing, a killed import goes on, a watched folder loses nothing; the historian is the real one."""

import os
import random
import secrets
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from acquire import importer
from acquire.importer import MAPPING, PLANT
from acquire.plants import PRESS, a_plant
from andon.acquire.files import Progress, load, read_mapping, take_all, watch_folder
from andon.errors import DiskFull
from andon.historian import Historian
from andon.model import Batch, Receipt, Texts, Values, Window
from memory import Memory
from processes import Process
from servers import until

SECOND = 1_000_000
DATA = Path(os.environ.get("ANDON_DATA", Path(__file__).parents[3] / "shared" / "data"))
SME = DATA / "internal" / "sme_manufacturing" / "company_A_labelled_subset.csv"


def rows_in(path: Path, count: int) -> Path:
    path.write_text("t,x,s\n" + "".join(f"{n},{n / 4},{'bad' if n % 100 == 99 else n:>05}\n" for n in range(count)))
    return path


def stored(history: Path, signal: str = "x") -> list[tuple[int, float]]:
    with Historian.open(history) as reader:
        values = reader.read(Values, PLANT.signal(f"{PRESS}/{signal}"), Window(0, 10**12))
        return list(zip((values.at // SECOND).tolist(), values.value.tolist(), strict=True))


def killed(work: str, history: Path, place: Path, lines: int, enough: Callable[[], bool] = lambda: False) -> None:
    """Let a process work until it has said so many lines, or enough is done, or it has ended; then kill it."""
    log = history.parent / f"{secrets.token_hex(4)}.log"
    process = Process(importer.main, work, history, place, out=log)
    until(lambda: (log.exists() and log.read_text().count("\n") >= lines) or process.poll() is not None or enough(), 60)
    process.kill()
    process.wait()


def test_the_same_file_twice_adds_nothing_and_another_mapping_is_another_source(tmp_path):
    path = rows_in(tmp_path / "rows.csv", 1000)
    with Historian.open(tmp_path / "history") as sink:
        first = load(path, MAPPING, PLANT, sink, quarantine=tmp_path / "r.csv")
        again = load(path.rename(tmp_path / "renamed.csv"), MAPPING, PLANT, sink, quarantine=tmp_path / "r.csv")
        assert (first.repeated, again.repeated) == (0, first.batches)
        assert first.batches > 2
        assert first.source == again.source
        texts = sink.read(Texts, PLANT.signal(f"{PRESS}/s"), Window(0, 2000 * SECOND))
        assert texts.text[:2] == ("00000", "00001")
    assert stored(tmp_path / "history") == [(n, n / 4) for n in range(1000)]
    scaled = read_mapping(
        {"time": {"column": "t", "format": "s"}, "machine": PRESS, "columns": {"x": {"signal": "x", "scale": 2.0}}}
    )
    sink = Memory()
    other = load(tmp_path / "renamed.csv", scaled, PLANT, sink, quarantine=tmp_path / "r.csv")
    assert other.source != first.source


def test_progress_ends_at_the_last_byte_and_a_sink_without_memory_is_asked_again(tmp_path):
    path, seen, sink = rows_in(tmp_path / "rows.csv", 2000), [], Memory()
    done = load(path, MAPPING, PLANT, sink, quarantine=tmp_path / "r.csv", progress=seen.append)
    assert all(isinstance(p, Progress) for p in seen)
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert seen[-1].done == seen[-1].total == path.stat().st_size
    assert (seen[-1].samples, seen[-1].left) == (done.samples, 0.0)

    class Forgetful:
        def write(self, batch: Batch) -> Receipt:
            return sink.write(batch)

    again = load(path, MAPPING, PLANT, Forgetful(), quarantine=tmp_path / "r.csv")
    assert again.repeated == again.batches == done.batches


def test_an_import_killed_at_any_moment_goes_on_and_the_rows_are_there_once(tmp_path):
    path, chance = rows_in(tmp_path / "rows.csv", 3000), random.Random(7)
    blocks = -(-path.stat().st_size // 4096)
    for _ in range(6):
        killed("load", tmp_path / "history", path, 1 + chance.randrange(blocks))
    with Historian.open(tmp_path / "history") as sink:
        done = load(path, MAPPING, PLANT, sink, quarantine=tmp_path / "r.csv")
    assert done.samples == 6000
    assert stored(tmp_path / "history") == [(n, n / 4) for n in range(3000)]


def test_a_watched_folder_survives_a_kill_and_one_bad_file_stops_nothing(tmp_path):
    folder, chance = tmp_path / "in", random.Random(3)
    folder.mkdir()
    for number in range(6):
        text = "".join(f"{number * 1000 + n},{n},a\n" for n in range(500))
        (folder / f"{number}.csv").write_text("t,x,s\n" + text)
    (folder / "2-broken.csv").write_text("no,such,columns\n1,2,3\n")
    for _ in range(30):
        if not list(folder.glob("*.csv")):
            break
        killed("watch", tmp_path / "history", folder, 1 + chance.randrange(3), lambda: not list(folder.glob("*.csv")))
    assert sorted(p.name for p in (folder / "done").iterdir()) == [f"{n}.csv" for n in range(6)]
    assert sorted(p.name for p in (folder / "failed").iterdir()) == ["2-broken.csv", "2-broken.csv.txt"]
    assert "There is no column in 2-broken.csv 't'" in (folder / "failed" / "2-broken.csv.txt").read_text()
    assert stored(tmp_path / "history") == [(k * 1000 + n, float(n)) for k in range(6) for n in range(500)]


def test_a_growing_file_is_left_alone_until_it_stops(tmp_path):
    stop, sink = threading.Event(), Memory()
    growing = tmp_path / "growing.csv"
    growing.write_text("t,x,s\n1,1,a\n")
    (tmp_path / "half.csv.part").write_text("t,x,s\n1,1,a\n")
    (tmp_path / "still.csv").write_text("t,x,s\n2,2,b\n")
    watch = watch_folder(tmp_path, MAPPING, PLANT, sink, stop=stop, every=0.0)
    names = []
    looks = 0

    class Growing(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            nonlocal looks
            looks += 1
            if looks <= 5:
                with growing.open("a") as stream:
                    stream.write(f"{looks + 10},{looks},c\n")
            return super().wait(0)

    watch = watch_folder(tmp_path, MAPPING, PLANT, sink, stop=Growing(), every=0.0)
    names = [next(watch).file.name, next(watch).file.name]
    assert names == ["still.csv", "growing.csv"]
    assert looks >= 6
    assert (tmp_path / "half.csv.part").exists()
    assert sink.said(f"{PRESS}/x") == [1.0, 2.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_refused_rows_lie_beside_the_file_in_done_and_equal_names_do_not_overwrite(tmp_path):
    sink = Memory()
    for n in range(2):
        (tmp_path / "rows.csv").write_text(f"t,x,s\n{n},oops,a\n{n + 10},1,b\n")
        (report,) = take_all(tmp_path, MAPPING, PLANT, sink)
        assert report.text == "3 samples from 2 rows, 1 refused"
    assert sorted(p.name for p in (tmp_path / "done").iterdir()) == [
        "rows (2).csv",
        "rows (2).csv.refused.csv",
        "rows.csv",
        "rows.csv.refused.csv",
    ]


def test_a_full_disk_stops_the_watch_and_leaves_the_file(tmp_path):
    class Full:
        def write(self, batch: Batch) -> Receipt:
            raise DiskFull("The disk is full.")

    rows_in(tmp_path / "rows.csv", 10)
    with pytest.raises(DiskFull):
        list(take_all(tmp_path, MAPPING, PLANT, Full()))
    assert (tmp_path / "rows.csv").exists()


@pytest.mark.skipif(not SME.is_file(), reason=f"the shop-floor data is not at {SME}")
def test_the_real_shop_floor_comes_in_whole(tmp_path):
    machines = {str(n): f"line-1/machine-{n}" for n in range(3)}
    plant = a_plant(
        {
            "state": {"kind": "state"},
            "good_count": {"kind": "count"},
            "product": {"kind": "text"},
            "power": {"kind": "number", "unit": "kW"},
        },
        tuple(machines.values()),
        "Europe/Rome",
    )
    mapping = read_mapping(
        {
            "format": "csv",
            "time": {"column": "ts"},
            "machine": {"column": "asset", "map": machines},
            "columns": {"status": "state", "items": "good_count", "product": "product", "power_avg": "power"},
        }
    )
    sink = Memory()
    done = load(SME, mapping, plant, sink, quarantine=tmp_path / "r.csv")
    assert (done.rows, done.samples, done.refused, done.notes) == (14_492, 4 * 14_492, 0, ())
    with SME.open() as stream:
        lines = [line.split(",") for line in stream][1:]
    made = {m: sum(float(line[2]) for line in lines if line[1] == n) for n, m in machines.items()}
    assert {m: sum(sink.said(f"{m}/good_count")) for m in made} == made
    assert set(sink.said("line-1/machine-0/state")) <= {1.0, 2.0, 3.0}
    assert all(isinstance(p, str) for p in sink.said("line-1/machine-2/product"))
