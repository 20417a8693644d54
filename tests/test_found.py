"""What a search found, counted beside it: fields that narrow the question, and a timeline by day or month."""

from __future__ import annotations

from dashboards.found import FIELDS, SHOWN, groups, narrowed, timeline
from pipelines.search.query import parse


def test_a_narrowed_question_keeps_its_meaning() -> None:
    assert narrowed("biên giới", "outlet", "tuoi-tre") == "biên giới outlet:tuoi-tre"
    assert narrowed("a OR b", "tier", "flag") == "(a OR b) tier:flag"
    assert parse(narrowed("NOT a OR b", "tier", "flag")) == parse("(NOT a OR b) tier:flag")


def test_only_fields_that_tell_articles_apart_are_offered() -> None:
    counts = {"tier": [("none", 9)], "outlet": [(f"bao-{n}", 20 - n) for n in range(12)], "type": [("d06", 2)], "lang": [], "day": [("2026-11-01", 9)]}
    found = groups("x", counts, 9)
    assert list(found) == [field for field in FIELDS if field in ("outlet", "type")]
    assert len(found["outlet"]) == SHOWN and found["type"][0].query == "x type:d06"


def test_days_without_articles_stand_in_the_timeline_and_wide_spans_are_months() -> None:
    days, by_month = timeline([("2026-11-05", 2), ("2026-11-01", 1)]) or (None, None)
    assert days and not by_month and days.values == ((1, 0, 0, 0, 2),)
    months, by_month = timeline([("2026-11-05", 2), ("2026-11-01", 1), ("2026-01-31", 4), ("2014-05-02", 9)]) or (None, None)
    assert months and by_month and len(months.labels) == 36
    assert (months.labels[-1], months.values[0][-1], sum(months.values[0])) == ("11/2026", 3, 7)
    assert timeline([("2026-11-05", 2)]) is None
