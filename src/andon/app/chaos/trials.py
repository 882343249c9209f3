"""The trials: which fault befalls what, for how long, and which sources feel it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass

from ...acquire.simulated.floor.faults import FAULTS
from ...acquire.simulated.floor.floor import BROKER
from .site import ChaosSite


@dataclass(frozen=True, slots=True)
class Trial:
    """A fault (one of the floor's, or one of Andon's own: `ANDON`), what it befalls, and for how many seconds."""

    fault: str
    at: str
    seconds: float

    def felt(self, site: ChaosSite) -> list[str]:
        """The sources whose samples it may cost."""
        if self.at == "andon":
            return site.sources
        if self.at == BROKER:
            return [n for n in site.sources if site.floor.servers[n].kind in ("mqtt", "sparkplug")]
        return [self.at]

    def begin(self, site: ChaosSite) -> None:
        if self.at == "andon":
            ANDON[self.fault][0](site)
        else:
            FAULTS[self.fault].begin(site.floor, self.at, 0)

    def end(self, site: ChaosSite) -> None:
        if self.at == "andon":
            ANDON[self.fault][1](site)
        else:
            FAULTS[self.fault].end(site.floor, self.at)


def _freeze(site: ChaosSite) -> None:
    assert site.andon is not None
    site.andon.send_signal(signal.SIGSTOP)


def _thaw(site: ChaosSite) -> None:
    assert site.andon is not None
    site.andon.send_signal(signal.SIGCONT)


ANDON: dict[str, tuple[Callable[[ChaosSite], None], Callable[[ChaosSite], None]]] = {
    "kill": (ChaosSite.kill, ChaosSite.run),
    "freeze": (_freeze, _thaw),
    "full disk": (ChaosSite.fill, ChaosSite.empty),
}
"""What may be done to Andon: begin and end."""
SHORT = (Trial("kill", BROKER, 3), Trial("cut", "plc-1", 3), Trial("kill", "andon", 1))
"""For continuous integration: about a minute."""
LONG = (
    *(Trial("kill", at, 3) for at in ("plc-1", "lathes", "press-3", "packing", "cell-2", "cell-3", BROKER, "andon")),
    *(Trial("freeze", at, 8) for at in ("plc-1", "lathes", "press-3", BROKER, "andon")),
    *(Trial("cut", at, 5) for at in ("plc-1", "lathes", "press-3", "cell-3", BROKER)),
    *(Trial("slow", at, 6) for at in ("plc-1", BROKER)),
    Trial("renumber", "plc-1", 1),
    *(Trial("flood", at, 5) for at in ("plc-1", "cell-2", "cell-3")),
    Trial("skew", "plc-1", 5),
    Trial("full disk", "andon", 10),
)
"""Everything, in about a quarter of an hour."""
