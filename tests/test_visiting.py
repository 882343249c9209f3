"""Visits to sources on behalf of people at a page: bounded, of one person, ended by themselves, audited."""

import json
import time

import pytest

from andon.app.visiting import EACH, MOST, Visitor, Visits
from andon.errors import BadQuestion, NotAllowed, UnknownName
from andon.ledger import audit
from servers import free_port, until

ANN, BOB = Visitor("ann", "engineer"), Visitor("bob", "engineer")
PLANT = '[plant]\nname = "works"\nzone = "Europe/Rome"\n'


@pytest.fixture
def works(tmp_path):
    (tmp_path / "history").mkdir()
    (tmp_path / "ledger").mkdir()
    (tmp_path / "plant.toml").write_text(PLANT, "utf-8")
    return tmp_path


@pytest.fixture
def visits(works):
    found = Visits(works)
    yield found
    found.close()


def begun(visits, who=ANN) -> str:
    return str(visits.begin(who, way=("modbus", f"modbus://127.0.0.1:{free_port()}"))["visit"])


def test_a_visit_is_only_for_whoever_began_it(visits):
    key = begun(visits)
    with pytest.raises(BadQuestion, match="over"):
        visits.trial(BOB, key)
    assert visits.trial(ANN, key)[-1]["well"] is False


def test_a_person_has_few_visits_and_all_together_have_few(visits):
    for _ in range(EACH):
        begun(visits)
    with pytest.raises(NotAllowed, match="Too many"):
        begun(visits)
    for n in range(MOST - EACH):
        begun(visits, Visitor(f"someone {n}", "engineer"))
    with pytest.raises(NotAllowed, match="Too many"):
        begun(visits, BOB)


def test_a_visit_that_was_left_makes_room(visits):
    for _ in range(EACH + 1):
        visits.leave(ANN, begun(visits))


def test_a_visit_to_which_nobody_comes_back_ends_by_itself(works):
    visits = Visits(works, idle=0.2)
    key = begun(visits)

    def over() -> bool:
        try:
            time.sleep(0.5)  # longer than a visit may be idle
            visits.values(ANN, key)
        except BadQuestion:
            return True
        return False

    until(over, 5, "the end of the visit")
    visits.close()


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/"])
def test_an_address_that_hands_out_secrets_of_the_computer_is_no_machine(visits, url):
    with pytest.raises(NotAllowed, match="no machine"):
        visits.ways(ANN, url)
    with pytest.raises(NotAllowed, match="no machine"):
        visits.begin(ANN, way=("mtconnect", url))


def test_a_password_in_an_address_is_refused_and_kept_nowhere(visits, works):
    with pytest.raises(BadQuestion, match="password"):
        visits.ways(ANN, "mqtt://ann:hunter2@broker")
    assert "hunter2" not in json.dumps([dict(line.arguments) for line in audit.lines(works / "ledger")])


def test_who_looked_where_is_in_the_audit_log(visits, works):
    port = free_port()
    answer = visits.ways(ANN, f"modbus://127.0.0.1:{port}")
    assert [(w["connector"], w["well"]) for w in answer["ways"]] == [("modbus", False)]
    (line,) = audit.lines(works / "ledger")
    assert (line.who, line.act, line.arguments) == ("ann", "connect_look", {"address": f"modbus://127.0.0.1:{port}"})


def test_a_source_that_the_plant_lacks_is_not_visited(visits):
    with pytest.raises(UnknownName, match="press-hall"):
        visits.begin(ANN, source="press-hall")
