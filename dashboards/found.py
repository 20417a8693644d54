"""What a search found, counted: by day or month, and by the fields that narrow the question further."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.charts import Columns, columns
from pipelines.search.analysis import key
from pipelines.search.document import tag
from pipelines.search.query import parse
from pipelines.search.tree import And, Node, Not, Or, Tag

# Fields that are offered, in this order, each with at most SHOWN values.
FIELDS = ("tier", "about", "outlet", "type", "verdict", "status", "lang")
SHOWN = 8
# Days that the index is asked for: ten years, in months when there are more than DAYS of them.
ASKED, DAYS, MONTHS = 3660, 62, 36


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field: its code as the index has it, how many articles, and the question narrowed to it."""

    code: str
    count: int
    query: str


def without(query: str, stories: Iterable[str]) -> str | Node:
    """Return `query` so that no article of `stories` is found or counted by it: they wait for a blind second look."""
    hidden = tuple(Tag(tag("story", story)) for story in sorted(stories))
    return And((parse(query), Not(Or(hidden) if len(hidden) > 1 else hidden[0]))) if hidden else query


def narrowed(query: str, field: str, value: str) -> str:
    """Return `query` and the condition that `field` has `value`; a question of alternatives is put in brackets."""
    whole = f"({query})" if isinstance(parse(query), Or) else query
    return f"{whole} {field}:{value}"


def groups(query: str, counts: Mapping[str, Sequence[tuple[str, int]]], total: int) -> dict[str, list[Value]]:
    """Return the values of each field that tell the articles apart, the most frequent first."""
    out: dict[str, list[Value]] = {}
    for field in FIELDS:
        values = [(value, count) for value, count in counts.get(field, ()) if value]
        if values and not (len(values) == 1 and values[0][1] >= total):
            out[field] = [Value(value, count, narrowed(query, field, value)) for value, count in values[:SHOWN]]
    return out


def timeline(days: Sequence[tuple[str, int]]) -> tuple[Columns, bool] | None:
    """Return the columns of the articles found by day, or by month when they are spread widely (then True); None for fewer than two days."""
    if len(days) < 2:
        return None
    counts = {date.fromisoformat(day): count for day, count in days}
    first, last = min(counts), max(counts)
    if (last - first).days < DAYS:
        span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return columns([f"{day:%d/%m}" for day in span], [("articles", [counts.get(day, 0) for day in span])]), False
    months: dict[tuple[int, int], int] = {}
    for day, count in counts.items():
        months[day.year, day.month] = months.get((day.year, day.month), 0) + count
    ends = last.year * 12 + last.month - 1
    begins = max(first.year * 12 + first.month - 1, ends - MONTHS + 1)
    places = [divmod(n, 12) for n in range(begins, ends + 1)]
    return columns([f"{month + 1}/{year}" for year, month in places], [("articles", [months.get((year, month + 1), 0) for year, month in places])], every=6), True


def codes(known: Iterable[str]) -> dict[str, str]:
    """Return for each name or code its form in the index → itself, to show what a count is of."""
    return {key(one): one for one in known}
