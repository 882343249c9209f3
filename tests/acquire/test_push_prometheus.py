"""A real Prometheus writes what it scrapes into Andon; what arrives is what it says itself."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx2
import pyarrow as pa
import pytest
from pushing import at_work, client, plant

from andon.acquire.link import BAD_NO_COMMUNICATION
from andon.acquire.push.metrics import LABEL, WRITE_REQUEST
from servers import PROMETHEUS, Server, free_port, needs_prometheus, running, until

SIGNALS = [
    ("server", "total_count", "count", 'prometheus_tsdb_head_samples_appended_total{job="prometheus"}'),
    ("oven", "temperature", "number", 'oven_temperature{place="hall 1"}'),
    ("oven", "power", "number", "oven_power"),
]
CONFIG = """global: {{scrape_interval: 1s}}
scrape_configs:
  - {{job_name: prometheus, static_configs: [{{targets: ['127.0.0.1:{own}']}}]}}
  - {{job_name: oven, static_configs: [{{targets: ['127.0.0.1:{oven}']}}]}}
remote_write:
  - {{url: 'http://127.0.0.1:{andon}/api/v1/write', queue_config: {{batch_send_deadline: 100ms}}}}
"""


class Oven(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'oven_temperature{place="hall 1"} 21.5\noven_power NaN\n')

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def oven():
    with HTTPServer(("127.0.0.1", 0), Oven) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def prometheus(folder: Path, andon: int, oven: int) -> Server:
    own = free_port()
    file = folder / "prometheus.yml"
    file.write_text(CONFIG.format(own=own, oven=oven, andon=andon))
    line = [str(PROMETHEUS), f"--config.file={file}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    return Server([*line, f"--web.listen-address=127.0.0.1:{own}"], own, log=folder / "prometheus.log")


def said(port: int, query: str) -> dict[int, float]:
    """What Prometheus itself has of a series."""
    answer = httpx2.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": f"{query}[5m]"}).json()
    return {round(at * 1000) * 1000: float(v) for r in answer["data"]["result"] for at, v in r["values"]}


@needs_prometheus
def test_prometheus_writes_its_series_and_a_target_that_ends_becomes_bad(tmp_path, oven):
    port = free_port()
    server = prometheus(tmp_path, port, oven.server_port)
    with at_work(plant(tmp_path / "works", port, SIGNALS), port) as works, running(server):
        counted, warm = "line-1/server/total_count", "line-1/oven/temperature"
        until(lambda: len(works.values(warm)) >= 2 and len(works.values(counted)) >= 2, 30)
        assert works.values("line-1/oven/power")[0][1:] != (0.0, 0)
        oven.shutdown()
        oven.socket.close()
        until(lambda: works.values(warm)[-1][2] == BAD_NO_COMMUNICATION, 30)
        theirs = said(server.port, SIGNALS[0][3])
        until(lambda: theirs.items() <= {at: v for at, v, _ in works.values(counted)}.items(), 10)
        good = {at: v for at, v, quality in works.values(warm) if quality == 0}
        assert good.items() >= said(server.port, SIGNALS[1][3]).items()
        assert works.values(warm)[-1][1] is None


@pytest.fixture(scope="module")
def post(tmp_path_factory):
    port = free_port()
    with at_work(plant(tmp_path_factory.mktemp("push") / "works", port, SIGNALS), port), client(port) as post:
        yield post


def request(count: int = 1) -> bytes:
    whole = WRITE_REQUEST()
    series = whole.timeseries.add()
    series.labels.append(LABEL(name="__name__", value="oven_power").SerializeToString())
    for _ in range(count):
        series.samples.add(value=1.0, timestamp=1_700_000_000_000)
    return whole.SerializeToString()


def test_a_request_that_is_no_remote_write_is_refused(post):
    good = pa.compress(request(), "snappy", asbytes=True)
    assert post.post("/api/v1/write", content=good).status_code == 204
    assert post.post("/api/v1/write", content=pa.compress(b"\xff\xff", "snappy", asbytes=True)).status_code == 400
    assert post.post("/api/v1/write", content=b"\xff\xff\xff\xff\x0f" + good).status_code == 413
    assert post.post("/api/v1/write", content=good[:-3]).status_code == 400
    kind = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
    assert post.post("/api/v1/write", content=good, headers={"Content-Type": kind}).status_code == 415
