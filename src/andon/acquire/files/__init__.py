"""Files -> samples: CSV, Excel, Parquet, JSON lines and line protocol, by a mapping that Andon proposes."""

from .fit import fits
from .folder import Report, take_all, watch_folder
from .load import Loaded, Progress, load
from .mapping import Choice, FileMapping, read_mapping
from .proposal import Proposal
from .propose import propose
from .tested import is_tested

__all__ = [
    "Choice",
    "FileMapping",
    "Loaded",
    "Progress",
    "Proposal",
    "Report",
    "fits",
    "is_tested",
    "load",
    "propose",
    "read_mapping",
    "take_all",
    "watch_folder",
]
