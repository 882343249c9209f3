"""Proposals on the page: what a program wants changed, confirmed or put away by a person."""

import httpx2
import pytest

from andon import app
from assisted import Http, asked, one


def proposed(served, text: str) -> int:
    """A note that a program proposes over MCP."""
    machine = next(iter(app.paper(served.folder).machines))
    note = {"act": "note", "arguments": {"machine": machine, "text": text}, "why": "cycle times drift"}
    said, refused = asked(Http(served.url), lambda client: one(client, "propose", note))
    assert not refused, said
    return next(p.number for p in app.act_proposals(served.folder) if p.arguments["text"] == text)


@pytest.mark.parametrize(
    ("lang", "theme", "size", "confirm"), [("en", "dark", "desktop", "Confirm"), ("zh", "light", "phone", "确认")]
)
def test_a_person_confirms_what_a_program_proposed(served, visit, picture, lang, theme, size, confirm):
    number = proposed(served, f"worn {lang}")
    page = visit("/", lang=lang, theme=theme, size=size)
    page.click(".tools a[href='/proposals']")
    card = page.locator(f".proposal[aria-label^='{number} ']")
    card.wait_for()
    assert "cycle times drift" in card.inner_text()
    picture(page, f"proposals-{size}-{theme}-{lang}")
    card.get_by_role("button", name=confirm).click()
    card.wait_for(state="detached")
    closed = {p.number: p for p in app.act_proposals(served.folder, everything=True)}[number]
    assert (closed.state, closed.by) == ("confirmed", "local")
    notes = httpx2.get(f"{served.url}/api/spells?kind=note&last=1 h", timeout=60).json()
    assert f"worn {lang}" in [n["text"] for n in notes]


def test_what_is_dismissed_is_not_done(served, visit):
    number = proposed(served, "nonsense")
    page = visit("/proposals")
    page.locator(f".proposal[aria-label^='{number} ']").get_by_role("button", name="Dismiss").click()
    page.wait_for_selector("text=nothing was changed")
    assert {p.number: p.state for p in app.act_proposals(served.folder, everything=True)}[number] == "dismissed"
