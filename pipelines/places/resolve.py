"""Which place a name stands for: level word, date, neighbours, majority of the document, ambiguity rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipelines.gazetteer import PROFILES
from pipelines.places.find import Hit, Page
from pipelines.places.lexicon import COMMUNE_LEVELS, Sense, is_common, is_risky
from pipelines.places.persons import name_people
from pipelines.text import fold


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
_LOCAL = re.compile(
    r"(?:\bở|\btại|\bvề|\bđến|\btới|\blên|\bxuống|\bvùng|\bdân|\bngười|\bdi sản|\bo|\btai|\bve|\bbien|\bvisit|\bin|\bat|\bof|\bto|\bcố đô|\bhuyện miền núi|\bdu lịch|\bkhách|\b[Bb]ệnh viện(?: [Đđ]a khoa)?|\bBVĐK|\b[Tt]rung tâm [Yy] tế)\s+$",
    re.I,
)
# Things of nature and buildings bear the same names in many provinces: they speak only where no other province is named.
_THING = re.compile(
    r"(?:\bbiển|\bcửa biển|\bsông|\bdòng|\bbãi|\bbãi biển|\bbờ biển|\brừng|\bnúi|\bhang|\bkhu du lịch|\bdanh thắng|\bchợ|\bcầu|\bđền|\bchùa|\bđèo|\bđất|\bbến|\bcon)\s+$", re.I
)
_PLACED = re.compile(r"\b(?:ở|tại|đến|tới|[Đđ]ồn [Bb]iên phòng|[Đđ]ồn BP|[Cc]ửa khẩu)\s+$")
_LOCAL_AFTER = re.compile(r"^\s*\((?:tỉnh )?[A-ZĐ]")
_ADDRESS = re.compile(r"\s*[,(]\s*(?:(?:tỉnh|huyện|thị xã|thành phố|TP\.?|TX\.?|quận)\s+)?", re.I)
_NEXT = re.compile(r" ([^\W\d_]+)")
# Firms and rich people named like a district ("Đại gia Xuân Trường").
_FIRM = re.compile(
    r"\b(?i:bệnh viện|phòng khám|trường)[^.,\n]{0,25} [Qq]uốc tế\s+$|\b(?i:đại gia|doanh nghiệp|công ty|tập đoàn|hãng|thương hiệu|ngân hàng|nhà xe|CTCP|DN|DNTN)(?: (?:TNHH|CP|MTV|TM|[a-zđ][^\W\d_]*)){0,6}\s+$"
)
_PRAGUE = re.compile(r"Praha|Prague|\bCzech|\bSéc\b|Cộng hòa Séc")
_HENAN = re.compile(
    r"^\s*\(?,?\s*(?:Trung Quốc|TQ\b|China|của Trung Quốc|\(Trung Quốc)|^,\s*(?:miền|thuộc) [^.]{0,20}Trung Quốc"
)


def resolve(sheet: Page, hits: Sequence[Hit], published: str, outlet: str) -> None:
    """Choose a sense for each hit in place; hits that are no place keep `sense` None and a note why."""
    for hit in hits:
        hit.level = _level_word(sheet, hit)
        _first_pass(sheet, hit, published)
    name_people(sheet, hits)
    _second_sign(sheet, hits)
    home = _majority(hits, outlet)
    open_hits = [position for position, hit in enumerate(hits) if hit.sense is None and not hit.notes]
    for position in open_hits:
        _by_neighbour(sheet, hits, position)
    said = {
        (hit.entry.key, bool(hit.level)): hit.sense
        for hit in hits
        if hit.sense is not None and "neighbour" in hit.notes
    }
    for position in open_hits:
        hit = hits[position]
        if hit.sense is None and "elsewhere" not in hit.notes:
            again = said.get((hit.entry.key, bool(hit.level))) or said.get((hit.entry.key, not hit.level))
            if again is not None:
                hit.sense, hit.confidence = again, 0.8
                hit.notes.append("again")
            else:
                _by_majority(hit, home)
    _named_elsewhere(sheet, hits)
    _abroad(sheet, hits)
    _henan(sheet, hits)


def _level_word(sheet: Page, hit: Hit) -> str:
    """Return the level written before the name (in other languages after it), in its full Vietnamese form."""
    before = sheet.text[max(0, hit.start - 14) : hit.start]
    if before[-1:].isspace() or before[-1:] == ".":
        words = before.lower().split()[-2:]
        if words and words[-1].lstrip("(“\"'[") in _LAST_WORDS:
            found = _NAMES.get(" ".join(words).lstrip("(“\"'[")) or _NAMES.get(words[-1].lstrip("(“\"'["))
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
    if not last.endswith(_STREET_ENDS) and not any(char.isdigit() for char in last[-2:]):
        return False
    return any(hint in low for hint in _STREET_HINTS) or low.rstrip()[-1:].isdigit()


def _after_surname(before: str) -> bool:
    """Tell whether a title or a surname stands just before the name; the last word decides whether to look closer."""
    words = before.split()
    return bool(words) and words[-1].lower().lstrip("(\"“") in _SURNAME_ENDS and _SURNAME.search(before) is not None


def _first_pass(sheet: Page, hit: Hit, published: str) -> None:
    """Decide what needs no context: traps, clubs, persons, streets, and names with one reading."""
    group = hit.group
    if "trap" in group.kinds:
        hit.notes.append("trap")
        return
    if "club" in group.kinds:
        hit.notes.append("club")
        hit.sense, hit.confidence = next(s for s in hit.senses if s.kind == "club"), 0.6
        return
    top = group.top
    before = sheet.text[max(0, hit.start - 24) : hit.start]
    if top < 2 and _goes_on(sheet, hit):
        hit.notes.append("longer")
        return
    if top < 3 and _longer(before):
        hit.notes.append("longer")
        return
    if top < 3 and not hit.level and _byline(sheet, hit):
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
    if published and published < _DRAFTS:
        hit.senses = group.undated
    if not hit.senses:
        hit.notes.append("not-yet")
        return
    if hit.level in _HAMLET:
        places = tuple(s for s in hit.senses if s.kind == "strong")
        if not places:
            hit.notes.append("hamlet")
            return
        hit.senses = places
    elif hit.level:
        _by_level(hit, published)
    elif top >= 2:
        hit.senses = tuple(sense for sense in hit.senses if sense.rank == top)
    if hit.senses:
        _if_single(hit, weak=not hit.level and top <= 1, local=bool(_PLACED.search(before)))


def _byline(sheet: Page, hit: Hit) -> bool:
    """Tell whether the name stands alone on the last line, where the press puts its bylines ("Minh Khôi")."""
    return sheet.text[hit.start - 1 : hit.start] == "\n" and hit.start > 1000 and not sheet.text[hit.end :].strip()


def _by_level(hit: Hit, published: str) -> None:
    """Keep the senses of the level named; `xã Quảng Bình` is never the province, and no ended unit of another level stands against an open one."""
    if (
        hit.level in COMMUNE_LEVELS
    ):  # a xã of one year is a phường of another: the place decides before the level
        same = tuple(sense for sense in hit.senses if sense.rank == 1)
        if any(sense.level == hit.level and not sense.until for sense in same):
            same = tuple(s for s in same if s.level == hit.level or not s.until or not published or s.until > published)
    else:
        same = tuple(sense for sense in hit.senses if sense.level == hit.level)
    if not same and hit.level == "thành phố":  # "TP Quảng Ninh" is the province, made a city, not the district of Quảng Bình
        same = tuple(sense for sense in hit.senses if sense.rank == 3)
    if not same and hit.level in ("huyện", "thị xã", "thành phố", "quận"):
        same = tuple(sense for sense in hit.senses if sense.rank == 2 and sense.kind == "unit")
    if not same and hit.level in COMMUNE_LEVELS and any(sense.kind == "strong" for sense in hit.senses):
        same = tuple(sense for sense in hit.senses if sense.kind == "strong")
    if not same and hit.level in ("tỉnh", "thành phố"):
        same = tuple(sense for sense in hit.senses if sense.rank == 3 or sense.kind == "exonym")
    if not same:
        hit.notes.append("level")
    hit.senses = same


def _if_single(hit: Hit, weak: bool, local: bool) -> None:
    """Take the only province that is left, unless the name alone proves nothing."""
    if len(hit.senses) == 1:
        best = hit.senses[0]
    elif len({sense.profile or sense.province for sense in hit.senses}) > 1 or not hit.senses:
        return
    else:
        best = max(hit.senses, key=lambda s: (s.rank, s.until == "", s.since))
    if best.rank == 0 or (weak and (is_common(best.name) or (best.rank == 1 and not local))):
        return
    if not hit.level and is_common(best.name) and best.rank < 3:
        return
    hit.sense = best
    hit.confidence = {3: 0.95, 2: 0.9, 1: 0.85}[best.rank] if hit.exact else 0.75


def _second_sign(sheet: Page, hits: Sequence[Hit]) -> None:
    """Names that are also persons or firms need a level word, a local preposition, or another name of their province."""
    persons = {hit.entry.key for hit in hits if "person" in hit.notes or "longer" in hit.notes}
    risky = [
        hit
        for hit in hits
        if hit.sense is not None
        and not hit.level
        and hit.sense.kind != "club"
        and (is_risky(hit.sense.name) or (hit.sense.rank < 3 and hit.entry.key in persons))
    ]
    if not risky:
        return
    firm: dict[str, set[str]] = {}
    elsewhere = any(hit.sense is not None and not hit.profile and hit.sense.province[0] != "@" for hit in hits)
    for hit in hits:
        if hit.sense is None or hit.sense.kind == "club":
            continue
        if hit.level or not (is_risky(hit.sense.name) or hit.entry.key in persons):
            firm.setdefault(hit.profile, set()).add(hit.sense.name if not hit.level else "*" + hit.sense.name)
    traps = {hit.entry.key for hit in hits if "trap" in hit.notes}
    persons |= {hit.entry.key for hit in hits if any(hit.entry.key in trap for trap in traps)}
    firms = {hit.entry.key for hit in hits if "firm" in hit.notes}
    for hit in risky:
        if hit.entry.key not in firms and firm.get(hit.profile):
            continue
        before = sheet.text[max(0, hit.start - 24) : hit.start]
        if hit.entry.key not in persons | firms and (
            _LOCAL.search(before)
            or (not elsewhere and _THING.search(before))
            or _LOCAL_AFTER.match(sheet.text[hit.end : hit.end + 12])
        ):
            continue
        hit.sense, hit.confidence = None, 0.0
        hit.notes.append("alone")


def _majority(hits: Sequence[Hit], outlet: str) -> Counter[str]:
    """Count the settled provinces of the document; a local outlet votes once."""
    votes: Counter[str] = Counter()
    for hit in hits:
        if hit.sense is not None and hit.sense.kind != "club":
            votes[hit.sense.profile or hit.sense.province] += 2 if hit.sense.rank >= 2 else 1
    if outlet:
        near = fold(outlet).replace(" ", "").replace("-", "")
        votes.update({profile: 2 for key, profile in PROFILES.items() if key.replace("-", "") in near})
    return votes


def _places(hit: Hit) -> dict[str, Sense]:
    """Return the possible provinces of a name; of several units in one province, the one of the level named."""
    found: dict[str, Sense] = {}
    for sense in sorted(hit.senses, key=lambda s: s.level != hit.level):
        found.setdefault(sense.profile or sense.province, sense)
    return found


def _by_neighbour(sheet: Page, hits: Sequence[Hit], position: int) -> None:
    """Settle an ambiguous name by the names around it: the rest of its address, or what stands just before."""
    hit = hits[position]
    by_place = _places(hit)
    for other in (*hits[position + 1 : position + 4], *reversed(hits[max(0, position - 2) : position])):
        if other.sense is None or other.sense.kind == "club":
            continue
        gap = other.start - hit.end if other.start > hit.start else hit.start - other.end
        place = other.sense.profile or other.sense.province
        if gap <= 45 and place in by_place:
            hit.sense, hit.confidence = by_place[place], 0.85
            hit.notes.append("neighbour")
            return
    following = hits[position + 1] if position + 1 < len(hits) else None
    settled = following is not None and following.sense is not None and following.sense.province[0] != "@"
    # its address names a province without such a unit
    if following is not None and settled and _ADDRESS.fullmatch(sheet.text, hit.end, following.start):
        hit.notes.append("elsewhere")


def _by_majority(hit: Hit, home: Counter[str]) -> None:
    """Settle what is left by the settled provinces of the document; without any, by the level named."""
    by_place = _places(hit)
    ranked = sorted(((home[place], place) for place in by_place if home[place]), reverse=True)
    sense: Sense | None = None
    if ranked and (len(ranked) == 1 or ranked[0][0] > ranked[1][0]):
        sense, hit.confidence = by_place[ranked[0][1]], 0.7
    elif not ranked and hit.level:
        same = {s.profile or s.province: s for s in hit.senses if s.level == hit.level}
        if len(same) == 1:
            sense, hit.confidence = next(iter(same.values())), 0.65
    if sense is None or (sense.rank <= 1 and not hit.level and is_common(sense.name)):
        hit.confidence = 0.0
        hit.notes.append("ambiguous")
        return
    hit.sense = sense
    hit.notes.append("majority")


def _named_elsewhere(sheet: Page, hits: Sequence[Hit]) -> None:
    """A bare name is the place of its other mention, "xã Vĩnh Lộc (TP.HCM)", or of its bracket, unless its own province is named too."""
    others = {hit.entry.key for hit in hits if hit.sense is not None and not hit.profile and hit.level and "neighbour" in hit.notes}
    brackets = "(" in sheet.text
    if not others and not brackets:
        return
    for position, hit in enumerate(hits):
        sense = hit.sense
        if sense is None or not hit.profile or sense.rank > 2 or hit.level or sense.kind == "club":
            continue
        following = hits[position + 1].sense if position + 1 < len(hits) else None
        bracket = following is not None and following.rank == 3 and not following.profile and following.province[0] != "@"
        if bracket and sheet.text[hit.end : hits[position + 1].start].strip() != "(":
            bracket = False
        if not bracket and hit.entry.key not in others:
            continue
        if not any(other.profile == hit.profile and other.entry.key != hit.entry.key for other in hits):
            hit.sense, hit.confidence = None, 0.0
            hit.notes.append("elsewhere")


def _abroad(sheet: Page, hits: Sequence[Hit]) -> None:
    """The Sapa of Prague is a market: with its city named and no Lào Cai, no Sa Pa is meant."""
    named = [hit for hit in hits if hit.entry.key in ("sapa", "sa pa")]
    if named and _PRAGUE.search(sheet.text) and not any(hit.entry.key == "lao cai" for hit in hits):
        for hit in named:
            hit.sense, hit.confidence = None, 0.0
            hit.notes.append("abroad")


def _henan(sheet: Page, hits: Sequence[Hit]) -> None:
    """Hà Nam beside Trung Quốc or its cities is Henan, through the whole document."""
    named = [hit for hit in hits if hit.entry.key == "ha nam" and hit.sense is not None]
    if not named:
        return
    chinese = sum(1 for hit in hits if hit.sense is not None and hit.sense.province == "@cn")
    ours = sum(1 for hit in hits if hit.profile == "ninh-binh" and hit.entry.key != "ha nam")
    ours += sum(1 for hit in hits if hit.sense is not None and hit.sense.province == "ha-noi")
    close = any(_HENAN.match(sheet.text[hit.end : hit.end + 40]) for hit in named)
    if close or chinese > ours:
        for hit in named:
            hit.sense, hit.confidence = None, 0.0
            hit.notes.append("henan")
