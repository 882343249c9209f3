"""The relay as processes: whatever is killed, the centre has what the edge acknowledged, and has it once."""

import threading
import time
from pathlib import Path

import httpx2
import orjson
from pushing import answers, client, plant, process, secrets

from andon.historian import Historian
from andon.model import Window
from andon.plant import Signal
from servers import Server, free_port, until

ALL = Window(0, 1 << 60)
POWER = [("press", "power", "number", "press.power")]
TOKEN = "a-token-of-at-least-16-characters"


class Sender:
    """Posts a counting value to an edge, and knows what was acknowledged."""

    def __init__(self, port: int, *, pace: float = 0.004) -> None:
        self.port, self.pace, self.first = port, pace, time.time_ns() // 1000
        self.tried: dict[int, float] = {}
        self.acknowledged: dict[int, float] = {}
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def _work(self) -> None:
        number = 0
        with client(self.port) as post:
            while not self.done.wait(self.pace):
                at = self.first + number * 1000
                sent = {at + n: float(number + n) for n in range(10)}
                lines = "\n".join(f"press power={value} {moment}" for moment, value in sent.items())
                self.tried |= sent
                number += 10
                try:
                    if post.post("/write?precision=us", content=lines).status_code == 204:
                        self.acknowledged |= sent
                except httpx2.HTTPError:
                    continue

    def stop(self) -> None:
        self.done.set()
        self.thread.join()


def stored(folder: Path, path: str) -> dict[int, float]:
    with Historian.open(folder / "history") as history:
        rows = history.samples(path, ALL)
        return dict(zip(rows["at"].to_pylist(), rows["value"].to_pylist(), strict=True))


def doubled(folder: Path, source: str) -> int:
    """Batches of a source that were stored more than once."""
    with Historian.open(folder / "history") as history:
        numbers = [r["number"] for r in history.receipts().to_pylist() if r["source"] == source]
    return len(numbers) - len(set(numbers))


def stop(*servers: Server) -> None:
    for server in servers:
        if server.process is not None:
            server.process.terminate()
            server.process.wait(30)


def edge_and_centre(tmp_path: Path) -> tuple[Path, int, Path, int]:
    edge_port, centre_port = free_port(), free_port()
    centre = plant(tmp_path / "centre", centre_port, [], more='senders = ["site-2"]')
    secrets(centre, f'[in]\nsite-2 = "{TOKEN}"\n')
    edge = plant(tmp_path / "edge", edge_port, POWER, name="site-2")
    secrets(edge, f'[relay]\ntoken = "{TOKEN}"\n')
    return edge, edge_port, centre, centre_port


def test_nothing_acknowledged_is_lost_or_doubled_when_centre_and_edge_are_killed(tmp_path):
    edge, edge_port, centre, centre_port = edge_and_centre(tmp_path)
    at_centre = process(centre, centre_port, "run").start()
    at_edge = process(edge, edge_port, "relay", "--to", f"http://127.0.0.1:{centre_port}").start()
    try:
        answers(edge_port)
        sender = Sender(edge_port)
        until(lambda: len(sender.acknowledged) > 100, 20)
        at_centre.kill()
        count = len(sender.acknowledged)
        until(lambda: len(sender.acknowledged) > count + 100, 20)  # the edge goes on without the centre
        at_edge.kill()
        at_edge.start()
        answers(edge_port)
        count = len(sender.acknowledged)
        at_centre.start()
        until(lambda: len(sender.acknowledged) > count + 100, 20)
        sender.stop()
        path = "site-2/line-1/press/power"
        until(lambda: set(sender.acknowledged) <= set(stored(centre, path)), 30, "the centre's having all")
        stop(at_edge, at_centre)
        found = stored(centre, path)
        assert found.items() <= sender.tried.items()
        assert found.items() >= sender.acknowledged.items()
        assert doubled(centre, "site-2/in") == 0
    finally:
        at_edge.kill()
        at_centre.kill()


def coverage(folder: Path) -> list[tuple[int, int]]:
    signal = Signal(path="site-2/line-1/press/power", machine="", name="", role="power", kind="number")
    with Historian.open(folder / "history") as history:
        return [(s, u) for s, u, _ in history.coverage(signal, ALL).rows()]


def test_the_centre_knows_what_it_has_not_heard_and_learns_it_when_the_edge_comes_back(tmp_path):
    edge, edge_port, centre, centre_port = edge_and_centre(tmp_path)
    at_centre = process(centre, centre_port, "run").start()
    at_edge = process(edge, edge_port, "relay", "--to", f"http://127.0.0.1:{centre_port}").start()
    try:
        answers(edge_port)
        at = time.time_ns() // 1000
        with client(edge_port) as post:
            assert post.post("/write?precision=us", content=f"press power=1 {at}").status_code == 204
        noted = centre / "sources" / "in" / "edges.json"
        until(lambda: noted.exists() and orjson.loads(noted.read_bytes())["site-2"]["known"] > at, 20)
        at_centre.kill()
        cut = time.time_ns() // 1000
        at_edge.freeze()
        time.sleep(3)  # time itself is what is tested: the stretch that the centre does not hear
        at_centre.start()
        answers(centre_port)
        assert at < coverage(centre)[-1][1] <= cut, "silence was taken for an unchanged machine"
        at_edge.thaw()
        until(lambda: coverage(centre)[-1][1] > cut + 3_000_000, 20, "the centre's having caught up")
        assert len(coverage(centre)) == 1  # the edge was connected to its machine all the time
    finally:
        at_edge.kill()
        at_centre.kill()
