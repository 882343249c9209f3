"""EtherNet/IP: what a tag says; and reading from a simulator of another maker where one is there.

The simulator is cpppo's `enip_server`. It is under the GPL, so nothing here depends on it: install it anywhere and put
it on the PATH to run those tests. It has no list of tags, so the driver is told them.
"""

import asyncio
import shutil
import socketserver
from threading import Thread

import pytest
from hearing import hear, link_of

from andon.acquire import find_connector
from andon.acquire.ethernet_ip import Controller, connected, ethernet_ip, offered, refused, said, trial, where
from andon.errors import BadInput, NotConnected
from servers import Server, free_port, running

pycomm3 = pytest.importorskip("pycomm3", reason="needs pycomm3")
SIMULATOR = shutil.which("enip_server")
needs_simulator = pytest.mark.skipif(SIMULATOR is None, reason="needs enip_server of cpppo on the PATH")
UNKNOWN = 0x80340000


def test_what_a_tag_says_keeps_its_digits_and_its_text():
    assert said(2**53 + 1) == (2.0**53, "9007199254740993", 0)
    assert said("000123") == (None, "000123", 0)
    assert said({"PRE": 5}) == (None, '{"PRE": 5}', 0)
    assert said(float("nan"))[0] is None


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("Tag doesn't exist - Cout", UNKNOWN),
        ("Path destination unknown", UNKNOWN),
        ("Failed to parse tag request", UNKNOWN),
        ("Something else", 0x808B0000),
        (None, 0x808B0000),
    ],
)
def test_an_error_of_a_tag_is_a_status(error, status):
    assert refused(error) == status


def test_plain_tags_and_the_plain_members_of_structures_are_offered():
    tags = {
        "Count": {"data_type_name": "DINT", "data_type": "DINT"},
        "Temps": {"data_type_name": "REAL", "data_type": "REAL", "dim": 1},
        "Hidden": {"data_type_name": "DINT", "data_type": "DINT", "external_access": "None"},
        "Line": {
            "data_type_name": "udtLine",
            "data_type": {"internal_tags": {"Run": {"data_type": "BOOL"}, "Raw": {"data_type": "SINT", "array": 8}}},
        },
    }
    assert [(o.address, o.kind) for o in offered(tags)] == [("Count", "number"), ("Line.Run", "boolean")]


def test_a_controller_that_nobody_finds_is_told_with_what_to_try(tmp_path):
    address = f"ethernet-ip://127.0.0.1:{free_port()}"
    with pytest.raises(NotConnected, match=r"does not answer .* write the slot"):
        hear(ethernet_ip(link_of(tmp_path, ["Count"]), address), lambda rows: True)
    assert not asyncio.run(trial(link_of(tmp_path, ["Count"]), address))[0].well


def test_who_closes_in_the_middle_of_a_message_is_left(tmp_path):
    class Half(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.sendall(b"\x65\0\xff\xff" + b"\0" * 30)

    with socketserver.TCPServer(("127.0.0.1", 0), Half) as other:
        Thread(target=other.handle_request).start()
        with pytest.raises(NotConnected, match="does not answer"):
            asyncio.run(connected(f"ethernet-ip://127.0.0.1:{other.server_address[1]}"))


def test_an_address_that_is_none_is_told():
    with pytest.raises(BadInput, match=r"Write ethernet-ip://10\.0\.0\.8"):
        where("http://10.0.0.8")
    assert find_connector("ethernet-ip").extra == "ethernet-ip"


@needs_simulator
def test_tags_are_read_from_a_simulator_and_its_end_is_noticed(tmp_path):
    port = free_port()
    command = [str(SIMULATOR), "--address", f"127.0.0.1:{port}", "SPEED=REAL", "COUNT=DINT"]
    server = Server(command, port, log=tmp_path / "enip.log")
    driver = pycomm3.LogixDriver(f"127.0.0.1:{port}", init_tags=False, init_program_tags=False)

    async def rounds(controller: Controller) -> list[tuple[str, object, int]]:
        return [(row[0], row[2], row[4]) async for rows in controller.round() for row in rows]

    with running(server):
        driver.open()
        driver._cfg["use_instance_ids"] = False
        for name in ("SPEED", "COUNT"):
            kind = {"SPEED": "REAL", "COUNT": "DINT"}[name]
            driver._tags[name] = {"tag_name": name, "data_type": kind, "data_type_name": kind, "tag_type": "atomic"} | {
                "dim": 0, "dimensions": [0, 0, 0], "instance_id": 0, "type_class": pycomm3.cip.DataTypes.get(kind)
            }  # fmt: skip
        controller = Controller(driver, ["SPEED", "COUNT", "COUTN"])
        assert asyncio.run(rounds(controller)) == [("SPEED", 0.0, 0), ("COUNT", 0.0, 0), ("COUTN", None, UNKNOWN)]
        server.kill()
        with pytest.raises(NotConnected, match="is lost"):
            asyncio.run(rounds(controller))
