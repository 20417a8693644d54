"""First look at each name: level word, streets, persons, firms, longer names, the map of the date, names with one reading."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.places.find import Hit, Page
from pipelines.places.lexicon import COMMUNE_LEVELS, Group, Sense, is_common
from pipelines.places.scripts import vouched


def _words(text: str, mark: str | None = None) -> frozenset[str]:
    return frozenset(text.split(mark))


_AFTER = re.compile(r"^\s+(province|city|district|commune|ward|town)\b", re.I)
_NAMES = {
    "tp": "thành phố", "tp.": "thành phố", "thanh pho": "thành phố", "city": "thành phố", "tinh": "tỉnh", "province": "tỉnh",
    "huyen": "huyện", "h.": "huyện", "district": "huyện", "thi xa": "thị xã", "tx": "thị xã", "tx.": "thị xã", "town": "thị xã",
    "thi tran": "thị trấn", "tt": "thị trấn", "tt.": "thị trấn", "xa": "xã", "x4": "xã", "tlnh": "tỉnh", "x.": "xã", "commune": "xã",
    "phuong": "phường", "p.": "phường", "ward": "phường", "q.": "quận",
    "tỉnh": "tỉnh",    "thành phố": "thành phố",    "huyện": "huyện",    "thị xã": "thị xã",    "thị trấn": "thị trấn",    "xã": "xã",    "phường": "phường",    "đặc khu": "đặc khu",    "quận": "quận",    "thôn": "thôn",    "bản": "bản",    "làng": "làng",    "ấp": "ấp",    "buôn": "buôn",
}  # fmt: skip
_LAST_WORDS = frozenset(name.split()[-1] for name in _NAMES)
_LAST_LETTERS = frozenset(letter for word in _LAST_WORDS for letter in (word[-1], word[-1].upper()))
_HAMLET = frozenset({"thôn", "bản", "làng", "ấp", "buôn"})
_STREET = re.compile(
    r"(?:\bđường|\bphố|\bngõ|\bngách|\bhẻm|\bđại lộ|\bnút giao|\bngã tư|\bngã ba|\bngã năm|\bcầu vượt|\bsố nhà|\bsố \d+[A-Za-z]?|\b\d+[A-Z]?(?:/\d+)*|"
    r"\bduong|\bpho|\btoà nhà|\btòa nhà|\bkhách sạn|\bchung cư|\bvillage|\bstreet|\btiểu học|\bmầm non|\bthcs|\bthpt)(?:\s+-)?\s*$",
    re.I,
)
_STREET_NAME = re.compile(
    r"(?:\bđường|\bphố|\bngõ|\bngách|\bhẻm|\bđại lộ|\bnút giao|\bngã tư|\bsố nhà|\bsố \d+[A-Za-z]?|\d+/\d+|\bduong|\bpho|\bkhách sạn|\bchung cư)\s*$", re.I
)
_SURNAME = re.compile(
    r"(?:^|[\s(\"“])(?:(?i:ông|bà|anh|chị|cô|chú|bác|em|cháu|bé|nghệ sĩ|(?:nghệ sĩ |Nghệ sĩ )?(?:Nhân dân|nhân dân|Ưu tú|ưu tú)|Nghệ sĩ|ca sĩ|diễn viên|người mẫu|MC|đạo diễn|nhạc sĩ|NSƯT|NSND|HLV|thủ môn|trung vệ|tiền đạo|hoa hậu|á hậu|luật sư|bác sĩ|thầy)"
    r"|(?:[Nn]guyễn|[Tt]rần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Mai|Tô|Đào|Đoàn|Lương|Trương|Lâm|Cao|Tạ|Thái|Chu|Hà|Quách|Kiều|Nguyen|Tran|Le|Pham|Thị|Văn|Đình|Quang|Thế|Xuân))\s+$"
)
_LEADS = _words(
    "Huyện Xã Phường Tỉnh Thành Thị Vườn Hồ Sông Núi Đảo Cảng Chùa Đền Khu Cửa Biển Bản Phố Công Nam Bắc Đông Tây Tại Ở Bãi Cầu Đèo Hang Rừng Làng Tới Về Lên Đến Từ Bến Ga Đồn"
)
_PLACED = re.compile(r"\b(?:ở|tại|đến|tới|[Đđ]ồn [Bb]iên phòng|[Đđ]ồn BP|[Cc]ửa khẩu)\s+$")
_AGE = re.compile(r",\s*\d{1,2} tuổi\b")  # "(Khánh An, 29 tuổi, …)" signs a letter
_NEXT = re.compile(r" ([^\W\d_]+)")
# Firms and rich people named like a district ("Đại gia Xuân Trường").
_FIRM = re.compile(
    r"\b(?i:bệnh viện|phòng khám|trường)[^.,\n]{0,25} [Qq]uốc tế\s+$|\b(?i:đại gia|doanh nghiệp|công ty|tập đoàn|hãng|thương hiệu|ngân hàng|nhà xe|CTCP|DN|DNTN)(?: (?:TNHH|CP|MTV|TM|[a-zđ][^\W\d_]*)){0,6}\s+$"
)


def level_word(sheet: Page, hit: Hit) -> str:
    """Return the level written before the name (in other languages after it), in its full Vietnamese form."""
    before = sheet.text[max(0, hit.start - 14) : hit.start]
    mark = before[-1:]
    if mark == "\n" and sheet.text.count("\n", 0, hit.start) <= 2:
        before = mark = ""  # "… cấp xã" ends a title, "Khánh Hòa …" opens the sapô
    if mark.isspace() or mark == ".":
        words = before.rsplit(None, 2)
        if words and words[-1][-1] in _LAST_LETTERS and (last := words[-1].lower().lstrip("(“\"'[")) in _LAST_WORDS:
            found = _NAMES.get(" ".join(words[-2:]).lower().lstrip("(“\"'[")) or _NAMES.get(last)
            if found:
                return found
    after = _AFTER.search(sheet.text[hit.end : hit.end + 12]) if sheet.bare else None
    return _NAMES[after.group(1).lower()] if after else ""


def _longer(before: str) -> bool:
    """Tell whether a capitalised syllable inside the phrase makes a longer name: "xã Tân Vĩnh Lộc", "Võ Thanh Liêm"."""
    if not before.endswith(" "):
        return False
    parts = before.split(" ")
    if len(parts) < 3 or not parts[-3] or parts[-3][-1] in ".:!?,;\n(“\"'|":
        return False
    last = parts[-2]
    return last[:1].isupper() and last.isalpha() and not last.isupper() and last not in _LEADS


def _goes_on(sheet: Page, hit: Hit) -> bool:
    """Tell whether a commune's name goes on with another capitalised syllable: "phường Tân Sơn Nhì"."""
    following = _NEXT.match(sheet.text, hit.end)
    if following is None or not following.group(1)[0].isupper():
        return False
    return not (following.group(1).isupper() and len(following.group(1)) > 1) or sheet.text[hit.start : hit.end].isupper()


