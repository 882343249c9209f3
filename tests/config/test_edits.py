"""What is written into plant.toml for people: the template, confirmed mappings and machines; secrets."""

import os
import tomllib

import pytest

from andon.config import check, confirm_machines, confirm_mapping, read_plant, secret, template
from andon.errors import BadConfig


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


def test_a_confirmed_mapping_is_written_and_everything_else_stays(written, works):
    file = written("# ours\n" + works)
    confirm_mapping(file, MAPPING)
    text = file.read_text("utf-8")
    assert text.startswith("# ours\n" + works)
    assert tomllib.loads(text)["source"][1] == MAPPING
    confirm_mapping(file.parent, MAPPING | {"time": {"column": "when"}})
    again = tomllib.loads(file.read_text("utf-8"))["source"]
    assert again == [
        {"name": "plc", "url": "opc.tcp://10.0.0.3", "connector": "opcua"},
        MAPPING | {"time": {"column": "when"}},
    ]


def test_confirmed_machines_get_the_signals_that_they_lack(written, works):
    file = written(works)
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


def test_an_edit_that_would_be_a_mistake_changes_nothing(written, works):
    file = written(works)
    with pytest.raises(BadConfig, match="was not changed"):
        confirm_machines(file, [{"path": "line-1/press-4", "signals": {"power": {"unit": "kWatt"}}}])
    assert file.read_text("utf-8") == works
    assert os.listdir(file.parent) == ["plant.toml"]


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
