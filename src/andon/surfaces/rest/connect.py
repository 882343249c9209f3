"""/sources and /connect: how sources are doing, and the way from an address to machines in plant.toml."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from ...errors import NotAllowed
from ...words import say, told
from .served import Asking, Door

STRICT = ConfigDict(extra="forbid")
RIGHT = {"x-right": "engineer"}
Text = Field(default="", max_length=1000)


class Address(BaseModel):
    """What somebody typed: a URL, or a host."""

    model_config = STRICT
    address: str = Field(min_length=1, max_length=1000, examples=["opc.tcp://192.168.0.7:4840", "192.168.0.7"])


class Begin(BaseModel):
    """A source of the plant by its name, or a way to a new one; settings as `every=500 ms`."""

    model_config = STRICT
    source: str = Text
    connector: str = Text
    url: str = Text
    name: str = Text
    user: str = Text
    password: str = Field(default="", max_length=1000, repr=False)
    settings: list[str] = Field(default=[], max_length=50)


class Login(BaseModel):
    """As whom to try."""

    model_config = STRICT
    user: str = Text
    password: str = Field(default="", max_length=1000, repr=False)


class Narrowed(BaseModel):
    """Only what fits one of these patterns, such as `*press-3*`; everything without any."""

    model_config = STRICT
    patterns: list[str] = Field(default=[], max_length=50)


class Correction(BaseModel):
    """One correction in words (`["role", "3", "power"]`), or the answer to what is asked of one signal."""

    model_config = STRICT
    words: list[str] = Field(default=[], max_length=200)
    machine: str = Text
    address: str = Text
    right: bool = False
    states: dict[str, str] | None = Field(default=None, max_length=500)


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)
    visits = house.Visits(folder)
    _reads(found, door)
    _begins(found, door, visits)
    _proposes(found, door, visits)


def _reads(found: APIRouter, door: Door) -> None:
    @found.get("/sources", operation_id="sources")
    def sources(asking: Asking = Depends(door)) -> Response:
        """Each source with its health, why data stopped, and what comes from it; moments in microseconds."""
        rows = asking.ask("source_cards")
        return asking.told([{**r, "said": told(str(r["said"]), asking.language)} for r in rows])

    @found.get("/connect/choices", operation_id="connect_choices")
    def choices(asking: Asking = Depends(door)) -> Response:
        """What a signal can be: roles with their meaning, kinds, states, state maps; and what Andon speaks."""
        return asking.told(
            {
                "roles": [{"name": n, "help": say(h, asking.language)} for n, h in asking.house.roles()],
                **{of: list(asking.house.choices(of)) for of in ("kinds", "states", "maps")},
                "connectors": [
                    {**c, "summary": say(str(c["summary"]), asking.language)} for c in asking.house.spoken_protocols()
                ],
            }
        )

    @found.get("/connect/answerable", operation_id="connect_answerable")
    def answerable(asking: Asking = Depends(door), machine: list[str] = Query(default=[], max_length=1000)) -> Response:
        """Each study with how many of these machines can answer it, and what the others lack."""
        rows = asking.ask("answerable_of", machine)
        return asking.told(
            [
                {
                    "study": r["study"],
                    "answer": say(r["answer"], asking.language),
                    "machines": r["machines"],
                    "missing": told(r["missing"], asking.language),
                }
                for r in rows
            ]
        )


def _begins(found: APIRouter, door: Door, visits: Any) -> None:
    @found.post("/connect/ways", operation_id="connect_ways", openapi_extra=RIGHT)
    def ways(address: Address, asking: Asking = Depends(door)) -> Response:
        """Who answers at an address, the best first; a host without a port is tried on the usual ones."""
        answer = visits.ways(_visitor(asking), address.address)
        return asking.told({**answer, "ways": [_stepped(w, asking) for w in answer["ways"]]})

    @found.post("/connect/visits", operation_id="connect_begin", openapi_extra=RIGHT)
    def begin(what: Begin, asking: Asking = Depends(door)) -> Response:
        """Begin to look at a source; nothing is stored. A visit to which nobody comes back ends after 10 minutes."""
        with asking.seeing():
            answer = visits.begin(
                _visitor(asking),
                source=what.source,
                way=(what.connector, what.url),
                name=what.name,
                login=(what.user, what.password),
                given=what.settings,
            )
        return asking.told(answer)

    @found.post("/connect/visits/{visit}/login", operation_id="connect_login", openapi_extra=RIGHT)
    def login(visit: str, who: Login, asking: Asking = Depends(door)) -> Response:
        """Try as this user from now on; the password is kept in secrets.toml once the source is confirmed."""
        return asking.told(visits.log_in(_visitor(asking), visit, who.user, who.password))

    @found.post("/connect/visits/{visit}/trial", operation_id="connect_trial", openapi_extra=RIGHT)
    def trial(visit: str, asking: Asking = Depends(door)) -> Response:
        """Try it step by step; what failed last is the step to mend."""
        return asking.told([_stepped(s, asking) for s in visits.trial(_visitor(asking), visit)])

    @found.post("/connect/visits/{visit}/browse", operation_id="connect_browse", openapi_extra=RIGHT)
    def browse(visit: str, what: Narrowed, asking: Asking = Depends(door)) -> Response:
        """What it offers; its values are heard from now on."""
        answer = visits.browse(_visitor(asking), visit, what.patterns)
        return asking.told(
            {**answer, "offers": [{**o, "why": told(o["why"], asking.language)} for o in answer["offers"]]}
        )

    @found.delete("/connect/visits/{visit}", operation_id="connect_leave", openapi_extra=RIGHT, status_code=204)
    def leave(visit: str, asking: Asking = Depends(door)) -> Response:
        """End the visit; nothing was changed by it."""
        visits.leave(_visitor(asking), visit)
        return Response(status_code=204)


def _proposes(found: APIRouter, door: Door, visits: Any) -> None:
    @found.get("/connect/visits/{visit}/values", operation_id="connect_values", openapi_extra=RIGHT)
    def values(visit: str, asking: Asking = Depends(door)) -> Response:
        """What was heard until now: how many values, the last of each address, why nothing more is heard."""
        answer = visits.values(_visitor(asking), visit)
        return asking.told({**answer, "said": told(answer["said"], asking.language)})

    @found.get("/connect/visits/{visit}/proposal", operation_id="connect_proposal", openapi_extra=RIGHT)
    def proposal(visit: str, asking: Asking = Depends(door), anew: bool = False) -> Response:
        """What it would be in plant.toml, each signal with its reason and what is in doubt."""
        return asking.told(_proposed(visits.proposal(_visitor(asking), visit, anew=anew), asking))

    @found.post("/connect/visits/{visit}/correct", operation_id="connect_correct", openapi_extra=RIGHT)
    def correct(visit: str, what: Correction, asking: Asking = Depends(door)) -> Response:
        """Change the proposal: drop, keep, rename, role, unit, kind, states, title; or answer what is asked."""
        who = _visitor(asking)
        if what.words:
            return asking.told(_proposed(visits.correct(who, visit, what.words), asking))
        signal = (what.machine, what.address)
        return asking.told(_proposed(visits.answer(who, visit, signal, right=what.right, states=what.states), asking))

    @found.post("/connect/visits/{visit}/confirm", operation_id="connect_confirm", openapi_extra=RIGHT)
    def confirm(visit: str, asking: Asking = Depends(door)) -> Response:
        """Write it into plant.toml; a plant that runs takes it up by itself."""
        return asking.told(visits.confirm(_visitor(asking), visit))


def _visitor(asking: Asking) -> object:
    """Whoever looks at sources: an engineer."""
    if not asking.who.may("engineer"):
        raise NotAllowed(
            f"{asking.who.who} has the right '{asking.who.right}', and connecting needs 'engineer'. Ask an admin."
        )
    return asking.house.Visitor(asking.who.who, asking.who.right, asking.who.lines)


def _stepped(step: dict[str, Any], asking: Asking) -> dict[str, Any]:
    return {
        **step,
        "title": told(say(step["step"], asking.language), asking.language),
        "said": told(step["said"], asking.language),
    }


def _proposed(made: dict[str, Any], asking: Asking) -> dict[str, Any]:
    """A proposal with its reasons in the reader's language."""
    machines = [{**m, "signals": [_signal(s, asking.language) for s in m["signals"]]} for m in made["machines"]]
    return {**made, "machines": machines, "notes": [told(n, asking.language) for n in made["notes"]]}


def _signal(one: dict[str, Any], language: str) -> dict[str, Any]:
    return {**one, "why": told(one["why"], language), "ask": told(one["ask"], language)}
