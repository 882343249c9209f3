"""What every study and every connector must keep to; ours and a plug-in author's."""

from .connectors import CONNECTOR_CHECKS, check_connector
from .studies import CHECKS, check_study

__all__ = ["CHECKS", "CONNECTOR_CHECKS", "check_connector", "check_study"]
