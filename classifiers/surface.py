"""Canonical reading of a sentence: folded, teencode opened, punctuation kept, every character tied to the original.

Lexicon patterns and texts go through the same reading, so "Hoà ước", "Hòa ước", "hoa uoc" and their NFD forms meet.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from pipelines.text import fold_table as latin_folding
from pipelines.text import normalised

SCRIPT = "\u0e80-\u0eff\u3400-\u9fff"
TOKEN = re.compile(rf"[{SCRIPT}]+|\d+(?:[.,\u00a0]\d{{3}})*(?:[.,]\d+)?|[^\W\d_{SCRIPT}]+|[^\w\s]")
RUN = re.compile(rf"[{SCRIPT}]")
DROPPED = frozenset("-–—‐‑\"“”'‘’«»()[]{}*_~`|/\\·•…「」『』《》〈〉（）【】＂#")
# Written forms of young people's posts; opened to whole words before anything is compared.
TEENCODE = {
    "k": "không", "ko": "không", "kg": "không", "kh": "không", "hok": "không", "hong": "không", "hông": "không",
    "khum": "không", "hem": "không", "khong": "không", "hổng": "không", "dc": "được", "đc": "được", "dk": "được",
    "đk": "được", "r": "rồi", "òi": "rồi", "rùi": "rồi", "gòi": "rồi", "vs": "với", "vn": "việt nam", "tq": "trung quốc",
    "lhq": "liên hợp quốc", "cpc": "campuchia", "j": "gì", "ik": "đi", "lun": "luôn", "ng": "người", "nc": "nước",
    "bg": "biên giới", "qg": "quốc gia", "bđbp": "biên phòng", "bdbp": "biên phòng", "ms": "mới", "bik": "biết",
    "bít": "biết", "trc": "trước", "hđ": "hiệp định", "nq": "nghị quyết", "vbb": "vịnh bắc bộ", "cq": "chủ quyền",
    "mik": "mình", "mk": "mình", "mn": "mọi người", "dzậy": "vậy", "zậy": "vậy", "zị": "vậy", "dzị": "vậy", "z": "vậy",
    "thui": "thôi", "tg": "thế giới", "đag": "đang", "dag": "đang", "blv": "bạch long vĩ", "pq": "phú quốc",
    "hnay": "hôm nay", "hqua": "hôm qua", "qđ": "quần đảo", "qd": "quần đảo", "nhìu": "nhiều", "ns": "nói", "ngta": "người ta",
    "trug": "trung", "cb": "chuẩn bị", "đv": "đơn vị", "tp": "thành phố", "khựa": "trung quốc", "nđ": "nghị định",
}
# "C0ng ước", "Tr0ng": a nought between letters, typed to slip past filters or read so by a scanner.
_LEET = re.compile(r"(?<=[^\W\d_])0(?=[^\W\d_])")
# Traditional characters that occur in this topic, to their simplified forms (one to one).
TRADITIONAL = dict(
    zip(
        "島嶼國際條約領權認屬華東黃長萬灘線圖協議號對於歸還讓賣雙邊陸點劃區視頻軍艦戰爭漁業總導開羅鎮鄉縣與這個說謊實據簽訂無處罰廢",
        "岛屿国际条约领权认属华东黄长万滩线图协议号对于归还让卖双边陆点划区视频军舰战争渔业总导开罗镇乡县与这个说谎实据签订无处罚废",
        strict=True,
    )
)
ENGLISH = frozenset(["the", "of", "and", "to", "in", "is", "was", "that", "for", "with", "are", "by", "on", "at", "from", "has", "have", "it", "this", "they", "its", "were", "an", "be", "which"])


@cache
def fold_table() -> dict[int, str]:
    """Folding of single characters: Latin marks and case, traditional Chinese, Lao digits and vowels, ² and ³."""
    table = dict(latin_folding())
    table.update({ord("²"): "2", ord("³"): "3", 0x0EB3: "ໍາ"})
    table.update({0x0ED0 + digit: str(digit) for digit in range(10)})
    table.update({ord(old): new for old, new in TRADITIONAL.items()})
    return table


@lru_cache(maxsize=65536)
def marks(token: str) -> tuple[str, ...]:
    """Marks of one syllable wherever they stand (oà = òa), the stroke of đ among them."""
    found = [c for c in unicodedata.normalize("NFD", token.lower()) if unicodedata.combining(c)]
    return tuple(sorted(found + ["đ"] * token.lower().count("đ")))


@lru_cache(maxsize=65536)
def agreement(pattern: str, token: str) -> int:
    """2 when two syllables of one folded form carry the same marks, 1 when `token` only lacks some, else 0."""
    wanted, present = marks(pattern), marks(token)
    if wanted == present:
        return 2
    rest = list(wanted)
    for mark in present:
        if mark not in rest:
            return 0
        rest.remove(mark)
    return 1


def is_english(tokens: list[str]) -> bool:
    """Whether folded words read as English (function words), so that teencode is left alone."""
    hits = sum(token in ENGLISH for token in tokens)
    return hits >= 2 and hits * 9 >= len(tokens)


def is_bare(text: str) -> bool:
    """Whether the Latin letters of `text` carry (almost) no diacritics: unaccented Vietnamese, English, pinyin."""
    tokens = [token for token in TOKEN.findall(unicodedata.normalize("NFC", text)) if token[0].isalpha()]
    return sum(not token.isascii() and not RUN.match(token) for token in tokens) * 12 <= len(tokens)


@dataclass(slots=True)
class Surface:
    """`canon` (blank first and last) and, per character, begin and end of its token in the original text."""

    canon: str
    starts: list[int]
    ends: list[int]
    words: dict[int, str]
    bare: bool
    english: bool = False

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets of canonical span `start:end`, outer blanks left out."""
        while start < end and self.canon[start] == " ":
            start += 1
        while end > start and self.canon[end - 1] == " ":
            end -= 1
        return self.starts[start], self.ends[max(end - 1, start)]

    def at(self, raw: int) -> int:
        """Return the first canonical position whose token begins at or after the original offset `raw`."""
        for position, start in enumerate(self.starts):
            if position and start >= raw:
                return position
        return len(self.canon)


