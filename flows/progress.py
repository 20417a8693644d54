"""Progress of long work: a moving bar on a terminal, one line per step elsewhere; always on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Called with how many items are done and how many there are in all (None: not known yet).
Advance = Callable[[int, int | None], None]


@contextmanager
def step(title: str) -> Iterator[Advance]:
    """Show the progress of one step; the block calls the given function with (done, total)."""
    if not sys.stderr.isatty():
        last = [0, 0]

        def note(done: int, total: int | None) -> None:
            last[:] = [done, total or done]

        sys.stderr.write(f"… {title}\n")
        sys.stderr.flush()
        yield note
        sys.stderr.write(f"✓ {title}: {last[0]}/{last[1]}\n")
        sys.stderr.flush()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        task = bar.add_task(title, total=None)

        def move(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield move
