"""What is written in plant.toml becomes the plant."""

import datetime as dt

import pytest

from andon.config import Mistake, check, read_plant
from andon.model import Element, Loss, State, micros
from andon.plant import ROLES
from andon.plant.zones import instant

MINUTE = 60_000_000


def test_a_plant_without_shifts_and_products_is_valid(written):
    plant = read_plant(written('[plant]\nname = "works"\nzone = "Asia/Shanghai"\n'))
    assert (plant.name, plant.site, plant.zone, plant.machines) == ("works", "works", "Asia/Shanghai", {})
    assert plant.shifts.rules == ()


def test_the_folder_and_the_file_say_the_same(written, works):
    file = written(works)
    assert read_plant(file.parent) == read_plant(file)
    assert check(file) == []


EVERYTHING = """
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
"""


def test_what_is_written_becomes_the_plant(written):
    plant = read_plant(written(EVERYTHING))
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


def test_the_digest_is_of_the_meaning(written, works):
    first = read_plant(written(works)).digest
    same = works.replace('start = "06:00"', "start = 06:00:00   # the same") + "\n# ours\n[calendar]\nholidays = []\n"
    assert read_plant(written(same)).digest == first
    assert read_plant(written(works.replace('"12 s"', '"12000 ms"'))).digest == first
    assert read_plant(written(works.replace('"12 s"', '"13 s"'))).digest != first


def test_a_role_has_a_kind_without_being_asked(written):
    for role in ROLES:
        text = f'[plant]\nname = "w"\nzone = "UTC"\n[[machine]]\npath = "m"\n[machine.signals.{role}]\n'
        assert [m for m in check(written(text)) if not m.warning] == []


def test_a_mistake_prints_as_editors_understand_it():
    assert str(Mistake("plant.toml", 12, "Something.")) == "plant.toml:12: Something."
