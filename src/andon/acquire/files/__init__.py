"""Files -> samples: CSV, Excel, Parquet, JSON lines and line protocol, by a mapping that Andon proposes."""

from .load import Loaded, Progress, load
from .mapping import FileMapping, read_mapping

__all__ = ["FileMapping", "Loaded", "Progress", "load", "read_mapping"]
