"""Making a plant folder and checking it."""

from __future__ import annotations

import time
from pathlib import Path

from ..config import Mistake, check, schema, template
from ..errors import BadConfig
from ..plant.zones import zone_names


def create(folder: Path, *, name: str, zone: str = "", currency: str = "EUR", language: str = "en") -> Path:
    """Make a plant folder with a commented plant.toml; one that is there already is left alone.

    Raises
    ------
    BadConfig
        The folder holds a plant already.
    """
    file = folder / "plant.toml"
    if file.exists():
        raise BadConfig(f"{file} is there already; nothing was changed.")
    text = template(name, zone=zone or zone_here(), currency=currency, language=language)
    for part in ("history", "ledger"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def is_plant(folder: Path) -> bool:
    return (folder / "plant.toml").is_file()


def no_plant(folder: Path) -> BadConfig:
    return BadConfig(f"{folder} is no plant folder: it has no plant.toml. Make one with `andon init {folder}`.")


def zone_here() -> str:
    """This machine's IANA zone where the system tells it, else UTC."""
    link = Path("/etc/localtime")
    named = str(link.resolve()).partition("zoneinfo/")[2] if link.exists() else ""
    candidates = [named, *time.tzname]
    return next((c for c in candidates if c in zone_names()), "UTC")


__all__ = ["Mistake", "check", "create", "is_plant", "no_plant", "schema", "zone_here"]
