"""The one place that knows every room: plant.toml in, a running plant out."""

from .books import balance, closed, losses, opened, versions
from .bring import confirm, loaded, mapped, proposed, summary, watched
from .changes import acted, acts, audit, verified_audit
from .demo import demo
from .opened import Andon, open_plant
from .questions import answerable, answered, currency, studies, zone
from .start import check, create, is_plant, no_plant, schema
from .upkeep import backed_up, coverage, exported, forgotten, latest, restored, sealed, sql, trend, verified

__all__ = [
    "Andon", "acted", "acts", "answerable", "answered", "audit", "backed_up", "balance", "check", "closed", "confirm",
    "coverage", "create", "currency", "demo", "exported", "forgotten", "is_plant", "latest", "loaded", "losses",
    "mapped", "no_plant", "open_plant", "opened", "proposed", "restored", "schema", "sealed", "sql", "studies",
    "summary", "trend", "verified", "verified_audit", "versions", "watched", "zone"]
