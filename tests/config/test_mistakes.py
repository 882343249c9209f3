"""What is wrong in plant.toml is named with its line."""

import tomllib
from functools import reduce
from operator import getitem
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.config import check, read_plant
from andon.config.places import places
from andon.errors import BadConfig

WHOLE = Path(__file__).parents[2] / "examples" / "sme" / "plant.toml"


@pytest.mark.parametrize(
    ("old", "new", "line", "texts"),
    [
        ('name = "works"', 'name = "works"\nzoen = "UTC"', 3, ["no key 'zoen' in plant", "Did you mean 'zone'"]),
        ('zone = "Europe/Rome"', 'zone = "Europe/Rom"', 3, ["'Europe/Rom' is no IANA time zone", "'Europe/Rome'"]),
        ('zone = "Europe/Rome"', "", 1, ["'zone' is missing in plant", "IANA time zone"]),
        ('zone = "Europe/Rome"', 'zone = "UTC"\nlanguage = "fr"', 4, ["'fr' is not among its values", "en, zh"]),
        ('zone = "Europe/Rome"', 'zone = "UTC"\ncurrency = "Euro"', 4, ["'Euro' is no currency", "EUR"]),
        ('start = "06:00"', 'start = "6 Uhr"', 7, ["shift 1 > start", "'6 Uhr' is not a time of day"]),
        ('start = "06:00"', "start = 6", 7, ["6 is not a time of day"]),
        ('start = "06:00"', 'start = "06:00"\ndays = ["mo"]', 8, ["shift 1 > days 1", "Did you mean 'mon'"]),
        (
            'start = "06:00"',
            'start = "06:00"\nat = ["line-2"]',
            8,
            ["'line-2', which is no machine", "Did you mean 'line-1'"],
        ),
        ('start = "06:00"', 'start = "06:00"\nvalid_from = "2022-02-30"', 8, ["2022-02-30 is not a date"]),
        ('start = "06:00"', 'start = "06:00"\nvalid_from = 2022-09-01\nvalid_until = 2022-09-01', 9, ["never runs"]),
        (
            'start = "06:00"',
            'start = "06:00"\nbreaks = [\n  { start = "05:00", end = "05:15" },\n]',
            9,
            ["The break 05:00 to 05:15 is not inside shift 'early'"],
        ),
        (
            'start = "06:00"',
            'start = "06:00"\nbreaks = [{ start = "09:00", end = "09:30" }, { start = "09:15", end = "09:45" }]',
            8,
            ["09:15 to 09:45 overlaps another break"],
        ),
        (
            "[[reason]]",
            '[[shift]]\nname = "other"\nstart = "13:00"\nend = "21:00"\n[[reason]]',
            10,
            ["'other' starts on", "while shift 'early' still runs"],
        ),
        ('text = "Jam"', 'text = "Jam"\nparent = "material"', 13, ["'material', which is no reason", "Known: jam"]),
        ('text = "Jam"', 'text = "Jam"\nparent = "jam"', 13, ["in a circle: jam > jam"]),
        (
            'text = "Jam"',
            'text = "Jam"\nelement = "ADTE"',
            13,
            ["'ADTE' is no ISO 22400 element", "Did you mean 'ADET'"],
        ),
        ('text = "Jam"', 'text = "Jam"\nloss = "breakdwn"', 13, ["'breakdwn' is no loss", "Did you mean 'breakdown'"]),
        ('"12 s"', '"12"', 16, ["product 1 > cycles 1 > ideal_cycle", "'12' is not a length of time"]),
        ('"12 s"', "12", 16, ["12 has no unit"]),
        ('"12 s"', '"0 s"', 16, ["'0 s' is no time at all"]),
        (
            '"12 s"',
            '"12 s", machine = "line-1/press-4"',
            16,
            ["'line-1/press-4', which is no machine", "'line-1/press-3'"],
        ),
        (
            "[[machine]]",
            '[[product]]\nname = "bracket"\ncycles = [{ ideal_cycle = "1 s" }]\n[[machine]]',
            19,
            ["There are 2 [[product]] tables with name = 'bracket'"],
        ),
        ('path = "line-1/press-3"', 'path = "line 1/press 3"', 19, ["'line 1/press 3' is no path", "line-1/press-3"]),
        (
            'path = "line-1/press-3"',
            'path = "line-1/press-3"\nminor_stop = "5 minutes"',
            20,
            ["'5 minutes' is not a length"],
        ),
        (
            'path = "line-1/press-3"',
            'path = "line-1/press-3"\nhour_value = "60"',
            20,
            ["the text '60' was found where a number belongs"],
        ),
        ('path = "line-1/press-3"', 'path = "line-1/press-3"\nhour_value = -1.0', 20, ["greater than or equal to 0"]),
        (
            'path = "line-1/press-3"',
            'path = "line-1/press-3"\ndefault_product = "braket"',
            20,
            ["Did you mean 'bracket'"],
        ),
        ('states = "packml"', 'states = "pakml"', 21, ["no state map 'pakml'", "Did you mean 'packml'"]),
        ('states = "packml"', 'states = { "1" = "runing" }', 21, ["'runing' is no state"]),
        ('states = "packml"', 'states = "packml"\nsource = "pcl"', 22, ["no such [[source]]", "Did you mean 'plc'"]),
        ('states = "packml"', 'states = "packml"\nkind = "number"', 22, ["its kind is 'state', not 'number'"]),
        ('states = "packml"', 'states = "packml"\nrollover = 65535', 22, ["only a count rolls over"]),
        ('states = "packml"', 'states = "packml"\nretention = "shrot"', 22, ["no retention class 'shrot'", "default"]),
        ("[machine.signals.good_count]", "[machine.signals.powr]", 22, ["'powr' is no role", "Did you mean 'power'"]),
        ("[machine.signals.good_count]", '[machine.signals.good_count]\nrole = "good_cont"', 23, ["'good_count'"]),
        (
            "[machine.signals.good_count]",
            '[machine.signals.good_count]\n[machine.signals.power]\nunit = "kWatt"',
            24,
            ["'kWatt' is no UCUM unit"],
        ),
        (
            "[machine.signals.good_count]",
            '[machine.signals.good_count]\n[machine.signals.energy]\nunit = "kWh"',
            24,
            ["Did you mean 'kW.h'"],
        ),
        (
            'connector = "opcua"',
            'connector = "opcua"\npassword = "geheim"',
            28,
            ["'password' holds a secret", "mode 600"],
        ),
        ('url = "opc.tcp://10.0.0.3"', 'url = "opc.tcp://user:pw@host"', 26, ["'url' holds a secret"]),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[[limit]]\nsignal = "line-1/press-3/powr"',
            29,
            ["no signal 'line-1/press-3/powr'"],
        ),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[[limit]]\nsignal = "line-1/press-3/state"\nlow = 3\nhigh = 2',
            28,
            ["not in order"],
        ),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[elements]\nstarvd = "ADET"',
            29,
            ["'starvd' is no state", "'starved'"],
        ),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[machin]\na = 1',
            28,
            ["no key 'machin' at the top", "'machine'"],
        ),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[[tariff]]\nname = "t"\nprice = 0.2\nbands = [\n'
            '{ start = "08:00", end = "12:00", price = 1 },\n{ start = "11:00", end = "13:00", price = 2 }]',
            33,
            ["two prices"],
        ),
        (
            'connector = "opcua"',
            'connector = "files"\nmachine = { column = "m", map = { "3" = "line-1/press3" } }',
            28,
            ["'line-1/press3', which is no machine"],
        ),
    ],
)
def test_every_mistake_is_named_with_its_line_what_was_found_and_what_is_near(written, old, new, line, texts, works):
    file = written(works.replace(old, new, 1))
    found = [m for m in check(file) if not m.warning]
    assert [m.line for m in found] == [line], found
    assert all(text in found[0].text for text in texts), found
    with pytest.raises(BadConfig, match=f"plant.toml:{line}: "):
        read_plant(file)


