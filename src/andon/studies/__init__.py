"""SERIES -> ANSWERS: pure functions in folders by field; importing this fills the catalog."""

from . import alarms, production, quality, yields  # noqa: F401  (importing registers its studies)
