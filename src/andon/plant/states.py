"""What machines call their states, and what Andon calls them: maps by name for the usual standards."""

from collections.abc import Mapping

from ..model import State

RUNS, SETUP, IDLE, WAITS, HELD = State.PRODUCING, State.SETUP, State.IDLE, State.STARVED, State.HELD
FAULT, SERVICE, OFF, UNTOLD = State.FAULT, State.MAINTENANCE, State.OFF, State.UNKNOWN

PACKML_NAMES: Mapping[str, State] = {
    "Undefined": UNTOLD,
    "Clearing": FAULT,
    "Stopped": IDLE,
    "Starting": IDLE,
    "Idle": IDLE,
    "Suspended": WAITS,
    "Execute": RUNS,
    "Stopping": IDLE,
    "Aborting": FAULT,
    "Aborted": FAULT,
    "Holding": HELD,
    "Held": HELD,
    "Unholding": HELD,
    "Suspending": WAITS,
    "Unsuspending": WAITS,
    "Resetting": IDLE,
    "Completing": IDLE,
    "Complete": IDLE,
}
"""ISA-TR88.00.02 in the order of its numbers (StateCurrent 0 to 17).

Suspended is an external reason: starved or blocked, which the state alone does not tell. Held is an internal one.
"""

TOBACCO_ORDER = (
    "Stopped",
    "Resetting",
    "Idle",
    "Starting",
    "Execute",
    "Completing",
    "Complete",
    "Aborting",
    "Aborted",
    "Stopping",
    "Clearing",
    "Suspending",
    "Suspended",
    "Unsuspending",
    "Holding",
    "Held",
    "Unholding",
)
"""OPC 30060 (tobacco machines) counts the same names otherwise: StateEnumeration 0 to 16, table 203 of v2.00."""

E10 = {
    "Productive": RUNS,
    "Standby": IDLE,
    "Engineering": SETUP,
    "Scheduled Downtime": SERVICE,
    "Unscheduled Downtime": FAULT,
    "Nonscheduled": OFF,
}
E10_SHORT = ("PRD", "SBY", "ENG", "SDT", "UDT", "NST")


def _numbered(names: Mapping[str, State], first: int = 0) -> dict[str, State]:
    """The names and, from `first` on, their numbers."""
    return {str(n): s for n, s in enumerate(names.values(), first)} | dict(names)


STATE_MAPS: Mapping[str, Mapping[str, State]] = {
    # Andon's own words, for machines whose connector or operator already speaks them.
    "andon": {s.value: s for s in State},
    # OPC UA adds the super-states 18 Running and 19 Cleared: they hold several states, so they say too little.
    "packml": _numbered(PACKML_NAMES) | {"18": UNTOLD, "Running": UNTOLD, "19": UNTOLD, "Cleared": UNTOLD},
    "opcua-tobacco": _numbered({n: PACKML_NAMES[n] for n in TOBACCO_ORDER}),
    # Execution, MTConnect 2.4. UNAVAILABLE is said of every item of a lost device: it is no state, but not knowing.
    "mtconnect": {
        "ACTIVE": RUNS,
        "READY": IDLE,
        "INTERRUPTED": HELD,
        "FEED_HOLD": HELD,
        "STOPPED": IDLE,
        "OPTIONAL_STOP": HELD,
        "PROGRAM_STOPPED": HELD,
        "PROGRAM_COMPLETED": IDLE,
        "PROGRAM_OPTIONAL_STOP": HELD,
        "WAIT": WAITS,
        "UNAVAILABLE": UNTOLD,
    },
    # MachineryItemState, OPC 40001-1. It does not know setup: that is the operation mode, a state machine of its own.
    "machinery": _numbered({"NotAvailable": OFF, "OutOfService": FAULT, "NotExecuting": IDLE, "Executing": RUNS}),
    # Program status of OPC 40502 (CNC).
    "opcua-cnc": _numbered({"Stopped": IDLE, "Running": RUNS, "Waiting": WAITS, "Interrupted": HELD, "Canceled": IDLE}),
    # The six states of SEMI E10, as OPC 40100-1 numbers them (PRD_1 to NST_6).
    "semi-e10": _numbered(E10, 1)
    | dict(zip(E10_SHORT, E10.values(), strict=True))
    | {f"{short}_{n}": s for n, (short, s) in enumerate(zip(E10_SHORT, E10.values(), strict=True), 1)},
}
"""State maps that plant.toml may name. They map states alone: where a standard has modes beside its states
(MTConnect ControllerMode, Machinery OperationMode), a machine in setup may look as if it were producing."""
