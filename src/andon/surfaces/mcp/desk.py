"""The desk at which one call is served: the house, who asks, in which language, and where the page is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from ... import words
from ...accounts import Principal
from ...errors import AndonError


@dataclass(frozen=True)
class Desk:
    """One call.

    Attributes
    ----------
    house
        Gives the rooms.
    folder
        The plant.
    principal
        Who asks, with their right; a call is served within `house.seen_by(principal.lines)`.
    language
        "en" or "zh".
    site
        Where the plant's page is served, such as http://127.0.0.1:8800; "" where it is not known.
    """

    house: ModuleType
    folder: Path
    principal: Principal
    language: str
    site: str = ""

    @cached_property
    def zone(self) -> str:
        """The plant's time zone."""
        return str(self.house.paper(self.folder).zone)

    def say(self, text: str, **values: object) -> str:
        """A text in the reader's language, with values put in."""
        said = words.say(text, self.language)
        return said.format(**values) if values else said

    def told(self, text: str) -> str:
        """A text with values already in it, in the reader's language."""
        return words.told(text, self.language)

    def prose(self, text: str) -> str:
        """A text of several paragraphs in the chosen language."""
        return words.prose(text, self.language)

    def explained(self, error: AndonError) -> str:
        """An error's text in the reader's language."""
        return words.explained(error, self.language)


def language_of(wanted: str) -> str:
    """The language of an Accept-Language header or a locale: Chinese where it is wanted first.

    >>> language_of("zh-CN,zh;q=0.9,en;q=0.8"), language_of("de, zh;q=0.5"), language_of("")
    ('zh', 'en', 'en')
    """
    ranked: Mapping[str, float] = {}
    for part in wanted.split(","):
        tag, _, rest = part.strip().partition(";")
        share = rest.strip().removeprefix("q=")
        ranked = {**ranked, tag.lower()[:2]: float(share) if share.replace(".", "", 1).isdigit() else 1.0}
    best = max(ranked, key=lambda tag: ranked[tag], default="")
    return "zh" if best in ("zh", "ch") else "en"
