"""Whoever asks: a person or a token, with a right and the lines that it is for."""

from __future__ import annotations

from dataclasses import dataclass

from ..acts import RIGHTS


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever asks.

    Attributes
    ----------
    who
        The name that the audit log keeps.
    right
        viewer, operator, engineer or admin; each includes those before it.
    lines
        Lines or areas that they may see and change; everything where empty.
    kind
        "local": somebody at this computer, where there are no accounts; "person"; "token".
    """

    who: str
    right: str
    lines: tuple[str, ...] = ()
    kind: str = "person"

    def may(self, right: str) -> bool:
        """Do they have at least this right?

        >>> Principal("ann", "operator").may("viewer"), Principal("ann", "operator").may("engineer")
        (True, False)
        """
        return RIGHTS.index(self.right) >= RIGHTS.index(right)


LOCAL = Principal("local", "admin", kind="local")
"""Whoever asks on this computer while the plant has no accounts."""
