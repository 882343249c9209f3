"""Companion models: what their types and names tell about a signal's role and states.

Machinery (OPC 40001-1), PackML (OPC 30050), MachineTool (OPC 40501-1), Robotics (OPC 40010-1), CNC (OPC 40502),
Weihenstephan (OPC 30270) by PackML's state machines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FOUNDATION = "http://opcfoundation.org/UA/"
MACHINERY, PACKML, TOOL, ROBOTICS = (
    FOUNDATION + name for name in ("Machinery/", "PackML/", "MachineTool/", "Robotics/")
)
CNC, WEIHENSTEPHAN = FOUNDATION + "CNC", FOUNDATION + "Weihenstephan/"
MODELS: Mapping[str, str] = {
    MACHINERY: "OPC UA for Machinery",
    PACKML: "OPC UA for PackML",
    TOOL: "OPC UA for Machine Tools",
    ROBOTICS: "OPC UA for Robotics",
    CNC: "OPC UA for CNC",
    WEIHENSTEPHAN: "Weihenstephan Standards",
}
CHANNEL: Mapping[str, str] = {"0": "producing", "1": "held_operator", "2": "idle_no_order"}
"""ChannelState: Active, Interrupted, Reset."""
PROGRAM: Mapping[str, str] = {
    "Initializing": "setup",
    "Running": "producing",
    "Ended": "idle_no_order",
    "Interrupted": "held_operator",
    "Aborted": "fault",
}
"""ProductionStateMachine of OPC 40501-1."""
ROBOT: Mapping[str, str] = {"Idle": "idle_no_order", "Ready": "idle_no_order", "Executing": "producing"}
"""OperationStateMachine of OPC 40010-1, version 1.02."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a companion model tells of a variable.

    `element` is the way to the number inside its value, where the value is a structure or an array of them.
    """

    role: str
    kind: str
    keys: Mapping[str, object] = field(default_factory=dict)
    element: str = ""


COUNTER = Meaning("total_count", "count")
STATE = ("CurrentState", "")
"""The variable of a state machine that says its state, in the namespace of the standard itself."""
MACHINES: Mapping[tuple[str, str], Meaning] = {
    (MACHINERY, "MachineryItemState_StateMachineType"): Meaning("state", "state", {"states": "machinery"}),
    (MACHINERY, "MachineryOperationModeStateMachineType"): Meaning("mode", "text"),
    (PACKML, "PackMLBaseStateMachineType"): Meaning("state", "state", {"states": "packml"}),
    (PACKML, "PackMLMachineStateMachineType"): Meaning("state", "state", {"states": "packml"}),
    (PACKML, "PackMLExecuteStateMachineType"): Meaning("state", "state", {"states": "packml"}),
    (WEIHENSTEPHAN, "WSBaseStateMachineType"): Meaning("state", "state", {"states": "packml"}),
    (WEIHENSTEPHAN, "WSExecuteStateMachineType"): Meaning("state", "state", {"states": "packml"}),
    (TOOL, "ProductionStateMachineType"): Meaning("state", "state", {"states": PROGRAM}),
    (TOOL, "ProductionProgramStateMachineType"): Meaning("state", "state", {"states": PROGRAM}),
    (TOOL, "MachineOperationModeStateMachineType"): Meaning("mode", "text"),
    (ROBOTICS, "SystemOperationStateMachineType"): Meaning("state", "state", {"states": ROBOT}),
    (ROBOTICS, "TaskControlStateMachineType"): Meaning("state", "state", {"states": ROBOT}),
}
"""State machines by their type: what their CurrentState means."""
VARIABLES: Mapping[tuple[str, str], Meaning] = {
    (PACKML, "UnitModeCurrent"): Meaning("mode", "integer"),
    (PACKML, "CurMachSpeed"): Meaning("speed", "number"),
    (PACKML, "ProdProcessedCount"): Meaning("total_count", "count", element="[0].AccCount"),
    (PACKML, "ProdDefectiveCount"): Meaning("reject_count", "count", element="[0].AccCount"),
    (TOOL, "ChannelState"): Meaning("state", "state", {"states": CHANNEL}),
    (TOOL, "OperationMode"): Meaning("mode", "integer"),
    (TOOL, "PartsProducedInLifetime"): COUNTER,
    (TOOL, "PartsCompleted"): COUNTER,
    (TOOL, "PartsGood"): Meaning("good_count", "count"),
    (TOOL, "JobIdentifier"): Meaning("order", "text"),
    (TOOL, "OrderIdentifier"): Meaning("order", "text"),
    (TOOL, "PartName"): Meaning("product", "text"),
    (TOOL, "PartIdentifier"): Meaning("serial", "text"),
    (ROBOTICS, "OperationalMode"): Meaning("mode", "integer"),
    (ROBOTICS, "EmergencyStop"): Meaning("alarm", "boolean"),
    (ROBOTICS, "ProtectiveStop"): Meaning("alarm", "boolean"),
    (ROBOTICS, "TaskProgramName"): Meaning("recipe", "text"),
    (ROBOTICS, "ActualPosition"): Meaning("position", "number"),
    (ROBOTICS, "ActualSpeed"): Meaning("speed", "number"),
    (ROBOTICS, "MotorTemperature"): Meaning("temperature", "number"),
    (ROBOTICS, "Temperature"): Meaning("temperature", "number"),
    (ROBOTICS, "TotalEnergyConsumption"): Meaning("energy", "number"),
    (CNC, "ActProgramStatus"): Meaning("state", "state", {"states": "opcua-cnc"}),
    (CNC, "ActStatus"): Meaning("other", "integer"),
    (CNC, "ActOperationMode"): Meaning("mode", "integer"),
    (CNC, "ActMainProgramName"): Meaning("recipe", "text"),
    (CNC, "ActSpeed"): Meaning("speed", "number"),
    (CNC, "ActTorque"): Meaning("torque", "number"),
    (CNC, "ActPower"): Meaning("power", "number"),
}
"""Variables by the namespace and name of their BrowseName."""
PACKTAGS: Mapping[str, Meaning] = {
    "StateCurrent": Meaning("state", "state", {"states": "packml"}),
    "UnitModeCurrent": Meaning("mode", "integer"),
    "CurMachSpeed": Meaning("speed", "number"),
}
"""PackTags of ISA-TR88.00.02, by name alone: many machines have them outside of any model."""


def meaning(name: tuple[str, str], owner: tuple[str, str]) -> tuple[Meaning, str] | None:
    """What a variable means, and the model that says so; None where none does.

    Parameters
    ----------
    name
        Namespace URI and name of its BrowseName.
    owner
        Namespace URI and name of the type of the object that it belongs to.

    Examples
    --------
    >>> meaning((TOOL, "PartsGood"), ("", "FolderType"))[0].role
    'good_count'
    """
    if name[1] == STATE[0] and owner in MACHINES:
        return MACHINES[owner], f"{owner[1]} of {MODELS[owner[0]]}"
    if name in VARIABLES:
        return VARIABLES[name], f"{name[1]} of {MODELS[name[0]]}"
    if name[1] in PACKTAGS:
        return PACKTAGS[name[1]], f"{name[1]} is a PackTag of ISA-TR88.00.02"
    return None


def recognised(namespaces: Sequence[str]) -> list[str]:
    """The companion models that a server says it has."""
    return [MODELS[uri] for uri in namespaces if uri in MODELS]
