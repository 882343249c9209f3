"""A mapping's mistakes are named, units become each other exactly, and a proposal reads what people write."""

import csv
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from acquire.plants import PRESS, a_plant
from andon.acquire.files import load, propose, read_mapping
from andon.acquire.guess.scales import UNITS, line
from andon.errors import BadConfig
from andon.plant import Signal
from memory import Memory

GOOD = {"time": "t", "machine": PRESS, "columns": {"x": "temp"}}
UCUM = Path(__file__).parents[1] / "oracles" / "ucum_conversions.csv"
with UCUM.open() as rows:
    CONVERSIONS = [r for r in csv.DictReader(rows) if {r["from_ucum"], r["to_ucum"]} <= {*UNITS} - {"V.A"}]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({**GOOD, "delimitr": ";"}, "there is no key 'delimitr'. Did you mean 'delimiter'?"),
        ({**GOOD, "time": {"colum": "t"}}, "there is no key 'time.colum'. Did you mean 'column'?"),
        ({**GOOD, "skip_rows": "two"}, "'skip_rows' is 'two'"),
        ({**GOOD, "decimal": ";"}, "'decimal' is ';'"),
        ({"machine": PRESS, "columns": {"x": "temp"}}, "'time' is missing"),
        ({"time": "t", "machine": PRESS}, "'columns' or 'signal' is missing"),
        ({**GOOD, "signal": "tag", "value": "v"}, "not both"),
        ({"time": "t", "machine": PRESS, "signal": "tag"}, "'value' is missing"),
        ({**GOOD, "thousands": "."}, "not the decimal sign"),
        ({**GOOD, "delimiter": ",,"}, "one character each"),
        ({**GOOD, "time": {"column": "t", "zone": "Europe/Bern"}}, "no IANA zone"),
        ({**GOOD, "time": {"column": "t", "format": "dd.mm.yyyy"}}, "a pattern like '%d.%m.%Y %H:%M:%S'"),
        ({**GOOD, "machine": {"map": {"a": PRESS}}}, "'machine.map' needs 'machine.column'"),
        ({**GOOD, "kind": "orders", "columns": {"nr": "ordr"}}, "knows order, product, quantity, since, until"),
        ({**GOOD, "kind": "measurements"}, "must lead to test, unit"),
    ],
)
def test_a_mistake_in_a_mapping_is_named_with_what_was_found_and_expected(settings, says):
    with pytest.raises(BadConfig) as told:
        read_mapping(settings, name="export")
    assert says in str(told.value)
    assert "'export'" in str(told.value)


@pytest.mark.parametrize("row", CONVERSIONS, ids=lambda r: f"{r['value']} {r['from_ucum']} in {r['to_ucum']}")
def test_units_become_each_other_as_ucum_says(row):
    turned = line(scale=1.0, offset=0.0, unit=row["from_ucum"], wanted=row["to_ucum"])
    assert turned(np.array([float(row["value"])]))[0] == pytest.approx(float(row["result"]), rel=1e-9)


@pytest.mark.parametrize(("unit", "wanted"), [("V.A", "W"), ("kW", "Cel"), ("furlong", "m")])
def test_units_of_different_things_do_not_become_each_other(unit, wanted):
    # UCUM reduces V.A and W to the same units; on a machine they are apparent and active power
    with pytest.raises(BadConfig, match="Give 'scale' and 'offset' instead of 'unit'"):
        line(scale=1.0, offset=0.0, unit=unit, wanted=wanted)


@pytest.mark.parametrize("scale", [1e-9, 1e-30, 1 / 3, 123456789.123456789])
def test_any_scale_is_a_scale(scale):
    assert line(scale=scale, offset=-1.5, unit="", wanted="")(np.array([2.0]))[0] == pytest.approx(2 * scale - 1.5)


