"""plant.toml: what is written becomes the plant; what is wrong is named with its line."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from andon.config import Mistake, check, confirm_machines, confirm_mapping, read_plant, schema, secret, template
from andon.config.places import places
from andon.errors import BadConfig
from andon.model import Element, Loss, State, micros
from andon.plant import ROLES
from andon.plant.zones import instant

EXAMPLE = Path(__file__).parents[1] / "examples" / "sme" / "plant.toml"
GUIDE = Path(__file__).parents[1] / "docs" / "plant-toml.md"
MINUTE = 60_000_000

WORKS = """\
[plant]
name = "works"
zone = "Europe/Rome"

[[shift]]
name = "early"
start = "06:00"
end = "14:00"

[[reason]]
code = "jam"
text = "Jam"

[[product]]
name = "bracket"
cycles = [{ ideal_cycle = "12 s" }]

[[machine]]
path = "line-1/press-3"
[machine.signals.state]
states = "packml"
[machine.signals.good_count]

[[source]]
name = "plc"
connector = "opcua"
"""
"""A plant without mistakes and without warnings."""


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> Path:
        file = tmp_path / "plant.toml"
        file.write_text(text, "utf-8")
        return file

    return write


def said(file: Path) -> list[str]:
    return [str(m) for m in check(file)]


def test_a_plant_without_shifts_and_products_is_valid(written):
    plant = read_plant(written('[plant]\nname = "works"\nzone = "Asia/Shanghai"\n'))
    assert (plant.name, plant.site, plant.zone, plant.machines) == ("works", "works", "Asia/Shanghai", {})
    assert plant.shifts.rules == ()


def test_the_folder_and_the_file_say_the_same(written):
    file = written(WORKS)
    assert read_plant(file.parent) == read_plant(file)
    assert said(file) == []


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
        ('text = "Jam"', 'text = "Jam"\nelement = "ADE"', 13, ["'ADE' is no ISO 22400 element", "Did you mean 'ADET'"]),
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
            27,
            ["'password' holds a secret", "mode 600"],
        ),
        ('connector = "opcua"', 'connector = "opcua"\nurl = "mqtt://user:pw@host"', 27, ["'url' holds a secret"]),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[[limit]]\nsignal = "line-1/press-3/powr"',
            28,
            ["no signal 'line-1/press-3/powr'"],
        ),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[[limit]]\nsignal = "line-1/press-3/state"\nlow = 3\nhigh = 2',
            27,
            ["not in order"],
        ),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[elements]\nstarvd = "ADET"',
            28,
            ["'starvd' is no state", "'starved'"],
        ),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[machin]\na = 1',
            27,
            ["no key 'machin' at the top", "'machine'"],
        ),
        (
            'connector = "opcua"',
            'connector = "opcua"\n[[tariff]]\nname = "t"\nprice = 0.2\nbands = [\n'
            '{ start = "08:00", end = "12:00", price = 1 },\n{ start = "11:00", end = "13:00", price = 2 }]',
            32,
            ["two prices"],
        ),
        (
            'connector = "opcua"',
            'connector = "files"\nmachine = { column = "m", map = { "3" = "line-1/press3" } }',
            27,
            ["'line-1/press3', which is no machine"],
        ),
    ],
)
def test_every_mistake_is_named_with_its_line_what_was_found_and_what_is_near(written, old, new, line, texts):
    file = written(WORKS.replace(old, new, 1))
    found = [m for m in check(file) if not m.warning]
    assert [m.line for m in found] == [line], found
    assert all(text in found[0].text for text in texts), found
    with pytest.raises(BadConfig, match=f"plant.toml:{line}: "):
        read_plant(file)


def test_all_mistakes_are_told_at_once_those_of_form_and_those_of_meaning(written):
    file = written(
        WORKS.replace('"06:00"', '"6"')
        .replace('"packml"', '"pakml"')
        .replace('"12 s"', '"12"')
        .replace('text = "Jam"', 'text = "Jam"\nparent = "nobody"')
    )
    with pytest.raises(BadConfig) as wrong:
        read_plant(file)
    assert [text.split(":")[1] for text in str(wrong.value).splitlines()[1:]] == ["7", "13", "17", "22"]
    assert "4 mistakes" in str(wrong.value)


def test_a_machine_that_cannot_be_read_is_still_known_to_others(written):
    file = written(
        WORKS.replace('"12 s"', '"12 s", machine = "line-1/press-3"').replace(
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
def test_what_cannot_be_asked_is_a_warning_and_no_mistake(written, old, new, text):
    file = written(WORKS.replace(old, new))
    warnings = check(file)
    assert warnings
    assert all(m.warning for m in warnings)
    assert any(text in m.text for m in warnings)
    assert read_plant(file).name == "works"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[plant]\nname = "works\n', 2),
        ('[plant]\nname = "works"\nname = "other"\n', 3),
        ("[plant\n", 1),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(written, text, line):
    found = check(written(text))
    assert [(m.line, "This is no TOML" in m.text) for m in found] == [(line, True)]


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(BadConfig, match="andon init"):
        read_plant(tmp_path)


def test_overlap_on_the_day_that_rules_change_is_a_warning(written):
    file = written(
        WORKS.replace(
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


def test_shifts_of_a_machine_do_not_overlap_those_they_replace(written):
    own = '[[shift]]\nname = "own"\nstart = "08:00"\nend = "16:00"\nat = ["line-1/press-3"]\n\n[[reason]]'
    assert said(written(WORKS.replace("[[reason]]", own, 1))) == []


def test_what_is_written_becomes_the_plant(written):
    plant = read_plant(
        written("""
