"""Changes that are no acts on machines (plant.toml, deletions, copies): allowed by right, kept in the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..acts import RIGHTS
from ..errors import AndonError, NotAllowed
from ..ledger import audit
from .opening import restricted

Doer = tuple[str, str]
"""Who does it, and the right that they have."""


@contextmanager
def recorded(
    folder: Path, act: str, by: Doer, needs: str, arguments: Mapping[str, object] | None = None
) -> Iterator[None]:
    """Within this something is changed: its intent is in the audit log before, its outcome after.

    Raises
    ------
    NotAllowed
        The right does not suffice, or is for some lines only, where this is about the whole plant; that is in the log.
    """
    who, right = by

    def note(**result: object) -> int:
        line = audit.append(folder / "ledger", who=who, right=right, act=act, arguments=arguments or {}, result=result)
        return line.number

    if RIGHTS.index(right) < RIGHTS.index(needs) or restricted():
        note(state="refused")
        allowed(by, needs, act)
    begun = note(state="begun")
    try:
        yield
    except AndonError as error:
        note(state="failed", of=begun, says=str(error))
        raise
    note(state="done", of=begun)


def allowed(by: Doer, needs: str, what: str) -> None:
    """Refuse whoever has not the right for the whole plant.

    Raises
    ------
    NotAllowed
        They have not.
    """
    who, right = by
    if RIGHTS.index(right) < RIGHTS.index(needs):
        raise NotAllowed(f"{who} has the right '{right}', and {what} needs '{needs}'. Ask an admin.")
    if restricted():
        raise NotAllowed(f"{who} may see some lines only, and {what} is about the whole plant. Ask an admin.")
