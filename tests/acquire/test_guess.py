"""What Andon takes things for: roles by name, unit and value in several languages, state maps, counters, machines."""

import pytest

from andon.acquire.guess.change import corrected, numbered, state_told
from andon.acquire.guess.heard import Ear, Heard
from andon.acquire.guess.judge import judge
from andon.acquire.guess.machines import grouped, named
from andon.acquire.guess.proposal import SourceProposal
from andon.acquire.guess.propose import propose_source, selected
from andon.acquire.guess.statemaps import state_map
from andon.acquire.guess.text import proposal_of, text_of
from andon.acquire.link import Offer
from andon.errors import AndonError, BadInput

SOURCE = {"name": "plc", "connector": "opcua", "url": "opc.tcp://plc"}


def offered(path: str, kind: str = "number", unit: str = "", **more: object) -> Offer:
    return Offer(path, tuple(path.split("/")), kind, unit, **more)  # type: ignore[arg-type]


def role_of(path: str, kind: str = "number", unit: str = "", heard: Heard = Heard(), **more: object) -> str:
    return judge(offered(path, kind, unit, **more), heard).role


@pytest.mark.parametrize(
    ("name", "kind", "role"),
    [
        ("GoodCount", "integer", "good_count"),
        ("PartsProduced", "integer", "total_count"),
        ("Gutteile", "integer", "good_count"),
        ("Ausschuss", "integer", "reject_count"),
        ("PiècesBonnes", "integer", "good_count"),
        ("PezziScarto", "integer", "reject_count"),
        ("ContaPezzi", "integer", "total_count"),
        ("scarti", "integer", "reject_count"),
        ("PiezasBuenas", "integer", "good_count"),
        ("良品数", "integer", "good_count"),
        ("产量", "integer", "total_count"),
        ("MachineState", "text", "state"),
        ("Betriebszustand", "integer", "state"),
        ("StatoMacchina", "integer", "state"),
        ("EstadoMaquina", "integer", "state"),
        ("État", "integer", "state"),
        ("设备状态", "integer", "state"),
        ("CurrentTemperature", "number", "temperature"),
        ("MotorCurrent", "number", "current"),
        ("Spindeldrehzahl_Drehzahl", "number", "speed"),
        ("主轴电流", "number", "current"),
        ("PresiónAceite", "number", "pressure"),
        ("CoppiaMandrino_coppia", "number", "torque"),
        ("WorkOrder", "integer", "order"),
        ("ProgramName", "text", "recipe"),
        ("FaultActive", "boolean", "alarm"),
    ],
)
def test_a_name_speaks_of_its_role(name: str, kind: str, role: str) -> None:
    assert role_of(f"Press 3/{name}", kind) == role


@pytest.mark.parametrize(
    ("name", "kind", "unit"),
    [
        ("TemperatureSetpoint", "number", "Cel"),  # what should be
        ("SollDrehzahl", "number", "/min"),
        ("AlarmCount", "integer", ""),  # no parts
        ("ErrorCode", "integer", ""),  # which alarm, not whether
        ("DoorStatus", "integer", ""),  # the state of a part
        ("ReactivePower", "number", "kV.A"),  # no work is done by it
        ("ProductUri", "text", ""),  # a nameplate
        ("SerialNumber", "text", ""),
        ("Foo", "number", "mm"),  # a length may be many things
    ],
)
def test_what_only_sounds_like_a_role_gets_none(name: str, kind: str, unit: str) -> None:
    assert role_of(f"Press 3/{name}", kind, unit) == "other"


@pytest.mark.parametrize(
    ("unit", "role"),
    [
        ("kW", "power"),
        ("kW.h", "energy"),
        ("Cel", "temperature"),
        ("bar", "pressure"),
        ("A", "current"),
        ("kWh", "energy"),
    ],
)
def test_a_unit_alone_speaks_of_a_role(unit: str, role: str) -> None:
    assert role_of("Press 3/AI_07", "number", unit) == role


def test_a_generic_name_borrows_the_one_above_it() -> None:
    assert role_of("Press 3/Temperature/Actual") == "temperature"


def test_the_sources_own_model_outweighs_a_name() -> None:
    assert role_of("Press 3/CurMachSpeed", role="speed", why="CurMachSpeed of OPC UA for PackML") == "speed"


