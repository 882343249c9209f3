"""Push over real sockets: line protocol, JSON, Arrow; what is answered 2xx is stored, what is wrong is named."""

import asyncio
import gzip
import socket
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pyarrow as pa
import pytest
from pushing import AtWork, at_work, client, plant, secrets

from andon.acquire.link import BAD_NO_DATA, BAD_TYPE_MISMATCH, Link
from andon.acquire.push import browse, trial
from andon.acquire.push.series import line_address, read_line_address
from servers import free_port, until

SIGNALS = [
    ("press", "power", "number", "press,machine=m1.power"),
    ("press", "serial", "text", "press,machine=m1.serial"),
    ("press", "good_count", "count", "press,machine=m1.good"),
    ("oven", "temperature", "number", r"oven,place=hall\ 1.t\.in"),
    ("oven", "power", "number", "oven.power"),
]
POWER, SERIAL, GOOD, OVEN = "line-1/press/power", "line-1/press/serial", "line-1/press/good_count", "line-1/oven/power"
AT = 1_700_000_000_000_000
NS = AT * 1000


@pytest.fixture(scope="module")
def works(tmp_path_factory):
    port = free_port()
    folder = plant(tmp_path_factory.mktemp("push") / "works", port, SIGNALS, more="largest = 1")
    with at_work(folder, port) as works:
        yield works


@pytest.fixture(scope="module")
def post(works):
    with client(works.port) as post:
        yield post


def lines(post: httpx2.Client, text: str | bytes, precision: str = "ns", **headers: str) -> httpx2.Response:
    return post.post("/api/v2/write", params={"precision": precision}, content=text, headers=headers)


def last(works: AtWork, path: str) -> tuple[float | str | None, int]:
    return works.values(path)[-1][1:]


