"""The operator's page in a real browser: one tap a reason; on while the plant cannot be reached, and in order later."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pyarrow as pa
import pytest

from andon.app.changes import acted
from andon.historian import Historian
from andon.ledger import audit
from andon.model import Batch
from andon.units import HOUR, MINUTE
from runs import Run, run_plant
from servers import free_port, until

MACHINES = [f"line-1/press-{n}" for n in range(1, 6)]
"""One for each test: they do not meet."""
USED: list[str] = []
PLANT = """
[plant]
name = "works"
zone = "UTC"

[[reason]]
code = "technical"
text = "Technical"
text_zh = "技术"
element = "ADET"

[[reason]]
code = "tool"
text = "Tool broken"
text_zh = "刀具损坏"
parent = "technical"

[[reason]]
code = "jam"
text = "Jam"
text_zh = "卡料"
parent = "technical"

[[reason]]
code = "burr"
text = "Burr"
text_zh = "毛刺"

"""
MACHINE = """
[[machine]]
path = "{machine}"
class = "{machine}"
minor_stop = "5 min"

[machine.signals.state]
kind = "state"
states = {{ run = "producing", stop = "fault", hold = "held_operator" }}

[machine.signals.good_count]
kind = "count"
counting = "delta"
"""
STOPS = [(300, 20), (240, 15), (120, 30)]
"""Minutes ago, and how long."""


@dataclass
class Desk:
    """A plant that runs with three stops of a machine behind it, and a page at the machine."""

    run: Run
    begin: int
    machine: str
    page: object

    @property
    def url(self) -> str:
        return self.run.url

    def stops(self) -> list[dict]:
        return httpx2.get(f"{self.url}/api/stops", params={"at": self.machine}, timeout=30).json()["stops"]

    def reasons(self) -> list[str]:
        """The reasons of the stops, the oldest first."""
        return [s["reason"] for s in reversed(self.stops())]

    def done(self, act: str) -> list[audit.Line]:
        """The acts at the machine that were done."""
        lines = [x for x in audit.lines(self.run.folder / "ledger") if x.arguments.get("machine") == self.machine]
        return [x for x in lines if x.act == act and x.result["state"] == "done"]


@pytest.fixture(scope="module")
def works(tmp_path_factory) -> Iterator[tuple[Run, int]]:
    folder = tmp_path_factory.mktemp("desk") / "works"
    (folder / "ledger").mkdir(parents=True)
    (folder / "plant.toml").write_text(PLANT + "".join(MACHINE.format(machine=m) for m in MACHINES), "utf-8")
    begin = time.time_ns() // 1000 - 6 * HOUR
    said = [(0, "run"), *((360 - ago + n, s) for ago, length in STOPS for n, s in ((0, "stop"), (length, "run")))]
    rows = [(m, at, state) for m in MACHINES for at, state in [*said, (360, "run")]]
    with Historian.open(folder / "history") as history:
        table = {
            "signal": [f"{machine}/state" for machine, _, _ in rows],
            "at": pa.array([begin + m * MINUTE for _, m, _ in rows], pa.timestamp("us", "UTC")),
            "text": [s for _, _, s in rows],
        }
        history.write(Batch("plc", 1, pa.table(table)))
    with run_plant(folder, "--port", str(free_port())) as run:
        yield run, begin


@pytest.fixture
def desk(works, browser) -> Iterator[Desk]:
    """The page on a tablet, at the machine of this test."""
    run, begin = works
    machine = next(m for m in MACHINES if m not in USED)
    USED.append(machine)
    until(lambda: answers(run.url), 90, "the page")
    context = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True, locale="en-GB")
    context.set_default_timeout(30_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.goto(f"{run.url}/operator?at={machine}")
    page.locator(".ask").wait_for()
    yield Desk(run, begin, machine, page)
    context.close()
    assert not wrong, "\n".join(wrong)


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/api/me", timeout=30).is_success
    except httpx2.TransportError:
        return False


def test_a_stop_gets_its_reason_with_one_tap_within_five_seconds_and_it_can_be_taken_back(desk):
    page = desk.page
    assert page.locator(".list .reason.bad").count() == 3
    begun = time.monotonic()
    page.locator(".ask").get_by_role("button", name="Tool broken").tap()
    until(lambda: desk.reasons() == ["", "", "tool"], 5, "the reason")
    assert time.monotonic() - begun < 5
    page.locator(".toast", has_text="Tool broken").get_by_role("button", name="Undo").tap()
    until(lambda: desk.reasons() == ["", "", ""], 5, "the reason taken back")
    page.locator(f".ask[data-stop='{desk.stops()[0]['since']}']").get_by_role("button", name="Jam").tap()
    until(lambda: desk.reasons() == ["", "", "jam"], 5, "the other reason")
    page.locator(".ask .quick button").first.wait_for()
    assert page.locator(".ask .quick button").all_inner_texts() == ["Jam"]


def test_stops_are_split_joined_and_given_another_reason(desk):
    page = desk.page
    page.locator(".ask").get_by_role("button", name="Split").tap()
    page.locator("dialog").get_by_role("button", name="Tool broken").tap()
    until(lambda: desk.reasons() == ["", "", "", "tool"], 5, "the split")
    first, second = desk.stops()[1], desk.stops()[0]
    assert first["until"] == second["since"]
    assert second["until"] - first["since"] == 30 * MINUTE
    page.get_by_role("button", name="Join several").tap()
    for row in page.locator(".list li button").all()[-2:]:
        row.tap()
    page.get_by_role("button", name="Join 2 under one reason").tap()
    page.locator("dialog").get_by_role("button", name="Burr").tap()
    until(lambda: desk.reasons() == ["burr", "burr", "", "tool"], 5, "the joined stops")
    page.locator(".list li button").last.tap()
    page.locator("dialog .taps:not(.quick)").get_by_role("button", name="Jam").tap()
    until(lambda: desk.reasons() == ["jam", "burr", "", "tool"], 5, "the other reason")


def test_a_stop_that_the_plant_hears_of_comes_up_by_itself(desk):
    page = desk.page
    for _ in range(3):
        page.locator(".ask .taps").get_by_role("button", name="Jam").last.tap()
    page.locator(".calm h2").wait_for()
    for ago, state in ((50, "hold"), (40, "run")):
        at = str(desk.begin + (360 - ago) * MINUTE)
        arguments = {"machine": desk.machine, "signal": "state", "value": state, "at": at}
        httpx2.post(f"{desk.url}/api/acts/enter", json=arguments, headers={"x-andon": "1"}).raise_for_status()
    page.locator(".ask", has_text="10 min").wait_for()


def test_work_goes_on_while_the_plant_is_down_and_reaches_it_once_with_its_own_time(desk):
    page = desk.page
    page.evaluate("navigator.serviceWorker.ready.then(() => new Promise(go => setTimeout(go, 1000)))")
    port_url = desk.url
    desk.run.stop()
    page.locator(".offline").wait_for()
    page.locator(".ask").get_by_role("button", name="Tool broken").tap()
    page.get_by_role("button", name="Scrap").tap()
    for digit in "12":
        page.locator(".pad").get_by_role("button", name=digit, exact=True).tap()
    page.locator("dialog").get_by_role("button", name="Burr").tap()
    tapped = time.time()
    page.locator(".list .reason", has_text="Tool broken").wait_for()
    page.reload()
    page.locator(".list .reason", has_text="Tool broken").wait_for()
    assert "2" in page.locator(".offline b").last.inner_text()
    time.sleep(2)
    desk.run.start()
    until(lambda: answers(desk.url), 90, "the page")
    assert desk.url == port_url
    until(lambda: desk.reasons() == ["", "", "tool"], 30, "the reason, later")
    until(lambda: len(desk.done("scrap")) == 1, 10, "the scrap, later")
    page.locator(".offline").wait_for(state="detached")
    assert len(desk.done("reason")) == 1
    (scrap,) = desk.done("scrap")
    assert (scrap.arguments["quantity"], scrap.arguments["code"]) == (12, "burr")
    said = time.strptime(str(scrap.arguments["at"])[:19], "%Y-%m-%dT%H:%M:%S")
    assert abs(time.mktime(said) - time.timezone - tapped) < 5


def test_a_reason_that_somebody_gave_meanwhile_is_shown_and_not_overwritten(desk):
    page = desk.page
    desk.run.stop()
    page.locator(".offline").wait_for()
    page.locator(".ask").get_by_role("button", name="Tool broken").tap()
    stop = f"{desk.begin + 241 * MINUTE}"
    acted(desk.run.folder, "reason", "bob", {"machine": desk.machine, "stop": stop, "code": "jam"})
    time.sleep(3.5)
    desk.run.start()
    until(lambda: answers(desk.url), 90, "the page")
    conflict = page.locator(".conflict")
    conflict.wait_for(timeout=40_000)
    assert "bob gave: Jam" in conflict.inner_text()
    assert desk.reasons() == ["", "", "jam"]
    conflict.get_by_role("button", name="Take mine").tap()
    until(lambda: desk.reasons() == ["", "", "tool"], 10, "the other reason")
    conflict.wait_for(state="detached")


@pytest.mark.parametrize(("lang", "theme", "size"), [("zh", "light", "phone"), ("en", "dark", "tablet")])
def test_everything_that_is_tapped_is_large(visit, picture, lang, theme, size):
    page = visit("/operator", lang=lang, theme=theme, size=size)
    page.locator(".chooser .taps button").first.tap()
    page.locator(".chooser .taps button").nth(1).tap()
    page.locator(".chooser header button").tap()
    page.locator(".list").wait_for()
    page.wait_for_timeout(1500)
    picture(page, f"operator-desk-{lang}-{theme}-{size}")
    small = page.evaluate(
        "[...document.querySelectorAll('main button')].filter(b => b.offsetHeight < 56).map(b => b.textContent)"
    )
    assert small == []
    for deed in range(4):
        page.locator(".deeds button").nth(deed).tap()
        page.locator("dialog[open]").wait_for()
        picture(page, f"operator-deed-{deed}-{lang}-{theme}-{size}")
        page.locator("dialog .cross").tap()
