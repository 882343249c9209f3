"""The one place that knows every room: plant.toml in, a running plant out.

Each part is loaded when it is first asked for, so that a command waits only for the rooms it enters.
"""

from importlib import import_module

PARTS = {
    "alarming": ("alarms",),
    "assisting": (
        "act_confirmed",
        "act_dismissed",
        "act_proposals",
        "act_proposed",
        "assist",
        "page_address",
        "witnessed",
    ),
    "books": ("balance", "closed", "losses", "opened", "versions"),
    "bring": ("confirm", "loaded", "mapped", "proposed", "summary", "watched"),
    "chaos": ("LONG", "SHORT", "accounts"),
    "changes": ("acted", "acts", "audit", "verified_audit"),
    "connecting": (
        "answering",
        "arriving",
        "guest",
        "is_running",
        "is_source",
        "proposal_text",
        "reached",
        "read_proposal",
        "without_user",
        "written",
    ),
    "correcting": ("choices", "confirmed", "corrected", "numbered", "state_told"),
    "demonstration": ("demo", "fault", "faults", "live", "play"),
    "glances": ("now", "sources", "watching"),
    "questions": ("answerable", "answerable_of", "answered", "studies"),
    "relaying": ("Route", "relay", "relayed"),
    "running": ("run",),
    "start": ("check", "create", "currency", "is_plant", "no_plant", "schema", "zone", "zone_here"),
    "upkeep": (
        "backed_up",
        "coverage",
        "exported",
        "forgotten",
        "latest",
        "restored",
        "sealed",
        "sql",
        "trend",
        "verified",
    ),
}
"""What the faces ask of the house, by the file that does it."""


def __getattr__(name: str) -> object:
    for part, names in PARTS.items():
        if name in names:
            return getattr(import_module(f".{part}", __name__), name)
    raise AttributeError(f"The house has no {name!r}.")
