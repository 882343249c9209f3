"""The desk at which one command line is served: its language, and the way to the rooms."""

from __future__ import annotations

import locale
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import ModuleType

from ... import words
from ...errors import AndonError


@dataclass(frozen=True)
class Desk:
    """One run of the command line: `house` gives the rooms (app.py) when a command first needs them.

    `line` is what was typed, or what the shell wants completed, without the language.
    """

    language: str
    house: Callable[[], ModuleType]
    line: Sequence[str] = ()

    @cached_property
    def rooms(self) -> ModuleType:
        return self.house()

    def say(self, text: str, **values: object) -> str:
        """A text in the chosen language, with values put in."""
        said = words.say(text, self.language)
        return said.format(**values) if values else said

    def told(self, text: str) -> str:
        """A text with values already in it, in the chosen language."""
        return words.told(text, self.language)

    def prose(self, text: str) -> str:
        """A text of several paragraphs in the chosen language."""
        return words.prose(text, self.language)

    def explained(self, error: AndonError) -> str:
        """An error's text in the chosen language."""
        return words.explained(error, self.language)


def chosen(arguments: Sequence[str]) -> str:
    """The language of a run: `--lang zh` anywhere on the line, else the locale's, else English."""
    given = [b for a, b in pairwise(arguments) if a == "--lang"]
    spoken = given[0] if given else _of_locale()
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"


def without_language(arguments: Sequence[str]) -> list[str]:
    """The line without `--lang zh`, which may stand anywhere.

    >>> without_language(["ask", "oee", "--lang", "zh", "--last", "week"])
    ['ask', 'oee', '--last', 'week']
    """
    return [a for before, a in zip(["", *arguments], arguments, strict=False) if "--lang" not in (before, a)]


def _of_locale() -> str:
    try:
        locale.setlocale(locale.LC_CTYPE, "")
    except locale.Error:  # the environment names a locale that this machine lacks
        return "en"
    return locale.getlocale(locale.LC_CTYPE)[0] or "en"
