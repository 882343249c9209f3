"""Evidence links: `andon://...` opens what a figure rests on, and the same place on the plant's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from ...errors import BadQuestion
from ...model import Window, moment

KINDS = ("study", "ledger", "events", "search", "entry", "samples", "machine", "plant")
PAGES = {
    "study": "studies",
    "ledger": "losses",
    "events": "machines",
    "search": "machines",
    "entry": "losses",
    "samples": "machines",
    "machine": "machines",
}


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is about: a kind, a name (of a study, a signal, a machine, an entry), and how it was asked."""

    kind: str
    name: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)

    def uri(self) -> str:
        """`andon://study/oee?at=line-1&since=2026-11-16T05:00:00Z&until=...`"""
        asked = urlencode(self.asked, safe="/:,", quote_via=quote)
        return f"andon://{self.kind}{f'/{quote(self.name)}' if self.name else ''}{f'?{asked}' if asked else ''}"

    def page(self, site: str) -> str:
        """Where a person looks at the same; "" where the page is not known."""
        if not site or self.kind not in PAGES:
            return f"{site}/" if site else ""
        name, asked = self.name, dict(self.asked)
        if self.kind == "entry":
            name, asked = "", {"entry": self.name}
        if self.kind in ("events", "search"):
            name = asked.pop("at", "")
        if self.kind == "samples":
            name, _, signal = self.name.rpartition("/")
            asked = {"signal": signal, **asked}
        said = urlencode(asked, safe="/:,", quote_via=quote)
        return f"{site}/{PAGES[self.kind]}{f'/{quote(name)}' if name else ''}{f'?{said}' if said else ''}"


def read(uri: str) -> Link:
    """The link that a text is.

    Raises
    ------
    BadQuestion
        It is none.
    """
    parts = urlsplit(uri.strip())
    if parts.scheme != "andon" or parts.netloc not in KINDS:
        shown = uri if len(uri) < 80 else uri[:80] + "…"
        raise BadQuestion(f"{shown!r} is no evidence link. Give one as an answer had it: andon://study/oee?at=...")
    return Link(parts.netloc, unquote(parts.path).strip("/"), dict(parse_qsl(parts.query)))


def stretch(window: Window) -> dict[str, str]:
    """A window as arguments that mean the same whenever they are asked again."""
    return {"since": stamp(window.since), "until": stamp(window.until)}


def stamp(at: int) -> str:
    """A moment as RFC 3339 in UTC, as short as it can be."""
    return moment(at).isoformat().replace("+00:00", "Z")
