"""A backup has all that a plant folder holds and nobody could make again; it comes back file by file as it was."""

import json
from pathlib import Path

import numpy as np
import pytest

from andon import app
from andon.accounts import Accounts, Person, people
from andon.app.gauges import Wanted
from andon.errors import BadInput, BadQuestion, Damaged
from andon.historian import Historian
from andon.model import Window
from measuring import LATHE, PLANT, batch, parts

NOW = 1_795_762_800_000_000
ALL = Window(0, 1 << 61)
BY = ("ann", "admin")
OTHERS = {
    "reports/shifts/2026-11-26-early.pdf": b"%PDF-1.7",
    "reports/made.jsonl": b"{}\n",
    "standing/1.jsonl": b"{}\n",
    "quarantine/export.csv": b"row,why\n",
    "sources/hall/trusted/server.der": b"\x30\x82",
    "sources/hall/own/key.pem": b"secret",
    "secrets.toml": b"[hall]\npassword = 'x'\n",
    "notes/why.txt": b"whatever people put there",
}
SECRET = {"sources/hall/own/key.pem", "secrets.toml"}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("works")
    (folder / "plant.toml").write_text(PLANT, "utf-8")
    with Historian.own(folder / "history") as history:
        history.write(batch("gauges", 1, LATHE, parts(NOW)))
    for path, content in OTHERS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        (folder / path).chmod(0o600)
    with Accounts(folder) as accounts:
        people.add(accounts, Person(name="ann", right="admin"), password="correct horse battery", by=BY)
    app.plan_gauge_study(folder, "G-1", Wanted(LATHE, "diameter"), by=BY)
    app.keep_photo(folder, b"\x89PNG\r\n\x1a\n" + bytes(64))
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """All but the databases, which are compared by what they say."""
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    live = ("history/", "accounts/", "ledger/books")
    return {name: p.read_bytes() for name, p in found.items() if not name.startswith(live)}


def test_a_plant_comes_back_from_its_backup_with_everything_in_it(works: Path, tmp_path: Path) -> None:
    app.backed_up(works, tmp_path / "copy")
    app.restored(tmp_path / "copy", tmp_path / "again")
    before, after = files(works), files(tmp_path / "again")
    assert after == before
    assert {*OTHERS, "plant.toml", "gauge-studies/G-1.json", "ledger/audit.jsonl"} <= set(after)
    assert (tmp_path / "again" / "secrets.toml").stat().st_mode & 0o077 == 0
    with Historian.own(works / "history") as old, Historian.own(tmp_path / "again" / "history") as new:
        assert np.array_equal(new.measurements(LATHE, ALL).value, old.measurements(LATHE, ALL).value)
        assert len(new.units(LATHE, ALL)) == 600
    with Accounts(tmp_path / "again") as accounts:
        assert [p.name for p in people.listed(accounts)] == ["ann"]
    assert not app.verified(tmp_path / "again").damaged


def test_a_backup_by_the_page_has_no_secrets(works: Path, tmp_path: Path) -> None:
    app.saved(works, str(tmp_path / "copy"), by=BY)
    assert set(files(works)) - set(files(tmp_path / "copy")) == SECRET


def test_a_file_that_was_changed_or_a_backup_that_was_cut_off_is_not_brought_back(works: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    app.backed_up(works, copy)
    (copy / "gauge-studies" / "G-1.json").write_text("{}")
    with pytest.raises(Damaged, match=r"gauge-studies/G-1\.json \(1 of \d+ files"):
        app.restored(copy, tmp_path / "again")
    (copy / "backup.json").unlink()
    with pytest.raises(BadQuestion, match="no finished backup"):
        app.restored(copy, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_backup_does_not_go_into_the_plant_folder(works: Path) -> None:
    with pytest.raises(BadInput, match="elsewhere"):
        app.backed_up(works, works / "copy")


def test_a_photo_that_was_touched_is_named(works: Path, tmp_path: Path) -> None:
    app.backed_up(works, tmp_path / "copy")
    app.restored(tmp_path / "copy", tmp_path / "again")
    (photo,) = (tmp_path / "again" / "photos").iterdir()
    photo.write_bytes(photo.read_bytes() + b"!")
    assert [r["file"] for r in app.verified(tmp_path / "again").rows] == [f"photos/{photo.name}"]
    assert json.dumps(app.verified(works).rows) == "[]"


def test_what_is_older_than_its_class_says_goes_with_what_was_measured(works: Path, tmp_path: Path) -> None:
    app.backed_up(works, tmp_path / "copy")
    app.restored(tmp_path / "copy", tmp_path / "again")
    plant = tmp_path / "again" / "plant.toml"
    assert app.forgotten(tmp_path / "again", really=False) == []
    plant.write_text(f"{PLANT}\n[retention]\nmeasurements = '1 s'\n", "utf-8")
    (row,) = (r for r in app.retention(tmp_path / "again") if r["class"] == "measurements")
    assert (row["machines"], row["due"]) == (2, 600 + len(parts(NOW)))
    app.expired(tmp_path / "again", by=BY)
    with Historian.own(tmp_path / "again" / "history") as history:
        assert len(history.units(LATHE, ALL)) == 0
    assert [r["due"] for r in app.retention(tmp_path / "again")] == [0, 0]
