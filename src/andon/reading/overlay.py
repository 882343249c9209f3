"""Texts as spells, and reasons and orders laid over states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..model import Spells, State, States, Texts, Times

Texted = np.ndarray[tuple[int, ...], np.dtype[np.object_]]


def text_spells(texts: Texts) -> Spells:
    """The stretches in which each text held, unknown time and bad values left out, equal neighbours joined."""
    until = np.append(texts.at[1:], texts.window.until)[: len(texts.at)]
    rows: list[tuple[int, int, str]] = []
    usable = (texts.quality >> 30) == 0
    for since, end, text, good in zip(texts.at.tolist(), until.tolist(), texts.text, usable.tolist(), strict=True):
        since = max(since, texts.window.since)
        if not good or end <= since:
            continue
        if rows and rows[-1][2] == text and rows[-1][1] == since:
            rows[-1] = (rows[-1][0], end, text)
            continue
        rows.append((since, end, text))
    return _heard(rows, texts.known)


def _heard(rows: list[tuple[int, int, str]], known: Spells) -> Spells:
    """Cut rows to the known stretches (both in order of time)."""
    found: list[tuple[int, int, str]] = []
    stretches = list(zip(known.since.tolist(), known.until.tolist(), strict=True))
    first = 0
    for since, until, text in rows:
        while first < len(stretches) and stretches[first][1] <= since:
            first += 1
        for begin, end in stretches[first:]:
            if begin >= until:
                break
            found.append((max(since, begin), min(until, end), text))
    return Spells.of(found)


def overlaid(said: States, own: Spells | None, given: list[tuple[int, int, str]], ordered: Spells | None) -> States:
    """Split the states at every edge of a reason or an order, and say which reason holds in each stretch.

    The machine's own reason counts where it was not producing; an operator's wins over it, a later over an earlier.
    """
    edges = [e for spells in (own, ordered) if spells is not None for e in (spells.since, spells.until)]
    edges.append(np.array([e for since, until, _ in given for e in (since, until)], np.int64))
    cuts = np.unique(np.concatenate([said.since, said.until[-1:], *edges]))
    cuts = cuts[(cuts >= said.window.since) & (cuts <= said.window.until)]
    since, until = cuts[:-1], cuts[1:]
    place = np.searchsorted(said.since, since, side="right") - 1
    state, reason = _taken(said.state, place), _taken(said.reason, place)
    if own is not None:
        own_reason = _at(own, since)
        reason = np.where(own_reason != "", own_reason, reason)
    for begin, end, text in given:
        reason[np.searchsorted(since, begin) : np.searchsorted(since, end)] = text
    reason[state == State.PRODUCING] = ""
    order = None if ordered is None else tuple((_at(ordered, since) != "").tolist())
    return States(
        said.window,
        since,
        until,
        tuple(state.tolist()),
        tuple(_taken(said.said, place).tolist()),
        tuple(reason.tolist()),
        order,
    )


def _taken(texts: Sequence[str], place: Times) -> Texted:
    """The texts at these places, as an array of objects."""
    found = np.empty(len(texts), dtype=object)
    found[:] = texts
    return found[place]


def _at(spells: Spells, at: Times) -> Texted:
    """The text that held at each moment, "" where none did."""
    if not len(spells):
        return np.full(len(at), "", dtype=object)
    place = np.searchsorted(spells.since, at, side="right") - 1
    inside = (place >= 0) & (at < spells.until[np.maximum(place, 0)])
    return np.where(inside, _taken(spells.text, np.maximum(place, 0)), "")
