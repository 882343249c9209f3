"""Over which source each signal of the demo is heard: by default a gateway a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...model import Window
from .hours import Days
from .layout import LOST, SOURCES


@dataclass(frozen=True, slots=True)
class Wires:
    """Which source hears a signal (by the signal's path), and under which address.

    `settings` has what plant.toml says of each source below its name; `lost` is the source that was lost for a while;
    `more_of` has further keys of a signal, such as its scale.
    """

    settings: Mapping[str, str]
    source_of: Callable[[str], str]
    lost: str
    address_of: Callable[[str], str] = lambda path: ""
    more_of: Callable[[str], str] = lambda path: ""

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(self.settings)

    def keys_of(self, path: str) -> str:
        """The keys of a signal in plant.toml that say where it comes from."""
        address = self.address_of(path)
        return (
            f'source = "{self.source_of(path)}"\n'
            + (f"address = '{address}'\n" if address else "")
            + self.more_of(path)
        )

    def lost_window(self, days: Days) -> Window:
        """When nobody heard the lost source; empty where that is not among the days."""
        since, until = days.local(LOST[1]), days.local(LOST[2])
        return Window(since, until) if since in days.window else Window(0, 0)


def _gateway(path: str) -> str:
    return SOURCES[path.partition("/")[0]]


GATEWAYS = Wires(dict.fromkeys(SOURCES.values(), 'connector = "simulated"\n'), _gateway, LOST[0])
