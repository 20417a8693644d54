"""The passage of a document that answers a question, cut in Python so that both engines show the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from pipelines.search.analysis import has_marks, is_complete, plain
from pipelines.search.tree import Node, Text, texts
from pipelines.text import fold, normalize

WIDTH = 220
# Longer texts are searched for a passage only this far: a hit list of 20 must stay quick.
FAR = 40_000
MOST_MARKS = 60
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    which: int


def snippet(document: Mapping[str, Any], query: Node) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return about WIDTH characters around the best answer in sapô, body or captions, and the spans of the answers."""
    wanted = tuple(dict.fromkeys(texts(query)))
    first = ""
    best: tuple[int, str, int, list[_Mark]] | None = None
    for text in (document["sapo"], document["body"], *document["captions"]):
        clean = normalize(text[:FAR])
        first = first or clean
        marks = _marks(clean, wanted)
        for at, mark in enumerate(marks):
            near = {m.which for m in marks[at:] if m.end <= mark.start + WIDTH * 2 // 3}
            if best is None or len(near) > best[0]:
                best = (len(near), clean, at, marks)
        if best and best[0] == len(wanted):
            break
    if best is None:
        return _cut(first, 0, [])
    return _cut(best[1], best[3][best[2]].start, best[3])


@lru_cache(maxsize=256)
def _pattern(text: Text) -> tuple[re.Pattern[str], bool]:
    """Return what finds `text` in lower-case text, and whether that text must be folded first."""
    marked = [has_marks(word) for word in text.words]
    exact = any(marked) and all(m or is_complete(w) for m, w in zip(marked, text.words, strict=True))
    words = text.words if exact else tuple(map(fold, text.words))
    pattern = ""
    for at, word in enumerate(words):
        loose = _UNSPACED.match(word) is not None
        pattern += ("" if at == 0 else r"[\W_]*" if loose else r"[\W_]+") + ("" if loose or at else r"(?<![^\W_])") + re.escape(word)
    if text.prefix:
        pattern += r"[^\W_]*"  # the whole word is marked
    elif not _UNSPACED.match(words[-1]):
        pattern += r"(?![^\W_])"
    return re.compile(pattern), not exact


def _marks(clean: str, wanted: Sequence[Text]) -> list[_Mark]:
    """Return where the wanted texts stand in `clean`, in order, none within another."""
    low = plain(clean)
    if not wanted or len(low) != len(clean):
        return []
    bare = fold(low)
    found: list[_Mark] = []
    for which, text in enumerate(wanted):
        pattern, folded = _pattern(text)
        matches = islice(pattern.finditer(bare if folded else low), MOST_MARKS)
        found.extend(_Mark(match.start(), match.end(), which) for match in matches)
    found.sort(key=lambda mark: (mark.start, -mark.end))
    apart: list[_Mark] = []
    for mark in found:
        if not apart or mark.start >= apart[-1].end:
            apart.append(mark)
    return apart


def _cut(clean: str, at: int, marks: Sequence[_Mark]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the passage of `clean` around `at`, at ends of words, with the marks inside it."""
    start = max(0, at - WIDTH // 3)
    if start:
        space = clean.find(" ", start, at)
        start = space + 1 if space >= 0 else start
    end = min(len(clean), start + WIDTH)
    if end < len(clean):
        space = clean.rfind(" ", max(start, end - 40), end)
        end = space if space > at else end
    head, tail = ("… " if start else ""), (" …" if end < len(clean) else "")
    shift = len(head) - start
    inside = tuple((m.start + shift, m.end + shift) for m in marks if m.start >= start and m.end <= end)
    return head + clean[start:end].replace("\n", " ") + tail, inside
