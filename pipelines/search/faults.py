"""What the embedded index keeps beside its documents, compared with them (`cotmoc index verify`): facet values, counts, full text.

About 70 s of processor time for a million articles, beside 150 s for their documents and words (from 50,000 generated ones, 2026-11-22).
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.search import facets, wordsets
from pipelines.search.analysis import folded
from pipelines.search.blocks import Entry, Ints, everything
from pipelines.search.document import ALL, UNCUT
from pipelines.search.masks import ranks_of, where
from pipelines.search.tree import Tag
from pipelines.search.worded import is_cut, is_to_be_cut

# Of the tags of stories every article may have one of its own: together they are one.
STORY = "story:"
# Behind the last article.
NEVER = 2**63
NO_ENTRY: tuple[int, Entry] = (NEVER, (0, (), 0))


def astray(db: sqlite3.Connection, version: int) -> set[int]:
    """Return the numbers of articles that the full text does not find, or of which the blocks say other facet values than their tags."""
    found = set[int]()
    known = dict(db.execute(f"SELECT id, tags FROM sets_{version}"))
    there = ranks_of(db, where(Tag(ALL), version))
    entries = everything(db, version).entries()
    # All three in order of rank: nothing but the ranks is held of more than one article.
    full_text, (rank, said) = iter(np.sort(there).tolist()), next(entries, NO_ENTRY)
    found_rank = next(full_text, NEVER)
    for here, number, text in db.execute(f"SELECT rank, number, tags FROM docs_{version} ORDER BY rank"):
        while rank < here:
            rank, said = next(entries, NO_ENTRY)
        while found_rank < here:
            found_rank = next(full_text, NEVER)
        one, many, _number = said
        if found_rank != here or rank != here or [known.get(id_) for id_ in (one, *many)] != facets.values(text.split(" ")):
            found.add(number)
    return found


def counted(db: sqlite3.Connection, version: int) -> list[str]:
    """Name the tables of counts that say other than the articles in the blocks."""
    packed = everything(db, version)
    days = Counter(facets.days_of(packed.ranks).tolist())
    values = Counter(np.concatenate((packed.sets, packed.many)).tolist())
    tables = (("số bài theo ngày", f"SELECT day, n FROM days_{version}", days), ("số bài theo trường", f"SELECT id, n FROM sets_{version}", values))
    wrong = ((name, _differing(Counter(dict(db.execute(sql))), truth)) for name, sql, truth in tables)
    return [f"{name} sai ở {number} giá trị" for name, number in wrong if number]


def _differing(said: Counter[int], truth: Counter[int]) -> int:
    return sum(said[key] != truth[key] for key in said.keys() | truth.keys())


def worded(db: sqlite3.Connection, version: int, words: bool) -> list[str]:
    """Name what the full text lacks of the tokens of its articles or has beyond them; with `words`, how many articles were not cut (worded.py)."""
    due, uncut = _due(db, version)
    db.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms_{version} USING fts5vocab(main, fts_{version}, col)")
    there = Counter[tuple[str, str]]()
    for term, column, times in db.execute(f"SELECT term, col, cnt FROM temp.terms_{version}"):
        there[column, _together(term) if column == "tags" else term] += times
    db.execute(f"DROP TABLE temp.terms_{version}")
    # Only fewer than are due: of a letter that it does not know SQLite may make other words, which are then too many.
    lacking = sum(there[key] < times for key, times in due.items())
    found = [f"phần toàn văn thiếu chữ: {lacking} từ có ít lần hơn trong các bài"] if lacking else []
    if strange := len(_strange(db, version)):
        found.append(f"phần toàn văn thừa {strange} dòng không thuộc bài nào")
    if words and uncut:
        found.append(UNCUT.format(uncut))
    return found


def _strange(db: sqlite3.Connection, version: int) -> Ints:
    ranks: Ints = np.array([rank for (rank,) in db.execute(f"SELECT rank FROM docs_{version}")], dtype=np.int64)
    found: Ints = np.setdiff1d(ranks_of(db, where(Tag(ALL), version)), ranks)
    return found


def _due(db: sqlite3.Connection, version: int) -> tuple[Counter[tuple[str, str]], int]:
    """Return how often each word must stand in each column of the full text, and how many articles were not cut into words."""
    exact, tagged, uncut = Counter[str](), Counter[str](), 0
    for tags, tokens in _rows(db, version):
        exact.update(tokens)
        tagged.update(map(_together, tags))
        uncut += is_to_be_cut(tags) and not is_cut(tags)
    due = Counter[tuple[str, str]]()
    for word, times in exact.items():
        if wordsets.is_known(word):
            due["exact", word] += times
            due["folded", folded(word)] += times
    due.update({("tags", tag): times for tag, times in tagged.items()})
    return due, uncut


def _rows(db: sqlite3.Connection, version: int) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    for tags, blob in db.execute(f"SELECT tags, tokens FROM docs_{version}"):
        exact = zlib.decompress(blob).decode()
        yield tags.split(" "), exact.split(" ") if exact else ()


def _together(tag: str) -> str:
    return STORY if tag.startswith(STORY) else tag
