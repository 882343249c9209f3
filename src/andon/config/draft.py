"""A plant.toml as far as it can be read: what is badly written is left out, so that the rest can be checked, too."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from .mistakes import Finding, of_form
from .places import Place
from .written import PlantFile

STAND_IN = {"name": "plant", "zone": "UTC"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What could be read.

    `raw` is all that is written, `rows` says for each list which of its elements are in `file`, `findings` are the
    mistakes of form; where there are none, `file` is the whole.
    """

    file: PlantFile
    raw: Mapping[str, object]
    rows: Mapping[str, list[int]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def place(self, section: str, row: int, *rest: str | int) -> Place:
        """Where the `row`-th element that could be read is written."""
        return (section, self.rows[section][row], *rest) if section in self.rows else (section, row, *rest)

    def names(self, section: str, key: str = "name") -> list[str]:
        """All names written in a section, also those of elements that could not be read."""
        return [n for t in self._tables(section) if isinstance(t, dict) and isinstance(n := t.get(key), str)]

    def rows_of(self, section: str, key: str, name: str) -> list[int]:
        """The elements of a section that bear a name, as written."""
        return [n for n, t in enumerate(self._tables(section)) if isinstance(t, dict) and t.get(key) == name]

    def _tables(self, section: str) -> list[object]:
        tables = self.raw.get(section)
        return tables if isinstance(tables, list) else []


def draft(raw: Mapping[str, object]) -> Draft:
    """Read what can be read.

    Parameters
    ----------
    raw
        What tomllib made of the text.

    Examples
    --------
    >>> shifts = [{"name": "a"}, {"name": "b", "start": "06:00", "end": "14:00"}]
    >>> found = draft({"plant": {"name": "works", "zone": "UTC"}, "shift": shifts})
    >>> [s.name for s in found.file.shift], found.place("shift", 0, "start"), len(found.findings)
    (['b'], ('shift', 1, 'start'), 2)
    """
    try:
        return Draft(PlantFile.model_validate(raw), raw)
    except ValidationError as wrong:
        findings = of_form(wrong)
    bad = {f.place[:2] for f in findings}
    kept = {section: _sound(section, value, bad) for section, value in raw.items() if (section,) not in bad}
    rows = {
        section: [n for n in range(len(value)) if (section, n) not in bad]
        for section, value in raw.items()
        if isinstance(value, list)
    }
    if "plant" not in kept or any(place[0] == "plant" for place in bad):
        kept["plant"] = STAND_IN
    if any(place[0] == "login" for place in bad):
        kept.pop("login", None)
    return Draft(PlantFile.model_validate(kept), raw, rows, tuple(findings))


def _sound(section: str, value: object, bad: set[Place]) -> object:
    """The parts of a section that have no mistake."""
    if isinstance(value, list):
        return [element for n, element in enumerate(value) if (section, n) not in bad]
    if isinstance(value, dict):
        return {key: element for key, element in value.items() if (section, key) not in bad}
    return value
