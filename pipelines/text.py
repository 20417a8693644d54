"""Vietnamese text made comparable, with a way back to the offsets of the original.

`normalize` gives clean NFC text, `fold` lower-case letters without marks, `Normalised` keeps the map home,
so that a sentence found in clean text is highlighted exactly in the text as published.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape

from pipelines.folding import ALIKE, INVISIBLE, ODD, doubts, surely_clean
from pipelines.folding import fold as fold  # asked for here by most of the house
from pipelines.folding import fold_table as fold_table

# Cyrillic and Greek letters drawn like Latin ones, replaced only inside a word that also has Latin letters.
_HOMOGLYPH = dict(
    zip(
        "АВЕКМНОРСТХУІЈЅаеорсхуіјѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧοα",
        "ABEKMHOPCTXYIJSaeopcxyijsdhABEZHIKMNOPTYXoa",
        strict=True,
    )
)
_SHAPES = "\u0302\u0306\u031b"  # circumflex, breve, horn
# Letters of mathematics, which posts use as bold and italic: "𝗧𝗵𝗮𝗻𝗵 𝗛𝗼́𝗮".
_STYLED = re.compile("[\U0001d400-\U0001d7ff]")
_MARKS = re.compile("[\u0300-\u0345]+")
_UNSEEN = re.compile(f"[{INVISIBLE}]+")
_WORD = re.compile(r"\w{2,60}")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1ea0-\u1ef9]")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_BLANKS = "".join(char for char, plain in ALIKE.items() if plain == " ")
_LETTERS = "".join(char for char, plain in ALIKE.items() if plain != " ")
_PIECE = re.compile(
    f".[\u0300-\u0345]+|[{INVISIBLE}]+|[ {_BLANKS}]{{2,}}|[{_BLANKS}{_LETTERS}\uff01-\uff5e]", re.S
)


@dataclass(frozen=True, slots=True)
class Normalised:
    """Clean text and, per stretch, where it stood: `starts[i]` in `text` comes from `origins[i]` in `original`."""

    text: str
    original: str
    starts: tuple[int, ...] | None = None
    origins: tuple[int, ...] | None = None
    coded: bool = False

    def origin(self, position: int) -> int:
        """Return the offset in `original` of the character at `position` of `text`."""
        if self.starts is None or self.origins is None:
            return position
        if position >= len(self.text):
            return len(self.original)
        index = bisect_right(self.starts, position) - 1
        return self.origins[index] + position - self.starts[index]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of `original` that shows `text[start:end]`, with the marks that belong to its end."""
        if self.starts is None or self.origins is None or end <= start:
            return self.origin(start), self.origin(end) if end > start else self.origin(start)
        last = self.origin(end - 1) + 1
        stop = self.origin(end)
        while last < stop and unicodedata.combining(self.original[last]):
            last += 1
        if last < stop and self.text[end - 1] != self.original[last - 1] and self._coded(last - 1):
            last = stop  # an entity, or a letter of an old encoding, is shown whole
        return self.origin(start), last

    def _coded(self, position: int) -> bool:
        return self.coded or _ENTITY.match(self.original, position) is not None


def _latinise(match: re.Match[str]) -> str:
    """Give a word of mixed scripts its Latin letters; a word all Greek or Cyrillic stays."""
    word = match.group()
    if _FOREIGN.search(word) is None or _LATIN.search(word) is None:
        return word
    return "".join(_HOMOGLYPH.get(char, char) for char in word)


def aligned(text: str) -> Normalised:
    """Like `normalised`, but runs of blanks stay: most pages then keep every offset, and no map is built."""
    spots = _packed(text)
    if not spots:
        return _closed_up(_plain(text))
    made = _unpacked(text, spots)
    return _closed_up(chained(made, _plain(made.text)))


def _closed_up(clean: Normalised) -> Normalised:
    """Make one blank, or one line end, of what still stands between two words ("Nam&nbsp; Định", "Nam \n  Định")."""
    text = clean.text
    patterns = [pattern for blanks, pattern in _BETWEEN.items() if blanks in text]
    if not patterns:
        return clean
    spots = [
        (m.start(), m.end(), "\n" if "\n" in m.group() else " ")
        for pattern in patterns
        for m in pattern.finditer(text)
        if text[m.start() - 1 : m.start()].isalnum() and text[m.end() : m.end() + 1].isalnum()
    ]
    spots.sort()
    return chained(clean, _unpacked(text, spots)) if spots else clean


def one_line(text: str) -> str:
    """Return `text` without entities, invisible characters and runs of blanks or line ends; its offsets are lost."""
    if "&" in text:
        text = unescape(text)
    if any(map(text.__contains__, INVISIBLE)):
        text = text.translate(dict.fromkeys(map(ord, INVISIBLE)))
    return " ".join(text.split())


