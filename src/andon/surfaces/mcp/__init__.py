"""The MCP face: any language model asks the plant, cheaply and with receipts; it contains no analysis."""

from .entrance import Entrance, talk

__all__ = ["Entrance", "talk"]
