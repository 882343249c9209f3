"""Writes the generated parts of the docs: studies.md, connect.md, cli.md, the tree in house.md...; `--check` compares.

python docs/make.py            write them
python docs/make.py --check    say which are out of date, exit 1 if any
"""

from __future__ import annotations

import ast
import inspect
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import get_args

os.environ |= {
    "COLUMNS": "100",
    "TERMINAL_WIDTH": "100",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "_TYPER_FORCE_DISABLE_TERMINAL": "1",
    "LC_ALL": "C.UTF-8",
}

import connectors
import plant_toml

from andon import catalog, studies
from andon.catalog import Figure, Parameter, Study, figures, is_answer
from andon.model import Element, Loss, State
from andon.picture.palette import MEANINGS
from andon.surfaces import cli
from andon.surfaces.cli.index import PANELS
from andon.words import LANGUAGES, say

assert studies  # importing them fills the catalog
DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
MADE = "<!-- Made by docs/make.py; change the source, not this page. -->\n"


def main(arguments: list[str]) -> int:
    """Write or compare every generated page; the exit code."""
    stale = [page for page, text in pages() if not _is(page, text)]
    if "--check" in arguments:
        for page in stale:
            print(f"{page.relative_to(ROOT)} is out of date: run `make docs`.")
        return 1 if stale else 0
    for page, text in pages():
        if page in stale:
            page.write_text(text, encoding="utf-8")
            print(f"wrote {page.relative_to(ROOT)}")
    return 0


def pages() -> Iterator[tuple[Path, str]]:
    """Each generated page with its text."""
    yield DOCS / "studies.md", studies_page()
    yield DOCS / "cli.md", cli_page()
    house = DOCS / "house.md"
    yield house, put(house.read_text(encoding="utf-8"), "tree", tree())
    yield plant_toml.PAGE, plant_toml.page(plant_toml.PAGE.read_text(encoding="utf-8"))
    connect = DOCS / "connect.md"
    yield connect, put(connect.read_text(encoding="utf-8"), "connectors", connectors.sections())
    index = DOCS / "index.md"
    yield index, put(index.read_text(encoding="utf-8"), "decisions", decisions())
    yield ROOT / "CHANGES.md", changes()
    yield ROOT / "web" / "src" / "house.ts", house_words()


def put(page: str, name: str, text: str) -> str:
    """A page with the part between `<!-- name -->` and `<!-- /name -->` replaced."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if start not in page or end not in page:
        raise SystemExit(f"A page lost its marks {start} and {end}: put them back.")
    return page[: page.index(start) + len(start)] + "\n" + text + page[page.index(end) :]


# ---- studies.md ----


def studies_page() -> str:
    """Every study: what it answers, what it needs, its formula, its figures, its source."""
    known = catalog.studies()
    fields = sorted({s.field for s in known})
    parts = [
        MADE,
        "# Studies\n",
        "A study is a question that can be asked of the plant's history.",
        'Ask one with `andon ask NAME`, or in Python with `plant.ask("NAME")`.',
        "`andon studies` says which of them your plant can answer, and which signal is missing for the others.\n",
    ]
    for name in fields:
        own = [s for s in known if s.field == name]
        parts += [
            f"## {name.capitalize()}\n",
            "| study | answers |",
            "|---|---|",
            *(f"| [{s.name}](#{s.name}) | {s.summary} |" for s in own),
            "",
            *map(one_study, own),
        ]
    return "\n".join(parts)


def one_study(study: Study) -> str:
    """The section of one study."""
    doc = inspect.getdoc(study.function) or ""
    told = re.split(r"\n\n(?=[A-Z]\w+\n-+\n)", doc)[0].partition("\n")[2].strip()
    parts = [f"### {study.name}\n", study.summary, "", told, "", f"**Needs:** {needs(study)}", ""]
    if study.settings:
        parts += ["| setting | default | unit | meaning |", "|---|---|---|---|", *map(setting, study.settings), ""]
    parts += [figures_table(study.answer)]
    parts += [f"`{row.__name__}` rows\n\n{figures_table(row)}" for row in rows_of(study.answer)]
    parts += ["Example\n", "```python", section(doc, "Examples"), "```\n"]
    parts += [f"*Source:* {flat(section(doc, 'References'))}\n"]
    return "\n".join(parts)


def needs(study: Study) -> str:
    """What a machine and the plant must have, in words."""
    said = []
    for p in study.parameters:
        if p.source == "series":
            roles = " and ".join(" or ".join(f"`{r}`" for r in group) for group in p.roles)
            said.append(f"{'' if p.required else 'if there: '}signal {roles}{' of every machine' if p.each else ''}")
        elif p.source == "plant":
            said.append(
                {"Calendar": "shifts", "Products": "ideal cycles", "StopRules": "reasons"}.get(
                    p.kind.__name__, p.kind.__name__.lower()
                )
            )
    return "; ".join(said) + "."


def setting(p: Parameter) -> str:
    default = "required" if p.required else f"`{p.default}`"
    return f"| `{p.name}` | {default} | {p.unit} | {flat(p.help)} |"


def figures_table(answer: type) -> str:
    """The fields and ratios of an answer."""
    rows = [f"| `{f.name}` | {f.unit} | {meaning(f)} |" for f in figures(answer)]
    return "\n".join(["| figure | unit | meaning |", "|---|---|---|", *rows, ""])


def meaning(figure: Figure) -> str:
    return flat(figure.help).replace("|", "\\|")


def rows_of(answer: type) -> list[type]:
    """The row types of an answer's tables."""
    hints = inspect.get_annotations(answer, eval_str=True)
    return list(dict.fromkeys(i for h in hints.values() for i in get_args(h) if is_answer(i)))


