"""Concepts of the topic (`words/*.yaml`): parties, places, instruments, predicates, cues, found in one pass.

A pattern without brackets is literal; `(a|b|)` stands for each of its choices. Concepts that begin with X_ are
homonyms: they remove the tags that lie inside of them ("thành phố Trường Sa" is no archipelago).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick_rs
import yaml

from classifiers.surface import Surface, agreement, marks, read

FOLDER = Path(__file__).with_name("words")
CHOICE = re.compile(r"\(([^()]*)\)")


# Concepts whose single syllables are read without marks too ("ban" for bán) when the whole text has none; elsewhere a
# single unmarked syllable says too little ("ban", "phia", "cha").
LOOSE = frozenset(["CEDE", "CEDE2", "SOLD", "GIVE", "MOVE", "MOVE2", "SHOOT", "RAM", "OCCUPY", "KEEP", "DIED", "VN", "LA", "SIGN", "BOAT", "TROOPS", "COPULA", "RULE", "NAMES", "WIN", "LOSE", "LENGTH", "LEASE"])


PLAINNEG = frozenset({"không", "chưa", "chẳng"})


class Tag(NamedTuple):
    """A concept in a sentence: canonical span (blanks outside)."""

    concept: str
    start: int
    end: int


class Pattern(NamedTuple):
    """One surface form: the concept it stands for and its syllables with their marks, by relative position."""

    concept: str
    syllables: tuple[tuple[int, str], ...]
    lead: int
    trail: int


def expand(pattern: str) -> Iterable[str]:
    """Yield every literal form of a pattern with `(a|b)` choices."""
    pieces = CHOICE.split(pattern)
    choices = [piece.split("|") if index % 2 else [piece] for index, piece in enumerate(pieces)]
    for combination in itertools.product(*choices):
        yield " ".join("".join(combination).split())


def read_yaml(path: Path) -> Any:
    """Parse one YAML file with libyaml when PyYAML has it."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _agrees(
    syllables: tuple[tuple[int, str], ...], start: int, words: dict[int, str], bare: bool, strict: bool, loose: bool
) -> bool:
    """Whether the syllables of a text are those of a pattern, allowing for marks lost to typing or scanning.

    A text without any diacritics agrees with all that folds alike; in others one syllable of several may lack marks.
    """
    if bare:
        return len(syllables) > 1 or loose or agreement(syllables[0][1], words.get(start + syllables[0][0], "")) == 2
    lacking = 0
    for at, word in syllables:
        grade = agreement(word, words.get(start + at, word))
        if grade == 0 or (grade == 1 and words.get(start + at) in WHOLE):
            return False
        lacking += grade == 1
    return lacking == 0 or (not strict and len(syllables) > 1 and (lacking == 1 or not any(marks(words.get(start + at, "")) for at, _ in syllables)))


# Common words that have no marks to lose: in a text that writes its marks they are themselves ("thành do Pháp xây" is no Thành Đô).
WHOLE = frozenset(["do", "cho", "hai", "ba", "ta", "ra", "sau", "hay", "theo", "trong", "qua", "con", "tin", "xa", "khi", "nay", "anh", "em", "ai", "cao", "xin", "mua", "chia", "sang"])


# English words that are also Vietnamese syllables without marks: read in English sentences only.
ENGLISH_ONLY = frozenset({"ban", "may", "he", "no", "if", "can", "share", "shared", "fine", "long", "hang", "to", "do"})


def key_only_english(syllables: tuple[tuple[int, str], ...]) -> bool:
    """Whether a pattern is one of the English words that unaccented Vietnamese would also match."""
    return len(syllables) == 1 and syllables[0][1] in ENGLISH_ONLY


class Lexicon:
    """All concepts in one Aho-Corasick automaton over canonical text."""

    def __init__(self, concepts: dict[str, list[str]]) -> None:
        self.names = frozenset(concepts)
        self._patterns: list[Pattern] = []
        keys: list[str] = []
        for concept, forms in concepts.items():
            for form in dict.fromkeys(f for written in forms for f in expand(str(written))):
                surface = read(form)
                key = surface.canon.strip()
                if not key:
                    continue
                lead = 1 if key[0].isascii() else 0
                trail = 1 if key[-1].isascii() else 0
                syllables = tuple((at - 1 + lead, word) for at, word in surface.words.items() if word[0].isalpha())
                self._patterns.append(Pattern(concept, syllables, lead, trail))
                keys.append(" " * lead + key + " " * trail)
        self._automaton = ahocorasick_rs.AhoCorasick(keys)

    def tags(self, surface: Surface) -> list[Tag]:
        """Return the concepts of a sentence in order; homonyms have removed what lies inside of them."""
        found: list[Tag] = []
        words, bare = surface.words, surface.bare and not surface.english
        for index, start, end in self._automaton.find_matches_as_indexes(surface.canon, overlapping=True):
            concept, syllables, lead, trail = self._patterns[index]
            if key_only_english(syllables) and not surface.english:
                continue
            if syllables and not _agrees(syllables, start, words, bare, strict=concept.startswith("X_"), loose=concept in LOOSE or (concept == "NEG" and syllables[0][1] in PLAINNEG)):
                continue
            found.append(Tag(concept, start + lead, end - trail))
        found.sort(key=lambda tag: (tag.start, -tag.end))
        hidden = [tag for tag in found if tag.concept.startswith("X_")]
        kept: list[Tag] = []
        for tag in found:
            if any(h.start <= tag.start and tag.end <= h.end and h.end - h.start > tag.end - tag.start for h in hidden):
                continue
            if any(k.concept == tag.concept and k.start <= tag.start and tag.end <= k.end for k in kept[-6:]):
                continue
            kept.append(tag)
        return kept


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon that ships with the program (read once a process)."""
    concepts: dict[str, list[str]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, forms in read_yaml(path).items():
            concepts.setdefault(name, []).extend(forms)
    return Lexicon(concepts)
