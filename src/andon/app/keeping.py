"""What is kept, for the page of data: receipts, what was refused, how much room it takes, retention, copies to keep."""

from __future__ import annotations

import shutil
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

from ..answer import Plain, plain
from ..errors import BadInput, UnknownName
from ..plant import Plant
from ..words import say
from .copying import DRAFT, backed_up
from .opening import open_plant, paper, restricted
from .recorded import Doer, allowed, recorded
from .upkeep import Verdict, forgotten, verified

Row = dict[str, Plain]
MOST = 500
"""Rows at once."""
CHUNK = 1 << 20
STALE = 24 * 3600
"""Seconds after which a backup that a kill left half made is cleared away."""
TIERS = {"history/cold": "sealed", "history/rollup": "roll-ups", "ledger": "ledger", "standing": "standing questions"}


def receipts(folder: Path, *, limit: int = 100, before: int = 0) -> list[Row]:
    """What came in, the newest first: one row a batch; `before`: only receipts with a smaller number."""
    where = _places(paper(folder), "source", before)
    return _rows(
        folder,
        f'SELECT seq AS receipt, source, number, epoch_us("at") AS "at", rows, refused, epoch_us(since) AS since, '
        f"epoch_us(until) AS until FROM receipts WHERE {where} ORDER BY seq DESC LIMIT {_limit(limit)}",
    )


def refused(folder: Path, *, limit: int = 100, before: int = 0) -> list[Row]:
    """Samples that could not be stored, and why, the newest first."""
    where = _places(paper(folder), "signal", before)
    return _rows(
        folder,
        f'SELECT receipt, signal, "at", value, text, reason FROM (SELECT receipt AS seq, * FROM quarantine) '
        f"WHERE {where} ORDER BY receipt DESC LIMIT {_limit(limit)}",
    )


