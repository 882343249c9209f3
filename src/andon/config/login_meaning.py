"""Does `[login]` of a well-formed plant.toml make sense: can its provider be trusted, and do its groups get a right?"""

import re
from collections.abc import Iterator

from .draft import Draft
from .kinds import nearest
from .mistakes import Finding

SAFE = re.compile(r"https://[^\s/?#]+[^\s?#]*|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^\s?#]*)?")


def login(draft: Draft) -> Iterator[Finding]:
    """An address that can be listened in on, groups that nobody gives a right, lines that are none."""
    table = draft.file.login
    if table is None:
        return
    if not SAFE.fullmatch(table.issuer):
        yield Finding(("login", "issuer"), f"issuer = {table.issuer!r}: the provider's address begins with https://.")
    if "openid" not in table.scopes:
        yield Finding(("login", "scopes"), "scopes: without 'openid' the provider does not say who somebody is.")
    if not (table.rights or table.otherwise):
        yield Finding(("login",), "Nobody gets a right: give `rights` to groups, or everybody one by `otherwise`.")
    machines = draft.file.machine
    known = (
        {m.path for m in machines}
        | {m.path.rpartition("/")[0] for m in machines}
        | {m.area for m in machines if m.area}
    )
    for group, lines in table.lines.items():
        if group not in table.rights:
            yield Finding(
                ("login", "lines", group), f"Group {group!r} has lines and no right. {nearest(group, table.rights)}"
            )
        for line in lines:
            if line not in known:
                yield Finding(("login", "lines", group), f"There is no line {line!r}. {nearest(line, known)}")
