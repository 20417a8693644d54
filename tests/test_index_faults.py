"""`cotmoc index verify` notices damage of any table of the embedded index, says what to do, and a rebuild mends it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.commands.index import app
from pipelines.search import IndexUnavailable, open_index, wordsets
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.port import MISPLACED, Change
from pipelines.search.rebuild import rebuild, verify
from pipelines.search.worded import with_words
from pipelines.settings import Settings
from pipelines.store import Store
from tests.searching import START, document, put
from tests.test_index_rebuild import land

Damage = Callable[[sqlite3.Connection], object]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedIndex]:
    monkeypatch.setattr(wordsets, "CHUNK", 8)
    made = EmbeddedIndex(tmp_path / "index.sqlite3")
    put(made, *(
        document(f"d{n:02}", f"mốc biên giới số {n}", "Câu có chữ 𝛂β và đảo.", published=START + timedelta(days=n), mention=["ha-noi"] if n % 2 else [], outlet=f"Báo {n % 3}")
        for n in range(20)
    ))  # fmt: skip
    yield made
    made.close()


def damaged(index: EmbeddedIndex, damage: Damage) -> tuple[list[str], set[str]]:
    """Return the faults that are named, and the articles, after `damage`."""
    with index._connections.write() as db:
        damage(db)
    return index.faults(), {id_ for id_, said in index.checksums() if said == MISPLACED}


def row(db: sqlite3.Connection) -> tuple[int, str, str, str]:
    """Return rank, tokens with and without marks, and tags of d03."""
    rank, tags, tokens = db.execute("SELECT rank, tags, tokens FROM docs_1 WHERE id = 'd03'").fetchone()
    exact = zlib.decompress(tokens).decode()
    return rank, exact, " ".join(map(wordsets.folded, exact.split())), tags


def forget(db: sqlite3.Connection, exact: str, plain: str, tags: str) -> None:
    db.execute("INSERT INTO fts_1 (fts_1, rowid, exact, folded, tags) VALUES ('delete', ?, ?, ?, ?)", (row(db)[0], exact, plain, tags))


def test_a_sound_index_has_no_fault(index: EmbeddedIndex) -> None:
    put(index, document("d03", "viết lại", outlet="Báo 9"), version=2)
    index.delete([("d04", 2)])
    assert damaged(index, lambda _db: None) == ([], set())


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE days_1 SET n = n + 1 WHERE day = (SELECT min(day) FROM days_1)", "số bài theo ngày sai ở 1 giá trị"),
        ("DELETE FROM days_1", "số bài theo ngày sai ở 20 giá trị"),
        ("INSERT INTO days_1 (day, n) VALUES (1, 4)", "số bài theo ngày sai ở 1 giá trị"),
        ("UPDATE sets_1 SET n = 0 WHERE tags = 'mention:ha-noi'", "số bài theo trường sai ở 1 giá trị"),
        ("INSERT INTO sets_1 (tags, n) VALUES ('mention:lao-cai', 3)", "số bài theo trường sai ở 1 giá trị"),
    ],
)
def test_wrong_counts_are_named(index: EmbeddedIndex, sql: str, said: str) -> None:
    assert damaged(index, lambda db: db.execute(sql)) == ([said], set())


def test_a_value_that_became_another_names_the_articles(index: EmbeddedIndex) -> None:
    odd = {f"d{n:02}" for n in range(1, 20, 2)}
    assert damaged(index, lambda db: db.execute("UPDATE sets_1 SET tags = 'mention:hue' WHERE tags = 'mention:ha-noi'")) == ([], odd)
    faults, articles = damaged(index, lambda db: db.execute("DELETE FROM sets_1 WHERE tags = 'mention:hue'"))
    assert (faults, articles) == (["số bài theo trường sai ở 1 giá trị"], odd)
    with pytest.raises(IndexUnavailable, match="cotmoc index rebuild"):
        index.facets('"số 3"')


def test_a_row_that_left_the_full_text_is_named(index: EmbeddedIndex) -> None:
    faults, articles = damaged(index, lambda db: forget(db, *row(db)[1:]))
    assert articles == {"d03"} and len(faults) == 1 and faults[0].startswith("phần toàn văn thiếu chữ: ")
    faults, articles = damaged(index, lambda db: db.execute("INSERT INTO fts_1 (fts_1) VALUES ('delete-all')"))
    assert len(articles) == 20 and len(faults) == 1


def test_words_that_left_the_full_text_are_named(index: EmbeddedIndex) -> None:
    assert damaged(index, lambda db: forget(db, "mốc biên", "", "")) == (["phần toàn văn thiếu chữ: 2 từ có ít lần hơn trong các bài"], set())


def test_a_row_of_no_article_is_named(index: EmbeddedIndex) -> None:
    faults, articles = damaged(index, lambda db: db.execute("INSERT INTO fts_1 (rowid, exact, folded, tags) VALUES (5, 'lạ', 'la', 'all')"))
    assert (faults, articles) == (["phần toàn văn thừa 1 dòng không thuộc bài nào"], set())
    with pytest.raises(IndexUnavailable, match="cotmoc index rebuild"):
        index.search("lạ")


def test_a_document_that_cannot_be_read_is_named(index: EmbeddedIndex) -> None:
    for sql, id_ in (
        ("UPDATE docs_1 SET doc = x'00' WHERE id = 'd01'", "d01"), ("UPDATE docs_1 SET sum = 'khác' WHERE id = 'd02'", "d02"),
        ("UPDATE docs_1 SET tags = tags || ' about:hue' WHERE id = 'd05'", "d05"),
    ):  # fmt: skip
        assert id_ in damaged(index, lambda db, sql=sql: db.execute(sql))[1]  # type: ignore[misc]
    with pytest.raises(IndexUnavailable, match="cotmoc index rebuild"):
        index.search("mốc")


@pytest.mark.parametrize("stored", ["1", "null", '"x"', "[]", "{}", '{"id": "d01"}', "1" * 5000, "[" * 100_000])
def test_what_is_no_document_any_more_is_named(index: EmbeddedIndex, stored: str) -> None:
    body = zlib.compress(stored.encode())
    assert damaged(index, lambda db: db.execute("UPDATE docs_1 SET doc = ? WHERE id = 'd01'", (body,)))[1] == {"d01"}


@pytest.mark.parametrize("column", ["ranks", "sets", "many"])
def test_blocks_cut_short_are_one_line(index: EmbeddedIndex, column: str) -> None:
    with index._connections.write() as db:
        db.execute(f"UPDATE blocks_1 SET {column} = substr({column}, 1, length({column}) - 3)")
    for ask in (index.faults, lambda: list(index.checksums()), lambda: index.facets("mốc NOT đảo OR kind:press")):
        with pytest.raises(IndexUnavailable, match="cotmoc index rebuild"):
            ask()


def test_bits_cut_short_are_one_line(index: EmbeddedIndex) -> None:
    with index._connections.write() as db:
        db.execute("UPDATE bits_1 SET bits = x'' WHERE key = 'moc'")
    for ask in (lambda: list(index.checksums()), lambda: index.facets("mốc NOT đảo OR moc")):
        with pytest.raises(IndexUnavailable, match="cotmoc index rebuild"):
            ask()


def test_faults_make_verify_fail_and_a_rebuild_mends_them(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'cotmoc.sqlite3'}")
    for n in range(3):
        land(store, f"k{n}", f"bài {n}")
    index = EmbeddedIndex(tmp_path / "index.sqlite3")
    rebuild(store, index)
    assert verify(store, index).same
    with index._connections.write() as db:
        db.execute("UPDATE days_2 SET n = 7")
    told = CliRunner().invoke(app, ["verify", "--data", str(tmp_path)])
    assert told.exit_code == 1 and "thiếu 0, thừa 0, khác nội dung 0" in told.stdout
    assert told.stderr.splitlines() == ["hỏng: số bài theo ngày sai ở 1 giá trị", "chỉ mục khác kho: chạy cotmoc index rebuild"]
    told = CliRunner().invoke(app, ["verify", "--json", "--data", str(tmp_path)])
    assert (json.loads(told.stdout)["same"], json.loads(told.stdout)["faults"]) == (False, ["số bài theo ngày sai ở 1 giá trị"])
    rebuild(store, index)
    assert verify(store, index).same
    index.close()
    store.close()


CHANGES = [
    Change("bien", 1, document("bien", "Tàu cá trên Biển Đông", "Ngư dân kể.", national=True)), Change("ngan", 1, document("ngan", "Ăn", national=True)),
    Change("ngoai", 1, document("ngoai", "Chợ Biển Đông")), Change("anh", 1, document("anh", "Sea", national=True, lang="en")),
]  # fmt: skip


def test_articles_that_were_not_cut_into_words_are_counted(tmp_path: Path) -> None:
    late = open_index(Settings(data=tmp_path, index_words=True))
    put(open_index(Settings(data=tmp_path)), *(dict(change.document) for change in CHANGES if change.document))
    assert late.faults() == ["2 bài chưa tách từ ghép (ghi lúc index_words còn tắt), word: không tìm thấy chúng"]
    assert open_index(Settings(data=tmp_path)).faults() == []
    assert with_words(CHANGES)[1].words == ("",)  # cut, and of no compound word
    late.start_version()
    late.fill(CHANGES)
    late.switch_version()
    assert late.faults() == []
    assert MISPLACED not in dict(late.checksums()).values()
    late.close()
