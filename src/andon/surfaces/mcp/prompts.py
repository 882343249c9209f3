"""Prompts: three questions that people of a plant ask every day, put so that the tools answer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import BadQuestion, UnknownName
from .desk import Desk


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request with places for its arguments; `arguments` gives the help of each, all but `required` may be empty."""

    title: str
    arguments: Mapping[str, str]
    required: tuple[str, ...]
    text: str


PROMPTS: Mapping[str, Prompt] = {
    "handover": Prompt(
        "Hand a shift over to the next one.",
        {"at": "Line or machine; empty: the whole plant.", "when": "Which shift; empty: the last one."},
        (),
        "Write the handover of {when} at {at}: what runs now, OEE with its coverage, the three largest losses, the "
        "longest stops and those without a reason, alarms that stand, notes. Use `now`, `ask` oee, `losses`, `events`. "
        "Give each figure with its coverage and its evidence link; say plainly what is unknown.",
    ),
    "why": Prompt(
        "Find out why a time was bad.",
        {"when": "The time, such as 2026-03-29 or last shift.", "at": "Line or machine; empty: the whole plant."},
        ("when",),
        "Find out why {when} was bad at {at}. Compare OEE and losses with the same time a week before, go from the "
        "class of loss to reasons, then to the longest stops, then to what the signals did before them (`trend`). "
        "Tell causes that the data show from guesses, and give the evidence link of each figure.",
    ),
    "trust": Prompt(
        "Check whether a figure can be trusted.",
        {"link": "The evidence link of an answer."},
        ("link",),
        "Check the figure behind {link} with `explain`: what it means, what it rests on, how much of the time is "
        "known, which signals were silent, which machines were left out. Say whether a decision may rest on it, and "
        "what is missing for that.",
    ),
}
USUAL = {"at": "the whole plant", "when": "last shift"}


def prompted(desk: Desk, name: str, given: Mapping[str, str]) -> str:
    """The text of a prompt with its arguments put in."""
    if name not in PROMPTS:
        raise UnknownName("prompt", name, PROMPTS)
    prompt = PROMPTS[name]
    for unknown in set(given) - set(prompt.arguments):
        raise UnknownName(f"argument of {name}", unknown, prompt.arguments)
    for needed in prompt.required:
        if not given.get(needed):
            raise BadQuestion(f"{name} needs '{needed}': {prompt.arguments[needed]}")
    return desk.say(prompt.text).format(**{k: given.get(k) or desk.say(USUAL[k]) for k in prompt.arguments})
