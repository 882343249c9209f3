"""The audit log: a chain that shows where it was touched, and that survives a power cut."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from andon.errors import Damaged
from andon.ledger import audit


def written(folder: Path, count: int) -> list[str]:
    for number in range(count):
        audit.append(
            folder,
            who="ann",
            right="operator",
            act="note",
            arguments={"text": f"n° {number} 备注"},
            result={"state": "done"},
        )
    return (folder / "audit.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)


def test_each_line_is_bound_to_the_one_before(tmp_path: Path) -> None:
    written(tmp_path, 3)
    lines = list(audit.lines(tmp_path))
    assert [x.number for x in lines] == [1, 2, 3]
    assert [x.previous for x in lines] == [audit.START, lines[0].hash, lines[1].hash]
    assert audit.verify(tmp_path) == audit.Verdict(3, lines[2].hash)


def test_the_hash_is_the_sha256_of_the_canonical_json_of_the_rest_of_the_line(tmp_path: Path) -> None:
    import hashlib

    content = json.loads(written(tmp_path, 1)[0])
    said = content.pop("hash")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert said == hashlib.sha256(text.encode()).hexdigest()


def test_an_empty_log_holds(tmp_path: Path) -> None:
    assert audit.verify(tmp_path).holds


@pytest.mark.parametrize(
    ("change", "broken", "says"),
    [
        (lambda t: [t[0], t[1].replace("ann", "bob"), t[2]], 2, "was changed"),
        (lambda t: [t[0].replace('"at":1', '"at":2'), *t[1:]], 1, "was changed"),
        (lambda t: [t[0], t[2]], 2, "removed, inserted or moved"),
        (lambda t: [t[1], t[2]], 1, "removed, inserted or moved"),
        (lambda t: [t[0], t[2], t[1]], 2, "removed, inserted or moved"),
        (lambda t: [t[0], "{}\n", *t[1:]], 2, "not JSON with the fields"),
        (lambda t: [t[0], t[1], "junk\n"], 3, "not JSON with the fields"),
        (lambda t: [t[0], t[1], t[2][:40]], 3, "torn"),
        (lambda t: [t[0], t[1], t[2].rstrip("\n")], 3, "torn"),
    ],
)
def test_verify_names_the_first_broken_line(tmp_path: Path, change, broken: int, says: str) -> None:
    text = written(tmp_path, 3)
    (tmp_path / "audit.jsonl").write_text("".join(change(text)), encoding="utf-8")
    verdict = audit.verify(tmp_path)
    assert (verdict.holds, verdict.broken) == (False, broken)
    assert says in verdict.says


def test_a_line_forged_with_a_fitting_hash_breaks_the_next_one(tmp_path: Path) -> None:
    text = written(tmp_path, 3)
    forged = json.loads(text[1]) | {"who": "bob"}
    del forged["hash"]
    forged["hash"] = audit.sha256(forged)
    (tmp_path / "audit.jsonl").write_text(text[0] + json.dumps(forged) + "\n" + text[2])
    assert audit.verify(tmp_path).broken == 3


def test_a_log_that_was_cut_off_is_found_out_by_a_hash_noted_before(tmp_path: Path) -> None:
    text = written(tmp_path, 3)
    noted = audit.verify(tmp_path).last
    (tmp_path / "audit.jsonl").write_text("".join(text[:2]), encoding="utf-8")
    assert audit.verify(tmp_path).holds
    assert "it was cut" in audit.verify(tmp_path, last=noted).says


@pytest.mark.parametrize("tail", [b'{"number":4,"at":17', b"\0" * 300, b"\xff\xfe\x00junk", b"{"])
def test_a_torn_last_line_is_put_aside_with_a_note_and_the_chain_goes_on(tmp_path: Path, tail: bytes) -> None:
    written(tmp_path, 3)
    with (tmp_path / "audit.jsonl").open("ab") as log:
        log.write(tail)
    assert audit.verify(tmp_path).broken == 4
    line = audit.append(tmp_path, who="ann", right="operator", act="note", arguments={}, result={"state": "done"})
    assert audit.verify(tmp_path) == audit.Verdict(5, line.hash)
    note = list(audit.lines(tmp_path))[3]
    assert (note.act, note.result["bytes"]) == ("mend_audit_log", len(tail))
    assert (tmp_path / str(note.result["put_aside"])).read_bytes() == tail


@pytest.mark.parametrize("kept", [0, 1, 100])
def test_wherever_the_first_line_was_torn_the_log_begins_again(tmp_path: Path, kept: int) -> None:
    text = written(tmp_path, 1)[0].encode()
    (tmp_path / "audit.jsonl").write_bytes(text[:kept])
    written(tmp_path, 2)
    assert audit.verify(tmp_path).holds


def test_a_long_line_is_read_back_whole(tmp_path: Path) -> None:
    for _ in range(2):
        audit.append(
            tmp_path,
            who="ann",
            right="operator",
            act="note",
            arguments={"text": "x" * 200_000},
            result={"state": "done"},
        )
    assert audit.verify(tmp_path).lines == 2


def test_nothing_is_added_to_a_log_whose_last_line_was_changed(tmp_path: Path) -> None:
    text = written(tmp_path, 2)
    (tmp_path / "audit.jsonl").write_text(text[0] + text[1].replace("ann", "bob"), encoding="utf-8")
    with pytest.raises(Damaged, match=r"last line of .*audit\.jsonl is not as it was written"):
        written(tmp_path, 1)


def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from andon.ledger import audit
for n in range(60):
    audit.append(Path(sys.argv[1]), who=sys.argv[2], right="operator", act="note", arguments={"n": n},
                 result={"state": "done"})
"""
    runs = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), who]) for who in ("ann", "bob")]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    assert audit.verify(tmp_path).lines == 120
    for who in ("ann", "bob"):
        assert [x.arguments["n"] for x in audit.lines(tmp_path) if x.who == who] == list(range(60))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_line_that_found_no_room_is_taken_back_whole(tmp_path: Path) -> None:
    written(tmp_path, 2)
    script = """
import resource, sys
from pathlib import Path
from andon.errors import DiskFull
from andon.ledger import audit
folder = Path(sys.argv[1])
size = (folder / "audit.jsonl").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
try:
    audit.append(folder, who="ann", right="operator", act="note", arguments={}, result={})
except DiskFull as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert "could not be written" in said.stdout
    assert audit.verify(tmp_path).lines == 2
    written(tmp_path, 1)
    assert audit.verify(tmp_path).lines == 3


def test_acts_that_were_begun_and_never_ended_are_listed(tmp_path: Path) -> None:
    said = {"who": "ann", "right": "operator", "act": "note", "arguments": {}}
    first = audit.append(tmp_path, **said, result={"state": "begun"})
    second = audit.append(tmp_path, **said, result={"state": "begun"})
    audit.append(tmp_path, **said, result={"state": "done", "of": first.number})
    assert [x.number for x in audit.unfinished(tmp_path)] == [second.number]
