"""Does a well-formed plant.toml make sense: do the names it uses exist, and can its questions be answered?"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from ..acquire import NOT_LIVE, OURS, connectors, find_connector
from ..acquire.settings import read_settings
from ..model import State
from ..plant import ROLES
from ..plant.states import STATE_MAPS
from .alarm_meaning import alarms, notify
from .characteristic_meaning import characteristics
from .derived import derived
from .draft import Draft
from .kinds import nearest
from .login_meaning import login
from .mistakes import Finding
from .places import Place
from .report_meaning import reports
from .roles import COUNTS, KIND_OF, kind_of
from .rota import rota
from .written import MachineTable, ReasonTable, SignalTable, SourceTable

NAMED = {"machine": "path", "product": "name", "reason": "code", "source": "name", "limit": "signal"} | {
    "alarm": "name",
    "notify": "name",
    "report": "name",
}
SECRET = re.compile(r"(?i)(^|[_-])(pass(word|wd|phrase)?|pwd|token|secret|api[_-]?key|private[_-]?key|credentials?)$")
SIGNED_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")


def meaning(draft: Draft) -> Iterator[Finding]:
    """Everything that is well written and still wrong."""
    yield from draft.findings
    for check in (
        _secrets,
        _twice,
        rota,
        _signals,
        derived,
        _roles,
        _machines,
        _products,
        _reasons,
        _limits,
        _sources,
        _states,
        _bands,
        characteristics,
        alarms,
        notify,
        reports,
        login,
    ):
        yield from check(draft)


def _secrets(draft: Draft) -> Iterator[Finding]:
    """Passwords in the file."""
    for place, key, value in _walk(draft.raw, ()):
        if SECRET.search(key) or (isinstance(value, str) and SIGNED_URL.search(value)):
            yield Finding(
                place,
                f"'{key}' holds a secret, and plant.toml is no place for one: it gets copied. Put it "
                "in secrets.toml beside it (mode 600) or in an environment variable; "
                "docs/plant-toml.md says how they are named.",
            )


def _walk(table: Mapping[str, object], at: Place) -> Iterator[tuple[Place, str, object]]:
    for key, value in table.items():
        place = (*at, key)
        yield place, key, value
        if isinstance(value, dict):
            yield from _walk(value, place)
        for n, element in enumerate(value if isinstance(value, list) else ()):
            if isinstance(element, dict):
                yield from _walk(element, (*place, n))


def _twice(draft: Draft) -> Iterator[Finding]:
    """Names used for two things, and machines inside machines."""
    for section, key in NAMED.items():
        for name, count in Counter(draft.names(section, key)).items():
            if count > 1:
                row = draft.rows_of(section, key, name)[1]
                yield Finding(
                    (section, row, key),
                    f"There are {count} [[{section}]] tables with {key} = {name!r}. Each needs its own.",
                )
    paths = draft.names("machine", "path")
    for path in sorted(set(paths)):
        if any(other.startswith(path + "/") for other in paths):
            row = draft.rows_of("machine", "path", path)[0]
            yield Finding(("machine", row, "path"), f"{path!r} is a machine and a line of other machines. Rename one.")


def _signals(draft: Draft) -> Iterator[Finding]:
    """Kinds, sources, state maps and retention classes of signals."""
    sources, maps = draft.names("source"), {*STATE_MAPS, *draft.file.states}
    for row, machine in enumerate(draft.file.machine):
        yield from _kept(draft, machine.measurements, "measurements", draft.place("machine", row))
        for name, signal in machine.signals.items():
            place = draft.place("machine", row, "signals", name)
            if signal.source and signal.source not in sources:
                yield Finding(
                    (*place, "source"),
                    f"Signal '{machine.path}/{name}' comes from {signal.source!r}, and "
                    f"there is no such [[source]]. {nearest(signal.source, sources)}",
                )
            if isinstance(signal.states, str) and signal.states not in maps:
                yield Finding(
                    (*place, "states"), f"There is no state map {signal.states!r}. {nearest(signal.states, maps)}"
                )
            yield from _kept(draft, signal.retention, "retention", place)
            yield from _kind(signal, name, machine, place)


def _kept(draft: Draft, said: str, key: str, place: Place) -> Iterator[Finding]:
    """Is there such a class of retention? Two need not be described: what is of them is then kept for ever."""
    known = ("default", "measurements", *draft.file.retention)
    if said not in known:
        yield Finding((*place, key), f"There is no retention class {said!r}. {nearest(said, known)}")


def _kind(signal: SignalTable, name: str, machine: MachineTable, place: Place) -> Iterator[Finding]:
    """Do role, kind and the keys that belong to a kind fit together?"""
    path, kind, role = f"{machine.path}/{name}", kind_of(signal, name), signal.role or name
    wanted = KIND_OF.get(role)
    if wanted in ("state", "count", "text") and kind != wanted:
        yield Finding(
            (*place, "kind"), f"Signal '{path}' has the role {role!r}, so its kind is {wanted!r}, not {kind!r}."
        )
        return
    if kind != "state" and signal.states is not None:
        yield Finding((*place, "states"), f"Signal '{path}' is a {kind}, and only a state has a state map.")
    if kind != "count" and signal.rollover is not None:
        yield Finding((*place, "rollover"), f"Signal '{path}' is a {kind}, and only a count rolls over.")
    if kind == "count" and signal.counting == "delta" and signal.rollover is not None:
        yield Finding((*place, "rollover"), f"Signal '{path}' counts in deltas, and only a running total rolls over.")


def _roles(draft: Draft) -> Iterator[Finding]:
    """Signals without a role, and roles that two signals of one machine claim."""
    for row, machine in enumerate(draft.file.machine):
        played = Counter(s.role or n for n, s in machine.signals.items())
        for name, signal in machine.signals.items():
            place, role = draft.place("machine", row, "signals", name), signal.role or name
            if role not in ROLES:
                yield Finding(
                    place,
                    f"'{name}' is no role, so signal '{machine.path}/{name}' must say which role it "
                    f"has, such as role = 'other'. {nearest(name, ROLES)}",
                )
            elif role in (*COUNTS, "state", "product", "order") and played[role] > 1:
                played[role] = 0
                yield Finding(
                    place,
                    f"Machine '{machine.path}' has two signals with the role {role!r}, and studies "
                    "read one: give the others role = 'other'.",
                )


def _machines(draft: Draft) -> Iterator[Finding]:
    """Products that machines name, and what machines cannot answer."""
    products = draft.names("product")
    for row, machine in enumerate(draft.file.machine):
        if machine.default_product and machine.default_product not in products:
            yield Finding(
                draft.place("machine", row, "default_product"),
                f"There is no product {machine.default_product!r}. {nearest(machine.default_product, products)}",
            )
        roles = {s.role or n for n, s in machine.signals.items()}
        lacks = [
            text
            for missing, text in (
                ("state" not in roles, "no 'state' signal: no availability, no losses"),
                (
                    not roles & {"total_count", "good_count"},
                    "no 'total_count' or 'good_count' signal: no effectiveness",
                ),
                (not _rated(draft, machine), "no ideal cycle time: no effectiveness"),
            )
            if missing
        ]
        if lacks:
            yield Finding(
                draft.place("machine", row), f"Machine '{machine.path}' has {'; '.join(lacks)}.", warning=True
            )


def _rated(draft: Draft, machine: MachineTable) -> bool:
    cycles = (c.machine for p in draft.file.product for c in p.cycles)
    return machine.ideal_cycle is not None or any(m in ("", machine.path) for m in cycles)


def _products(draft: Draft) -> Iterator[Finding]:
    machines = draft.names("machine", "path")
    for row, product in enumerate(draft.file.product):
        if not product.cycles:
            yield Finding(
                draft.place("product", row),
                f"Product {product.name!r} has no ideal cycle time: no effectiveness while it is made.",
                warning=True,
            )
        for n, cycle in enumerate(product.cycles):
            if cycle.machine and cycle.machine not in machines:
                yield Finding(
                    draft.place("product", row, "cycles", n, "machine"),
                    f"Product {product.name!r} has an ideal cycle on {cycle.machine!r}, which is no machine. "
                    f"{nearest(cycle.machine, machines)}",
                )
        for key, starts in (
            ("cycles", [(c.machine, c.valid_from) for c in product.cycles]),
            ("values", [("", v.valid_from) for v in product.values]),
        ):
            again = [n for n, start in enumerate(starts) if start in starts[:n]]
            if again:
                yield Finding(
                    draft.place("product", row, key, again[0]),
                    f"Product {product.name!r} has two {key} that are valid from the same moment.",
                )


def _reasons(draft: Draft) -> Iterator[Finding]:
    known = draft.names("reason", "code")
    parents = {r.code: r.parent for r in draft.file.reason}
    for row, reason in enumerate(draft.file.reason):
        if reason.parent and reason.parent not in known:
            yield Finding(
                draft.place("reason", row, "parent"),
                f"Reason {reason.code!r} is a kind of "
                f"{reason.parent!r}, which is no reason. {nearest(reason.parent, known)}",
            )
        circle = _circle(reason, parents)
        if circle and reason.code == min(circle):
            yield Finding(
                draft.place("reason", row, "parent"),
                f"Reasons are kinds of each other in a circle: {' > '.join([*circle, circle[0]])}.",
            )


def _circle(reason: ReasonTable, parents: Mapping[str, str]) -> list[str]:
    """The circle of parents that leads back to a reason, or nothing."""
    seen, code = [reason.code], reason.parent
    while code and code not in seen:
        seen.append(code)
        code = parents.get(code, "")
    return seen if code == reason.code else []


def _limits(draft: Draft) -> Iterator[Finding]:
    signals = [f"{m.path}/{name}" for m in draft.file.machine for name in m.signals]
    for row, limit in enumerate(draft.file.limit):
        whole = len(draft.file.machine) == len(draft.names("machine", "path"))
        if whole and limit.signal not in signals:
            yield Finding(
                draft.place("limit", row, "signal"),
                f"There is no signal {limit.signal!r}. {nearest(limit.signal, signals)}",
            )
        steps = [v for v in (limit.low, limit.target, limit.high) if v is not None]
        if steps != sorted(steps):
            yield Finding(
                draft.place("limit", row),
                f"The limits of '{limit.signal}' are not in order: low "
                f"{limit.low}, target {limit.target}, high {limit.high}.",
            )


def _sources(draft: Draft) -> Iterator[Finding]:
    """Connectors and their settings, and machines that the mapping of a file names."""
    machines = draft.names("machine", "path")
    for row, source in enumerate(draft.file.source):
        yield from _settings(draft, row, source)
        for place, path in _brought(source):
            if path and path not in machines:
                yield Finding(
                    draft.place("source", row, *place),
                    f"Source '{source.name}' brings samples of {path!r}, "
                    f"which is no machine. {nearest(path, machines)}",
                )


def _settings(draft: Draft, row: int, source: SourceTable) -> Iterator[Finding]:
    """What the settings of a live source have that its connector does not understand."""
    if source.connector in NOT_LIVE:
        return
    if source.connector not in OURS and source.connector not in connectors():
        known = [*connectors(), *NOT_LIVE]
        yield Finding(
            draft.place("source", row, "connector"),
            f"There is no connector {source.connector!r}. {nearest(source.connector, known)}",
        )
        return
    given = {k: v for k, v in (source.model_extra or {}).items() if not SECRET.search(k)}  # told by _secrets
    _, wrong = read_settings(find_connector(source.connector), given)
    for place, said in wrong:
        yield Finding(draft.place("source", row, *place), f"Source '{source.name}': {said}")


def _brought(source: SourceTable) -> Iterator[tuple[Place, str]]:
    """The machines that a mapping names, with their places in the table; "" leaves rows out."""
    chosen = (source.model_extra or {}).get("machine")
    if isinstance(chosen, str):
        yield ("machine",), chosen
    if isinstance(chosen, dict):
        named = chosen.get("map")
        pairs = list(named.items()) if isinstance(named, dict) else []
        yield from ((("machine", "map", key), path) for key, path in pairs if isinstance(path, str))
        if isinstance(fixed := chosen.get("fixed"), str):
            yield ("machine", "fixed"), fixed


def _states(draft: Draft) -> Iterator[Finding]:
    """Own state maps that hide a preset, or that never say that a machine runs."""
    for name, states in draft.file.states.items():
        if name in STATE_MAPS:
            yield Finding(("states", name), f"There is a preset state map called {name!r}. Give yours another name.")
        elif State.PRODUCING not in states.values():
            yield Finding(("states", name), f"State map {name!r} never leads to 'producing'.", warning=True)


def _bands(draft: Draft) -> Iterator[Finding]:
    """Tariffs that hold two prices at once."""
    for row, tariff in enumerate(draft.file.tariff):
        minutes: Counter[int] = Counter()
        for n, band in enumerate(tariff.bands):
            since, until = (t.hour * 60 + t.minute for t in (band.start, band.end))
            inside = [m % 1440 for m in range(since, until if until > since else until + 1440)]
            if any(minutes[m] for m in inside):
                yield Finding(
                    draft.place("tariff", row, "bands", n),
                    f"Tariff '{tariff.name}' has two prices at {band.start:%H:%M} or soon after.",
                )
            minutes.update(inside)
    starts = [(t.name, t.valid_from) for t in draft.file.tariff]
    for row, start in enumerate(starts):
        if start in starts[:row]:
            yield Finding(draft.place("tariff", row), f"Tariff '{start[0]}' is valid from the same moment twice.")
