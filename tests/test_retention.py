"""Retention: texts that raised nothing are forgotten in store and index when their time is over; the rest stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from flows.chain import Chain, assess, deliver
from flows.upkeep import upkeep
from pipelines.clock import now
from pipelines.read import read_line
from pipelines.records import (
    Alert,
    Article,
    Assessment,
    Capture,
    Claim,
    Places,
    Role,
    TextLine,
    Tier,
    Verdict,
)
from pipelines.search.owe import owe_articles, owe_story
from pipelines.search.rebuild import verify
from pipelines.settings import load_settings
from pipelines.store import (
    Store,
    alerts,
    articles,
    assessments,
    audit,
    captures,
    frontier,
    outbox,
    papers,
    stories,
)
from pipelines.store.schema import alerts as alert_table
from pipelines.store.schema import article_provinces, metadata
from pipelines.store.schema import articles as table
from pipelines.store.schema import outbox as messages


def test_what_expires_and_what_stays(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path)
    store = Store.open(settings.store_url)
    chain = Chain(settings, store)
    texts = {"cũ": ("press", 100), "mới": ("press", 10), "bài đăng": ("social", 10), "gắn cờ": ("press", 100)}
    ids = {}
    with store.begin() as conn:
        for name, (kind, days) in texts.items():
            line = TextLine(id=name, title=f"Bài {name} về cảng cá", text=f"Nội dung riêng của {name} nói về cảng cá.", kind=kind)
            read_line(conn, line, now() - timedelta(days=days))
            article = articles.article_id(f"urn:cotmoc:line:{name}")
            ids[name] = article
            assessments.save(conn, article, 1, outcome="clear", version="t", places=Places(), assessment=None)
        owe_articles(conn, ids.values(), now())
        claim = Claim(sentence="x", start=0, end=1, type="D06", role=Role.ASSERT, verdict=Verdict.CONTRADICTED, refs=("GT-02",))
        alerts.raise_alert(
            conn,
            Alert(id="a", story=ids["gắn cờ"], article=ids["gắn cờ"], revision=1, tier=Tier.FLAG, claim=claim, title="x", outlet="x", url="x", raised=now()),
        )
        outbox.mark_delivered(conn, [1], now() - timedelta(days=30))
    count = upkeep(chain)
    assert count.outcomes == {"post-text-expired": 1, "press-text-expired": 1, "delivery-forgotten": 1}
    with store.read() as conn:
        bodies = {row.id: row.body for row in conn.execute(select(table.c.id, table.c.body))}
        owed = set(conn.execute(select(messages.c.key).where(messages.c.payload.contains('"body": ""'))).scalars())
        titles = conn.execute(select(func.count()).select_from(table).where(table.c.title != "")).scalar_one()
    assert [name for name, article in ids.items() if bodies[article] == ""] == ["cũ", "bài đăng"]
    assert owed == {ids["cũ"], ids["bài đăng"]}
    assert titles == 4
    assert upkeep(chain).entered == 0
    chain.close()


def _holding(store: Store, words: str) -> set[str]:
    """Return the tables that hold `words` in any column."""
    with store.read() as conn:
        return {name for name, one in metadata.tables.items() if any(words in str(row) for row in conn.execute(select(one)))}


def test_a_text_that_is_over_is_nowhere_in_the_store(tmp_path: Path) -> None:
    """Not in a delivery that waits or arrived last week, not as the feed's summary, not as the sentence of a verdict; what it came to stays."""
    chain = Chain(load_settings(data=tmp_path), Store.open(f"sqlite:///{tmp_path / 'cotmoc.sqlite3'}"))
    said, seen, url = "Nội dung riêng của bài đăng nói về cảng cá.", now() - timedelta(days=10), "https://kenh.example/1"
    with chain.store.begin() as conn:
        found = Article(
            id="p", url=url, canonical=url, source="kenh", outlet="Kênh", kind="channel", title="Cảng cá", sapo=said, body=said,
            capture="c", published=seen, first_seen=seen,
        )  # fmt: skip
        captures.add(conn, [Capture(
            id="c", url=url, final_url=url, source="kenh", fetched=seen, status=200, body_sha256="0", size=1, warc_file="", warc_offset=0, warc_length=0,
        )])  # fmt: skip
        frontier.add(conn, [frontier.Found(url, "kenh", "kenh.example", "Cảng cá", said, seen, "feed")], seen)
        conn.execute(frontier.frontier.update().values(state=frontier.DONE))
        articles.save(conn, found)
        claim = Claim(sentence=said, start=0, end=5, type="D05", role=Role.ASSERT, verdict=Verdict.CONSISTENT, refs=("GT-02",), why=f"“{said}” đúng")
        made = Assessment(article="p", revision=1, tier=Tier.NONE, claims=(claim,), model_version="m", reference_version="r")
        assessments.save(conn, "p", 1, outcome="clear", version="m/r", places=Places(about=("ninh-binh",)), assessment=made)
        owe_articles(conn, ["p"], seen)
        outbox.mark_delivered(conn, [1], seen)
    assert _holding(chain.store, said) == {"articles", "assessments", "frontier", "outbox"}
    assert upkeep(chain).outcomes == {"post-text-expired": 1}
    assert _holding(chain.store, said) == set()
    with chain.store.read() as conn:
        kept = assessments.of_article(conn, "p", 1)
        assert kept and [(one.type, one.verdict, one.refs) for one in kept.claims] == [("D05", Verdict.CONSISTENT, ("GT-02",))]
        assert outbox.owed(conn, "index") == 1
    deliver(chain)
    # Nothing is left to judge: a newer model must not take the headline alone for the article.
    assert assess(chain).entered == 0
    with chain.store.read() as conn:
        assert [row.province for row in conn.execute(select(article_provinces))] == ["ninh-binh"]
    assert verify(chain.store, chain.index).same and upkeep(chain).entered == 0
    chain.close()


