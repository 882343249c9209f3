"""The machine page: its time explored by hand, a condition found, two stretches compared, a note left."""

import json
import statistics
import time
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from servers import until

MACHINE = "line-1/press-1"


def ready(page):
    page.wait_for_selector(".explorer .pane canvas")
    page.wait_for_selector(".explorer .stage > [aria-busy=false]")


def shown(page) -> tuple[float, float]:
    """The stretch that the curves were read for last."""
    ready(page)
    return tuple(page.evaluate(SHOWN))


SHOWN = """() => {
    const last = performance.getEntriesByType("resource").filter((e) => e.name.includes("/api/trend?")).at(-1);
    const q = new URL(last.name).searchParams;
    return [Number(q.get("since")), Number(q.get("until"))];
}"""


def box(page, selector: str) -> dict[str, float]:
    """Where a drawing is, once it is in sight."""
    page.locator(selector).first.scroll_into_view_if_needed()
    return page.locator(selector).first.bounding_box()


def drag(page, selector: str, since: float, until: float) -> None:
    """Drag over a share of a drawing."""
    of = box(page, selector)
    y = of["y"] + of["height"] / 2
    page.mouse.move(of["x"] + of["width"] * since, y)
    page.mouse.down()
    page.mouse.move(of["x"] + of["width"] * (since + until) / 2, y)
    page.mouse.move(of["x"] + of["width"] * until, y)
    page.mouse.up()


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "dark", "desktop"), ("zh", "light", "tablet")])
def test_a_machine_shows_its_time_and_its_counts(visit, served, picture, lang, theme, size):
    page = visit(f"/machines/{MACHINE}?last=24%20h", lang=lang, theme=theme, size=size)
    ready(page)
    names = page.locator(".lanename").all_inner_texts()
    assert {"en": "State", "zh": "状态"}[lang] in names
    page.wait_for_selector(".under tbody tr")
    for tab in range(6):
        page.click(f"[role=tab] >> nth={tab}")
        page.wait_for_selector(".under :is(td, p)")
    picture(page, f"machine-{lang}-{theme}-{size}")


def test_dragging_zooms_keys_move_and_a_double_click_shows_all(visit, served):
    page = visit(f"/machines/{MACHINE}?last=24%20h")
    whole = shown(page)
    drag(page, ".explorer .pane .plot", 0.4, 0.6)
    until(lambda: shown(page)[0] > whole[0], 20, "the zoom")
    near = shown(page)
    assert 0.15 < (near[1] - near[0]) / (whole[1] - whole[0]) < 0.25
    page.focus(".explorer .pane .plot")
    page.keyboard.press("ArrowRight")
    until(lambda: shown(page)[0] > near[0], 20, "the move")
    page.keyboard.press("0")
    until(lambda: abs(shown(page)[0] - whole[0]) < 1e6, 20, "everything")


def test_a_condition_is_found_and_leads_to_its_moment(visit, served, picture):
    page = visit(f"/machines/{MACHINE}?last=7%20d")
    ready(page)
    page.fill(".finder input", "power > 20 for 2 min while running")
    page.keyboard.press("Enter")
    page.wait_for_selector(".finder summary")
    asked = f"{served.url}/api/search?at={MACHINE}&last=7%20d&condition={quote('power > 20 for 2 min while running')}"
    with urlopen(asked) as answer:
        assert json.load(answer)["total"] > 0
    assert page.locator(".lanename >> text=Found").count() == 1
    before = shown(page)
    page.click(".finder summary")
    page.click(".finder .hits .rowname >> nth=0")
    until(lambda: shown(page)[1] - shown(page)[0] < before[1] - before[0], 20, "the moment")
    picture(page, "machine-found")


def test_a_condition_that_is_none_is_explained(visit, served):
    page = visit(f"/machines/{MACHINE}?find=temperatur%20%3E", allowed="422|404")
    page.wait_for_selector(".finder [role=alert]")
    assert "is no comparison" in page.inner_text(".finder [role=alert]")


def test_two_stretches_are_compared_and_laid_over_each_other(visit, served, picture):
    page = visit(f"/machines/{MACHINE}?last=24%20h")
    ready(page)
    page.click(".tools2 [role=group] button >> nth=2")
    drag(page, ".explorer .pane .plot", 0.2, 0.3)
    drag(page, ".explorer .pane .plot", 0.5, 0.6)
    page.wait_for_selector(".compared tbody tr")
    assert "power" in page.inner_text(".compared tbody")
    page.check(".compared input[type=checkbox]")
    page.wait_for_selector(".pane >> text=B, moved onto A")
    picture(page, "machine-compared")


def test_a_note_stays_on_the_chart(visit, served):
    page = visit(f"/machines/{MACHINE}?last=24%20h")
    ready(page)
    page.click(".tools2 [role=group] button >> nth=1")
    drag(page, ".explorer .pane .plot", 0.45, 0.5)
    page.fill("dialog textarea", "belt changed")
    page.click("dialog button.main")
    page.wait_for_selector(".lanename >> text=Notes")
    with urlopen(f"{served.url}/api/spells?kind=note&at={MACHINE}&last=24%20h") as answer:
        rows = json.load(answer)
    assert [r["text"] for r in rows if r["text"] == "belt changed"]
    assert all(r["until"] - r["since"] > 30 * 60e6 for r in rows if r["text"] == "belt changed")


def test_closed_hours_fold_away(visit, served):
    page = visit("/machines/line-2/press-2?last=7%20d")
    ready(page)
    page.check(".tools2 input[type=checkbox]")
    until(lambda: "fold=1" in page.url, 20, "the address")
    ready(page)


def test_every_machine_is_a_lane_that_leads_to_it(visit, served, picture):
    page = visit("/machines")
    page.wait_for_selector(".lanename a >> nth=11")
    page.wait_for_selector("main[aria-busy=false]")
    picture(page, "machines")
    page.click(f".lanename a >> text={MACHINE}")
    ready(page)


def test_a_week_of_eight_signals_is_read_fast(visit, served):
    """The numbers of the whole demo are in benchmarks/people.py; here only that nothing is out of proportion."""
    with urlopen(f"{served.url}/api/plant") as answer:
        signals = [s["path"] for m in json.load(answer)["machines"] for s in m["signals"] if s["kind"] == "number"][:8]
    asked = f"{served.url}/api/trend?{'&'.join(f'signal={quote(s)}' for s in signals)}&last=7%20d&pixels=1300"
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        with urlopen(asked) as answer:
            rows = json.load(answer)["series"]
        took.append(time.perf_counter() - begun)
    assert len(rows) == 8
    assert all("gaps" in r and "before" in r for r in rows)
    assert statistics.median(took) < 3.0
