"""The house's texts in the reader's language: English is the key, Chinese stands in zh/, a file a subject."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from ..errors import AndonError

LANGUAGES = ("en", "zh")
LONGEST = 1000
"""Characters of a line that is put into Chinese by patterns: a longer one, made on purpose, would keep them busy."""
PLACED = re.compile(r"([^\s:]+:\d+: )(?:(warning): )?(.*)")
"""A mistake with its file and line before it, as `andon run` lists several."""
ENDED = re.compile(r"(?<=: )|(?<=\. )")
"""Where the explanation of a key or a setting may begin, behind what is wrong with it."""

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
    if "\n" in text:
        return "\n".join(told(line, language) for line in text.split("\n"))
    if len(text) > LONGEST:
        return text
    if placed := PLACED.fullmatch(text):
        return placed[1] + ("警告：" if placed[2] else "") + told(placed[3], language)
    text = _ended(text)
    for pattern, said in _patterns():
        if pattern.search(text):  # `sub` would look up what is to be put in even where nothing is found
            text = pattern.sub(said, text)
    return text


def prose(text: str, language: str) -> str:
    """A text of several paragraphs, as a docstring has it: each one, and each item of a list, is a text by itself.

    >>> prose("unscheduled\\n\\n    x = y\\n\\n- setup\\n- planned busy\\n  time", "zh").split("\\n")
    ['非排班时间', '', '    x = y', '', '- 换型调整', '- 计划工作时间']
    """
    if language != "zh":
        return text
    return "\n\n".join(
        block if FORMULA.match(block) else "\n".join(f"{mark}{say(said, language)}" for mark, said in _items(block))
        for block in _blocks(text)
    )


def paragraphs(text: str) -> list[str]:
    """What `prose` looks up: the paragraphs and items of a text on one line each, formulas aside."""
    return [said for block in _blocks(text) if not FORMULA.match(block) for _, said in _items(block)]


FORMULA = re.compile(r" {2,}")
"""A paragraph that is set in is a formula, and stays as it is."""


def _blocks(text: str) -> list[str]:
    return [block.rstrip() for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()]


def _items(block: str) -> list[tuple[str, str]]:
    """The items of a list with their marks, or the paragraph as the only one."""
    parts = re.split(r"\n(?=[-*] |\d+\. )", block)
    marked = [re.match(r"(?:[-*] |\d+\. )?", part) for part in parts]
    return [(m[0], " ".join(part[m.end() :].split())) for m, part in zip(marked, parts, strict=True) if m]


def _ended(text: str) -> str:
    """A text behind which the explanation of a key or a setting stands, with that in Chinese."""
    for place in ENDED.finditer(text):
        said = text[place.end() :]
        if said.endswith(".") and said in _chinese():
            return text[: place.end()] + _chinese()[said]
    return text


def _chinese() -> dict[str, str]:
    return _table()["texts"]


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Compiled once: they are more than the cache of `re` holds."""
    return [(re.compile(pattern), said) for pattern, said in _table()["patterns"].items()]


@cache
def _table() -> dict[str, dict[str, str]]:
    """All texts, and the patterns of each subject before the general ones of core.toml."""
    found = sorted(files(__package__).joinpath("zh").iterdir(), key=lambda f: (f.name == "core.toml", f.name))
    parts = [tomllib.loads(f.read_text("utf-8")) for f in found]
    return {name: {k: v for p in parts for k, v in p.get(name, {}).items()} for name in ("texts", "patterns")}
