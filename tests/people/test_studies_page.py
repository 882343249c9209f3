"""Studies, plant and data as people use them: ask, save, ask again every shift, edit plant.toml, see what was heard."""

import re

import pytest


@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("zh", "light")])
def test_a_study_is_found_asked_and_understood(visit, picture, lang, theme):
    page = visit("/studies", lang=lang, theme=theme)
    page.fill("input[type=search]", "oee")
    page.click(".studycards a >> nth=0")
    page.wait_for_selector(".answered .big")
    page.select_option(".ask select >> nth=0", "line-1")
    page.wait_for_selector("figure.picture svg")
    assert "at=line-1" in page.url
    assert page.locator(".heardshare").first.inner_text()
    picture(page, f"studies-{lang}-{theme}")
    page.click("[role=tab] >> nth=1")
    page.wait_for_selector("text=ISO 22400")
    page.click("[role=tab] >> nth=2")
    page.wait_for_selector(".facts dd:has-text('line-1/press-1')")
    again = visit("/studies" + page.url.partition("/studies")[2], lang=lang, theme=theme)
    again.wait_for_selector(".facts dd:has-text('line-1/press-1')")


def test_an_answer_is_saved_as_a_file(visit):
    page = visit("/studies/states?at=line-1/press-1&last=yesterday")
    page.wait_for_selector("figure.picture svg")
    page.click(".menu summary")
    for name, begins in (("Excel", b"PK"), ("PNG", b"\x89PNG")):
        with page.expect_download() as saved:
            page.click(f".menu a:text-is('{name}')")
        with open(saved.value.path(), "rb") as file:
            assert file.read(4).startswith(begins), name


@pytest.mark.parametrize("study", ["cycle-times", "reliability", "counts", "orders", "bottleneck", "losses"])
def test_each_kind_of_picture_is_drawn(visit, study):
    at = "line-1" if study == "bottleneck" else "line-1/press-1"
    page = visit(f"/studies/{study}?at={at}&last=7 d")
    page.wait_for_selector("figure.picture svg.drawn :is(rect, path, circle)", state="attached")


def test_a_question_is_put_to_stand_and_ended(visit):
    page = visit("/studies/oee?at=line-1&last=7 d")
    page.on("dialog", lambda d: d.accept())
    page.wait_for_selector(".answered .big")
    page.click("header button >> nth=-1")
    page.fill("dialog input[name=name]", "OEE of line 1")
    page.select_option("dialog select >> nth=1", "oee")
    page.fill("dialog input[name=limit]", "60")
    page.click("dialog button.main")
    page.wait_for_selector("td a:text-is('OEE of line 1')")
    assert "60.0 %" in page.locator("main").inner_text()
    page.click("td a:text-is('OEE of line 1')")
    page.wait_for_selector("button.danger")
    page.click("button.danger")
    page.wait_for_url(re.compile("/studies/standing$"))
    assert page.locator("td a:text-is('OEE of line 1')").count() == 0


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "light", "desktop"), ("zh", "dark", "tablet")])
def test_plant_toml_is_checked_while_it_is_written(visit, picture, served, lang, theme, size):
    page = visit("/plant", lang=lang, theme=theme, size=size)
    page.wait_for_selector(".machines li")
    picture(page, f"plant-{lang}-{theme}-{size}")
    page.click("[role=tab] >> nth=1")
    area = page.locator("textarea")
    area.wait_for()
    before = area.input_value()
    write(area, before.replace('zone = "Europe/Berlin"', 'zone = "Mars"', 1))
    page.wait_for_selector(".mistakes li.bad:has-text('Mars')")
    assert page.locator("button.main").is_disabled()
    write(area, before + f"# written in a page, {lang}\n")
    page.wait_for_selector("button.main:not([disabled])")
    page.click("button.main")
    page.wait_for_selector(".toast")
    assert page.locator(".copies li").count()
    assert (served.folder / "plant.toml").read_text("utf-8") == before + f"# written in a page, {lang}\n"


def write(area, text: str) -> None:
    """As somebody who pastes a whole text: typed line by line it would take long."""
    area.evaluate(
        "(area, text) => { area.value = text; area.dispatchEvent(new Event('input', { bubbles: true })); }", text
    )


@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("zh", "light")])
def test_what_was_heard_and_what_came_in_are_shown(visit, picture, lang, theme):
    page = visit("/data?days=7", lang=lang, theme=theme)
    page.wait_for_selector(".strip")
    picture(page, f"data-{lang}-{theme}")
    for tab, shown in enumerate(["table.rows td", "main p", "table.rows td", "form", ".figures .big"], start=1):
        page.click(f"[role=tab] >> nth={tab}")
        page.wait_for_selector(f"[role=tabpanel] {shown}" if "main" not in shown else shown)


def test_a_check_of_the_history_says_that_it_is_sound(visit):
    page = visit("/data?tab=keeping")
    page.click("[role=tabpanel] section >> nth=1 >> button >> nth=0")
    page.wait_for_selector(".verdict p:has-text('✓')")


def test_the_form_shows_a_day_of_the_address_and_offers_the_words_that_a_setting_may_have(visit):
    page = visit("/studies/reliability?at=line-1&since=2026-11-02&until=2026-11-03", allowed="409")
    page.locator("form.ask select").last.wait_for()
    shown = [edge.input_value() for edge in page.locator("input[type=datetime-local]").all()]
    assert shown == ["2026-11-02T00:00", "2026-11-03T00:00"]
    clock = page.locator("label", has_text="Clock").locator("select")
    assert clock.locator("option").all_inner_texts() == ["producing", "up"]
