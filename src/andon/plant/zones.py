"""Local time and instants: what a wall clock in any IANA zone means in microseconds UTC."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from ..errors import BadInput, UnknownName
from ..model import EPOCH, Window, micros, moment
from ..units import SECOND

DAY = timedelta(days=1)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The names of all IANA time zones."""
    return frozenset((resources.files("tzdata") / "zones").read_text("utf-8").split())


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The rules of a time zone, from the tzdata package, so that every machine computes the same instants.

    Raises
    ------
    UnknownName
        No zone has that name.

    Examples
    --------
    >>> zone_of("Europe/Berlin").key
    'Europe/Berlin'
    """
    if name not in zone_names():
        raise UnknownName("time zone", name, zone_names())
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


@lru_cache(maxsize=65536)
def instant(zone: str, day: date, clock: time = time.min) -> int:
    """The instant at which a wall clock shows `clock` on `day`.

    A local time that occurs twice (clocks go back) is its first occurrence. One that never occurs (clocks go forward)
    is the first instant after the gap, so a later local time never comes before an earlier one.

    Returns
    -------
    int
        Microseconds since 1970-01-01T00:00Z.

    Examples
    --------
    >>> moment(instant("Europe/Berlin", date(2026, 3, 29), time(2, 30))).isoformat()
    '2026-03-29T01:00:00+00:00'
    >>> moment(instant("Africa/Cairo", date(2026, 4, 24))).isoformat()
    '2026-04-23T22:00:00+00:00'
    """
    rules = zone_of(zone)
    wall = datetime.combine(day, clock)
    before, after = (micros(wall.replace(tzinfo=rules, fold=fold)) for fold in (0, 1))
    if _wall(before, rules) == wall:
        return before
    # In a gap fold=0 reads the clock as before the change, which gives the later instant of the two.
    return _first_showing(wall, rules, early=after, late=before)


def _first_showing(wall: datetime, rules: ZoneInfo, *, early: int, late: int) -> int:
    """The first instant in (early, late] at which the clock shows `wall` or later, to the second."""
    while late - early > SECOND:
        middle = (early + late) // (2 * SECOND) * SECOND
        middle = middle if middle > early else early + SECOND
        early, late = (early, middle) if _wall(middle, rules) >= wall else (middle, late)
    return late


def _wall(at: int, rules: ZoneInfo) -> datetime:
    return (EPOCH + timedelta(microseconds=at)).astimezone(rules).replace(tzinfo=None, fold=0)


def local(at: int, zone: str) -> datetime:
    """What a clock in `zone` shows at an instant, with its offset."""
    return moment(at).astimezone(zone_of(zone))


def clock_text(at: int, zone: str) -> str:
    """A moment on the plant's clocks, to the second, as people read it.

    >>> clock_text(0, "Asia/Shanghai")
    '1970-01-01 08:00:00'
    """
    return f"{local(at, zone):%Y-%m-%d %H:%M:%S}"


def day_windows(zone: str, window: Window, by: str = "day") -> list[tuple[str, Window]]:
    """The local calendar days, ISO weeks or months that touch `window`, whole, with their names.

    Each begins at local midnight (or at the first instant after it, where clocks skip midnight), so a day has 23, 24
    or 25 hours, and a day that a zone skipped altogether is left out. Cut them with `& window` if need be.

    Parameters
    ----------
    zone
        IANA name.
    window
        The stretch to cover.
    by
        "day" (2022-09-05), "week" (2022-W36) or "month" (2022-09).

    Examples
    --------
    >>> window = Window.of(*(datetime.fromisoformat(t) for t in ("2026-03-28T12:00Z", "2026-03-30T12:00Z")))
    >>> [(name, w.duration // 3_600_000_000) for name, w in day_windows("Europe/Berlin", window)]
    [('2026-03-28', 24), ('2026-03-29', 23), ('2026-03-30', 24)]
    """
    if by not in ("day", "week", "month"):
        raise UnknownName("calendar unit", by, ("day", "week", "month"))
    first, found = start_of(by, local(window.since, zone).date()), []
    # A repeated date (a zone that moved over the date line) begins before it seems to.
    first = start_of(by, first - DAY)
    while (since := instant(zone, first)) < window.until:
        following = start_after(by, first)
        whole = Window(since, instant(zone, following))
        if whole.duration and whole.until > window.since:
            found.append((name_of(by, first), whole))
        first = following
    return found


def start_of(by: str, day: date) -> date:
    """The first day of the day, week or month that holds `day`."""
    if by == "week":
        return day - DAY * day.weekday()
    return day.replace(day=1) if by == "month" else day


def start_after(by: str, first: date) -> date:
    """The first day of the day, week or month that follows the one beginning on `first`."""
    return start_of(by, first + DAY * {"day": 1, "week": 7, "month": 31}[by])


def name_of(by: str, first: date) -> str:
    """`2022-09-05`, `2022-W36` or `2022-09`."""
    if by == "week":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02}"
    return first.isoformat()[:7] if by == "month" else first.isoformat()


def clock(text: str) -> time:
    """Read a local time of day such as `06:00`; `24:00` is midnight at the end of the day.

    >>> clock("6:00"), clock("24:00")
    (datetime.time(6, 0), datetime.time(0, 0))
    """
    padded = text.strip().zfill(5) if len(text.strip().split(":")[0]) == 1 else text.strip()
    try:
        return time.min if padded in ("24:00", "24:00:00") else time.fromisoformat(padded)
    except ValueError:
        raise BadInput(f"{text!r} is not a time of day. Write hours and minutes: '06:00'.") from None
