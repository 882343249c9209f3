"""The company's own login as plant.toml says it, and the right that its groups give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

RIGHTS = ("viewer", "operator", "engineer", "admin")
"""What people may do, the least first; each includes those before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """An OpenID provider, what Andon is called there, and what its groups mean here.

    `name` and `groups` are the claims that tell them; `rights` and `lines` are by group; `otherwise` is the right of
    whoever is in none of the groups, "" where they are not let in.
    """

    issuer: str
    client_id: str
    title: str
    scopes: tuple[str, ...]
    name: str
    groups: str
    rights: Mapping[str, str]
    lines: Mapping[str, tuple[str, ...]]
    otherwise: str = ""

    def right_of(self, groups: Iterable[str]) -> tuple[str, tuple[str, ...]] | None:
        """The highest right of these groups, and the lines that it is for, () for all; None: not let in.

        >>> works = Login(issuer="", client_id="", title="", scopes=(), name="", groups="",
        ...     rights={"fitters": "operator", "it": "admin"}, lines={"fitters": ("line-1",)})
        >>> works.right_of(["fitters"]), works.right_of(["fitters", "it"]), works.right_of([])
        (('operator', ('line-1',)), ('admin', ()), None)
        """
        mine = [g for g in groups if g in self.rights]
        if not mine:
            return (self.otherwise, ()) if self.otherwise else None
        best = max((self.rights[g] for g in mine), key=RIGHTS.index)
        lines = [self.lines.get(g, ()) for g in mine if self.rights[g] == best]
        everywhere = any(not some for some in lines)
        return best, () if everywhere else tuple(sorted({line for some in lines for line in some}))
