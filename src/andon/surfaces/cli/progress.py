"""A progress bar with rate and time left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class Bar:
    """Shows how far a file is: part of its bytes, samples a second, time left."""

    def __init__(self, file: Path, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._file = file

    def __enter__(self) -> Callable[[Any], None]:
        self._bar.__enter__()
        task = self._bar.add_task(self._file.name, total=1.0, rate="")

        def tell(done: Any) -> None:
            self._bar.update(task, completed=done.done / max(done.total, 1), rate=f"{done.rate:,.0f} samples/s")

        return tell

    def __exit__(self, *error: Any) -> None:
        self._bar.__exit__(*error)
