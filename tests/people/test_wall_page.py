"""The wall: read from 8 m, lines in turn, old data said to be old, and nothing that grows over months."""

import json

import pytest

PAGE = 3
FRAMES = 250


def frame(at, state="producing", *, whole=False):
    tiles = [
        {
            "machine": f"line-{n // 4 + 1}/{name}-{n // 4 + 1}",
            "title": "",
            "at": at,
            "state": state,
            "since": at - 90_000_000,
            "said": "",
            "reason": "",
            "order": "4711",
            "product": "",
            "day": "2026-03-02",
            "shift": "early",
            **dict.fromkeys(("made", "good", "rejects", "target"), 100.0 + at % 97),
            **dict.fromkeys(("oee", "availability", "effectiveness", "quality", "coverage"), 0.8),
        }
        for n in range(12)
        for name in [("press", "lathe", "cell", "packer")[n % 4]]
    ]
    return json.dumps({"at": at, "tiles": tiles, **({"whole": True, "calls": [], "alarms": []} if whole else {})})


@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("zh", "light")])
def test_the_state_is_read_from_eight_metres(visit, picture, lang, theme):
    """On a screen of 55 inches (0.68 m high) a letter of 1/20 of its height is 34 mm: read from 8 m (1/240 of it)."""
    page = visit(f"/wall?line=line-1&theme={theme}&lang={lang}&dim=0", size="wall")
    page.wait_for_selector(".walltile")
    assert page.locator(".walltile").count() == 4
    sizes = page.evaluate(
        "[...document.querySelectorAll('.wallstate b')].map((x) => [parseFloat(getComputedStyle(x).fontSize),"
        " x.scrollWidth <= x.parentElement.clientWidth])"
    )
    assert all(size >= 1080 / 20 and fits for size, fits in sizes), sizes
    assert page.locator("button, select, input").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    picture(page, f"wall-{lang}-{theme}")


def test_lines_take_turns(visit):
    page = visit(f"/wall?every={PAGE}&dim=0", size="wall")
    page.wait_for_selector(".walltile")
    seen = {page.locator(".wallhead h1").inner_text()}
    for _ in range(2):
        now = page.locator(".wallhead h1").inner_text()
        page.wait_for_function("(was) => document.querySelector('.wallhead h1').innerText !== was", arg=now)
        seen.add(page.locator(".wallhead h1").inner_text())
    assert seen == {"line-1", "line-2", "line-3"}


@pytest.mark.parametrize(("hours", "dim"), [("0-24", True), ("0", False)])
def test_it_is_dim_at_night_on_the_plants_clocks(visit, hours, dim):
    page = visit(f"/wall?line=line-1&dim={hours}", size="wall")
    page.wait_for_selector(".walltile")
    assert page.locator(".wall.night").count() == int(dim)


def test_a_wall_says_when_its_line_is_cut_comes_back_and_does_not_grow(visit):
    page = visit("/login-of-nobody", size="wall")  # the frame, so that the socket can be taken before the wall opens
    sockets = []

    def taken(socket):
        sockets.append(socket)
        socket.send(frame(1_780_000_000_000_000, whole=True))

    page.route_web_socket("**/api/live**", taken)
    page.goto(page.url.replace("/login-of-nobody", "/wall?line=line-1&dim=0"))
    page.wait_for_selector(".walltile")
    devtools = page.context.new_cdp_session(page)

    def grown(first):
        for n in range(first, first + FRAMES):
            sockets[-1].send(frame(1_780_000_000_000_000 + n * 1_000_000, "fault" if n % 2 else "producing"))
        used = []
        for _ in range(4):  # what the garbage collector leaves for later is not growth
            page.wait_for_timeout(500)
            devtools.send("HeapProfiler.collectGarbage")
            used.append(devtools.send("Runtime.getHeapUsage")["usedSize"])
        return min(used), page.evaluate("document.querySelectorAll('*').length")

    grown(0)
    before, nodes = grown(FRAMES)
    for _ in range(2):
        count = len(sockets)
        sockets[-1].close()
        page.wait_for_selector(".walloffline")
        assert "No connection since" in page.locator(".walloffline").inner_text()
        assert page.locator(".wall.stale").count() == 1
        page.wait_for_selector(".walloffline", state="detached", timeout=20_000)
        assert len(sockets) == count + 1
    after, left = grown(2 * FRAMES)
    assert left <= nodes + 20
    assert after < before + 250_000, (before, after)
