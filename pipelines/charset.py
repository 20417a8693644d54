"""Bytes of a page into text, whatever its header and meta element claim.

Order of trust: byte order mark; UTF-16 without one; bytes that are valid UTF-8 (People's Daily says GB2312 and
sends UTF-8, April 2024); the HTTP header; the meta element; detection. Vietnamese 8-bit text is told from
Western by its combining tone marks.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

_META = re.compile(rb"""<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.I)
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
# Supersets that pages mean when they say the narrower name (WHATWG Encoding Standard, and practice in Việt Nam).
_ALIASES = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "hz-gb-2312": "gb18030",
    "big5": "big5hkscs", "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "windows-1258": "cp1258", "x-windows-1258": "cp1258", "windows-1252": "cp1252", "unicode": "utf-16", "utf8": "utf-8",
    "shift_jis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "tis-620": "cp874",
}  # fmt: skip
_WESTERN = frozenset({"cp1252", "cp1258", "iso8859-1"})
# cp1258 writes tones as combining marks after the vowel: these bytes after a letter are rare in Western text.
_TONE = re.compile(rb"[A-Za-z\xc2\xca\xd4\xe2\xea\xf4\xc3\xe3\xd5\xf5\xdd\xfd][\xcc\xde\xec\xd2\xf2](?![\xcc\xde\xec\xd2\xf2])")
# UTF-8 read as Latin-1 and encoded again: "Viá»‡t", "Æ°", "Ä‘".
_TWICE = re.compile("á»[\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2010-\u2122]|áº[\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2010-\u2122]|Æ°|Ä‘|Ä\u0091")
_TWICE_MARKS = ("á»", "áº", "Æ°", "Ä‘", "Ä\u0091")
_TOLERATED = 0.002
# Letters that no text in an old font has.
_MODERN = re.compile("[\u1ea0-\u1ef9]")
# Runs that only TCVN3 and VNI fonts leave in a text that came as Latin-1: "®Õn", "ñöôïc".
_OLD_FONT = re.compile(r"[a-zA-Z][µ¶·¸¹º»¼½¾®©ª«¬]|®[a-zA-Z\u00c0-\u00ff]|[aeoöôyu][øùûõïåäáàãü]")
_MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]{0,2000}>", re.I | re.S)


@dataclass(frozen=True)
class Decoded:
    """The text of a page, the encoding it was read in, and what was odd about it (empty if nothing)."""

    text: str
    encoding: str
    note: str = ""


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Return the text of `body` in NFC line by line as sent; undecodable bytes become U+FFFD. Never raises."""
    declared = [name for name in (_named(_HEADER.search(content_type)), _meta(body)) if name]
    found = _decode(body, declared)
    text = found.text.replace("\x00", "")
    note = found.note
    head = text[:200_000]
    if any(mark in head for mark in _TWICE_MARKS) and len(_TWICE.findall(head)) >= 3:
        mended = _mend_twice(text)
        if mended is not None:
            text, note = mended, "UTF-8 mã hóa hai lần"
    if found.encoding == "cp1258":
        text = unicodedata.normalize("NFC", text)
    elif found.encoding in _WESTERN or (not _MODERN.search(head) and _OLD_FONT.search(head)):
        text, font = _old_fonts(text)
        note = font or note
    return Decoded(text, found.encoding, note)


def _decode(body: bytes, declared: list[str]) -> Decoded:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(name, "replace"), name)
    wide = _wide(body)
    if wide:
        return Decoded(body.decode(wide, "replace"), wide, "UTF-16 không có dấu thứ tự byte")
    if body.isascii():
        return Decoded(body.decode("ascii"), declared[0] if declared else "utf-8")
    text = _strictly(body, "utf-8")
    if text is not None:
        odd = bool(declared) and declared[0] != "utf-8"
        return Decoded(text, "utf-8", f"khai báo {declared[0]} nhưng là UTF-8" if odd else "")
    if "utf-8" in declared[:1]:
        text = body.decode("utf-8", "replace")
        bad = text.count("\ufffd")
        if bad <= max(3, _TOLERATED * len(text)):
            return Decoded(text, "utf-8", f"{bad} byte hỏng")
    for name in declared:
        if name in _WESTERN:
            name = "cp1258" if _vietnamese_bytes(body) else name
            return Decoded(body.decode(name, "replace"), name)
        text = _strictly(body, name)
        if text is not None:
            return Decoded(text, name)
    for name in declared:
        if name not in {"utf-8", "utf-16"}:
            text = _mostly(body, name)
            if text is not None:
                return Decoded(text, name, "có byte hỏng")
    return _detected(body)


def _detected(body: bytes) -> Decoded:
    """Guess by content: Vietnamese 8-bit first, then resiliparse's detector, then UTF-8 with holes."""
    if _vietnamese_bytes(body):
        return Decoded(body.decode("cp1258", "replace"), "cp1258", "đoán bảng mã")
    from resiliparse.parse.encoding import detect_encoding

    name = _codec(detect_encoding(body[:500_000]) or "utf-8") or "utf-8"
    return Decoded(body.decode(name, "replace"), name, "đoán bảng mã")


