"""Writes the reference in plant-toml.md from the models that read the file; `--check` only compares.

python docs/plant_toml.py            write it
python docs/plant_toml.py --check    say if it is out of date, exit 1 if so
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from andon.config.written import PlantFile
from andon.model import Element, State
from andon.plant import ROLES
from andon.plant.states import STATE_MAPS

PAGE = Path(__file__).with_name("plant-toml.md")
START, END = "<!-- reference -->", "<!-- /reference -->"
PLAIN = {"string": "text", "number": "number", "integer": "whole number", "boolean": "true or false"}


def page(old: str) -> str:
    """The page with its reference made anew."""
    return old[: old.index(START) + len(START)] + "\n" + reference() + old[old.index(END) :]


def reference() -> str:
    """Every table with its keys, the state maps and the roles, in Markdown."""
    parts = [*tables(PlantFile, ""), *state_maps(), *roles()]
    return "\n".join(parts) + "\n"


def tables(model: type[BaseModel], above: str) -> Iterator[str]:
    """A section for each table under a model, in the order of the file."""
    schemas = model.model_json_schema(by_alias=True)["properties"]
    for name, field in model.model_fields.items():
        key, inner = field.alias or name, inner_model(field.annotation)
        if inner is None:
            if not above and schemas[key].get("type") == "object":
                yield from free_table(key, field, schemas[key])
            continue
        header = heading(key, field, above)
        yield f"### `{header}`\n"
        yield f"{(inner.__doc__ or '').strip()}\n"
        yield from keys(inner)
        yield from tables(inner, header)


def heading(key: str, field: FieldInfo, above: str) -> str:
    """How the table is written in the file."""
    listed = str(field.annotation).startswith("list")
    named = str(field.annotation).startswith("dict")
    if not above:
        return f"[[{key}]]" if listed else f"[{key}]"
    owner = above.strip("[]")
    return f"[{owner}.{key}.NAME]" if named else f"{key} = [{{ ... }}] in {above}"


def keys(model: type[BaseModel]) -> Iterator[str]:
    """The table of a model's keys."""
    schema = model.model_json_schema(by_alias=True)
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for name, field in model.model_fields.items():
        key = field.alias or name
        says = schema["properties"][key]
        yield f"| `{key}` | {kind(says)} | {default(field, says)} | {field.description} |"
    yield ""


def free_table(key: str, field: FieldInfo, schema: dict[str, object]) -> Iterator[str]:
    """A table whose keys the user chooses."""
    inner = entries(schema)
    of = entries(inner) if inner else None
    yield f"### `{f'[{key}.NAME]' if of else f'[{key}]'}`\n"
    yield f"{field.description}\n"
    yield f"Each value: {kind(of or inner)}.\n"


def entries(schema: dict[str, object]) -> dict[str, object] | None:
    """The schema of a table's values, whatever its keys."""
    by_pattern = schema.get("patternProperties")
    inner = next(iter(by_pattern.values())) if isinstance(by_pattern, dict) else schema.get("additionalProperties")
    return inner if isinstance(inner, dict) else None


def kind(schema: object) -> str:
    """The values that a JSON Schema takes, in words."""
    if not isinstance(schema, dict):
        return "anything"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(k for s in schema["anyOf"] if (k := kind(s)) != "nothing"))
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{v}`" for v in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}" if "$ref" not in schema["items"] else "list of tables"
    if schema.get("type") == "null":
        return "nothing"
    if schema.get("type") == "object" or "$ref" in schema:
        return "table"
    return scalar(schema)


def scalar(schema: dict[str, object]) -> str:
    """A single value, with examples where its form matters."""
    if schema.get("format") == "date":
        return "local date"
    if "pattern" in schema and "T ]" in str(schema["pattern"]):
        return "local time"
    examples = schema.get("examples")
    shown = ", ".join(f'`"{e}"`' for e in examples) if isinstance(examples, list) else ""
    bound = " > 0" if "exclusiveMinimum" in schema else " >= 0" if "minimum" in schema else ""
    return (f"text: {shown}" if shown else PLAIN.get(str(schema.get("type")), "text")) + bound


def default(field: FieldInfo, schema: dict[str, object]) -> str:
    """The value of a key that is left out."""
    if field.is_required():
        return "**must be said**"
    value = schema.get("default")
    return "" if value in (None, "") else f"`{json.dumps(value)}`"


def inner_model(annotation: object) -> type[BaseModel] | None:
    """The model inside `list[Model]`, `dict[str, Model]` or `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := inner_model(a))), None)


def state_maps() -> Iterator[str]:
    """What each preset calls a state, by the state that it leads to."""
    yield "### State maps by name\n"
    yield "| preset | " + " | ".join(f"`{s}`" for s in State) + " |"
    yield "|---|" + "---|" * len(State)
    for name, states in STATE_MAPS.items():
        said = [", ".join(k for k, v in states.items() if v is s) for s in State]
        yield f"| `{name}` | " + " | ".join(said) + " |"
    yield ""


def roles() -> Iterator[str]:
    """What a signal may mean, and the time elements."""
    yield "### Roles\n"
    yield "| role | what it is |"
    yield "|---|---|"
    yield from (f"| `{role}` | {meaning} |" for role, meaning in ROLES.items())
    yield ""
    yield "### Time elements\n"
    yield "ISO 22400-2: " + ", ".join(f"`{e}`" for e in Element) + "."


def main(arguments: list[str]) -> int:
    """Write or compare the page; the exit code."""
    old = PAGE.read_text("utf-8")
    new = page(old)
    if "--check" in arguments and new != old:
        print("docs/plant-toml.md is out of date: run `python docs/plant_toml.py`.")
        return 1
    PAGE.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
