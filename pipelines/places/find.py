"""One pass over the folded text, then the cheap tests: word boundary, capitals, marks, longest name wins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from pipelines.places.anchors import OPEN
from pipelines.places.lexicon import Entry, Group, Lexicon, Sense
from pipelines.text import fold, one_tone_style

_SPLIT = re.compile(r"[\s\-–.]+")


@dataclass(slots=True)
class Hit:
    """A name found at `start:end` of the clean text; resolution fills the rest."""

    start: int
    end: int
    entry: Entry
    group: Group
    senses: tuple[Sense, ...]
    exact: bool = True
    sense: Sense | None = None
    level: str = ""
    confidence: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def profile(self) -> str:
        """Profile of the chosen sense, or an empty string."""
        return self.sense.profile if self.sense else ""


def _letters(sample: str) -> int:
    return sum(map(str.isalpha, sample)) or 1


class Page:
    """A clean text with its folded shadow of the same length; what is seldom asked is worked out when asked."""

    def __init__(self, text: str, lang: str) -> None:
        self.text = text
        self.folded = fold(text)
        sample = text[:900]
        self.bare = lang not in ("vi", "") or self._unmarked(sample)
        self.features: list[tuple[int, int]] = []  # filled by `find`
        self.anchors: list[tuple[int, int, int]] = []
        self.low = self.typed = False  # small letters throughout; or but for the capitals a phone sets where sentences begin
        if len(text) < 1500:
            opening = next((char for char in sample if char.isalpha()), "A")
            capitals = sum(map(str.isupper, sample))
            self.low = opening.islower() and capitals * 25 < _letters(sample)
            self.typed = self.low or capitals < 9 and (capitals - len(_OPENING.findall(sample))) * 40 < _letters(sample)

    def _unmarked(self, sample: str) -> bool:
        """Tell whether fewer than one letter in 25 bears a mark; long UTF-8 shows the usual case at once."""
        if (len(sample.encode("utf-8", "replace")) - len(sample)) * 8 > len(sample):
            return False
        if len(self.folded) != len(self.text):
            return False
        return sum(map(str.__ne__, sample.lower(), self.folded[:900])) * 25 < _letters(sample)

    @cached_property
    def damaged(self) -> bool:
        """Tell whether the text bears the marks of a scanner: two closed syllables without a tone."""
        sample = self.text[:2000]
        if _CLOSED.search(sample) is None and not any(word in sample for word in _SCANNED):
            return False
        return len(_DAMAGE.findall(sample)) >= 2


# A closed syllable (-c, -ch, -p, -t) always bears a tone in Vietnamese; "môt", "viêc", "kêt" come from a scanner.
_CLOSED = re.compile(r"[âêôăơư][a-zâêôăơư]*(?:c|ch|p|t)(?![\w-])")
_SCANNED = ("bién", "quyén", "quyèn", "truyén", "chü", "dåo", "thü", "dän")
_DAMAGE = re.compile(
    rf"(?<![\w-])(?:[A-ZĐ]?[a-zđ]*{_CLOSED.pattern}|(?:{'|'.join(_SCANNED)})(?![\w-]))"
)


# A capital where a line or a sentence begins.
_OPENING = re.compile(r"(?:^|[.!?…\n])[^\w\n]*[A-ZÀ-ỸĐ]")


def page(text: str, lang: str) -> Page:
    """Prepare clean `text`; without marks at all, or in a language that has none, bare names are read as names."""
    return Page(text, lang)


def find(sheet: Page, lexicon: Lexicon) -> list[Hit]:
    """Return the names of `sheet` in order, without overlaps: the longest wins, then the first; sea features and anchors are noted on the sheet."""
    text, folded = sheet.text, sheet.folded
    if len(folded) != len(text):
        return []
    hits: list[Hit] = []
    size = len(text)
    entries, written = lexicon.entries, lexicon.written
    scanned = _unwrapped(folded)
    plain, anchors, read = len(entries), lexicon.anchors, 0
    small = sheet.low or sheet.typed
    for index, start, end in lexicon.automaton.find_matches_as_indexes(scanned, overlapping=True):  # type: ignore[attr-defined]
        if index >= plain:
            if index < anchors:
                sheet.features.append((start, end))
            elif start >= read:  # anchors are read one behind the other
                # One ends where a word ends ("công thư", not "công thương"; "ứng xử Biển" is no "Xu Bi"); other scripts have no blanks.
                if end < size and folded[end].isalnum() and folded[end] <= "\u0e00" and index - anchors not in OPEN:
                    continue
                sheet.anchors.append((index - anchors, start, end))
                read = end
            continue
        if start and folded[start - 1].isalnum() and folded[start].isascii():
            continue
        if end < size and folded[end].isalnum() and folded[end - 1].isascii():
            continue
        entry = entries[index]
        as_listed = written.get(text[start:end])  # nine names of ten
        if as_listed is not None:
            hits.append(Hit(start, end, entry, as_listed, as_listed.senses))
        elif (not text[start].islower() or entry.small or (entry.strong and small)) and (hit := _accept(sheet, start, end, entry)) is not None:
            hits.append(hit)
    return _longest(hits)


def _unwrapped(folded: str) -> str:
    """Return the body with single line breaks as blanks where lines are wrapped ("tỉnh Ninh\\nBình"); title and sapô keep theirs."""
    body = folded.find("\n", folded.find("\n") + 1) + 1
    return folded[:body] + _WRAP.sub(" ", folded[body:]) if "\n" in folded[body:] else folded


# A line of 30 characters and more that ends and goes on with a letter: a heading or a list has shorter ones.
_WRAP = re.compile(r"\n(?<=[^\n]{30}[a-z]\n)(?=[a-z])")


def _accept(sheet: Page, start: int, end: int, entry: Entry) -> Hit | None:
    raw = sheet.text[start:end]
    if "\n" in raw:
        raw = raw.replace("\n", " ")
    form = raw.lower()
    if form not in entry.forms and not form.isascii():
        raw = _toned(raw)
        form = raw.lower()
    group = entry.forms.get(form)
    exact = group is not None
    if group is None:
        if form == entry.key:  # typed without marks
            if not sheet.bare and not (entry.strong and (sheet.damaged or _unborne(sheet, start, raw) or _after_level(sheet, start))):
                return None
            group = entry.every
        elif entry.strong and (sheet.damaged or (_after_level(sheet, start) and _marks_lost(form, entry)) or _one_mark_off(sheet, start, form, entry)):
            group = entry.every
        elif sheet.text[start - 1 : start] == "#" and form.isalpha() and entry.strong:
            group = entry.every  # "#ThanhHóa" is listed as #ThanhHoa
        else:
            return None
    if not _capital(raw, group, sheet.low, entry.strong) and not _half(sheet, start, raw, group):
        return None
    return Hit(start, end, entry, group, group.senses, exact)


# Names come again and again; few pages write others.
_toned = lru_cache(4096)(one_tone_style)

# Provinces whose names without marks no person bears: taken beside marked text too ("ga Lao Cai").
_UNBORNE = frozenset({"Lao Cai", "Ninh Binh", "Yen Bai", "Quang Tri"})
_CAPITALISED = re.compile(r"(?:^|\W)[A-ZĐÀ-Ỹ][^\W\d_]* $")


def _unborne(sheet: Page, start: int, raw: str) -> bool:
    """Tell whether `raw` is such a name; behind a capitalised word Quang Tri is a man ("Vu Quang Tri")."""
    if sheet.typed and raw in ("lao cai", "ninh binh", "yen bai"):
        return True
    return raw in _UNBORNE and (raw != "Quang Tri" or _CAPITALISED.search(sheet.text[max(0, start - 12) : start]) is None)


_LEVEL = re.compile(r"\b(?:tỉnh|tinh|tlnh|huyện|huyen|thành phố|thị xã|xã|xa|x4|xä|phường|thị trấn)\s+$", re.I)


def _after_level(sheet: Page, start: int) -> bool:
    """Tell whether a level stands before the name: then letters that lost their marks on the way hide no strong name."""
    return _LEVEL.search(sheet.text[max(0, start - 11) : start]) is not None


_HIGHER = re.compile(r"\b(?:tỉnh|tinh|tlnh|huyện|huyên|huyen|thành phố|thị xã)\s+$", re.I)


def _one_mark_off(sheet: Page, start: int, form: str, entry: Entry) -> bool:
    """Tell whether a scanner changed one mark of a province or district behind its level ("tỉnh Quàng Trị"); other listed names are taken as written before."""
    if form.count(" ") != 1 or _HIGHER.search(sheet.text[max(0, start - 11) : start]) is None:
        return False
    names = (name for name, group in entry.forms.items() if group.top >= 2 and group.ours and len(name) == len(form))
    return any(sum(map(str.__ne__, form, name)) == 1 for name in names)


def _marks_lost(form: str, entry: Entry) -> bool:
    """Tell whether `form` is one of the names with some marks gone and none changed ("Nam Đinh", not "Thanh Hòa")."""
    return any(len(name) == len(form) and all(a in (b, fold(b)) for a, b in zip(form, name, strict=True)) for name in entry.forms)


def _capital(raw: str, group: Group, low: bool, strong: bool) -> bool:
    """Tell whether `raw` is written as a name: as listed, each syllable with a capital, or all small in a small-letter text."""
    if raw in group.names or not raw[0].isascii() and not raw[0].isalpha():
        return True
    if raw.isupper():
        return True
    parts = [part for part in _SPLIT.split(raw) if part]
    if all(not part[0].islower() for part in parts):
        return True
    if low and strong:
        return True
    # "cửa khẩu", "sông", "hồ" open a landmark in small letters or capitals; the proper name keeps its own.
    return not group.kinds.isdisjoint(("trap", "club", "strong", "weak")) and any(
        _same_case(name, raw) for name in group.names
    )


def _half(sheet: Page, start: int, raw: str, group: Group) -> bool:
    """Tell whether a province or a well-known district stands as phones write it: "Thanh hóa", and "thanh hóa" where no other name has capitals."""
    if group.top < 2 or not group.ours or group.risky or not raw[1:].islower() or (raw[0].islower() and not sheet.typed):
        return False
    if group.top == 3 and raw.lower() != "nam định":
        return True
    before = sheet.text[max(0, start - 12) : start]
    return _TOWARDS.search(before) is not None


# "Nam định đi" is a man's plan, "Cam lộ" a drink: other names written so stand behind these words only.
_TOWARDS = re.compile(r"(?:^|\s)(?:ở|tại|về|đến|tới|lên|xuống|qua|ra|vào|từ|đi|tỉnh|huyện|thị xã|thành phố|tp\.?|quê)\s+$", re.I)


def _same_case(name: str, raw: str) -> bool:
    return len(name) == len(raw) and all(
        a.isupper() == b.isupper() for a, b in zip(name[1:], raw[1:], strict=True)
    )


def _longest(hits: list[Hit]) -> list[Hit]:
    """Drop names that stand inside or across a longer one; only names that touch are compared (hostile pages)."""
    hits.sort(key=lambda hit: (hit.start << 32) - hit.end)
    kept: list[Hit] = []
    cluster: list[Hit] = []
    reach = -1
    for hit in hits:
        if hit.start >= reach:
            kept.extend(cluster if len(cluster) < 2 else _of_cluster(cluster))
            cluster, reach = [hit], hit.end
        else:
            cluster.append(hit)
            reach = max(reach, hit.end)
    kept.extend(_of_cluster(cluster))
    return kept


def _of_cluster(cluster: list[Hit]) -> list[Hit]:
    if len(cluster) < 2:
        return cluster
    kept: list[Hit] = []
    for hit in sorted(cluster, key=lambda h: (h.start - h.end, h.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)
