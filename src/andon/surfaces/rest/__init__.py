"""The REST face: every read, study and act of the house as OpenAPI, and live values; it contains no analysis."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from fastapi import APIRouter


def router(house: ModuleType, folder: Path) -> APIRouter:
    """The routes under /api, for a plant folder."""
    found = APIRouter(prefix="/api")

    @found.get("/sources")
    def sources() -> object:
        return house.sources(folder)

    return found