def test_warc_files_are_forgotten_whole_unless_they_hold_evidence(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path)
    chain = Chain(settings, Store.open(settings.store_url))
    (tmp_path / "warc").mkdir()
    # A file of posts goes with their text.
    rows = [("old", 100), ("evidence", 100), ("young", 10), ("cotmoc-posts-a", 10), ("cotmoc-posts-b", 5)]
    with chain.store.begin() as conn:
        for name, days in rows:
            (tmp_path / "warc" / f"{name}.warc.gz").write_bytes(b"x")
            capture = Capture(
                id=name, url=f"http://a.example/{name}", final_url="x", source="s", fetched=now() - timedelta(days=days),
                status=200, body_sha256="0", size=1, warc_file=f"warc/{name}.warc.gz", warc_offset=0, warc_length=1,
            )  # fmt: skip
            captures.add(conn, [capture])
        article = Article(
            id="e", url="u", canonical="u", source="s", outlet="Báo", title="t", body="b", capture="evidence", first_seen=now()
        )
        articles.save(conn, article)
        claim = Claim(sentence="x", start=0, end=1, type="D06", role=Role.ASSERT, verdict=Verdict.CONTRADICTED, refs=("GT-02",))
        alerts.raise_alert(conn, Alert(id="a", story="e", article="e", revision=1, tier=Tier.FLAG, claim=claim, title="x", outlet="x", url="x", raised=now()))
    assert upkeep(chain).outcomes == {"warc-expired": 2}
    assert {path.name for path in (tmp_path / "warc").iterdir()} == {"evidence.warc.gz", "young.warc.gz", "cotmoc-posts-b.warc.gz"}
    assert upkeep(chain).entered == 0
    chain.close()


def test_after_five_years_an_article_is_forgotten_in_store_and_index(tmp_path: Path) -> None:
    chain = Chain(load_settings(data=tmp_path), Store.open(f"sqlite:///{tmp_path / 'cotmoc.sqlite3'}"))
    ids = {}
    with chain.store.begin() as conn:
        for name, days in (("cũ", 2000), ("gắn cờ", 2000), ("bốn năm", 1500)):
            line = TextLine(id=name, title=f"Bài {name} về cảng cá", text=f"Nội dung riêng của {name}, không giống bài nào khác.")
            read_line(conn, line, now() - timedelta(days=days))
            ids[name] = articles.article_id(f"urn:cotmoc:line:{name}")
            assessments.save(conn, ids[name], 1, outcome="clear", version="t", places=Places(about=("ninh-binh",)), assessment=None)
        owe_articles(conn, ids.values(), now())
        claim = Claim(sentence="x", start=0, end=1, type="D06", role=Role.ASSERT, verdict=Verdict.CONTRADICTED, refs=("GT-02",))
        story = ids["gắn cờ"]
        alerts.raise_alert(conn, Alert(id="a", story=story, article=story, revision=1, tier=Tier.FLAG, claim=claim, title="x", outlet="x", url="x", raised=now()))
    assert deliver(chain).outcomes == {"delivered": 3}
    assert upkeep(chain).outcomes["metadata-expired"] == 1
    assert deliver(chain).outcomes["delivered"] >= 1
    with chain.store.read() as conn:
        left = set(conn.execute(select(table.c.id)).scalars())
    assert left == {ids["gắn cờ"], ids["bốn năm"]}
    assert {hit.id for hit in chain.index.search("cảng cá").hits} == left
    assert verify(chain.store, chain.index).same
    assert upkeep(chain).entered == 0
    chain.close()


