"""MTConnect agents: what they say as they say it, and what their buffer kept while nobody listened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from ...catalog import connector
from ...units import Micros
from ..link import Link, Packet
from .agent import Agent, where
from .follow import Follow, Pace
from .look import browse, trial


@connector(schemes=("mtconnect", "http", "https"), browse=browse, trial=trial)
async def mtconnect(
    link: Link,
    url: str,
    device: str = "",
    interval: Micros = 500_000,
    heartbeat: Micros = 5_000_000,
    most: int = 2_000,
    user: str = "",
) -> AsyncIterator[Packet]:
    """An MTConnect agent, 1.2 or newer.

    A signal's address is the id of a data item, `Xact`, or `device/Xact` where two devices of an agent share ids;
    `vars[100]` is an entry of a data set, `offsets[T1.LENGTH]` a cell of a table, `pos[0]` a coordinate. A state such
    as Execution needs `states = "mtconnect"`. A condition is 1 while a fault of it is active, else 0, and its text
    names all faults and warnings that are, with their native codes. UNAVAILABLE is bad.

    The agent sends what changes. After an outage its buffer is read from where it was left; what it no longer holds
    stays a gap, and so does what was said before an agent was restarted.

    Parameters
    ----------
    url
        `http://10.0.0.7:5000`, or `mtconnect://10.0.0.7` (port 5000 where none is named).
    device
        Only this device of the agent, by name or uuid.
    interval
        The shortest time between two documents that the agent sends.
    heartbeat
        The longest: an agent that is silent for more than twice as long is lost.
    most
        How many observations a document may have.
    user
        Who asks, where the agent wants to know; the secret `password` of the source goes with it.

    Examples
    --------
    ::

        [[source]]
        name = "mill-agent"
        connector = "mtconnect"
        url = "http://10.0.0.7:5000"

        [[machine]]
        path = "line-1/mill-2"
        [machine.signals.state]
        states = "mtconnect"
        address = "execution"
        [machine.signals.total_count]
        address = "PartCountAct"

    References
    ----------
    MTConnect Standard 2.4, Part 1: Fundamentals (sequence numbers, buffer, streaming); Part 3: Observations.
    """
    login = (user, link.secret("password") or "") if user else None
    pace = Pace(interval // 1000, heartbeat // 1000, most)
    async with (
        Agent(where(url, device), 2 + 2 * heartbeat / 1e6, login) as agent,
        aclosing(Follow(agent, link, pace).packets()) as packets,
    ):
        async for packet in packets:
            yield packet
