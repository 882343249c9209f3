"""The 34 indicators of ISO 22400-2 as rows: formula, unit, base, meaning on the web, and what each needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...units import HOUR
from .oee import Oee, ratio

ONTOLOGY = "http://www.w3id.org/hsu-aut/ISO22400-2#"
"""Where the names of elements and indicators live (hsu-aut, IndustrialStandard-ODP-ISO22400-2 2.0.0)."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the indicators are made of; sums of sums.

    `oee` holds times and parts, `failures` counts breakdowns (FE) that began, `repair` is time in breakdown (TTR and
    CMT), `preventive` is time in planned maintenance (PMT), `order_*` speak of the time in which orders ran (AOET),
    None where there are no orders.
    """

    oee: Oee
    failures: int
    repair: int
    preventive: int
    order_time: int | None
    order_busy: int | None
    order_production: int | None
    order_made: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One element of the standard that Andon measures: sign, name, unit (UCUM), name in the ontology, value."""

    sign: str
    name: str
    unit: str
    meaning: str
    value: Callable[[Sums], float | None]


MEASURED: tuple[Measured, ...] = (
    Measured("POT", "planned operation time", "us", "", lambda s: s.oee.planned_operation),
    Measured("PBT", "planned busy time", "us", "PlannedBusyTime", lambda s: s.oee.planned_busy),
    Measured("AUBT", "actual unit busy time", "us", "ActualUnitBusyTime", lambda s: s.oee.busy),
    Measured("AUPT", "actual unit processing time", "us", "ActualUnitProcessingTime", lambda s: s.oee.processing),
    Measured("APT", "actual production time", "us", "ActualProductionTime", lambda s: s.oee.production),
    Measured("AUST", "actual unit setup time", "us", "ActualSetupTime", lambda s: s.oee.setup),
    Measured("ADET", "actual unit delay time", "us", "ActualUnitDelayTime", lambda s: s.oee.delay),
    Measured("ADOT", "actual unit down time", "us", "ActualUnitDownTime", lambda s: s.oee.down),
    Measured("AOET", "actual order execution time", "us", "ActualOrderExecutionTime", lambda s: s.order_time),
    Measured("PQ", "produced quantity", "{part}", "ProducedQuantity", lambda s: s.oee.made),
    Measured("GQ", "good quantity", "{part}", "GoodQuantity", lambda s: s.oee.good),
    Measured("SQ", "scrap quantity", "{part}", "ScrapQuantity", lambda s: s.oee.rejects),
    Measured("RQ", "rework quantity", "{part}", "ReworkQuantity", lambda s: s.oee.rework),
)
"""The elements as the official template IDTA 02066 names them, too."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of the list: `meaning` is its name in the ontology, `needs` what it lacks without a value."""

    number: int
    name: str
    formula: str
    unit: str
    base: str
    meaning: str
    value: Callable[[Sums], float | None] | None
    needs: str


def first_pass_yield(s: Sums) -> float | None:
    if s.oee.made is None or s.oee.rejects is None or s.oee.rework is None:
        return None
    return ratio(s.oee.made - s.oee.rejects - s.oee.rework, s.oee.made)


def throughput(s: Sums) -> float | None:
    return ratio(s.order_made, None if s.order_time is None else s.order_time / HOUR)


