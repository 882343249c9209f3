"""What Sparkplug edge nodes have: asked for their births, every metric as an offer; and a trial of the broker."""

from __future__ import annotations

from collections.abc import Sequence

from ..broker import Tls, Version, access, connect, listen, try_link, visiting
from ..link import Link, Offer, Trial
from .addresses import names

LISTEN, MOST = 5.0, 100_000


async def browse(
    link: Link,
    url: str,
    groups: tuple[str, ...] = (),
    user: str = "",
    client_id: str = "",
    version: Version = "3.1.1",
    tls: Tls | None = None,
) -> list[Offer]:
    """Listen for some seconds, ask every node that is heard for its births, and offer all metrics.

    It looks only: it does not say that a host is online.
    """
    from .births import Births, offers

    broker = await connect(visiting(access(link, url, user=user, client_id=client_id, version=version, tls=tls)))
    births = Births(broker)
    try:
        for name in names(link):
            await births.ask(name)
        await listen(broker, _filters(groups), most=MOST, seconds=LISTEN, each=births.hear)
    finally:
        await broker.close()
    return offers(births.payloads)


async def trial(
    link: Link,
    url: str,
    groups: tuple[str, ...] = (),
    user: str = "",
    client_id: str = "",
    version: Version = "3.1.1",
    tls: Tls | None = None,
) -> list[Trial]:
    """Reach the broker, log in, subscribe, and wait for a message of an edge node."""
    return await try_link(
        lambda: access(link, url, user=user, client_id=client_id, version=version, tls=tls),
        _filters(groups),
        "no edge node says anything there; is this the broker that they use, and is the group spelled right?",
    )


def _filters(groups: Sequence[str]) -> list[str]:
    return [f"spBv1.0/{g}/+/+/#" for g in (groups or ["+"])]  # not the STATEs of hosts
