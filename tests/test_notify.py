"""Who is told of what and when; and real servers that get it, once, also after a kill."""

import base64
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from alarmed import PRESS, Works
from andon.config import read_plant
from andon.errors import BadInput, NotConnected
from andon.plant import Plant
from andon.plant.alarms import Advice, Notify
from andon.surfaces.notify.message import Message, News, digest, message
from andon.surfaces.notify.outbox import Outbox
from andon.surfaces.notify.policy import Told, due
from andon.surfaces.notify.ways import send
from andon.units import HOUR, MINUTE, SECOND
from andon.watch.alarms import Occurrence, Stage
from receivers import mail_server, webhook
from servers import MOSQUITTO, free_port, mosquitto, needs_mosquitto, running, until

NOON = 1_790_769_600_000_000  # 2026-09-30T12:00Z
HOT = Occurrence(
    place=PRESS,
    name="hot",
    since=NOON,
    told=NOON,
    shown=NOON,
    waiting=NOON,
    priority="high",
    messages={"en": "too hot", "zh": "过热"},
    advice=Advice(action="Open the valve."),
)
POST = Notify(name="ops", by="webhook", settings={"url": "http://127.0.0.1", "body": "json"})
SHIFT = '[[shift]]\nname = "{}"\nstart = "{}"\nend = "{}"\n'
SHIFTS = SHIFT.format("early", "06:00", "14:00") + SHIFT.format("late", "14:00", "22:00")


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    machines = '[[machine]]\npath = "line-1/press-3"\narea = "hall"\n[machine.signals.temperature]\n'
    (tmp_path / "plant.toml").write_text(f'[plant]\nname = "works"\nzone = "UTC"\n{SHIFTS}{machines}')
    return read_plant(tmp_path)


def told(*keys: str, at: list[int] | None = None, raised: dict[str, Occurrence] | None = None) -> Told:
    return Told(set(keys), lambda: at or [], raised or {})


@pytest.mark.parametrize(
    ("receiver", "alarm", "now", "count"),
    [
        ({}, {}, NOON, 1),
        ({}, {"waiting": None, "stage": Stage.ACKNOWLEDGED}, NOON, 0),
        ({}, {"until": NOON + 1, "stage": Stage.RETURNED}, NOON + 1, 1),
        ({"priorities": frozenset({"critical"})}, {}, NOON, 0),
        ({"at": ("line-1",)}, {}, NOON, 1),
        ({"at": ("hall",)}, {}, NOON, 1),
        ({"at": ("line-2",)}, {}, NOON, 0),
        ({"shifts": ("early",)}, {}, NOON, 1),
        ({"shifts": ("late",)}, {}, NOON, 0),
        ({"shifts": ("late",)}, {}, NOON + 2 * HOUR, 1),  # still waiting when they come
        ({"after": 5 * MINUTE}, {}, NOON + 5 * MINUTE - 1, 0),
        ({"after": 5 * MINUTE}, {}, NOON + 5 * MINUTE, 1),
    ],
)
def test_a_receiver_is_told_of_what_is_his(receiver, alarm, now, count, plant):
    assert len(due(replace(POST, **receiver), [replace(HOT, **alarm)], plant, told(), now)) == count


def test_an_alarm_that_comes_and_goes_is_told_once_until_it_is_acknowledged(plant):
    first = due(POST, [HOT], plant, told(), NOON)
    again = replace(HOT, since=NOON + SECOND)  # people have been waiting since noon
    assert due(POST, [again], plant, told(first[0].key), NOON + SECOND) == []
    anew = replace(HOT, since=NOON + MINUTE, waiting=NOON + MINUTE)
    assert len(due(POST, [anew], plant, told(first[0].key), NOON + MINUTE)) == 1


