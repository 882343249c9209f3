"""The proposal for line protocol, which says itself what its parts are: only the tag with the machine is a guess."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...plant import Plant
from .assign import NO_SIGNAL, assign, machine_paths, name_of
from .bind import LINE_FIELD, LINE_MEASUREMENT, LINE_TIME, LINE_VALUE
from .cells import Dialect
from .guess import guess_machine
from .proposal import Proposal
from .samples import Index, distinct
from .stamps import read_stamps
from .tags import Long, see_tags, shortened

DIGITS = (("s", 10), ("ms", 13), ("us", 16), ("ns", 19))


def propose_lines(path: Path, table: pa.Table, plant: Plant | None) -> Proposal:
    """What the fields of a line-protocol file are; the rows of a machine are judged in order of time."""
    name, known = name_of(path, plant), plant.machines if plant else {}
    tags = [n for n in table.column_names if n not in (LINE_TIME, LINE_FIELD, LINE_VALUE, LINE_MEASUREMENT)]
    machine = (guess_machine(table.select(tags), ()) if tags else "") or (tags[0] if tags else LINE_MEASUREMENT)
    words, owner = distinct(table[machine])
    paths = machine_paths(words, known)
    first = str(table[LINE_TIME][0].as_py())
    precision = next((p for p, digits in DIGITS if len(first) <= digits), "ns")
    at = read_stamps(table[LINE_TIME], precision).at
    order = [rows[np.argsort(at[rows], kind="stable")] for rows in _owned(owner)]
    seen = see_tags(table, Long(LINE_FIELD, LINE_VALUE, Dialect()), at, order)
    short = shortened(seen, {s.guess.column: s.guess.column.rpartition(".")[2] for s in seen}).values()
    assigned = assign((s for s in short if s.guess.what not in NO_SIGNAL), list(paths.values()), known, name)
    return Proposal(
        name=name,
        facts=(
            ("lineprotocol", f"by its ending {path.suffix!r}"),
            (f"precision {precision}", "by the digits of its times"),
            (f"machine from the tag {machine!r}", f"it says {', '.join(words[:4])}"),
        ),
        columns=tuple(s.guess for s in short),
        states=assigned.states,
        known=frozenset(known),
        settings={
            "format": "lineprotocol",
            "precision": precision,
            "columns": assigned.columns,
            "machine": {"column": machine, "map": paths},
        },
        machines=assigned.machines,
        questions=tuple(assigned.questions),
    )


def _owned(owner: Index) -> Iterator[Index]:
    for code in np.unique(owner).tolist():
        yield np.flatnonzero(owner == code)
