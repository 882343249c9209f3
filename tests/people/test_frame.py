"""The frame around the pages: language, theme, menu, and what the first view costs."""

import pytest


@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("zh", "light")])
def test_the_frame_speaks_the_readers_language_and_remembers_the_theme(visit, lang, theme):
    page = visit("/", lang=lang, theme=theme)
    page.wait_for_selector(".link.on")
    assert page.evaluate("document.documentElement.lang") == lang
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    page.click(".tools button >> nth=0")
    assert page.evaluate("document.documentElement.lang") == {"en": "zh", "zh": "en"}[lang]