def _office(tmp_path: Path, **settings: int) -> Chain:
    return Chain(load_settings(data=tmp_path, **settings), Store.open(f"sqlite:///{tmp_path / 'cotmoc.sqlite3'}"))


def _seen(chain: Chain, name: str, days: int, *, status: str = "", story: str = "") -> tuple[str, str]:
    """Read one article `days` ago, with an alert in `status` on its story if one is named; returns article and story."""
    line = TextLine(id=name, title=f"Bài {name} về cảng cá", text=f"Nội dung riêng của {name}, không giống bài nào khác.")
    article = articles.article_id(f"urn:cotmoc:line:{name}")
    with chain.store.begin() as conn:
        read_line(conn, line, now() - timedelta(days=days))
        assessments.save(conn, article, 1, outcome="clear", version="t", places=Places(), assessment=None)
        if story:
            stories.save(conn, story, story, "Báo", [article])
        own = stories.story_of(conn, article)
        assert own
        if status:
            claim = Claim(sentence="x", start=0, end=1, type="D06", role=Role.ASSERT, verdict=Verdict.CONTRADICTED, refs=("GT-02",))
            raised = now() - timedelta(days=days)
            one = Alert(id=name, story=own, article=article, revision=1, tier=Tier.FLAG, claim=claim, title="x", outlet="x", url="x", raised=raised, status=status)
            alerts.raise_alert(conn, one)
        owe_story(conn, own, now())
    return article, own


def test_a_month_that_is_over_leaves_the_index_as_a_whole_and_evidence_stays(tmp_path: Path) -> None:
    chain = _office(tmp_path)
    flagged, story = _seen(chain, "gắn cờ", 2100, status="mới")
    copy, _ = _seen(chain, "chép lại", 2100, story=story)
    gone = [_seen(chain, f"thường {n}", 2100)[0] for n in range(3)]
    young, _ = _seen(chain, "mới", 3)
    deliver(chain)
    assert len(chain.index.parts()) == 3
    found = upkeep(chain).outcomes
    assert (found["metadata-expired"], found["month-expired"]) == (3, 1)
    with chain.store.read() as conn:
        owed = set(conn.execute(select(messages.c.key).where(messages.c.delivered.is_(None))).scalars())
        entry = audit.find(conn, action="retention.forget")[0]
    assert len(owed) == 1 and not owed & set(gone)  # one message for the month, none for an article
    assert entry["details"]["metadata-expired"] == 3 and entry["details"]["parts"] == [next(iter(owed)).removeprefix("part:")]
    deliver(chain)
    assert {hit.id for hit in chain.index.search("cảng cá").hits} == {flagged, copy, young}
    assert verify(chain.store, chain.index).same
    assert upkeep(chain).entered == 0
    chain.close()


def test_copies_of_what_raised_an_alert_keep_their_text(tmp_path: Path) -> None:
    chain = _office(tmp_path)
    _flagged, story = _seen(chain, "gắn cờ", 100, status="không sai lệch")
    _seen(chain, "chép lại", 100, story=story)
    _seen(chain, "thường", 100)
    assert upkeep(chain).outcomes == {"press-text-expired": 1}
    chain.close()


@pytest.mark.parametrize("held", ["", "open", "digest", "pack", "young"])
def test_closed_cases_go_only_where_the_office_says_so_and_nothing_holds_them(tmp_path: Path, held: str) -> None:
    chain = _office(tmp_path, keep_closed_cases=730)
    article, story = _seen(chain, "vụ", 100 if held == "young" else 800, status="đang xem" if held == "open" else "không sai lệch")
    _seen(chain, "chép", 800, story=story)
    with chain.store.begin() as conn:
        if held == "digest":
            audit.append(conn, actor="Bàn 1", action="digest.approve", thing="ninh-binh 2024-09-01", details={"alerts": ["vụ"]}, now=now())
        if held == "pack":
            papers.save_paper(conn, kind="evidence", province="ninh-binh", day="2024-09-01", story=story, path="x", sha256="0", now=now())
    deliver(chain)
    assert upkeep(chain).outcomes.get("case-expired", 0) == (0 if held else 2)
    deliver(chain)
    with chain.store.read() as conn:
        assert (articles.get(conn, article) is None) is (held == "")
        assert conn.execute(select(func.count()).select_from(alert_table)).scalar_one() == (1 if held else 0)
    assert verify(chain.store, chain.index).same and chain.index.count() == (2 if held else 0)
    assert upkeep(chain).entered == 0
    chain.close()
