"""The alarms page: what stands is acknowledged, shelved with a reason, brought back, and found in the history."""

import json
from urllib.request import urlopen

import pytest

from servers import until

COLD = """
[[alarm]]
name = "cold"
signal = "line-1/press-1/temperature"
low = 1000
latching = true
priority = "critical"
message = "{machine}: oil at {value} {unit}"
message_zh = "{machine}：油温 {value} {unit}"
advice = { cause = "The heater is off.", action = "Switch it on.", within = "5 min" }
"""


def told(served, path):
    with urlopen(f"{served.url}/api/{path}", timeout=30) as answer:
        return json.load(answer)


def cold(served):
    return next((a for a in told(served, "alarms") if a["alarm"] == "cold"), None)


@pytest.fixture
def alarmed(served):
    """The demo with an alarm that is on as soon as its press says anything."""
    paper = served.folder / "plant.toml"
    was = paper.read_text("utf-8")
    paper.write_text(was + COLD, encoding="utf-8")
    until(lambda: cold(served) is not None, 60, "the alarm")
    yield served
    paper.write_text(was, encoding="utf-8")
    until(lambda: cold(served) is None, 60, "the end of the alarm")


def test_an_alarm_is_seen_acknowledged_shelved_and_brought_back(visit, alarmed, picture):
    page = visit("/alarms")
    row = page.locator("tr.waits", has_text="cold")
    row.wait_for()
    assert "critical" in row.inner_text()
    picture(page, "alarms")
    row.get_by_role("button", name="Details").click()
    page.get_by_text("The heater is off.").wait_for()
    assert "within 5 min" in page.locator(".advice").inner_text()
    row.get_by_role("button", name="Acknowledge").click()
    row.wait_for(state="detached")
    assert cold(alarmed)["state"] == "acknowledged"
    row = page.locator("tr", has_text="cold").first
    row.get_by_role("button", name="Shelve").click()
    page.get_by_label("Why").fill("sensor is being changed")
    page.get_by_role("button", name="1 h", exact=True).click()
    page.get_by_role("button", name="Do it").click()
    until(lambda: cold(alarmed)["state"] == "shelved", 20, "the shelving")
    page.get_by_role("tab", name="Kept back").click()
    page.get_by_text("sensor is being changed").wait_for()
    (kept,) = told(alarmed, "alarms/hidden")
    assert (kept["alarm"], kept["who"], kept["state"]) == ("cold", "local", "shelved")
    assert kept["until"] - kept["since"] == 3_600_000_000
    picture(page, "alarms-hidden")
    page.get_by_role("button", name="Bring back").click()
    page.get_by_text("No alarm is kept back.").wait_for()
    page.get_by_role("tab", name="History").click()
    page.locator("tr", has_text="cold").first.wait_for()


@pytest.mark.parametrize(("lang", "theme", "size"), [("zh", "light", "phone"), ("en", "dark", "tablet")])
def test_load_and_definitions_are_shown_in_both_languages(visit, served, picture, lang, theme, size):
    page = visit("/alarms?tab=defined", lang=lang, theme=theme, size=size)
    page.locator(".alarmlist tr", has_text="shakes").wait_for()
    assert page.locator(".alarmlist tbody tr").count() == len(told(served, "alarms/defined"))
    picture(page, f"alarms-defined-{size}")
    page.goto(page.url.replace("tab=defined", "tab=load&last=7+d"))
    page.get_by_text("每小时" if lang == "zh" else "Per hour", exact=True).wait_for()
    page.wait_for_selector('.tilesrow[aria-busy="false"]')
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"alarms-load-{size}")
