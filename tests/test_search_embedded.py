"""The embedded index: what a question finds, versions, deletion, a new version without downtime, two processes."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import threading
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.errors import UsageError, UserError
from pipelines.search import Change, IndexUnavailable, Outcome
from pipelines.search.document import checksum
from pipelines.search.embedded import EmbeddedIndex
from tests.searching import START, document, found, put


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    return EmbeddedIndex(tmp_path / "index.sqlite3")


def test_nothing_indexed_yet_is_no_mistake(index: EmbeddedIndex) -> None:
    assert index.search("biên giới").hits == []
    assert index.count() == 0
    assert list(index.checksums()) == []


def test_marks_matter_when_typed_and_not_when_absent(index: EmbeddedIndex) -> None:
    put(
        index,
        document("a", "Tuyến biên giới", published=START + timedelta(hours=3)),
        document("b", "Biến đổi giới hạn", published=START + timedelta(hours=2)),
        document("c", "Đảo Cồn Cỏ", published=START + timedelta(hours=1)),
        document("d", "Đạo diễn", published=START),
    )
    assert found(index, "bien gioi") == ["a", "b"]
    assert found(index, '"bien gioi"') == ["a"]
    assert found(index, "biên giới") == ["a"]
    assert found(index, "dao") == ["c", "d"]
    assert found(index, "đảo") == ["c"]
    assert found(index, '"bien giới"') == ["a"]


def test_a_marked_phrase_is_meant_as_typed(index: EmbeddedIndex) -> None:
    put(index, document("a", "Ở Thanh Hóa"), document("b", "Trở thành hoa hậu", "Một nét văn hóa"))
    assert found(index, '"Thanh Hóa"') == ["a"]
    assert found(index, '"Thanh Hoá"') == ["a"]
    assert sorted(found(index, '"thanh hoa"')) == ["a", "b"]


def test_decomposed_text_is_the_same_text(index: EmbeddedIndex) -> None:
    put(index, document("a", "Biên giới"))  # written with combining marks
    assert found(index, '"biên giới"') == ["a"]


def test_phrases_do_not_run_from_title_into_body(index: EmbeddedIndex) -> None:
    put(index, document("a", "Tin biên", "giới trẻ"))
    assert found(index, '"biên giới"') == []
    assert found(index, "biên giới") == ["a"]


def test_scripts_without_blanks_are_found_by_any_part(index: EmbeddedIndex) -> None:
    put(index, document("a", "越南边境新闻"), document("b", "ຊາຍແດນລາວ"))
    assert found(index, "边境") == ["a"]
    assert found(index, "境边") == []
    assert found(index, "ແດນ") == ["b"]


def test_near_prefix_and_connectives(index: EmbeddedIndex) -> None:
    put(
        index,
        document("a", "cột mốc số 1 trên tuyến biên giới", published=START + timedelta(hours=2)),
        document("b", "biên giới một hai ba bốn năm sáu bảy tám cột mốc", published=START + timedelta(hours=1)),
        document("c", "giải bóng đá", published=START),
    )
    assert found(index, '"cột mốc" near/5 "biên giới"') == ["a"]
    assert found(index, '"biên giới" near/8 "cột mốc"') == ["a", "b"]
    assert found(index, "giả*") == ["c"]
    assert found(index, "gi*") == ["a", "b", "c"]
    assert found(index, "mốc NOT tuyến") == ["b"]
    assert found(index, "tuyến OR bóng") == ["a", "c"]
    assert found(index, "NOT (tuyến OR bóng)") == ["b"]


def test_fields_and_dates(index: EmbeddedIndex) -> None:
    put(
        index,
        document("a", "x", tier="flag", verdicts=["CONTRADICTED"], types=["D06"], refs=["PCA-05"], status=["mới"], about=["thanh-hoa"], outlet="Tuổi Trẻ"),
        document("b", "x", mention=["thanh-hoa"], lang="zh", national=True, published=START - timedelta(days=40)),
    )
    for query in ("tier:flag", "verdict:CONTRADICTED", "type:D06", "ref:PCA-05", 'status:"mới"', "status:moi", "about:thanh-hoa", "outlet:tuoi-tre",
                  'outlet:"Tuổi trẻ"', "since:2026-11-01", "x since:2026-10-01 NOT lang:zh", "since:2026-11-01 OR tier:flag"):  # fmt: skip
        assert found(index, query) == ["a"], query
    for query in ("mention:thanh-hoa", "lang:zh", "national:yes", "before:2026-10-01", "NOT since:2026-10-01", "x AND NOT tier:flag"):
        assert found(index, query) == ["b"], query
    assert found(index, "outlet:bao-mau") == ["a", "b"]  # by the name of its source
    assert found(index, "since:2026-11-01 OR lang:zh") == ["a", "b"]


def test_hits_show_the_passage_that_answers(index: EmbeddedIndex) -> None:
    put(index, document("a", "Tiêu đề", "Mở đầu. " * 100 + "Ở đây có cột mốc biên giới." + " Kết thúc." * 100))
    hit = index.search("bien near/5 mốc").hits[0]
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["mốc", "biên"]
    assert len(hit.snippet) < 260
    assert (hit.title, hit.outlet, hit.tier, hit.published) == ("Tiêu đề", "Báo Mẫu", "none", "2026-11-01T05:00:00+00:00")


def test_an_old_message_never_overwrites_a_newer_state(index: EmbeddedIndex) -> None:
    put(index, document("a", "mới"), version=5)
    late = index.bulk([Change("a", 4, document("a", "cũ"))]).items[0]
    assert late.outcome is Outcome.STALE
    assert found(index, "cũ") == []
    put(index, document("a", "mới hơn"), version=6)
    assert found(index, "hơn") == ["a"]
    assert index.count() == 1


def test_the_same_message_twice_has_one_effect(index: EmbeddedIndex) -> None:
    for _ in range(3):
        put(index, document("a", "biên giới"), version=5)
    assert index.count() == 1
    assert found(index, "giới") == ["a"]


def test_a_changed_document_leaves_no_words_behind(index: EmbeddedIndex) -> None:
    put(index, document("a", "sai lệch", published=START), document("b", "khác", published=START))
    put(index, document("a", "đã sửa", published=START + timedelta(days=1)), version=2)
    assert found(index, "lệch") == []
    assert found(index, "sửa") == ["a"]
    assert found(index, "") == ["a", "b"]
    index.delete([("a", 3)])
    assert found(index, "sửa") == []
    assert index.bulk([Change("a", 2, document("a", "sống lại"))]).items[0].outcome is Outcome.STALE
    assert found(index, "") == ["b"]
    with sqlite3.connect(index.path) as db:
        db.execute("INSERT INTO fts_1 (fts_1) VALUES ('integrity-check')")


def test_one_bad_document_stops_no_other(index: EmbeddedIndex) -> None:
    bad = {name: value for name, value in document("b").items() if name != "title"}
    strange = {**document("c"), "author": "không ai cả"}
    wrong = {**document("d"), "about": "thanh-hoa"}
    other = document("e")
    result = index.bulk(
        [Change("a", 1, document("a")), Change("b", 1, bad), Change("c", 1, strange), Change("d", 1, wrong), Change("x", 1, other)]
    )
    assert [item.outcome.value for item in result.items] == ["delivered", "rejected", "rejected", "rejected", "rejected"]
    assert [item.reason for item in result.items[1:4]] == ["thiếu trường “title”", "trường lạ “author”", "trường “about” sai kiểu: str"]
    assert index.count() == 1


def test_checksums_are_of_what_is_stored(index: EmbeddedIndex) -> None:
    documents = [document(name, name) for name in "cab"]
    put(index, *documents)
    assert list(index.checksums()) == sorted((d["id"], checksum(d)) for d in documents)


def test_facets_count_what_the_question_finds(index: EmbeddedIndex) -> None:
    put(
        index,
        document("a", "mốc", tier="flag", types=["D06", "D01"], outlet="Tuổi Trẻ"),
        document("b", "mốc", tier="flag", types=["D06"], published=START + timedelta(hours=20)),
        document("c", "khác", types=["D02"]),
    )
    facets = index.facets("mốc")
    assert facets["type"] == [("d06", 2), ("d01", 1)]
    assert facets["outlet"] == [("bao-mau", 1), ("tuoi-tre", 1)]
    assert facets["day"] == [("2026-11-02", 1), ("2026-11-01", 1)]
    assert index.facets("")["tier"] == [("flag", 2), ("none", 1)]
    assert index.facets("tier:watch")["type"] == []


def test_facets_follow_what_is_changed_and_deleted(index: EmbeddedIndex) -> None:
    put(index, *(document(f"d{n}", "mốc", tier="flag" if n % 3 else "watch", types=["D06"]) for n in range(9)), document("x", "khác"))
    assert index.facets("mốc")["tier"] == [("flag", 6), ("watch", 3)]
    put(index, document("d0", "mốc", tier="flag", status=["mới"]), version=2)
    index.delete([("d1", 2)])
    facets = index.facets("mốc")
    assert (facets["tier"], facets["status"]) == ([("flag", 6), ("watch", 2)], [("moi", 1)])


@pytest.mark.parametrize("query", ["mốc", "khác", "tier:flag", "NOT tier:flag", "since:2026-11-03", "mốc OR before:2026-11-02", ""])
def test_facets_are_what_counting_the_documents_gives(index: EmbeddedIndex, query: str) -> None:
    put(index, *(document(f"d{n}", "mốc" if n % 5 else "khác", tier="flag" if n % 3 else "watch", published=START + timedelta(hours=5 * n)) for n in range(40)))
    documents = list(index.scan(query))
    facets = index.facets(query)
    assert dict(facets["tier"]) == Counter(one["tier"] for one in documents)
    assert dict(facets["day"]) == Counter((datetime.fromisoformat(one["date"]) + timedelta(hours=7)).date().isoformat() for one in documents)


def test_a_new_version_is_filled_and_switched_while_the_old_one_answers(index: EmbeddedIndex) -> None:
    put(index, document("a", "cũ"), document("z", "không còn trong kho"))
    index.start_version()
    index.fill([Change("a", 1, document("a", "cũ"))])
    assert sorted(found(index, "")) == ["a", "z"]
    put(index, document("b", "đến giữa chừng"), version=7)
    index.fill([Change("b", 3, document("b", "bản cũ hơn"))])
    index.switch_version()
    assert sorted(found(index, "")) == ["a", "b"]
    assert found(index, '"đến giữa chừng"') == ["b"]


def test_an_interrupted_rebuild_leaves_the_old_version_answering(index: EmbeddedIndex) -> None:
    put(index, document("a", "x"))
    index.start_version()
    index.fill([Change("b", 1, document("b", "y"))])
    index.close()
    again = EmbeddedIndex(index.path)
    assert found(again, "") == ["a"]
    again.start_version()
    again.fill([Change("a", 1, document("a", "x"))])
    again.switch_version()
    assert found(again, "") == ["a"]
    with sqlite3.connect(index.path) as db:
        assert len(db.execute("SELECT name FROM sqlite_master WHERE name LIKE 'docs%' AND type = 'table'").fetchall()) == 1
    with pytest.raises(UserError, match="rebuild"):
        again.switch_version()


def _write(path: Path, start: int) -> None:
    index = EmbeddedIndex(path)
    for number in range(start, start + 60):
        put(index, document(f"d{number:03d}", f"bài {number}"))
        index.search("bài")
    index.close()


def test_two_processes_write_and_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write, args=(path, start)) for start in (0, 60)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert EmbeddedIndex(path).count() == 120


def test_threads_share_one_index(index: EmbeddedIndex) -> None:
    put(index, *(document(f"d{n}", "biên giới") for n in range(30)))
    totals: list[int] = []
    threads = [threading.Thread(target=lambda: totals.append(index.search("giới").total)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [30] * 8
    index.close()


def test_a_reader_keeps_its_moment_over_a_switch(index: EmbeddedIndex) -> None:
    put(index, *(document(f"d{n}", "x") for n in range(5)))
    reading = index.scan("x")
    next(reading)
    index.start_version()
    index.switch_version()
    assert len(list(reading)) == 4
    assert index.count() == 0


def test_pages_end_at_ten_thousand(index: EmbeddedIndex) -> None:
    put(index, *(document(f"d{n}", "x", published=START + timedelta(minutes=n)) for n in range(5)))
    assert [hit.id for hit in index.search("x", limit=2, offset=2).hits] == ["d2", "d1"]
    assert index.search("x", limit=0).total == 5
    with pytest.raises(UsageError, match="thu hẹp"):
        index.search("x", limit=20, offset=10_000)


def test_a_broken_file_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    path.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(IndexUnavailable, match="rebuild") as caught:
        EmbeddedIndex(path).search("x")
    assert "\n" not in str(caught.value)


def test_a_file_of_another_version_asks_for_a_rebuild(index: EmbeddedIndex) -> None:
    put(index, document("a"))
    with sqlite3.connect(index.path) as db:
        db.execute("UPDATE versions SET number = 1 WHERE name = 'format'")
    later = EmbeddedIndex(index.path)
    for call in (lambda: later.search("a"), lambda: put(later, document("b"))):
        with pytest.raises(UserError, match="rebuild"):
            call()
    later.start_version()
    later.fill([Change("b", 1, document("b", "mới"))])
    later.switch_version()
    assert found(later, "") == ["b"]


def test_documents_are_plain_json(index: EmbeddedIndex) -> None:
    before = document("a", "Tiêu đề", "Nội dung \u0000 lạ")
    put(index, before)
    assert json.loads(json.dumps(dict(index.search("").hits[0].document))) == before
