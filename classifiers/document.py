"""A text line as sentences with concepts: the one object that claim finding, roles and comparison read.

Offsets are into the field as given (title, sapo, body, caption[i]); a sentence is its exact substring.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime

from classifiers.lexicon import Lexicon, Tag, load_lexicon
from classifiers.surface import RUN, Surface, is_bare, is_english, read
from pipelines.clock import local
from pipelines.records import TextLine
from pipelines.words import sentences as sentence_spans

# A text longer than this is a book or an attack; what follows is left unread, and the assessment says so.
MAX_CHARS = 60_000
MAX_SENTENCE = 1_500
# A semicolon, or a blank line in a list, divides statements that are checked each for itself.
DIVIDER = re.compile(r"(?<=[;；])\s*")
QUOTES = re.compile(r"“([^“”]{6,600})”|\"([^\"]{6,600})\"|«([^«»]{6,600})»|「([^「」]{4,400})」|『([^『』]{4,400})』|‘([^‘’]{12,400})’")


@dataclass(slots=True)
class Sentence:
    """One sentence with its concepts; `start`, `end` are offsets in its field."""

    field: str
    index: int
    start: int
    end: int
    text: str
    surface: Surface
    tags: list[Tag]
    concepts: frozenset[str]
    quotes: list[tuple[int, int]] = attribute(default_factory=list)

    def of(self, *names: str) -> list[Tag]:
        """Return the tags of the named concepts, in order."""
        return [tag for tag in self.tags if tag.concept in names]

    def has(self, *names: str) -> bool:
        """Whether any of the named concepts occurs."""
        return not self.concepts.isdisjoint(names)

    @property
    def canon(self) -> str:
        """Canonical text."""
        return self.surface.canon


@dataclass(slots=True)
class Document:
    """All sentences of a text in reading order: title, sapô, body, captions."""

    line: TextLine
    sentences: list[Sentence]
    published: date | None
    bare: bool
    concepts: frozenset[str]

    def before(self, sentence: Sentence, count: int) -> list[Sentence]:
        """Return up to `count` sentences before this one, the nearest first (captions stand alone with the title)."""
        return list(reversed(self.sentences[max(0, sentence.index - count) : sentence.index]))

    def after(self, sentence: Sentence, count: int) -> list[Sentence]:
        """Return up to `count` sentences after this one."""
        return self.sentences[sentence.index + 1 : sentence.index + 1 + count]

    def holding(self, text: str) -> Sentence | None:
        """Return the sentence that shares most with `text` (a part, or several sentences), None when none does."""
        wanted = unicodedata.normalize("NFC", text)
        best: tuple[int, Sentence] | None = None
        for name, whole in fields_of(self.line):
            at = whole.find(text)
            mine = [s for s in self.sentences if s.field == name]
            for sentence in mine:
                if at >= 0:
                    shared = min(at + len(text), sentence.end) - max(at, sentence.start)
                else:
                    inner = unicodedata.normalize("NFC", sentence.text)
                    shared = min(len(inner), len(wanted)) if inner in wanted or wanted in inner else 0
                if shared > 0 and (best is None or shared > best[0]):
                    best = (shared, sentence)
        return best[1] if best else None

    @property
    def lead(self) -> list[Sentence]:
        """The first five sentences of the body (headline rule of the codebook)."""
        return [s for s in self.sentences if s.field == "body"][:5]


def day_of(moment: datetime | date | None) -> date | None:
    """Return the day of a publication moment, as it was in Hà Nội."""
    return local(moment).date() if isinstance(moment, datetime) else moment


def fields_of(line: TextLine) -> list[tuple[str, str]]:
    """Return (field name, text) of all that is read of a line."""
    named = [("title", line.title), ("sapo", line.sapo), ("body", line.text)]
    named += [(f"caption[{i}]", caption) for i, caption in enumerate(line.captions)]
    return [(name, text[:MAX_CHARS]) for name, text in named if text and text.strip()]


def spans_of(text: str) -> list[tuple[int, int]]:
    """Return sentence spans, divided at semicolons, over-long ones cut at commas or hard."""
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        begin = start
        for cut in [start + m.end() for m in DIVIDER.finditer(text[start:end])] + [end]:
            while cut - begin > MAX_SENTENCE:
                spans.append((begin, begin + MAX_SENTENCE))
                begin += MAX_SENTENCE
            if text[begin:cut].strip():
                spans.append((begin, cut))
            begin = cut
    return [_trim(text, span) for span in spans]


def _trim(text: str, span: tuple[int, int]) -> tuple[int, int]:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def quote_spans(text: str, offset: int) -> list[tuple[int, int]]:
    """Return the inner spans of quotations in one paragraph."""
    found = []
    for match in QUOTES.finditer(text):
        group = match.lastindex or 0
        found.append((match.start(group) + offset, match.end(group) + offset))
    return found


CREDIT = re.compile(r"[(\[（]\s*(?:nguồn )?ảnh(?: minh họa| minh hoạ)?\s*[:：)\]）]", re.I)


def _is_credit(piece: str, offset: int, surface: Surface, tag: Tag) -> bool:
    """Whether a word for a picture only credits one: "(Ảnh: Reuters)"."""
    if tag.concept not in ("VIDEO", "VIDEOSTRICT", "MAP"):
        return False
    start, end = surface.raw(tag.start, tag.end)
    return any(match.start() <= start - offset and end - offset <= match.end() for match in CREDIT.finditer(piece))


def build(line: TextLine, lexicon: Lexicon | None = None) -> Document:
    """Read a text line into sentences with concepts."""
    lexicon = lexicon or load_lexicon()
    parts = fields_of(line)
    whole = "\n".join(text for _, text in parts)
    bare = is_bare(whole)
    latin = list(re.findall(r"[a-z]+", whole[:3000].lower()))
    english = bare and not RUN.search(whole[:200]) and is_english(latin)
    sentences: list[Sentence] = []
    for name, text in parts:
        quotes = quote_spans(text, 0)
        for start, end in spans_of(text):
            piece = text[start:end]
            surface = read(piece, start, bare, english)
            tags = [tag for tag in lexicon.tags(surface) if not _is_credit(piece, start, surface, tag)]
            inside = [(max(a, start), min(b, end)) for a, b in quotes if a < end and b > start]
            sentences.append(
                Sentence(name, len(sentences), start, end, piece, surface, tags, frozenset(t.concept for t in tags), inside)
            )
    concepts = frozenset().union(*(s.concepts for s in sentences)) if sentences else frozenset()
    return Document(line, sentences, day_of(line.published), bare, concepts)
