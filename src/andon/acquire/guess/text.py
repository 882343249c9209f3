"""A proposal as JSON and back: for scripts, and for whoever would rather edit a file than answer questions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from ...errors import BadInput
from .proposal import SourceProposal

FORMAT = "andon proposal 1"
HOW = (
    "Change what is wrong, empty 'ask' where you confirm, set 'taken' to false for what you do not want; "
    "then: andon connect --from FILE"
)


@dataclass(frozen=True, kw_only=True)
class _File:
    """What stands in the file."""

    proposal: SourceProposal
    format: Literal["andon proposal 1"]
    how: str = ""


def text_of(proposal: SourceProposal) -> str:
    """A proposal as JSON."""
    written = {"format": FORMAT, "how": HOW, "proposal": asdict(proposal)}
    return TypeAdapter[object](object).dump_json(written, indent=2).decode()


def proposal_of(text: str) -> SourceProposal:
    """The proposal in a JSON text.

    Raises
    ------
    BadInput
        It is none; the text says where.

    Examples
    --------
    >>> proposal_of(text_of(SourceProposal(source={"name": "plc", "connector": "opcua"}))).name
    'plc'
    """
    try:
        return TypeAdapter(_File).validate_json(text).proposal
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BadInput(f"This is no proposal of `andon connect --json`: {where}: {first['msg']}.") from None
