"""Damage, really done: processes killed, logs torn, disks filled, files broken."""

import contextlib
import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

import store_writer
from andon.errors import Damaged, DiskFull
from andon.historian import Historian, hot
from andon.model import Batch, Window
from processes import FORKS
from store_rows import ALL, DAY, MONDAY, batch, day_of, said

ROUNDS, LANES, A_FOLDER = 102, 3, 17


def killed_round(folder: Path, acknowledged: int, seed: int) -> tuple[int, str]:
    """One writer, killed at a random instant: how many batches it acknowledged, what it found wrong at its start."""
    chance = random.Random(seed)
    here, there = FORKS.Pipe()
    writer = FORKS.Process(target=store_writer.write_until_killed, args=(folder, there, acknowledged, seed))
    writer.start()
    there.close()
    wrong = ""
    if chance.random() < 0.85:  # the others are killed while they open, repair and check
        kind, wrong = here.recv()
        assert kind == "found"
    here.poll(chance.random() ** 2 * 0.4)
    waits = chance.randrange(1, 30) if chance.random() < 0.5 else 0
    for kind, told in _heard(here, waits):
        acknowledged, wrong = (told, wrong) if kind == "stored" else (acknowledged, wrong or told)
    writer.kill()
    for kind, told in _heard(here, None):
        acknowledged, wrong = (told, wrong) if kind == "stored" else (acknowledged, wrong or told)
    writer.join()
    return acknowledged, wrong


def _heard(pipe: Connection, count: int | None) -> Iterator[tuple[str, object]]:
    """The next `count` messages, or all until the other side is gone."""
    while count is None or count > 0:
        try:
            yield pipe.recv()
        except (EOFError, OSError):
            return
        count = None if count is None else count - 1


