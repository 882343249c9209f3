"""The house's texts in the reader's language: English is the key, Chinese stands in zh/, a file a subject."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from ..errors import AndonError

LANGUAGES = ("en", "zh")
LONGEST = 1000
"""Characters of a line that is put into Chinese by patterns: a longer one, made on purpose, would keep them busy."""

SPOKEN = {
    "idle_no_order": "idle, no order",
    "held_operator": "held by operator",
    "maintenance_planned": "planned maintenance",
    "minor_stop": "minor stops",
    "planned_down": "planned down",
    "micros": "time",
}
"""How a code is written in English where it is not written as it is."""


def say(text: str, language: str) -> str:
    """A text in the reader's language; one that has no translation stays as it is.

    >>> say("coverage", "zh"), say("idle_no_order", "en"), say("line-1/press-3", "zh")
    ('覆盖率', 'idle, no order', 'line-1/press-3')
    """
    spoken = SPOKEN.get(text, text)
    return _chinese().get(text, _chinese().get(spoken, spoken)) if language == "zh" else spoken


def explained(error: AndonError, language: str) -> str:
    """An error's text in the reader's language; names and values stay as they are.

    >>> from andon.errors import UnknownName
    >>> explained(UnknownName("machine", "press3", ["press-3"]), "zh")
    "没有名为 'press3' 的设备。您是指 'press-3' 吗？"
    """
    return told(str(error), language)


def told(text: str, language: str) -> str:
    """A text that was put together from words and values, in the reader's language.

    >>> told("12 parts were finished outside the shifts: they are not in OEE", "zh")
    '有 12 件在班次之外完成：不计入 OEE'
    """
    if language != "zh":
        return text
    if len(text) > LONGEST:
        lines = text.split("\n")
        return "\n".join(told(x, language) if len(x) <= LONGEST else x for x in lines) if len(lines) > 1 else text
    for pattern, said in _table()["patterns"].items():
        text = re.sub(pattern, said, text)
    return text


def _chinese() -> dict[str, str]:
    return _table()["texts"]


@cache
def _table() -> dict[str, dict[str, str]]:
    """All texts, and the patterns of each subject before the general ones of core.toml."""
    found = sorted(files(__package__).joinpath("zh").iterdir(), key=lambda f: (f.name == "core.toml", f.name))
    parts = [tomllib.loads(f.read_text("utf-8")) for f in found]
    return {name: {k: v for p in parts for k, v in p.get(name, {}).items()} for name in ("texts", "patterns")}