def refused_files(folder: Path) -> list[Row]:
    """Files of rows that imports refused, each with its reason; the newest first."""
    home = folder / "quarantine"
    found = [(f, f.stat()) for f in home.glob("*.csv")] if home.is_dir() and not restricted() else []
    rows: list[Row] = [{"name": f.name, "bytes": s.st_size, "at": s.st_mtime_ns // 1000} for f, s in found]
    return sorted(rows, key=lambda r: -int(str(r["at"])))


def refused_file(folder: Path, name: str) -> Path:
    """Where one of these files lies."""
    known = [str(r["name"]) for r in refused_files(folder)]
    if name not in known:
        raise UnknownName("file of refused rows", name, known)
    return folder / "quarantine" / name


def storage(folder: Path, language: str = "en") -> Row:
    """How many bytes each part of the plant folder takes, how much room is left, how much is kept."""
    parts: list[Plain] = [{"name": say("newest", language), **_weight([*(folder / "history").glob("hot.duckdb*")])}]
    parts += [{"name": say(t, language), **_weight((folder / p).rglob("*"))} for p, t in TIERS.items()]
    disk = shutil.disk_usage(folder)
    with open_plant(folder) as plant:
        (counts,) = plant.history.sql(
            "SELECT (SELECT sum(rows) FROM receipts) AS samples, (SELECT count(*) FROM receipts) AS batches, "
            "(SELECT count(*) FROM quarantine) AS refused, (SELECT epoch_us(min(since)) FROM receipts) AS since"
        ).to_pylist()
    return {"parts": parts, "free": disk.free, "total": disk.total, **{k: plain(v) for k, v in counts.items()}}


def retention(folder: Path) -> list[Row]:
    """Each class of retention: how long it is kept (microseconds, None: for ever), its signals, what is due to go.

    Machines are those whose units and measurements are of the class; the rows that are due are samples and these.
    """
    plant = paper(folder)
    due = {str(r["path"]): int(str(r["rows"])) for r in forgotten(folder, really=False)}
    return [
        {
            "class": name,
            "keep": plant.retention.get(name),
            "signals": len(signals := [p for p in paths if p not in plant.machines]),
            "machines": len(paths) - len(signals),
            "due": sum(due.get(p, 0) for p in paths),
            "examples": list((signals or paths)[:3]),
        }
        for name, paths in plant.kept().items()
    ]


def expired(folder: Path, *, by: Doer) -> list[Row]:
    """Delete what is older than its class of retention says, for good."""
    with recorded(folder, "expire", by, "admin"):
        return forgotten(folder, really=True)


def saved(folder: Path, target: str, *, by: Doer) -> Row:
    """Copy the whole plant, without its secrets, into a new folder on this computer, while it runs."""
    goal = Path(target).expanduser()
    with recorded(folder, "backup", by, "admin", {"folder": str(goal)}):
        if not goal.is_absolute():
            raise BadInput(f"{target!r} is no whole path: name the folder from the root on, such as /backup/works.")
        try:
            backed_up(folder, goal, secrets=False)
        except OSError as error:
            raise BadInput(f"{goal} cannot be written: {error.strerror}.") from error
    return {"folder": str(goal), **_weight(goal.rglob("*"))}


def packed(folder: Path, *, by: Doer) -> Iterator[bytes]:
    """The whole plant, without its secrets, as one tar file while it runs; `andon restore` brings its contents back."""
    with recorded(folder, "backup", by, "admin", {"folder": "download"}):
        _clear(folder)
        draft = Path(mkdtemp(prefix=DRAFT, dir=folder))
        try:
            backed_up(folder, draft, secrets=False)
        except BaseException:
            shutil.rmtree(draft)
            raise
    return _tar(draft, f"{paper(folder).name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")


def proved(folder: Path, *, deep: bool, by: Doer) -> Verdict:
    """Check history, books and audit log; `deep` reads every sealed file."""
    allowed(by, "engineer", "verify")
    return verified(folder, deep=deep)


def _tar(draft: Path, name: str) -> Iterator[bytes]:
    """A tar file made while it is read, and the draft cleared away after it."""
    try:
        for file in sorted(f for f in draft.rglob("*") if f.is_file()):
            about = tarfile.TarInfo(f"{name}/{file.relative_to(draft).as_posix()}")
            stat = file.stat()
            about.size, about.mtime, about.mode = stat.st_size, int(stat.st_mtime), 0o600
            yield about.tobuf(tarfile.PAX_FORMAT)
            with file.open("rb") as read:
                while piece := read.read(CHUNK):
                    yield piece
            yield b"\0" * (-stat.st_size % tarfile.BLOCKSIZE)
        yield b"\0" * 2 * tarfile.BLOCKSIZE
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _clear(folder: Path) -> None:
    for left in folder.glob(DRAFT + "*"):
        if left.stat().st_mtime < time.time() - STALE:
            shutil.rmtree(left, ignore_errors=True)


def _weight(files: object) -> Row:
    found = [f.stat().st_size for f in files if f.is_file()]  # type: ignore[attr-defined]  # an iterable of paths
    return {"bytes": sum(found), "files": len(found)}


def _rows(folder: Path, sql: str) -> list[Row]:
    with open_plant(folder) as plant:
        return [{k: plain(v) for k, v in r.items()} for r in plant.history.sql(sql).to_pylist()]


def _limit(limit: int) -> int:
    if not 1 <= limit <= MOST:
        raise BadInput(f"limit = {limit}: give 1 to {MOST}.")
    return limit


def _places(plant: Plant, column: str, before: int) -> str:
    """A condition of SQL: before a receipt, and only of sources or signals that whoever asks may see."""
    after = f"seq < {int(before)}" if before else "TRUE"
    if not restricted():
        return after
    seen = (
        [s.name for s in plant.sources]
        if column == "source"
        else [s.path for m in plant.machines.values() for s in m.signals.values()]
    )
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in seen) or "NULL"
    return f"{after} AND {column} IN ({quoted})"
