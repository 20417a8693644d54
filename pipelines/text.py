"""Vietnamese text made comparable, with a way back to the offsets of the original.

`normalize` gives clean NFC text, `fold` lower-case letters without marks, `Normalised` keeps the map home,
so that a sentence found in clean text is highlighted exactly in the text as published.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

# Zero-width, bidirectional and soft-hyphen characters, BOM, word joiner, variation selectors.
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
# Eth and African D are typed for Đ (old fonts, phones); đ with a combining stroke comes from web editors.
_ALIKE = {
    "Ð": "Đ",
    "Ɖ": "Đ",
    "ð": "đ",
    "ɖ": "đ",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u3000": " ",
    "\t": " ",
    "\r": " ",
}
# Cyrillic and Greek letters drawn like Latin ones, replaced only inside a word that also has Latin letters.
_HOMOGLYPH = dict(
    zip(
        "АВЕКМНОРСТХУІЈЅаеорсхуіјѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧοα",
        "ABEKMHOPCTXYIJSaeopcxyijsdhABEZHIKMNOPTYXoa",
        strict=True,
    )
)
_ODD = re.compile("[" + _INVISIBLE + "".join(_ALIKE) + "\u0300-\u0338Ѐ-ӿԀ-ԯΑ-ω\uff01-\uff5e]")
_WORD = re.compile(r"\w{2,60}")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1ea0-\u1ef9]")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_BLANKS = "".join(char for char, plain in _ALIKE.items() if plain == " ")
_LETTERS = "".join(char for char, plain in _ALIKE.items() if plain != " ")
_PIECE = re.compile(
    f".[\u0300-\u0338]+|[{_INVISIBLE}]+|[ {_BLANKS}]{{2,}}|[{_BLANKS}{_LETTERS}\uff01-\uff5e]", re.S
)


def _letters() -> dict[int, str]:
    """Map every Latin letter with marks to its base, upper to lower case; one character to one character."""
    table: dict[int, str] = {}
    for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        if len(base) == 1 and base != chr(code):
            table[code] = base
    table.update({ord(c): "d" for c in "ĐđÐðƉɖ"})
    return table


@cache
def fold_table() -> dict[int, str]:
    """Table for `str.translate`: folding that keeps the length of NFC text."""
    return _letters()


@cache
def _fold_array():
    """The same table as an array over UTF-16 units: thirty times faster than `translate` on a whole article."""
    import numpy

    table = numpy.arange(0x10000, dtype=numpy.uint16)
    for code, base in fold_table().items():
        table[code] = ord(base)
    return numpy, table


def fold(text: str) -> str:
    """Return lower-case `text` without marks, đ as d; NFC input keeps its length and offsets."""
    if text.isascii():
        return text.lower()
    if len(text) < 400:
        return text.translate(fold_table())
    numpy, table = _fold_array()
    units = numpy.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    return str(table[units].tobytes().decode("utf-16-le", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Normalised:
    """Clean text and, per stretch, where it stood: `starts[i]` in `text` comes from `origins[i]` in `original`."""

    text: str
    original: str
    starts: tuple[int, ...] | None = None
    origins: tuple[int, ...] | None = None

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
        return self.origin(start), last


def _latinise(match: re.Match[str]) -> str:
    """Give a word of mixed scripts its Latin letters; a word all Greek or Cyrillic stays."""
    word = match.group()
    if _FOREIGN.search(word) is None or _LATIN.search(word) is None:
        return word
    return "".join(_HOMOGLYPH.get(char, char) for char in word)


def aligned(text: str) -> Normalised:
    """Like `normalised`, but runs of blanks stay: most pages then keep every offset, and no map is built."""
    plain = text
    if not plain.isascii() or "\t" in plain or "\r" in plain:
        for odd, even in _ALIKE.items():
            plain = plain.replace(odd, even)
    if _ODD.search(plain) is None and unicodedata.is_normalized("NFC", plain):
        return Normalised(plain, text)
    return normalised(text)


def normalised(text: str) -> Normalised:
    """Return clean NFC text with its map; clean text comes back as it is, at the price of two scans."""
    if _ODD.search(text) is None and "  " not in text and unicodedata.is_normalized("NFC", text):
        return Normalised(text, text)
    out: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    length = last = 0

    def put(piece: str, origin: int) -> None:
        nonlocal length
        if piece:
            starts.append(length)
            origins.append(origin)
            out.append(piece)
            length += len(piece)

    for match in _PIECE.finditer(text):
        put(text[last : match.start()], last)
        _put_piece(match.group(), match.start(), put)
        last = match.end()
    put(text[last:], last)
    clean = "".join(out)
    if not unicodedata.is_normalized("NFC", clean) or "  " in clean:
        return _again(clean, Normalised(clean, text, tuple(starts) or (0,), tuple(origins) or (0,)))
    if _FOREIGN.search(clean):
        clean = _WORD.sub(_latinise, clean)
    return Normalised(clean, text, tuple(starts) or (0,), tuple(origins) or (0,))


def _again(clean: str, outer: Normalised) -> Normalised:
    """Clean once more what only became odd by cleaning (a mark after a zero-width character), and join the maps."""
    inner = normalised(clean) if clean != outer.original else None
    if inner is None or inner.text == clean:
        chars = [unicodedata.normalize("NFC", char) for char in clean]
        plain = "".join(new if len(new) == 1 else old for new, old in zip(chars, clean, strict=True))
        return Normalised(plain, outer.original, outer.starts, outer.origins)
    origins = tuple(outer.origin(inner.origin(index)) for index in range(len(inner.text)))
    return Normalised(inner.text, outer.original, tuple(range(len(inner.text))) or (0,), origins or (0,))


def _put_piece(raw: str, origin: int, put: Callable[[str, int], None]) -> None:
    """Write the clean form of one odd piece with the place it came from."""
    first = raw[0]
    if len(raw) > 1 and unicodedata.combining(raw[1]):
        base = "" if first in _INVISIBLE else _ALIKE.get(first, first)
        stroke = base in ("d", "D") and raw[1] in "\u0335\u0336\u0337"
        put({"d": "đ", "D": "Đ"}[base] if stroke else unicodedata.normalize("NFC", base + raw[1:]), origin)
    elif first in _INVISIBLE:
        return
    elif first == " " or first in _BLANKS:
        put(" ", origin)
    elif first in _ALIKE:
        put(_ALIKE[first], origin)
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
    return re.compile(r"(?<![qQ])(?:" + "|".join(pairs) + r")(?![^\W\d_])"), pairs


def one_tone_style(text: str) -> str:
    """Return NFC `text` with tone marks in one placement (Thanh Hoá → Thanh Hóa); the length stays."""
    pattern, pairs = _tone_pairs()
    return pattern.sub(lambda match: pairs[match.group()], text)


def has_marks(text: str) -> bool:
    """Tell whether any Vietnamese letter with a mark, or đ, stands in `text`."""
    return fold(text) != text.lower()
