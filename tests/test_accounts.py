"""Accounts: passwords, sessions, tokens, failures, and what the audit log keeps of them."""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from andon.accounts import Accounts, Person, Throttle, failures, people, sessions, tokens
from andon.errors import BadConfig, BadInput, NotAllowed, UnknownName
from andon.ledger import audit
from andon.units import HOUR, MINUTE

PASSWORD = "a long pass phrase"
BY = ("root", "admin")


class Clock:
    """Nanoseconds that a test moves on."""

    def __init__(self) -> None:
        self.at = 1_790_000_000_000_000_000

    def __call__(self) -> int:
        return self.at

    def pass_(self, micros: int) -> None:
        self.at += micros * 1000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path, clock):
    with Accounts(tmp_path, clock) as opened:
        people.add(opened, Person(name="Ann", right="admin"), password=PASSWORD, by=BY)
        yield opened


def add(accounts: Accounts, name: str = "bob", right: str = "operator", lines: tuple[str, ...] = ()) -> Person:
    return people.add(accounts, Person(name=name, right=right, lines=lines), password=PASSWORD, by=BY)


def test_the_file_is_its_owners_alone_and_holds_no_secret_in_clear(accounts, tmp_path):
    secret = sessions.begin(accounts, people.found(accounts, "ann"), address="::1", agent="test")
    _, token = tokens.add(accounts, "grafana", right="viewer", until=None, by=BY)
    accounts.close()
    for file in (tmp_path / "accounts").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
        kept = file.read_bytes()
        for clear in (PASSWORD, secret, token.rpartition("_")[2]):
            assert clear.encode() not in kept
    assert b"$argon2id$" in (tmp_path / "accounts" / "accounts.sqlite").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="there are no such bits")
def test_a_file_that_others_may_read_is_refused(tmp_path):
    Accounts(tmp_path).close()
    (tmp_path / "accounts" / "accounts.sqlite").chmod(0o644)
    with pytest.raises(BadConfig, match="chmod 600"):
        Accounts(tmp_path)


def test_a_name_is_the_same_however_it_is_written_and_a_password_on_whichever_keyboard(accounts):
    assert people.proven(accounts, " ANN", PASSWORD).name == "Ann"
    people.change(accounts, "ann", password="cafe\u0301 au lait 7", by=BY)
    assert people.proven(accounts, "ann", "caf\u00e9 au lait 7")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "ababababab", "x" * 300, "my bobby 12345"])
def test_a_password_that_is_easy_to_guess_is_refused(accounts, password):
    with pytest.raises(BadInput, match="password"):
        people.add(accounts, Person(name="bobby", right="viewer"), password=password, by=BY)


@pytest.mark.parametrize("name", ["", " ann", "=cmd", "+1", "-x", "@sum", "a\nb", "a/b", "x" * 65, "a;b", "<b>"])
def test_a_name_is_no_formula_no_line_break_and_no_markup(accounts, name):
    with pytest.raises(BadInput, match="no name"):
        add(accounts, name)
    with pytest.raises(BadInput, match="no name"):
        tokens.add(accounts, name, right="viewer", until=None, by=BY)


def test_the_first_account_is_an_admins_and_the_last_admin_stays(tmp_path):
    with Accounts(tmp_path) as accounts:
        for right, lines in (("operator", ()), ("admin", ("line-1",))):
            with pytest.raises(BadInput, match="first account"):
                add(accounts, right=right, lines=lines)
        add(accounts, "ann", "admin")
        add(accounts, "bob", "admin", ("line-1",))
        for change in (
            lambda: people.remove(accounts, "ann", by=BY),
            lambda: people.change(accounts, "ann", right="viewer", by=BY),
        ):
            with pytest.raises(NotAllowed, match="last admin"):
                change()
        people.remove(accounts, "bob", by=BY)
        people.remove(accounts, "ann", by=BY)
        assert people.listed(accounts) == []


def test_a_changed_right_holds_for_sessions_that_are_open(accounts):
    secret = sessions.begin(accounts, add(accounts), address="::1", agent="")
    people.change(accounts, "bob", right="viewer", lines=["line-2"], by=BY)
    assert (sessions.principal(accounts, secret).right, sessions.principal(accounts, secret).lines) == (
        "viewer",
        ("line-2",),
    )
    people.change(accounts, "bob", lines=[], by=BY)
    assert sessions.principal(accounts, secret).lines == ()


@pytest.mark.parametrize("end", ["password", "account", "logout", "everywhere"])
def test_a_session_ends_with_its_password_its_account_and_when_it_is_told_to(accounts, end):
    secret = sessions.begin(accounts, add(accounts), address="::1", agent="")
    other = sessions.begin(accounts, people.found(accounts, "ann"), address="::1", agent="")
    if end == "password":
        people.change(accounts, "bob", password="another pass phrase", by=BY)
    elif end == "account":
        people.remove(accounts, "bob", by=BY)
    elif end == "logout":
        sessions.end(accounts, secret)
    else:
        assert sessions.end_all(accounts, "bob", by=BY) == 1
    assert sessions.principal(accounts, secret) is None
    assert sessions.principal(accounts, other).who == "Ann"


