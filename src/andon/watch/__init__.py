"""Asks when nobody is asking: closes shifts into the ledger, keeps the running one in sight."""

from .calls import Calls
from .charts import Charts
from .clockwork import Clocks, Clockwork
from .closing import Closed, close
from .live import Live, glance
from .tile import Tile
from .unclosed import unclosed

__all__ = ["Calls", "Charts", "Clocks", "Clockwork", "Closed", "Live", "Tile", "close", "glance", "unclosed"]
