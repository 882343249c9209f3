"""/storage, /receipts, /quarantine, /retention, /backup, /verify: what is kept, and the looking after it."""

from __future__ import annotations

import time
from pathlib import Path
from types import ModuleType
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.responses import FileResponse, StreamingResponse

from .served import Asking, Door

Limit = Annotated[int, Query(ge=1, le=500, description="Rows at most.")]
Before = Annotated[int, Query(ge=0, le=1 << 62, description="Only receipts with a smaller number; 0: the newest.")]
Goal = Annotated[str, Body(embed=True, max_length=4_000, description="A new folder, as a whole path.")]
Deep = Annotated[bool, Query(description="Read every sealed file, not only the catalog.")]
ADMIN, ENGINEER = {"x-right": "admin"}, {"x-right": "engineer"}


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    """What is kept, and looking after it."""
    door = Door(house, folder)
    _shows(found, door)
    _looks_after(found, door)


def _shows(found: APIRouter, door: Door) -> None:
    @found.get("/storage", operation_id="storage")
    def storage(asking: Asking = Depends(door)) -> Response:
        """How many bytes each part of the plant folder takes, and how much room is left."""
        return asking.told(asking.ask("storage", asking.language))

    @found.get("/receipts", operation_id="receipts")
    def receipts(asking: Asking = Depends(door), limit: Limit = 100, before: Before = 0) -> Response:
        """What came in, the newest first: one row a batch."""
        return asking.told(asking.ask("receipts", limit=limit, before=before))

    @found.get("/quarantine", operation_id="quarantine")
    def quarantine(asking: Asking = Depends(door), limit: Limit = 100, before: Before = 0) -> Response:
        """Samples that could not be stored and why, the newest first; and the files of rows that imports refused."""
        rows = asking.ask("refused", limit=limit, before=before)
        return asking.told({"samples": rows, "files": asking.ask("refused_files")})

    @found.get("/quarantine/files/{name}", operation_id="quarantine_file", response_class=FileResponse)
    def file(name: str, asking: Asking = Depends(door)) -> Response:
        """One of the files of refused rows."""
        path = asking.ask("refused_file", name)
        return FileResponse(path, media_type="text/csv; charset=utf-8", filename=name)

    @found.get("/retention", operation_id="retention")
    def retention(asking: Asking = Depends(door)) -> Response:
        """Each class of retention: how long it is kept, how many signals it has, how many samples are due to go."""
        return asking.told(asking.ask("retention"))


def _looks_after(found: APIRouter, door: Door) -> None:
    @found.post("/retention/expire", operation_id="expire", openapi_extra=ADMIN)
    def expire(asking: Asking = Depends(door)) -> Response:
        """Delete what is older than its class of retention says, for good."""
        return asking.told(asking.ask("expired", by=asking.by))

    @found.post("/backup", operation_id="backup", openapi_extra=ADMIN)
    def backup(goal: Goal, asking: Asking = Depends(door)) -> Response:
        """Copy the whole plant into a new folder of the computer that runs it."""
        return asking.told(asking.ask("saved", goal, by=asking.by))

    @found.get("/backup", operation_id="download_backup", openapi_extra=ADMIN, response_class=StreamingResponse)
    def download(asking: Asking = Depends(door)) -> Response:
        """The whole plant as one tar file."""
        pieces = asking.ask("packed", by=asking.by)
        name = f"andon-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.tar"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return StreamingResponse(pieces, media_type="application/x-tar", headers=headers)

    @found.post("/verify", operation_id="verify", openapi_extra=ENGINEER)
    def verify(asking: Asking = Depends(door), deep: Deep = False) -> Response:
        """Check history, books and audit log; every damage is named."""
        verdict = asking.ask("proved", deep=deep, by=asking.by)
        return asking.told({"damaged": verdict.damaged, "damages": verdict.rows})
