"""Old Vietnamese encodings: TCVN3 (ABC), VNI, windows-1258, and mojibake (ftfy).

The right reading is the one that yields the most Vietnamese syllables; a text that is fine already is left alone.
Tables: TCVN 5712:1993 (TCVN3) and the VNI-Win font layout, both published standards of their time.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pipelines.text import Normalised


def _words(text: str, mark: str | None = None) -> frozenset[str]:
    return frozenset(text.split(mark))


_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_ROWS = {
    "a": "aø aù aû aõ aï aê aè aé aú aü aë aâ aà aá aå aã aä=àáảãạăằắẳẵặâầấẩẫậ",
    "e": "eø eù eû eõ eï eâ eà eá eå eã eä=èéẻẽẹêềếểễệ",
    "i": "æ ó ò=ỉĩị",
    "o": "oø où oû oõ oï oâ oà oá oå oã oä ôø ôù ôû ôõ ôï ô=òóỏõọôồốổỗộờớởỡợơ",
    "u": "uø uù uû uõ uï öø öù öû öõ öï ö=ùúủũụừứửữựư",
    "y": "yø yù yû yõ î=ỳýỷỹỵ",
    "d": "ñ=đ",
}
# Syllables so common that a paragraph of Vietnamese without any of them is none.
_COMMON = _words(
    "và của là có không được trong với cho các những một người này đã để khi từ đến về tại ở theo như cũng năm ngày tỉnh thành nhà nước "
    "nam việt hội trên sau vào ra còn phải đó làm nhiều hai bị thì mà lại xã huyện quốc biển đảo dân công chính trường tế"
)
_WORD = re.compile(r"[^\W\d_]+")
# windows-1258 shown as windows-1252 leaves capitals of tones behind small vowels ("HaÒi", "tiÒnh", "baÞo").
_SHOWN_1258 = re.compile("[aeiouyâêôãõý][\u00cc\u00d2\u00de]|[âêô][\u00f2\u00ec](?=[a-z]|\\b)")
_OLD_CODE = re.compile(r"[\u00a1-\u00ff\u00ad]")


@cache
def _vni() -> tuple[re.Pattern[str], dict[str, str]]:
    table: dict[str, str] = {}
    for row in _ROWS.values():
        codes, letters = row.split("=")
        for code, letter in zip(codes.split(), letters, strict=True):
            table[code] = letter
            table[code.upper()] = letter.upper()
            table[code[0].upper() + code[1:]] = letter.upper()
    return re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True))), table


def from_tcvn3(text: str) -> str:
    """Return `text`, read as Latin-1 from a TCVN3 (ABC) source, in Unicode."""
    return text.translate({ord(old): new for old, new in _TCVN3.items()})


def from_vni(text: str) -> str:
    """Return `text`, read as Latin-1 from a VNI-Win source, in Unicode."""
    pattern, table = _vni()
    return pattern.sub(lambda match: table[match.group()], text)


@cache
def _windows_1258() -> tuple[re.Pattern[str], dict[str, str]]:
    """Bytes of windows-1258 that were shown as windows-1252: each letter with its tone mark, or a letter alone."""
    alone: dict[str, str] = {}
    tones: dict[str, str] = {}
    for byte in range(0x80, 0x100):
        try:
            shown, meant = bytes([byte]).decode("cp1252"), bytes([byte]).decode("cp1258")
        except UnicodeDecodeError:
            continue
        if unicodedata.combining(meant):
            tones[shown] = meant
        elif shown != meant:
            alone[shown] = meant
    bases = "aeiouyAEIOUYâêôÂÊÔ" + "".join(shown for shown, meant in alone.items() if meant in "ăĂơƠưƯ")
    table = dict(alone)
    for base in bases:
        for shown, mark in tones.items():
            table[base + shown] = unicodedata.normalize("NFC", alone.get(base, base) + mark)
    return re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True))), table


def from_cp1258(text: str) -> str:
    """Return `text`, read as windows-1252 from a windows-1258 source, in Unicode."""
    pattern, table = _windows_1258()
    return pattern.sub(lambda match: table[match.group()], text)


def worth(text: str) -> float:
    """Return the share of words of `text` that are common Vietnamese syllables (0 to 1)."""
    words = _WORD.findall(text[:5000].lower())
    return sum(word in _COMMON for word in words) / len(words) if words else 0.0


def _tones_apart(text: str) -> bool:
    return len(_SHOWN_1258.findall(text[:3000])) >= 3


def repair(text: str) -> str:
    """Return `text` with mojibake and old encodings undone where that makes it clearly more Vietnamese."""
    best, score = text, worth(text)
    if (score >= 0.12 and not _tones_apart(text)) or not _OLD_CODE.search(text):
        return text
    import ftfy

    for candidate in (ftfy.fix_encoding(text), from_tcvn3(text), from_vni(text), from_cp1258(text)):
        value = worth(candidate)
        if value > score + 0.05:
            best, score = candidate, value
    return best


_MODERN = re.compile("[\u1ea0-\u1ef9\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u4e00-\u9fff\u0e80-\u0eff]")


def repaired(text: str) -> Normalised | None:
    """Return `repair(text)` with its way back to the offsets of `text`, or None where nothing is to be undone.

    The offsets need a reading letter by letter: TCVN3, VNI, windows-1258, and UTF-8 that was read as Latin-1 or windows-1252.
    """
    head = text[:3000]
    if _OLD_CODE.search(head) is None or _MODERN.search(head) is not None or (worth(head) >= 0.12 and not _tones_apart(head)):
        return None
    best: Normalised | None = None
    score = worth(text) + 0.05
    for candidate in (_mojibake(text), _by_table(text, *_single()), _by_table(text, *_vni()), _by_table(text, *_windows_1258())):
        value = worth(candidate.text) if candidate is not None else 0.0
        if value > score:
            best, score = candidate, value
    return best


def repaired_apart(text: str, ends: tuple[int, ...]) -> Normalised | None:
    """Like `repaired`, part by part (they end at `ends`, the last at the end of `text`): a Unicode title above an old body, or the other way round."""
    found = []
    start = 0
    for end in (*ends, len(text)):
        odd = end - start >= 25 and _MODERN.search(text, start, min(end, start + 400)) is None and len(_OLD_CODE.findall(text, start, min(end, start + 400))) >= 4
        made = repaired(text[start:end]) if odd else None
        # a line is short: what it becomes must look Vietnamese by more than one chance syllable
        if made is not None and (end - start > 400 or worth(made.text) >= 0.12):
            found.append((start, end, made))
        start = end
    if not found:
        return None
    out: list[str] = []
    starts: list[int] = [0]
    origins: list[int] = [0]
    length = last = 0
    for start, end, made in found:
        assert made.starts is not None and made.origins is not None
        length += start - last
        out += [text[last:start], made.text]
        starts += [length + at for at in made.starts]
        origins += [start + at for at in made.origins]
        length, last = length + len(made.text), end
        starts.append(length)
        origins.append(end)
    out.append(text[last:])
    return Normalised("".join(out), text, tuple(starts), tuple(origins), coded=True)


def pieces_in_doubt(text: str, size: int) -> list[str]:
    """Return the pieces of a page at which an old encoding may begin: behind its title, behind its head, in its middle; each from the first odd letter on."""
    if text.isascii():
        return []
    spots = {0, text.find("\n") + 1, text.find("</title>") + 1, text.find("</h1>") + 1, text.find("<body") + 1, len(text) // 2}
    found = (_OLD_CODE.search(text, spot) for spot in spots)
    starts = {max(0, match.start() - 50) for match in found if match is not None}
    return [text[start : start + size] for start in sorted(starts)]


@cache
def _single() -> tuple[re.Pattern[str], dict[str, str]]:
    return re.compile("[" + "".join(_TCVN3) + "]"), _TCVN3


def _by_table(text: str, pattern: re.Pattern[str], table: dict[str, str]) -> Normalised:
    """Read `text` by a font's table and keep where each letter stood."""
    out: list[str] = []
    starts: list[int] = [0]
    origins: list[int] = [0]
    length = last = 0
    for match in pattern.finditer(text):
        length += match.start() - last
        out += [text[last : match.start()], table[match.group()]]
        starts += [length, length + 1]
        origins += [match.start(), match.end()]
        length += 1
        last = match.end()
    out.append(text[last:])
    return Normalised("".join(out), text, tuple(starts), tuple(origins), coded=True)


