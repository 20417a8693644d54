"""A process that takes from the API's bucket. A module of its own: a new process imports nothing else of the tests (5 s of two)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.store import Store
from pipelines.store.rates import Rates


def ask(folder: Path, times: int, answers: Any) -> None:
    """Take `times` times from a bucket of 50 a minute, and put how often there was something in it on the queue `answers`."""
    store = Store.open(f"sqlite:///{folder / 'store.sqlite3'}")
    rates = Rates(store, folder, lambda: 1000.0)
    answers.put(sum(rates.take("a", 50) == 0 for _ in range(times)))
    rates.close()
    store.close()