[plant]
name = "works"
zone = "Europe/Rome"
currency = "EUR"
[calendar]
day_of_shift = "end"
holidays = [2022-12-25, "2022-12-26"]
make_up = [{ date = 2022-12-17, as = "fri" }]
[[shift]]
name = "night"
start = 22:00:00
end = "24:00"
days = ["mon"]
at = ["hall"]
[states.lamp]
"green" = "producing"
[elements]
starved = "ADOT"
[losses]
fault = "delay"
[[reason]]
code = "jam"
text = "Jam"
text_zh = "卡料"
element = "ADET"
loss = "breakdown"
[[product]]
name = "a"
cycles = [
  { ideal_cycle = "10 s" },
  { ideal_cycle = "9 s", machine = "line-1/press-3" },
  { ideal_cycle = "8 s", machine = "line-1/press-3", valid_from = 2022-09-01 },
]
values = [{ value = 2, valid_from = 2022-08-01T06:00:00 }]
[[machine]]
path = "line-1/press-3"
class = "press"
area = "hall"
minor_stop = "90 s"
hour_value = 60
ideal_cycle = "12 s"
part_value = 1.5
[machine.signals.lamp]
role = "state"
states = "lamp"
holds = "10 min"
[machine.signals.good_count]
rollover = 65535
[machine.signals.temperature]
unit = "Cel"
scale = 0.1
[[source]]
name = "plc"
connector = "opcua"
url = "opc.tcp://10.0.0.3"
[[tariff]]
name = "t"
price = 0.2
bands = [{ start = "08:00", end = "19:00", price = 0.28 }]
[[grid_factor]]
factor = 0.372
valid_from = 2022-01-01
[[limit]]
signal = "line-1/press-3/temperature"
high = 80
[retention]
default = "10 y"
raw = "forever"
""")
    )
    press = plant.machine("line-1/press-3")
    state, count = press.role("state"), press.role("good_count")
    assert (press.line, press.machine_class, press.rules.minor_stop, press.rules.hour_value) == (
        "line-1",
        "press",
        90_000_000,
        60.0,
    )
    assert state
    assert count
    assert (state.path, state.kind, state.states, state.holds, state.source) == (
        "line-1/press-3/lamp",
        "state",
        {"green": "producing"},
        10 * MINUTE,
        "plc",
    )
    assert (count.kind, count.counting, count.rollover) == ("count", "total", 65535)
    assert press.rules.elements == {State.STARVED: Element.DOWN}
    assert press.rules.losses == {State.FAULT: Loss.DELAY}
    assert (plant.reasons["jam"].element, plant.reasons["jam"].loss) == (Element.DELAY, Loss.BREAKDOWN)
    assert plant.reason_texts["jam"]["zh"] == "卡料"
    assert plant.sources[0].settings == {"url": "opc.tcp://10.0.0.3"}
    assert plant.tariffs[0].bands == (("08:00", "19:00", 0.28),)
    assert plant.grid_factors[0].since == instant("Europe/Rome", dt.date(2022, 1, 1))
    assert plant.limits["line-1/press-3/temperature"].high == 80
    assert plant.retention == {"default": 315_576_000_000_000}
    assert plant.shifts.day_of_shift == "end"
    assert plant.shifts.holidays == {dt.date(2022, 12, 25), dt.date(2022, 12, 26)}
    assert plant.shifts.make_up == {dt.date(2022, 12, 17): 4}
    assert [r.name for r in plant.shifts.rules_on("line-1/press-3", dt.date(2022, 9, 5))] == ["night"]


@pytest.mark.parametrize(
    ("product", "at", "cycle", "value"),
    [
        ("a", "2022-07-01T00:00+02:00", 9e6, None),  # the machine's own cycle, before any value
        ("a", "2022-08-01T06:00+02:00", 9e6, 2.0),
        ("a", "2022-08-31T23:59+02:00", 9e6, 2.0),
        ("a", "2022-09-01T00:00+02:00", 8e6, 2.0),  # local midnight
        ("", "2022-09-01T00:00+02:00", 12e6, 1.5),
    ],
)
def test_rates_are_those_of_the_machine_and_of_the_moment(written, product, at, cycle, value):
    plant = read_plant(
        written("""