def _inside(sheet: Page, hit: Hit, before: str) -> bool:
    """Tell whether capitalised syllables stand on both sides, as in a person's name: "Tăng Hà Nam Anh"."""
    following = _NEXT.match(sheet.text, hit.end)
    return following is not None and following.group(1)[0].isupper() and not following.group(1).isupper() and _longer(before)


# Units of 2025-07-01 are named from the spring on, when the draft maps were published; ended ones at any time.
_DRAFTS = "2025-04-01"
_STREET_HINTS = (
    "đường", "phố", "ngõ", "ngách", "hẻm", "đại lộ", "nút giao", "ngã ", "cầu vượt", "số ", "duong", "pho", "nhà", "khách sạn", "chung cư", "village", "street",
    "tiểu học", "mầm non", "thcs", "thpt",
)  # fmt: skip
_STREET_ENDS = (
    "đường", "phố", "ngõ", "ngách", "hẻm", "lộ", "giao", "tư", "ba", "năm", "vượt", "nhà", "duong", "pho", "sạn", "cư", "village", "street", "học", "non", "thcs", "thpt",
)  # fmt: skip
_SURNAME_ENDS = _words(
    "ông bà anh chị cô chú bác em cháu bé sĩ dân tú viên mẫu mc diễn nsưt nsnd hlv môn vệ đạo hậu sư thầy nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô "
    "dương lý đinh trịnh mai tô đào đoàn lương trương lâm cao tạ thái chu hà quách kiều nguyen tran le pham thị văn đình quang thế xuân"
)


def _on_street(low: str) -> bool:
    """Cheap test before the pattern of streets: its last word, or a number, just before the name."""
    last = low.rstrip(" -\n\t")
    if not last.endswith(_STREET_ENDS) and not (last[-1:].isdigit() or last[-2:-1].isdigit()):
        return False
    return any(hint in low for hint in _STREET_HINTS) or low.rstrip()[-1:].isdigit()


def _after_surname(before: str) -> bool:
    """Tell whether a title or a surname stands just before the name; the last word decides whether to look closer."""
    words = before.rsplit(None, 1)
    return bool(words) and words[-1].lower().lstrip("(\"“") in _SURNAME_ENDS and _SURNAME.search(before) is not None