def test_another_signal_in_the_plant_makes_no_other_source_but_another_scale_does(tmp_path):
    path, sink = tmp_path / "rows.csv", Memory()
    path.write_text("t,x\n1767960000,1\n")
    mapping = read_mapping(GOOD)
    plant = a_plant({"temp": {"kind": "number"}})
    grown = a_plant({"temp": {"kind": "number"}, "power": {"kind": "number"}})
    scaled = a_plant({"temp": {"kind": "number", "scale": 2.0}})
    first, again, other = (load(path, mapping, p, sink, quarantine=tmp_path / "r.csv") for p in (plant, grown, scaled))
    assert first.source == again.source != other.source
    assert again.known


CHINESE = (
    "时间;设备;状态;产量;不良;温度(℃);功率kW;批次\n"
    "2026-01-01 00:00:00;压机1;运行;65530;0;21,5;1.003,2;007\n"
    "2026-01-01 00:01:00;压机1;停机;65535;1;21,5;3,2;007\n"
    "2026-01-01 00:02:00;压机1;运行;4;0;21,5;3,2;008\n"
    "2026-01-01 00:03:00;压机1;运行;8;0;22,5;3,2;008\n"
)


def test_a_chinese_export_in_gbk_is_understood_and_comes_in_by_its_own_proposal(tmp_path):
    path, sink = tmp_path / "日报.csv", Memory()
    path.write_bytes(CHINESE.encode("gbk"))
    found = propose(path)
    guesses = {g.column: g for g in found.columns}
    assert {c: g.role for c, g in guesses.items() if g.role != "other"} == {
        "状态": "state", "产量": "total_count", "不良": "reject_count", "温度(℃)": "temperature", "功率kW": "power",
        "批次": "order",
    }  # fmt: skip
    assert (guesses["产量"].counting, guesses["产量"].rollover) == ("total", 65_535)
    assert (guesses["温度(℃)"].unit, guesses["功率kW"].unit) == ("Cel", "kW")
    assert guesses["批次"].what == "text"
    assert (found.mapping.encoding, found.mapping.decimal, found.mapping.thousands) == ("gb18030", ",", ".")
    (machine,) = tomllib.loads(found.toml())["machine"]
    assert machine["signals"]["total_count"]["rollover"] == 65_535
    assert {row["column"] for row in found.explain()} >= set(CHINESE.splitlines()[0].split(";"))
    assert all(row["why"] for row in found.explain())

    kinds = {n: {k: v for k, v in s.items() if k in ("kind", "unit")} for n, s in machine["signals"].items()}
    plant = a_plant(kinds, (machine["path"],), "Asia/Shanghai")
    done = load(path, found.mapping, plant, sink, quarantine=tmp_path / "r.csv")
    assert (done.rows, done.refused, done.samples) == (4, 0, 24)
    assert sink.said(f"{machine['path']}/power") == [1003.2, 3.2, 3.2, 3.2]
    assert sink.said(f"{machine['path']}/order") == ["007", "007", "008", "008"]
    assert sink.said(f"{machine['path']}/state") == ["运行", "停机", "运行", "运行"]


def test_a_plant_s_own_names_are_used_where_they_fit(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("time,asset,status,temp_degF\n" + "".join(
        f"2026-01-01T00:0{n}:00Z,press-3,{'RUN' if n % 2 else 'STOP'},{70 + n}\n" for n in range(8)))  # fmt: skip
    plant = a_plant({"state": {"kind": "state", "role": "state"}, "heat": {"kind": "number", "role": "temperature"}})
    press = plant.machines[PRESS]
    signals: dict[str, Signal] = {**press.signals, "heat": replace(press.signals["heat"], unit="Cel")}
    plant = replace(plant, machines={PRESS: replace(press, signals=signals)})
    found = propose(path, plant)
    assert found.settings["machine"] == {"column": "asset", "map": {"press-3": PRESS}}
    assert found.settings["columns"] == {"status": "state", "temp_degF": {"signal": "heat", "unit": "[degF]"}}
    assert found.machines == {}
