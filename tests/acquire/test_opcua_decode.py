"""What is read from OPC UA's bytes: our decoder against asyncua's, addresses, units, enumerations, companion models."""

import csv
import struct
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.acquire.opcua.addresses import address
from andon.acquire.opcua.companions import MACHINES, MODELS, PACKTAGS, VARIABLES
from andon.acquire.opcua.decode import EXACT, BadAnswer, heard
from andon.acquire.opcua.items import Items
from andon.acquire.opcua.said import REASONS, status_name
from andon.acquire.opcua.session import node_of
from andon.acquire.opcua.structures import Structures
from andon.acquire.opcua.units import CODES, spelled, unit_of
from andon.acquire.opcua.values import rows, told
from andon.acquire.opcua.wire import Body, node_id, variant
from andon.model import State
from andon.plant import ROLES
from andon.plant.states import STATE_MAPS
from andon.plant.ucum import is_unit
from servers import PEERS

ARRIVED = 1_800_000_000_000_000
K = ua.VariantType
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
TEXTS = st.none() | st.text(max_size=8)
VALUES = {
    K.Boolean: st.booleans(),
    K.SByte: st.integers(-128, 127),
    K.Byte: st.integers(0, 255),
    K.Int16: st.integers(-(2**15), 2**15 - 1),
    K.UInt16: st.integers(0, 2**16 - 1),
    K.Int32: st.integers(-(2**31), 2**31 - 1),
    K.UInt32: st.integers(0, 2**32 - 1),
    K.Int64: st.integers(-(2**63), 2**63 - 1),
    K.UInt64: st.integers(0, 2**64 - 1),
    K.Float: st.floats(width=32, allow_nan=False),
    K.Double: st.floats(allow_nan=False),
    K.String: TEXTS,
    K.DateTime: MOMENTS,
    K.Guid: st.uuids(),
    K.ByteString: st.none() | st.binary(max_size=8),
    K.NodeId: st.builds(lambda n, s: ua.NodeId(n, s), st.integers(0, 2**31), st.integers(0, 9)),
    K.QualifiedName: st.builds(ua.QualifiedName, st.text(min_size=1, max_size=8), st.just(0)),
    K.LocalizedText: st.builds(lambda t: ua.LocalizedText(t, "en"), st.text(min_size=1, max_size=8)),
    K.StatusCode: st.builds(ua.StatusCode, st.integers(0, 2**32 - 1)),
}


def of_kind(kind: ua.VariantType) -> st.SearchStrategy[ua.Variant]:
    one = VALUES[kind]
    single = one.map(lambda v: ua.Variant(v, kind))
    return single | st.lists(one, min_size=1, max_size=4).map(lambda v: ua.Variant(v, kind, is_array=True))


DATA_VALUES = st.builds(
    lambda value, status, at, server, fine: ua.DataValue(
        Value=value,
        StatusCode=ua.StatusCode(status),
        SourceTimestamp=at,
        ServerTimestamp=server,
        SourcePicoseconds=fine if at else None,
    ),
    st.sampled_from(list(VALUES)).flatmap(of_kind),
    st.sampled_from([0, 0x480, 0x40900000, 0x808B0000]),
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.none() | st.integers(0, 9999),
)


def message(values: list[ua.DataValue]) -> bytes:
    """A PublishResponse with these values, as asyncua writes it; their handles are their places."""
    change = ua.DataChangeNotification(
        MonitoredItems=[ua.MonitoredItemNotification(ClientHandle=n, Value=v) for n, v in enumerate(values)]
    )
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = 7
    response.Parameters.AvailableSequenceNumbers = [3, 4]
    response.Parameters.NotificationMessage.SequenceNumber = 4
    response.Parameters.NotificationMessage.NotificationData = [change]
    return bytes(struct_to_binary(response))


