"""A copy of the history while it runs, and a history out of a copy."""

import hashlib
import json
import os
import shutil
from pathlib import Path

from ..errors import BadQuestion, Damaged
from .files import fsync
from .hot import Store, raise_if_full, snapshot

MANIFEST = "backup.json"
"""Says which files there are, and their SHA-256; written last."""


def backup(store: Store, target: Path) -> Path:
    """Copy the history into an empty folder, or bring an older backup there up to date; writing goes on meanwhile."""
    target = Path(target).absolute()
    if target.exists() and any(target.iterdir()) and not (target / MANIFEST).exists():
        raise BadQuestion(f"{target} is not empty and holds no backup of Andon's. Name an empty folder.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        (target / MANIFEST).unlink(missing_ok=True)  # until all is there it is no backup
        with store.sealing:
            hot = _copy_hot(store, target)
            files = _sealed(store)
            for path, digest in files.items():
                _copy(store.folder / path, target / path, digest)
        for path in sorted(set(_present(target)) - set(files)):
            (target / path).unlink()
        tell(target, store.now(), files | {"hot.duckdb": hot})
    except OSError as error:
        raise_if_full(store, error)
        raise
    return target


def restore(source: Path, folder: Path) -> Path:
    """Make a history folder out of a backup; every file is checked on the way."""
    source, folder = Path(source), Path(folder)
    files = checked(source)
    if folder.exists() and any(folder.iterdir()):
        raise BadQuestion(f"{folder} is not empty. Restore into a new folder, look at it, and then swap the two.")
    for path, digest in files.items():
        _copy(source / path, folder / path, digest)
    return folder


def checked(source: Path) -> dict[str, str]:
    """The files of a backup with their SHA-256, each read and as it was written.

    Raises
    ------
    BadQuestion
        The backup was never finished.
    Damaged
        A file is missing or changed.
    """
    try:
        files: dict[str, str] = json.loads((source / MANIFEST).read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError) as error:
        raise BadQuestion(
            f"{source} holds no finished backup: {MANIFEST} is missing or unreadable ({error})."
        ) from error
    damaged = [path for path, digest in files.items() if digest_of(source / path) != digest]
    if damaged:
        raise Damaged(
            f"The backup {source} is damaged: {', '.join(damaged[:5])} "
            f"({len(damaged)} of {len(files)} files are missing or not as they were written)."
        )
    return files


def tell(target: Path, taken: int, files: dict[str, str]) -> None:
    """Write the manifest: from now on what lies there is a backup."""
    _write_synced(target / MANIFEST, json.dumps({"taken": taken, "files": files}, indent=1).encode())


def digest_of(path: Path) -> str:
    """SHA-256 of a file, or "" where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _copy_hot(store: Store, target: Path) -> str:
    """A copy of the DuckDB file as it is at one moment, without holding up writes."""
    draft = target / "hot.duckdb.new"
    draft.unlink(missing_ok=True)
    cursor = store.cursor()
    quoted = str(draft).replace("'", "''")
    cursor.execute(f"ATTACH '{quoted}' AS copy")
    try:
        name = cursor.execute("SELECT current_database()").fetchall()[0][0]
        cursor.execute(f'COPY FROM DATABASE "{name}" TO copy')
        cursor.execute("CHECKPOINT copy")
    finally:
        cursor.execute("DETACH copy")
        cursor.close()
    fsync(draft)
    os.replace(draft, target / "hot.duckdb")
    fsync(target)
    return digest_of(target / "hot.duckdb")


def _sealed(store: Store) -> dict[str, str]:
    with snapshot(store) as db:
        return dict(
            db.execute(
                "SELECT path, digest FROM segments UNION ALL SELECT path, digest FROM rollups "
                "UNION ALL SELECT path, digest FROM blocks"
            ).fetchall()
        )


def _copy(source: Path, target: Path, digest: str) -> None:
    """Copy a sealed file unless it is there already; sealed files never change."""
    if target.exists() and target.stat().st_size == source.stat().st_size and digest_of(target) == digest:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".new")
    shutil.copyfile(source, draft)
    fsync(draft)
    os.replace(draft, target)
    fsync(target.parent)
    if digest_of(target) != digest:
        raise Damaged(f"{source} is not as it was written, so its copy is of no use. `andon verify` names all damage.")


def _present(target: Path) -> list[str]:
    return [p.relative_to(target).as_posix() for p in target.rglob("*.parquet")]


def _write_synced(path: Path, body: bytes) -> None:
    draft = path.with_suffix(".new")
    draft.write_bytes(body)
    fsync(draft)
    os.replace(draft, path)
    fsync(path.parent)
