"""The cheap gate over raw text or HTML: does it touch us at all? Nothing is tokenized, parsed or folded before it.

Names are listed in the ways they are typed (as written, capitals, small letters, without marks, old tone placement),
so that one automaton reads the raw page. Pages in entities or decomposed Unicode are first made plain.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

from pipelines import gazetteer
from pipelines.legacy import pieces_in_doubt, repaired
from pipelines.places.features import spellings
from pipelines.places.lexicon import Entry, Sense, is_common, lexicon
from pipelines.places.scripts import stands
from pipelines.text import fold, normalize, one_line

_ENTITY = re.compile(r"&(?:[A-Za-z](?:grave|acute|circ|tilde)|[a-z]{0,4}sp|shy|zwn?j|#[xX]?[0-9A-Fa-f]{2,5});")
# What may stand inside a name besides one blank: line ends, runs of blanks, blanks and joints that are not seen.
_PARTED = ("\n", "  ", "\u00a0", "\t", "\u200b", "\u00ad", "\u200c", "\u200d", "\u2060", "\ufeff", "\u202f", "\u2009", "\u3000", "\u0430", "\u043e", "\u0435")
_NEW = ("òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy")
_OLD = ("oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ")
# National topics that open the gate whatever the province; the rules in national.py decide afterwards.
_TOPICS = (
    "Hoàng Sa", "Trường Sa", "Biển Đông", "biển Đông", "Biển đông", "lưỡi bò", "chín đoạn", "luật biển", "Luật Biển", "Luật biển", "UNCLOS", "chủ quyền", "biển đảo",
    "biển, đảo", "Biển đảo", "phân định", "đường cơ sở", "lãnh hải", "đặc quyền kinh tế", "thềm lục địa", "đường biên", "quốc giới", "Tây Sa", "Tam Sa", "cột mốc",
    "mốc biên", "biên giới", "Gạc Ma", "công hàm", "công thư", "Công hàm", "Công thư", "Scarborough", "DK1", "nhà giàn", "Nhà giàn", "Bản Giốc", "Nam Quan", "Vịnh Bắc Bộ",
    "vịnh Bắc Bộ", "Paracel", "Spratly", "South China Sea", "nine-dash", "ten-dash", "dashed line", "Sansha", "Xisha", "Nansha", "西沙", "南沙", "三沙",
    "Nghị định thư", "nghị định thư", "Kalayaan", "Pag-asa", "1958", "HD-981", "HD981", "Hải Dương 981", "99 năm", "ninety-nine years", "Ba Bình", "Phú Quốc", "万安滩",
    "Nam Sa", "demarcat", "border between", "frontier", "Gulf of Tonkin", "exclusive economic zone", "Second Thomas", "Vành Khăn", "Xu Bi", "Chữ Thập", "hiệp ước", "Hiệp ước",
    "tòa trọng tài", "Tòa Trọng tài", "hải chiến", "Hải chiến", "xâm phạm", "hải cảnh", "Hải cảnh", "ngư trường", "主权", "边界", "领海", "ອະທິປະໄຕ", "ທະຫານ", "ດິນແດນ",
    "南海", "东沙群岛", "中沙群岛", "北部湾", "海洋法", "仲裁案", "勘界", "界碑", "ທະເລຈີນໃຕ້", "ທະເລຕາເວັນອອກ", "黄沙群岛", "長沙群島", "长沙群岛", "断续线", "九段", "十段", "ຊາຍແດນ", "ຫຼັກໝາຍ", "Koh Tral", "Thành Đô", "East Sea", "tàu lạ", "Tàu lạ", "HoangSa", "TruongSa", "HoàngSa", "TrườngSa", "continental shelf",
)  # fmt: skip


# Typed so in posts and by scanners, and only so.
_AS_TYPED = ("HS-TS", "hs-ts", "HSTS", "HS TS", "hs ts", "BĐ", "đường đứt", "nét đứt", "Đường đứt", "bién dao", "bién đảo", "chit quyén", "chit quyền", "chii quyen", "chit quyen")


def _scanned(name: str) -> set[str]:
    """Return a province's name in capitals with a scanner's small l for any of its I ("NINH BlNH"), and joined as a tag ("ThanhHóa")."""
    forms = {""}
    for char in name.upper():
        forms = {form + one for form in forms for one in ((char, "l") if fold(char) == "i" else (char,))}
    return {*forms, name.replace(" ", ""), name.replace(" ", "").lower()}


def _spellings(name: str, small: bool = True) -> set[str]:
    """Return the ways `name` is typed in the press and, with small letters, in posts."""
    forms = {name, name.upper(), name.title()}
    old = name
    for new, former in zip(_NEW, _OLD, strict=True):
        old = re.sub(new + r"(?![^\W\d_])", former, old)
    forms |= {old, old.upper()}
    if small:
        forms.add(name.lower())
    if not name.isascii():
        bare = fold(name)
        cased = "".join(char.upper() if old.isupper() else char for char, old in zip(bare, name, strict=True))
        forms |= {cased, bare.title(), bare.upper(), *([bare] if small else [])}
    return {form for form in forms if len(form) > 1}


def _alone(entry: Entry, sense: Sense) -> bool:
    """Tell whether this name may speak without its province: else the province's own name opens the gate."""
    if not sense.profile or sense.kind not in ("unit", "strong", "exonym") or is_common(sense.name):
        return False
    if sense.rank >= 2:
        return not any(other.rank == 3 and other.profile != sense.profile and other.kind == "unit" for other in entry.senses)
    return bool(sense.since) and all(other.profile == sense.profile for other in entry.forms[sense.name.lower()].senses)


