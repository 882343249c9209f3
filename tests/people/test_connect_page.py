"""The page Connect in a real browser: an address becomes machines that are heard; sources say how they are."""

import re
import tomllib
from pathlib import Path

import httpx2
import pytest

from andon.config import read_plant
from andon.ledger import audit
from runs import run_plant
from servers import free_port, until

FRESH = """# ours
[plant]
name = "fresh"
zone = "UTC"

[[shift]]
name = "day"
start = "00:00"
end = "24:00"
"""
PRESS = "line-1/press-1"


@pytest.fixture
def fresh(tmp_path) -> Path:
    folder = tmp_path / "fresh"
    (folder / "history").mkdir(parents=True)
    (folder / "ledger").mkdir()
    (folder / "plant.toml").write_text(FRESH, "utf-8")
    return folder


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/api/me", timeout=30).is_success
    except httpx2.TransportError:
        return False


def known(url: str) -> float:
    """How much of the last hour the OEE of the press knows."""
    answer = httpx2.get(f"{url}/api/studies/oee", params={"at": PRESS, "last": "1 h"}, timeout=30).json()
    return next(f["value"] for f in answer["figures"] if f["name"] == "coverage")


def test_a_new_user_connects_a_simulated_server_and_sees_its_oee(served, browser, fresh, picture):
    sources = tomllib.loads((served.folder / "plant.toml").read_text("utf-8"))["source"]
    address = next(s["url"] for s in sources if s["connector"] == "opcua")
    with run_plant(fresh, "--port", str(free_port())) as run:
        until(lambda: answers(run.url), 90, "the page")
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(40_000)
        page = context.new_page()
        page.goto(f"{run.url}/connect")
        page.get_by_role("button", name="Connect a machine").click()
        page.get_by_label("Address of a machine").fill(address)
        page.get_by_role("button", name="Look who answers").click()
        page.get_by_role("button", name="See what it offers").click()
        page.locator(".offers tbody tr").first.wait_for()
        heard = page.locator(".heard b")
        until(lambda: int(re.sub(r"\D", "", heard.inner_text())) > 0, 20, "values")
        page.get_by_role("button", name="Propose machines").click()
        state = page.locator("tr", has=page.get_by_label("Name state", exact=True)).last
        state.wait_for()
        picture(page, "connect-proposal")
        asked = page.locator(".states", has=page.get_by_role("button", name="Save"))
        of_press = page.locator(".states", has=page.locator("code", has_text=re.compile(r"^\d+$")))
        word = of_press.locator("code").first.inner_text()
        for other in "0123456789":  # it may say another by the time it is heard
            if other != word:
                of_press.get_by_label("Another word").fill(other)
                of_press.get_by_role("button", name="＋").click()
        for waiting in range(asked.count(), 0, -1):  # the cell may say a word that nobody knows, too
            for meaning in asked.first.locator("label", has=page.locator("code")).locator("select").all():
                meaning.select_option("producing")
            asked.first.get_by_role("button", name="Save").click()
            until(lambda left=waiting: asked.count() < left, 20, "the words are taken")
        page.locator(".doubt").wait_for(state="detached")
        page.locator(".confirm").get_by_role("button", name="Write").click()
        page.get_by_text("values have arrived").wait_for()
        page.locator(".studies a", has_text="oee").first.wait_for()
        picture(page, "connect-arrived")
        context.close()
        machine = read_plant(fresh).machine(PRESS)
        assert machine.role("state").states[word] == "producing"
        assert (fresh / "plant.toml").read_text("utf-8").startswith("# ours\n")
        until(lambda: known(run.url) > 0, 30, "OEE of what was heard")
        assert [x.result["state"] for x in audit.lines(fresh / "ledger") if x.act == "connect"] == ["begun", "done"]


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "dark", "tablet"), ("zh", "light", "phone")])
def test_sources_say_how_they_are_and_one_is_tested(visit, picture, lang, theme, size):
    page = visit("/connect", lang=lang, theme=theme, size=size)
    row = page.locator("tr[data-source='plc-1']")
    row.locator(".health.good", has_text="connected" if lang == "en" else "已连接").wait_for()
    row.get_by_role("button").click()
    page.locator(".visit .trial li.good").last.wait_for()
    picture(page, f"connect-test-{lang}-{theme}-{size}")
    page.get_by_role("button", name="Cancel" if lang == "en" else "取消").click()
    page.locator(".visit").wait_for(state="detached")


def test_an_address_that_nobody_answers_at_says_so_in_the_readers_language(visit):
    page = visit("/connect", lang="zh", allowed="connect/ways|503")
    page.locator(".sources header button").click()
    page.locator(".where input").fill(f"127.0.0.1:{free_port()}")
    page.locator(".where button").click()
    assert "无人应答" in page.locator(".visit [role=alert]").inner_text()
