"""The cheap gate over raw text or HTML: does it touch us at all? Nothing is tokenized, parsed or folded before it.

Names are listed in the ways they are typed (as written, capitals, small letters, without marks, old tone placement),
so that one automaton reads the raw page. Pages in entities or decomposed Unicode are first made plain.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from html import unescape

from pipelines.text import fold

_ENTITY = re.compile(r"&(?:[A-Za-z](?:grave|acute|circ|tilde)|#x?[0-9A-Fa-f]{3,5});")
_NEW = ("òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy")
_OLD = ("oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ")
# National topics that open the gate whatever the province; the rules in national.py decide afterwards.
_TOPICS = (
    "Hoàng Sa", "Trường Sa", "Biển Đông", "biển Đông", "lưỡi bò", "chín đoạn", "luật biển", "Luật Biển", "Luật biển", "UNCLOS", "chủ quyền", "biển đảo",
    "biển, đảo", "Biển đảo", "phân định", "đường cơ sở", "lãnh hải", "đặc quyền kinh tế", "thềm lục địa", "đường biên", "quốc giới", "Tây Sa", "Tam Sa", "cột mốc",
    "mốc biên", "biên giới", "Gạc Ma", "công hàm", "công thư", "Công hàm", "Công thư", "Scarborough", "DK1", "nhà giàn", "Nhà giàn", "Bản Giốc", "Nam Quan", "Vịnh Bắc Bộ",
    "vịnh Bắc Bộ", "Paracel", "Spratly", "South China Sea", "nine-dash", "ten-dash", "dashed line", "Sansha", "Xisha", "Nansha", "西沙", "南沙", "三沙",
    "南海", "黄沙群岛", "長沙群島", "长沙群岛", "断续线", "九段", "十段", "ຊາຍແດນ", "ຫຼັກໝາຍ", "Koh Tral", "Thành Đô",
)  # fmt: skip


def _spellings(name: str) -> set[str]:
    """Return the ways `name` is typed in the press and in posts."""
    forms = {name, name.upper(), name.lower(), name.title()}
    old = name
    for new, former in zip(_NEW, _OLD, strict=True):
        old = re.sub(new + r"(?![^\W\d_])", former, old)
    forms |= {old, old.upper()}
    if not name.isascii():
        bare = fold(name)
        forms |= {bare, bare.title(), bare.upper()}
    return {form for form in forms if len(form) > 1}


@cache
def _automaton():
    """Build the automaton of the gate (about 0.1 s)."""
    from ahocorasick_rs import AhoCorasick, Implementation

    from pipelines.places.lexicon import is_common, lexicon

    patterns: set[str] = set()
    for entry in lexicon().entries:
        for sense in entry.senses:
            if (
                sense.profile
                and sense.kind in ("unit", "strong", "exonym")
                and not is_common(sense.name)
                and (sense.rank >= 2 or sense.since)
            ):
                patterns |= _spellings(sense.name)
    for topic in _TOPICS:
        patterns |= _spellings(topic)
    shortest = sorted(patterns, key=len)
    return AhoCorasick(shortest, implementation=Implementation.DFA)


def touches(text: str) -> bool:
    """Tell whether a name of a followed province or a national topic may stand in `text` (raw HTML or text)."""
    if _automaton().find_matches_as_indexes(text):
        return True
    if any(mark in text for mark in "\u0300\u0301\u0309\u0303\u0323\u0302"):
        return bool(_automaton().find_matches_as_indexes(unicodedata.normalize("NFC", text)))
    if "&" in text and _ENTITY.search(text):
        return bool(_automaton().find_matches_as_indexes(unescape(text)))
    return False