@pytest.mark.parametrize(
    ("precision", "stamp"),
    [("ns", NS), ("us", AT), ("ms", AT // 1000), ("s", AT // 10**6), ("u", AT), ("n", NS), ("m", AT // 60_000_000)],
)
def test_a_point_is_stored_with_its_own_time_in_every_precision(works, post, precision, stamp):
    assert lines(post, f"press,machine=m1 power=7.5 {stamp}", precision).status_code == 204
    assert (AT // 60_000_000 * 60_000_000 if precision == "m" else AT, 7.5, 0) in works.values(POWER)


def test_a_point_without_a_time_is_taken_as_of_now(works, post):
    before = time.time_ns() // 1000
    assert post.post("/write?db=telegraf", content="oven power=1").status_code == 204
    assert before <= works.values(OVEN)[-1][0] <= time.time_ns() // 1000


@pytest.mark.parametrize(
    ("field", "path", "found"),
    [
        ("power=1e3", POWER, (1000.0, 0)),
        ("power=t", POWER, (1.0, 0)),
        ("power=12i", POWER, (12.0, 0)),
        ("power=12u", POWER, (12.0, 0)),
        ('power="warm"', POWER, ("warm", BAD_TYPE_MISMATCH)),
        ('power="12.5"', POWER, (12.5, 0)),
        ('serial="000123"', SERIAL, ("000123", 0)),
        (r'serial="a \"b\" \\ c,d=e f"', SERIAL, (r'a "b" \ c,d=e f', 0)),
        ('serial="数控 7号\n下一行"', SERIAL, ("数控 7号\n下一行", 0)),
        ("good=9007199254740993i", GOOD, ("9007199254740993", 0)),
    ],
)
def test_a_field_keeps_its_type_and_a_wrong_one_spoils_only_itself(works, post, field, path, found):
    stamp = time.time_ns()
    assert lines(post, f"press,machine=m1 {field},other=1 {stamp}\noven power=3 {stamp}").status_code == 204
    assert last(works, path) == found
    assert last(works, OVEN) == (3.0, 0)


def test_tags_that_an_address_does_not_name_may_have_any_value_in_any_order(works, post):
    stamp = time.time_ns()
    assert lines(post, f"press,region=eu,machine=m1,host=a power=42 {stamp}").status_code == 204
    assert lines(post, f"press,machine=m2 power=43 {stamp + 1000}").status_code == 204  # another machine
    assert last(works, POWER) == (42.0, 0)


def test_escapes_in_names_are_those_of_the_specification(works, post):
    stamp = time.time_ns()
    text = (
        rf"oven,place=hall\ 1 t.in=21.5 {stamp}"
        + f"\n# a comment\n\nwea\\,ther,wind\\ \\=dir=n\\,w x\\ y=1 {stamp}\r\n"
    )
    assert lines(post, text).status_code == 204
    assert last(works, "line-1/oven/temperature") == (21.5, 0)
    series = read_line_address(line_address(read_line_address(r"wea\,ther,wind\ \=dir=n\,w.x y")))
    assert (series.name, dict(series.tags), series.field) == ("wea,ther", {"wind =dir": "n,w"}, "x y")


def test_wrong_lines_are_named_and_all_others_stored(works, post):
    stamp = time.time_ns()
    text = f"press,machine=m1 power=1 {stamp}\nnonsense\npress,machine=m1 power=x {stamp}\noven power=2 {stamp}"
    answer = lines(post, text)
    assert answer.status_code == 400
    assert [row["line"] for row in answer.json()["lines"]] == [2, 3]
    assert answer.json()["error"].startswith("partial write: 2 values were stored; line 2: 'nonsense'")
    assert (last(works, POWER), last(works, OVEN)) == ((1.0, 0), (2.0, 0))


def test_a_moment_that_cannot_be_is_told_with_its_line(works, post):
    answer = lines(post, f"oven power=8 {time.time_ns()}\noven power=9 {time.time_ns()}", "ms")
    assert answer.status_code == 400
    assert [row["line"] for row in answer.json()["lines"]] == [1, 2]
    assert "is the precision right?" in answer.json()["message"]


def test_packed_bodies_are_unpacked_and_bombs_refused(works, post):
    text = f"oven power=77 {time.time_ns()}".encode()
    assert lines(post, gzip.compress(text), **{"Content-Encoding": "gzip"}).status_code == 204
    assert last(works, OVEN) == (77.0, 0)
    bomb = gzip.compress(b"oven power=1 1\n" * 10_000_000, 9)
    assert lines(post, bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    assert lines(post, gzip.compress(text)[:-9], **{"Content-Encoding": "gzip"}).status_code == 400
    assert lines(post, text, **{"Content-Encoding": "br"}).status_code == 415
    assert lines(post, b"x" * (2 << 20)).status_code == 413


def test_json_names_signals_or_addresses(works, post):
    rows = [
        {"signal": POWER, "at": "2025-01-01T00:00:00+01:00", "value": 5},
        {"address": "oven.power", "at": 1_735_686_000_000, "value": True, "quality": "uncertain"},
        {"signal": SERIAL, "at": "2025-01-01T00:00:00Z", "value": "000123"},
        {"signal": OVEN, "at": "2025-01-01T00:00:01Z", "value": None},
    ]
    assert post.post("/json", json=rows).status_code == 204
    assert (1_735_686_000_000_000, 5.0, 0) in works.values(POWER)
    assert (1_735_686_000_000_000, 1.0, 0x40000000) in works.values(OVEN)
    assert (1_735_689_600_000_000, "000123", 0) in works.values(SERIAL)
    assert (1_735_689_601_000_000, None, BAD_NO_DATA) in works.values(OVEN)
    answer = post.post("/json", json=[{"signal": POWER, "value": 1}, {"value": 2}, {"signal": POWER, "at": "noon"}])
    assert answer.status_code == 400
    assert [row["line"] for row in answer.json()["lines"]] == [2, 3]


def test_arrow_streams_are_stored_and_strange_ones_refused(works, post):
    at = pa.array([1_600_000_000_000_000, 1_600_000_001_000_000], pa.timestamp("us", "UTC"))
    table = pa.table({"signal": [POWER, OVEN], "at": at, "value": [1.5, float("nan")]})
    assert post.post("/arrow", content=stream(table)).status_code == 204
    assert (1_600_000_000_000_000, 1.5, 0) in works.values(POWER)
    assert (1_600_000_001_000_000, None, BAD_NO_DATA) in works.values(OVEN)
    assert post.post("/arrow", content=stream(table, compression="zstd")).status_code == 400
    assert post.post("/arrow", content=stream(table.append_column("x", [[1, 2]]))).status_code == 400
    assert post.post("/arrow", content=stream(table)[:-40]).status_code == 400
    assert post.post("/arrow", content=stream(pa.table({"signal": pa.nulls(10**9)}))).status_code == 400
    assert post.post("/arrow", content=b"no arrow").status_code == 400


def stream(table: pa.Table, compression: str | None = None) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def test_telegraf_finds_what_it_asks_for_first(post):
    assert post.get("/ping").headers["X-Influxdb-Version"]
    assert post.get("/health").json()["status"] == "pass"
    assert post.post("/query", data={"q": 'CREATE DATABASE "telegraf"'}).status_code == 200
    assert post.get("/query", params={"q": "SELECT * FROM cpu"}).status_code == 400
    assert post.get("/elsewhere").status_code == 404
    assert post.get("/write").status_code == 405


def test_many_at_once_are_all_stored(works, post):
    first = time.time_ns() // 1000

    def send(number: int) -> int:
        text = "\n".join(f"oven power={number} {first + number * 100 + n}" for n in range(100))
        return lines(post, text, "us").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(80))) == {204}
    moments = {at for at, _, _ in works.values(OVEN)}
    assert moments >= {first + n for n in range(8000)}


def test_a_page_in_a_browser_cannot_push_without_a_token(post):
    assert lines(post, "oven power=1", Origin="http://elsewhere.example").status_code == 403
    assert lines(post, "oven power=1", Host="rebound.example:80").status_code == 403


def test_whoever_sends_no_head_is_shown_the_door(works, monkeypatch):
    monkeypatch.setattr("andon.acquire.push.listening.HEAD", 0.3)
    with socket.create_connection(("127.0.0.1", works.port), timeout=10) as slow:
        slow.sendall(b"POST /write HT")
        assert slow.recv(100) == b""


def test_a_body_that_drips_is_cut_off(works, monkeypatch):
    monkeypatch.setattr("andon.acquire.push.body.BASE", 0.3)
    with socket.create_connection(("127.0.0.1", works.port), timeout=10) as slow:
        slow.sendall(b"POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\noven ")
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_what_was_pushed_can_be_browsed(works, post):
    assert lines(post, f'mill,axis=x rpm=300i,name="a",on=t {time.time_ns()}').status_code == 204
    home = works.history.folder.parent / "sources" / "in"
    until(lambda: b"mill" in (home / "heard.json").read_bytes())
    offers = {o.address: (o.kind, o.path) for o in asyncio.run(browse(Link("in", (), home)))}
    assert offers["mill,axis=x.rpm"] == ("integer", ("mill", "x", "rpm"))
    assert offers["mill,axis=x.name"][0] == "text"
    assert offers["mill,axis=x.on"][0] == "boolean"


TOKEN, OTHER = "the-token-of-telegraf-here", "the-token-of-prometheus-here"


def test_each_sender_has_a_token_and_no_other_is_let_in(tmp_path):
    port = free_port()
    folder = plant(tmp_path / "works", port, SIGNALS, more='senders = ["telegraf", "prometheus"]')
    secrets(folder, f'[in]\ntelegraf = "{TOKEN}"\nprometheus = "{OTHER}"\n')
    basic = b64encode(f"somebody:{TOKEN}".encode()).decode()
    with at_work(folder, port), client(port) as post:
        for known in (f"Bearer {TOKEN}", f"Token {OTHER}", f"Token somebody:{TOKEN}", f"Basic {basic}"):
            assert lines(post, "oven power=1", Authorization=known).status_code == 204
        assert post.post("/write", params={"u": "me", "p": TOKEN}, content="oven power=1").status_code == 204
        for unknown in (f"Bearer {TOKEN}x", "Bearer", "Token", "Basic ?", f"Basic {b64encode(b'a:b').decode()}"):
            assert lines(post, "oven power=1", Authorization=unknown).status_code == 401
        assert lines(post, "oven power=1").status_code == 401
        assert post.post("/json", json=[]).status_code == 401


def test_a_trial_says_in_plain_words_what_is_wrong(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for settings, said in [
            ({"listen": "0.0.0.0:0"}, "no `senders` are named"),
            ({"senders": ("telegraf",)}, "has no token"),
            ({"listen": "nowhere"}, "is no address with a port"),
            ({"listen": f"127.0.0.1:{taken.getsockname()[1]}"}, "Is another program there?"),
            ({"listen": "127.0.0.1:0", "certificate": "none.pem", "key": "none.key"}, "cannot be used"),
        ]:
            step = asyncio.run(trial(Link("in", (), tmp_path), **settings))[-1]
            assert (step.well, said in step.said) == (False, True), step
        assert asyncio.run(trial(Link("in", (), tmp_path), listen="127.0.0.1:0"))[-1].well
