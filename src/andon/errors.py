"""Every error that a user may meet.

* AndonError
  - BadConfig          plant.toml says something we cannot do
  - UnknownName        no study, signal, machine, shift... has that name
  - BadQuestion        the arguments do not fit the study
  - NoData             the window holds nothing to study
  - NoCalendar         the question needs planned time and the plant has no shifts
  - BadInput           a file or a batch says something we cannot store
  - NotConnected       the machine does not answer
  - Owned              another process owns the plant folder
  - Damaged            something on disk is not as it was written
  - DiskFull           the disk took no more; nothing acknowledged was lost
  - NotAllowed         the person or token has not the right
  - Changed            somebody else changed it meanwhile
"""

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 200
"""Characters of a name that is not there which its error shows."""


class AndonError(Exception):
    """Base of every error raised on purpose; surfaces print it without a traceback."""


class BadConfig(AndonError):
    """plant.toml says something we cannot do."""


class BadQuestion(AndonError):
    """The arguments do not fit the study."""


class NoData(AndonError):
    """The window holds nothing to study."""


class NoCalendar(AndonError):
    """The question needs planned time and the plant has no shifts."""


class BadInput(AndonError):
    """A file or a batch says something we cannot store."""


class NotConnected(AndonError):
    """The machine does not answer."""


class Owned(AndonError):
    """Another process owns the plant folder."""


class Damaged(AndonError):
    """Something on disk is not as it was written."""


class DiskFull(AndonError):
    """The disk took no more; nothing acknowledged was lost."""


class NotAllowed(AndonError):
    """The person or token has not the right."""


class Changed(AndonError):
    """Somebody else changed it meanwhile."""


class UnknownName(AndonError):
    """No study, signal, machine, shift... has that name.

    >>> raise UnknownName("machine", "press3", ["press-3", "lathe-1"])
    Traceback (most recent call last):
    andon.errors.UnknownName: There is no machine 'press3'. Did you mean 'press-3'?
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        choices = sorted(known)
        near = get_close_matches(name[:SHOWN], choices, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(choices[:12]) or 'none'}."
        super().__init__(f"There is no {kind} {name if len(name) <= SHOWN else name[:SHOWN] + '…'!r}.{hint}")
