"""Yield as people use it: all wafers at once, one bin alone, one wafer, one die down to its tests."""

import json
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from measuring import at_work
from runs import Run

WAFERS = 75


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The plant that measures."""
    with at_work(tmp_path_factory.mktemp("yield") / "measuring") as run:
        yield run


def maps_of(served: Run) -> dict[str, object]:
    with urlopen(f"{served.url}/api/measured/maps?last=30%20d") as answer:
        return json.load(answer)


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "dark", "desktop"), ("zh", "light", "tablet")])
def test_all_wafers_are_seen_at_once_with_where_dies_are_lost(visit, served, picture, lang, theme, size):
    told = maps_of(served)
    page = visit("/yield", lang=lang, theme=theme, size=size)
    page.wait_for_selector(f".map canvas >> nth={WAFERS - 1}")
    good, judged = (sum(m[name] for m in told["maps"]) for name in ("good", "judged"))
    assert f"{100 * good / judged:.1f} %" in page.inner_text(".yieldfigures")
    bars = page.locator(".binbars button")
    failing = [b for b in told["bins"] if not b["passed"]]
    assert bars.count() == len(told["bins"])
    assert str(max(failing, key=lambda b: b["count"])["name"]) in bars.first.inner_text()
    picture(page, f"yield-{lang}-{theme}-{size}")


def test_a_bin_can_be_shown_alone_and_a_test_instead_of_bins(visit, picture):
    page = visit("/yield?size=small", theme="light")
    page.wait_for_selector(f".map canvas >> nth={WAFERS - 1}")
    before = pixels(page)
    page.click(".binbars button >> nth=0")
    page.wait_for_function("new URL(location.href).searchParams.get('bin')")
    assert pixels(page) != before
    page.select_option("main select >> nth=2", "leakage")
    page.wait_for_selector(".ramp")
    picture(page, "yield-leakage")


def pixels(page) -> str:
    return page.evaluate("document.querySelectorAll('.map canvas')[2].toDataURL()")


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "light", "desktop"), ("zh", "dark", "tablet")])
def test_from_a_wafer_to_a_die_to_its_tests(visit, served, picture, lang, theme, size):
    page = visit("/yield", lang=lang, theme=theme, size=size)
    page.click(".map >> nth=2")
    page.wait_for_selector(".dies canvas")
    page.focus(".dies canvas")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".die .unitcard tbody tr >> nth=1")
    text = page.inner_text(".die .unitcard")
    assert "leakage" in text
    assert "delay" in text
    assert "die=" in page.url
    picture(page, f"yield-die-{lang}-{theme}-{size}")
    page.reload()
    page.wait_for_selector(".die .unitcard tbody tr >> nth=1")  # the address brings all of it back


def test_three_hundred_maps_are_drawn_in_the_blink_of_an_eye(visit, served):
    """What is painted again when another bin is chosen: as much as four of these lots."""
    page = visit("/yield?size=small")
    page.wait_for_selector(f".map canvas >> nth={WAFERS - 1}")
    took = page.evaluate(
        """async () => {
            const bars = [...document.querySelectorAll('.binbars button')], begun = performance.now();
            for (let i = 0; i < 4; i++) {
                bars[i].click();
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            }
            return performance.now() - begun;
        }"""
    )
    assert took < 3000, f"{took:.0f} ms for four times {WAFERS} maps on two busy cores"


def test_nothing_is_wider_than_a_phone(visit, picture):
    page = visit("/yield", size="phone", lang="zh")
    page.wait_for_selector(f".map canvas >> nth={WAFERS - 1}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "yield-phone")


def test_a_time_without_wafers_leads_to_the_last_one_with_some(visit, served):
    page = visit("/yield?since=1577836800000000&until=1577923200000000")
    page.click("main .sorry button")
    page.wait_for_selector(".map canvas")
    assert page.inner_text(".yieldfigures").split("\n")[1].endswith("%")
