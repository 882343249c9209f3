"""An MTConnect agent for tests: PORT [--buffer N] [--devices FILE] [--plain].

No agent of another maker can be had from Debian, npm or PyPI, so this one follows the standard (Part 1, section on
the agent's buffer and its protocol) and the C++ agent: a ring buffer of numbered observations, an instance id for each
of its lives, probe, current (also `at` a number), sample (also as an endless multipart answer with heartbeats), errors
OUT_OF_RANGE and NO_DEVICE. What is to be observed is posted to /say as lines `id|value`, a condition as
`id|LEVEL|code|severity|qualifier|text`, a data set as `id|key=value key=`; a timestamp may stand before the line.
"""

import argparse
import re
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections import deque
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

MILL = """<MTConnectDevices xmlns="urn:mtconnect.org:MTConnectDevices:2.0"><Header/><Devices>
<Device id="d" name="mill" uuid="M-1"><DataItems>
 <DataItem category="EVENT" id="avail" type="AVAILABILITY"/></DataItems><Components>
 <Axes id="ax" name="base"><Components><Linear id="x" name="X"><DataItems>
  <DataItem category="SAMPLE" id="xp" name="Xact" type="POSITION" subType="ACTUAL" units="MILLIMETER"/>
  <DataItem category="SAMPLE" id="vib" type="ACCELERATION" representation="TIME_SERIES" sampleRate="100"
   units="MILLIMETER/SECOND^2"/>
 </DataItems></Linear></Components></Axes>
 <Controller id="c" name="cnc"><DataItems>
  <DataItem category="CONDITION" id="cond" type="SYSTEM"/>
 </DataItems><Components><Path id="p" name="path"><DataItems>
  <DataItem category="EVENT" id="ex" name="execution" type="EXECUTION"/>
  <DataItem category="EVENT" id="mode" type="CONTROLLER_MODE"/>
  <DataItem category="EVENT" id="pc" type="PART_COUNT" subType="GOOD"/>
  <DataItem category="EVENT" id="msg" type="MESSAGE"/>
  <DataItem category="EVENT" id="serial" type="SERIAL_NUMBER"/>
  <DataItem category="EVENT" id="vars" type="VARIABLE" representation="DATA_SET"/>
  <DataItem category="EVENT" id="tools" type="TOOL_OFFSETS" representation="TABLE"/>
  <DataItem category="SAMPLE" id="pos" type="PATH_POSITION" units="MILLIMETER_3D"/>
 </DataItems></Path></Components></Controller></Components></Device></Devices></MTConnectDevices>"""
