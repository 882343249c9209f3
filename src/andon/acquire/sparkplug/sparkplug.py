"""A Sparkplug B 3.0 host application: births, data and deaths of edge nodes to rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

from ...catalog import connector
from ...units import Micros
from ..broker import Tls, Version, access, visiting
from ..link import BAD_CONFIGURATION_ERROR, Link, Packet, rows_of
from .addresses import filters, names, wrong
from .browse import browse, trial

MOST, LINGER = 2_000, 0.2
ROWS = 50_000
"""From so many rows on a packet is made."""


@connector(schemes=("sparkplug+mqtt", "sparkplug+mqtts"), browse=browse, trial=trial)
async def sparkplug(
    link: Link,
    url: str,
    host_id: str = "andon",
    groups: tuple[str, ...] = (),
    reorder: Micros = 2_000_000,
    rebirth: Micros = 5_000_000,
    user: str = "",
    client_id: str = "",
    version: Version = "3.1.1",
    tls: Tls | None = None,
    keepalive: Micros = 10_000_000,
) -> AsyncIterator[Packet]:
    """Hear Sparkplug B edge nodes, as their host application.

    A signal's address is `group/node/device/metric name`; a metric of the node itself has no device:
    `works/line-1//Node Info/Uptime`. A member of a template is `.../instance name/member name`. A data set or an array
    is a text (JSON). A null is a value that is missing; what a dead node said last is not known any longer.
    Metrics marked as transient are not stored.

    While the disk is full the host says that it is offline, so that edge nodes that know it keep their data.

    Parameters
    ----------
    url
        The broker: mqtt://host:1883, or mqtts://host:8883 for TLS.
    host_id
        Our name as a host: edge nodes that have it as their primary host keep their data while we are away.
    groups
        Sparkplug groups to hear, if not just the nodes of the addresses.
    reorder
        How late a message may be that others overtook; then the node is asked for its births (Reorder Timeout).
    rebirth
        Time between two requests for the births of one node at least; it doubles while they do not come.
    user
        Who we are at the broker; the password is the secret `password`.
    client_id
        Our name at the broker; by default one is made and kept.
    version
        MQTT "3.1.1" or "5".
    tls
        Certificates: {ca = "ca.pem", certificate = "our.pem", key = "our.key", verify = true}.
    keepalive
        The broker is pinged four times as often, and lost after three pings without an answer.
    """
    # Protocol Buffers are loaded with the first connection, not to read plant.toml.
    from .host import begin, look
    from .nodes import Nodes
    from .table import Wanted

    reached = access(link, url, user=user, client_id=client_id, version=version, tls=tls, keepalive=keepalive)
    topics = filters(link, groups)
    host = await (look(visiting(reached), topics) if link.visit else begin(reached, host_id, topics))
    try:
        clock = asyncio.get_running_loop().time
        nodes = Nodes(Wanted.of(link), host.ask, reorder=reorder / 1e6, patience=rebirth / 1e6)
        nodes.expect(names(link), clock())
        yield Packet(rows_of((a, time.time_ns() // 1000, None, None, BAD_CONFIGURATION_ERROR) for a in wrong(link)))
        seen = 0.0
        while True:
            lot = await host.broker.messages(most=MOST, linger=LINGER, patience=nodes.due(clock()))
            for message in lot:
                nodes.hear(message.topic, message.payload, message.at // 1000, clock())
                if nodes.count > ROWS:
                    with host.stored_soon():
                        yield Packet(nodes.rows(clock()).table())
            nodes.tick(time.time_ns() // 1_000_000, clock())
            rows = nodes.rows(clock())
            if len(rows) or lot or host.broker.heard > seen:
                seen = host.broker.heard
                with host.stored_soon():
                    yield Packet(rows.table(), said=_said(wrong(link), nodes.silent))
            host.broker.acknowledge(lot)
    finally:
        await host.close()


def _said(wrong: Sequence[str], silent: Sequence[str]) -> str:
    """What is wrong although we are connected."""
    found = [f"no metric is named by {', '.join(wrong[:3])}: write group/node/device/metric name"] if wrong else []
    more = f" and {len(silent) - 3} more" if len(silent) > 3 else ""
    found += [f"edge nodes that are not there: {', '.join(sorted(silent)[:3])}{more}"] if silent else []
    return "; ".join(found)
