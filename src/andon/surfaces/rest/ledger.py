"""/ledger: where the time of closed shifts went, its entries down to the samples, its versions, its balance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter, Depends, Query, Response

from ...answer import Plain
from ...words import say
from . import shapes, told
from .openapi import files
from .served import Asking, Door
from .streams import answer_as, shape_of
from .studies import FORMAT
from .when import AT, When, when

UNITS = {
    "time": "us",
    "share": "1",
    "productive": "1",
    "coverage": "1",
    "planned_busy_time": "us",
    "length": "us",
    "parts": "{part}",
    "kwh": "kW.h",
    "kgco2e": "kg",
    "money": "{money}",
}


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/ledger", operation_id="ledger", response_model=shapes.LedgerTable, responses=files("csv", "arrow"))
    def ledger(
        asking: Asking = Depends(door),
        at: str = AT,
        span: When = Depends(when),
        by: str = Query("loss", description="loss, reason, machine, line, shift, day, week, product, order, entry..."),
        format: str = FORMAT,
    ) -> Response:
        """Losses of closed shifts, ranked, in minutes, parts and money; shifts that have finished since are closed."""
        ranking = asking.ask("losses", at, **span.said, by=by)
        rows = [_named(r) for r in ranking.rows]
        shape = shape_of(asking.request, format)
        if shape != "json":
            return answer_as(shape, rows, "ledger")
        return asking.told(_told(asking, rows, ranking))

    @found.get("/ledger/entries/{entry}", operation_id="ledger_entry", response_model=shapes.Entry)
    def entry(entry: int, asking: Asking = Depends(door)) -> Response:
        """One entry, the stops it is the sum of, and the samples behind the longest of them."""
        opened = asking.ask("opened", str(entry), spoken=False)
        texts = [c for r in (opened.entry, *opened.samples) for c in r.values()]
        return asking.told(
            {
                "entry": opened.entry,
                "currency": opened.currency,
                "stops": opened.stops,
                "samples": opened.samples,
                "words": told.words(texts, asking.language),
            }
        )

    @found.get("/ledger/versions", operation_id="ledger_versions", response_model=list[dict[str, object]])
    def versions(
        asking: Asking = Depends(door),
        entry: str = Query(..., description="An entry's number, or 'machine day shift'."),
    ) -> Response:
        """All versions of a closed shift: who made each, when, why, and what changed."""
        return asking.told([_named(r) for r in asking.ask("versions", entry, spoken=False)])

    @found.get("/ledger/balance", operation_id="ledger_balance", response_model=shapes.Balance)
    def balance(asking: Asking = Depends(door)) -> Response:
        """The proof that every closed shift adds up, to the microsecond, in every version."""
        proofs = asking.ask("balance")
        return asking.told({"shifts": proofs.shifts, "wrong": proofs.wrong, "rows": proofs.rows})


def _named(row: Mapping[str, Plain]) -> dict[str, Plain]:
    """Columns under names that programs like."""
    return {name.replace(" ", "_"): value for name, value in row.items()}


def _told(asking: Asking, rows: list[dict[str, Plain]], ranking: Any) -> dict[str, object]:
    spoken = asking.language
    texts = asking.ask("reasons", spoken) if any("reason" in r for r in rows) else []
    reasons = {str(r["code"]): str(r["text"]) for r in texts}
    cells = [c for r in rows for c in r.values()]
    return {
        "title": ranking.title,
        "currency": ranking.currency,
        "note": say(ranking.note, spoken),
        **told.table(rows, UNITS, spoken, ranking.currency),
        "words": told.words(cells, spoken) | reasons,
    }
