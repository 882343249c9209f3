"""State maps and units: what the standards say, and what Andon makes of it."""

import csv
from pathlib import Path

import pytest

from andon.model import State
from andon.plant.states import STATE_MAPS
from andon.plant.ucum import is_unit, nearest_unit

# ISA-TR88.00.02 / OPC 30050: StateCurrent.
PACKML = (
    "Undefined",
    "Clearing",
    "Stopped",
    "Starting",
    "Idle",
    "Suspended",
    "Execute",
    "Stopping",
    "Aborting",
    "Aborted",
    "Holding",
    "Held",
    "Unholding",
    "Suspending",
    "Unsuspending",
    "Resetting",
    "Completing",
    "Complete",
)
# OPC 30060 v2.00, table 203: StateEnumeration.
TOBACCO = {
    "Stopped": 0,
    "Resetting": 1,
    "Idle": 2,
    "Starting": 3,
    "Execute": 4,
    "Completing": 5,
    "Complete": 6,
    "Aborting": 7,
    "Aborted": 8,
    "Stopping": 9,
    "Clearing": 10,
    "Suspending": 11,
    "Suspended": 12,
    "Unsuspending": 13,
    "Holding": 14,
    "Held": 15,
    "Unholding": 16,
}
ORACLE = Path(__file__).parent / "oracles" / "ucum_functional_validation.csv"
UNITS = list(csv.DictReader(ORACLE.read_text("utf-8").splitlines()))


@pytest.mark.parametrize(("number", "name"), list(enumerate(PACKML)))
def test_a_packml_number_means_what_its_name_means(number, name):
    assert STATE_MAPS["packml"][str(number)] is STATE_MAPS["packml"][name]


@pytest.mark.parametrize(("name", "number"), list(TOBACCO.items()))
def test_tobacco_machines_number_the_same_names_otherwise(name, number):
    assert STATE_MAPS["opcua-tobacco"][str(number)] is STATE_MAPS["packml"][name]


def test_six_is_execute_in_packml_and_complete_on_a_tobacco_machine():
    assert STATE_MAPS["packml"]["6"] is State.PRODUCING
    assert STATE_MAPS["opcua-tobacco"]["6"] is State.IDLE
    assert STATE_MAPS["opcua-tobacco"]["4"] is State.PRODUCING


@pytest.mark.parametrize(
    ("preset", "said", "state"),
    [
        ("mtconnect", "ACTIVE", State.PRODUCING),
        ("mtconnect", "UNAVAILABLE", State.UNKNOWN),  # a lost device is not a stopped one
        ("mtconnect", "FEED_HOLD", State.HELD),
        ("machinery", "3", State.PRODUCING),
        ("machinery", "1", State.FAULT),
        ("machinery", "NotAvailable", State.OFF),
        ("semi-e10", "1", State.PRODUCING),  # the OPC UA enumeration begins at 1
        ("semi-e10", "PRD_1", State.PRODUCING),
        ("semi-e10", "UDT", State.FAULT),
        ("semi-e10", "4", State.MAINTENANCE),
        ("opcua-cnc", "Running", State.PRODUCING),
        ("andon", "blocked", State.BLOCKED),
    ],
)
def test_presets_lead_to_andons_states(preset, said, state):
    assert STATE_MAPS[preset][said] is state


@pytest.mark.parametrize("preset", list(STATE_MAPS))
def test_every_preset_can_say_that_the_machine_produces(preset):
    assert State.PRODUCING in STATE_MAPS[preset].values()


@pytest.mark.parametrize("row", UNITS, ids=lambda r: r["id"])
def test_units_are_told_as_the_functional_tests_of_ucum_tell_them(row):
    # Source: shared oracle ucum_functional_validation.csv (UCUM functional tests of FHIR/Ucum-java).
    assert is_unit(row["unit"]) is (row["valid"] == "true"), row["reason"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("kWh", "kW.h"), ("°C", "Cel"), ("rpm", "{rotation}/min"), ("pcs", "{part}"), ("Nm", "N.m"), ("m³/h", "m3/h")],
)
def test_what_people_write_leads_to_a_unit(written, meant):
    assert not is_unit(written) or written == meant
    assert nearest_unit(written) == meant
    assert is_unit(meant)