def test_all_mistakes_are_told_at_once_those_of_form_and_those_of_meaning(written, works):
    file = written(
        works.replace('"06:00"', '"6"')
        .replace('"packml"', '"pakml"')
        .replace('"12 s"', '"12"')
        .replace('text = "Jam"', 'text = "Jam"\nparent = "nobody"')
    )
    with pytest.raises(BadConfig) as wrong:
        read_plant(file)
    assert [text.split(":")[1] for text in str(wrong.value).splitlines()[1:]] == ["7", "13", "17", "22"]
    assert "4 mistakes" in str(wrong.value)


def test_a_machine_that_cannot_be_read_is_still_known_to_others(written, works):
    file = written(
        works.replace('"12 s"', '"12 s", machine = "line-1/press-3"').replace(
            'path = "line-1/press-3"', 'path = "line-1/press-3"\nminor_stop = 5'
        )
    )
    assert [m.line for m in check(file)] == [20]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('cycles = [{ ideal_cycle = "12 s" }]', "", "no ideal cycle time: no effectiveness"),
        ("[machine.signals.good_count]", "", "no 'total_count' or 'good_count' signal"),
        ('[machine.signals.state]\nstates = "packml"', "", "no 'state' signal"),
        ('[[shift]]\nname = "early"\nstart = "06:00"\nend = "14:00"\n', "", "OEE cannot"),
    ],
)
def test_what_cannot_be_asked_is_a_warning_and_no_mistake(written, old, new, text, works):
    file = written(works.replace(old, new))
    warnings = check(file)
    assert warnings
    assert all(m.warning for m in warnings)
    assert any(text in m.text for m in warnings)
    assert read_plant(file).name == "works"


