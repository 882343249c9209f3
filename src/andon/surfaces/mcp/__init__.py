"""The MCP face: any language model asks the plant, cheaply and with receipts; it contains no analysis."""

from .transport import route, talk

__all__ = ["route", "talk"]