def section(doc: str, name: str) -> str:
    """One part of a numpydoc docstring."""
    found = re.search(rf"(?:^|\n){name}\n-+\n(.*?)(?=\n\n[A-Z]\w+\n-+\n|\Z)", doc, re.DOTALL)
    return found[1].strip() if found else ""


def flat(text: str) -> str:
    return " ".join(text.split())


# ---- cli.md ----


def cli_page() -> str:
    """Every command's own --help, and the exit codes."""
    parts = [MADE, "# Command line\n", inspect.getdoc(cli) or "", "", *shown("andon", [])]
    for panel, commands in PANELS.items():
        parts.append(f"## {panel}\n")
        for name in commands:
            parts += shown(f"andon {name}", [name])
    return "\n".join(parts)


def shown(title: str, line: list[str]) -> list[str]:
    """A heading and what `--help` prints there."""
    said = io.StringIO()
    with redirect_stdout(said):
        cli.run([*line, "--lang", "en", "--help"], _no_house)
    text = "\n".join(row.rstrip() for row in said.getvalue().strip("\n").splitlines()).strip("\n")
    return [f"### {title}\n", "```text", text, "```\n"]


def _no_house() -> object:
    raise SystemExit("--help must not open the rooms")


# ---- house.md, index.md, CHANGES.md ----


def tree() -> str:
    """The package's folders and files with the first line of each."""
    known = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "src/andon"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    files = sorted(p for p in known if p.endswith(".py") and (ROOT / p).exists())
    rows = ["```text", *(_branch(Path(f)) for f in files), "```", ""]
    return "\n".join(rows)


def _branch(file: Path) -> str:
    inside = file.relative_to("src/andon")
    package = file.name == "__init__.py"
    depth = len(inside.parts) - (2 if package else 1)
    name = (inside.parent.name or "andon") + "/" if package else file.name
    first = (ast.get_docstring(ast.parse((ROOT / file).read_text(encoding="utf-8"))) or "").partition("\n")[0]
    return f"{'  ' * max(0, depth + (1 if len(inside.parts) > 1 or not package else 0)):s}{name:<24}{first}".rstrip()


def decisions() -> str:
    """Links to the decisions, by their titles."""
    files = sorted((DOCS / "decisions").glob("*.md"))
    titles = [f.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ") for f in files]
    return "".join(f"- [{t}](decisions/{f.name})\n" for f, t in zip(files, titles, strict=True))


def changes() -> str:
    """One sentence a change, newest first by number."""
    files = sorted((ROOT / "changes").glob("[0-9]*.md"), reverse=True)
    rows = [f"- {flat(f.read_text(encoding='utf-8'))}" for f in files]
    return "\n".join([MADE, "# Changes\n", "## Not released yet\n", *rows, ""])


def house_words() -> str:
    """States, losses and time elements as the web page shows them: words in both languages, colours in both themes."""
    kinds: list[tuple[str, list[str]]] = [
        ("STATES", [s.value for s in State]),
        ("LOSSES", [x.value for x in Loss]),
        ("ELEMENTS", [e.value for e in Element]),
    ]
    lines = [
        "/** Words and colours of states, losses and time elements; written by docs/make.py from the house's own. */",
        "export interface Meaning { en: string; zh: string; light: string; dark: string }",
        "",
    ]
    for name, values in kinds:
        lines.append(f"export const {name}: Record<string, Meaning> = {{")
        for value in values:
            light, dark = MEANINGS.get(value, ("#b9c1c8", "#66727d"))
            said = [json.dumps(say(value, language), ensure_ascii=False) for language in LANGUAGES]
            lines.append(f'  {value}: {{ en: {said[0]}, zh: {said[1]}, light: "{light}", dark: "{dark}" }},')
        lines += ["};", ""]
    return "\n".join(lines)


def _is(page: Path, text: str) -> bool:
    return page.exists() and page.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