@pytest.mark.parametrize(
    ("text", "line"),
    [('[plant]\nname = "works\n', 2), ('[plant]\nname = "works"\nname = "other"\n', 3), ("[plant\n", 1)],
)
def test_what_is_no_toml_is_named_with_its_line(written, text, line):
    found = check(written(text))
    assert [(m.line, "This is no TOML" in m.text) for m in found] == [(line, True)]


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(BadConfig, match="andon init"):
        read_plant(tmp_path)


def test_overlap_on_the_day_that_rules_change_is_a_warning(written, works):
    file = written(
        works.replace(
            'end = "14:00"\n',
            """end = "14:00"
valid_from = 2022-09-06

[[shift]]
name = "night"
start = "22:00"
end = "07:00"
valid_until = 2022-09-06
""",
        )
    )
    assert [(m.warning, "it will begin when that ends" in m.text) for m in check(file)] == [(True, True)]


def test_shifts_of_a_machine_do_not_overlap_those_they_replace(written, works):
    own = '[[shift]]\nname = "own"\nstart = "08:00"\nend = "16:00"\nat = ["line-1/press-3"]\n\n[[reason]]'
    assert check(written(works.replace("[[reason]]", own, 1))) == []


anything = st.recursive(
    st.booleans() | st.integers(-99, 99) | st.floats() | st.text(max_size=6) | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_stands_where_it_does_not_belong_is_a_mistake_and_no_crash(tmp_path_factory, data):
    text = WHOLE.read_text("utf-8")
    whole = tomllib.loads(text)
    *way, last = data.draw(st.sampled_from(sorted(places(text), key=str)))
    reduce(getitem, way, whole)[last] = data.draw(anything)
    file = tmp_path_factory.mktemp("any") / "plant.toml"
    file.write_text(tomlkit.dumps(whole), "utf-8")
    found = check(file)
    assert all(1 <= m.line <= file.read_text("utf-8").count("\n") + 1 for m in found)
    if not [m for m in found if not m.warning]:
        read_plant(file)
