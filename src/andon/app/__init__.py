"""The one place that knows every room: plant.toml in, a running plant out.

Each part is loaded when it is first asked for, so that a command waits only for the rooms it enters.
"""

from importlib import import_module

PARTS = {
    "access": (
        "account_added",
        "account_changed",
        "account_removed",
        "account_there",
        "accounts_of",
        "company_login",
        "known_lines",
        "log_lines",
        "log_verdict",
        "token_added",
        "token_revoked",
        "tokens_of",
    ),
    "alarming": ("alarms", "defined", "kept_back"),
    "assisting": (
        "act_confirmed",
        "act_dismissed",
        "act_proposals",
        "act_proposed",
        "assist",
        "page_address",
        "witnessed",
    ),
    "beating": ("beat", "connections", "followed", "written"),
    "books": ("balance", "closed", "losses", "opened", "versions"),
    "bring": ("confirm", "loaded", "mapped", "proposed", "summary", "watched"),
    "calling": ("calls",),
    "changes": ("acted", "acts", "audit", "done", "verified_audit"),
    "chaos": ("LONG", "SHORT", "accounts"),
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
        "written_source",
    ),
    "copying": ("backed_up", "restored"),
    "correcting": ("choices", "confirmed", "corrected", "numbered", "state_told"),
    "demonstration": ("fault", "faults", "live", "play", "probe"),
    "describing": (
        "currency",
        "described",
        "digest",
        "moments",
        "orders_of",
        "products",
        "reasons",
        "shifts",
        "signals",
        "zone",
    ),
    "editing": ("checked_plant", "earlier_plant", "rewritten", "written_plant"),
    "glances": ("now", "sources", "watching"),
    "keeping": (
        "expired",
        "packed",
        "proved",
        "receipts",
        "refused",
        "refused_file",
        "refused_files",
        "retention",
        "saved",
        "storage",
    ),
    "dossiers": ("dossier",),
    "gauges": ("Wanted", "gauge_sheet", "gauge_study", "gauge_studies", "plan_gauge_study"),
    "losing": ("Asking", "lost", "lost_stops"),
    "making": ("demo", "is_filling"),
    "measured": ("Which", "described_tests", "unit_rows", "unit_told", "values_of", "what_was_measured"),
    "opening": ("open_plant", "paper", "reading", "seen_by"),
    "photos": ("keep_photo", "photo_file"),
    "questions": ("answerable", "answerable_of", "answered", "studies", "study", "study_names"),
    "relaying": ("Route", "relay", "relayed"),
    "reported": ("Document", "report", "report_again", "report_file", "report_period", "reports"),
    "running": ("run",),
    "sampling": ("newest", "sampled", "streamed", "streamed_rows", "trends"),
    "search": ("compared", "searched"),
    "spanning": ("SPELLS", "heard", "spelled", "timelines"),
    "standing": ("schedule", "schedules"),
    "start": ("check", "create", "is_plant", "no_plant", "schema", "zone_here"),
    "stopping": ("recent_reasons", "stops_at"),
    "upkeep": ("coverage", "exported", "forgotten", "latest", "sealed", "sql", "trend", "verified"),
    "visiting": ("Visitor", "Visits", "roles", "source_cards", "spoken_protocols"),
    "wafers": ("wafer_maps",),
}
"""What the faces ask of the house, by the file that does it."""


def __getattr__(name: str) -> object:
    for part, names in PARTS.items():
        if name in names:
            return getattr(import_module(f".{part}", __name__), name)
    raise AttributeError(f"The house has no {name!r}.")