def _vietnamese_bytes(body: bytes) -> bool:
    """Tell whether 8-bit `body` is windows-1258: tone marks after vowels, as often as Vietnamese has them."""
    sample = body[:200_000]
    high = sum(byte >= 0x80 for byte in sample)
    return high > 0 and len(_TONE.findall(sample)) >= max(2, high // 12)


def _wide(body: bytes) -> str | None:
    """Recognise UTF-16 without a mark by the zero bytes of its ASCII letters."""
    head = body[:400]
    if len(head) < 8 or b"\x00" not in head:
        return None
    if head[1::2].count(0) * 3 > len(head):
        return "utf-16-le"
    if head[0::2].count(0) * 3 > len(head):
        return "utf-16-be"
    return None


def _strictly(body: bytes, name: str) -> str | None:
    """Decode without a single error, save for a character cut at the very end of a truncated capture."""
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(body, final=False)
    except (UnicodeDecodeError, LookupError):
        return None


def _mostly(body: bytes, name: str) -> str | None:
    try:
        text = body.decode(name, "replace")
    except LookupError:
        return None
    return text if text.count("\ufffd") <= max(3, 0.01 * len(text)) else None


def _meta(body: bytes) -> str | None:
    match = _META.search(body[:4096])
    return _codec(match.group(1).decode("ascii")) if match else None


def _named(match: re.Match[str] | None) -> str | None:
    return _codec(match.group(1)) if match else None


def _codec(label: str) -> str | None:
    """Return Python's text codec for the label of a page, or None for an unknown one (and for UTF-7)."""
    label = label.strip().lower()
    name = _ALIASES.get(label, label)
    if name in _ALIASES.values():
        return name
    try:
        info = codecs.lookup(name)
    except LookupError:
        return None
    if not info._is_text_encoding or info.name in {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape"}:
        return None
    return _ALIASES.get(info.name, info.name)


def _old_fonts(text: str) -> tuple[str, str]:
    """Return the page in Unicode and the name of the font encoding, if its visible text is TCVN3 or VNI."""
    from pipelines.legacy import from_tcvn3, from_vni, worth

    visible = _MARKUP.sub(" ", text[:300_000])[:20_000]
    plain = worth(visible)
    if plain >= 0.12:
        return text, ""
    # Markup is ASCII, which neither encoding touches.
    for name, convert in (("TCVN3", from_tcvn3), ("VNI", from_vni)):
        if worth(convert(visible)) > max(plain + 0.05, 0.1):
            return convert(text), name
    return text, ""


def _mend_twice(text: str) -> str | None:
    """Undo UTF-8 that was read as Latin-1 and encoded again; None when that makes no sense of it."""
    from ftfy import fix_encoding

    lines = [fix_encoding(line) if _TWICE.search(line) else line for line in text.split("\n")]
    mended = "\n".join(lines)
    return mended if 3 * len(_TWICE.findall(mended)) < len(_TWICE.findall(text)) else None
