"""The sample newsroom as the collector and the reader meet it: every misery ends in its named outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from crawlers.collect import collect
from crawlers.newsroom.articles import pieces
from crawlers.newsroom.outlets import OUTLETS
from crawlers.newsroom.server import Site, declarations, serve_newsroom
from crawlers.registry import load_sources
from pipelines.extract import extract
from pipelines.extract.model import Extracted, FeedHint
from pipelines.settings import load_settings
from pipelines.store import Store

OUT_FIRST = sum(not piece.late for piece in pieces())
LATE = sum(piece.late for piece in pieces())


@dataclass
class Days:
    """Two days of collecting: outcomes per step, and the site as it was left."""

    site: Site
    first: dict[str, dict[str, int]] = field(default_factory=dict)
    second: dict[str, dict[str, int]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    """Collect, let the newsroom go on, collect again."""
    root = tmp_path_factory.mktemp("newsroom")
    settings = load_settings(data=root / "data")
    settings.data.mkdir()
    store = Store.open(settings.store_url)
    with serve_newsroom(slow_seconds=0.05, sources=root / "sources") as site:
        registry = load_sources(site.sources)
        days = Days(site)
        days.first = {count.step: count.outcomes for count in collect(settings, store, registry)}
        site.advance()
        days.second = {count.step: count.outcomes for count in collect(settings, store, registry)}
        yield days
    store.close()


def test_the_declarations_are_what_the_registry_reads(tmp_path: Path) -> None:
    with serve_newsroom(sources=tmp_path) as site:
        assert load_sources(site.sources).ids() == sorted(f"mau-{item.id}" for item in OUTLETS)


def test_feeds_that_go_wrong_are_counted_by_name(days: Days) -> None:
    assert days.first["feeds"]["not-a-feed"] == 1
    assert days.first["feeds"]["gone"] == 1
    assert days.first["feeds"]["moved"] == 1


def test_every_page_is_had_but_the_forbidden_and_the_huge_one(days: Days) -> None:
    pages = days.first["pages"]
    assert pages["refused by robots"] == 1
    assert pages["too-large"] == 1
    # all articles but the forbidden one, and three pages of spam
    assert pages["new"] == OUT_FIRST - 1 + 3


def test_the_liar_is_found_out_and_its_new_posts_are_not_lost(days: Days) -> None:
    assert days.second["feeds"]["lied"] == 1
    # the late posts and the corrected article
    assert days.second["pages"]["new"] == LATE + 1


def test_nothing_below_the_forbidden_folder_was_asked_for(days: Days) -> None:
    assert not [seen for seen in days.site.seen if seen.path.startswith("/archive/")]
    assert all(seen.agent.startswith("CotMoc/") for seen in days.site.seen)


@pytest.mark.parametrize("name", [item.id for item in OUTLETS if item.kind != "video"])
def test_pages_are_read_as_they_were_written(name: str) -> None:
    """Title, sapô, paragraphs and captions, nothing of the boxes around them; video posts come from the feed alone."""
    now = datetime.now(UTC)
    with serve_newsroom(now, slow_seconds=0) as site:
        row = next(row for row in declarations(site) if row["id"] == f"mau-{name}")
        for piece in site.out(name):
            version = site.current(piece)
            answer = httpx.get(site.url(piece))
            read = extract(
                answer.content,
                site.url(piece),
                content_type=answer.headers["content-type"],
                selectors=(row.get("selectors") or [None])[0],
                feed=FeedHint(title=version.title, sapo=version.sapo, published=site.published(piece)),
                now=now,
            )
            assert isinstance(read, Extracted), piece.slug
            assert (read.title, read.sapo) == (version.title, version.sapo)
            assert [line for line in read.body.split("\n") if line] == list(version.body)
            assert read.captions == version.captions
            assert read.published is not None
            assert abs((read.published - site.published(piece)).total_seconds()) <= 3600