def expected(value: object) -> object:
    """A value of asyncua as ours should be."""
    if isinstance(value, list):
        return [expected(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, ua.NodeId):
        return value.to_string()
    if isinstance(value, ua.StatusCode):
        return value.value
    named = getattr(value, "Name", None) or getattr(value, "Text", None)
    return named if isinstance(value, ua.QualifiedName | ua.LocalizedText) else value


def micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@settings(max_examples=40, deadline=None)
@given(st.lists(DATA_VALUES, min_size=1, max_size=8), st.integers(1, 20))
def test_our_decoder_reads_what_asyncua_wrote(values, times):
    values = [v for v in values for _ in range(times)]  # stretches laid out alike, and changes between them
    read = heard(message(values), ARRIVED)
    assert (read.subscription, read.sequence, read.kept) == (7, 4, (3, 4))
    (columns,) = read.parts
    assert columns.handle.tolist() == list(range(len(values)))
    assert columns.quality.tolist() == [v.StatusCode.value for v in values]
    for row, wrote in enumerate(values):
        at = wrote.SourceTimestamp or wrote.ServerTimestamp
        assert columns.at[row] == (micros(at) if at else ARRIVED)
        value = expected(wrote.Value.Value)
        if isinstance(value, bool | int | float) and wrote.Value.VariantType is not K.StatusCode:
            assert columns.value[row] == float(value)
            long = isinstance(value, int) and abs(value) > EXACT
            assert columns.other.get(row) == (value if long else None)
        else:
            assert np.isnan(columns.value[row])
            assert columns.other.get(row) == value


@settings(max_examples=40, deadline=None)
@given(st.lists(DATA_VALUES, min_size=1, max_size=4))
def test_a_message_cut_short_is_an_error_and_never_wrong_values(values):
    whole = message(values)
    for kept in range(len(whole) - 8):  # after the data come only two empty lists, of 4 bytes each
        with pytest.raises((IndexError, ValueError, struct.error)):
            heard(whole[:kept], ARRIVED)


def test_a_long_message_of_one_kind_equals_one_read_item_by_item():
    at = datetime(2026, 10, 1, tzinfo=UTC)
    same = [ua.DataValue(Value=ua.Variant(n * 0.5, K.Double), SourceTimestamp=at) for n in range(5_000)]
    odd = [ua.DataValue(Value=ua.Variant("x", K.String), SourceTimestamp=at)]
    fast = heard(message(same), ARRIVED).parts[0]
    mixed = heard(message(same[:100] + odd + same[100:]), ARRIVED).parts[0]
    assert fast.value.tolist() == [n * 0.5 for n in range(5_000)]
    assert np.delete(mixed.value, 100).tolist() == fast.value.tolist()
    assert mixed.other == {100: "x"}


def test_a_clock_that_was_never_set_does_not_count():
    never = datetime(1601, 1, 1, tzinfo=UTC)
    server = datetime(2026, 10, 1, tzinfo=UTC)
    values = [
        ua.DataValue(Value=ua.Variant(1.0, K.Double), SourceTimestamp=never, ServerTimestamp=server),
        ua.DataValue(Value=ua.Variant(1.0, K.Double), SourceTimestamp=never),
    ]
    (columns,) = heard(message(values), ARRIVED).parts
    assert columns.at.tolist() == [micros(server), ARRIVED]


def test_a_fault_and_the_end_of_a_subscription_are_told_apart_from_values():
    fault = ua.ServiceFault()
    fault.ResponseHeader.ServiceResult = ua.StatusCode(0x80790000)
    with pytest.raises(BadAnswer, match="0x80790000"):
        heard(bytes(struct_to_binary(fault)), ARRIVED)
    response = ua.PublishResponse()
    response.Parameters.NotificationMessage.NotificationData = [
        ua.StatusChangeNotification(Status=ua.StatusCode(0x800A0000))
    ]
    assert heard(bytes(struct_to_binary(response)), ARRIVED).ended == 0x800A0000


@pytest.mark.parametrize(
    ("written", "space", "name", "path"),
    [
        ("i=2258", 0, "i=2258", ()),
        ("ns=2;s=Speed", 2, "s=Speed", ()),
        ("nsu=http://acme.com/press;s=Speed", "http://acme.com/press", "s=Speed", ()),
        ("nsu=urn:a%3Bb;i=7", "urn:a;b", "i=7", ()),
        ('ns=3;s="DB1"."array"[3]', 3, 's="DB1"."array"[3]', ()),  # Siemens: the bracket is part of the name
        ("ns=4;g=72962b91-fa75-4ae6-8d28-b404dc7daf63", 4, "g=72962b91-fa75-4ae6-8d28-b404dc7daf63", ()),
        ("ns=1;b=yv4=", 1, "b=yv4=", ()),
        ("ns=2;s=Job -> Order.Parts[2]", 2, "s=Job", ("Order", "Parts", 2)),
        ("ns=2;s=Grid -> [1,2]", 2, "s=Grid", (1, 2)),
    ],
)
def test_an_address_says_namespace_name_and_way_into_the_value(written, space, name, path):
    found = address(written)
    assert found is not None
    assert (found.space, found.name, found.path) == (space, name, path)


@pytest.mark.parametrize("written", ["", "Speed", "ns=x;s=a", "ns=2;", "ns=2;s=Job -> Order[", "40001"])
def test_what_is_no_address_is_not_taken_for_one(written):
    assert address(written) is None


def test_namespaces_that_change_their_place_keep_their_uri():
    speed = address("nsu=urn:b;s=Speed")
    assert speed is not None
    assert speed.node(["", "urn:a", "urn:b"]) == "ns=2;s=Speed"
    assert speed.node(["", "urn:b", "urn:a"]) == "ns=1;s=Speed"
    assert speed.node(["", "urn:a"]) is None


def test_one_node_with_many_addresses_is_monitored_once():
    items = Items.of(["ns=2;s=x", "ns=2;s=x -> [0]", "ns=2;s=x -> [1]", "ns=2;s=y", "what"])
    assert [p.name for p in items.places] == ["s=x", "s=y"]
    assert items.fed(0) == [0, 1, 2]
    assert items.wrong == (4,)
    array = ua.DataValue(Value=ua.Variant([1.5, 2.5], K.Double, is_array=True))
    one = ua.DataValue(Value=ua.Variant(3, K.Int32))
    table = rows(heard(message([array, one]), ARRIVED).parts[0], items.plan).to_pylist()
    assert {(r["address"], r["value"], r["text"]) for r in table} == {
        ("ns=2;s=x", None, "[1.5,2.5]"),
        ("ns=2;s=x -> [0]", 1.5, None),
        ("ns=2;s=x -> [1]", 2.5, None),
        ("ns=2;s=y", 3.0, None),
    }


def test_a_bad_value_is_no_value_and_keeps_its_code():
    items = Items.of(["ns=2;s=x", "ns=2;s=x -> [0]"])
    sick = ua.DataValue(Value=ua.Variant([1.5], K.Double, is_array=True), StatusCode=ua.StatusCode(0x808B0000))
    table = rows(heard(message([sick]), ARRIVED).parts[0], items.plan).to_pylist()
    assert [(r["value"], r["text"], r["quality"]) for r in table] == [(None, None, 0x808B0000)] * 2


@pytest.mark.parametrize(
    "value",
    [
        ua.EUInformation(NamespaceUri="urn:u", UnitId=4408652, DisplayName=ua.LocalizedText("°C")),
        ua.Range(Low=-1.5, High=2.5),
    ],
)
def test_structures_of_the_standard_are_read_by_their_shapes(value):
    said, _ = variant(bytes(ua.ua_binary.variant_to_binary(ua.Variant(value))), 0)
    read = Structures().read(said)
    assert isinstance(read, dict)
    assert list(read) == list(value.__dataclass_fields__)
    assert read.get("UnitId") == getattr(value, "UnitId", None)
    assert read.get("High") == getattr(value, "High", None)


def test_a_structure_of_unknown_shape_is_bad_and_spoils_nothing_else():
    assert told(Body("ns=2;i=1", b"\1\2")) == (None, None, 0x80390000)  # BadDataEncodingUnsupported
    assert told([1, Body("ns=2;i=1", b"")]) == (None, "[1,null]", 0)


def test_every_unit_is_one_of_ucum_and_comes_back_from_its_number():
    assert [c for c, unit in CODES.items() if not is_unit(unit)] == []
    assert [c for c in CODES if spelled(int.from_bytes(c.encode(), "big")) != c] == []
    assert len(CODES) > 120


# UnitId and DisplayName as the OPC Foundation publishes them (UNECE_to_OPCUA.csv)
@pytest.mark.parametrize(
    ("number", "shown", "unit"),
    [
        (4408652, "°C", "Cel"),
        (4342098, "bar", "bar"),
        (4937544, "kW·h", "kW.h"),
        (5394509, "r/min", "{rotation}/min"),
        (20053, "N·m", "N.m"),
        (5067080, "m³/h", "m3/h"),
        (4403510, "mm/s", "mm/s"),
        (20529, "%", "%"),
        (4604232, "°F", "[degF]"),
        (20563, "lbf/in²", "[psi]"),
        (13384, "µm", "um"),
        (4279632, "A", "A"),
    ],
)
def test_units_are_known_by_their_numbers(number, shown, unit):
    assert unit_of({"NamespaceUri": "", "UnitId": number, "DisplayName": shown})[0] == unit


def test_status_codes_have_the_names_of_the_standard():
    with (Path(__file__).parent.parent / "oracles" / "opcua_statuscodes.csv").open(encoding="utf-8") as file:
        names = {
            int(code, 16): name.replace("Sempahore", "Semaphore")
            for name, code, *_ in csv.reader(file)
            if code.startswith("0x")
        }
    ours = {code: status_name(code) for code in names}
    assert {n for n in ours.items() if n[1] != names[n[0]]} == set()
    assert set(REASONS) <= names.keys()


NODESETS = PEERS / "node_modules" / "node-opcua-nodesets" / "nodesets"


@pytest.mark.skipif(not NODESETS.is_dir(), reason="needs the peers of `make peers`")
@pytest.mark.parametrize("uri", MODELS)
def test_what_companion_models_mean_is_named_as_their_nodesets_name_it(uri):
    space = "{http://opcfoundation.org/UA/2011/03/UANodeSet.xsd}"
    files = [f for f in NODESETS.glob("*.xml") if f'<Model ModelUri="{uri}"' in f.read_text("utf-8")[:20_000]]
    (tree,) = (ET.parse(f).getroot() for f in files)
    uris = ["", *(u.text for u in tree.iter(space + "Uri"))]
    variables, types = (
        {
            name
            for node in tree.iter(space + kind)
            for index, _, name in [node.get("BrowseName", "").partition(":")]
            if index.isdigit() and uris[int(index)] == uri
        }
        for kind in ("UAVariable", "UAObjectType")
    )
    assert {name for model, name in VARIABLES if model == uri} <= variables
    assert {name for model, name in MACHINES if model == uri} <= types


def test_what_companion_models_say_is_something_that_plants_know():
    for meant in (*VARIABLES.values(), *MACHINES.values(), *PACKTAGS.values()):
        assert meant.role in ROLES
        states = meant.keys.get("states", "packml")
        assert states in STATE_MAPS if isinstance(states, str) else {State(s) for s in states.values()}


@pytest.mark.parametrize(
    "name", ['s="DB 1"."x;y"[3]', "s=a;b=c", "i=7", "g=72962b91-fa75-4ae6-8d28-b404dc7daf63", "b=yv4="]
)
def test_a_name_comes_back_from_the_wire_as_it_was_written(name):
    sent = bytes(ua.ua_binary.nodeid_to_binary(node_of(f"ns=3;{name}")))
    assert node_id(sent, 0)[0] == f"ns=3;{name}"