_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9A-Fa-f]{2,5}|[A-Za-z]{2,8});")
_GAP = re.compile(r"  +(?=\w)")
_LINE_END = re.compile("\r\n")
# Two line ends part paragraphs, so at most one is closed up. What to look for comes first, the word before it afterwards: quicker.
_BETWEEN = {
    "  ": re.compile(r"  (?<=\w  ) *\n? *(?=\w)"),
    " \n": re.compile(r" \n(?<=\w \n) *(?=\w)"),
    "\n ": re.compile(r"\n (?<=\w\n ) *(?=\w)"),
}


def _packed(text: str) -> list[tuple[int, int, str]]:
    """Return where several characters stand for one: Windows line ends, blanks between words, entities."""
    spots: list[tuple[int, int, str]] = []
    if "\r" in text:
        spots += [(match.start(), match.end(), "\n") for match in _LINE_END.finditer(text)]
    if "  " in text:
        spots += [(m.start(), m.end(), " ") for m in _GAP.finditer(text) if text[m.start() - 1 : m.start()].isalnum()]
    if "&" in text:
        for match in _ENTITY.finditer(text):
            plain = unescape(match.group())
            if len(plain) == 1:
                spots.append((match.start(), match.end(), plain))
    return sorted(spots)


def _unpacked(text: str, spots: list[tuple[int, int, str]]) -> Normalised:
    """Return `text` with each of `spots` as the one character that it stands for."""
    pieces = _Pieces()
    last = 0
    for start, end, plain in spots:
        pieces.put(text[last:start], last)
        pieces.put(plain, start)
        last = end
    pieces.put(text[last:], last)
    return pieces.joined(text)


def chained(outer: Normalised, inner: Normalised) -> Normalised:
    """Return `inner`, which was made from `outer.text`, with its map led on to the original of `outer`."""
    if inner.starts is None or inner.origins is None:
        return Normalised(inner.text, outer.original, outer.starts, outer.origins, outer.coded)
    if outer.starts is None or outer.origins is None:
        return Normalised(inner.text, outer.original, inner.starts, inner.origins, outer.coded)
    starts: list[int] = []
    origins: list[int] = []
    ends = (*inner.starts[1:], len(inner.text))
    for start, end, origin in zip(inner.starts, ends, inner.origins, strict=True):
        starts.append(start)
        origins.append(outer.origin(origin))
        # inside a stretch the outer map may break again
        for index in range(bisect_right(outer.starts, origin), bisect_left(outer.starts, origin + end - start)):
            starts.append(start + outer.starts[index] - origin)
            origins.append(outer.origins[index])
    return Normalised(inner.text, outer.original, tuple(starts), tuple(origins), outer.coded)


def _plain(text: str) -> Normalised:
    if "\t" not in text and surely_clean(text):
        return Normalised(text, text)
    plain = _STYLED.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    for odd, even in ALIKE.items():
        plain = plain.replace(odd, even)
    if surely_clean(plain):
        return Normalised(plain, text)
    if ODD.search(plain) is None:
        if unicodedata.is_normalized("NFC", plain):
            return Normalised(plain, text)
        return chained(Normalised(plain, text), normalised(plain))
    return _composed(plain, text) or chained(Normalised(plain, text), normalised(plain))


@lru_cache(4096)
def _letter(raw: str) -> str:
    """Compose one letter with its marks, in whatever order they were typed; a page has few different ones, and `normalize` on all of it takes ten times as long."""
    apart = unicodedata.normalize("NFD", raw)
    # The shape of the vowel comes before its tone, or the two are no letter ("o" with acute and circumflex); a mark typed twice is one.
    return unicodedata.normalize("NFC", apart[0] + "".join(sorted(dict.fromkeys(apart[1:]), key=lambda mark: mark not in _SHAPES)))


def _composed(plain: str, text: str) -> Normalised | None:
    """Compose letters with the marks behind them and drop what is invisible, when nothing else is odd; None leaves it to `normalised`."""
    parts: list[str] = []
    starts, origins, last, gone = [0], [0], 0, 0
    for start, end in doubts(plain):
        if start and _MARKS.fullmatch(plain, start, end):
            letter = _letter(plain[start - 1 : end])
            if len(letter) != 1:
                return None
            parts += (plain[last : start - 1], letter)
        elif _UNSEEN.fullmatch(plain, start, end):
            parts.append(plain[last:start])
        elif ODD.search(plain, start, end):
            return None
        else:
            continue  # a letter of another script
        last = end
        gone += end - start
        starts.append(end - gone)
        origins.append(end)
    clean = "".join((*parts, plain[last:]))
    if not surely_clean(clean) and not unicodedata.is_normalized("NFC", clean):
        return None
    return Normalised(clean, text, tuple(starts), tuple(origins))


