"""The gate before every face: who asks, from where, and what a browser may do with the answers."""

from .door import Door
from .gate import Gate
from .patient import Patient
from .rights import described, rightful
from .routes import install

__all__ = ["Door", "Gate", "Patient", "described", "install", "rightful"]
