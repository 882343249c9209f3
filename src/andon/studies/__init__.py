"""SERIES -> ANSWERS: pure functions in folders by field; importing this tells the catalog where each study lies."""

from ..catalog import SHELF
from . import alarms, production, quality, yields

SHELF |= {
    study: f"{field.__name__}.{file}"
    for field in (alarms, production, quality, yields)
    for study, file in field.FILES.items()
}