def test_a_counter_of_16_bits_starts_again_after_65535() -> None:
    found = judge(offered("P/GoodCount", "integer", why="UInt16"), Heard((65534.0, 65535.0)))
    assert (found.keys, found.ask) == ({"counting": "total", "rollover": 65535}, "")


def test_what_only_rises_by_whole_steps_is_a_counter_that_is_asked_for() -> None:
    found = judge(offered("P/DB7_DW12", "integer"), Heard((7.0, 8.0, 10.0)))
    assert found.role == "total_count"
    assert found.ask


def test_a_count_that_falls_as_often_as_it_rises_is_asked_for() -> None:
    assert judge(offered("P/GoodCount", "integer"), Heard((3.0, 5.0, 2.0))).ask


@pytest.mark.parametrize(
    ("name", "words", "states"),
    [
        ("P/Execution", ["ACTIVE", "READY"], "mtconnect"),
        ("P/State", ["Execute", "Held"], "packml"),
        ("P/StateCurrent", ["Execute"], "packml"),
        ("P/MachineryItemState", ["Executing"], "machinery"),
        ("P/Status", ["läuft", "Störung"], {"läuft": "producing", "Störung": "fault"}),
        ("P/状态", ["运行", "报警"], {"运行": "producing", "报警": "fault"}),
        ("P/Stato", ["in marcia", "guasto"], {"in marcia": "producing", "guasto": "fault"}),
    ],
)
def test_words_of_a_state_find_their_map(name: str, words: list[str], states: object) -> None:
    found = state_map(name, words)
    assert (found.states, found.open) == (states, {})


def test_numbers_of_a_state_are_never_assumed() -> None:
    found = state_map("P/Status", ["1", "2", "4"], running="")
    assert (found.states, dict(found.open)) == ({}, {"1": "", "2": "", "4": ""})


def test_the_number_during_which_parts_were_counted_is_suggested_and_still_asked() -> None:
    offers = [offered("P/Status", "integer"), offered("P/GoodCount", "integer")]
    heard = {"P/Status": Heard((2.0, 2.0)), "P/GoodCount": Heard((5.0, 6.0, 7.0))}
    _, state = next((m, s) for m, s in propose_source(SOURCE, offers, heard, {}).taken() if s.role == "state")
    assert (dict(state.open), state.keys["states"]) == ({"2": "producing"}, {})
    assert "parts were counted while it said 2" in state.why


def test_a_stop_is_a_word_that_a_person_must_explain() -> None:
    assert dict(state_map("P/Status", ["RUN", "STOP"]).open) == {"STOP": "idle_no_order"}


@pytest.mark.parametrize(
    ("paths", "machines"),
    [
        (["Press 3/State", "Press 3/Power", "Lathe 1/State"], ["line-1/press-3", "line-1/lathe-1"]),
        (["Press 3/Status/State", "Press 3/Counters/Good"], ["line-1/press-3"]),
        (["Works/Line 2/Press 3/State", "Works/Line 2/Press 4/State"], ["line-2/press-3", "line-2/press-4"]),
        (["Works/Line 1/Press 3/State", "Works/Line 2/Press 3/State"], ["line-1/press-3", "line-2/press-3"]),
        (["Press3_State", "Press3_Power", "Press4_State", "Press4_Power"], ["line-1/press-3", "line-1/press-4"]),
        (["VMC-3Axis/Controller/Path/execution", "VMC-3Axis/Axes/X/Xact"], ["line-1/vmc-3axis"]),
        (["acme/berlin/line-4/press-3/power", "acme/berlin/line-4/press-3/state"], ["line-4/press-3"]),
        (["State", "Count"], ["line-1/plc"]),
        (["Machines/冲压机3/状态", "Machines/Прасс 4/State"], ["line-1/press-3", "line-1/prass-4"]),
        (["Prüfstand 2/State", "Prüfstand 2/Temp"], ["line-1/pruefstand-2"]),
        (["Line 1/Press 3/State", "Line 1/Energy"], ["line-1/general", "line-1/press-3"]),
    ],
)
def test_things_are_grouped_into_machines(paths: list[str], machines: list[str]) -> None:
    assert [n.path for n in named(grouped([offered(p) for p in paths]), {}, "plc")] == machines


