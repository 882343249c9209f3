"""Passwords: argon2id hashes, checked in the same time whether there is a person or not."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..errors import BadInput

SHORTEST, LONGEST = 10, 256
AT_ONCE = threading.BoundedSemaphore(2)
"""A hash takes 64 MiB and a core: many logins at once wait for each other instead of filling the memory."""


def hashed(password: str, name: str) -> str:
    """The hash of a new password.

    Raises
    ------
    BadInput
        It is too short, too long, or too easy to guess.
    """
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise BadInput(f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(plain)}.")
    if len(set(plain.casefold())) < 5 or (len(name) > 3 and name.casefold() in plain.casefold()):
        raise BadInput("This password is easy to guess: it is made of few characters, or has the name in it.")
    with AT_ONCE:
        return _hasher().hash(plain)


def is_right(password: str, hashed: str | None) -> bool:
    """Does the password belong to the hash? Without a hash it takes as long, and does not."""
    nobody = _nobody()
    with AT_ONCE:
        try:
            fits = _hasher().verify(hashed or nobody, _plain(password)[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return fits and hashed is not None


def again(password: str) -> str:
    """The hash of a password that was right, made anew."""
    with AT_ONCE:
        return _hasher().hash(_plain(password))


def is_outdated(hashed: str) -> bool:
    """Was it made with weaker settings than are used today?"""
    return _hasher().check_needs_rehash(hashed)


def _plain(password: str) -> str:
    """The same password typed on two keyboards is the same text."""
    return unicodedata.normalize("NFKC", password)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("nobody's password")
