"""MQTT's bytes, topics, JSON paths and moments: tables, and properties that hold for all of them."""

import asyncio
from datetime import UTC
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.acquire.broker import access, connect, parse_url
from andon.acquire.broker.packets import LARGEST, Answer, Decoder, Garbled, Message, publish
from andon.acquire.link import Link
from andon.acquire.mqtt.memory import Arrivals
from andon.acquire.mqtt.moments import moment
from andon.acquire.mqtt.path import path
from andon.acquire.mqtt.topics import checked, fewest, fits
from andon.errors import BadConfig, NotConnected

TOPICS = st.text(st.characters(codec="utf-8", exclude_characters="+#\0"), min_size=1, max_size=20)
MESSAGES = st.lists(st.tuples(TOPICS, st.binary(max_size=300), st.integers(0, 65_535), st.booleans()), max_size=8)


@pytest.mark.parametrize("version", ["3.1.1", "5"])
@given(messages=MESSAGES, cuts=st.lists(st.integers(0, 2000), max_size=6))
def test_messages_come_out_as_they_went_in_wherever_the_stream_is_cut(version, messages, cuts):
    stream = b"".join(publish(t, p, version, number=n, retain=r) for t, p, n, r in messages)
    places = sorted({0, len(stream), *(c for c in cuts if c < len(stream))})
    decoder = Decoder(version)
    found = [m for a, b in pairwise(places) for m in decoder.feed(stream[a:b], 7)]
    assert found == [Message(t, p, 7, n, r) for t, p, n, r in messages]


def test_a_message_that_is_too_long_is_passed_over_and_named():
    stream = publish("a", b"x", "3.1.1") + publish("long", bytes(LARGEST + 1), "3.1.1", number=9)
    stream += publish("b", b"y", "3.1.1")
    decoder = Decoder("3.1.1")
    found = [m for start in range(0, len(stream), 1 << 18) for m in decoder.feed(stream[start : start + (1 << 18)])]
    assert [(m.topic, m.payload, m.number) for m in found] == [("a", b"x", 0), ("long", b"", 9), ("b", b"y", 0)]
    assert found[1].cut > LARGEST
    assert len(decoder.rest) == 0


@given(st.binary(max_size=60))
def test_whatever_answers_is_mqtt_or_told_to_be_none(raw):
    try:
        found = Decoder("5").feed(raw)
    except Garbled:
        return
    assert all(isinstance(f, Message | Answer) for f in found)


@pytest.mark.parametrize(
    ("topic", "pattern", "inside"),
    [  # OASIS MQTT 3.1.1, 4.7.1 and 4.7.2
        ("sport/tennis/player1", "sport/tennis/player1/#", True),
        ("sport/tennis/player1/ranking", "sport/tennis/player1/#", True),
        ("sport", "sport/#", True),
        ("sport/tennis/player1", "sport/tennis/+", True),
        ("sport/tennis/player1/ranking", "sport/tennis/+", False),
        ("sport", "sport/+", False),
        ("sport/", "sport/+", True),
        ("/finance", "+/+", True),
        ("/finance", "/+", True),
        ("/finance", "+", False),
        ("$SYS/monitor", "#", False),
        ("$SYS/monitor", "+/monitor", False),
        ("$SYS/monitor", "$SYS/#", True),
    ],
)
def test_topics_fit_patterns_as_the_standard_says(topic, pattern, inside):
    assert fits(topic, pattern) is inside


@pytest.mark.parametrize("wrong", ["sport/tennis#", "sport/#/ranking", "sport+", ""])
def test_patterns_that_the_standard_forbids_are_refused(wrong):
    with pytest.raises(BadConfig):
        checked(wrong)


@given(st.lists(st.lists(st.sampled_from(["a", "b", "+"]), min_size=1, max_size=3).map("/".join), max_size=6))
def test_the_fewest_patterns_hear_the_same_and_nothing_twice(patterns):
    kept = fewest(patterns)
    for topic in ["a", "b", "a/a", "a/b", "b/a", "b/b/a", "a/b/a"]:
        assert any(fits(topic, p) for p in patterns) == any(fits(topic, p) for p in kept)
    assert not [p for p in kept for other in kept if p != other and fits(p, other)]


