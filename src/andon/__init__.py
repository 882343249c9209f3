"""Andon turns what a factory's machines say into what its people should do next.

>>> import andon
>>> plant = andon.open("works")                                    # doctest: +SKIP
>>> plant.ask("oee", at="line-1/press-3", last="week")             # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app.opening import Andon

__version__ = "0.1.0"


def open(folder: str | Path) -> Andon:
    """Open a plant folder for questions.

    Parameters
    ----------
    folder
        The folder that `andon init` made.

    Returns
    -------
    Andon
        The opened plant; use it in a `with` block, or call `close()`.

    Raises
    ------
    BadConfig
        The folder is no plant, or its plant.toml has mistakes.
    """
    from .app.opening import open_plant  # the rooms are heavy: `import andon` alone must stay cheap

    return open_plant(folder)