[plant]
name = "works"
zone = "Europe/Rome"
[[product]]
name = "a"
cycles = [
  { ideal_cycle = "8 s", machine = "m", valid_from = 2022-09-01 },
  { ideal_cycle = "10 s" },
  { ideal_cycle = "9 s", machine = "m" },
]
values = [{ value = 2, valid_from = 2022-08-01T06:00:00 }]
[[machine]]
path = "m"
ideal_cycle = "12 s"
part_value = 1.5
""")
    )
    rate = plant.machine("m").products.rate(product, micros(dt.datetime.fromisoformat(at)))
    assert rate
    assert (rate.ideal_cycle, rate.value) == (cycle, value)
    assert plant.machine("m").products.rate("nobody described it", 0) is None


def test_the_digest_is_of_the_meaning(written):
    first = read_plant(written(WORKS)).digest
    same = WORKS.replace('start = "06:00"', "start = 06:00:00   # the same") + "\n# ours\n[calendar]\nholidays = []\n"
    assert read_plant(written(same)).digest == first
    assert read_plant(written(WORKS.replace('"12 s"', '"12000 ms"'))).digest == first
    assert read_plant(written(WORKS.replace('"12 s"', '"13 s"'))).digest != first


# ---- the schema ----


def as_json(text: str) -> object:
    """What an editor makes of a TOML text: dates and times are texts."""
    return json.loads(json.dumps(tomllib.loads(text), default=lambda x: x.isoformat()))


@pytest.fixture
def valid():
    """Does the schema take a TOML text?"""
    judge = pytest.importorskip("jsonschema").Draft202012Validator
    judge.check_schema(schema())
    return lambda text: judge(schema()).is_valid(as_json(text))


def test_the_schema_is_a_json_schema_and_takes_the_example_and_the_template(valid):
    assert valid(EXAMPLE.read_text("utf-8"))
    assert valid(WORKS)
    assert valid(template("works", zone="UTC"))


@pytest.mark.parametrize("new", ['zone = "UTC"\nzoen = 1', "zone = 3", 'zone = "UTC"\nlanguage = "fr"'])
def test_the_schema_refuses_what_the_reader_refuses(written, valid, new):
    text = WORKS.replace('zone = "Europe/Rome"', new)
    assert [m for m in check(written(text)) if not m.warning]
    assert not valid(text)


@pytest.mark.parametrize("length", ["45 s", "1.5min", "8 h", "10 y", "45", "4 5 s", "s", "-1 s", "1 fortnight"])
def test_the_schema_takes_the_lengths_that_the_reader_takes(written, valid, length):
    text = WORKS.replace('"12 s"', f'"{length}"')
    assert valid(text) is (not check(written(text)))


# ---- the example, the template, the edits ----


def test_the_example_has_no_mistake_and_no_warning():
    assert check(EXAMPLE) == []
    plant = read_plant(EXAMPLE)
    assert list(plant.machines) == ["line-1/machine-0", "line-1/machine-1", "line-1/machine-2"]
    assert set(plant.products) == {str(n) for n in range(14)}
    made = {p for m in plant.machines.values() for p, rates in m.products.rates.items() if rates[0].ideal_cycle}
    assert made == set(plant.products)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_template_is_a_plant_and_its_examples_are_right_once_the_marks_are_off(written, language):
    text = template("works", zone="Asia/Shanghai", currency="CNY", language=language)
    assert [m.warning for m in check(written(text))] == [True]
    lines = text.splitlines()
    bare = [line.removeprefix("# ").removeprefix("#") if _is_toml(line.removeprefix("# ")) else line for line in lines]
    assert check(written("\n".join(bare))) == []
    assert len(read_plant(written("\n".join(bare))).machines) == 1


def _is_toml(line: str) -> bool:
    try:
        return bool(tomllib.loads(line))
    except tomllib.TOMLDecodeError:
        return False


MAPPING = {
    "name": "export",
    "connector": "files",
    "time": {"column": "ts"},
    "columns": {"a b": "state", "n": "good_count"},
}


def test_a_confirmed_mapping_is_written_and_everything_else_stays(written):
    file = written("# ours\n" + WORKS)
    confirm_mapping(file, MAPPING)
    text = file.read_text("utf-8")
    assert text.startswith("# ours\n" + WORKS)
    assert tomllib.loads(text)["source"][1] == MAPPING
    confirm_mapping(file.parent, MAPPING | {"time": {"column": "when"}})
    again = tomllib.loads(file.read_text("utf-8"))["source"]
    assert again == [{"name": "plc", "connector": "opcua"}, MAPPING | {"time": {"column": "when"}}]


def test_confirmed_machines_get_the_signals_that_they_lack(written):
    file = written(WORKS)
    power = {"kind": "number", "unit": "kW"}
    confirm_machines(
        file,
        [
            {"path": "line-1/press-3", "signals": {"power": power, "state": {"states": "mtconnect"}}},
            {"path": "line-1/press-4", "class": "press", "signals": {"power": power}},
        ],
    )
    plant = read_plant(file)
    assert set(plant.machine("line-1/press-3").signals) == {"state", "good_count", "power"}
    assert plant.machine("line-1/press-3").signals["state"].states["Execute"] == "producing"
    assert plant.machine("line-1/press-4").signals["power"].unit == "kW"


def test_an_edit_that_would_be_a_mistake_changes_nothing(written):
    file = written(WORKS)
    with pytest.raises(BadConfig, match="was not changed"):
        confirm_machines(file, [{"path": "line-1/press-4", "signals": {"power": {"unit": "kWatt"}}}])
    assert file.read_text("utf-8") == WORKS
    assert os.listdir(file.parent) == ["plant.toml"]


# ---- secrets ----


def test_a_secret_is_in_the_environment_or_in_a_file_of_its_owner(tmp_path):
    file = tmp_path / "secrets.toml"
    file.write_text('[plc]\npassword = "in the file"\n')
    file.chmod(0o600)
    assert secret(tmp_path, "plc", "password", environ={}) == "in the file"
    assert secret(tmp_path, "plc", "password", environ={"ANDON_PLC_PASSWORD": "outside"}) == "outside"
    assert secret(tmp_path, "plc", "token", environ={}) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights on files")
def test_a_file_of_secrets_that_others_may_read_is_refused(tmp_path):
    (tmp_path / "secrets.toml").write_text('[plc]\npassword = "x"\n')
    (tmp_path / "secrets.toml").chmod(0o644)
    with pytest.raises(BadConfig, match="chmod 600"):
        secret(tmp_path, "plc", "password", environ={})


# ---- lines ----


def test_places_are_found_through_strings_comments_and_nesting():
    text = '''# [not.a.table]
[a."b c"]   # with a dot
x = """
[[not.a.table]]
y = 1
"""
d.e = { f = [1, # one
  "]", { g = 'h # i' } ] }
[[t]]
k = 1
[t.u]
v = 2
[[t]]
[[t.w]]
"\\u0061" = 3
'''
    assert {
        p: n
        for p, n in places(text).items()
        if p
        in {
            ("a", "b c", "x"),
            ("a", "b c", "d", "e", "f", 0),
            ("a", "b c", "d", "e", "f", 1),
            ("a", "b c", "d", "e", "f", 2, "g"),
            ("t", 0, "k"),
            ("t", 0, "u", "v"),
            ("t", 1),
            ("t", 1, "w", 0, "a"),
        }
    } == {
        ("a", "b c", "x"): 3,
        ("a", "b c", "d", "e", "f", 0): 7,
        ("a", "b c", "d", "e", "f", 1): 8,
        ("a", "b c", "d", "e", "f", 2, "g"): 8,
        ("t", 0, "k"): 10,
        ("t", 0, "u", "v"): 12,
        ("t", 1): 13,
        ("t", 1, "w", 0, "a"): 15,
    }


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
values = st.recursive(
    st.integers(-9, 9) | st.booleans() | texts | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=5))
def test_every_place_of_any_toml_has_a_line(data):
    text = tomlkit.dumps(data)
    found = places(text)
    assert set(_walk(tomllib.loads(text), ())) <= set(found)
    assert all(1 <= n <= text.count("\n") + 1 for n in found.values())


def _walk(value: object, at: tuple[str | int, ...]):
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*at, key)
        yield from _walk(inner, (*at, key))


def test_the_reference_in_the_docs_is_made_from_what_is_read():
    script = EXAMPLE.parents[2] / "docs" / "plant_toml.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL))
def test_what_the_docs_show_can_be_read(written, text):
    if "password" in text:
        assert tomllib.loads(text)
        return
    head = "" if "[plant]" in text else '[plant]\nname = "w"\nzone = "Asia/Shanghai"\n'
    assert [m for m in check(written(head + text)) if not m.warning] == []


def test_every_key_says_what_it_means():
    tables = [schema(), *schema()["$defs"].values()]
    properties = [(key, says) for table in tables for key, says in table["properties"].items()]
    silent = [key for key, says in properties if not says.get("description") and "$ref" not in says]
    assert silent == []


def test_a_role_has_a_kind_without_being_asked(written):
    for role in ROLES:
        text = f'[plant]\nname = "w"\nzone = "UTC"\n[[machine]]\npath = "m"\n[machine.signals.{role}]\n'
        assert [m for m in check(written(text)) if not m.warning] == []


def test_a_mistake_prints_as_editors_understand_it():
    assert str(Mistake("plant.toml", 12, "Something.")) == "plant.toml:12: Something."
