"""`word:` finds compound words as words, not as neighbouring syllables; only when the office asks for it."""

from __future__ import annotations

from pathlib import Path

from pipelines.search import open_index
from pipelines.search.elastic_writes import entry_of, insertion
from pipelines.search.port import Change, Index
from pipelines.search.worded import with_words
from pipelines.settings import Settings
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
