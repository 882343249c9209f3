"""What a person may change of a proposal before it is written."""

from ..acquire.guess.change import KINDS, STATE_NAMES, confirmed, corrected, numbered, state_told
from ..plant import ROLES
from ..plant.states import STATE_MAPS


def choices(of: str) -> tuple[str, ...]:
    """The roles, kinds, states or state maps that there are."""
    return {"roles": tuple(ROLES), "kinds": KINDS, "states": STATE_NAMES, "maps": tuple(STATE_MAPS)}[of]


__all__ = ["choices", "confirmed", "corrected", "numbered", "state_told"]