def test_a_flood_is_held_back_at_the_sender_while_nobody_takes_it(tmp_path, monkeypatch):
    monkeypatch.setattr("andon.acquire.broker.broker.ROOM", 1000)
    flood = publish("p", bytes(1000), "3.1.1", number=1)

    async def work() -> tuple[int, int, int]:
        sent = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await reader.read(1000)
            writer.write(b"\x20\x02\0\0")
            while not writer.is_closing():
                writer.write(flood)
                sent += 1
                await writer.drain()
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            broker = await connect(access(Link("x", (), tmp_path), f"mqtt://127.0.0.1:{port}"))
            before = -1
            while sent != before:  # until the sender cannot send any more
                before = sent
                await asyncio.sleep(0.2)
            held = len(broker.box)
            lot = await broker.messages(most=10**6, linger=0, patience=5)
            await broker.messages(most=1, linger=0, patience=5)
            await broker.close()
            return held, len(lot), sent

    held, taken, sent = asyncio.run(work())
    assert 1000 <= held <= 1000 + (1 << 18) // 1000
    assert taken == held
    assert sent < 50_000  # the rest lies in the sockets


STORE = {"book": [{"id": "x", "price": 8.95, "in stock": True}, {"id": "y", "price": 22.99}], "1": {"a": [1, 2, 3]}}


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("$", [STORE]),
        ("$.book[*].price", [8.95, 22.99]),
        ("$.book[-1].price", [22.99]),
        ("$.book[2].price", []),
        ("$.book[?@.id == 'y'].price", [22.99]),
        ("$.book[?(@.id=='y')].price", [22.99]),
        ("$.book[?@.price == 8.95].id", ["x"]),
        ("$['book'][0]['in stock']", [True]),
        ("$.1.a.*", [1, 2, 3]),
        ("$.nothing.here", []),
    ],
)
def test_paths_find_what_rfc_9535_says(said, values):
    assert [value for value, _ in path(said).find(STORE)] == values


@pytest.mark.parametrize("wrong", ["book", "$book", "$.", "$[book]", "$.a..b", "$[?@.x > 1]"])
def test_paths_that_are_none_are_refused(wrong):
    with pytest.raises(BadConfig):
        path(wrong)


@pytest.mark.parametrize(
    ("said", "micros"),
    [
        (1790805600, 1790805600_000_000),
        (1790805600.25, 1790805600_250_000),
        (1790805600250, 1790805600_250_000),
        (1790805600250001, 1790805600_250_001),
        (1790805600250001999, 1790805600_250_001),
        ("1790805600250", 1790805600_250_000),
        ("2026-09-30T22:00:00Z", 1790805600_000_000),
        ("2026-10-01 06:00:00.250001+08:00", 1790805600_250_001),
        ("2026-09-30T22:00:00.123456789Z", 1790805600_123_456),
        ("yesterday", None),
        (True, None),
        (None, None),
        ({}, None),
    ],
)
def test_moments_are_read_by_their_form_and_size(said, micros):
    assert moment(said, UTC) == micros


def test_a_message_that_comes_again_after_a_kill_has_the_time_of_its_first_coming(tmp_path):
    first = Message("p", b"1", at=1000, number=5)
    before = Arrivals(tmp_path / "arrivals")
    before.load()
    before.note([(first, before.of([first])[0])])
    with (tmp_path / "arrivals").open("ab") as file:
        file.write(b"torn")  # the power went while it was written
    after = Arrivals(tmp_path / "arrivals")
    after.load()
    again = first._replace(at=9000, again=True)
    assert after.of([again, again._replace(number=6), again._replace(payload=b"2")]) == [1000, 9000, 9001]
    assert after.of([first._replace(at=9500)]) == [9500]  # not sent again: another message with the same number


@pytest.mark.parametrize("wrong", ["http://x", "mqtt://", "mqtt://x:99999", "mqtt://user:secret@x"])
def test_addresses_that_cannot_be_are_explained(wrong):
    with pytest.raises(NotConnected):
        parse_url(wrong)
