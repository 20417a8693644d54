"""Agreement of analysts: Cohen's κ over the decisions that a second analyst judged blind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection

from pipelines.store import second_looks


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many second looks are answered, the share that agrees, κ (None below two outcomes), and the table by outcome pair."""

    count: int
    share: float
    kappa: float | None
    table: dict[tuple[str, str], int]


def cohen(pairs: list[tuple[str, str]]) -> Agreement:
    """Return the agreement of (first, second) answers (J. Cohen, Educ. Psychol. Meas. 20, 1960: κ = (po − pe) / (1 − pe))."""
    count = len(pairs)
    if not count:
        return Agreement(0, 0.0, None, {})
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    share = sum(a == b for a, b in pairs) / count
    chance = sum(first[name] * second[name] for name in first) / (count * count)
    return Agreement(count, share, (share - chance) / (1 - chance) if chance < 1 else None, dict(Counter(pairs)))


def agreement(conn: Connection) -> Agreement:
    """Return the agreement over all answered second looks."""
    return cohen(second_looks.pairs(conn))
