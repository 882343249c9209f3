"""Photos of inspected parts: kept once as they were sent, named by an inspection, and nothing else gets in."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from guarded import MARK, two_lines
from runs import run_plant
from servers import until

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf000000030001"
    "5d4b2f5e0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    folder = two_lines(tmp_path_factory.mktemp("photos") / "works")
    with (
        run_plant(folder) as started,
        httpx2.Client(base_url=f"{started.url}/api", headers=MARK, timeout=60, trust_env=False) as made,
    ):
        until(lambda: made.get("/plant").status_code == 200, 60, "the API")
        yield made


def sent(client: httpx2.Client, content: bytes, kind: str = "application/octet-stream") -> httpx2.Response:
    return client.post("/photos", content=content, headers={"content-type": kind})


def test_a_photo_comes_back_as_it_was_sent_and_an_inspection_names_it(client: httpx2.Client) -> None:
    name = sent(client, PNG).json()["name"]
    assert sent(client, PNG).json()["name"] == name
    shown = client.get(f"/photos/{name}")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    found = {"machine": "line-1/press", "unit": "P-1", "test": "scratch", "verdict": "failed", "photo": name}
    assert client.post("/acts/inspect", json=found).status_code == 200
    rows = client.get("/measured/units", params={"at": "line-1/press", "last": "1 d"}).json()["rows"]
    assert [r["facts"]["photo"] for r in rows if r["unit"] == "P-1"] == [name]


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"GIF89a", b"RIFF1234WAVE", b"%PDF-1.7"])
def test_only_photos_are_kept(client: httpx2.Client, content: bytes) -> None:
    answer = sent(client, content, "image/png")
    assert answer.status_code == 422
    assert "JPEG, PNG or WebP" in answer.json()["detail"] or not content


def test_a_photo_that_is_too_large_is_refused(client: httpx2.Client) -> None:
    assert sent(client, b"\xff\xd8\xff" + bytes(5 << 20)).status_code == 413


@pytest.mark.parametrize("name", ["..%2Fplant.toml", "plant.toml", "a" * 64 + ".jpg", "%2e%2e/plant.toml"])
def test_nothing_but_photos_is_given_out(client: httpx2.Client, name: str) -> None:
    assert client.get(f"/photos/{name}").status_code == 404
