"""How a source's server is entered: its address, its security, a user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Security = Literal["None", "Sign", "SignAndEncrypt"]
Policy = Literal["best", "Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"]
Trust = Literal["listed", "first"]


@dataclass(frozen=True, slots=True)
class Door:
    """The way into a server.

    Attributes
    ----------
    url
        `opc.tcp://host:port/path`.
    security, policy
        How messages are protected, and by which algorithms.
    user
        Who; "" for nobody in particular.
    trust
        Whether the first certificate that a server shows is trusted from then on.
    """

    url: str
    security: Security = "None"
    policy: Policy = "best"
    user: str = ""
    trust: Trust = "listed"
