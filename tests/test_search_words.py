"""`word:` finds compound words as words, not as neighbouring syllables; only when the office asks for it."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from flows.commands.search import search
from pipelines.clock import now
from pipelines.errors import UsageError
from pipelines.search import open_index
from pipelines.search.elastic_writes import entry_of, insertion
from pipelines.search.port import Change, Index
from pipelines.search.query import asks_words
from pipelines.search.worded import with_words
from pipelines.settings import Settings
from pipelines.watches import check
from tests.searching import document

SEA = {"title": "Tàu cá trên Biển Đông", "body": "Ngư dân kể về ngư trường ở Biển Đông.", "national": True}
CROWD = {"title": "Ngày lễ", "body": "Bãi biển đông nghịt người về tắm ở Sầm Sơn.", "about": ["thanh-hoa"]}
OTHER = {"title": "Chợ Biển Đông", "body": "Bài không thuộc hồ sơ nào, chỉ có tên quán Biển Đông."}
CHANGES = [Change(name, 1, document(name, **fields)) for name, fields in (("sea", SEA), ("crowd", CROWD), ("other", OTHER))]


def ids(index: Index, query: str) -> set[str]:
    return {hit.id for hit in index.search(query).hits}


def test_words_are_tags_of_the_texts_that_concern_us(tmp_path: Path) -> None:
    index = open_index(Settings(data=tmp_path, index_words=True))
    index.bulk(CHANGES)
    assert ids(index, '"biển đông"') == {"sea", "crowd", "other"}
    assert ids(index, 'word:"Biển Đông"') == {"sea"} == ids(index, "word:bien-dong")
    assert ids(index, 'word:"ngư dân" national:yes') == {"sea"}
    index.start_version()
    index.fill(CHANGES)
    index.switch_version()
    assert ids(index, 'word:"Biển Đông"') == {"sea"}
    index.bulk([Change("sea", 2, None)])
    assert not ids(index, 'word:"Biển Đông"')
    assert dict(index.checksums()).keys() == {"crowd", "other"}
    index.close()


def test_words_change_neither_documents_nor_checksums(tmp_path: Path) -> None:
    plain, worded = (open_index(Settings(data=tmp_path / name, index_words=on)) for name, on in (("a", False), ("b", True)))
    for index in (plain, worded):
        index.bulk(CHANGES)
    assert dict(plain.checksums()) == dict(worded.checksums())
    assert list(plain.scan("biển")) == list(worded.scan("biển"))
    assert not ids(plain, 'word:"Biển Đông"')
    assert plain.facets("biển") == worded.facets("biển")


def test_elasticsearch_is_given_the_same_tags() -> None:
    changes = with_words(CHANGES)
    body = insertion("i", changes[0], entry_of(changes[0]))[0][1]
    assert "word:bien-dong" in body["tags"] and "word:ngu-dan" in body["tags"]
    assert not any(tag.startswith("word:") for tag in insertion("i", changes[2], entry_of(changes[2]))[0][1]["tags"])
    assert with_words(CHANGES) == changes


@pytest.mark.elasticsearch
def test_elasticsearch_finds_words_as_the_embedded_index_does(elasticsearch_url: str, tmp_path: Path) -> None:
    own = Settings(data=tmp_path, elasticsearch_url=elasticsearch_url, index_prefix=f"test-{uuid.uuid4().hex[:12]}", index_words=True)
    elastic, embedded = open_index(own), open_index(Settings(data=tmp_path, index_words=True))
    try:
        for index in (elastic, embedded):
            assert not [item.reason for item in index.bulk(CHANGES).items if item.reason]
        for query in ('word:"Biển Đông"', "word:bien-dong", 'word:"ngư dân" national:yes', '"biển đông" NOT word:"Biển Đông"', 'word:"chợ"'):
            assert ids(elastic, query) == ids(embedded, query), query
        assert ids(elastic, 'word:"Biển Đông"') == {"sea"}
        assert dict(elastic.checksums()) == dict(embedded.checksums())
        assert elastic.faults() == embedded.faults() == []
        for index in (elastic, embedded):
            index._engine.bulk([Change("late", 1, document("late", "Biển Đông", about=["hue"])), Change("other", 2, document("other", "Chợ"))])  # type: ignore[attr-defined]
        assert elastic.faults() == embedded.faults() == ["1 bài chưa tách từ ghép (ghi lúc index_words còn tắt), word: không tìm thấy chúng"]
    finally:
        client, prefix = elastic.client, elastic.prefix  # type: ignore[attr-defined]
        for name in client.indices.get(index=f"{prefix}*"):
            client.indices.delete(index=name)
        client.options(ignore_status=404).indices.delete_index_template(name=elastic.alias)  # type: ignore[attr-defined]
        elastic.close()
        embedded.close()


@pytest.mark.parametrize(
    ("query", "asked"),
    [('word:"biển đông"', True), ("biển (tier:flag OR NOT WORD:bien-dong)", True), ('"word:biển"', False), ("biển since:7d", False), ("", False)],
)
def test_a_question_for_words_is_recognised(query: str, asked: bool) -> None:
    assert asks_words(query) is asked


def test_a_setting_that_is_off_is_said_and_not_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer()
    app.command()(search)
    told = CliRunner().invoke(app, ['word:"biển đông"', "--data", str(tmp_path)])
    assert told.exit_code == 0 and "index_words đang tắt" in told.stderr and not told.stdout
    assert "index_words" not in CliRunner().invoke(app, ["biển", "--data", str(tmp_path)]).stderr
    with pytest.raises(UsageError, match="index_words đang tắt"):
        check('word:"biển đông"', "", "", Settings(data=tmp_path), now())
    check('word:"biển đông"', "", "", Settings(data=tmp_path, index_words=True), now())
    monkeypatch.setenv("COTMOC_INDEX_WORDS", "true")
    late = CliRunner().invoke(app, ['word:"biển đông"', "--data", str(tmp_path)])
    assert late.exit_code == 0 and "đang tắt" not in late.stderr and "nếu mới bật thì chạy cotmoc index rebuild" in late.stderr