_LEAD = re.compile("[\u00c2-\u00f4][^\x00-\x7f]{1,3}")


def _mojibake(text: str) -> Normalised | None:
    """Undo UTF-8 that was read as Latin-1 or windows-1252, sequence by sequence."""
    out: list[str] = []
    starts: list[int] = [0]
    origins: list[int] = [0]
    length = position = 0
    for match in _LEAD.finditer(text):
        at = match.start()
        while at < match.end():
            letter, size = _sequence(text[at : at + 4])
            if not size:
                at += 1
                continue
            length += at - position
            out += [text[position:at], letter]
            starts += [length, length + 1]
            origins += [at, at + size]
            length += 1
            at = position = at + size
    if not out:
        return None
    out.append(text[position:])
    return Normalised("".join(out), text, tuple(starts), tuple(origins), coded=True)


def _sequence(chars: str) -> tuple[str, int]:
    """Return the letter that the first characters spell as bytes of UTF-8, and how many they are (0: none)."""
    raw = b""
    for char in chars:
        try:
            raw += char.encode("latin-1") if ord(char) < 0x100 else char.encode("cp1252")
        except UnicodeEncodeError:
            break
    size = 2 if raw[:1] < b"\xe0" else 3 if raw[:1] < b"\xf0" else 4
    try:
        letter = raw[:size].decode("utf-8")
    except UnicodeDecodeError:
        return "", 0
    return (letter, size) if len(letter) == 1 and size <= len(raw) else ("", 0)


def decode(raw: bytes, declared: str | None = None) -> str:
    """Return the text of `raw` in NFC: UTF-8 first, then the declared encoding, windows-1258 and the old fonts' codes."""
    try:
        return unicodedata.normalize("NFC", repair(raw.decode("utf-8-sig")))
    except UnicodeDecodeError:
        pass
    readings: list[str] = []
    for name in (
        declared,
        "cp1258",
        "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else None,
        "gb18030" if declared and declared.lower().startswith("gb") else None,
    ):
        if name:
            try:
                readings.append(raw.decode(name))
            except (UnicodeDecodeError, LookupError):
                continue
    latin = raw.decode("latin-1")
    readings += [from_tcvn3(latin), from_vni(latin), raw.decode("utf-8", errors="replace")]
    plain = [unicodedata.normalize("NFC", reading) for reading in readings]
    if (
        declared
        and plain
        and declared.lower().replace("-", "") not in ("utf8", "windows1252", "iso88591")
        and worth(plain[0]) >= max(map(worth, plain))
    ):
        return plain[0]
    return max(plain, key=worth)