def first_pass(sheet: Page, hit: Hit, published: str) -> None:
    """Decide what needs no context: traps, clubs, persons, streets, and names with one reading."""
    group = hit.group
    if "trap" in group.kinds:
        hit.notes.append("trap")
        return
    if "club" in group.kinds:
        hit.notes.append("club")
        hit.sense, hit.confidence = next(s for s in hit.senses if s.kind == "club"), 0.6
        return
    if hit.end - hit.start == 2 and sheet.text[hit.start] > "\u2e80" and not hit.senses[0].province.startswith("@") and not vouched(sheet.text, hit.start, hit.end):
        hit.notes.append("longer")
        return
    top = group.top
    before = sheet.text[max(0, hit.start - 24) : hit.start]
    if top < 2 and _goes_on(sheet, hit):
        hit.notes.append("longer")
        return
    if top < 3 and _longer(before):
        hit.notes.append("person" if _after_surname(before.rpartition("\n")[2]) else "longer")
        return
    if top < 3 and not hit.level and (_byline(sheet, hit) or (before.endswith("(") and _AGE.match(sheet.text, hit.end))):
        hit.notes.append("person")
        return
    if top < 3 and not hit.level and group.risky and _FIRM.search(sheet.text[max(0, hit.start - 60) : hit.start]):
        hit.notes.append("firm")
        return
    if not hit.level and group.ours:
        if top == 3 and _inside(sheet, hit, before):
            hit.notes.append("longer")
            return
        line = before.rpartition("\n")[2]
        if _on_street(line.lower()) and (_STREET if top < 3 else _STREET_NAME).search(line):
            hit.notes.append("street")
            return
        if (top < 3 or not hit.exact) and _after_surname(line):
            hit.notes.append("person")
            return
    old = bool(published) and published < _DRAFTS
    if old:
        hit.senses = group.undated
    if not hit.senses:
        hit.notes.append("not-yet")
        return
    if hit.level in _HAMLET:
        places = tuple(s for s in hit.senses if s.kind == "strong")
        if not places:
            hit.notes.append("hamlet")
            return
        hit.senses, best = places, _single(places)
    else:
        # `xã Quảng Bình` is never the province; only of a commune's level the date decides
        hit.senses, best = _choices(group, old, hit.level, published if hit.level in COMMUNE_LEVELS else "")
        if not hit.senses:
            hit.notes.append("level")
            return
    if best is not None:
        _settle(hit, best, weak=not hit.level and top <= 1, before=before)


def _byline(sheet: Page, hit: Hit) -> bool:
    """Tell whether the name stands alone on the last line, where the press puts its bylines ("Minh Khôi")."""
    return sheet.text[hit.start - 1 : hit.start] == "\n" and hit.start > 1000 and not sheet.text[hit.end :].strip()


@lru_cache(8192)
def _choices(group: Group, old: bool, level: str, published: str) -> tuple[tuple[Sense, ...], Sense | None]:
    """Return the senses that a level word (or its absence) leaves, and the one to take where all lie in one province; asked again and again."""
    senses = group.undated if old else group.senses
    if level:
        senses = _of_level(senses, level, published)
    elif group.top >= 2:
        senses = tuple(sense for sense in senses if sense.rank == group.top)
    return senses, _single(senses)


def _single(senses: tuple[Sense, ...]) -> Sense | None:
    """Return the highest, newest of senses in one province; None when there are several provinces, or nothing."""
    if len({sense.profile or sense.province for sense in senses}) != 1:
        return senses[0] if len(senses) == 1 else None
    return max(senses, key=lambda s: (s.rank, s.until == "", s.since))


def _of_level(senses: tuple[Sense, ...], level: str, published: str) -> tuple[Sense, ...]:
    """Keep the senses of the level named; no ended unit of another level stands against an open one."""
    if level in COMMUNE_LEVELS:  # a xã of one year is a phường of another: the place decides before the level
        same = tuple(sense for sense in senses if sense.rank == 1)
        if any(sense.level == level and not sense.until for sense in same):
            same = tuple(s for s in same if s.level == level or not s.until or not published or s.until > published)
    else:
        same = tuple(sense for sense in senses if sense.level == level)
    if not same and level == "thành phố":  # "TP Quảng Ninh" is the province, made a city, not the district of Quảng Bình
        same = tuple(sense for sense in senses if sense.rank == 3)
    if not same and level in ("huyện", "thị xã", "thành phố", "quận"):
        same = tuple(sense for sense in senses if sense.rank == 2 and sense.kind == "unit")
    if not same and level in COMMUNE_LEVELS and any(sense.kind == "strong" for sense in senses):
        same = tuple(sense for sense in senses if sense.kind == "strong")
    if not same and level in ("tỉnh", "thành phố"):
        same = tuple(sense for sense in senses if sense.rank == 3 or sense.kind == "exonym")
    return same


def _settle(hit: Hit, best: Sense, weak: bool, before: str) -> None:
    """Take the only province that is left, unless the name alone proves nothing."""
    if best.rank == 0 or (weak and (is_common(best.name) or (best.rank == 1 and _PLACED.search(before) is None))):
        return
    if not hit.level and is_common(best.name) and best.rank < 3:
        return
    hit.sense = best
    hit.confidence = {3: 0.95, 2: 0.9, 1: 0.85}[best.rank] if hit.exact else 0.75
