"""The relay's parts at work: a spool that is torn, full or damaged, a centre that refuses, newest values first."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest
from pushing import AtWork, at_work, client, plant, secrets

from andon.acquire.frames import encode, frames
from andon.acquire.link import MOMENT, OPEN
from andon.acquire.push import desk, relayed
from andon.acquire.relay import Centre, Forward, RelaySink, forward, spool
from andon.acquire.relay.spool import Place, Spool
from andon.errors import BadInput, DiskFull
from andon.model import Batch, Window
from andon.plant import Signal
from servers import free_port, until

PATH = "site-2/line-1/press/power"
TOKEN = "a-token-of-at-least-16-characters"
ALL = Window(0, 1 << 60)


def samples(number: int, *, rows: int = 10, text: str | None = None) -> Batch:
    at = [1_700_000_000_000_000 + number * 1000 + n for n in range(rows)]
    return Batch(
        "plc",
        number,
        pa.table(
            {
                "signal": pa.array(["line-1/press/power"] * rows).dictionary_encode(),
                "at": pa.array(at).cast(MOMENT),
                "value": pa.array([float(number)] * rows),
                "text": pa.array([text] * rows, pa.string()),
                "quality": pa.array([0] * rows, pa.uint32()),
            }
        ),
    )


def connection(number: int, since: int, until: int = OPEN) -> Batch:
    spell = {"kind": ["connection"], "place": ["plc"], "text": ["connected"]}
    moments = {n: pa.array([at]).cast(MOMENT) for n, at in (("since", since), ("until", until))}
    return Batch("gather", number, spells=pa.table(spell | moments))


def numbers(found: Spool, place: Place = Place(0, 0)) -> list[int]:
    """The numbers of all batches behind a place."""
    read: list[int] = []
    while True:
        body, place = found.read(place, 1 << 20)
        if not body:
            return read
        read += [f.number for f in frames(body)]


@pytest.mark.parametrize("tail", [b"", b"\0" * 4096, b"ANDB", encode(samples(9))[:-1], os.urandom(300)])
def test_a_torn_tail_was_never_acknowledged_and_is_cut_off(tmp_path, tail):
    sink = RelaySink.open(tmp_path, 1 << 30)
    for n in range(1, 4):
        sink.write(samples(n))
    last = max(tmp_path.glob("*.batches"))
    with last.open("ab") as file:
        file.write(tail)
    again = RelaySink.open(tmp_path, 1 << 30)
    again.write(samples(4))
    assert numbers(again.spool) == [1, 2, 3, 4]


def test_bytes_that_went_bad_are_passed_over_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "SEGMENT", 1000)
    sink = RelaySink.open(tmp_path, 1 << 30)
    for n in range(1, 8):
        sink.write(samples(n))
    first = min(tmp_path.glob("*.batches"))
    data = bytearray(first.read_bytes())
    data[60] ^= 0xFF
    first.write_bytes(data)
    assert numbers(sink.spool) == [2, 3, 4, 5, 6, 7]
    assert sink.spool.damaged == len(encode(samples(1)))


def test_a_full_spool_acknowledges_nothing_and_loses_nothing(tmp_path):
    size = len(encode(samples(1)))
    sink = RelaySink.open(tmp_path, size * 3)
    for n in range(1, 4):
        sink.write(samples(n))
    with pytest.raises(DiskFull, match="What was acknowledged is safe"):
        sink.write(samples(4))
    sink.write(connection(1, 10**15))  # a connection that ends must be known: it is small
    assert numbers(sink.spool) == [1, 2, 3, 1]


def filled(sink: RelaySink) -> int:
    """How many batches a disk took until it was full."""
    for count in range(10**6):
        try:
            sink.write(samples(count + 1))
        except DiskFull:
            return count
    raise AssertionError("the disk never became full")


def test_a_full_disk_leaves_no_half_batch(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or os.system(f"mount -t tmpfs -o size=100k tmpfs {disk} 2> /dev/null"):
        pytest.skip("only root can mount a small tmpfs")
    try:
        sink = RelaySink.open(disk / "spool", 1 << 30)
        kept = filled(sink)
        assert numbers(sink.spool) == list(range(1, kept + 1))
        sink.sent(sink.spool.end)
        sink.spool.close()
        assert numbers(RelaySink.open(disk / "spool", 1 << 30).spool) == list(range(1, kept + 1))
    finally:
        os.system(f"umount {disk}")


def test_a_spool_remembers_connections_and_never_uses_a_number_again(tmp_path):
    before = time.time_ns() // 1_000_000
    sink = RelaySink.open(tmp_path, 1 << 30)
    sink.write(connection(before + 10**9, 10**15))
    sink.write(samples(before + 10**9))
    sink.sent(sink.spool.end)
    again = RelaySink.open(tmp_path, 1 << 30)
    assert again.last_number("plc") == before + 10**9
    assert again.last_number("new") >= before
    rows = again.spell_rows("connection", "*", ALL).to_pylist()
    assert rows == [{"place": "plc", "since": 10**15, "until": OPEN, "text": "connected"}]


@contextmanager
def centre(tmp_path: Path, more: str = "") -> Iterator[AtWork]:
    port = free_port()
    folder = plant(tmp_path / "centre", port, [], more=f'senders = ["site-2"]\n{more}')
    secrets(folder, f'[in]\nsite-2 = "{TOKEN}"\n')
    with at_work(folder, port) as found:
        yield found


@contextmanager
def relaying(sink: RelaySink, port: int, *, token: str = TOKEN, edge: str = "site-2") -> Iterator[Forward]:
    found = Forward(sink, Centre(f"http://127.0.0.1:{port}", edge, token))
    thread = threading.Thread(target=found.work)
    thread.start()
    try:
        yield found
    finally:
        found.stop()
        thread.join()


def test_batches_come_under_the_edges_name_once_however_often_they_are_sent(tmp_path):
    sink = RelaySink.open(tmp_path / "spool", 1 << 30)
    for n in range(1, 30):
        sink.write(samples(n))
    with centre(tmp_path) as works:
        with relaying(sink, works.port):
            until(lambda: works.history.last_number("site-2/plc") == 29)
        sink.state.sent = Place(0, 0)  # as after a restored backup: all is sent again
        with relaying(sink, works.port) as again:
            until(lambda: again.status.requests >= 1)
        receipts = [r["number"] for r in works.history.receipts().to_pylist() if r["source"] == "site-2/plc"]
        assert receipts == list(range(1, 30))
        assert len(works.values(PATH)) == len({at for at, _, _ in works.values(PATH)}) > 29
        assert abs(again.status.skew or 10**9) < 1_000_000


def test_where_an_edge_is_stored_is_the_centres_choice(tmp_path):
    sink = RelaySink.open(tmp_path / "spool", 1 << 30)
    sink.write(samples(1))
    with centre(tmp_path, 'edges = { site-2 = "" }') as works, relaying(sink, works.port):
        until(lambda: bool(works.values("line-1/press/power")))


def test_the_newest_value_comes_ahead_of_a_long_tail_and_stands_once(tmp_path, monkeypatch):
    monkeypatch.setattr(forward, "MOST", 4000)
    monkeypatch.setattr(forward, "BEHIND", 8000)
    sink = RelaySink.open(tmp_path / "spool", 1 << 30)
    for n in range(1, 200):
        sink.write(samples(n))
    with centre(tmp_path) as works, relaying(sink, works.port):
        until(lambda: works.history.last_number("site-2/plc") == 199)
        rows = [r for r in works.history.receipts().to_pylist() if r["source"] == "site-2/plc"]
        assert rows[0]["number"] < 0  # sent ahead
        assert rows[0]["since"] == 1_700_000_000_000_000 + 199 * 1000 + 9
        assert [r["number"] for r in rows if r["number"] > 0] == list(range(1, 200))
        assert works.history.overwritten(PATH, ALL).num_rows == 0


@pytest.mark.parametrize(
    ("edge", "token", "said"), [("site-2", "somebody-elses-token", "401"), ("site-3", TOKEN, "403")]
)
def test_an_edge_needs_its_own_token(tmp_path, edge, token, said):
    sink = RelaySink.open(tmp_path / "spool", 1 << 30)
    sink.write(samples(1))
    with centre(tmp_path) as works, relaying(sink, works.port, token=token, edge=edge) as relay:
        until(lambda: said in relay.status.said)
        assert relay.status.health == "lost"
        assert works.history.signals() == []
    assert token not in repr(relay.centre)


def test_two_edges_cannot_have_one_name(tmp_path):
    first, second = (RelaySink.open(tmp_path / name, 1 << 30) for name in ("a", "b"))
    with centre(tmp_path) as works, relaying(first, works.port) as one:
        until(lambda: one.status.health == "connected")
        with relaying(second, works.port) as other:
            until(lambda: "409" in other.status.said)


def test_a_batch_that_can_never_be_stored_is_set_aside_and_the_others_go_on(tmp_path):
    sink = RelaySink.open(tmp_path / "spool", 1 << 30)
    sink.write(samples(1))
    bad = Batch("plc", 2, pa.table({"signal": ["x"], "value": [1.0]}))  # it has no moment
    with pytest.raises(BadInput, match="column 'at' is missing"):
        sink.write(bad)
    sink.spool.append(encode(bad))  # as an older Andon might have let it in
    sink.write(samples(3))
    with centre(tmp_path) as works, relaying(sink, works.port) as relay:
        until(lambda: works.history.last_number("site-2/plc") == 3)
        assert relay.status.refused == 1
    kept = list((tmp_path / "spool" / "refused").iterdir())
    assert [f.number for f in frames(kept[0].read_bytes())] == [2]


def refusing(sink: RelaySink, monkeypatch: pytest.MonkeyPatch) -> RelaySink:
    """From now on the centre has no room."""
    monkeypatch.setattr(desk, "ROOM", -1)
    return sink


def test_a_centre_whose_disk_is_full_is_waited_for(tmp_path, monkeypatch):
    sink = RelaySink.open(tmp_path / "spool", 1 << 30)
    sink.write(samples(1))
    with centre(tmp_path) as works, relaying(refusing(sink, monkeypatch), works.port) as relay:
        until(lambda: "429" in relay.status.said)
        monkeypatch.setattr(desk, "ROOM", 1 << 26)
        until(lambda: works.history.last_number("site-2/plc") == 1)


def test_a_silent_edge_is_known_only_until_its_last_sign_of_life(tmp_path, monkeypatch):
    monkeypatch.setattr(relayed, "SILENT", 0.5)
    sink = RelaySink.open(tmp_path / "spool", 1 << 30)
    since = time.time_ns() // 1000
    sink.write(connection(1, since))
    with centre(tmp_path) as works:

        def connected() -> list[tuple[int, int, str]]:
            return works.history.spells("connection", "site-2/plc", ALL).rows()

        with relaying(sink, works.port):
            until(lambda: connected() == [(since, OPEN, "connected")])
        gone = time.time_ns() // 1000
        until(lambda: bool(connected()) and since < connected()[0][1] <= gone)
        with relaying(sink, works.port):
            until(lambda: connected() == [(since, OPEN, "connected")])
            sink.write(connection(2, since, gone))
            until(lambda: connected() == [(since, gone, "connected")])
        signal = Signal(path=PATH, machine="", name="", role="power", kind="number")
        sink.write(samples(1))
        assert works.history.coverage(signal, ALL).rows() == []


def test_what_is_no_relay_is_refused(tmp_path):
    sink = RelaySink.open(tmp_path / "spool", 1 << 30)
    headers = {"Authorization": f"Bearer {TOKEN}", "Andon-Edge": "site-2", "Andon-Spool": sink.state.id}
    whole = encode(samples(1))
    with centre(tmp_path) as works, client(works.port) as post:
        for body in (whole[:-1], b"x" + whole, whole + b"ANDB", whole.replace(b"quality", b"qualitz")):
            answer = post.post("/relay", content=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "bad batch")
        assert post.post("/relay", content=whole, headers={**headers, "Andon-Edge": "../x"}).status_code == 400
        assert post.post("/relay", content=whole).status_code in (400, 401)
        assert post.post("/relay", content=whole, headers=headers).status_code == 204