def _with_level() -> set[str]:
    """Return today's communes of ours with the level word, where no other province has such a one ("xã Vĩnh Trụ"): so much settles them alone."""
    communes = gazetteer.commune_names().values()
    alike = Counter((level, name) for level, name, _province in communes)
    ours = gazetteer.PROFILES
    return {f"{level} {name}" for level, name, province in communes if province in ours and alike[level, name] == 1 and " " in name}


def _wrong_marks(sense: Sense) -> set[str]:
    """Return a province or district behind its level with one tone changed, as scanners do ("tỉnh Quàng Trị")."""
    forms = set()
    for at, char in enumerate(sense.name):
        apart = unicodedata.normalize("NFD", char)
        letter = "".join(mark for mark in apart if mark not in _TONES)
        if fold(char) in "aeiouy":
            forms |= {sense.name[:at] + unicodedata.normalize("NFC", letter + tone) + sense.name[at + 1 :] for tone in ("", *_TONES)}
    return {wrong for form in forms for wrong in (f"{sense.level} {form}", f"{sense.level} {form}".upper())}


_TONES = "\u0300\u0301\u0309\u0303\u0323"


@cache
def _patterns() -> frozenset[str]:
    """Return every way of typing a name or topic that opens the gate."""
    patterns: set[str] = set(_AS_TYPED)
    for entry in lexicon().entries:
        for sense in entry.senses:
            if _alone(entry, sense):
                patterns |= _spellings(sense.name, small=sense.rank >= 2)
                if sense.rank >= 2 and sense.kind == "unit":
                    patterns |= _wrong_marks(sense)
                if sense.rank >= 2:
                    patterns.add(sense.name.capitalize())  # as phones write
                if sense.rank == 3:
                    patterns |= _scanned(sense.name)
    for commune in _with_level():
        patterns |= _spellings(commune, small=False)
    for topic in _TOPICS:
        patterns |= _spellings(topic)
    for feature in spellings():
        patterns |= {feature, feature[0].upper() + feature[1:]}
    return frozenset(patterns)


@cache
def _automaton():
    """Build the automaton of the gate (about 0.1 s)."""
    from ahocorasick_rs import AhoCorasick, Implementation

    return AhoCorasick(sorted(_patterns()), implementation=Implementation.DFA)


_HASHED = re.compile(r"#[^\W\d_]+_[^\W\d_]")
_CHUNK, _OVERLAP = 16_384, 64


def _found(text: str) -> bool:
    """Search `text` piece by piece, so that a page that names us early is not read to its end."""
    find = _automaton().find_matches_as_indexes
    for start in range(0, len(text), _CHUNK):
        piece = text[start : start + _CHUNK + _OVERLAP] if len(text) > _CHUNK else text
        for _index, first, last in find(piece):
            if _stands(piece, first, last):
                return True
            # "越南沙巴": 南沙 is no part of it, and hides 沙巴
            if piece[first] > "\u2e80" and any(_stands(piece, first + 1 + one, first + 1 + end) for _, one, end in find(piece[first + 1 : last + 8], overlapping=True)):
                return True
    return False


