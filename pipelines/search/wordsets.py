"""Which articles hold a common word, or a word that begins so: what facets of common words are counted from.

Every article has a number, dense and in the order of writing, kept while it is there and never given again once its run is full.
Of each full run of CHUNK numbers the common words are packed as bits: a word of half a million articles is then read in a
millisecond, where FTS5 needs 0.12 µs an article to name them (SQLite 3.40, 2026-11-21). Of the run that is not full yet the words
of each article stand in a row of their own. Words that are not common are left to FTS5.
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipelines.search.analysis import folded
from pipelines.search.blocks import DAMAGED
from pipelines.search.tree import Match, Node

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
# Numbers packed together; a word is packed where one in COMMON of their articles has it.
CHUNK = 4096
COMMON = 16
# Of these letters Python's and SQLite's tables of Unicode think alike; words with others are asked of FTS5.
_KNOWN = re.compile("[0-9a-z\u00df-\u024f\u1ea0-\u1ef9\u4e00-\u9fa5]+")
# Beginnings are packed from two letters (a question needs as many) to this many; longer ones begin few words, and FTS5 puts them together.
LONGEST = 6


def _words(exact: str) -> set[bytes]:
    """Return the words of an article, each as it stands and without marks, from its tokens (document.Indexed.exact)."""
    found = set(exact.split(" ")) if exact else set()
    return {word.encode() for word in found.union(map(folded, found))}


@lru_cache(maxsize=100_000)
def _keys(word: bytes) -> tuple[str, ...]:
    """Return what a word is packed under: itself and, with a star, its beginnings: `chủ` gives chủ, ch*, chủ*."""
    text = word.decode()
    known = _KNOWN.match(text)
    if not known:
        return ()
    cut = (f"{text[:size]}*" for size in range(2, min(known.end(), LONGEST) + 1))
    return (text, *cut) if known.end() == len(text) else tuple(cut)


def asked(node: Node) -> str:
    """Return the key that answers `node` (lowered); none when it asks for what is never packed.

    A single word is looked for with its marks only when it has some (tree.lower), so one word has one meaning here.
    """
    if not isinstance(node, Match) or len(node.words) != 1:
        return ""
    (word,) = node.words
    if (node.field == "exact") == (folded(word) == word) or not _KNOWN.fullmatch(word):
        return ""
    if node.prefix:
        return f"{word}*" if 2 <= len(word) <= LONGEST else ""
    return word


def is_known(word: str) -> bool:
    """Tell whether Python and SQLite see the same letters in `word`."""
    return _KNOWN.fullmatch(word) is not None


def next_number(db: sqlite3.Connection, version: int) -> int:
    """Return the number of the next article."""
    (last,) = db.execute(f"SELECT max(number) FROM docs_{version}").fetchone()
    return max(last or 0, _packed(db, version) * CHUNK - 1) + 1


def _packed(db: sqlite3.Connection, version: int) -> int:
    """Return the first run that is not packed; some before it may have been swept away."""
    (last,) = db.execute(f"SELECT max(chunk) FROM packed_{version}").fetchone()
    return 0 if last is None else int(last) + 1


def change(db: sqlite3.Connection, version: int, number: int, old: str, new: str | None) -> None:
    """Give the article `number` the words of `new` (exact tokens) in place of `old`; None: it goes."""
    # An article without a word is entered like any other: a run is empty only when it has no article.
    if old == new != "":
        return
    chunk, bit = divmod(number, CHUNK)
    if chunk >= _packed(db, version):
        if new is None:
            db.execute(f"DELETE FROM recent_{version} WHERE number = ?", (number,))
        else:
            row = (number, b"\n".join((b"", *_words(new), b"")))
            db.execute(f"INSERT OR REPLACE INTO recent_{version} (number, words) VALUES (?, ?)", row)
    # Bits of an article that is gone say nothing, for its number is not given again.
    elif new is not None:
        before, after = ({key for word in _words(text) for key in _keys(word)} for text in (old, new))
        for key in before ^ after:
            row = db.execute(f"SELECT bits FROM bits_{version} WHERE key = ? AND chunk = ?", (key, chunk)).fetchone()
            if row:
                bits = bytearray(row[0])
                bits[bit >> 3] ^= 1 << (bit & 7)
                db.execute(f"UPDATE bits_{version} SET bits = ? WHERE key = ? AND chunk = ?", (bytes(bits), key, chunk))


def pack(db: sqlite3.Connection, version: int) -> None:
    """Pack every run of numbers that is full."""
    for chunk in range(_packed(db, version), next_number(db, version) // CHUNK):
        low = chunk * CHUNK
        recent = db.execute(f"SELECT number, words FROM recent_{version} WHERE number < ?", (low + CHUNK,)).fetchall()
        # Some may have gone already; of a run without articles nothing need be known.
        if not recent:
            continue
        places = _places((number - low, words[1:-1].split(b"\n")) for number, words in recent)
        rows = []
        for key, parts in places.items():
            if sum(map(len, parts)) * COMMON >= len(recent):
                bits = _bits(parts)
                if np.count_nonzero(bits) * COMMON >= len(recent):
                    rows.append((key, chunk, np.packbits(bits, bitorder="little").tobytes()))
        db.executemany(f"INSERT INTO bits_{version} (key, chunk, bits) VALUES (?, ?, ?)", sorted(rows))
        db.execute(f"INSERT INTO packed_{version} (chunk) VALUES (?)", (chunk,))
        db.execute(f"DELETE FROM recent_{version} WHERE number < ?", (low + CHUNK,))


def _places(articles: Iterable[tuple[int, Iterable[bytes]]]) -> dict[str, list[Places]]:
    """Return for each key where in a run it stands, word by word, from place and words of each article."""
    of_word = defaultdict[bytes, list[int]](list)
    for place, words in articles:
        for word in words:
            of_word[word].append(place)
    of_key = defaultdict[str, list[Places]](list)
    for word, found in of_word.items():
        places = np.array(found, dtype=np.intp)
        for key in _keys(word):
            of_key[key].append(places)
    return of_key


def _bits(parts: list[Places]) -> Mask:
    bits = np.zeros(CHUNK, dtype=np.bool_)
    if parts:
        bits[np.concatenate(parts)] = True
    return bits


def _unpacked(bits: list[bytes]) -> Mask:
    """Return a row of CHUNK for each key or run."""
    if any(8 * len(one) != CHUNK for one in bits):
        raise sqlite3.DatabaseError(DAMAGED)
    return np.unpackbits(np.frombuffer(b"".join(bits), np.uint8), bitorder="little").view(np.bool_).reshape(-1, CHUNK)


def is_common(db: sqlite3.Connection, version: int, key: str) -> bool:
    """Tell whether `key` is packed in every run there is."""
    (runs,) = db.execute(f"SELECT count(*) FROM bits_{version} WHERE key = ?", (key,)).fetchone()
    return 0 < _runs(db, version) == runs


def _runs(db: sqlite3.Connection, version: int) -> int:
    return int(db.execute(f"SELECT count(*) FROM packed_{version}").fetchone()[0])


def sweep(db: sqlite3.Connection, version: int) -> None:
    """Forget runs of which no article is left."""
    there = f"SELECT 1 FROM docs_{version} WHERE number >= chunk * {CHUNK} AND number < (chunk + 1) * {CHUNK}"
    db.execute(f"DELETE FROM packed_{version} WHERE NOT EXISTS ({there})")
    if db.execute("SELECT changes()").fetchone()[0]:
        db.execute(f"DELETE FROM bits_{version} WHERE chunk NOT IN (SELECT chunk FROM packed_{version})")


def having(db: sqlite3.Connection, version: int, key: str, size: int) -> Mask | None:
    """Return for each number below `size` whether its article has `key`; of numbers that no article has, anything.

    None when it is not common in all runs: then FTS5 is soon done with it.
    """
    rows = db.execute(f"SELECT chunk, bits FROM bits_{version} WHERE key = ? ORDER BY chunk", (key,)).fetchall()
    if len(rows) < _runs(db, version):
        return None
    end = max(size, _packed(db, version) * CHUNK)
    runs = np.zeros((-(-end // CHUNK), CHUNK), dtype=np.bool_)
    if rows:
        runs[[chunk for chunk, _bits in rows]] = _unpacked([bits for _chunk, bits in rows])
    found = runs.reshape(-1)
    wanted = f"\n{key[:-1]}" if key.endswith("*") else f"\n{key}\n"
    numbers = db.execute(f"SELECT number FROM recent_{version} WHERE number < ? AND instr(words, ?)", (size, wanted.encode()))
    found[[row[0] for row in numbers]] = True
    return found[:size]


def astray(db: sqlite3.Connection, version: int) -> set[int]:
    """Return the numbers of articles of which bits or rows say other than their own tokens (`cotmoc index verify`)."""
    found: set[int] = set()
    packed = _packed(db, version)
    (last,) = db.execute(f"SELECT coalesce(max(number), 0) FROM docs_{version}").fetchone()
    keys = defaultdict[int, list[str]](list)
    for chunk, key in db.execute(f"SELECT chunk, key FROM bits_{version}"):
        keys[chunk].append(key)
    for chunk in range(last // CHUNK + 1):
        low = chunk * CHUNK
        rows = db.execute(f"SELECT number, tokens FROM docs_{version} WHERE number >= ? AND number < ?", (low, low + CHUNK))
        tokens = ((number, zlib.decompress(blob).decode()) for number, blob in rows)
        if chunk >= packed:
            said = dict(db.execute(f"SELECT number, words FROM recent_{version} WHERE number >= ? AND number < ?", (low, low + CHUNK)))
            found |= {number for number, exact in tokens if set(said.get(number, b"")[1:-1].split(b"\n")) - {b""} != _words(exact)}
        else:
            bits = [db.execute(f"SELECT bits FROM bits_{version} WHERE key = ? AND chunk = ?", (key, chunk)).fetchone()[0] for key in keys[chunk]]
            found.update((_wrong(keys[chunk], bits, ((number - low, exact) for number, exact in tokens)) + low).tolist())
    return found


def _wrong(keys: list[str], bits: list[bytes], articles: Iterable[tuple[int, str]]) -> Places:
    """Return the places in a run of `articles` (place, exact tokens) for which the `bits` of some key are not as their tokens say."""
    if not keys:
        return np.empty(0, dtype=np.intp)
    row_of = {key: row for row, key in enumerate(keys)}
    # Rows of each word seen so far: many articles have the same words.
    rows_of: dict[str, list[int]] = {}
    said = _unpacked(bits)
    truth, there = np.zeros_like(said), np.zeros(CHUNK, dtype=np.bool_)
    for place, exact in articles:
        there[place] = True
        rows: list[int] = []
        for word in set(exact.split(" ")):
            of_word = rows_of.get(word)
            if of_word is None:
                of_word = rows_of[word] = [row_of[key] for one in _words(word) for key in _keys(one) if key in row_of]
            rows += of_word
        truth[rows, place] = True
    return np.flatnonzero(((said ^ truth) & there).any(axis=0))
