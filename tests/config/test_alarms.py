"""Alarms and receivers in plant.toml: what is wrong is named with its line, what is right becomes alarms."""

import re
from pathlib import Path

import pytest

from andon.config import check, read_plant, schema
from andon.plant.alarms import Held, Level, Pace, Said, Stale
from andon.units import MINUTE, SECOND

PLANT = """[plant]
name = "works"
zone = "UTC"
[[machine]]
path = "line-1/press-3"
area = "hall"
[machine.signals.state]
[machine.signals.temperature]
unit = "Cel"
[machine.signals.alarm]
[machine.signals.oil]
role = "temperature"
[[machine]]
path = "line-1/lathe"
[machine.signals.temperature]
[[limit]]
signal = "line-1/press-3/temperature"
high = 70
"""
GOOD = '[[alarm]]\nname = "a"\nadvice = { action = "look" }\n'


def mistakes(file) -> list[tuple[int, str]]:
    return [(m.line, m.text) for m in check(file) if not m.warning]


@pytest.mark.parametrize(
    ("keys", "line", "text"),
    [
        ("", 19, "one of high, low, rise, fall, state, equals, text, stale says when it is on, not 0"),
        ('signal = "temperature"\nhigh = 1\nlow = 2', 24, "not 2"),
        ("high = 1", 19, "it needs a `signal`"),
        ('signal = "temperatur"\nhigh = 1', 22, "no machine there has a signal 'temperatur'. Did you mean"),
        ('signal = "temperature"\nhigh = 1\nat = "line-2"', 24, "there is no machine, line or area 'line-2'. Did you"),
        ('signal = "temperature"\nhigh = "limit"', 23, "no [[limit]] with `high` for 'line-1/lathe/temperature'"),
        ('signal = "temperature"\nhigh = "limt"', 23, "alarm 1 > high"),
        ('signal = "temperature"\nrise = 1', 19, "`per` belongs to `rise` and `fall`"),
        ('signal = "temperature"\nhigh = 1\nper = "1 s"', 24, "`per` belongs to `rise` and `fall`"),
        ('signal = "temperature"\nhigh = 1\nlonger_than = "1 s"', 24, "with `high` it is `on_delay`"),
        ('state = "fault"\nlonger_than = "1 s"\non_delay = "1 s"', 24, "leave `on_delay` out"),
        ('state = "fault"\ndeadband = 1', 23, "`deadband` belongs to high, low, rise, fall"),
        ('state = "fualt"', 22, "'fualt' is no state. Did you mean 'fault'?"),
        ('signal = "alarm"\nhigh = 1', 22, "'line-1/press-3/alarm' is a boolean, and a limit or a pace needs a number"),
        ('signal = "temperature"\nstate = "fault"', 22, "only a state signal has states"),
        ('signal = "temperature"\nhigh = 1\nsuppressed_while = ["off"]', 24, "'line-1/lathe' has no state signal"),
        ('signal = "temperature"\nhigh = 1\nmessage = "{valu}"', 24, "'{valu}' cannot be filled in. Did you mean"),
        ('signal = "temperature"\nhigh = 1\nmessage = "{"', 24, "braces belong around"),
        ('signal = "temperature"\nhigh = 1\npriority = "urgent"', 24, "'urgent' is not among its values"),
        ('signal = "temperature"\nhigh = 1\non_delay = 5', 24, "5 has no unit"),
    ],
)  # fmt: skip
def test_every_mistake_in_an_alarm_is_named_with_its_line(written, keys, line, text):
    ((found, said), *more) = mistakes(written(f"{PLANT}{GOOD}{keys}\n"))
    assert (found, text in said, len({at for at, _ in more} - {line})) == (line, True, 0), said


