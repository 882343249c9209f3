"""Conditions as people write them: `temperature > 80 for 5 min while running`, in English or Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import BadQuestion, UnknownName
from ..model import State
from ..units import LENGTHS, SECOND

LONGEST = 400
"""Letters that a condition may have."""
OPERATORS = (">", "<", ">=", "<=", "=", "!=")
SAME = {"≥": ">=", "≤": "<=", "≠": "!=", "==": "=", "＞": ">", "＜": "<", "＝": "="}
STOPPED = "stopped"
SPOKEN = {"running": "producing", "运行": "producing", "生产": "producing", "停机": STOPPED}
FOR = {"for", "持续", "至少"}
WHILE = {"while", "during", "when", "期间", "当", "同时"}
AND = {"and", "&", "&&", "且", "并且", ",", "，"}
OR = {"or", "或"}
SPANS = {
    **dict.fromkeys(("sec", "second", "seconds", "秒"), "s"),
    **dict.fromkeys(("minute", "minutes", "分", "分钟"), "min"),
    **dict.fromkeys(("hour", "hours", "小时"), "h"),
    **dict.fromkeys(("day", "days", "天"), "d"),
}
KEYS = "持续|至少|期间|同时|并且|[当且或，]"
SIGNS = "><=!≥≤≠＞＜＝&,"
TOKEN = re.compile(
    rf'>=|<=|!=|==|&&|[{SIGNS}]|"[^"]*"|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|{KEYS}|(?:(?!{KEYS})[^\s"{SIGNS}])+'
)
HELP = "Write a condition such as: temperature > 80 and vibration >= 2.5 for 5 min while running."


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison: a signal by name, role or path, an operator, what it is compared with, and that as a number."""

    signal: str
    operator: str
    text: str
    number: float | None

    def __str__(self) -> str:
        return f"{self.signal} {self.operator} {self.text}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Clauses that hold together, for at least so long (microseconds), while the machine is in one of these states."""

    clauses: tuple[Clause, ...]
    lasting: int = 0
    states: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = " and ".join(map(str, self.clauses))
        text += f" for {self.lasting / SECOND:g} s" if self.lasting else ""
        return text + (f" while {' or '.join(self.states)}" if self.states else "")


def condition(text: str) -> Condition:
    """Read a condition: comparisons joined by `and`, then `for` a length, then `while` a state.

    Examples
    --------
    >>> str(condition("temperature > 80 Cel for 5 min while running"))
    'temperature > 80 for 300 s while producing'
    >>> str(condition('温度≥80且serial = "007"持续2分钟'))
    '温度 >= 80 and serial = 007 for 120 s'

    Raises
    ------
    BadQuestion
        It is no condition; the text says which word does not fit.
    UnknownName
        There is no such state.
    """
    if len(text) > LONGEST:
        raise BadQuestion(f"A condition has at most {LONGEST} letters, this one has {len(text)}.")
    words = TOKEN.findall(text)
    clauses, lasting, states, place = list[Clause](), 0, tuple[str, ...](), 0
    while place < len(words):
        word = words[place].casefold()
        if not clauses or word not in AND | FOR | WHILE:
            clause, place = _clause(words, place)
            clauses.append(clause)
        elif word in FOR:
            lasting, place = _length(words, place + 1)
        elif word in WHILE:
            states, place = _states(words, place + 1)
        else:
            place += 1
    if not clauses:
        raise BadQuestion(f"{text!r} is no condition. {HELP}")
    return Condition(tuple(clauses), lasting, states)


def _clause(words: Sequence[str], place: int) -> tuple[Clause, int]:
    if len(words) < place + 3:
        raise BadQuestion(f"{' '.join(words[place:])!r} is no comparison. {HELP}")
    name, said, value = words[place : place + 3]
    operator = SAME.get(said, said)
    if operator not in OPERATORS:
        raise BadQuestion(f"{said!r} after {name!r} compares nothing: one of {' '.join(OPERATORS)} was expected.")
    number = _number(value)
    if number is None and operator not in ("=", "!="):
        raise BadQuestion(f"{name} {operator} {value}: a number was expected.")
    place += 3
    # A unit behind the number, such as mm/s, is for the reader.
    is_unit = number is not None and place < len(words) and words[place].casefold() not in AND | FOR | WHILE
    return Clause(name.strip('"'), operator, value.strip('"'), number), place + is_unit


def _length(words: Sequence[str], place: int) -> tuple[int, int]:
    said = words[place : place + 2]
    number, unit = (_number(said[0]), SPANS.get(said[1], said[1])) if len(said) == 2 else (None, "")
    if number is None or number < 0 or unit not in LENGTHS:
        raise BadQuestion(f"{' '.join(said)!r} is no length of time. Write it as: for 5 min.")
    return round(number * LENGTHS[unit]), place + 2


def _states(words: Sequence[str], place: int) -> tuple[tuple[str, ...], int]:
    known, found = [s.value for s in State if s is not State.UNKNOWN], list[str]()
    while place < len(words) and words[place].casefold() not in FOR | AND:
        word = words[place].casefold()
        place += 1
        name = SPOKEN.get(word, word)
        if name == STOPPED:
            found += [s for s in known if s != State.PRODUCING]
        elif name in known:
            found.append(name)
        elif name not in OR:
            raise UnknownName("state", word, [*known, "running", STOPPED])
    return tuple(dict.fromkeys(found)), place


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
