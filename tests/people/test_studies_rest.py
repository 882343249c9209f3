"""Answers as files, plant.toml as a text, what is kept, standing questions: over HTTP, on the shift of oracle O1."""

import io
import json
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from fastapi.testclient import TestClient
from openpyxl.worksheet.worksheet import Worksheet

from andon.app.editing import written_plant
from andon.app.keeping import receipts, refused
from andon.app.opening import Lent, lending, seen_by
from andon.app.serving import site
from andon.config import read_plant
from andon.errors import NotAllowed
from andon.ledger import audit
from andon.sheet import Book, Sheet
from works import O1, PRESS, Works, opened, shut

WINDOW = {"since": "2024-03-04T06:00", "until": "2024-03-04T14:00"}
HEADERS = {"x-andon": "1"}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    made = opened(tmp_path_factory.mktemp("works"))
    made.say("state", O1)
    made.count("total_count", [(100, 128), (300, 200), (469, 100), (485, 0)])
    made.count("reject_count", [(195, 9), (460, 10), (485, 0)])
    with lending(made.folder, Lent(lambda: read_plant(made.folder), made.history, {})):
        yield made
    shut(made)


@pytest.fixture(scope="module")
def asks(works: Works) -> Iterator[TestClient]:
    with TestClient(site(works.folder), base_url="http://127.0.0.1", headers=HEADERS) as client:
        yield client


def test_an_answer_is_the_same_in_json_excel_and_parquet(asks: TestClient) -> None:
    said = asks.get("/api/studies/oee", params=WINDOW).json()
    figures = {f["name"]: f["value"] for f in said["figures"]}
    book = openpyxl.load_workbook(io.BytesIO(file(asks, "xlsx")), data_only=True)
    rows = {r[0]: r[1] for r in book["figures"].iter_rows(min_row=2, values_only=True)}
    frame = pl.read_parquet(io.BytesIO(file(asks, "parquet")))
    assert rows["oee"] == pytest.approx(figures["oee"])
    assert frame["oee"][0] == pytest.approx(figures["oee"])
    assert [n for n in book.sheetnames if n in ("question", "figures", "coverage")] == [
        "question",
        "figures",
        "coverage",
    ]
    assert dict(book["question"].iter_rows(min_row=2, values_only=True))["coverage"] == pytest.approx(said["coverage"])


def file(asks: TestClient, kind: str, **more: str) -> bytes:
    answer = asks.get("/api/studies/oee", params=WINDOW | {"format": kind} | more)
    assert answer.status_code == 200, answer.text
    assert f'filename="oee_2024-03-04.{kind}"' in answer.headers["content-disposition"]
    return answer.content


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<svg")])
def test_the_picture_of_an_answer_is_saved(asks: TestClient, kind: str, begins: bytes) -> None:
    light, dark = file(asks, kind), file(asks, kind, theme="dark")
    assert light.startswith(begins)
    assert light != dark


def test_a_workbook_in_chinese_says_so_and_a_picture_carries_its_colours(asks: TestClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(file(asks, "xlsx", lang="zh")))
    assert "指标" in book.sheetnames
    picture = asks.get("/api/studies/oee", params=WINDOW | {"lang": "zh"}).json()["picture"]
    assert picture["colors"]["productive"] == ["#3a9277", "#3f9f82"]
    assert picture["words"]["productive"] == "有效生产"


def test_plant_toml_is_saved_with_its_comments_and_the_old_text_is_kept(asks: TestClient, works: Works) -> None:
    before = asks.get("/api/paper").json()
    assert [m for m in before["mistakes"] if not m["warning"]] == []
    text = "# ours\n" + before["text"]
    after = asks.put("/api/paper", json={"text": text, "digest": before["digest"], "why": "a comment"}).json()
    assert (works.folder / "plant.toml").read_text("utf-8") == text == after["text"]
    copy = asks.get(f"/api/paper/copies/{after['copies'][0]['name']}").json()
    assert copy["text"] == before["text"]
    last = list(audit.lines(works.folder / "ledger"))[-1]
    assert (last.act, last.arguments["why"], last.result["state"]) == ("write_plant", "a comment", "done")


def test_what_is_wrong_is_named_with_its_line_and_not_saved(asks: TestClient, works: Works) -> None:
    before = asks.get("/api/paper").json()
    wrong = before["text"].replace('zone = "UTC"', 'zone = "Mars"')
    line = next(i for i, row in enumerate(wrong.splitlines(), 1) if "Mars" in row)
    (mistake,) = [m for m in asks.post("/api/paper/check", json={"text": wrong}).json()["mistakes"] if not m["warning"]]
    assert mistake["line"] == line
    assert "Mars" in mistake["text"]
    answer = asks.put("/api/paper", json={"text": wrong, "digest": before["digest"]})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/BadConfig")
    assert (works.folder / "plant.toml").read_text("utf-8") == before["text"]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(asks: TestClient, works: Works) -> None:
    before = asks.get("/api/paper").json()
    (works.folder / "plant.toml").write_text(before["text"] + "# theirs\n", "utf-8")
    answer = asks.put("/api/paper", json={"text": before["text"] + "# mine\n", "digest": before["digest"]})
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/Changed")
    assert (works.folder / "plant.toml").read_text("utf-8").endswith("# theirs\n")


