"""What is to be monitored: the addresses of plant.toml as nodes of a server, and which of them it refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.uaerrors import UaStatusCodeError

from .addresses import Address, Step, address
from .decode import BadAnswer
from .session import Session, node_of
from .values import Plan

BAD_NODE_ID_INVALID, BAD_NODE_ID_UNKNOWN = 0x80330000, 0x80340000
VALUE = AttributeIds.Value
BAD_TOO_MANY_OPERATIONS = 0x80100000
LOST = {0x80250000, 0x80260000, 0x80270000, 0x80280000}
"""BadSessionIdInvalid, -Closed, -NotActivated, BadSubscriptionIdInvalid: no matter of the items."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the server looks and tells (microseconds), and how many values of an item it keeps meanwhile."""

    publishing: int
    sampling: int
    queue: int


@dataclass(slots=True)
class Items:
    """The nodes behind the addresses, each once, known by its handle.

    Attributes
    ----------
    places
        By handle: one address of the node.
    plan
        Which addresses each handle feeds.
    wrong
        Addresses (by place) that are none.
    refused
        Handles that the server refuses, with its status.
    """

    places: tuple[Address, ...]
    plan: Plan
    wrong: tuple[int, ...]
    refused: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, addresses: Sequence[str]) -> Items:
        """The items that these addresses need."""
        handles: dict[tuple[str | int, str], int] = {}
        places: list[Address] = []
        plain: list[int] = []
        inside: dict[int, list[tuple[int, tuple[Step, ...]]]] = {}
        wrong = []
        for place, written in enumerate(addresses):
            found = address(written)
            if found is None:
                wrong.append(place)
                continue
            handle = handles.setdefault((found.space, found.name), len(handles))
            if handle == len(places):
                places.append(found)
                plain.append(-1)
            if found.path or plain[handle] >= 0:
                inside.setdefault(handle, []).append((place, found.path))
            else:
                plain[handle] = place
        return cls(tuple(places), Plan(tuple(addresses), np.array(plain, np.int64), inside), tuple(wrong))

    def fed(self, handle: int) -> list[int]:
        """The addresses (by place) that a handle feeds."""
        whole = int(self.plan.plain[handle])
        return [p for p in (whole,) if p >= 0] + [place for place, _ in self.plan.inside.get(handle, ())]

    async def monitor(
        self, session: Session, subscription: int, handles: Iterable[int], pace: Pace
    ) -> Mapping[int, int]:
        """Have these handles monitored; those that are refused, with the server's status."""
        refused: dict[int, int] = {}
        known: list[tuple[int, str]] = []
        for handle in handles:
            node = self.places[handle].node(session.namespaces)
            if node is None:
                refused[handle] = BAD_NODE_ID_UNKNOWN
            else:
                known.append((handle, node))
        most = session.limits["monitor"]
        for first in range(0, len(known), most):
            part = known[first : first + most]
            results = await _tried(session, subscription, part, pace)
            refused |= {h: s for (h, _), s in zip(part, results, strict=True) if s >> 30 >= 2}
        return refused


async def _tried(session: Session, subscription: int, part: Sequence[tuple[int, str]], pace: Pace) -> list[int]:
    """Create monitored items; the status of each. What is too much at once is asked in halves."""
    try:
        return await _created(session, subscription, part, pace)
    except (BadAnswer, UaStatusCodeError) as error:
        code = error.code
    if code in LOST:
        raise BadAnswer(code)
    if code != BAD_TOO_MANY_OPERATIONS or len(part) == 1:
        return [code] * len(part)
    half = len(part) // 2
    first = await _tried(session, subscription, part[:half], pace)
    return first + await _tried(session, subscription, part[half:], pace)


async def _created(session: Session, subscription: int, part: Sequence[tuple[int, str]], pace: Pace) -> list[int]:
    """Create monitored items; the status of each."""
    request = ua.CreateMonitoredItemsRequest()
    request.Parameters.SubscriptionId = ua.IntegerId(subscription)
    request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
    request.Parameters.ItemsToCreate = [
        ua.MonitoredItemCreateRequest(
            ItemToMonitor=ua.ReadValueId(NodeId=node_of(node), AttributeId=VALUE),
            MonitoringMode=ua.MonitoringMode.Reporting,
            RequestedParameters=ua.MonitoringParameters(
                ClientHandle=ua.IntegerId(handle),
                SamplingInterval=pace.sampling / 1_000,
                QueueSize=ua.Counter(pace.queue),
                DiscardOldest=True,
            ),
        )
        for handle, node in part
    ]
    answer = await session.call(request, ua.CreateMonitoredItemsResponse)
    return [int(r.StatusCode.value) for r in answer.Results]