def killed_again_and_again(folder: Path, lane: int) -> list[str]:
    problems = []
    for round_number in range(ROUNDS // LANES):
        if round_number % A_FOLDER == 0:
            shutil.rmtree(folder, ignore_errors=True)
            acknowledged = 0
        acknowledged, wrong = killed_round(folder, acknowledged, lane * 10_000 + round_number)
        problems += [f"lane {lane} round {round_number}: {wrong}"] if wrong else []
    with Historian.own(folder) as history:
        problems += [w for w in [store_writer.faults(history, acknowledged)] if w]
    return problems


def test_kill_9_at_any_instant_loses_no_acknowledged_batch_and_stores_none_twice(tmp_path: Path) -> None:
    with ThreadPoolExecutor(LANES) as pool:
        found = list(pool.map(lambda lane: killed_again_and_again(tmp_path / str(lane), lane), range(LANES)))
    assert [p for problems in found for p in problems] == []


@pytest.fixture(scope="module")
def torn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history whose owner was killed with 30 batches in its log."""
    folder = tmp_path_factory.mktemp("torn") / "history"
    here, there = FORKS.Pipe()
    writer = FORKS.Process(target=store_writer.write_some, args=(folder, there, 30))
    writer.start()
    assert here.recv() == ("stored", 30)
    writer.kill()
    writer.join()
    assert (folder / "hot.duckdb.wal").stat().st_size > 10_000
    return folder


@pytest.mark.parametrize(
    "tail", [b"\0" * 4096, b"\0", bytes(range(256)) * 16, b"\xff" * 100], ids=["zeros", "one zero", "bytes", "ones"]
)
def test_zeros_or_garbage_after_the_log_lose_nothing(torn: Path, tmp_path: Path, tail: bytes) -> None:
    folder = Path(shutil.copytree(torn, tmp_path / "history"))
    with (folder / "hot.duckdb.wal").open("ab") as log:
        log.write(tail)
    with Historian.own(folder) as history:
        assert store_writer.faults(history, 30) == ""
        assert history.write(store_writer.numbered(29)).repeated


@pytest.mark.parametrize("seed", range(24))
def test_a_log_torn_anywhere_gives_back_all_whole_batches_before_the_tear_and_says_so(
    torn: Path, tmp_path: Path, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    folder = Path(shutil.copytree(torn, tmp_path / "history"))
    log = folder / "hot.duckdb.wal"
    body = bytearray(log.read_bytes())
    length, place = len(body), int(chance.integers(100, len(body)))
    kind = ("cut", "zeros", "garbage", "flip")[seed % 4]
    lengths = {at + byte for at in entries(bytes(body)) for byte in range(8)}
    if kind == "flip":
        body[place] ^= 0x40
    else:
        body[place:] = {"cut": b"", "zeros": bytes(len(body) - place), "garbage": chance.bytes(len(body) - place)}[kind]
    log.write_bytes(body)
    whole = int(30 * (place - 4096) / length) - 1  # batches are of equal length in the log; the tables come first
    with Historian.own(folder) as history:
        assert store_writer.faults(history, max(0, whole)) == ""
        notes = history.verify().notes
        # Zeros from the very end of an entry on are what a log looks like that nobody wrote further.
        border = kind == "zeros" and body[place - 4 : place] == b"\xff" * 4
        # So does an entry whose length reaches beyond the end because a bit in it was flipped.
        unseen = kind == "cut" or border or (kind == "flip" and place in lengths)
        assert unseen or any("was torn at byte" in n for n in notes)
        number = history.last_number("line") + 1
        history.write(store_writer.numbered(number))
    with Historian.own(folder) as history:
        assert history.last_number("line") == number


def entries(log: bytes) -> list[int]:
    """Where each entry of a whole log begins: after a head come length (8 bytes), checksum (8 bytes) and content."""
    for first in range(200):
        found, at = [], first
        while at + 16 <= len(log) and (size := int.from_bytes(log[at : at + 8], "little")):
            found.append(at)
            at += 16 + size
        if found and at == len(log):
            return found
    raise AssertionError("the log is not made of entries as it used to be")


def noise(number: int, rows: int = 20_000) -> Batch:
    chance = np.random.default_rng(number)
    at = MONDAY + (number * rows + np.arange(rows)) * 1000
    return batch(number, said("p/noise", at.tolist(), chance.normal(size=rows).tolist()))


def filled(history: Historian, seal_every: int) -> None:
    """Write until the disk is full."""
    for number in range(400):
        history.write(noise(number))
        if number % seal_every == seal_every - 1:
            history.seal()


def stuffed(path: Path) -> None:
    """Take every last byte of the disk."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


@pytest.mark.parametrize("seal_every", [1000, 7])
def test_a_full_disk_is_said_as_such_loses_nothing_and_heals_when_there_is_room(
    small_disk: Path, seal_every: int
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(12 << 20))
    with Historian.own(small_disk / "history") as history:
        with pytest.raises(DiskFull, match="What was acknowledged is safe"):
            filled(history, seal_every)
        stored = history.last_number("line") + 1
        stuffed(small_disk / "stuffing")
        for _ in range(2):
            with pytest.raises(DiskFull):
                history.write(noise(stored))
        assert history.samples("p/noise", ALL).num_rows == 20_000 * stored
        (small_disk / "stuffing").unlink()
        ballast.unlink()
        history.write(noise(stored))
        assert history.samples("p/noise", ALL).num_rows == 20_000 * (stored + 1)
        assert history.verify().sound
    with Historian.own(small_disk / "history") as history:
        assert history.samples("p/noise", ALL).num_rows == 20_000 * (stored + 1)


def test_who_reads_while_the_file_is_opened_again_waits_for_it(tmp_path: Path) -> None:
    with Historian.own(tmp_path) as history, ThreadPoolExecutor() as others:
        history.write(noise(0))
        history.seal()
        history.write(noise(1))
        store = history._store
        with store.writing:
            store.db.close()
            asked = [others.submit(ask) for ask in (lambda: history.samples("p/noise", ALL).num_rows, history.verify)]
            assert not wait(asked, timeout=0.2).done
            hot.reopen(store)
        assert asked[0].result() == 40_000
        assert asked[1].result().sound


def test_files_of_an_unfinished_seal_are_removed_at_the_next_start(tmp_path: Path) -> None:
    with Historian.own(tmp_path) as history:
        history.write(batch(1, day_of("p/x")))
        history.seal()
        kept = sorted(p for p in (tmp_path / "cold").rglob("*.*") if p.is_file())
        orphans = [kept[0].with_name("99999999.parquet"), kept[0].with_name("99999999.tmp")]
        for orphan in orphans:
            shutil.copy(kept[0], orphan)
        assert len(history.verify().notes) == 2
        assert history.verify().sound
    with Historian.own(tmp_path) as history:
        assert sorted(p for p in (tmp_path / "cold").rglob("*.*") if p.is_file()) == kept
        assert history.samples("p/x", ALL).num_rows == 86_400


@pytest.mark.parametrize("hurt", ["flip", "cut", "gone"])
def test_a_damaged_sealed_file_is_named(tmp_path: Path, hurt: str) -> None:
    with Historian.own(tmp_path) as history:
        for day in (0, 1):
            history.write(batch(day, day_of("p/x", day=day)))
        history.seal()
        assert history.verify(deep=True).damages == ()
        path = sorted((tmp_path / "cold").rglob("*.parquet"))[1]
        body = bytearray(path.read_bytes())
        body[len(body) // 2] ^= 0xFF
        {"flip": lambda: path.write_bytes(body), "cut": lambda: path.write_bytes(body[:1000]), "gone": path.unlink}[
            hurt
        ]()
        found = history.verify(deep=True)
        assert [d.file for d in found.damages] == [path.relative_to(tmp_path).as_posix()]
        assert not found.sound
    if hurt != "flip":
        with Historian.own(tmp_path) as history:
            assert history.samples("p/x", Window(MONDAY, MONDAY + DAY)).num_rows > 0  # the other day is there
            with pytest.raises(Damaged, match=path.name):
                history.samples("p/x", ALL)


def test_a_backup_that_was_damaged_is_not_restored(tmp_path: Path) -> None:
    with Historian.own(tmp_path / "history") as history:
        history.write(batch(1, day_of("p/x")))
        history.seal()
        history.backup(tmp_path / "copy")
    path = next((tmp_path / "copy" / "cold").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(Damaged, match=path.name):
        Historian.restore(tmp_path / "copy", tmp_path / "again")
