"""/paper: plant.toml as a text: read, checked, saved if nobody changed it meanwhile, and what it was before."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response

from ...words import told
from .served import Asking, Door

LONGEST = 4_000_000
"""Characters of a plant.toml at most."""
Text = Annotated[str, Body(embed=True, max_length=LONGEST, description="The whole text.")]
Digest = Annotated[str, Body(embed=True, max_length=64, description="Of the text that this one was made from.")]
Why = Annotated[str, Body(embed=True, max_length=2_000, description="What there is to say about it.")]
ENGINEER = {"x-right": "engineer"}


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/paper", operation_id="paper", openapi_extra=ENGINEER)
    def read(asking: Asking = Depends(door)) -> Response:
        """The text of plant.toml, the digest that saving needs, its mistakes, and the copies of what it was before."""
        return asking.told(_spoken(asking.ask("written_plant", by=asking.by), asking.language))

    @found.post("/paper/check", operation_id="check_paper", openapi_extra=ENGINEER)
    def check(text: Text, asking: Asking = Depends(door)) -> Response:
        """The mistakes and warnings that a text would have as plant.toml; nothing is saved."""
        rows = asking.ask("checked_plant", text, by=asking.by)
        return asking.told(_spoken({"mistakes": rows}, asking.language))

    @found.put("/paper", operation_id="save_paper", openapi_extra=ENGINEER)
    def save(text: Text, digest: Digest, why: Why = "", asking: Asking = Depends(door)) -> Response:
        """Put a new text in place of plant.toml, if it is right and nobody changed the old one meanwhile."""
        return asking.told(_spoken(asking.ask("rewritten", text, digest, by=asking.by, why=why), asking.language))

    @found.get("/paper/copies/{name}", operation_id="paper_copy", openapi_extra=ENGINEER)
    def earlier(name: str, asking: Asking = Depends(door)) -> Response:
        """One of the texts that plant.toml had before."""
        return asking.told(asking.ask("earlier_plant", name, by=asking.by))


def _spoken(answer: dict[str, object], language: str) -> dict[str, object]:
    mistakes = answer["mistakes"]
    assert isinstance(mistakes, list)
    return {**answer, "mistakes": [{**m, "text": told(str(m["text"]), language)} for m in mistakes]}
