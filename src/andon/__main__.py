"""`andon` and `python -m andon`: hands the house to the command line."""

import sys
from types import ModuleType


def main() -> None:
    """Run the command line on this process's arguments."""
    from .surfaces.cli import run

    sys.exit(run(sys.argv[1:], house))


def house() -> ModuleType:
    """The rooms; they take a second to load, so only a command that needs them does."""
    from . import app

    return app


if __name__ == "__main__":
    main()
