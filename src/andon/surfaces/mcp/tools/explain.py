"""Evidence opened: what a figure means and rests on, down to the samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....answer import Asked, single_figures
from ....catalog import figures
from ....catalog import find as study_of
from ....errors import BadQuestion, UnknownName
from ....model import Window
from ..desk import Desk
from ..figures import local
from ..links import Link, read, stretch
from ..register import tool
from ..reply import Reply, Row, Table, figure_line
from ..trust import evidence, known
from .books import losses
from .events import events, search
from .glance import plant
from .questions import formula

ASKED = ("at", "since", "until", "by")
LIMIT = 500
"""Raw rows that are read at once."""


@tool()
def explain(desk: Desk, link: str, figure: str = "") -> Reply:
    """What a figure means and rests on: opens an evidence link of an answer, down to stops and samples.

    Parameters
    ----------
    link
        andon://study/..., andon://ledger..., andon://entry/7, andon://samples/line-1/press-3/power?since=...&until=...
    figure
        Of a study: the figure to explain.
    """
    return opened(desk, read(link), figure)


def opened(desk: Desk, link: Link, figure: str = "") -> Reply:
    """What lies behind a link."""
    return KINDS[link.kind](desk, link, figure)


def _study(desk: Desk, link: Link, figure: str) -> Reply:
    study = study_of(link.name)
    said = {f.name: f for f in figures(study.answer)}
    if figure and figure.replace(" ", "_") not in said:
        raise UnknownName(f"figure of {study.name}", figure, said)
    settings = {k: v for k, v in link.asked.items() if k not in ASKED}
    asked: Asked = desk.house.answered(
        desk.folder,
        study.name,
        at=link.asked.get("at", ""),
        since=link.asked.get("since", ""),
        until=link.asked.get("until", ""),
        by=link.asked.get("by", ""),
        settings=settings,
    )
    where = asked.headline(lambda at: local(at, asked.zone), desk.say("whole plant"))
    head = [" · ".join(filter(None, (study.name, where))), desk.say(study.summary)]
    if figure:
        named = said[figure.replace(" ", "_")]
        head += [f"{named.name}: {desk.say(named.help)}", *formula(desk, study)[:1]]
        if asked.answer is not None:
            value = single_figures(asked.answer).get(named.name)
            head.append(figure_line([(named.name, value, named.unit)], desk.say, asked.zone))
    head += [known(desk, asked.coverage), _rests(desk, asked)]
    rows: list[Row] = [
        {"signal": h.signal, "role": h.role, "coverage": h.ratio, "unknown": h.asked - h.known}
        for h in sorted(asked.coverage, key=lambda h: h.ratio if h.ratio is not None else 1.0)
    ]
    foot = [
        *[f"{desk.say('left out')}: {who}: {desk.told(why)}" for who, why in asked.evidence.left_out[:4]],
        desk.say("raw rows: explain andon://samples/SIGNAL?since=...&until=..."),
        evidence(desk, link),
    ]
    return Reply(head, Table(rows, {"coverage": "1", "unknown": "us"}, "signals read"), foot)


def _rests(desk: Desk, asked: Asked) -> str:
    e = asked.evidence
    return (
        desk.say(
            "rests on {rows} rows of {signals} signals of {machines} machines",
            rows=e.rows,
            signals=len(e.signals),
            machines=len(e.machines),
        )
        + f"; {desk.say('{n} samples were bad', n=e.bad)}; plant.toml {e.plant[:8]}; {e.version}"
    )


def _ledger(desk: Desk, link: Link, figure: str) -> Reply:
    said = {k: link.asked[k] for k in ("since", "until") if k in link.asked}
    if len(said) < 2:
        raise BadQuestion("A link to the ledger says when: andon://ledger?since=...&until=...")
    window = f"{said['since']}/{said['until']}"
    return losses(desk, window, link.asked.get("at", ""), link.asked.get("by", "entry"))


def _events(desk: Desk, link: Link, figure: str) -> Reply:
    window = f"{link.asked.get('since', '')}/{link.asked.get('until', '')}"
    return events(desk, link.asked.get("kinds", "stop").split(","), window, link.asked.get("at", ""))


def _search(desk: Desk, link: Link, figure: str) -> Reply:
    window = f"{link.asked.get('since', '')}/{link.asked.get('until', '')}"
    return search(desk, link.asked.get("condition", ""), window, link.asked.get("at", ""))


def _entry(desk: Desk, link: Link, figure: str) -> Reply:
    found = desk.house.opened(desk.folder, link.name, spoken=False)
    entry: Mapping[str, Any] = found.entry
    numbers = figure_line(
        [
            ("time", entry["time"], "us"),
            ("parts", entry["parts"], ""),
            ("money", entry["money"], found.currency),
            ("coverage", entry["coverage"], "1"),
        ],
        desk.say,
        desk.zone,
    )
    what = [f"{desk.say(n)} {desk.say(str(entry[n]))}" for n in ("loss", "reason", "product", "order") if entry[n]]
    head = [
        f"{desk.say('entry')} {entry['entry']} · {entry['machine']} · {entry['day']} {entry['shift']} · "
        f"{desk.say('version')} {entry['version']}",
        f"{', '.join(what)}; {numbers}",
    ]
    stops: list[Row] = [{"since": s["since"], "until": s["until"], "time": s["time"]} for s in found.stops]
    longest = max(found.stops, key=lambda s: int(s["time"]), default=None)
    signals = list(dict.fromkeys(str(s["signal"]) for s in found.samples))
    foot = [
        *[f"{desk.say('samples')}: {Link('samples', s, _span(longest)).uri()}" for s in signals[:2] if longest],
        evidence(desk, link),
    ]
    return Reply(head, Table(stops, {"since": "us{1970}", "until": "us{1970}", "time": "us"}, "stops"), foot)


def _span(stop: Mapping[str, Any]) -> dict[str, str]:
    return stretch(Window(int(stop["since"]), int(stop["until"])))


def _samples(desk: Desk, link: Link, figure: str) -> Reply:
    place = link.name.rpartition("/")[0]
    said = {k: link.asked.get(k, "") for k in ("since", "until", "last")}
    window = desk.house.moments(desk.folder, place, **said)
    page = desk.house.sampled(desk.folder, [link.name], window, limit=LIMIT)
    rows: list[Row] = [
        {
            "at": int(r["at"]),
            "value": r["value"] if r["value"] is not None else r["text"],
            "quality": ("good", "uncertain", "bad", "bad")[int(r["quality"]) >> 30],
        }
        for r in page.rows.to_pylist()
    ]
    if all(r["quality"] == "good" for r in rows):
        rows = [{k: v for k, v in r.items() if k != "quality"} for r in rows]
    signal = desk.house.paper(desk.folder).signal(link.name)
    unit = "" if signal.unit == "1" else f" [{signal.unit}]"
    since, until = local(window.since, desk.zone), local(window.until, desk.zone)
    heard = _coverage(desk, link.name, stretch(window))
    head = [f"{link.name}{unit} · {since} – {until} {desk.zone} · {desk.say('coverage')} {heard}"]
    foot = [desk.say("only the first {n} rows were read: ask for a shorter time", n=LIMIT)] if page.after else []
    return Reply(
        head, Table(rows, {"at": "us{1970}"}), [*foot, evidence(desk, Link("samples", link.name, stretch(window)))]
    )


def _coverage(desk: Desk, signal: str, said: Mapping[str, str]) -> str:
    found = desk.house.heard(desk.folder, signal.rpartition("/")[0], **said)["signals"]
    share = next((s["coverage"] for s in found if s["signal"] == signal), None)
    return desk.say("unknown") if share is None else f"{share:.1%}"


def _machine(desk: Desk, link: Link, figure: str) -> Reply:
    return plant(desk, link.name)


def _plant(desk: Desk, link: Link, figure: str) -> Reply:
    return plant(desk)


KINDS: Mapping[str, Callable[[Desk, Link, str], Reply]] = {
    "study": _study,
    "ledger": _ledger,
    "events": _events,
    "search": _search,
    "entry": _entry,
    "samples": _samples,
    "machine": _machine,
    "plant": _plant,
}