PLANNED = "planned busy time (PBT)"
KNOWN_PARTS = "parts finished in known planned busy time"
FAILURES = (
    "breakdowns that began in planned busy time (FE). Here /FE; ISO 22400-2:2014 may divide by FE + 1: compare "
    "only figures made alike"
)
COUNTERS = "total_count or reject_count"
LIMITS = "measured values of a characteristic and its specification limits"
MATERIAL = "consumed material (CM)"
ORDERS = "orders that ran in the window (an `order` signal, or orders started by hand)"
BREAKDOWN = "a breakdown in the window; without one, ask `reliability` for a lower bound"

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        1,
        "worker efficiency",
        "APWT / APAT",
        "1",
        "attendance time",
        "WorkerEfficiency",
        None,
        "attendance (APAT) and work time (APWT) of people",
    ),
    Indicator(
        2,
        "allocation ratio",
        "AUBT / AOET",
        "1",
        "order execution time (AOET)",
        "AllocationRatio",
        lambda s: ratio(s.order_busy, s.order_time),
        ORDERS,
    ),
    Indicator(
        3,
        "throughput rate",
        "PQ / AOET",
        "{part}/h",
        "order execution time (AOET)",
        "ThroughputRate",
        throughput,
        f"{ORDERS}, and {COUNTERS}",
    ),
    Indicator(
        4,
        "allocation efficiency",
        "AUBT / PBT",
        "1",
        PLANNED,
        "AllocationEfficiency",
        lambda s: ratio(s.oee.busy, s.oee.planned_busy),
        "planned busy time in the window",
    ),
    Indicator(
        5,
        "utilization efficiency",
        "APT / AUBT",
        "1",
        "unit busy time (AUBT)",
        "UtilizationEfficiency",
        lambda s: ratio(s.oee.production, s.oee.busy),
        "busy time in the window",
    ),
    Indicator(
        6,
        "OEE index",
        "sum(PRI x GQ) / PBT = availability x effectiveness x quality",
        "1",
        PLANNED,
        "OverallEquipmentEffectiveness",
        lambda s: s.oee.oee,
        f"ideal cycles, good_count or {COUNTERS}",
    ),
    Indicator(
        7,
        "NEE index",
        "AUPT / PBT x effectiveness x quality",
        "1",
        PLANNED,
        "NetEquipmentEffectiveness",
        lambda s: s.oee.nee,
        f"ideal cycles, good_count or {COUNTERS}",
    ),
    Indicator(
        8,
        "availability",
        "APT / PBT",
        "1",
        PLANNED,
        "Availability",
        lambda s: s.oee.availability,
        "planned busy time in the window",
    ),
    Indicator(
        9,
        "effectiveness",
        "sum(PRI x PQ) / APT",
        "1",
        "production time (APT)",
        "Effectiveness",
        lambda s: s.oee.effectiveness,
        f"production in the window, ideal cycles and {COUNTERS}",
    ),
    Indicator(
        10,
        "quality ratio",
        "GQ / PQ",
        "1",
        KNOWN_PARTS,
        "QualityRatio",
        lambda s: ratio(s.oee.good, s.oee.made),
        f"parts in the window, good_count and {COUNTERS}",
    ),
    Indicator(
        11,
        "setup ratio",
        "AUST / AUPT",
        "1",
        "unit processing time (AUPT)",
        "SetUpRate",
        lambda s: ratio(s.oee.setup, s.oee.processing),
        "processing time in the window",
    ),
    Indicator(
        12,
        "technical efficiency",
        "APT / (APT + ADET)",
        "1",
        "production and delay",
        "TechnicalEfficiency",
        lambda s: ratio(s.oee.production, s.oee.production + s.oee.delay),
        "production in the window",
    ),
    Indicator(
        13,
        "production process ratio",
        "APT / AOET",
        "1",
        "order execution time (AOET)",
        "ProductionProcessRate",
        lambda s: ratio(s.order_production, s.order_time),
        ORDERS,
    ),
    Indicator(
        14,
        "actual to planned scrap ratio",
        "SQ / PSQ",
        "1",
        "planned scrap",
        "ActualToPlannedScrapRatio",
        None,
        "planned scrap quantity of the orders (PSQ)",
    ),
    Indicator(
        15,
        "first pass yield",
        "GP / IP = (PQ - SQ - RQ) / PQ",
        "1",
        f"{KNOWN_PARTS}, all inspected",
        "FirstPassYield",
        first_pass_yield,
        "total_count, reject_count and rework_count, or serial numbers",
    ),
    Indicator(
        16,
        "scrap ratio",
        "SQ / PQ",
        "1",
        KNOWN_PARTS,
        "ScrapRatio",
        lambda s: ratio(s.oee.rejects, s.oee.made),
        "reject_count",
    ),
    Indicator(
        17,
        "rework ratio",
        "RQ / PQ",
        "1",
        KNOWN_PARTS,
        "ReworkRatio",
        lambda s: ratio(s.oee.rework, s.oee.made),
        "rework_count",
    ),
    Indicator(
        18,
        "fall-off ratio",
        "SQ of this step / PQ of the first step",
        "1",
        "parts of the first step",
        "",
        None,
        "the steps of the process: ask `throughput_yield` of a line",
    ),
    Indicator(
        19,
        "machine capability index Cm",
        "(USL - LSL) / (6 s)",
        "1",
        "short-term spread",
        "MachineCapabilityIndex",
        None,
        LIMITS,
    ),
    Indicator(
        20,
        "critical machine capability index Cmk",
        "min(USL - mean, mean - LSL) / (3 s)",
        "1",
        "short-term spread",
        "CriticalMachineCapabilityIndex",
        None,
        LIMITS,
    ),
    Indicator(21, "process capability index Cp", "(USL - LSL) / (6 sigma)", "1", "process spread", "", None, LIMITS),
    Indicator(
        22,
        "critical process capability index Cpk",
        "min(USL - mean, mean - LSL) / (3 sigma)",
        "1",
        "process spread",
        "",
        None,
        LIMITS,
    ),
    Indicator(
        23,
        "comprehensive energy consumption",
        "E / PQ",
        "kW.h/{part}",
        "parts made",
        "",
        None,
        "an `energy` or `power` signal, and fuels",
    ),
    Indicator(24, "inventory turns", "throughput / average inventory", "1", "inventory", "", None, "inventory"),
    Indicator(25, "finished goods ratio", "GQ / CM", "1", "consumed material", "", None, MATERIAL),
    Indicator(26, "integrated goods ratio", "IGQ / CM", "1", "consumed material", "", None, MATERIAL),
    Indicator(27, "production loss ratio", "PL / CM", "1", "consumed material", "", None, MATERIAL),
    Indicator(
        28,
        "storage and transportation loss ratio",
        "STL / CM",
        "1",
        "consumed material",
        "StorageAndTransportationLossRatio",
        None,
        MATERIAL,
    ),
    Indicator(29, "other loss ratio", "OL / CM", "1", "consumed material", "OtherLossRatio", None, MATERIAL),
    Indicator(
        30,
        "equipment load ratio",
        "PQ / EPC",
        "1",
        "production capacity",
        "",
        None,
        "production capacity of the equipment (EPC)",
    ),
    Indicator(
        31,
        "MTBF, mean operating time between failures",
        "AUPT / FE",
        "h",
        f"processing time (AUPT), {FAILURES}",
        "MeanOperationTimeBetweenFailures",
        lambda s: ratio(s.oee.processing / HOUR, s.failures),
        BREAKDOWN,
    ),
    Indicator(
        32,
        "MTTF, mean time to failure",
        "AUPT / FE",
        "h",
        f"processing time (AUPT), the same as MTBF for what is repaired; {FAILURES}",
        "MeanTimeToFailure",
        lambda s: ratio(s.oee.processing / HOUR, s.failures),
        BREAKDOWN,
    ),
    Indicator(
        33,
        "MTTR, mean time to restoration",
        "TTR / FE",
        "h",
        f"breakdown time in planned busy time, waiting for repair included; {FAILURES}",
        "MeanTimeToRestoration",
        lambda s: ratio(s.repair / HOUR, s.failures),
        BREAKDOWN,
    ),
    Indicator(
        34,
        "corrective maintenance ratio",
        "CMT / (CMT + PMT)",
        "1",
        "breakdown time and planned maintenance time",
        "CorrectiveMaintenanceRatio",
        lambda s: ratio(s.repair, s.repair + s.preventive),
        "breakdowns or planned maintenance in the window",
    ),
)
"""The list of ISO 22400-2:2014; `meaning` as its ontology spells it, "" for the few names that were not looked up."""
