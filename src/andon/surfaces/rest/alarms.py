"""/alarms, /calls: what stands, what was, what is kept back; who calls for help."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, Depends, Query, Response

from . import shapes
from .served import Asking, Door
from .when import AT, When, when


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/alarms", operation_id="alarms", response_model=list[shapes.AlarmRow])
    def alarms(
        asking: Asking = Depends(door),
        at: str = AT,
        everything: bool = Query(False, description="Also those that are over."),
        span: When = Depends(when),
    ) -> Response:
        """The alarms that stand, the most urgent first; with a window or `everything` also those that are over."""
        rows = asking.ask("alarms", at, everything=everything, **span.said)
        return asking.told([told_alarm(r, asking.language) for r in rows])

    @found.get("/alarms/hidden", operation_id="alarms_hidden")
    def hidden(asking: Asking = Depends(door)) -> Response:
        """The alarms that somebody keeps from people now: shelved until a time, or out of service; by whom and why."""
        return asking.told(asking.ask("kept_back"))

    @found.get("/alarms/defined", operation_id="alarms_defined")
    def defined(asking: Asking = Depends(door)) -> Response:
        """The alarms that plant.toml defines, each with its condition, its delays and what is to be done."""
        return asking.told(asking.ask("defined"))

    @found.get("/calls", operation_id="calls")
    def calls(asking: Asking = Depends(door), at: str = AT, span: When = Depends(when)) -> Response:
        """The calls for help that nobody has ended, the longest first; with a window all of that time."""
        return asking.told(asking.ask("calls", at, **span.said))


def told_alarm(row: dict[str, object], language: str) -> dict[str, object]:
    """A row with its message in the reader's language, under names that programs like."""
    found = {name.replace(" ", "_"): value for name, value in row.items() if name != "message_zh"}
    return found | {
        "message": row["message_zh" if language == "zh" else "message"],
        "first_out": bool(row["first out"]),
    }
