"""Stories: copies of one text in several outlets, named after the first publisher, whatever the order of arrival."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import select

from pipelines.read import read_line
from pipelines.records import Alert, Article, Claim, DateOrigin, Role, TextLine, Tier, Verdict
from pipelines.store import Store, alerts, articles, stories
from pipelines.store.schema import metadata, story_articles
from pipelines.stories import first_of, place

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def text(seed: int, count: int = 14) -> list[str]:
    rng = random.Random(seed)
    words = ["ngư", "dân", "bờ", "biển", "trồng", "cây", "học", "sinh", "trường", "lớp", "mùa", "vụ", "cầu", "đường", "chợ", "phiên", "lễ", "hội", "xóm", "làng", "ruộng", "vườn", "cá", "tôm", "muối", "gió", "mưa", "nắng"]
    return [" ".join(rng.choices(words, k=16)).capitalize() + "." for _ in range(count)]


def line(name: str, outlet: str, hour: int, parts: list[str]) -> TextLine:
    return TextLine(
        id=name, title=f"Tít {name}", text="\n".join(parts), url=f"https://{outlet}.example/{name}.html", outlet=outlet,
        published=datetime(2026, 11, 20, hour, 0, tzinfo=UTC),
    )  # fmt: skip


BASE = text(1)
LINES = (
    line("a", "bao-a", 9, BASE),
    line("b", "bao-b", 7, BASE[:-2]),
    line("c", "bao-c", 8, ["Theo dõi chúng tôi mỗi ngày.", *BASE[1:]]),
    line("d", "bao-d", 6, text(2)),
)


def tables(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.read() as conn:
        return {
            table.name: sorted(tuple(row) for row in conn.execute(select(*[c for c in table.columns if c.name != "first_seen"])))
            for table in metadata.sorted_tables
        }


def test_copies_are_one_story_named_after_the_first_publisher(store: Store) -> None:
    with store.begin() as conn:
        outcomes = [read_line(conn, one, NOW) for one in LINES]
        story = stories.get(conn, stories.story_of(conn, articles.article_id("https://bao-a.example/a.html")) or "")
    assert outcomes == ["new", "copy", "copy", "new"]
    assert story is not None
    assert (story.first_outlet, len(story.articles)) == ("bao-b", 3)


def test_any_order_of_arrival_gives_the_same_tables(tmp_path: Path) -> None:
    seen = []
    for number, order in enumerate(permutations(LINES)):
        store = Store.open(f"sqlite:///{tmp_path / f'{number}.sqlite3'}")
        with store.begin() as conn:
            for one in order:
                read_line(conn, one, NOW)
        seen.append(tables(store))
        store.close()
        if number == 7:
            break
    assert all(other == seen[0] for other in seen)


def test_reading_twice_changes_nothing(store: Store) -> None:
    with store.begin() as conn:
        for one in LINES:
            read_line(conn, one, NOW)
    before = tables(store)
    with store.begin() as conn:
        assert {read_line(conn, one, NOW + timedelta(hours=1)) for one in LINES} == {"unchanged"}
    assert tables(store) == before


def test_two_stories_that_a_third_text_joins_become_one(store: Store) -> None:
    long = text(5, 30)
    with store.begin() as conn:
        read_line(conn, line("dau", "bao-a", 9, long[:18]), NOW)
        read_line(conn, line("cuoi", "bao-b", 8, long[14:]), NOW)
        assert len(set(conn.execute(select(story_articles.c.story)).scalars())) == 2
        read_line(conn, line("ca", "bao-c", 7, long), NOW)
        named = set(conn.execute(select(story_articles.c.story)).scalars())
        assert len(named) == 1
        story = stories.get(conn, named.pop())
    assert story is not None and story.first_outlet == "bao-c" and len(story.articles) == 3


def test_a_story_that_raised_an_alert_keeps_its_name(store: Store) -> None:
    with store.begin() as conn:
        read_line(conn, LINES[0], NOW)
        id_ = articles.article_id("https://bao-a.example/a.html")
        name = stories.story_of(conn, id_)
        assert name is not None
        claim = Claim(sentence="s", start=0, end=1, type="A01", role=Role.ASSERT, verdict=Verdict.CONTRADICTED, refs=("R-1",))
        alerts.raise_alert(conn, Alert(id="1" * 32, story=name, article=id_, revision=1, tier=Tier.FLAG, claim=claim, title="t", outlet="bao-a", url="u", raised=NOW))
        for one in LINES[1:]:
            read_line(conn, one, NOW)
        assert len(stories.members(conn, name)) == 3


def test_an_edited_copy_stays_in_its_story(store: Store) -> None:
    with store.begin() as conn:
        for one in LINES[:2]:
            read_line(conn, one, NOW)
        edited = LINES[0].model_copy(update={"text": "\n".join(text(9))})
        assert read_line(conn, edited, NOW + timedelta(hours=1)) == "revision"
        id_ = articles.article_id("https://bao-a.example/a.html")
        assert len(stories.members(conn, stories.story_of(conn, id_) or "")) == 2


@pytest.mark.parametrize(
    ("entries", "first"),
    [
        ([("a", "A", "2026-11-20T09:00", 1.0, "2026-11-20T10:00"), ("b", "B", "2026-11-20T08:00", 1.0, "2026-11-20T11:00")], "b"),
        ([("a", "A", None, 0.0, "2026-11-20T07:00"), ("b", "B", "2026-11-20T08:00", 1.0, "2026-11-20T11:00")], "a"),
        ([("a", "A", "1970-01-01T00:00", 0.2, "2026-11-20T09:00"), ("b", "B", "2026-11-20T08:00", 1.0, "2026-11-20T11:00")], "b"),
        ([("a", "A", "2026-11-20T00:00", 0.8, "2026-11-20T12:00"), ("b", "B", "2026-11-20T08:00", 1.0, "2026-11-20T11:00")], "b"),
        ([("b", "B", "2026-11-20T08:00", 1.0, "2026-11-20T09:00"), ("a", "A", "2026-11-20T08:00", 1.0, "2026-11-20T09:00")], "a"),
    ],
    ids=["earliest published", "without a date: first seen", "a doubtful date does not count", "a bare day is no hour", "the smaller id"],
)  # fmt: skip
def test_who_was_first(entries: list[tuple[str, str, str | None, float, str]], first: str) -> None:
    def moment(value: str | None) -> datetime | None:
        return datetime.fromisoformat(value).replace(tzinfo=UTC) if value else None

    dated = [(id_, outlet, moment(published), trust, moment(seen) or NOW) for id_, outlet, published, trust, seen in entries]
    assert first_of(dated)[0] == first


def test_the_same_few_words_under_two_titles_are_two_stories(store: Store) -> None:
    with store.begin() as conn:
        for one in (line("x", "bao-a", 9, ["Video đang được cập nhật."]), line("y", "bao-b", 9, ["Video đang được cập nhật."])):
            read_line(conn, one, NOW)
        assert len(set(conn.execute(select(story_articles.c.story)).scalars())) == 2


def test_placing_needs_no_full_text_elsewhere(store: Store) -> None:
    article = Article(
        id="a" * 32, url="https://x.example/1", canonical="https://x.example/1", source="s", outlet="X", title="t",
        body="\n".join(BASE), published=NOW, date_origin=DateOrigin.META, date_confidence=1.0, first_seen=NOW,
    )  # fmt: skip
    with store.begin() as conn:
        articles.save(conn, article)
        placed = place(conn, article)
    assert (placed.first_article, placed.first_outlet, placed.is_copy) == ("a" * 32, "X", False)
