"""Reports that a plant makes by itself: when shifts have closed, again when they are corrected, brought once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from andon.app import report_again, report_file, reports
from andon.app.opening import Lent, lending, seen_by
from andon.app.reporting.kept import Kept
from andon.app.reporting.reporter import Pace, Reporter
from andon.errors import BadQuestion, NotAllowed, UnknownName
from andon.ledger import Books, audit
from andon.surfaces.notify import Message, Notifier
from andon.units import HOUR, MINUTE
from receivers import Mailbox, mail_server
from servers import until
from works import PLANT, START, Works, opened, shut

EIGHT = START + 8 * HOUR
OFFICE = """
[[notify]]
name = "office"
by = "email"
server = "127.0.0.1:{port}"
security = "none"
sender = "andon@works.example"
to = ["lead@works.example"]
priorities = []
"""
SHIFT = '\n[[report]]\nname = "early"\nat = "line-1"\nformats = ["html", "xlsx"]\n'
PACE = Pace(look=10_000, calm=0, latest=3 * MINUTE, corrected=10 * MINUTE, retry=MINUTE)


@dataclass
class Desk:
    """A plant with its reporter, a clock that is set, and what was sent."""

    works: Works
    now: int = START - HOUR
    sent: list[Message] = field(default_factory=list)
    broken: bool = False

    def reporter(self) -> Reporter:
        return Reporter(self.works.folder, lambda: self.works.plant, self.send, clock=lambda: self.now, pace=PACE)

    def send(self, message: Message) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.sent.append(message)

    def look(self, reporter: Reporter, at: int) -> int:
        self.now = at
        return reporter.look(self.works.books)

    @property
    def made(self) -> list[dict]:
        return reports(self.works.folder)["made"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    found: list[Works] = []

    def opened_(more: str) -> Desk:
        works = opened(tmp_path, PLANT + more)
        found.append(works)
        works.say("state", [(-60, "run"), (230, "stop"), (268, "run"), (485, "run")])
        works.count("total_count", [(100, 428), (485, 0)])
        made = Desk(works)
        works.books.close()
        works.books = Books.open(tmp_path / "ledger", clock=lambda: made.now * 1000)
        return made

    yield opened_
    for works in found:
        shut(works)


def names(folder: Path) -> set[str]:
    return {f.name for f in folder.iterdir()}


def test_a_report_is_made_once_when_its_shift_is_closed(desk):
    here = desk(SHIFT)
    reporter, home = here.reporter(), here.works.folder / "reports" / "early"
    assert here.look(reporter, START - HOUR) == 0  # from now on it is known
    assert here.look(reporter, EIGHT + MINUTE) == 0  # over, and not in the books
    here.works.close(now=EIGHT + MINUTE)
    assert here.look(reporter, EIGHT + MINUTE + 1) == 1
    assert names(home) == {"2024-03-04-early.html", "2024-03-04-early.xlsx"}
    assert here.look(reporter, EIGHT + HOUR) == 0
    assert here.look(here.reporter(), EIGHT + 2 * HOUR) == 0, "another process knows what was made"
    (row,) = here.made
    assert (row["period"], row["version"], row["newest"], row["waiting"]) == ("2024-03-04 early", 1, True, [])
    assert "OEE was" in row["text"]


def test_what_was_before_it_was_written_is_not_reported(desk):
    here = desk(SHIFT)
    here.works.close(now=EIGHT + MINUTE)
    assert here.look(here.reporter(), EIGHT + HOUR) == 0
    assert here.made == []


def test_a_machine_that_is_never_closed_holds_a_report_up_for_minutes_only(desk):
    dead = '\n[[machine]]\npath = "line-1/lathe"\n[machine.signals.state]\n'
    here = desk(SHIFT + dead)
    reporter = here.reporter()
    here.look(reporter, START - HOUR)
    here.works.close(now=EIGHT + MINUTE)
    assert here.look(reporter, EIGHT + MINUTE) == 0
    assert here.look(reporter, EIGHT + 3 * MINUTE) == 1


def test_a_corrected_shift_is_reported_again_and_the_old_report_stays(desk):
    here = desk(SHIFT)
    reporter, home = here.reporter(), here.works.folder / "reports" / "early"
    here.look(reporter, START - HOUR)
    here.works.close(now=EIGHT + MINUTE)
    here.look(reporter, EIGHT + MINUTE)
    here.works.do("reason", stop="2024-03-04T10:00:00Z", code="tool")
    assert here.works.close(now=EIGHT + MINUTE).again == 1
    assert here.look(reporter, EIGHT + 10 * MINUTE) == 0, "somebody may be giving more reasons"
    assert here.look(reporter, EIGHT + 11 * MINUTE) == 1
    assert {"2024-03-04-early.html", "2024-03-04-early-v2.html"} <= names(home)
    again = (home / "2024-03-04-early-v2.html").read_text("utf-8")
    assert ("Corrected." in again, "Tool broken" in again) == (True, True)
    assert "Tool broken" not in (home / "2024-03-04-early.html").read_text("utf-8")
    assert [(r["version"], r["newest"]) for r in here.made] == [(2, True), (1, False)]


def test_days_and_weeks_wait_for_their_last_shift(desk):
    every = '\n[[report]]\nname = "{0}"\nevery = "{0}"\nformats = ["html"]\n'
    here = desk(every.format("day") + every.format("week"))
    reporter = here.reporter()
    here.look(reporter, START - HOUR)
    here.works.close(now=EIGHT + MINUTE)
    assert here.look(reporter, EIGHT + MINUTE) == 0
    late = START + 16 * HOUR
    here.works.say("state", [(15 * 60, "run"), (16 * 60, "run")])
    here.works.close(now=late + MINUTE)
    assert here.look(reporter, late + MINUTE) == 1
    assert [r["period"] for r in here.made] == ["2024-03-04"]
    here.works.say("state", [(6 * 24 * 60 + 16 * 60, "run")])
    here.works.close(now=START + 7 * 24 * HOUR)
    assert here.look(reporter, START + 7 * 24 * HOUR) == 7
    assert [r["period"] for r in here.made if r["report"] == "week"] == ["2024-W10"]


def test_what_was_made_and_not_brought_is_brought_after_a_kill_and_not_made_again(desk):
    here = desk(OFFICE.format(port=1) + SHIFT + 'mail = "office"\nfolder = "share"\n')
    reporter = here.reporter()
    here.look(reporter, START - HOUR)
    here.works.close(now=EIGHT + MINUTE)
    here.broken = True
    here.look(reporter, EIGHT + MINUTE)
    assert here.made[0]["waiting"] == ["mail"]
    assert "the disk is full" in reports(here.works.folder)["scheduled"][0]["failed"]
    here.broken = False
    assert here.look(here.reporter(), EIGHT + 2 * MINUTE) == 0
    (message,) = here.sent
    assert message.files == ("reports/early/2024-03-04-early.html", "reports/early/2024-03-04-early.xlsx")
    assert names(here.works.folder / "share") == {"early-2024-03-04-early.html", "early-2024-03-04-early.xlsx"}
    assert (here.made[0]["waiting"], reports(here.works.folder)["scheduled"][0]["failed"]) == ([], "")
    assert here.look(here.reporter(), EIGHT + HOUR) == 0
    assert len(here.sent) == 1


def test_a_journal_that_a_power_cut_tore_goes_on(desk):
    here = desk(SHIFT)
    reporter = here.reporter()
    here.look(reporter, START - HOUR)
    here.works.close(now=EIGHT + MINUTE)
    with (here.works.folder / "reports" / "made.jsonl").open("ab") as torn:
        torn.write(b'{"made": {"number": 1, "rep')
    again = here.reporter()
    assert here.look(again, EIGHT + MINUTE) == 1
    assert [m.number for m in Kept.open(here.works.folder).made.values()] == [1]


def test_one_report_that_cannot_be_brought_holds_up_no_other(desk):
    here = desk(SHIFT + 'folder = "plant.toml/x"\n' + SHIFT.replace('"early"', '"other"'))
    reporter = here.reporter()
    here.look(reporter, START - HOUR)
    here.works.close(now=EIGHT + MINUTE)
    assert here.look(reporter, EIGHT + MINUTE) == 1
    assert {r["report"]: r["waiting"] for r in here.made} == {"early": ["folder"], "other": []}
    here.works.change(('folder = "plant.toml/x"', 'folder = "share"'))
    here.look(reporter, EIGHT + 3 * MINUTE)
    assert {r["report"]: r["waiting"] for r in here.made} == {"early": [], "other": []}


def test_somebody_may_have_one_made_again(desk):
    here = desk(SHIFT)
    here.works.close(now=EIGHT + MINUTE)
    reporter = here.reporter()
    assert here.look(reporter, EIGHT + HOUR) == 0
    Kept.open(here.works.folder).write({"again": "early", "period": "2024-03-04 early"})
    assert here.look(reporter, EIGHT + HOUR + 1) == 1
    assert here.look(reporter, EIGHT + 2 * HOUR) == 0
    assert [(r["number"], r["version"]) for r in here.made] == [(1, 1)]


def test_who_may_see_another_line_sees_nothing_of_it(desk):
    here = desk(SHIFT + '\n[[machine]]\npath = "line-2/saw"\n[machine.signals.state]\n')
    reporter = here.reporter()
    here.look(reporter, START - HOUR)
    here.works.close(now=EIGHT + MINUTE)
    here.look(reporter, EIGHT + 3 * MINUTE)
    with seen_by(["line-1"]):
        assert [r["report"] for r in reports(here.works.folder)["scheduled"]] == ["early"]
        assert report_file(here.works.folder, "early", "2024-03-04-early.html").data.startswith(b"<!doctype html>")
    with seen_by(["line-2"]):
        found = reports(here.works.folder)
        assert (found["scheduled"], found["made"]) == ([], [])
        with pytest.raises(UnknownName):
            report_file(here.works.folder, "early", "2024-03-04-early.html")


@pytest.mark.parametrize("file", ["../made.jsonl", "made.jsonl", "../../plant.toml", "2024-03-04-early.pdf"])
def test_only_files_of_reports_are_given_out(desk, file):
    here = desk(SHIFT)
    reporter = here.reporter()
    here.look(reporter, START - HOUR)
    here.works.close(now=EIGHT + MINUTE)
    here.look(reporter, EIGHT + MINUTE)
    with pytest.raises(UnknownName):
        report_file(here.works.folder, "early", file)


def arrived(box: Mailbox, count: int) -> None:
    until(lambda: len(box.mails) >= count, 15, f"mail {count}")


def test_a_mail_server_gets_it_once_with_its_files_also_after_a_restart(desk):
    with mail_server() as box:
        here = desk(OFFICE.format(port=box.port) + SHIFT + 'mail = "office"\nto = ["a@x.example", "b@x.example"]\n')
        outbox = here.works.folder / "alarms" / "outbox.jsonl"
        outbox.parent.mkdir()
        for _ in range(2):
            notifier = Notifier(outbox, lambda name, key: None)
            notifier.change(here.works.plant)
            reporter = Reporter(
                here.works.folder, lambda: here.works.plant, notifier.send, clock=lambda: here.now, pace=PACE
            )
            here.look(reporter, START - HOUR)
            here.works.close(now=EIGHT + MINUTE)
            here.look(reporter, EIGHT + MINUTE)
            arrived(box, 1)
            notifier.send(next(iter(notifier._outbox.told.values())))  # a second time, as after a kill
            notifier.stop()
        (mail,) = box.mails
    assert str(make_header(decode_header(mail["Subject"]))) == "Shift report · line-1 · 2024-03-04 early"
    assert mail["To"] == "a@x.example, b@x.example"
    parts = {p.get_filename(): p for p in mail.walk() if p.get_filename()}
    assert set(parts) == {"2024-03-04-early.html", "2024-03-04-early.xlsx"}
    assert parts["2024-03-04-early.xlsx"].get_payload(decode=True)[:2] == b"PK"
    assert "OEE was" in next(p for p in mail.walk() if p.get_content_type() == "text/plain").get_payload()
    assert mail["Message-ID"].endswith("@andon>")


def test_whoever_may_has_one_sent_again_and_it_is_in_the_audit_log(desk):
    here = desk(SHIFT)
    folder = here.works.folder
    here.works.close(now=EIGHT + MINUTE)
    span = {"since": "2024-03-04 06:00", "until": "2024-03-04 14:00"}
    with pytest.raises(NotAllowed, match="is not running"):
        report_again(folder, "early", by=("ann", "operator"), **span)
    with lending(folder, Lent(lambda: here.works.plant, here.works.history, {})):
        with pytest.raises(NotAllowed, match="needs 'operator'"):
            report_again(folder, "early", by=("ann", "viewer"), **span)
        with pytest.raises(BadQuestion, match="is a report of one shift"):
            report_again(folder, "early", by=("ann", "operator"), last="week")
        with pytest.raises(UnknownName, match="Did you mean 'early'"):
            report_again(folder, "earli", by=("ann", "operator"), **span)
        asked = report_again(folder, "early", by=("ann", "operator"), **span)
        assert asked == {"report": "early", "period": "2024-03-04 early"}
        assert here.look(here.reporter(), EIGHT + HOUR) == 1
    (line,) = [x for x in audit.lines(folder / "ledger") if x.act == "report_again"]
    assert (line.who, dict(line.arguments)) == ("ann", asked)
