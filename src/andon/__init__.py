"""Andon turns what a factory's machines say into what its people should do next."""

__version__ = "0.1.0"
