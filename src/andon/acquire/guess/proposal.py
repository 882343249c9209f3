"""What a source would be in plant.toml: machines and signals with their reasons, to be read, changed and confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ...errors import BadQuestion, UnknownName

Table = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One thing of a source, and the signal that it would be.

    Attributes
    ----------
    address
        Where the source has it.
    name
        The signal's name.
    role, kind, unit
        As in plant.toml.
    keys
        More keys for plant.toml: scale, counting, rollover, states.
    value
        What it said last.
    why
        What role, kind and unit rest on.
    ask
        What a person must still say; "" where nothing is in doubt. What is asked is not assumed: until it is answered
        the signal is stored, and plays no role.
    open
        What of a state nobody knows yet: what it says, and what that may mean.
    taken
        Whether it is written into plant.toml.
    path
        Where the source has it, in its own names.
    """

    address: str
    name: str
    role: str
    kind: str
    unit: str = ""
    keys: Mapping[str, object] = field(default_factory=dict)
    value: float | str | None = None
    why: str = ""
    ask: str = ""
    open: Mapping[str, str] = field(default_factory=dict)
    taken: bool = True
    path: tuple[str, ...] = ()

    def table(self, source: str) -> Table:
        """Its table in plant.toml; a role in doubt is none, a state in doubt has the part of its map that is known."""
        role, kind, keys = self.role, self.kind, dict(self.keys)
        if self.ask and not (role == "state" and (self.open or not keys.get("states"))):
            role = "other"
            if kind == "count":
                kind, keys = "number", {k: v for k, v in keys.items() if k not in ("counting", "rollover")}
        if self.ask and "" in self.open:
            keys["states"] = dict[str, object]()
        said: Table = {"kind": kind} if role == self.name else {"role": role, "kind": kind}
        if self.unit not in ("", "1"):
            said["unit"] = self.unit
        return said | {"source": source, "address": self.address} | keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A machine that a source has things of; `known` where the plant has it already."""

    path: str
    title: str = ""
    known: bool = False
    taken: bool = True
    signals: tuple[Suggestion, ...] = ()

    def table(self, source: str) -> Table:
        """Its `[[machine]]` table in plant.toml."""
        head: Table = {"path": self.path, "class": "machine"}
        if self.title:
            head["title"] = self.title
        return head | {"signals": {s.name: s.table(source) for s in self.signals if s.taken}}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProposal:
    """What a source would be in plant.toml.

    Attributes
    ----------
    source
        The `[[source]]` table: name, connector and settings.
    machines
        The machines with their signals.
    notes
        What else a person should know: clashes with the plant, what was left out.
    """

    source: Mapping[str, object]
    machines: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.source["name"])

    def taken(self) -> Iterator[tuple[Candidate, Suggestion]]:
        """Everything that would be written."""
        yield from ((m, s) for m in self.machines if m.taken for s in m.signals if s.taken)

    def asked(self) -> list[tuple[Candidate, Suggestion]]:
        """What would be written and is still in doubt."""
        return [(m, s) for m, s in self.taken() if s.ask]

    def tables(self) -> list[Table]:
        """The `[[machine]]` tables for plant.toml."""
        return [m.table(self.name) for m in self.machines if m.taken and any(s.taken for s in m.signals)]

    def machine(self, said: str) -> Candidate:
        """The machine by its path or the end of it.

        Raises
        ------
        UnknownName
            There is none, or there are several.
        """
        paths = [m.path for m in self.machines]
        fits = [m for m in self.machines if said == m.path] or [m for m in self.machines if m.path.endswith("/" + said)]
        if len(fits) != 1:
            raise UnknownName("machine", said, paths)
        return fits[0]

    def with_machine(self, path: str, changed: Candidate) -> SourceProposal:
        """The same with another machine in the place of one."""
        if changed.path != path and changed.path in {m.path for m in self.machines}:
            raise BadQuestion(f"There is a machine {changed.path!r} already. Choose another path.")
        return replace(self, machines=tuple(changed if m.path == path else m for m in self.machines))

    def with_signal(self, path: str, address: str, changed: Suggestion) -> SourceProposal:
        """The same with another suggestion in the place of one."""
        machine = next(m for m in self.machines if m.path == path)
        signals = tuple(changed if s.address == address else s for s in machine.signals)
        return self.with_machine(path, replace(machine, signals=signals))