def test_a_session_ends_after_a_shift_of_silence_and_after_a_week_whatever_happens(accounts, clock):
    idle, busy = (sessions.begin(accounts, people.found(accounts, "ann"), address="::1", agent="") for _ in range(2))
    for hours in range(0, 7 * 24, 6):
        assert sessions.principal(accounts, busy), f"after {hours} h"
        clock.pass_(6 * HOUR)
    assert sessions.principal(accounts, busy) is None
    assert sessions.principal(accounts, idle) is None


def test_logging_in_gives_a_new_session_and_ends_the_one_that_was_there(accounts):
    ann = people.found(accounts, "ann")
    old = sessions.begin(accounts, ann, address="::1", agent="")
    new = sessions.begin(accounts, ann, address="::1", agent="", instead=old)
    assert new != old
    assert sessions.principal(accounts, old) is None


def test_a_token_is_refused_when_it_is_wrong_revoked_or_over(accounts, clock):
    made, text = tokens.add(accounts, "grafana", right="viewer", lines=["line-1"], until=accounts.now + HOUR, by=BY)
    assert tokens.principal(accounts, text).lines == ("line-1",)
    wrong = text[:-1] + ("A" if text[-1] != "A" else "B")
    for said in (wrong, text + "x", text.upper(), "andon_", "", text.replace(made.id, "a" * 8)):
        assert tokens.principal(accounts, said) is None
    clock.pass_(HOUR)
    assert tokens.principal(accounts, text) is None
    _, forever = tokens.add(accounts, "script", right="viewer", until=None, by=BY)
    tokens.revoke(accounts, "script", by=BY)
    assert tokens.principal(accounts, forever) is None
    with pytest.raises(UnknownName, match="script"):
        tokens.revoke(accounts, "script", by=BY)
    with pytest.raises(BadInput, match="expired"):
        tokens.add(accounts, "late", right="viewer", until=accounts.now, by=BY)


def test_an_account_rests_longer_with_every_wrong_password_also_one_that_is_not_there(accounts, clock):
    for name in ("ann", "nobody"):
        rests = []
        for _ in range(12):
            failures.failed(accounts, name)
            rests.append(failures.resting(accounts, name) // MINUTE)
        assert rests == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    clock.pass_(HOUR)
    assert failures.resting(accounts, "ann") == 0
    assert people.proven(accounts, "ann", PASSWORD)
    failures.failed(accounts, "ann")
    assert failures.resting(accounts, "ann") == 0, "a right password begins anew"


def test_an_address_rests_after_many_failures_and_networks_of_ipv6_are_one():
    at = [0.0]
    throttle = Throttle(free=3, seconds=60, clock=lambda: at[0])
    for n in range(3):
        assert throttle.resting("2001:db8::1") == 0
        throttle.failed(f"2001:db8::{n + 1}")
    assert throttle.resting("2001:db8::99") == 60
    assert throttle.resting("2001:db8:0:1::1") == throttle.resting("192.0.2.1") == 0
    at[0] = 60.1
    assert throttle.resting("2001:db8::1") == 0


def test_whoever_is_not_there_takes_as_long_as_whoever_is(accounts):
    def seconds(name: str) -> float:
        begun = time.process_time()
        assert people.proven(accounts, name, "a wrong pass phrase") is None
        return time.process_time() - begun

    times = {name: statistics.median(seconds(name) for _ in range(5)) for name in ("ann", "nobody")}
    assert 0.6 < times["nobody"] / times["ann"] < 1.67, times


def test_the_audit_log_keeps_every_change_and_no_secret(accounts, tmp_path):
    add(accounts)
    people.change(accounts, "bob", right="viewer", password="another pass phrase", by=BY)
    _, text = tokens.add(accounts, "grafana", right="viewer", until=None, by=BY)
    tokens.revoke(accounts, "grafana", by=BY)
    people.remove(accounts, "bob", by=BY)
    acts = [line.act for line in audit.lines(tmp_path / "ledger")]
    assert acts == ["add_account", "add_account", "change_account", "add_token", "revoke_token", "remove_account"]
    assert audit.verify(tmp_path / "ledger").holds
    written = (tmp_path / "ledger" / "audit.jsonl").read_text()
    assert PASSWORD not in written
    assert "another pass phrase" not in written
    assert text not in written


def test_what_cannot_be_written_down_is_not_done(accounts, tmp_path):
    log = tmp_path / "ledger" / "audit.jsonl"
    log.write_text(log.read_text().replace("add_account", "add_ccount"))
    with pytest.raises(Exception, match="not as it was written"):
        add(accounts)
    assert [p.name for p in people.listed(accounts)] == ["Ann"]


def test_the_newest_lines_come_first_however_long_the_log_is(tmp_path):
    for n in range(300):
        audit.append(tmp_path, who="x", right="", act="note", arguments={"n": n, "text": "long " * 100}, result={})
    assert [line.number for line in audit.newest(tmp_path)] == list(range(300, 0, -1))
    assert [line.number for line in audit.newest(tmp_path, before=3)] == [2, 1]
    with (tmp_path / "audit.jsonl").open("ab") as torn:
        torn.write(b'{"number": 301')
    assert next(audit.newest(tmp_path)).number == 300


def test_accounts_that_several_open_at_once_for_the_first_time_are_made_once(tmp_path):
    def opened(folder):
        with Accounts(folder) as accounts:
            return [p.name for p in people.listed(accounts)]

    for n in range(20):
        (tmp_path / str(n)).mkdir()
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(opened, [tmp_path / str(n)] * 8)) == [[]] * 8
