"""A report as PDF: laid out by WeasyPrint where it is installed, else by a Chromium of this computer."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from ...errors import BadQuestion, NotConnected

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
"""Where browsers are that the path does not know."""
PATIENCE = 60.0
"""Seconds that a browser is given."""
NONE = (
    "A PDF cannot be made on this computer: it has neither WeasyPrint (`pip install 'andon[pdf]'`, which needs Pango) "
    "nor Chromium, Chrome or Edge. HTML and Excel can be made; any browser prints the HTML as PDF."
)


def to_pdf(html: str) -> bytes:
    """A page as PDF, A4.

    Raises
    ------
    BadQuestion
        There is nothing on this computer that can do it.
    NotConnected
        The browser did not do it.
    """
    way = printer()
    if way is None:
        raise BadQuestion(NONE)
    return way(html)


@cache
def printer() -> Callable[[str], bytes] | None:
    """What makes PDFs here: WeasyPrint, a browser, or nothing."""
    if find_spec("weasyprint") is not None:
        try:
            import weasyprint  # type: ignore[import-untyped]  # noqa: F401  (whether Pango is there shows only now)
        except OSError:  # Pango is missing
            pass
        else:
            return by_weasyprint
    return by_browser if _browser() else None


def by_weasyprint(html: str) -> bytes:
    """Lay it out here; nothing that the page may name is fetched."""
    from weasyprint import HTML

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    return bytes(HTML(string=html, url_fetcher=_nothing).write_pdf())


def _nothing(url: str, *more: object, **others: object) -> dict[str, object]:
    raise ValueError(f"a report fetches nothing: {url}")


def by_browser(html: str) -> bytes:
    """Have a browser print it, in a profile of its own and without a network."""
    browser = _browser()
    assert browser is not None
    with TemporaryDirectory(prefix="andon-report-", ignore_cleanup_errors=True) as folder:
        page, made = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(html, "utf-8")
        words = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-pdf-header-footer",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={made}",
            *(["--no-sandbox"] if _is_root() else []),
            page.as_uri(),
        ]
        try:
            done = subprocess.run(words, capture_output=True, timeout=PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotConnected(f"{browser} did not print the report: {error}") from error
        if not made.exists():
            said = done.stderr.decode("utf-8", "replace").strip()[-300:]
            raise NotConnected(f"{browser} did not print the report: {said or f'it ended with {done.returncode}'}")
        return made.read_bytes()


def _browser() -> str | None:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or next((path for path in ELSEWHERE if Path(path).exists()), None)


def _is_root() -> bool:
    """Chromium refuses its sandbox to root."""
    import os

    return sys.platform != "win32" and os.geteuid() == 0
