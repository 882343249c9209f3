"""The andon board and its cord: every machine at a glance, and help that is called, answered and over."""

import json
from urllib.request import urlopen

import pytest

SHIFT = """new PerformanceObserver((list) => {
  for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifted = (window.shifted ?? 0) + e.value;
}).observe({ type: "layout-shift", buffered: true })"""
TILES = "article.tile"


def told(served, path):
    with urlopen(f"{served.url}/api/{path}", timeout=30) as answer:
        return json.load(answer)


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "dark", "desktop"), ("zh", "light", "tablet")])
def test_every_machine_says_its_state_in_words_and_how_its_shift_goes(visit, served, picture, lang, theme, size):
    page = visit("/", lang=lang, theme=theme, size=size)
    page.evaluate(SHIFT)
    page.wait_for_selector(TILES)
    machines = told(served, "plant")["machines"]
    assert page.locator(TILES).count() == len(machines) == 12
    words = set(page.locator(f"{TILES} .statepill").all_inner_texts())
    assert words <= (
        {
            "producing",
            "setup",
            "starved",
            "blocked",
            "fault",
            "held by operator",
            "unknown",
            "off",
            "idle, no order",
            "planned maintenance",
        }
        if lang == "en"
        else {"生产", "换型调整", "缺料", "堵料", "故障", "人工暂停", "未知", "关机", "无订单待机", "计划保养"}
    )
    assert page.locator(f"{TILES} .known").count() == 12  # how much is known stands beside every OEE
    assert page.locator(f"{TILES} .statepill svg").count() == 12  # never the colour alone
    page.wait_for_timeout(1500)
    assert page.evaluate("window.shifted ?? 0") < 0.1
    picture(page, f"now-{lang}-{theme}-{size}")


def test_the_time_in_a_state_ticks(visit):
    page = visit("/")
    page.wait_for_selector(f"{TILES} .lasts")
    before = page.locator(f"{TILES} .lasts").all_inner_texts()
    page.wait_for_function(
        "(was) => [...document.querySelectorAll('article.tile .lasts')].some((x, i) => x.innerText !== was[i])",
        arg=before,
    )


def test_a_pulled_cord_hangs_on_the_board_until_somebody_came(visit, served, picture):
    page = visit("/", size="tablet")
    tile = page.locator(TILES, has=page.locator('a[href="/machines/line-2/press-2"]'))
    tile.locator(".cord").click()
    page.get_by_label("What to say with it").fill("bearing is loud")
    picture(page, "cord")
    page.get_by_role("button", name="Maintenance").click()
    call = page.locator(".onecall", has_text="bearing is loud")
    call.wait_for()
    assert "Maintenance" in call.inner_text()
    (row,) = told(served, "calls")
    assert (row["machine"], row["kind"], row["answered"]) == ("line-2/press-2", "maintenance", None)
    wall = visit("/wall?line=line-2", size="wall")
    wall.locator(".wallcalls .waits", has_text="bearing is loud").wait_for()
    picture(wall, "wall-call")
    call.get_by_role("button", name="I am coming").click()
    call.get_by_text("local is coming").wait_for()
    wall.locator(".wallcalls .comes").wait_for()
    call.get_by_role("button", name="It is over").click()
    call.wait_for(state="detached")
    assert told(served, "calls") == []
    (row,) = told(served, "calls?last=1%20h")
    assert row["answered"] <= row["until"]


def test_machines_are_found_filtered_and_sorted_and_the_view_is_a_link(visit):
    page = visit("/?view=rows&sort=trouble")
    page.wait_for_selector("table.machines tbody tr")
    page.get_by_role("button", name="OEE so far").click()
    assert page.locator('th[aria-sort="ascending"]').inner_text().startswith("OEE")
    shown = page.locator("table.machines tbody tr td:nth-child(9)").all_inner_texts()
    known = [float(x.removesuffix(" %")) for x in shown if x != "–"]
    assert known == sorted(known)
    page.get_by_label("Machine, order or product").fill("lathe")
    page.wait_for_function("document.querySelectorAll('table.machines tbody tr').length === 3")
    assert "q=lathe" in page.url
    page.get_by_label("Line").select_option("line-2")
    page.wait_for_function("document.querySelectorAll('table.machines tbody tr').length === 1")
    page.locator("table.machines tbody a").click()
    page.wait_for_url("**/machines/line-2/lathe-2")


def test_the_board_is_worked_with_the_keyboard(visit):
    page = visit("/")
    page.wait_for_selector(TILES)
    page.locator(f"{TILES} h3 a").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").endswith("cord")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.pull")
    assert page.evaluate("document.activeElement.innerText").strip() == "Maintenance"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.pull", state="detached")


def test_the_chime_is_off_until_somebody_wants_it_and_stays_as_it_was_left(visit):
    page = visit("/")
    button = page.get_by_title("Sound")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    page.get_by_role("button", name="Test").wait_for()
    assert page.evaluate("localStorage.getItem('sound')") == "on"