@pytest.mark.parametrize(
    ("keys", "line", "text"),
    [
        ('by = "email"\nserver = "m"\nsender = "a"', 19, "by email it needs `to`"),
        ('by = "mqtt"\nurl = "mqtt://b"', 19, "by mqtt it needs `topic`"),
        ('by = "webhook"\nto = ["a"]', 22, "`to` does not belong to webhook"),
        ('by = "webhook"\nshifts = ["early"]', 22, "there is no shift 'early'"),
        ('by = "webhook"\nat = ["line-3"]', 22, "there is no machine, line, area or source 'line-3'"),
        ('by = "webhook"\nurl = "https://ann:geheim@host/"', 22, "'url' holds a secret"),
    ],
)
def test_every_mistake_in_a_receiver_is_named_with_its_line(written, keys, line, text):
    ((found, said),) = mistakes(written(f'{PLANT}[[notify]]\nname = "ops"\n{keys}\n'))
    assert (found, text in said) == (line, True), said


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ('signal = "line-1/press-3/temperature"\nhigh = "limit"', [("line-1/press-3/temperature", Level(70.0))]),
        ('signal = "oil"\nlow = 5\ndeadband = 0.5', [("line-1/press-3/oil", Level(5.0, -1, 0.5))]),
        (
            'signal = "temperature"\nrise = 5\nper = "1 min"',
            [("line-1/press-3/temperature", Pace(5.0, MINUTE)), ("line-1/lathe/temperature", Pace(5.0, MINUTE))],
        ),
        ('signal = "temperature"\nat = ["hall"]\nstale = "10 s"', [("line-1/press-3/temperature", Stale(10 * SECOND))]),
        ('state = ["fault", "held_operator"]', [("line-1/press-3/state", Held(frozenset({"fault", "held_operator"})))]),
        ('signal = "alarm"\nequals = true', [("line-1/press-3/alarm", Said(("1",)))]),
        ('signal = "alarm"\nequals = "a*"', [("line-1/press-3/alarm", Said(("a[*]",)))]),
        ('signal = "alarm"\ntext = "FAULT*"', [("line-1/press-3/alarm", Said(("FAULT*",)))]),
    ],
)
def test_one_table_is_an_alarm_of_each_machine_that_has_the_signal(written, keys, found):
    file = written(f"{PLANT}{GOOD}{keys}\n")
    assert mistakes(file) == []
    assert [(a.signal, a.when) for a in read_plant(file).alarms] == found


def test_where_everything_is_urgent_or_nobody_knows_what_to_do_is_warned_of(written):
    many = "".join(
        f'[[alarm]]\nname = "a{i}"\nsignal = "temperature"\nhigh = {i}\npriority = "high"\n' for i in range(10)
    )
    said = [m.text for m in check(written(PLANT + many)) if m.warning]
    assert sum("Of 20 alarms 20 are critical or high (100%)" in s for s in said) == 1
    assert sum("nobody says what the operator does" in s for s in said) == 10


def test_andons_own_alarms_are_written_as_lengths_or_off(written):
    found = read_plant(written(PLANT + '[system_alarms]\nsource_lost = "off"\nclock_skew = "2 s"\n')).system_alarms
    assert (found.source_lost, found.clock_skew, found.no_values) == (None, 2 * SECOND, 5 * MINUTE)


def test_the_schema_takes_what_the_reader_takes():
    judge = pytest.importorskip("jsonschema").Draft202012Validator(schema())
    plant = {"name": "w", "zone": "UTC"}
    alarm = {"name": "a", "signal": "t", "high": "limit", "on_delay": "5 s", "advice": {"action": "look"}}
    assert judge.is_valid({"plant": plant, "alarm": [alarm], "system_alarms": {"source_lost": "off"}})
    assert not judge.is_valid({"plant": plant, "alarm": [alarm | {"hi": 3}]})
    assert not judge.is_valid({"plant": plant, "system_alarms": {"source_lost": "never"}})


def test_what_the_docs_show_is_read_without_a_mistake(written):
    text = (Path(__file__).parents[2] / "docs" / "alarms.md").read_text("utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    file = written(f'[plant]\nname = "works"\nzone = "UTC"\n{shown}')
    assert mistakes(file) == []
    assert len(read_plant(file).alarms) == 3
