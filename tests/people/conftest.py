"""A running demo plant and a real Chromium for the tests of pages: one of each for all of them.

Pictures of the pages are kept in build/screens.
"""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from processes import Andon
from servers import until

BUILT = Path(__file__).resolve().parents[2] / "src" / "andon" / "surfaces" / "web" / "built" / "index.html"
SCREENS = Path(__file__).resolve().parents[2] / "build" / "screens"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
FLAGS += ["--disable-component-update", "--mute-audio", "--font-render-hinting=none"]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first has no windows at all: it takes a quarter of the processor time."""
SIZES = {"desktop": (1440, 900), "tablet": (820, 1180), "phone": (380, 800), "wall": (1920, 1080)}


@dataclass(frozen=True, slots=True)
class Served:
    """A plant that is running, and where its page is."""

    url: str
    folder: Path


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The live demo with a week behind it."""
    folder = tmp_path_factory.mktemp("people") / "demo"
    log = folder.parent / "log"
    demo = Andon("demo", folder, "--days", 7, out=log)
    try:
        until(lambda: "Its page: " in log.read_text("utf-8") or demo.poll() is not None, 240, "the demo")
        found = re.search(r"Its page: (\S+)", log.read_text("utf-8"))
        assert found, log.read_text("utf-8")
        until(lambda: _answers(found[1]), 120, "the page")
        yield Served(found[1], folder)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)


def _answers(url: str) -> bool:
    """Whether the plant answers at the pace of people: it has much to do while it starts."""
    try:
        with urlopen(f"{url}/api/live", timeout=3) as answer:
            return answer.readline().startswith(b"data: ")
    except OSError:
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Debian's Chromium, without a window; ended with the file, for while it is driven no other event loop can run."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        pytest.skip("no Chromium here: `make peers` installs one")
    if not BUILT.is_file():
        pytest.skip("the web page is not built: `make web`")
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: object, served: Served) -> Iterator[Callable[..., object]]:
    """Open a path of the served page: `visit("/losses", lang="zh", theme="light", size="tablet")`.

    A message of the console that is an error, a fault in a script, a request that fails or goes to another host fails
    the test when it ends; `allowed` is a pattern of what is expected to fail.
    """
    contexts, wrong = [], []

    def opened(path: str, *, lang: str = "en", theme: str = "dark", size: str = "desktop", allowed: str = "$^", **more):
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale="zh-CN" if lang == "zh" else "en-GB",
            has_touch=size in ("tablet", "phone"),
            **more,
        )
        contexts.append(context)
        context.set_default_timeout(45_000)
        context.add_init_script(f"localStorage.setItem('lang', {lang!r}); localStorage.setItem('theme', {theme!r});")
        page = context.new_page()
        page.on("console", lambda m: m.type == "error" and _note(wrong, f"console: {m.text}", allowed))
        page.on("pageerror", lambda e: _note(wrong, f"script: {e}", allowed))
        page.on("requestfailed", lambda r: _failed(wrong, r, allowed))
        page.on("response", lambda r: r.status >= 400 and _note(wrong, f"{r.status} {r.url}", allowed))
        page.on("request", lambda r: _abroad(wrong, r.url, served.url))
        page.goto(served.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def picture() -> Callable[[object, str], None]:
    """Keep a picture of a page in build/screens."""

    def keep(page: object, name: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(SCREENS / f"{name}.png"))

    return keep


def _note(wrong: list[str], said: str, allowed: str) -> None:
    if not re.search(allowed, said):
        wrong.append(said)


def _failed(wrong: list[str], request, allowed: str) -> None:
    if "ERR_ABORTED" not in (request.failure or ""):  # a page that moves on gives up what it asked for
        _note(wrong, f"{request.failure} {request.url}", allowed)


def _abroad(wrong: list[str], url: str, home: str) -> None:
    if not url.startswith((home, "data:", "blob:")):
        wrong.append(f"asked another host: {url}")
