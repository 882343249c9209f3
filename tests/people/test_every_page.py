"""Every page, in both languages, both themes and three sizes: whole, silent, readable, and small enough."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "now": "/",
    "losses": "/losses?last=week",
    "machine": "/machines/line-1/press-1",
    "operator": "/operator",
    "quality": "/quality",
    "gauges": "/quality/gauges",
    "yield": "/yield",
    "alarms": "/alarms",
    "studies": "/studies",
    "study": "/studies/oee?at=line-1",
    "reports": "/reports",
    "connect": "/connect",
    "plant": "/plant",
    "data": "/data",
    "accounts": "/accounts",
    "wall": "/wall",
}
LOOKS = [("en", "dark", "desktop"), ("zh", "light", "tablet")]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
HEAVIEST = 400_000
"""Bytes of the first view, packed as they are sent."""


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("lang", "theme", "size"), LOOKS)
def test_a_page_is_accessible_to_wcag_aa_and_fits_a_phone(visit, picture, name, lang, theme, size):
    if not AXE.is_file():
        pytest.skip("axe-core is not there: `make web` installs it")
    page = visit(PAGES[name], lang=lang, theme=theme, size=size)
    settled(page)
    picture(page, f"{name}-{lang}-{theme}-{size}")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    said = [
        f"{v['id']} ({v['impact']}): {v['help']}: {n['target']} {n['failureSummary'].splitlines()[-1].strip()}"
        for v in found["violations"]
        for n in v["nodes"][:3]
    ]
    assert not said, "\n".join(said)
    page.set_viewport_size({"width": 380, "height": 800})
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    late = time.monotonic() + 8
    while page.evaluate(beyond) > 0 and time.monotonic() < late:
        page.wait_for_timeout(100)
    picture(page, f"{name}-{lang}-{theme}-phone")
    assert page.evaluate(beyond) <= 0, "something reaches beyond the edge of a phone"


def test_the_first_view_is_light_and_does_not_shift(visit, served):
    page = visit("/")
    settled(page)
    sizes = page.evaluate("performance.getEntriesByType('resource').map(e => [e.name, e.transferSize])")
    document = page.evaluate("performance.getEntriesByType('navigation')[0].transferSize")
    assert sum(size for _, size in sizes) + document < HEAVIEST, sizes
    moved = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(l => l.getEntries().forEach(e => sum += e.hadRecentInput ? 0 : e.value))
                .observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => done(sum), 500);
        })"""
    )
    assert moved < 0.1, "Cumulative Layout Shift that web.dev calls good"


STYLES = """() => ['', ' header', ' h3', ' .meter', ' .meter i', ' .figures', ' .figures small'].map(part => {
    const s = getComputedStyle(document.querySelector('.tile' + part));
    return [part, s.display, s.height, s.gap, s.padding, s.fontSize, s.alignItems].join(' ');
})"""


def test_the_board_looks_the_same_whatever_was_opened_before(visit):
    page = visit("/")
    page.wait_for_selector(".tile .meter i")
    fresh = page.evaluate(STYLES)
    for path in ("/losses", "/quality", "/studies", "/alarms", "/data", "/"):
        page.click(f"nav a[href='{path}']")
        page.wait_for_selector("main .card")
    page.wait_for_selector(".tile .meter i")
    assert page.evaluate(STYLES) == fresh


def settled(page) -> None:
    """The page is there, and what it asked for first has come."""
    page.wait_for_selector("main")
    page.wait_for_load_state("networkidle") if "wall" not in page.url else page.wait_for_timeout(1500)
    page.wait_for_timeout(400)
