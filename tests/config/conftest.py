"""A plant.toml to change, and a place to write it."""

from pathlib import Path

import pytest

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
url = "opc.tcp://10.0.0.3"
connector = "opcua"
"""
"""A plant without mistakes and without warnings."""


@pytest.fixture
def works():
    return WORKS


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> Path:
        file = tmp_path / "plant.toml"
        file.write_text(text, "utf-8")
        return file

    return write
