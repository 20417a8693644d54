"""Sentences and words, for the few texts that come this far.

Sentences are offset spans into the text as given; words come from underthesea, loaded once under a lock
because its first call builds a model that two threads must not build together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from threading import Lock

_LOCK = Lock()
_HAN_LAO = re.compile(r"[\u3400-\u9fff\u0e80-\u0eff]")
_CAPITAL = "".join(
    char
    for char in map(chr, (*range(0x41, 0x5B), *range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)))
    if char.isupper()
)
_END = re.compile(
    r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？；]+[”’」』）]*|\n+|(?<=[a-zà-ỹ0-9][.!?…])(?=["
    + _CAPITAL
    + r"][a-zà-ỹđ])|(?<=[.!?…][”\"])(?=["
    + _CAPITAL
    + r"][a-zà-ỹđ])"
)
# What may stand before a full stop without ending a sentence (units, titles, address words, months).
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“'\[,.])(?:TP|Tp|tp|TX|Tx|TT|Tt|tt|P|Q|H|X|Ths|ThS|TS|Ts|PGS|Pgs|GS|Gs|BS|Bs|KS|Ks|LS|CN|NSND|NSƯT|"
    r"Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Art|Fig|pp|vol|Vol|cf|ed|eds|et al|e\.g|i\.e|U\.S|U\.N|vs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|"
    r"tr|đ|v\.v|VD|vd|Sđd|NXB|ĐH|QĐ|NQ|CT|[A-ZĐ])$"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of `text` (vi, en, zh, lo), blanks at both ends left out."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        mark = match.group()
        if mark == "." and not _ends_here(text, start, match.start(), end):
            continue
        if mark.startswith(".") and mark != "." and end < len(text) and text[end:].lstrip()[:1].islower():
            continue  # a quotation or an ellipsis in mid-sentence
        _add(spans, text, start, end)
        start = end
    _add(spans, text, start, len(text))
    return spans


def _ends_here(text: str, start: int, dot: int, end: int) -> bool:
    """Tell whether the single full stop at `dot` ends a sentence: no abbreviation, no list number, no small letter after."""
    following = text[end : end + 40].lstrip(" ")
    if not following:
        return True
    if following[0] == "\n":
        return True
    if _ABBREVIATION.search(text, max(start, dot - 12), dot):
        return False
    if text[start:dot].strip().isdigit() and len(text[start:dot].strip()) <= 2:
        return False
    return not following[0].islower()


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        spans.append((start, end))


@cache
def _tokenizer():
    """Return underthesea's `word_tokenize` after its first call, made under the lock."""
    from underthesea import word_tokenize

    word_tokenize("Việt Nam")
    return word_tokenize


def words(text: str) -> list[str]:
    """Return the words of `text`: underthesea for Latin script, bigrams of characters for Chinese and Lao."""
    if not text.strip():
        return []
    if len(_HAN_LAO.findall(text)) > len(text) // 4:
        return _bigrams(text)
    with _LOCK:
        tokenize = _tokenizer()
    return list(tokenize(text))


# Below this a pool costs more than it gives: each process loads the model first (about a second, 60 MB).
_FEW = 64
_WORKERS = 2


def words_of_many(texts: Sequence[str], workers: int = 0) -> list[list[str]]:
    """Return the words of each text, in order; long lists go to a pool of processes (0 = at most two, bounded memory)."""
    count = workers or min(_WORKERS, os.cpu_count() or 1)
    if count == 1 or len(texts) < _FEW:
        return [words(text) for text in texts]
    # Processes are renewed, so that what a library keeps does not grow; only sixteen texts at a time are on their way to each.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), max_tasks_per_child=200) as pool:
        return list(pool.map(words, texts, chunksize=16))


def compounds_of_many(texts: Sequence[str], workers: int = 0) -> list[tuple[str, ...]]:
    """Return the words of several syllables of each text, each once, in the order of their first place."""
    return [
        tuple(dict.fromkeys(word for word in found if " " in word.strip())) for found in words_of_many(texts, workers)
    ]


def _bigrams(text: str) -> list[str]:
    found: list[str] = []
    for run in re.findall(r"[\u3400-\u9fff]+|[\u0e80-\u0eff]+|[^\W_]+", text):
        if _HAN_LAO.match(run) and len(run) > 1:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            found.append(run)
    return found
