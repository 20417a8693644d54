"""Facets of the embedded engine are exact, whatever is written, changed and deleted in whatever order."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.search import Change, wordsets
from pipelines.search import blocks as packing
from pipelines.search.analysis import key
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.port import FACETS, MISPLACED
from tests.searching import START, document, put

# Name of a facet → field of the document.
FIELDS = {"type": "types", "verdict": "verdicts", "ref": "refs"}
WRITTEN = st.tuples(
    st.integers(0, 30), st.booleans(), st.integers(-400, 400), st.sampled_from(("Báo A", "Báo B")),
    st.lists(st.sampled_from(("ninh-binh", "lao-cai", "ha-noi")), max_size=2, unique=True), st.sampled_from(("mốc", "khác", "mốc khác", "khác mốc mòn", "")),
)  # fmt: skip


def counted(index: EmbeddedIndex, query: str) -> dict[str, list[tuple[str, int]]]:
    """Count by reading every document that the question finds."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for found in index.scan(query):
        counts["day"][(datetime.fromisoformat(found["date"]) + timedelta(hours=7)).date().isoformat()] += 1
        for name in FACETS:
            if name != "day":
                values = found[FIELDS.get(name, name)]
                for value in {key(one) for one in ([values] if isinstance(values, str) else values)}:
                    counts[name][value] += 1
    days = sorted(counts.pop("day").items(), reverse=True)
    return {**{name: sorted(values.items(), key=lambda pair: (-pair[1], pair[0])) for name, values in counts.items()}, "day": days}


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(WRITTEN, max_size=25), min_size=1, max_size=5), st.booleans())
def test_any_history_of_writing_counts_as_reading_does(monkeypatch: pytest.MonkeyPatch, history: list[list[tuple]], few: bool) -> None:
    # Small blocks, so that they are cut and emptied; small runs, so that they are full and their words are packed.
    for module, name, number in (
        (packing, "MOST", 8), (packing, "CUT", 5), (packing, "FEW", 4 if few else 1000),
        (wordsets, "CHUNK", 8), (wordsets, "COMMON", 8 if few else 3),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, number)
    with TemporaryDirectory() as folder:
        index = EmbeddedIndex(Path(folder) / "index.sqlite3")
        index.setup()
        for version, batch in enumerate(history, 1):
            changes = []
            for number, gone, hours, outlet, mention, title in batch:
                one = document(f"d{number}", title, outlet=outlet, mention=mention, published=START + timedelta(hours=hours))
                changes.append(Change(one["id"], version, None if gone else one))
            index.bulk(changes)
        with index._connections.read() as db:
            assert not packing.astray(db, 1)
            assert not wordsets.astray(db, 1)
        for query in ("", "mốc", "khác NOT mốc", "NOT mốc", "mention:ha-noi", "since:2026-11-03", "mốc OR before:2026-10-20", "xyzzy",
                      "outlet:bao-a", "NOT outlet:bao-a", "outlet:bao-a mention:ha-noi since:2026-10-25", "NOT (mention:ha-noi OR mention:lao-cai)",
                      "tier:none before:2026-11-01 OR mention:ninh-binh", "national:no",
                      "mố*", "mo*", "mo* NOT mốc", "mốc* OR khac", "NOT kha*", "mốc khác", '"mốc khác"', 'khác "mốc mòn" since:2026-10-20',
                      'NOT "mốc khác" mo*', '(mốc near/2 khác OR mòn) outlet:bao-a', '"khác mốc" story:d3 mention:ha-noi'):  # fmt: skip
            assert index.facets(query, limit=1000) == counted(index, query), query
            everything = [one["id"] for one in index.scan(query)]
            found = index.search(query, limit=10, offset=2)
            assert ([one.id for one in found.hits], found.total) == (everything[2:12], len(everything)), query
        index.close()


