"""A plant of two lines with accounts, running: whoever asks it, and what they may not see."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import httpx2

from andon.__main__ import house
from andon.accounts import Accounts, Person, people, tokens
from andon.surfaces.cli import run
from runs import run_plant

RIGHTS = ("viewer", "operator", "engineer", "admin")
PASSWORD = "a long pass phrase"
MARK = {"X-Andon": "1"}
HIDDEN = "line-2"
"""What somebody of line-1 never sees: each name of the second line has it in it."""
HEAD = """[plant]
name = "works"
zone = "UTC"
currency = "EUR"

[[shift]]
name = "whole"
start = "00:00"
end = "23:59"

[[reason]]
code = "jam"
text = "Jam"

[[alarm]]
name = "hot"
signal = "temperature"
high = 80.0
"""
MACHINE = """
[[machine]]
path = "{line}/press"
title = "Press of {line}"
ideal_cycle = "30 s"
[machine.signals.state]
source = "{line}-files"
states = "andon"
[machine.signals.good_count]
source = "{line}-files"
[machine.signals.product]
source = "{line}-files"
[machine.signals.temperature]
source = "{line}-files"
unit = "Cel"

[[source]]
name = "{line}-files"
connector = "files"
folder = "{line}"
time = "time"
machine = {{ fixed = "{line}/press" }}
columns = {{ state = "state", good = "good_count", t = "temperature" }}
"""


@dataclass
class Guarded:
    """The running plant, a token for each right, and one of each right for line-1 only."""

    url: str
    folder: Path
    token: dict[str, str]
    scoped: dict[str, str]
    clients: list[httpx2.Client] = field(default_factory=list)

    def client(self, token: str = "", **headers: str) -> httpx2.Client:
        """Somebody with a token, or nobody."""
        shown = {"authorization": f"Bearer {token}"} if token else {}
        made = httpx2.Client(base_url=self.url, headers=shown | headers, timeout=30, trust_env=False, verify=False)
        self.clients.append(made)
        return made

    def browser(self, name: str, password: str = PASSWORD) -> httpx2.Client:
        """Somebody who logged in with a password."""
        made = self.client(**MARK)
        said = made.post("/api/login", json={"name": name, "password": password})
        assert said.status_code == 200, said.text
        return made

    def close(self) -> None:
        for client in self.clients:
            client.close()

    def openapi(self) -> dict:
        return self.client(self.token["viewer"]).get("/api/openapi.json").json()


def two_lines(folder: Path) -> Path:
    """Two lines with a day of history each, imported and closed; nobody has an account."""
    shutil.copytree(_made() / "works", folder)
    return folder


@cache
def _made() -> Path:
    """Where those lines were made once, for each test process."""
    kept = tempfile.TemporaryDirectory(prefix="andon-two-lines-")
    atexit.register(kept.cleanup)
    folder = Path(kept.name) / "works"
    folder.mkdir()
    (folder / "plant.toml").write_text(HEAD + "".join(MACHINE.format(line=line) for line in ("line-1", "line-2")))
    since = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for line in ("line-1", "line-2"):
        rows = ["time,state,good,t"]
        for n in range(24 * 12):
            state = "fault" if n % 24 > 20 else "producing"
            rows.append(f"{since + timedelta(minutes=5 * n):%Y-%m-%dT%H:%M:%SZ},{state},{n * 9},{60 + n % 30}")
        file = folder.parent / f"{line}.csv"
        file.write_text("\n".join(rows) + "\n")
        assert run(["import", str(folder), str(file), "--source", f"{line}-files"], house) == 0
    assert run(["close", str(folder)], house) == 0
    return Path(kept.name)


@contextmanager
def guarded(folder: Path, *options: str) -> Iterator[Guarded]:
    """The plant with accounts and tokens, running."""
    two_lines(folder)
    by = ("test", "admin")
    with Accounts(folder) as accounts:
        people.add(accounts, Person(name="ann", right="admin"), password=PASSWORD, by=by)
        people.add(accounts, Person(name="bob", right="operator", lines=("line-1",)), password=PASSWORD, by=by)
        whole = {r: tokens.add(accounts, f"whole {r}", right=r, until=None, by=by)[1] for r in RIGHTS}
        some = {r: tokens.add(accounts, f"some {r}", right=r, lines=["line-1"], until=None, by=by)[1] for r in RIGHTS}
    with run_plant(folder, *options) as running:
        made = Guarded(running.url, folder, whole, some)
        made.client().get("/api/login")  # it answers
        try:
            yield made
        finally:
            made.close()