def test_a_flood_is_one_digest_with_everything_in_it(plant):
    many = [replace(HOT, name=f"a{i}", priority="low" if i else "critical") for i in range(100)]
    (only,) = due(POST, many, plant, told(), NOON)
    assert (only.about, len(only.keys), len(only.alarms)) == ("digest", 100, 100)
    assert "critical" in only.text.splitlines()[0]
    assert only.text.splitlines()[-1] == "and 80 more"
    new = [*many, replace(HOT, name="one-more")]
    lately = told(*only.keys, at=[NOON] * 10)
    assert due(POST, new, plant, lately, NOON + 59 * SECOND) == []  # it waits for the next digest
    (second,) = due(POST, new, plant, lately, NOON + MINUTE)
    assert second.keys == (f"ops/{PRESS}/one-more/{NOON}",)


def test_who_asked_for_it_is_told_when_it_is_over(plant):
    receiver = replace(POST, returned=True)
    (first,) = due(receiver, [HOT], plant, told(), NOON)
    known = {first.key: HOT}
    assert due(receiver, [HOT], plant, told(first.key, raised=known), NOON + 1) == []
    over = replace(HOT, until=NOON + MINUTE, stage=Stage.RETURNED)
    (second,) = due(receiver, [over], plant, told(first.key, raised=known), NOON + MINUTE)
    assert (second.about, second.key) == ("returned", first.key + "/returned")
    assert due(receiver, [over], plant, told(first.key, second.key, raised=known), NOON + MINUTE) == []


def test_people_read_it_in_their_language(plant):
    news = due(replace(POST, language="zh"), [HOT], plant, told(), NOON)
    assert news[0].subject == f"[高] {PRESS}: 过热"
    assert "措施: Open the valve." in news[0].text


def one(**more: object) -> Message:
    news = News("ops/1", "alarm", HOT)
    made = message(news, POST, zone="UTC", now=NOON)
    return replace(made, **more) if more else made


def test_an_outbox_knows_after_a_kill_what_is_not_sent_and_what_was_told(tmp_path):
    box = Outbox.open(tmp_path / "outbox.jsonl", NOON)
    box.put(one())
    box.put(one(keys=("ops/2", "ops/3"), about="digest"))
    box.sent(one())
    with (tmp_path / "outbox.jsonl").open("ab") as torn:
        torn.write(b'{"done": "ops/2", "x')
    again = Outbox.open(tmp_path / "outbox.jsonl", NOON)
    assert (list(again.waiting), set(again.told)) == (["ops/2"], {"ops/1", "ops/2", "ops/3"})
    assert again.next("ops", 0) == one(keys=("ops/2", "ops/3"), about="digest")
    assert Outbox.open(tmp_path / "outbox.jsonl", NOON + 61 * 24 * HOUR).told == {}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("json", lambda b: b["key"] == "ops/1" and b["alarms"][0]["since"] == "2026-09-30T12:00:00+00:00"),
        ("slack", lambda b: b["text"].startswith("*[high] ")),
        ("teams", lambda b: b["attachments"][0]["content"]["type"] == "AdaptiveCard"),
        ("dingtalk", lambda b: b["markdown"]["title"].startswith("[high] ")),
        ("wecom", lambda b: b["msgtype"] == "markdown"),
    ],
)
def test_each_kind_of_webhook_gets_what_it_understands(body: str, found: Callable[[dict], bool]):
    with webhook(answer='{"errcode": 0}') as post:
        receiver = replace(POST, settings={"url": f"http://127.0.0.1:{post.port}/x", "body": body})
        send(one(), receiver, lambda key: None)
        assert len(post.bodies) == 1
        assert found(post.bodies[0])


def test_a_receiver_that_says_no_in_its_own_way_is_understood():
    with webhook(answer='{"errcode": 310000, "errmsg": "sign not match"}') as post:
        receiver = replace(
            POST, settings={"url": f"http://127.0.0.1:{post.port}/?access_token=geheim", "body": "dingtalk"}
        )
        with pytest.raises(NotConnected, match="sign not match") as wrong:
            send(one(), receiver, lambda key: None)
        assert "geheim" not in str(wrong.value)


