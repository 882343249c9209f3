"""MTConnect documents: read in constant memory however they are cut; attacks refused; the C++ agent's own examples."""

import itertools
import os
import re
import tracemalloc
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.acquire.mtconnect.document import DataItem, Document, Observation, moment
from andon.acquire.mtconnect.look import offers
from andon.acquire.mtconnect.parts import Parts
from andon.acquire.mtconnect.units import UNITS, ucum
from andon.errors import BadInput
from andon.plant.ucum import is_unit

DATA = Path(os.environ.get("ANDON_DATA", Path(__file__).parents[3] / "shared" / "data")) / "mtconnect_cppagent"
needs_examples = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not here: set ANDON_DATA")
STREAM = (
    b'<m:MTConnectStreams xmlns:m="urn:mtconnect.org:MTConnectStreams:1.3"><m:Header instanceId="1" nextSequence="9"/>'
    b'<m:Streams><m:DeviceStream name="mill" uuid="u"><m:ComponentStream component="Linear"><m:Samples>'
    b'<m:Position dataItemId="x" timestamp="2026-11-27T00:00:00Z" sequence="1">1.5</m:Position></m:Samples><m:Events>'
    b'<m:VariableDataSet dataItemId="v" timestamp="2026-11-27T00:00:00Z" sequence="2" count="2"><m:Entry key="a">1'
    b'</m:Entry><m:Entry key="b" removed="true"/></m:VariableDataSet></m:Events><m:Condition><m:Fault dataItemId="c" '
    b'timestamp="2026-11-27T00:00:00Z" sequence="3" nativeCode="7">hot &amp; loud</m:Fault></m:Condition>'
    b"</m:ComponentStream></m:DeviceStream></m:Streams></m:MTConnectStreams>"
)


def told(found: list[Observation]) -> list[tuple[object, ...]]:
    return [(o.device, o.category, o.element, o.item, o.text, o.entries) for o in found]


WANTED = [
    ("mill", "Samples", "Position", "x", "1.5", None),
    ("mill", "Events", "VariableDataSet", "v", "", {"a": "1", "b": None}),
    ("mill", "Condition", "Fault", "c", "hot & loud", None),
]


@given(st.lists(st.integers(1, len(STREAM)), max_size=12))
def test_a_document_says_the_same_however_it_is_cut(cuts):
    found: list[Observation] = []
    document = Document(found.append)
    edges = [0, *sorted({c for c in cuts if c < len(STREAM)}), len(STREAM)]
    for since, until in itertools.pairwise(edges):
        document.feed(STREAM[since:until], last=until == len(STREAM))
    assert told(found) == WANTED
    assert document.header["nextSequence"] == "9"


@given(
    st.lists(st.binary(min_size=1, max_size=60).filter(lambda b: b"--edge" not in b), min_size=1, max_size=5),
    st.lists(st.integers(0, 600), max_size=10),
    st.booleans(),
)
def test_an_endless_answer_is_cut_into_its_documents_however_it_arrives(bodies, cuts, measured):
    whole = b"".join(
        b"--edge\r\nContent-type: text/xml\r\n"
        + (b"Content-length: %d\r\n" % len(body) if measured else b"")
        + b"\r\n"
        + body
        + b"\r\n"
        for body in bodies
    )
    whole += b"--edge\r\n"
    parts, found, now = Parts(b"edge"), [], b""
    edges = [0, *sorted({c for c in cuts if c < len(whole)}), len(whole)]
    for since, until in itertools.pairwise(edges):
        for piece, ends in parts.feed(whole[since:until]):
            now += piece
            if ends:
                found.append(now)
                now = b""
    assert found == bodies


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<MTConnectStreams><Header instanceId="&b;"/></MTConnectStreams>"""


@pytest.mark.parametrize(
    ("attack", "says"),
    [
        (BOMB, "document type declaration"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document type declaration"),
        (b"<MTConnectStreams>" + b"<a>" * 200, "nested more than"),
        (b"<html><body>login</body></html>", "begins with <html>"),
        (b"<MTConnectStreams><Header></MTConnectStreams>", "no XML"),
    ],
)
def test_what_no_agent_sends_is_refused(attack, says):
    with pytest.raises(BadInput, match=says):
        Document(print).feed(attack)


def test_an_endless_element_is_refused_before_it_fills_the_memory():
    document = Document(print)
    document.feed(b'<MTConnectStreams><Streams><DeviceStream name="d"><ComponentStream><Events><Block dataItemId="b">')
    for _ in range(63):
        document.feed(b"x" * 65_536)
    with pytest.raises(BadInput, match="in one element"):
        document.feed(b"x" * 131_072)


def test_a_document_of_10_mb_is_read_in_constant_memory():
    count = [0]

    def seen(observation: Observation) -> None:
        count[0] += 1

    line = b'<Position dataItemId="x1" timestamp="2026-11-27T00:00:00.123Z" sequence="1" name="Xact">1.5</Position>'
    document = Document(seen)
    document.feed(b'<MTConnectStreams><Streams><DeviceStream name="d"><ComponentStream><Samples>')
    tracemalloc.start()
    for _ in range(20):  # a tenth under the eye of tracemalloc, which slows it down
        document.feed(line * 500)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    for _ in range(180):
        document.feed(line * 500)
    assert count[0] == 100_000
    assert peak < 2_000_000


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)), st.integers(-14, 14), st.integers(0, 9))
def test_every_timestamp_is_understood_with_its_offset_and_fraction(at, hours, digits):
    at = at.replace(tzinfo=UTC)
    said = f"{at:%Y-%m-%dT%H:%M:%S}" + (f".{at.microsecond:06d}000"[: digits + 1] if digits else "")
    whole = int(at.replace(microsecond=0).timestamp()) * 1_000_000
    fraction = int(f"{at.microsecond:06d}"[:digits].ljust(6, "0")) if digits else 0
    assert moment(said + "Z") == whole + fraction
    assert (
        moment(f"{said}{hours:+03d}:30") == whole + fraction - (hours * 60 + (30 if hours >= 0 else -30)) * 60_000_000
    )


def test_every_unit_is_one_of_ucum():
    assert [u for u in UNITS.values() if not is_unit(u)] == []


@needs_examples
@pytest.mark.parametrize("file", sorted(DATA.rglob("*.xml")) if DATA.is_dir() else [], ids=lambda f: f.name)
def test_the_devices_of_the_cpp_agents_examples_are_read_as_another_parser_reads_them(file):
    raw = file.read_bytes()
    if b"MTConnectDevices" not in raw[:1000]:
        pytest.skip("an asset, not a device")
    items: list[DataItem] = []
    Document(items.append).feed(raw, last=True)
    whole = [e.attrib for e in ET.fromstring(raw).iter() if e.tag.rpartition("}")[2] == "DataItem"]
    assert [i.attributes for i in items] == whole
    found = [offer for item in items for offer in offers(item, None)]
    native = {i.attributes["units"] for i in items if "units" in i.attributes}
    assert [u for u in native if not ucum(u) and not re.search(r"UNKNOWN|VENDOR", u)] == []
    assert {o.kind for o in found} <= {"number", "text", "state", "count", "boolean"}