LEVELS = ("NORMAL", "WARNING", "FAULT", "UNAVAILABLE")


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Agent:
    """The devices, and the ring buffer of what was observed of them."""

    def __init__(self, devices: str, buffer: int) -> None:
        self.devices, self.buffer = devices, buffer
        self.instance = str(time.time_ns() // 1_000_000)
        self.items: dict[str, tuple[str, str, dict[str, str]]] = {}
        self.names: dict[str, str] = {}
        self.next = 1
        self.seen: deque[tuple[int, str, str, str]] = deque()
        self.fallen: list[tuple[int, str, str, str]] = []
        self.changed = threading.Condition()
        for device in ET.fromstring(devices).iter():
            if device.tag.endswith("}Device") or device.tag == "Device":
                for item in device.iter():
                    if item.tag.rpartition("}")[2] == "DataItem":
                        told = dict(item.attrib)
                        self.items[told["id"]] = (device.get("name", ""), told["category"], told)
                        self.names[told.get("name", told["id"])] = told["id"]
        for item in self.items:
            self.say(item, "UNAVAILABLE")

    @property
    def first(self) -> int:
        return self.seen[0][0]

    def say(self, item: str, value: str, at: str = "") -> None:
        with self.changed:
            self.seen.append((self.next, item, at or now(), value))
            self.next += 1
            if len(self.seen) > self.buffer:
                self.fallen.append(self.seen.popleft())
            self.changed.notify_all()

    def holding(self, at: int) -> list[tuple[int, str, str, str]]:
        """What held at a number: the last of each item, all that is active of a condition, all entries of a set."""
        held: dict[tuple[str, str], tuple[int, str, str, str]] = {}
        for row in [*self.fallen, *self.seen]:
            number, item, _, value = row
            if number > at:
                break
            _, category, told = self.items[item]
            if category == "CONDITION":
                level, code = [*value.split("|"), ""][:2]
                gone = [k for k in held if k[0] == item and (not code or k[1] in (code, ""))]
                for key in gone:
                    del held[key]
                if level.upper() in ("NORMAL", "UNAVAILABLE") and any(k[0] == item for k in held):
                    continue
                held[item, code if level.upper() in ("WARNING", "FAULT") else ""] = row
            elif told.get("representation") in ("DATA_SET", "TABLE") and value != "UNAVAILABLE":
                before = held.get((item, ""))
                held[item, ""] = (*row[:3], merged(before[3] if before else "", value))
            else:
                held[item, ""] = row
        return list(held.values())

    def streams(self, rows: list[tuple[int, str, str, str]], following: int) -> bytes:
        header = (
            f'<Header creationTime="{now()}" sender="test" instanceId="{self.instance}" version="2.0" '
            f'bufferSize="{self.buffer}" nextSequence="{following}" firstSequence="{self.first}" '
            f'lastSequence="{self.next - 1}"/>'
        )
        streams: dict[str, dict[str, list[str]]] = {}
        for row in rows:
            device, category, _ = self.items[row[1]]
            kind = {"SAMPLE": "Samples", "EVENT": "Events", "CONDITION": "Condition"}[category]
            streams.setdefault(device, {}).setdefault(kind, []).append(self.element(row))
        body = "".join(
            f'<DeviceStream name="{device}" uuid="{device}"><ComponentStream component="Device" componentId="d">'
            + "".join(f"<{kind}>{''.join(elements)}</{kind}>" for kind, elements in kinds.items())
            + "</ComponentStream></DeviceStream>"
            for device, kinds in streams.items()
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<MTConnectStreams xmlns="urn:mtconnect.org:MTConnectStreams:2.0">'
            f"{header}<Streams>{body}</Streams></MTConnectStreams>\n"
        ).encode()

    def element(self, row: tuple[int, str, str, str]) -> str:
        number, item, at, value = row
        _, category, told = self.items[item]
        name = "".join(word.capitalize() for word in told["type"].rpartition(":")[2].split("_"))
        same = f'dataItemId="{item}" timestamp="{at}" sequence="{number}"'
        if category == "CONDITION":
            level, code, _, about, text = (value.split("|") + [""] * 4)[:5]
            more = f" nativeCode={quoteattr(code)}" if code else ""
            more += f" qualifier={quoteattr(about)}" if about else ""
            return f'<{level.capitalize()} {same} type="{told["type"]}"{more}>{escape(text)}</{level.capitalize()}>'
        form = told.get("representation", "VALUE")
        if form == "TIME_SERIES" and value != "UNAVAILABLE":
            name, count = f"{name}TimeSeries", len(value.split())
            return f'<{name} {same} sampleCount="{count}" sampleRate="100">{value}</{name}>'
        if form in ("DATA_SET", "TABLE"):
            tail = {"DATA_SET": "DataSet", "TABLE": "Table"}[form]
            if value == "UNAVAILABLE":
                return f'<{name}{tail} {same} count="0">UNAVAILABLE</{name}{tail}>'
            pairs = entries(value)
            return f'<{name}{tail} {same} count="{len(pairs)}">{"".join(map(entry, pairs.items()))}</{name}{tail}>'
        return f"<{name} {same}>{escape(value)}</{name}>"


def entries(value: str) -> dict[str, str]:
    """Keys and values of `a=1 b=2`, or of a table `T1={L=1 R=2}`; an empty value removes."""
    return dict(re.findall(r"(\w+)=(\{[^}]*\}|\S*)", value))


def merged(before: str, change: str) -> str:
    known = entries(before) | entries(change)
    return " ".join(f"{k}={v}" for k, v in known.items() if v)


def entry(pair: tuple[str, str]) -> str:
    key, value = pair
    if not value:
        return f'<Entry key="{key}" removed="true"/>'
    if value.startswith("{"):
        cells = "".join(f'<Cell key="{k}">{v}</Cell>' for k, v in entries(value[1:-1]).items())
        return f'<Entry key="{key}">{cells}</Entry>'
    return f'<Entry key="{key}">{value}</Entry>'


class Door(BaseHTTPRequestHandler):
    """The agent's protocol over HTTP."""

    protocol_version = "HTTP/1.1"
    agent: Agent
    plain = False

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
        words = parts.path.strip("/").split("/")
        if len(words) > 1 and words[0] not in {d for d, _, _ in self.agent.items.values()}:
            return self.error("NO_DEVICE", f"Could not find the device {words[0]!r}")
        answer = {"probe": self.probe, "current": self.current, "sample": self.sample}.get(words[-1])
        return answer(asked) if answer else self.error("INVALID_REQUEST", f"{parts.path!r} is no request")

    def do_POST(self) -> None:
        for line in self.rfile.read(int(self.headers["Content-Length"])).decode().splitlines():
            head, _, rest = line.partition("|")
            at, (item, value) = (head, rest.split("|", 1)) if head[:4].isdigit() else ("", (head, rest))
            self.agent.say(item, value, at)
        self.send(b"", 204)

    def probe(self, asked: dict[str, str]) -> None:
        header = f'<Header creationTime="{now()}" instanceId="{self.agent.instance}" version="2.0" bufferSize="9"/>'
        self.send(re.sub(r"<Header\b[^>]*/>", header, self.agent.devices, count=1).encode())

    def current(self, asked: dict[str, str]) -> None:
        with self.agent.changed:
            at = int(asked.get("at", self.agent.next - 1))
            if not self.agent.first <= at < self.agent.next:
                return self.error("OUT_OF_RANGE", f"'at' must be between {self.agent.first} and {self.agent.next - 1}")
            document = self.agent.streams(self.agent.holding(at), self.agent.next)
        return self.send(document)

    def sample(self, asked: dict[str, str]) -> None:
        place, most = int(asked.get("from", self.agent.first)), int(asked.get("count", 100))
        if not self.agent.first <= place <= self.agent.next:
            return self.error("OUT_OF_RANGE", f"'from' must be between {self.agent.first} and {self.agent.next}")
        if "interval" not in asked or self.plain:
            return self.send(self.part(place, most)[0])
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace;boundary=edge")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.stream(place, most, int(asked["interval"]) / 1000, int(asked.get("heartbeat", 10000)) / 1000)
        except OSError:
            self.close_connection = True
        return None

    def stream(self, place: int, most: int, interval: float, heartbeat: float) -> None:
        while True:
            with self.agent.changed:
                self.agent.changed.wait_for(lambda place=place: self.agent.next > place, heartbeat)
                if place < self.agent.first:
                    document, place = self.fault("OUT_OF_RANGE", "the client is too slow"), 0
                else:
                    document, place = self.part(place, most)
            head = f"--edge\r\nContent-type: text/xml\r\nContent-length: {len(document)}\r\n\r\n"
            self.wfile.write(head.encode() + document + b"\r\n")
            self.wfile.flush()
            if not place:
                return
            time.sleep(interval)

    def part(self, place: int, most: int) -> tuple[bytes, int]:
        rows = [row for row in self.agent.seen if row[0] >= place][:most]
        following = rows[-1][0] + 1 if rows else place
        return self.agent.streams(rows, following), following

    def fault(self, code: str, text: str) -> bytes:
        return (
            f'<MTConnectError xmlns="urn:mtconnect.org:MTConnectError:2.0"><Header instanceId="{self.agent.instance}"/>'
            f'<Errors><Error errorCode="{code}">{escape(text)}</Error></Errors></MTConnectError>'
        ).encode()

    def error(self, code: str, text: str) -> None:
        self.send(self.fault(code, text), 404)

    def send(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        print(format % args, file=sys.stderr, flush=True)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("port", type=int)
    options.add_argument("--buffer", type=int, default=1000)
    options.add_argument("--devices", type=Path)
    options.add_argument("--plain", action="store_true")
    chosen = options.parse_args()
    Door.agent = Agent(chosen.devices.read_text("utf-8") if chosen.devices else MILL, chosen.buffer)
    Door.plain = chosen.plain
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer(("127.0.0.1", chosen.port), Door).serve_forever()
