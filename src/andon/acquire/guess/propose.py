"""From what a source offers to a proposal: machines, signals, roles, and what must be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from ...plant import Machine
from ...plant.states import STATE_MAPS
from ..link import Offer
from .heard import Heard
from .judge import MODEL, Judged, judge
from .letters import free, signal_name
from .machines import Named, grouped, named
from .proposal import Candidate, SourceProposal, Suggestion
from .vocabulary import COUNTED

ONLY_ONE = (*COUNTED, "state", "product", "order")
"""A machine has one signal of each: studies read one."""
Found = tuple[Offer, Judged]


def propose_source(
    source: Mapping[str, object], offers: Sequence[Offer], heard: Mapping[str, Heard], known: Mapping[str, Machine]
) -> SourceProposal:
    """What a source would be in plant.toml.

    Parameters
    ----------
    source
        The `[[source]]` table: name, connector, settings.
    offers
        What it offers.
    heard
        What it said while it was watched, by address.
    known
        The plant's machines.

    Examples
    --------
    >>> offers = [Offer("a", ("Press 3", "GoodCount"), "integer"), Offer("b", ("Press 3", "Power"), "number", "kW")]
    >>> found = propose_source({"name": "plc"}, offers, {}, {})
    >>> [(m.path, s.name, s.role) for m, s in found.taken()]
    [('line-1/press-3', 'good_count', 'good_count'), ('line-1/press-3', 'power', 'power')]
    """
    name = str(source["name"])
    machines, notes = [], []
    for one in named(grouped(offers), known, name):
        machine, said = _machine(one, heard, known.get(one.path), name)
        machines.append(machine)
        notes += said
    return SourceProposal(source=source, machines=tuple(machines), notes=tuple(notes))


def selected(offers: Sequence[Offer], patterns: Sequence[str]) -> list[Offer]:
    """The offers whose path or address fits one of the patterns: `*press-3*`, `Hall 2/*/Power`; all without any.

    >>> [o.address for o in selected([Offer("a", ("Press 3", "Power"), "number")], ["press 3/*"])]
    ['a']
    """
    wanted = [p.lower() for p in patterns]
    return [
        o
        for o in offers
        if not wanted or any(fnmatchcase(t.lower(), p) for p in wanted for t in ("/".join(o.path), o.address))
    ]


def _machine(
    one: Named, heard: Mapping[str, Heard], existing: Machine | None, source: str
) -> tuple[Candidate, list[str]]:
    """One machine: each offer judged, roles given out, names made."""
    running = _running(one.group.offers, heard)
    found = [(o, judge(o, heard.get(o.address, _now(o)), running=running.get(o.address, ""))) for o in one.group.offers]
    found, notes = _one_of_each(found, existing, source, one.path)
    bound = {s.address: n for n, s in existing.signals.items() if s.source == source} if existing else {}
    names, taken = dict[str, str](), set(existing.signals if existing else ())
    roles = Counter(j.role for _, j in found)
    called = Counter(o.path[-1:] for o, _ in found)
    for offer, judged in sorted(found, key=lambda f: -f[1].rank):
        own = judged.role != "other" and (judged.role in ONLY_ONE or roles[judged.role] == 1)
        wanted = judged.role if own and judged.role not in taken else _told(offer, called)
        names[offer.address] = bound.get(offer.address) or free(wanted, taken)
        taken.add(names[offer.address])
    signals = [_suggestion(o, j, names[o.address], heard.get(o.address), o.address in bound) for o, j in found]
    return Candidate(path=one.path, title=one.title, known=existing is not None, signals=tuple(signals)), notes


def _now(offer: Offer) -> Heard:
    """What an offer said when it was browsed."""
    good = offer.value is not None and offer.quality >> 30 < 2
    return Heard((offer.value,) if good and offer.value is not None else (), offer.quality)


def _suggestion(offer: Offer, judged: Judged, name: str, heard: Heard | None, bound: bool) -> Suggestion:
    said = heard.last if heard and heard.last is not None else offer.value
    why = "the plant has it already" if bound else judged.why
    return Suggestion(
        address=offer.address,
        name=name,
        role=judged.role,
        kind=judged.kind,
        unit=judged.unit,
        keys=judged.keys,
        value=said,
        why=why,
        ask="" if bound else judged.ask,
        open={} if bound else judged.open,
        taken=not bound and not judged.left_out,
        path=offer.path,
    )


def _running(offers: Sequence[Offer], heard: Mapping[str, Heard]) -> dict[str, str]:
    """For each address that said one thing only, that thing, if parts were counted meanwhile on the same machine."""
    counted = any(heard[o.address].counts for o in offers if o.address in heard)
    steady = ((o.address, heard[o.address].words) for o in offers if o.address in heard)
    return {address: words[0] for address, words in steady if counted and len(words) == 1}


def _one_of_each(
    found: Sequence[Found], existing: Machine | None, source: str, path: str
) -> tuple[list[Found], list[str]]:
    """Give the roles that a machine has once to whom most speaks for; the others keep theirs out, and it is said."""
    judged, notes = list(found), []
    for role in ONLY_ONE:
        rivals = [i for i, (_, j) in enumerate(judged) if j.role == role]
        held = existing.role(role) if existing else None
        best = max(rivals, key=lambda i: _weight(*judged[i]), default=None)
        if held is not None and rivals:
            mine = [i for i in rivals if held.source == source and held.address == judged[i][0].address]
            best = mine[0] if mine else None
            if best is None:
                notes.append(f"{path} has the role {role} already, as {held.name!r} from {held.source or 'no source'}.")
        for i in rivals:
            if i != best:
                offer, one = judged[i]
                other = judged[best][0].path[-1:] if best is not None else (held.name,) if held else ()
                why = f"{one.why}; {role} is {''.join(other)!r} already"
                judged[i] = (offer, _without_role(one, why))
        if best is not None and held is None:
            _doubted(judged, best, [i for i in rivals if i != best and judged[i][1].rank == judged[best][1].rank])
    return judged, notes


def _weight(offer: Offer, one: Judged) -> tuple[int, int, int]:
    """How much speaks for a role: who says so, how fine its states are, how near the machine itself it hangs."""
    states = one.keys.get("states")
    fine = STATE_MAPS.get(states, {}) if isinstance(states, str) else states
    return one.rank, len(fine) if isinstance(fine, Mapping) else 0, -len(offer.path)


def _without_role(one: Judged, why: str) -> Judged:
    kind = {"state": "text", "count": "number"}.get(one.kind, one.kind)
    keys = {k: v for k, v in one.keys.items() if k not in ("states", "counting", "rollover")}
    return replace(one, role="other", kind=kind, keys=keys, why=why, ask="", open={})


def _doubted(judged: list[Found], best: int, equals: Sequence[int]) -> None:
    """Two for whose names as much speaks: which it is must be asked; of two models the finer is taken."""
    if equals and not judged[best][1].ask and judged[best][1].rank < MODEL:
        offer, one = judged[best]
        others = ", ".join(repr(judged[i][0].path[-1]) for i in equals[:3])
        judged[best] = (offer, replace(one, ask=f"is it this one, and not {others}?"))


def _told(offer: Offer, called: Mapping[tuple[str, ...], int]) -> str:
    """A signal's name from its own, with the folder above where another thing of the machine is called the same."""
    if not offer.path:
        return signal_name(offer.address)
    return signal_name(" ".join(offer.path[-2:]) if called[offer.path[-1:]] > 1 else offer.path[-1])