def _stands(piece: str, first: int, last: int) -> bool:
    """Tell whether a match is no part of longer words ("meta content", "Nguyên nhân"); other scripts have no blanks."""
    if piece[first] > "\u0e00" and not "\u1e00" <= piece[first] <= "\u1eff":
        return stands(piece, first, last)
    return not (first and piece[first - 1].isalnum()) and not (last < len(piece) and piece[last].isalnum())


def touches(text: str) -> bool:
    """Tell whether a name of a followed province or a national topic may stand in `text` (raw HTML or text)."""
    if _found(text):
        return True
    plain = _joined(text)
    if plain is not text and _found(plain):
        return True
    for piece in pieces_in_doubt(text, _CHUNK):
        old = repaired(piece)
        if old is not None and _found(old.text):
            return True
    return False


def _joined(text: str) -> str:
    """Return `text` composed and on one line, or itself where that could bring no name to light."""
    composed = text
    if any(mark in text for mark in "\u0300\u0301\u0309\u0303\u0323\u0302"):
        composed = unicodedata.normalize("NFC", text)
    if "#" in text and _HASHED.search(text):
        composed = composed.replace("_", " ")
    if any(odd in text for odd in _PARTED) or ("&" in text and _ENTITY.search(text)):
        return normalize(one_line(composed)) if len(composed) < _CHUNK else one_line(composed)
    return composed


@cache
def split_names() -> frozenset[str]:
    """Return the ways of typing that hold a blank, with a capital on both sides of it or as a topic is written."""
    return frozenset(name for name in _patterns() if " " in name and (name in _TOPICS or not name.rpartition(" ")[2][0].islower()))


@cache
def _later_words() -> frozenset[str]:
    """Return the words that stand behind a blank in one of `split_names`."""
    return frozenset(word for name in split_names() for word in name.split(" ")[1:])


# The letter first, what stands before it afterwards: quick to look for.
_CAPITAL_L = re.compile(r"l(?<=[A-ZĐÀ-Ỹ]l)(?=[A-ZĐÀ-Ỹ])")
_JOINED = re.compile(r"_(?<=[^\W\d_]_)(?=[^\W\d_])")


def plain_typed(text: str) -> str:
    """Return `text` of the same length with a scanner's small l among capitals ("TlNH") as I, and "#Quảng_Trị" with its blank."""
    text = _CAPITAL_L.sub("I", text)
    return _JOINED.sub(" ", text) if "_" in text else text


_LINE = re.compile(r"\n(?<=[^\W\d_]\n)(?=[^\W\d_])")
_LAST = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,3}$")
_FIRST = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,3}")


def rejoined(text: str) -> str:
    """Return `text` with a blank for the line end inside a name ("tỉnh Nam\\nĐịnh"); title and sapô keep theirs, and so do offsets."""
    body = text.find("\n", text.find("\n") + 1) + 1
    spots = [m.start() for m in _LINE.finditer(text, body) if _parts_a_name(text, m.start())] if body else []
    if not spots:
        return text
    chars = list(text)
    for spot in spots:
        chars[spot] = " "
    return "".join(chars)


def _parts_a_name(text: str, spot: int) -> bool:
    """Tell whether the words around a line end make one name, and no longer name takes them ("Việt Nam / Định hướng")."""
    after = _FIRST.match(text, spot + 1, spot + 40)
    right = after.group().split(" ") if after is not None else []
    if not right or right[0] not in _later_words():
        return False
    before = _LAST.search(text[max(0, spot - 40) : spot])
    if before is None:
        return False
    left = before.group().split(" ")
    for i in range(1, min(3, len(left)) + 1):
        for j in range(1, min(3, len(right)) + 1):
            if " ".join((*left[-i:], *right[:j])) in split_names():
                longer = left[-i - 1 : -i] + right[j : j + 1]
                return not any(word[0].isupper() and not word.isupper() for word in longer)
    return False
