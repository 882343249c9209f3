"""What a mapping may say: one `[[source]]` table with `connector = "files"`, parsed into frozen dataclasses."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from ...errors import BadConfig, BadInput
from ...units import duration

Format = Literal["auto", "csv", "excel", "parquet", "jsonl", "lineprotocol", "stdf"]
STRICT = ConfigDict(extra="forbid")
MEBIBYTE = 1 << 20
ORDER_FIELDS = ("order", "product", "quantity", "since", "until")
MEASUREMENT_FIELDS = (
    *("unit", "step", "test", "value", "low", "high", "passed", "measure", "number", "seconds"),
    *("lot", "wafer", "product", "x", "y", "site", "hard", "soft"),
)
"""What a column of measurements may lead to; any other name is a fact of the unit (who, gauge, machine tool...)."""
OF_VALUES = ("test", "value", "low", "high", "measure", "number")
"""What a file with a column for each test says of the tests, not of the units."""
FACT = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeColumn:
    """Where the time of a row stands and how it is written.

    `column` is one column; `columns` are several that make the time together (a date and a time of day).
    `format` is "auto", "iso", "s", "ms", "us", "ns" (since 1970), "excel" (days since 1899-12-30) or a pattern such as
    "%d.%m.%Y %H:%M:%S". `zone` is the IANA zone of times without an offset; "" means the plant's.
    `ambiguous` says which pass of a repeated hour is meant, `missing` what to do with a time that the clock skipped.
    A file that has no time has its rows in order, `every` after each other: from `since` on (a local time), else from
    the moment at which the file was last written.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    column: str = ""
    columns: tuple[str, ...] = ()
    zone: str = ""
    format: str = "auto"
    ambiguous: Literal["infer", "first", "second", "reject"] = "infer"
    missing: Literal["shift", "reject"] = "shift"
    every: str = ""
    since: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return self.columns or ((self.column,) if self.column else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A column whose cells choose something: `map` says what each stands for, "" leaves the row out; or one `fixed`."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    column: str = ""
    map: Mapping[str, str] = field(default_factory=dict)
    fixed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What one column feeds: a signal's name (or whole path), the unit and scale of its cells, its quality column."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    signal: str
    unit: str = ""
    scale: float | None = None
    offset: float | None = None
    quality: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestColumn:
    """What the values of one column are: the name of the test, its unit and limits (also said by rows: `Heads`)."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    test: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    number: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Rows under the header that say something of each test: `column` holds the words by which each is known."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    column: str
    unit: str = ""
    low: str = ""
    high: str = ""

    @property
    def words(self) -> Mapping[str, str]:
        """What each word in the column stands for."""
        said = {self.unit: "unit", self.low: "low", self.high: "high"}
        return {word: what for word, what in said.items() if word}


def _as_test(given: object) -> object:
    return {"test": given} if isinstance(given, str) else given


def _as_time(given: object) -> object:
    return {"column": given} if isinstance(given, str) else given


def _as_machine(given: object) -> object:
    return {"fixed": given} if isinstance(given, str) else given


def _as_choice(given: object) -> object:
    return {"column": given} if isinstance(given, str) else given


def _as_target(given: object) -> object:
    return {"signal": given} if isinstance(given, str) else given


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMapping:
    """How the rows of a file become samples, orders or measurements.

    A file of a chip tester (`format = "stdf"`) says itself what it holds; only `machine` is needed: one path, or a
    column (tester, handler, program, lot...) with a map.

    A wide file has a column for each signal (`columns`); a long one names the signal in a column (`signal`, `value`).
    "" and "auto" mean: look at the file. `null` are the cells that say nothing, beside the empty cell; `block` is how
    many bytes are read at a time. Measurements may have a row for each unit and a column for each test (`tests`); where
    no column leads to `unit`, each row is a unit of its own, by the file's name and its line.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    format: Format = "auto"
    kind: Literal["samples", "orders", "measurements"] = "samples"
    time: Annotated[TimeColumn, BeforeValidator(_as_time)] = field(default_factory=TimeColumn)
    machine: Annotated[Choice, BeforeValidator(_as_machine)] = field(default_factory=Choice)
    columns: Mapping[str, Annotated[Target, BeforeValidator(_as_target)]] = field(default_factory=dict)
    tests: Mapping[str, Annotated[TestColumn, BeforeValidator(_as_test)]] = field(default_factory=dict)
    heads: Heads | None = None
    signal: Annotated[Choice | None, BeforeValidator(_as_choice)] = None
    value: str = ""
    unit: str = ""
    quality: Annotated[Choice | None, BeforeValidator(_as_choice)] = None
    delimiter: str = ""
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    encoding: str = "auto"
    quote: str = '"'
    null: tuple[str, ...] | None = None
    header: bool = True
    skip_rows: int = 0
    sheet: str | int = 0
    precision: Literal["ns", "us", "ms", "s"] = "ns"
    block: int = 8 * MEBIBYTE

    @property
    def long(self) -> bool:
        return self.signal is not None

    def needed(self) -> list[str]:
        """The columns that must be read, each once, in the order they are spoken of."""
        wide = [c for name, t in self.columns.items() for c in (name, t.quality)]
        chosen = [c.column for c in (self.machine, self.signal, self.quality) if c]
        heads = [self.heads.column] if self.heads else []
        return list(dict.fromkeys(c for c in (*self.time.names, *chosen, self.value, *wide, *self.tests, *heads) if c))

    def described(self) -> Mapping[str, object]:
        """The mapping as plain values, the same for the same meaning: part of a file's identity."""
        said = {k: v for k, v in asdict(self).items() if v or k not in ("tests", "heads")}
        return said | {"time": {k: v for k, v in said["time"].items() if v or k not in ("every", "since")}}


_ADAPTER = TypeAdapter(FileMapping)


def read_mapping(settings: Mapping[str, object], *, name: str = "files") -> FileMapping:
    """Read the settings of a `[[source]]` table with `connector = "files"`.

    Parameters
    ----------
    settings : Mapping[str, object]
        The keys of the table; `name`, `connector` and `folder` (where a running plant looks) may be among them.
    name : str
        The source's name, for messages.

    Returns
    -------
    FileMapping
        The mapping, whole and consistent in itself (whether the plant has its signals is `bind`'s question).

    Raises
    ------
    BadConfig
        A key is unknown, a value is of the wrong kind, or two keys contradict each other; all of them are named.

    Examples
    --------
    >>> read_mapping({"time": "ts", "machine": "line-1/press-3", "columns": {"status": "state"}}).time.column
    'ts'
    >>> read_mapping({"time": "ts", "delimitr": ";"})
    Traceback (most recent call last):
    andon.errors.BadConfig: source 'files': there is no key 'delimitr'. Did you mean 'delimiter'?
    """
    plain = {k: v for k, v in settings.items() if k not in ("name", "connector", "folder")}
    try:
        mapping = _ADAPTER.validate_python(plain)
    except ValidationError as error:
        raise BadConfig(f"source {name!r}: " + "; ".join(_mistake(dict(e)) for e in error.errors())) from None
    mistakes = _contradictions(mapping)
    if mistakes:
        raise BadConfig(f"source {name!r}: " + "; ".join(mistakes))
    return mapping


def _mistake(error: Mapping[str, object]) -> str:
    place = error["loc"]
    where = ".".join(str(p) for p in place if "[" not in str(p)) if isinstance(place, tuple) else ""
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        known = _keys(where.rpartition(".")[0])
        near = get_close_matches(where.rpartition(".")[2], known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
        return f"there is no key {where!r}. {hint}"
    return f"{where!r} is {error['input']!r}. {error['msg']}."


def _keys(place: str) -> list[str]:
    kinds = {"": FileMapping, "time": TimeColumn, "heads": Heads, "columns": Target, "tests": TestColumn}
    kind = kinds.get(place.partition(".")[0], Choice)
    return [f.name for f in fields(kind)]


def _contradictions(mapping: FileMapping) -> list[str]:
    return [text for wrong, text in (*_shape(mapping), *_wording(mapping)) if wrong]


def _shape(m: FileMapping) -> list[tuple[bool, str]]:
    machine = [
        (bool(m.machine.fixed and m.machine.column), "'machine' is either one path or a column"),
        (bool(m.machine.map) and not m.machine.column, "'machine.map' needs 'machine.column'"),
    ]
    if m.format == "stdf":
        return [*machine, (bool(m.columns or m.signal), "a file of a tester has no columns: leave 'columns' out")]
    lines, samples = m.format == "lineprotocol", m.kind == "samples"
    fields = {t.signal for t in m.columns.values()}
    allowed = ORDER_FIELDS if m.kind == "orders" else MEASUREMENT_FIELDS
    facts = m.kind == "measurements"
    unknown = [] if samples else sorted(f for f in fields - set(allowed) if not facts or not FACT.fullmatch(f))
    of_values = set() if m.tests else {"unit"} if lines else {"unit", "test"}
    needed = {"orders": {"order", "since"}, "measurements": of_values}
    missing = sorted(needed.get(m.kind, set()) - fields)
    return [
        (
            not m.time.names and not m.time.every and not lines and m.kind != "orders",
            "'time' is missing: name the column with the time, or say how far apart the rows are: time.every",
        ),
        (
            bool(m.time.every) and (bool(m.time.names) or lines or m.kind == "orders"),
            "'time.every' is for rows without a time of their own",
        ),
        (bool(m.time.since) and not m.time.every, "'time.since' needs 'time.every'"),
        (
            bool(m.time.every) and not _is_length(m.time.every),
            f"'time.every' is {m.time.every!r}: write a number and us, ms, s, min, h, d or w, as in '1 min'",
        ),
        (m.long and bool(m.columns) and samples, "give 'columns' (wide) or 'signal' (long), not both"),
        (samples and not m.long and not m.columns and not lines, "'columns' or 'signal' is missing"),
        (m.long and not m.value, "'value' is missing: name the column with the value of the signal"),
        (
            bool(unknown),
            f"'columns' leads to {unknown}; kind = {m.kind!r} knows {', '.join(allowed)}{', and facts' * facts}",
        ),
        (bool(missing), f"'columns' must lead to {', '.join(missing)} for kind = {m.kind!r}"),
        *machine,
        *_wide_tests(m, fields),
    ]


def _wide_tests(m: FileMapping, fields: set[str]) -> list[tuple[bool, str]]:
    """Does a file with a column for each test leave open what a value is?"""
    twice = sorted(fields.intersection(OF_VALUES)) if m.tests else []
    return [
        (
            bool(m.tests) and (m.kind != "measurements" or m.format == "lineprotocol"),
            "'tests' needs kind = 'measurements' and columns",
        ),
        (bool(twice), f"'tests' has a column for each test, so 'columns' cannot lead to {', '.join(twice)}"),
        (m.heads is not None and not m.tests, "'heads' speaks of the columns of 'tests', and there are none"),
    ]


def _wording(m: FileMapping) -> list[tuple[bool, str]]:
    marks = [x for x in (m.delimiter, m.quote, m.thousands) if x]
    return [
        (
            any(len(x) != 1 or ord(x) > 255 for x in (m.delimiter, m.quote) if x),
            "'delimiter' and 'quote' are one character each",
        ),
        (len(m.thousands) > 1 or m.thousands == m.decimal, "'thousands' is one character, and not the decimal sign"),
        (len(set(marks)) < len(marks), "'delimiter', 'quote' and 'thousands' must differ"),
        (m.skip_rows < 0 or m.block < 1024, "'skip_rows' is at least 0 and 'block' at least 1024 bytes"),
        (
            not _is_format(m.time.format),
            f"'time.format' is {m.time.format!r}: write auto, iso, s, ms, us, ns, excel or a pattern like "
            "'%d.%m.%Y %H:%M:%S'",
        ),
        (
            bool(m.time.zone) and not _is_zone(m.time.zone),
            f"'time.zone' is {m.time.zone!r}: that is no IANA zone such as 'Europe/Berlin'",
        ),
    ]


def _is_format(text: str) -> bool:
    return text in ("auto", "iso", "s", "ms", "us", "ns", "excel") or "%" in text


def _is_length(text: str) -> bool:
    try:
        return duration(text) > 0
    except BadInput:
        return False


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
