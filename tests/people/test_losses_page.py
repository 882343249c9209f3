"""The losses page: from the week down to the samples of one stop, in both languages."""

import json
import re
from urllib.request import urlopen

import pytest


def ready(page):
    page.wait_for_selector("main.losses[aria-busy=false]")
    page.wait_for_selector(".cascade .row >> nth=3")


@pytest.mark.parametrize(
    ("lang", "theme", "size", "words"),
    [
        ("en", "dark", "desktop", ("Planned time", "Productive time")),
        ("zh", "light", "tablet", ("计划时间", "有效生产时间")),
    ],
)
def test_the_waterfall_says_what_the_house_says(visit, served, picture, lang, theme, size, words):
    page = visit("/losses?last=yesterday", lang=lang, theme=theme, size=size)
    ready(page)
    with urlopen(f"{served.url}/api/losses?last=yesterday&by=loss") as answer:
        told = json.load(answer)
    text = page.inner_text(".where")
    assert all(word in text for word in words)
    assert page.inner_text(".figures .tile >> nth=0").split("\n")[1] == f"{told['figures']['oee'] * 100:.1f} %"
    lost = [r for r in told["tables"]["loss"] if r["loss"] != "productive"]
    assert page.locator(".ranked tbody tr").count() == len(lost)
    picture(page, f"losses-{lang}-{theme}-{size}")


def test_an_engineer_finds_why_a_day_was_bad(visit, served, picture):
    """Class, reason, stop, timeline, samples: each choice is in the address, and each figure has its coverage."""
    page = visit("/losses?last=yesterday")
    ready(page)
    page.click(".cascade button.row >> nth=0")
    page.wait_for_selector(".crumbs .chip")
    assert "f.loss=" in page.url
    ready(page)
    page.click(".ranked .rowname >> nth=0")
    page.wait_for_selector(".crumbs .chip >> nth=1")
    page.click(".stops tbody .rowname >> nth=0")
    page.wait_for_selector(".detail .timeline canvas")
    page.wait_for_selector(".detail .pane canvas")
    page.click(".detail summary")
    page.wait_for_selector(".detail .samples tbody tr")
    assert re.search(r"\d\d:\d\d:\d\d\.\d\d\d", page.inner_text(".detail .samples tbody tr >> nth=0"))
    picture(page, "losses-stop")
    page.reload()
    page.wait_for_selector(".detail .timeline canvas")  # the address brings all of it back
    assert page.locator(".crumbs .chip").count() == 2
    assert "%" in page.inner_text(".ranked tbody tr >> nth=0")


def test_two_periods_stand_side_by_side(visit, served):
    page = visit("/losses?last=yesterday&against=before")
    ready(page)
    page.wait_for_selector(".cascade .delta >> nth=0")
    page.wait_for_selector(".ranked th >> text=Change")
    assert re.search(r"[+−±]\d", page.inner_text(".figures"))


def test_a_running_shift_counts_and_says_so(visit, served):
    page = visit("/losses?last=today")
    ready(page)
    with urlopen(f"{served.url}/api/losses?last=today") as answer:
        running = json.load(answer)["running"]
    assert running == 0 or f"{running} shifts are not closed yet" in page.inner_text(".where")


def test_everything_can_be_reached_with_keys(visit, served):
    page = visit("/losses?last=yesterday")
    ready(page)
    page.focus(".cascade button.row >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".crumbs .chip")
    page.focus(".crumbs .chip")
    page.keyboard.press("Enter")
    page.wait_for_selector(".crumbs .chip", state="detached")


def test_nothing_is_wider_than_a_phone(visit, served, picture):
    page = visit("/losses?last=yesterday", size="phone", lang="zh")
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "losses-phone")