@pytest.mark.parametrize("name", ["..%2Fplant.toml", "plant-20240101T000000Z.toml", "%2Fetc%2Fpasswd"])
def test_only_copies_of_plant_toml_are_read(asks: TestClient, name: str) -> None:
    assert asks.get(f"/api/paper/copies/{name}").status_code == 404
    assert asks.get(f"/api/quarantine/files/{name}").status_code == 404


def test_receipts_come_newest_first_and_page_by_page(asks: TestClient, works: Works) -> None:
    rows = asks.get("/api/receipts", params={"limit": 2}).json()
    assert [r["number"] for r in rows] == [works.sent, works.sent - 1]
    older = asks.get("/api/receipts", params={"limit": 1, "before": rows[-1]["receipt"]}).json()
    assert [r["number"] for r in older] == [works.sent - 2]
    assert rows[0]["since"] > 1.7e15


def test_who_may_see_one_line_gets_no_receipts_or_files_of_others(works: Works) -> None:
    with seen_by(["line-9"]):
        assert receipts(works.folder) == []
        assert refused(works.folder) == []
        with pytest.raises(NotAllowed, match="some lines"):
            written_plant(works.folder, by=("eve", "admin"))
    with pytest.raises(NotAllowed, match="engineer"):
        written_plant(works.folder, by=("eve", "operator"))


def test_a_backup_is_one_tar_file_that_holds_the_plant(asks: TestClient, works: Works, tmp_path: Path) -> None:
    answer = asks.get("/api/backup")
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        tar.extractall(tmp_path, filter="data")
    (root,) = tmp_path.iterdir()
    assert (root / "plant.toml").read_bytes() == (works.folder / "plant.toml").read_bytes()
    assert (root / "history").is_dir()
    assert (root / "ledger" / "books.sqlite").is_file()
    assert not list(works.folder.glob(".backup-*"))


def test_a_backup_goes_to_a_new_folder_elsewhere(asks: TestClient, works: Works, tmp_path: Path) -> None:
    done = asks.post("/api/backup", json={"goal": str(tmp_path / "copy")}).json()
    assert done["files"] == sum(1 for f in (tmp_path / "copy").rglob("*") if f.is_file())
    for wrong in ("copy", str(works.folder / "inside"), str(tmp_path)):
        assert asks.post("/api/backup", json={"goal": wrong}).status_code == 422, wrong


def test_damage_is_named(asks: TestClient, works: Works) -> None:
    assert asks.post("/api/verify?deep=true").json() == {"damaged": False, "damages": []}
    log = works.folder / "ledger" / "audit.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole.replace(b"a comment", b"a Comment", 1))
    try:
        found = asks.post("/api/verify").json()
    finally:
        log.write_bytes(whole)
    assert found["damaged"]
    assert "audit.jsonl" in json.dumps(found["damages"])


def test_storage_and_retention_say_what_there_is(asks: TestClient, works: Works) -> None:
    stored = asks.get("/api/storage").json()
    assert stored["batches"] == works.sent
    assert stored["parts"][0]["bytes"] > 0
    rows = asks.get("/api/retention").json()
    assert sum(r["signals"] for r in rows) == 3
    assert asks.post("/api/retention/expire").json() == []


def test_a_question_that_is_put_over_http_stands_until_it_is_ended(asks: TestClient) -> None:
    put = asks.post(
        "/api/acts/ask_again", json={"study": "oee", "at": PRESS, "name": "few", "figure": "oee", "limit": 0.6}
    )
    (row,) = asks.get("/api/schedules").json()
    assert (row["number"], row["name"], row["limit"], row["last"]) == (put.json()["number"], "few", 0.6, None)
    told = asks.get(f"/api/schedules/{row['number']}").json()
    assert (told["answers"], told["units"]["oee"]) == ([], "1")
    assert asks.get("/api/schedules/999").status_code == 404
    asks.post("/api/acts/stop_asking", json={"number": row["number"]})
    assert asks.get("/api/schedules").json() == []


def written(sheet: Sheet) -> Worksheet:
    book = Book("Asia/Shanghai")
    book.sheet(sheet)
    return openpyxl.load_workbook(io.BytesIO(book.finished())).worksheets[0]


def test_cells_are_in_the_units_that_people_read_and_stay_numbers() -> None:
    units = ("1", "us", "us{1970}", "{p}", "us/{part}", "{value}mm", "")
    cells = [0.5, 90_000_000, 0, 3e-9, 1_500_000, 2.5, None]
    head, row = written(Sheet("a", [("n", u) for u in units], [cells])).rows
    assert [c.value for c in head] == ["n", "n (min)", "n", "n", "n (s)", "n (mm)", "n"]
    assert [c.value for c in row] == [0.5, 1.5, datetime(1970, 1, 1, 8), 3e-9, 1.5, 2.5, None]
    assert (row[0].number_format, row[3].number_format) == ("0.0%", '[<0.0001]"< 0.0001";0.0000')


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
def test_no_text_of_a_workbook_is_a_formula(text: str) -> None:
    cells = [c for row in written(Sheet(text, [(text, "")], [[text], [-1.5]])).iter_rows() for c in row]
    assert [c.data_type for c in cells] == ["s", "s", "n"]
    assert cells[1].value == text
