"""How a proposal is put: in words for people, in TOML for plant.toml."""

import json
import re
from collections.abc import Mapping

from .guess import Guess

LENGTHS = ((86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "min"), (1_000_000, "s"))


def said_of(guess: Guess) -> str:
    """What a column is, in a few words: `count: good_count (parts a row)`."""
    counting = {"total": " (running total)", "delta": " (parts a row)"}.get(guess.counting, "")
    role = f": {guess.role}" if guess.role not in ("other", guess.what) else ""
    codes = f" ({', '.join(map(plain_code, guess.values[:6]))})" if guess.what == "state" else ""
    what = "produced unit" if guess.what == "unit" else guess.what
    return what + role + counting + codes


def length_text(micros: int | None) -> str:
    """A length of time in the largest unit in which it is whole.

    >>> length_text(300_000_000)
    '5 min'
    """
    for size, unit in LENGTHS:
        if micros and micros % size == 0:
            return f"{micros // size} {unit}"
    return f"{(micros or 0) / 1e6:g} s"


def toml_value(value: object) -> str:
    """One value as TOML writes it, tables in one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{toml_key(str(k))} = {toml_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)


def plain_code(word: str) -> str:
    """A code without the decimals that a spreadsheet gave it: 2.0 is 2."""
    return word[:-2] if re.fullmatch(r"-?\d+\.0", word) else word


def toml_key(key: str) -> str:
    """A key as TOML writes it: bare where it may be."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
