"""The standards' words: states, ISO 22400 elements, losses."""

from enum import StrEnum


class State(StrEnum):
    """What a machine was doing, in Andon's own words; every state map leads here."""

    PRODUCING = "producing"
    SETUP = "setup"
    IDLE = "idle_no_order"
    STARVED = "starved"
    BLOCKED = "blocked"
    HELD = "held_operator"
    FAULT = "fault"
    MAINTENANCE = "maintenance_planned"
    OFF = "off"
    UNKNOWN = "unknown"


class Element(StrEnum):
    """The leaves of the ISO 22400-2 time model: every instant of the calendar is in exactly one."""

    PRODUCTION = "APT"
    SETUP = "AUST"
    DELAY = "ADET"
    DOWN = "ADOT"
    PLANNED_DOWN = "planned_down"
    UNSCHEDULED = "unscheduled"
    UNKNOWN = "unknown"


class Loss(StrEnum):
    """Where planned busy time went: the six big losses, what they leave out, and what was productive."""

    PRODUCTIVE = "productive"
    BREAKDOWN = "breakdown"
    SETUP = "setup"
    MINOR_STOP = "minor_stop"
    SPEED = "speed"
    DEFECTS = "defects"
    STARTUP = "startup"
    DELAY = "delay"
    IDLE = "idle"
    UNRATED = "unrated"
    UNKNOWN = "unknown"
