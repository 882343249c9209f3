"""The kind of a signal, from its role."""

from .written import SignalTable

COUNTS = ("total_count", "good_count", "reject_count", "rework_count")
KIND_OF = (
    {"state": "state", "alarm": "boolean", "vibration": "waveform"}
    | dict.fromkeys(COUNTS, "count")
    | (dict.fromkeys(("mode", "product", "order", "reason", "serial", "recipe"), "text"))
)
"""The usual kind of a role; all others are numbers."""


def kind_of(signal: SignalTable, name: str) -> str:
    """The kind of a signal: as written, or what its role usually is."""
    return signal.kind or KIND_OF.get(signal.role or name, "number")
