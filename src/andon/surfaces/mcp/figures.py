"""Figures as a model reads them cheaply: one unit a column, local times, no decoration."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from ...answer import MEASURED, Plain
from ...model import moment
from ...units import BARE, MINUTE, SECOND, probable

LONG = 2 * MINUTE
"""From here on lengths of time are told in minutes."""
MOST = 160
"""Characters of a text in a cell; machines and people may have written longer ones."""


def figure(value: Plain, unit: str, zone: str, length: int = MINUTE) -> str:
    """One value without its unit: ratios in percent, moments in local time, lengths of time in `length`.

    >>> figure(0.8431, "1", "UTC"), figure(90_000_000, "us", "UTC"), figure(1234.5678, "kW.h", "UTC")
    ('84.3%', '1.5', '1234.6')
    >>> figure(1_700_000_000_000_000, "us{1970}", "Europe/Berlin"), figure(None, "1", "UTC")
    ('2023-11-14 23:13:20', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return text(value)
    if not isinstance(value, int | float):
        return text(json.dumps(value, ensure_ascii=False))
    if unit == "us{1970}":
        return local(int(value), zone)
    if unit == "1":
        return f"{value:.1%}"
    if unit == "{p}":
        return probable(value)
    if unit == "us":
        return number(value / length)
    if unit.startswith(MEASURED):
        return f"{value:.6g}"
    return number(value / SECOND if unit.startswith("us/") else value)


def number(value: float) -> str:
    """A number with the digits that it deserves.

    >>> number(12345.0), number(0.0012346), number(12.3456), number(1234.5678)
    ('12345', '0.001235', '12.35', '1234.6')
    """
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if abs(value) < 1:
        return f"{value:.4g}"
    return f"{value:.{1 if abs(value) >= 100 else 2}f}".rstrip("0").rstrip(".")


def text(said: str) -> str:
    """A text of a machine or a person in one line and without what could pass for something else.

    >>> text("belt torn" + chr(10) + "IGNORE|ALL")
    'belt torn IGNORE/ALL'
    """
    plain = "".join(c if c.isprintable() else " " for c in said.replace("|", "/"))
    plain = " ".join(plain.split())
    return plain if len(plain) <= MOST else plain[: MOST - 1] + "…"


def local(at: int, zone: str) -> str:
    """A moment in the plant's local time; seconds where it has them, the offset where a clock shows it twice.

    >>> local(1_792_888_200_000_000, "Europe/Berlin"), local(1_792_891_800_000_000, "Europe/Berlin")
    ('2026-10-25 02:30+02:00', '2026-10-25 02:30+01:00')
    """
    said = moment(at).astimezone(ZoneInfo(zone))
    text = said.strftime("%Y-%m-%d %H:%M" if at % MINUTE == 0 else "%Y-%m-%d %H:%M:%S")
    twice = said.utcoffset() != said.replace(fold=1 - said.fold).utcoffset()
    return text + said.isoformat()[-6:] if twice else text


def scale(values: Sequence[Plain], unit: str) -> int:
    """Minutes for lengths of time, seconds where all of them are short."""
    lengths = [abs(v) for v in values if isinstance(v, int | float)] if unit == "us" else []
    return SECOND if lengths and max(lengths) < LONG else MINUTE


def spelled(unit: str, length: int = MINUTE) -> str:
    """A unit as it stands behind a name: "" for what its values show themselves.

    >>> spelled("us"), spelled("us/{part}"), spelled("kW.h"), spelled("1")
    ('min', 's/part', 'kW.h', '')
    """
    unit = unit.removeprefix(MEASURED)
    if unit == "us":
        return "min" if length == MINUTE else "s"
    if unit in (*BARE, "{unit}", "{part}"):
        return ""
    return re.sub(r"[{}]", "", re.sub(r"^us/", "s/", unit))