def test_a_version_being_built_counts_for_itself(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index.sqlite3")
    put(index, *(document(f"d{n}", "mốc", published=START + timedelta(minutes=n)) for n in range(1500)))
    index.start_version()
    index.fill([Change("d1", 1, document("d1", "mốc"))])
    put(index, document("neu", "mốc"))
    assert index.facets("mốc")["tier"] == [("none", 1501)]
    index.switch_version()
    assert index.facets("mốc")["tier"] == [("none", 2)]
    index.close()


def test_what_is_counted_from_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordsets, "CHUNK", 8)
    index = EmbeddedIndex(tmp_path / "index.sqlite3")
    put(index, *(document(f"d{n}", "mốc", published=START + timedelta(minutes=n)) for n in range(20)))
    assert MISPLACED not in dict(index.checksums()).values()
    with index._connections.write() as db:
        db.execute("UPDATE bits_1 SET bits = ? WHERE key = 'moc' AND chunk = 1", (b"\xfb",))
        db.execute("DELETE FROM recent_1 WHERE number = 17")
    assert {id_ for id_, said in index.checksums() if said == MISPLACED} == {"d9", "d16"}
    with index._connections.write() as db:
        db.execute("DELETE FROM blocks_1")
    assert [said for _id, said in index.checksums()] == [MISPLACED] * 20
    index.close()


def test_articles_kept_in_memory_are_read_again_when_anyone_wrote(tmp_path: Path) -> None:
    asking, writing = (EmbeddedIndex(tmp_path / "index.sqlite3") for _ in range(2))
    for number in range(1, 4):
        put(writing, *(document(f"d{number}-{n}", "mốc", published=START + timedelta(minutes=n)) for n in range(400)))
        assert asking.facets("mốc")["tier"] == asking.facets("mo*")["tier"] == asking.facets("kind:press")["tier"] == [("none", 400 * number)]
    put(writing, document("d1-1", "khác", tier="flag"), version=2)
    assert asking.facets("mốc")["tier"] == [("none", 1199)]
    assert asking.facets("kind:press")["tier"] == [("none", 1199), ("flag", 1)]
    writing.start_version()
    writing.fill([Change(f"n{n}", 1, document(f"n{n}", "mốc")) for n in range(500)])
    assert asking.facets("mốc")["tier"] == [("none", 1199)]
    writing.switch_version()
    assert asking.facets("mốc")["tier"] == [("none", 500)]
    for index in (asking, writing):
        index.close()


def test_a_month_that_is_dropped_leaves_no_words_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordsets, "CHUNK", 8)
    index = EmbeddedIndex(tmp_path / "index.sqlite3")
    for month in ("2026-05", "2026-06", "2026-07", "2026-05"):
        size = index.count()
        put(index, *(document(f"d{size + n}", "mốc" if n % 3 else "mốc khác", seen=f"{month}-05") for n in range(20)))
    # Runs in the middle, then at the end, then all.
    for part, left in (("article-2026-06", 60), ("article-2026-05", 20), ("article-2026-07", 0)):
        index.drop(part)
        put(index, *(document(f"{part}-{n}", "khác", seen="2026-08-01") for n in range(3)))
        for query in ("mốc", "mo*", "khac", "NOT mốc kha*", "mốc OR khác"):
            assert index.facets(query, limit=1000) == counted(index, query), query
        assert index.count() >= left
        with index._connections.read() as db:
            assert not packing.astray(db, 1)
            assert not wordsets.astray(db, 1)
            runs = {number // 8 for (number,) in db.execute("SELECT number FROM docs_1")}
            assert {chunk for (chunk,) in db.execute("SELECT chunk FROM bits_1")} <= runs
    index.close()


def test_a_run_of_articles_that_went_before_it_was_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordsets, "CHUNK", 8)
    index = EmbeddedIndex(tmp_path / "index.sqlite3")
    # All of one run but one, all of another, and one of articles that get their words later.
    put(index, *(document(f"a{n}", "mốc") for n in range(6)))
    index.delete((f"a{n}", 2) for n in range(5))
    put(index, *(document(f"c{n}", "mốc") for n in range(12)))
    with index._connections.read() as db:
        assert wordsets.is_common(db, 1, "moc")
    changes = [Change(f"b{n}", 1, document(f"b{n}", "" if n > 16 else "mốc")) for n in range(30)]
    index.bulk([*changes, *(Change(f"b{n}", 2, None) for n in range(3, 17))])
    put(index, *(document(f"b{n}", "mốc khác") for n in range(17, 28)), version=3)
    for query in ("mốc", "mo*", "khac", "NOT mốc"):
        assert index.facets(query, limit=1000) == counted(index, query), query
    with index._connections.read() as db:
        assert not wordsets.astray(db, 1)
    index.close()
