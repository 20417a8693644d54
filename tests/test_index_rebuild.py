"""The index against the store: owed, delivered, verified, rebuilt; nothing lives only in the index."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from flows.checks import deliveries
from pipelines.deliver import deliver
from pipelines.errors import UserError
from pipelines.records import Article, Assessment, Claim, Places, Role, Tier, Verdict, content_id
from pipelines.search import BulkResult, Change, Index, IndexUnavailable
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.owe import owe, owe_articles, owe_story
from pipelines.search.rebuild import rebuild, verify
from pipelines.settings import load_settings
from pipelines.store import Store, articles, assessments, outbox, stories
from pipelines.store.schema import articles as article_table
from tests.searching import document, found

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = EmbeddedIndex(tmp_path / "index.sqlite3")
    yield opened
    opened.close()


def land(store: Store, key: str, title: str, *, revision: int = 1, flagged: bool = False, assessed: bool = True) -> str:
    """Store one article as the read and assess steps do, and owe its document."""
    url = f"https://example.invalid/{key}"
    article = Article(
        id=content_id(url), url=url, canonical=url, source="bao-mau", outlet="Báo Mẫu", title=title, body="Nội dung.",
        published=NOW, first_seen=NOW, revision=revision,
    )  # fmt: skip
    claim = Claim(
        sentence=title, start=0, end=len(title), type="D06", role=Role.ASSERT, verdict=Verdict.CONTRADICTED, refs=("PCA-05",)
    )
    assessment = Assessment(
        article=article.id, revision=revision, tier=Tier.FLAG, claims=(claim,), model_version="m", reference_version="r"
    )
    with store.begin() as conn:
        articles.save(conn, article)
        if assessed:
            assessments.save(
                conn, article.id, revision, outcome="flagged" if flagged else "clear", version="m/r",
                places=Places(about=("lao-cai",)), assessment=assessment if flagged else None,
            )  # fmt: skip
            owe(conn, article.id, revision, NOW)
    return article.id


def test_what_was_delivered_is_what_the_store_says(store: Store, index: Index) -> None:
    land(store, "a", "Biên giới", flagged=True)
    land(store, "b", "Bóng đá")
    result = verify(store, index)
    assert (result.same, result.in_store, result.in_index, result.missing, result.owed) == (False, 2, 0, 2, 2)
    deliver(store, index, now=NOW)
    result = verify(store, index)
    assert (result.same, result.in_store, result.in_index, result.owed) == (True, 2, 2, 0)
    assert found(index, "tier:flag type:D06 ref:PCA-05 verdict:CONTRADICTED about:lao-cai") == [content_id("https://example.invalid/a")]


def test_verify_names_what_differs(store: Store, index: Index) -> None:
    a, b, c = (land(store, key, key) for key in "abc")
    deliver(store, index, now=NOW)
    index.bulk([Change(a, 10**18, {**next(iter(index.scan(""))), "id": a, "title": "bị sửa"}), Change("f" * 32, 1, document("f" * 32))])
    index.delete([(b, 10**18)])
    result = verify(store, index)
    assert (result.different, result.missing, result.surplus) == (1, 1, 1)
    assert result.examples == {"different": [a], "missing": [b], "surplus": ["f" * 32]}
    assert not result.same


def test_rebuild_mends_every_difference(store: Store, index: Index) -> None:
    ids = [land(store, f"k{number}", f"bài {number}") for number in range(7)]
    deliver(store, index, now=NOW)
    index.delete([(ids[0], 10**18)])
    index.bulk([Change("f" * 32, 1, document("f" * 32)), Change(ids[1], 10**18, document(ids[1], "bị sửa"))])
    assert not verify(store, index).same
    result = rebuild(store, index)
    assert (result.documents, result.refused) == (7, [])
    assert verify(store, index).same


def test_a_rebuilt_index_takes_later_messages_and_refuses_earlier_ones(store: Store, index: Index) -> None:
    a = land(store, "a", "một")
    land(store, "a", "hai", revision=2)
    with store.read() as conn:
        first, second = outbox.pending(conn, "index", 10, NOW)
    rebuild(store, index)
    assert deliver(store, index, now=NOW).outcomes == {"delivered": 1, "superseded": 1}
    index.bulk([Change(a, first.version, json.loads(first.payload))])
    assert found(index, "hai") == [a] and found(index, "một") == []
    land(store, "a", "ba", revision=3)
    deliver(store, index, now=NOW + timedelta(seconds=1))
    assert found(index, "ba") == [a]
    assert verify(store, index).same


def test_an_edit_that_waits_for_its_assessment_leaves_the_last_one_found(store: Store, index: Index) -> None:
    a = land(store, "a", "trước khi sửa")
    land(store, "a", "sau khi sửa", revision=2, assessed=False)
    deliver(store, index, now=NOW)
    assert verify(store, index).same
    rebuild(store, index)
    assert found(index, "trước") == [a]


def test_what_says_the_same_is_owed_once(store: Store) -> None:
    a = land(store, "a", "x")
    with store.begin() as conn:
        owe(conn, a, 1, NOW + timedelta(hours=1))
        assert outbox.owed(conn, "index") == 1


def test_a_blanked_text_leaves_the_index_too(store: Store, index: Index) -> None:
    a = land(store, "a", "Tiêu đề")
    deliver(store, index, now=NOW)
    with store.begin() as conn:
        conn.execute(update(article_table).values(body="", sapo=""))
        owe_articles(conn, [a], NOW + timedelta(hours=1))
    deliver(store, index, now=NOW + timedelta(hours=1))
    assert found(index, "dung") == [] and found(index, "tiêu") == [a]
    assert verify(store, index).same


def test_articles_that_become_one_story_are_owed_again(store: Store, index: Index) -> None:
    a, b = land(store, "a", "x"), land(store, "b", "x")
    deliver(store, index, now=NOW)
    with store.begin() as conn:
        stories.save(conn, "s" * 32, a, "Báo Mẫu", [a, b])
        owe_story(conn, "s" * 32, NOW + timedelta(hours=1))
    deliver(store, index, now=NOW + timedelta(hours=1))
    assert sorted(found(index, f"story:{'s' * 32}")) == sorted([a, b])
    assert verify(store, index).same


def test_an_index_of_another_format_rests_until_its_rebuild_ends(tmp_path: Path) -> None:
    store, path = Store.open(f"sqlite:///{tmp_path / 'cotmoc.sqlite3'}"), tmp_path / "index.sqlite3"
    own = load_settings(data=tmp_path)
    ids = sorted(land(store, f"k{number}", f"bài {number}") for number in range(3))
    before = EmbeddedIndex(path)
    assert found(before, "") == []  # a new office answers at once
    deliver(store, before, now=NOW)
    assert deliveries(own).state == "ok"
    before.close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE versions SET number = 1 WHERE name = 'format'")

    class Killed(EmbeddedIndex):
        def fill(self, changes: Sequence[Change]) -> BulkResult:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(store, Killed(path))
    late = land(store, "late", "bài đến sau")
    index = EmbeddedIndex(path)
    for ask in (lambda: index.search("bài"), lambda: list(index.scan("")), lambda: index.facets(""), index.count, index.parts, lambda: list(index.checksums())):
        with pytest.raises(IndexUnavailable, match="đang dựng lại"):
            ask()
    assert (deliver(store, index, now=NOW).outcomes, deliveries(own).state) == ({"waiting": 1}, "missing")
    assert deliveries(own).found.count("đang dựng lại") == 1 and deliveries(own).mend == "cotmoc index rebuild"
    assert rebuild(store, index).documents == 4
    assert deliver(store, index, now=NOW).outcomes == {"delivered": 1}  # nothing waits for the end of a delay
    assert sorted(found(index, "")) == sorted([*ids, late]) and verify(store, index).same
    assert deliveries(own).state == "ok"
    index.delete([(ids[0], 10**18)])
    assert "chỉ mục thiếu ít nhất 1 bài so với kho" in deliveries(own).found
    index.close()
    path.unlink()
    assert "thiếu ít nhất 4 bài" in deliveries(own).found and not path.exists()
    store.close()


def test_a_rebuild_that_another_one_has_overtaken_does_not_switch(index: Index, tmp_path: Path) -> None:
    index.bulk([Change("a" * 32, 1, document("a" * 32))])
    later = EmbeddedIndex(tmp_path / "index.sqlite3")
    index.start_version()
    later.start_version()
    for go_on in (lambda: index.fill([]), index.switch_version):
        with pytest.raises(UserError, match="chạy lại cotmoc index rebuild"):
            go_on()
    assert found(later, "") == ["a" * 32]
    later.close()


def cotmoc(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    module, *rest = arguments
    code = f"import typer; from flows.commands.{module} import *; import flows.commands.{module} as m; (m.app() if hasattr(m, 'app') else typer.run(m.{module}))"
    return subprocess.run([sys.executable, "-c", code, *rest, "--data", str(data)], capture_output=True, text=True, check=False)


def test_the_commands(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'cotmoc.sqlite3'}")
    a = land(store, "a", "Cột mốc biên giới", flagged=True)
    differs = cotmoc(tmp_path, "index", "verify")
    assert differs.returncode == 1
    assert "thiếu 1, thừa 0, khác nội dung 0; còn chờ chuyển 1" in differs.stdout
    assert "rebuild" in differs.stderr
    assert cotmoc(tmp_path, "index", "rebuild", "--json").stdout == '{"engine": "sqlite", "documents": 1, "refused": 0}\n'
    same = cotmoc(tmp_path, "index", "verify", "--json")
    assert same.returncode == 0
    wrong = tmp_path / "nhầm"
    for command in ("verify", "rebuild"):
        refused = cotmoc(wrong, "index", command)
        assert refused.returncode != 0 and "không có kho nào ở đây" in refused.stderr
    assert not wrong.exists()
    assert json.loads(same.stdout)["same"] is True
    answer = cotmoc(tmp_path, "search", "cot moc", "tier:flag", "--json", "--limit", "5")
    assert answer.returncode == 0
    hit = json.loads(answer.stdout)
    assert list(hit) == ["id", "title", "outlet", "published", "tier", "url", "snippet"]
    assert (hit["id"], hit["tier"], hit["title"]) == (a, "flag", "Cột mốc biên giới")
    shown = cotmoc(tmp_path, "search", "moc")
    assert "CẢNH BÁO" in shown.stdout and "1 bài" in shown.stderr
    store.close()


def test_a_file_that_was_deleted_and_made_anew_is_opened_anew(store: Store, tmp_path: Path) -> None:
    """What a broken file asks for, while the desk and the service have it open: neither goes on with the one that is gone."""
    path = tmp_path / "index.sqlite3"
    service, desk = EmbeddedIndex(path), EmbeddedIndex(path)
    a = land(store, "a", "bài một")
    deliver(store, service, now=NOW)
    assert found(desk, "một") == [a]
    for old in tmp_path.glob("index.sqlite3*"):
        old.unlink()
    assert found(desk, "một") == [] and not path.exists()
    other = EmbeddedIndex(path)
    rebuild(store, other)
    b = land(store, "b", "bài hai")
    deliver(store, service, now=NOW)
    assert found(desk, "bài hai") == [b] and verify(store, other).same
    for index in (service, desk, other):
        index.close()


def test_a_deleted_file_is_written_to_only_after_a_rebuild(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    service = EmbeddedIndex(path)
    land(store, "a", "bài một")
    deliver(store, service, now=NOW)
    for old in tmp_path.glob("index.sqlite3*"):
        old.unlink()
    b = land(store, "b", "bài hai")
    assert deliver(store, service, now=NOW).outcomes == {"waiting": 1}
    rebuild(store, EmbeddedIndex(path))
    assert deliver(store, service, now=NOW).outcomes == {"delivered": 1}
    assert found(service, "bài hai") == [b] and verify(store, service).same
    service.close()
