"""The owner's door: other processes on this computer ask it for what the historian does, over loopback, with a key."""

import secrets
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from threading import Lock, Thread

from .. import errors
from ..errors import AndonError, NotConnected
from .lock import Owner

LOOPBACK = "127.0.0.1"
Answer = tuple[str, object]


@dataclass(slots=True)
class Door:
    """Answers calls of the methods named in `calls`, one thread for each caller, until closed."""

    calls: Mapping[str, Callable[..., object]]
    key: str = field(default_factory=lambda: secrets.token_hex(32))
    listener: Listener | None = None
    callers: set[Connection] = field(default_factory=set)
    thread: Thread | None = None

    def open(self) -> int:
        """Listen on a free port of this computer; the port."""
        self.listener = Listener((LOOPBACK, 0))
        self.thread = Thread(target=self._listen, name="andon historian door", daemon=True)
        self.thread.start()
        address = self.listener.address
        assert isinstance(address, tuple)
        return int(address[1])

    def close(self) -> None:
        """Let nobody in any more and send everybody home."""
        listener, self.listener = self.listener, None
        if listener is None:
            return
        with suppress(OSError):
            Client(listener.address).close()  # wakes the thread that waits for callers; it need not be greeted
        if self.thread:
            self.thread.join(5)
        listener.close()
        for caller in list(self.callers):
            _hang_up(caller)

    def _listen(self) -> None:
        while (listener := self.listener) is not None:
            try:
                caller = listener.accept()
            except ConnectionError:
                continue  # a caller that went away at the door
            except OSError:
                return
            self.callers.add(caller)
            Thread(target=self._serve, args=(caller,), name="andon historian caller", daemon=True).start()

    def _serve(self, caller: Connection) -> None:
        """Answer one caller who knows the key; a stranger who is silent keeps nobody else waiting."""
        key = bytes.fromhex(self.key)
        try:
            deliver_challenge(caller, key)
            answer_challenge(caller, key)
            while self.listener is not None:
                caller.send(self._answer(*caller.recv()))
        except (AuthenticationError, EOFError, OSError):
            pass  # a stranger, or the caller has gone
        finally:
            self.callers.discard(caller)
            caller.close()

    def _answer(self, name: str, args: tuple[object, ...], named: dict[str, object]) -> Answer:
        if name not in self.calls:
            return "NotAllowed", f"The historian does not answer {name!r} to other processes."
        try:
            return "", self.calls[name](*args, **named)
        except AndonError as error:
            return type(error).__name__, str(error)
        except Exception as error:  # the outermost frame of this thread: the caller must hear of it
            return "AndonError", f"The owner failed at {name!r}: {type(error).__name__}: {error}"


def _hang_up(caller: Connection) -> None:
    """End a connection on which another thread waits: that one hears the end, and closes it."""
    with suppress(OSError):
        line = socket.socket(fileno=caller.fileno())
        try:
            line.shutdown(socket.SHUT_RDWR)
        finally:
            line.detach()


@dataclass(slots=True)
class Caller:
    """The other side of a door."""

    link: Connection
    lock: Lock = field(default_factory=Lock)

    def ask(self, name: str, *args: object, **named: object) -> object:
        """Have the owner do something; its errors are raised here."""
        try:
            with self.lock:
                self.link.send((name, args, named))
                kind, answer = self.link.recv()
        except (EOFError, OSError) as error:
            raise NotConnected(
                "The process that owns this history has gone. Open the folder again; nothing acknowledged is lost."
            ) from error
        if kind:
            raise _error(kind, str(answer))
        return answer

    def method(self, name: str) -> Callable[..., object]:
        return partial(self.ask, name)


def call(owner: Owner) -> Caller | None:
    """Go to an owner's door; None if nobody opens."""
    try:
        return Caller(Client((LOOPBACK, owner.port), authkey=bytes.fromhex(owner.key)))
    except (OSError, EOFError, AuthenticationError):
        return None


def _error(kind: str, text: str) -> AndonError:
    """An error of the owner, as the same kind of error here (some are not made of one text)."""
    family = getattr(errors, kind, AndonError)
    error = family.__new__(family) if isinstance(family, type) and issubclass(family, AndonError) else AndonError()
    error.args = (text,)
    return error
