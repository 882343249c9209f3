"""What Andon thinks a file is, and how that is put: rows for a person, tables for plant.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...errors import BadQuestion
from .guess import Guess
from .mapping import FileMapping, read_mapping
from .spelled import said_of, toml_key, toml_value

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What Andon thinks a file is.

    `facts` are (what, why) about the file as a whole, `columns` what each column is, `settings` the `[[source]]` table,
    `machines` the signals that plant.toml lacks: {machine path: {signal name: its keys}}, `states` the state maps.
    `questions` are what a person should look at before confirming.
    """

    name: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Guess, ...]
    settings: Mapping[str, object]
    machines: Mapping[str, Mapping[str, Mapping[str, object]]] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    questions: tuple[str, ...] = ()

    @property
    def mapping(self) -> FileMapping:
        """The proposed mapping, as `load` takes it."""
        return read_mapping(self.settings, name=self.name)

    def of_machine(self, path: str) -> Proposal:
        """The same for a file that is of one machine, whatever it is called in the file.

        Raises
        ------
        BadQuestion
            The file tells several machines apart.
        """
        if len(self.machines) > 1:
            raise BadQuestion(f"The file is of several machines ({', '.join(self.machines)}), not of {path} alone.")
        signals = next(iter(self.machines.values()), {})
        new = path not in self.known
        questions = [f"There is no machine {path} yet: it is added."] if new else []
        return replace(
            self,
            settings={**self.settings, "machine": path},
            machines={path: signals} if new or signals else {},
            questions=(*questions, *self.questions),
        )

    def explain(self) -> list[Row]:
        """Rows of column, what, unit, why and examples: first the file, then its columns, then what to look at."""
        rows: list[Row] = [
            {"column": "(file)", "what": what, "unit": "", "why": why, "examples": ""} for what, why in self.facts
        ]
        rows += [
            {"column": g.column, "what": said_of(g), "unit": g.unit, "why": g.why, "examples": ", ".join(g.examples)}
            for g in self.columns
        ]
        rows += [{"column": "(look)", "what": "question", "unit": "", "why": q, "examples": ""} for q in self.questions]
        return rows

    def toml(self) -> str:
        """The tables for plant.toml: state maps and machines that it lacks, then the source."""
        parts = [
            f"[states.{toml_key(name)}]\n" + "".join(f"{toml_value(k)} = {toml_value(v)}\n" for k, v in states.items())
            for name, states in self.states.items()
        ]
        for path, signals in self.machines.items():
            if path not in self.known:
                parts.append(f'[[machine]]\npath = {toml_value(path)}\nclass = "machine"\n')
            else:
                parts.append(f"# add to the machine {path}:\n")
            parts += [
                f"[machine.signals.{toml_key(name)}]\n" + "".join(f"{k} = {toml_value(v)}\n" for k, v in keys.items())
                for name, keys in signals.items()
            ]
        head = {"name": self.name, "connector": "files"}
        parts.append("[[source]]\n" + "".join(f"{k} = {toml_value(v)}\n" for k, v in {**head, **self.settings}.items()))
        return "\n".join(parts)