def test_a_machine_keeps_one_state_and_says_which() -> None:
    offers = [offered("P/State", "text", value="RUN"), offered("P/Run/Status", "text", value="RUN")]
    found = propose_source(SOURCE, offers, {}, {})
    assert [s.role for _, s in found.taken()] == ["state", "other"]
    assert "is it this one" in found.asked()[0][1].ask


def test_until_it_is_answered_what_is_in_doubt_plays_no_role() -> None:
    offers = [offered("P/DB7", "integer"), offered("P/Status", "integer")]
    found = propose_source(SOURCE, offers, {"P/DB7": Heard((1.0, 2.0, 3.0)), "P/Status": Heard((4.0,))}, {})
    signals = found.tables()[0]["signals"]
    assert signals["total_count"]["role"] == "other"  # type: ignore[index]
    assert signals["state"]["states"] == {}  # type: ignore[index]


def test_corrections_change_what_they_name_and_nothing_else() -> None:
    offers = [offered("Press 3/AI_1"), offered("Press 3/AI_2"), offered("Press 4/State", "integer", value=1.0)]
    found = propose_source(SOURCE, offers, {}, {})
    for words in ("role 1 power", "unit 1 kW", "drop 2", "rename press-3 hall-2/press-3", "states 3 1=producing"):
        found = corrected(found, words.split())
    assert [(m.path, s.name, s.role, s.unit) for m, s in found.taken()] == [
        ("hall-2/press-3", "ai_1", "power", "kW"),
        ("line-1/press-4", "state", "state", ""),
    ]
    assert numbered(found)[2][1].keys["states"] == {"1": "producing"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("role 1 powr", "Did you mean 'power'?"),
        ("unit 1 kilo", "is no UCUM unit"),
        ("role 9 power", "the last is 1"),
        ("rol 1 power", "Did you mean 'role'?"),
        ("drop press-9", "Known: line-1/press-3"),
        ("rename line-1/press-3", "rename press-3 line-2/press-3"),
    ],
)
def test_a_correction_that_makes_no_sense_is_told(words: str, said: str) -> None:
    with pytest.raises(AndonError, match=said.replace("?", r"\?")):
        corrected(propose_source(SOURCE, [offered("Press 3/AI_1")], {}, {}), words.split())


def test_what_a_person_says_of_a_state_is_its_map() -> None:
    found = propose_source(SOURCE, [offered("P/Status", "integer", value=2.0)], {}, {})
    told = state_told(found, "line-1/p", "P/Status", {"2": "producing", "5": ""})
    assert (told.asked(), told.tables()[0]["signals"]["state"]["states"]) == ([], {"2": "producing"})  # type: ignore[index]


def test_a_proposal_comes_back_from_its_json_as_it_was() -> None:
    found = propose_source(SOURCE, [offered("P/Status", "integer", value=2.0), offered("P/Power", unit="kW")], {}, {})
    assert proposal_of(text_of(found)) == found


def test_a_file_that_is_no_proposal_is_told() -> None:
    with pytest.raises(BadInput, match="no proposal"):
        proposal_of('{"format": "something else"}')


def test_a_pattern_narrows_by_path_or_address() -> None:
    offers = [offered("Press 3/Power"), offered("Lathe/Power")]
    assert [o.address for o in selected(offers, ["press*"])] == ["Press 3/Power"]


def test_an_ear_keeps_a_bounded_number_of_values_and_no_bad_ones() -> None:
    ear = Ear()
    ear.hear(("a", float(i), None, 0) for i in range(2000))
    ear.hear([("a", 9999.0, None, 0x80000000)])
    heard = ear.heard()["a"]
    assert (len(heard.values), heard.values[0], heard.last) == (500, 0.0, 1999.0)


def test_ten_thousand_things_are_proposed_at_once() -> None:
    offers = [offered(f"Hall/Press {m}/T{i}", unit="Cel") for m in range(100) for i in range(100)]
    found = propose_source(SOURCE, offers, {}, {})
    assert isinstance(found, SourceProposal)
    assert (len(found.machines), len(list(found.taken()))) == (100, 10_000)
