"""OPC UA client: subscriptions with source time and status, gaps filled from the server's history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from ...catalog import connector
from ...errors import NotConnected
from ...units import Micros
from ..link import Link, Offer, Packet, Trial
from .door import Door, Policy, Security, Trust

MISSING = "The OPC UA library is not installed: pip install asyncua"


async def browse(
    link: Link, url: str, security: Security = "None", policy: Policy = "best", user: str = "", trust: Trust = "listed"
) -> list[Offer]:
    """What the server has, with unit, value, and the roles that companion models tell."""
    try:
        from .browsed import browsed
    except ModuleNotFoundError as error:
        raise NotConnected(MISSING) from error
    return await browsed(link, Door(url, security, policy, user, trust))


async def trial(
    link: Link, url: str, security: Security = "None", policy: Policy = "best", user: str = "", trust: Trust = "listed"
) -> list[Trial]:
    """Try the server step by step, store nothing, say in plain words what is wrong."""
    try:
        from .tried import tried
    except ModuleNotFoundError as error:
        raise NotConnected(MISSING) from error
    return await tried(link, Door(url, security, policy, user, trust))


@connector(schemes=("opc.tcp",), browse=browse, trial=trial)
async def opcua(
    link: Link,
    url: str,
    *,
    security: Security = "None",
    policy: Policy = "best",
    user: str = "",
    trust: Trust = "listed",
    publishing: Micros = 500_000,
    sampling: Micros = 250_000,
    queue: int = 20,
    per_subscription: int = 10_000,
    history: bool = True,
) -> AsyncIterator[Packet]:
    """Subscribe to an OPC UA server.

    An address is a NodeId, its namespace best by URI, for servers may renumber them when they restart:
    `nsu=http://acme.com/press;s=Speed`, `ns=2;s=Speed`, `i=2258`. What is inside a value comes after an arrow:
    `ns=2;s=Temperatures -> [3]`, `ns=2;s=Job -> Order.Parts[0]`. An array or a structure as a whole is a text (JSON).

    Parameters
    ----------
    url
        Where the server is: opc.tcp://192.168.0.10:4840
    security
        How messages are protected: None, Sign or SignAndEncrypt. Our certificate is made on first use.
    policy
        Algorithms of the protection: best takes the safest that the server offers.
    user
        User name; its password is the source's secret "password". Empty for servers that let anybody in.
    trust
        Which server is trusted: listed (its certificate lies in sources/NAME/trusted of the plant folder), or first
        (the first it shows).
    publishing
        How often the server sends what has changed.
    sampling
        How often the server looks whether a value has changed.
    queue
        Values of a node that the server keeps until they are sent.
    per_subscription
        Nodes a subscription, for servers that take few.
    history
        Whether a gap is filled from the server's history, where it has one.

    Examples
    --------
    ::

        [[source]]
        name = "press-plc"
        connector = "opcua"
        url = "opc.tcp://192.168.0.10:4840"
        security = "SignAndEncrypt"
        user = "andon"                     # its password: the secret press-plc / password

        [[machine]]
        path = "line-1/press-3"
        [machine.signals.state]
        states = "packml"
        address = "nsu=http://acme.com/press;s=Status.StateCurrent"
        [machine.signals.power]
        unit = "kW"
        address = "ns=2;s=Power"
    """
    try:
        from .stream import Pace, Wish, stream
    except ModuleNotFoundError as error:
        raise NotConnected(MISSING) from error
    wish = Wish(Pace(publishing, sampling, queue), per_subscription, history)
    async with aclosing(stream(link, Door(url, security, policy, user, trust), wish)) as packets:
        async for packet in packets:
            yield packet
