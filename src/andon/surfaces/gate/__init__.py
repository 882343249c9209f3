"""The gate before every face: who asks, from where, and what a browser may do with the answers."""

from .gate import Gate
from .routes import router

__all__ = ["Gate", "router"]
