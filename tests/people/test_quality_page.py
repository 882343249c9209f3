"""Quality as people use it: charts at a glance, one chart, its points, limits that are frozen, capability, gauges."""

import json
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from measuring import at_work
from runs import Run
from servers import until

AT = f"at={quote('line-1/lathe-1')}&test=diameter"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The plant that measures."""
    with at_work(tmp_path_factory.mktemp("quality") / "measuring") as run:
        yield run


def chart_of(served: Run, more: str = "") -> dict[str, object]:
    with urlopen(f"{served.url}/api/studies/control-chart?{AT}&last=30%20d{more}") as answer:
        return json.load(answer)["answer"]


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "dark", "desktop"), ("zh", "light", "tablet")])
def test_every_characteristic_is_seen_at_a_glance(visit, picture, lang, theme, size):
    page = visit("/quality", lang=lang, theme=theme, size=size)
    page.wait_for_selector(".chartcard .spark >> nth=3")
    page.wait_for_selector(".chartcard .verdict >> nth=3")
    assert page.locator(".chartcard").count() == 4
    picture(page, f"quality-{lang}-{theme}-{size}")
    page.click(".chartcard >> nth=0")
    page.wait_for_selector(".control canvas >> nth=1")


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "dark", "desktop"), ("zh", "light", "tablet")])
def test_a_chart_says_what_the_study_says(visit, served, picture, lang, theme, size):
    told = chart_of(served)
    page = visit(f"/quality?{AT}", lang=lang, theme=theme, size=size)
    page.wait_for_selector(".control canvas >> nth=1")
    said = page.inner_text(".chartfigures")
    assert told["chart"] in said
    assert str(told["places"]) in said
    rows = page.locator("table.rows:has(th:text-matches('Meaning|What it looks for|判别内容')) tbody tr")
    assert rows.count() == len(told["rules"])
    picture(page, f"quality-chart-{lang}-{theme}-{size}")


def test_from_a_point_to_its_units_and_what_the_machine_did(visit, served, picture):
    told = chart_of(served)
    odd = next(p for p in told["points"] if p["rules"])
    page = visit(f"/quality?{AT}&point={odd['place']}")
    page.wait_for_selector(".pointcard .measuredon tbody tr")
    assert page.locator(".pointcard .measuredon tbody tr").count() == odd["size"]
    page.click(".pointcard .measuredon tbody button >> nth=0")
    page.wait_for_selector(".pointcard .unitcard tbody tr >> nth=1")  # its diameter and its roughness
    page.wait_for_selector(".pointcard .timeline canvas")
    page.wait_for_selector(".noted:has-text('change the insert')")
    picture(page, "quality-point")


def test_a_brushed_stretch_makes_the_limits(visit, served):
    page = visit(f"/quality?{AT}")
    canvas = page.locator(".control canvas").first
    canvas.wait_for()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 90, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 120, steps=6)
    page.mouse.up()
    page.click(".brushed button.main")
    page.wait_for_url("**baseline=**")
    page.wait_for_selector(".chartfigures dd:has-text('II')")
    baseline = page.evaluate("new URL(location.href).searchParams.get('baseline')")
    told = chart_of(served, f"&baseline={quote(baseline)}")
    used = sum(p["used"] for p in told["points"] if p["panel"] == told["panels"][0]["panel"])
    assert 0 < used < told["places"]
    assert told["signals"] > chart_of(served)["signals"], "limits from before the shift see more of it"


def test_points_are_reached_with_keys(visit, served):
    page = visit(f"/quality?{AT}")
    page.wait_for_selector(".control canvas")
    page.focus(".control")
    page.keyboard.press("End")
    page.wait_for_selector(".pointcard")
    assert f"point={chart_of(served)['places']}" in page.url


def test_a_note_and_frozen_limits_stay_with_who_and_when(visit, served):
    page = visit(f"/quality?{AT}&point=3")
    page.wait_for_selector(".pointcard form.note")
    page.fill("form.note input:not([type])", "new insert")
    page.click("form.note button")
    page.wait_for_selector(".noted:has-text('new insert')")
    page.click("button:text-is('Freeze these limits')")
    page.fill("form.freeze input:not([type])", "after the capability study")
    page.click("form.freeze button.main")
    page.wait_for_selector(".toast")
    assert any(p["note"] == "new insert" and p["who"] for p in chart_of(served)["points"])


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "light", "desktop"), ("zh", "dark", "tablet")])
def test_capability_shows_its_index_with_how_sure_it_is(visit, served, picture, lang, theme, size):
    with urlopen(f"{served.url}/api/studies/capability?{AT}&last=30%20d") as answer:
        told = json.load(answer)["answer"]
    page = visit(f"/quality/capability?{AT}", lang=lang, theme=theme, size=size)
    page.wait_for_selector(".capable svg.drawn rect[data-tip]", state="attached")
    said = page.inner_text(".chartfigures")
    assert told["index_name"] in said
    assert f"{told['index']:.3g}" in said
    assert f"{told['index_low']:.3g}" in said
    picture(page, f"quality-capability-{lang}-{theme}-{size}")


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "dark", "desktop"), ("zh", "light", "tablet")])
def test_a_gauge_study_is_planned_and_its_sheet_printed(visit, served, picture, lang, theme, size):
    name = f"G-{lang}"
    page = visit(f"/quality/gauges?{AT}", lang=lang, theme=theme, size=size, allowed="422")
    page.fill(".planform input[name=name]", name)
    page.fill(".planform input[name=appraisers]", "Li, Anna")
    page.fill(".planform input[name=parts]", "5")
    page.click(".planform button.main")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/api/measured/units" in r.url else None)
    page.wait_for_url(f"**study={name}**")
    page.wait_for_load_state("networkidle")
    assert len(asked) <= 2, "a page that is left alone asks for its readings once"
    picture(page, f"quality-gauges-{lang}-{theme}-{size}")
    page.goto(served.url + page.locator(".gauges a[target=_blank]").get_attribute("href"))
    text = page.inner_text("body")
    assert "Li" in text
    assert "Anna" in text
    picture(page, f"quality-sheet-{lang}")


@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("zh", "light")])
def test_a_part_is_measured_at_the_tablet(visit, served, picture, lang, theme):
    part = f"X-{lang}"
    page = visit("/operator?at=line-1/lathe-1", lang=lang, theme=theme, size="tablet")
    page.click(".deeds button:has-text('Measure'), .deeds button:has-text('测量')")
    page.click(".taps button:has-text('Diameter')")
    for key in "25.05":
        page.click(f".pad button:text-is('{key}')")
    page.wait_for_selector(".entered.bad")  # beyond 25.04
    page.fill(".opdialog label input >> nth=0", part)
    assert page.input_value(".opdialog label input >> nth=1") == "micrometer 3"
    photo = {"name": "part.png", "mimeType": "image/png", "buffer": b64decode(PIXEL)}
    page.set_input_files(".opdialog input[type=file]", [photo])
    page.wait_for_selector(".opdialog label:has(input[type=file]):has-text('✓')")
    picture(page, f"operator-inspect-{lang}-{theme}")
    page.click(".opdialog button.main")
    page.wait_for_selector(".opdialog", state="detached")
    found = until_measured(served, part)
    assert (found["tests"][0]["value"], found["tests"][0]["passed"]) == (25.05, False)
    assert found["facts"]["gauge"] == "micrometer 3"
    assert found["facts"]["photo"].endswith(".png")


@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("zh", "dark")])
def test_a_gauge_study_is_walked_through_at_the_tablet(visit, served, picture, lang, theme):
    name = f"T-{lang}"
    page = visit("/operator?at=line-1/lathe-1", lang=lang, theme=theme, size="tablet")
    wanted = {"at": "line-1/lathe-1", "test": "diameter", "parts": f"{lang}1,{lang}2", "appraisers": "Li", "trials": 2}
    page.request.post(f"{served.url}/api/gauge-studies/{name}", data=wanted, headers={"x-andon": "1"})
    page.click(".deeds button:has-text('Measure'), .deeds button:has-text('测量')")
    page.click(f".taps button:has-text('{name}')")
    for number in range(4):
        page.wait_for_selector(f".walk progress[value='{number}']")
        for key in f"25.0{number}":
            page.click(f".walk .pad button:text-is('{key}')")
        if number == 1:
            picture(page, f"operator-gauge-{lang}-{theme}")
        page.click(".walk button.main")
    page.wait_for_selector(f".opdialog a[href='/quality/gauges?study={name}']")

    def read() -> list[float | None]:
        with urlopen(f"{served.url}/api/gauge-studies/{name}") as answer:
            return [line["value"] for line in json.load(answer)["lines"]]

    until(lambda: None not in read(), 30, "the readings")
    assert read() == [25.0, 25.01, 25.02, 25.03]


def test_a_p_value_is_read_as_a_probability(visit):
    page = visit("/studies/wafer-map?at=test/prober-1&last=30%20d")
    page.wait_for_selector("dl.answered dd")
    assert "< 0.0001" in page.inner_text("dl.answered"), "dies of these patterns do not fail together by chance"


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def until_measured(served: Run, part: str) -> dict:
    """The part with its tests, once the plant has it."""
    found: list[dict] = []

    def there() -> bool:
        with urlopen(f"{served.url}/api/measured/units?last=1%20h&unit={part}") as answer:
            found[:] = json.load(answer)["rows"]
        return bool(found)

    until(there, 30, "the value")
    asked = f"at=line-1/lathe-1&unit={part}&moment={found[0]['at']}"
    with urlopen(f"{served.url}/api/measured/unit?{asked}") as answer:
        return json.load(answer)


@pytest.mark.parametrize("path", ["/quality", f"/quality?{AT}", f"/quality/capability?{AT}", "/quality/gauges"])
def test_nothing_is_wider_than_a_phone(visit, path):
    page = visit(path, size="phone", lang="zh")
    page.wait_for_selector("main[aria-busy=false]")
    page.wait_for_selector(".chartcard .spark, .control canvas, .capable svg.drawn, .planform", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
