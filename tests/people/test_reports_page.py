"""The page of reports in a real browser: look at one, save it, see what is made by itself and have it made again."""

from __future__ import annotations

import pytest

from servers import until

REPORT = """
[[report]]
name = "line-1-shift"
at = "line-1"
formats = ["html", "xlsx"]
"""


@pytest.mark.parametrize(
    ("lang", "theme", "size", "title"),
    [("en", "dark", "desktop", "Shift report · line-1"), ("zh", "light", "phone", "班次报告 · line-1")],
)
def test_a_report_is_looked_at_and_saved(visit, picture, lang, theme, size, title):
    page = visit("/reports?at=line-1", lang=lang, theme=theme, size=size)
    page.wait_for_selector(".sheet[aria-busy=false]", timeout=60_000)
    sheet = page.frame_locator(".sheet iframe")
    assert title in sheet.locator("h1").inner_text()
    assert sheet.locator("figure svg").count() == 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"reports-{lang}")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Excel").click()
    assert saved.value.suggested_filename.startswith("shift-line-1-")
    first = sheet.locator("h1").inner_text()
    page.get_by_role("button", name="Earlier" if lang == "en" else "更早").click()
    until(lambda: sheet.locator("h1").inner_text() != first, 20, "the shift before")


def test_what_is_made_by_itself_is_listed_and_made_again(visit, picture, served):
    file = served.folder / "plant.toml"
    before = file.read_text("utf-8")
    page = visit("/reports?tab=made")
    page.get_by_text("No report is made by itself yet.").wait_for()
    assert "[[report]]" in page.locator(".example").inner_text()
    file.write_text(before + REPORT, "utf-8")
    try:
        button = page.get_by_role("button", name="Make and send once more")
        until(lambda: page.reload() and button.count() == 1, 20, "the new report")
        button.click()
        page.get_by_text("is made and sent in a moment").wait_for()
        link = page.get_by_role("link", name="HTML")
        until(lambda: link.count() == 1 or page.wait_for_timeout(500), 60, "the report")
        assert "OEE was" in page.locator(".says").inner_text()
        picture(page, "reports-made")
    finally:
        file.write_text(before, "utf-8")