def read(text: str, offset: int = 0, bare: bool = False, english: bool = False) -> Surface:
    """Read `text` in any Unicode form; offsets count from `offset`. `bare`: the text has no diacritics at all."""
    source = normalised(text)
    plain = source.starts is None
    table = fold_table()
    typed = _LEET.sub("o", source.text) if "0" in source.text else source.text
    tokens = [(m.start(), m.end(), m.group(), m.group().translate(table)) for m in TOKEN.finditer(typed)]
    english = english or is_english([low for _, _, _, low in tokens if "a" <= low[:1] <= "z"])
    canon, starts, ends = [" "], [offset], [offset]
    words: dict[int, str] = {}
    length = 1

    def put(piece: str, begin: int, end: int) -> None:
        nonlocal length
        canon.append(piece)
        starts.extend([begin] * len(piece))
        ends.extend([end] * len(piece))
        length += len(piece)

    for start, end, token, _low in tokens:
        if token in DROPPED:
            continue
        if RUN.match(token):
            for index, char in enumerate(token, start):
                begin, stop = (index, index + 1) if plain else source.span(index, index + 1)
                put(char.translate(table), begin + offset, stop + offset)
            put(" ", starts[-1], ends[-1])
            continue
        begin, stop = (start, end) if plain else source.span(start, end)
        opened = None if english or len(token) > 5 else TEENCODE.get(token.lower())
        for accented in (opened or token).split(" "):
            words[length] = accented
            put(accented.translate(table) + " ", begin + offset, stop + offset)
    return Surface("".join(canon), starts, ends, words, bare, english)