class _Pieces:
    """Clean pieces as they are written, with the places that they came from."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._starts: list[int] = []
        self._origins: list[int] = []
        self._length = 0

    def put(self, piece: str, origin: int) -> None:
        """Add `piece`, which stood at `origin`."""
        if piece:
            self._starts.append(self._length)
            self._origins.append(origin)
            self._out.append(piece)
            self._length += len(piece)

    def joined(self, original: str, clean: str | None = None) -> Normalised:
        """Return all pieces (or their cleaned form `clean` of the same length) with the map."""
        text = "".join(self._out) if clean is None else clean
        return Normalised(text, original, tuple(self._starts) or (0,), tuple(self._origins) or (0,))


def normalised(text: str) -> Normalised:
    """Return clean NFC text with its map; clean text comes back as it is, at the price of two scans."""
    if ODD.search(text) is None and "  " not in text and unicodedata.is_normalized("NFC", text):
        return Normalised(text, text)
    pieces = _Pieces()
    last = 0
    for match in _PIECE.finditer(text):
        pieces.put(text[last : match.start()], last)
        _put_piece(match.group(), match.start(), pieces.put)
        last = match.end()
    pieces.put(text[last:], last)
    made = pieces.joined(text)
    if not unicodedata.is_normalized("NFC", made.text) or "  " in made.text:
        return _again(made.text, made)
    return pieces.joined(text, _WORD.sub(_latinise, made.text)) if _FOREIGN.search(made.text) else made


def _again(clean: str, outer: Normalised) -> Normalised:
    """Clean once more what only became odd by cleaning (a mark after a zero-width character), and join the maps."""
    inner = normalised(clean) if clean != outer.original else None
    if inner is None or inner.text == clean:
        chars = [unicodedata.normalize("NFC", char) for char in clean]
        plain = "".join(new if len(new) == 1 else old for new, old in zip(chars, clean, strict=True))
        return Normalised(plain, outer.original, outer.starts, outer.origins)
    return chained(outer, inner)


def _put_piece(raw: str, origin: int, put: Callable[[str, int], None]) -> None:
    """Write the clean form of one odd piece with the place it came from."""
    first = raw[0]
    if len(raw) > 1 and unicodedata.combining(raw[1]):
        base = "" if first in INVISIBLE else ALIKE.get(first, first)
        stroke = base in ("d", "D") and raw[1] in "\u0335\u0336\u0337"
        put({"d": "đ", "D": "Đ"}[base] if stroke else _letter(base + raw[1:]) if base else unicodedata.normalize("NFC", raw[1:]), origin)
    elif first in INVISIBLE:
        return
    elif first == " " or first in _BLANKS:
        put(" ", origin)
    elif first in ALIKE:
        put(ALIKE[first], origin)
    else:
        put(chr(ord(first) - 0xFEE0) if first.isalnum() else first, origin)


def normalize(text: str) -> str:
    """Return `text` in NFC: invisible characters out, look-alike letters mended, runs of blanks made one."""
    return normalised(text).text


# Old and new placement of the tone mark: hoà/hòa, khoẻ/khỏe, thuỷ/thủy. The new one counts as written form.
_PLAIN = {"oa": "òóỏõọ", "oe": "òóỏõọ", "uy": "ùúủũụ"}
_TONES = {"oa": "àáảãạ", "oe": "èéẻẽẹ", "uy": "ỳýỷỹỵ"}


@cache
def _tone_pairs() -> tuple[re.Pattern[str], dict[str, str]]:
    pairs = {}
    for stem, olds in _TONES.items():
        for old, new in zip(olds, _PLAIN[stem], strict=True):
            pairs[stem[0] + old] = new + stem[1]
            pairs[(stem[0] + old).upper()] = (new + stem[1]).upper()
            pairs[stem[0].upper() + old] = new.upper() + stem[1]
    # "qu" is one sound: quý, quà keep their mark; a following letter (toán, hoàng) keeps it too.
    first, second = ("".join(sorted({pair[i] for pair in pairs})) for i in (0, 1))
    return re.compile(rf"[{first}](?<![qQ].)[{second}](?![^\W\d_])"), pairs


def one_tone_style(text: str) -> str:
    """Return NFC `text` with tone marks in one placement (Thanh Hoá → Thanh Hóa); the length stays."""
    pattern, pairs = _tone_pairs()
    return pattern.sub(lambda match: pairs.get(match.group(), match.group()), text)


def has_marks(text: str) -> bool:
    """Tell whether any Vietnamese letter with a mark, or đ, stands in `text`."""
    return fold(text) != text.lower()
