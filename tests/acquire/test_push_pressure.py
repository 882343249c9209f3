"""Push under pressure: a full disk, more than can be stored, a sender that repeats itself, a kill in the middle."""

import threading
import time

import httpx2
import pytest
from pushing import answers, at_work, client, plant, process
from test_push import SIGNALS

from andon.acquire.push import desk
from andon.errors import DiskFull
from andon.historian import Historian
from andon.model import Batch, Receipt, Window
from servers import free_port, until

OVEN = "line-1/oven/power"
ALL = Window(0, 1 << 60)


class Disk:
    """A disk that can be full, or wait."""

    def __init__(self) -> None:
        self.full = False
        self.free = threading.Event()
        self.free.set()

    def write(self, history: Historian, batch: Batch) -> Receipt:
        self.free.wait(20)
        if self.full:
            raise DiskFull("The disk is full.")
        return history.write(batch)


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def works(tmp_path, disk):
    port = free_port()
    with at_work(plant(tmp_path / "works", port, SIGNALS), port, write=disk.write) as works:
        yield works


def test_nothing_is_acknowledged_while_the_disk_is_full_and_all_goes_on_by_itself(works, disk, monkeypatch):
    monkeypatch.setattr(desk, "PATIENT", 0.5)
    monkeypatch.setattr(desk, "STUCK", 0.5)
    disk.full = True
    with client(works.port) as post:
        for _ in range(3):
            answer = post.post("/write", content=f"oven power=1 {time.time_ns()}")
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) >= 1
        assert post.get("/health").status_code == 503
        assert works.gather.status()["in"].health == "blocked"
        disk.full = False
        answers(works.port)
        assert post.post("/write", content="oven power=2 1700000000000000000").status_code == 204
    assert (1_700_000_000_000_000, 2.0, 0) in works.values(OVEN)


def test_a_sender_that_is_too_fast_is_told_to_come_again_and_memory_stays_bounded(works, disk, monkeypatch):
    monkeypatch.setattr(desk, "ROOM", 20_000)
    disk.free.clear()
    statuses: list[int] = []

    def send(number: int) -> None:
        with client(works.port) as post:
            text = "\n".join(f"oven power=1 {number * 1000 + n}" for n in range(200))
            statuses.append(post.post("/write", content=text).status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    until(lambda: 429 in statuses, 10)
    disk.free.set()
    for thread in threads:
        thread.join()
    assert set(statuses) == {204, 429}
    assert len(works.values(OVEN)) > 0


def test_prometheus_is_told_to_come_again_in_the_only_way_that_it_heeds(works, disk, monkeypatch):
    monkeypatch.setattr(desk, "ROOM", -1)
    with client(works.port) as post:
        assert post.post("/api/v1/write", content=b"\0").status_code == 503
        assert post.post("/write", content="oven power=1").status_code == 429


def test_the_same_request_twice_is_stored_once(works):
    with client(works.port) as post:
        for _ in range(3):
            assert post.post("/write", content="oven power=1 1700000000000000000").status_code == 204
    assert works.values(OVEN) == [(1_700_000_000_000_000, 1.0, 0)]
    assert works.history.overwritten(OVEN, ALL).num_rows == 0


def test_what_was_answered_2xx_before_a_kill_is_there_after_it(tmp_path):
    port = free_port()
    folder = plant(tmp_path / "works", port, SIGNALS)
    server = process(folder, port, "run").start()
    answers(port)
    acknowledged: list[int] = []

    def send() -> None:
        first = time.time_ns() // 1000
        with client(port) as post:
            for number in range(10**6):
                try:
                    answer = post.post("/write?precision=us", content=f"oven power={number} {first + number}")
                except httpx2.HTTPError:
                    return
                if answer.status_code == 204:
                    acknowledged.append(first + number)

    sender = threading.Thread(target=send)
    sender.start()
    until(lambda: len(acknowledged) > 50, 20)
    server.kill()
    sender.join()
    with Historian.open(folder / "history") as history:
        assert set(acknowledged) <= set(history.samples(OVEN, ALL)["at"].to_pylist())