def mailed(port: int) -> Notify:
    settings = {"server": f"127.0.0.1:{port}", "security": "none", "user": "", "sender": "andon@works.example"}
    return Notify(name="mail", by="email", settings=settings | {"to": ["ann@works.example", "bob@works.example"]})


def test_a_mail_has_subject_text_and_the_key_that_tells_doubles():
    with mail_server() as box:
        for _ in range(2):
            send(one(subject="[高] 过热"), mailed(box.port), lambda key: None)
        first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert base64.b64encode("[高] 过热".encode()).decode() in first["Subject"]
    assert (first["To"], first["Auto-Submitted"]) == ("ann@works.example, bob@works.example", "auto-generated")
    assert "Open the valve." in first.get_payload(decode=True).decode()


@pytest.mark.parametrize(("said", "kind"), [("554 spam", BadInput), ("451 later", NotConnected)])
def test_a_mail_that_is_refused_for_good_is_given_up_and_for_now_is_not(said: str, kind: type[Exception]):
    with mail_server(refuses=said) as box, pytest.raises(kind):
        send(one(), mailed(box.port), lambda key: None)


@needs_mosquitto
def test_a_broker_gets_it_under_place_alarm_and_priority(tmp_path):
    port = free_port()
    sub = str(Path(str(MOSQUITTO)).parent.parent / "bin" / "mosquitto_sub")
    if not Path(sub).exists():
        pytest.skip("needs mosquitto_sub (Debian's mosquitto-clients)")
    with running(mosquitto(tmp_path, port)):
        command = [sub, "-p", str(port), "-q", "1", "-t", "works/#", "-C", "1", "-v", "-W", "20", "-i", "ear", "-c"]
        subprocess.run([*command, "-E"], check=True)  # subscribes, and the broker keeps what comes
        settings = {"url": f"mqtt://127.0.0.1:{port}", "user": "", "topic": "works/{place}/{priority}"}
        send(one(), Notify(name="mq", by="mqtt", settings=settings), lambda key: None)
        heard = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    topic, _, payload = heard.partition(" ")
    assert (topic, json.loads(payload)["key"]) == (f"works/{PRESS}/high", "ops/1")


NOTIFY = """
[[notify]]
name = "ops"
by = "webhook"
url = "http://127.0.0.1:{post}/"
returned = true
[[notify]]
name = "chief"
by = "email"
server = "127.0.0.1:{mail}"
security = "none"
sender = "andon@works.example"
to = ["chief@works.example"]
after = "3 s"
language = "zh"
"""


def test_a_running_plant_tells_once_through_failures_and_kills_and_escalates(tmp_path):
    with webhook(fails=2) as post, mail_server() as box:
        works = Works(tmp_path, NOTIFY.format(post=post.port, mail=box.port))
        works.start()
        try:
            works.say("temperature", 75.0)
            until(lambda: bool(post.keys), what="the first try")
            works.kill()
            works.start()
            until(lambda: bool(post.bodies), what="the message after the kill")
            until(lambda: bool(box.mails), what="the escalation")
            outbox = tmp_path / "alarms" / "outbox.jsonl"
            until(lambda: outbox.read_text("utf-8").count('"done"') == 2, what="that both arrived is written down")
            works.act("acknowledge", "hot")
            works.say("temperature", 60.0)
            until(lambda: len(post.bodies) == 2, what="the end is told")
            assert [b["about"] for b in post.bodies] == ["alarm", "returned"]
            assert len(set(post.keys[:-1])) == 1  # every try of the first had the same key
            assert len(box.mails) == 1
        finally:
            works.kill()


def test_a_digest_is_in_the_language_too(plant):
    made = digest([News(str(i), "alarm", HOT) for i in range(3)], replace(POST, language="zh"), zone="UTC", now=NOON)
    assert made.subject == "同时有 3 个报警"
