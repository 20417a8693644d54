"""Which place a name stands for: first look, second sign, neighbours, majority of the document, names abroad."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipelines.gazetteer import PROFILES
from pipelines.places.find import Hit, Page
from pipelines.places.first import first_pass, level_word
from pipelines.places.lexicon import COMMUNE_LEVELS, Sense, is_common, is_risky, seldom_a_person
from pipelines.places.persons import name_people
from pipelines.text import fold

_LOCAL = re.compile(
    r"(?:\bở|\btại|\bvề|\bđến|\btới|\blên|\bxuống|\bvùng|\bdân|\bngười|\bdi sản|\bo|\btai|\bve|\bbien|\bvisit|\bin|\bat|\bof|\bto|\bcố đô|\bhuyện miền núi|\bdu lịch|\bkhách|\b[Bb]ệnh viện(?: [Đđ]a khoa)?|\bBVĐK|\b[Tt]rung tâm [Yy] tế)\s+$",
    re.I,
)
# Things of nature and buildings bear the same names in many provinces: they speak only where no other province is named.
_THING = re.compile(
    r"(?:\bbiển|\bcửa biển|\bsông|\bdòng|\bbãi|\bbãi biển|\bbờ biển|\brừng|\bnúi|\bhang|\bkhu du lịch|\bdanh thắng|\bchợ|\bcầu|\bđền|\bchùa|\bđèo|\bđất|\bbến|\bcon)\s+$", re.I
)
_LOCAL_AFTER = re.compile(r"^\s*\((?:tỉnh )?[A-ZĐ]")
_ADDRESS = re.compile(r"\s*[,(]\s*(?:(?:tỉnh|huyện|thị xã|thành phố|TP\.?|TX\.?|quận)\s+)?", re.I)
_CZECH = ("Praha", "Prague", "Czech", "Séc")
_PRAGUE = re.compile(r"Praha|Prague|\bCzech|\bSéc\b|Cộng hòa Séc")
_HENAN = re.compile(
    r"^\s*\(?,?\s*(?:Trung Quốc|TQ\b|China|của Trung Quốc|\(Trung Quốc)|^,\s*(?:miền|thuộc) [^.]{0,20}Trung Quốc"
)


def resolve(sheet: Page, hits: Sequence[Hit], published: str, outlet: str) -> None:
    """Choose a sense for each hit in place; hits that are no place keep `sense` None and a note why."""
    for hit in hits:
        hit.level = level_word(sheet, hit)
        first_pass(sheet, hit, published)
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
                _by_majority(hit, home, published)
    _named_elsewhere(sheet, hits)
    keys = {hit.entry.key for hit in hits}
    if "sapa" in keys or "sa pa" in keys:
        _abroad(sheet, hits)
    if "ha nam" in keys:
        _henan(sheet, hits)
    if "trang an" in keys:
        _old_capital(sheet, hits)


def _second_sign(sheet: Page, hits: Sequence[Hit]) -> None:
    """Names that are also persons or firms need a level word, a local preposition, or another name of their province."""
    called = {hit.entry.key for hit in hits if "person" in hit.notes}
    persons = called | {hit.entry.key for hit in hits if "longer" in hit.notes}
    risky = [
        hit
        for hit in hits
        if hit.sense is not None
        and not hit.level
        and hit.sense.kind != "club"
        and (is_risky(hit.sense.name) or (hit.sense.rank < 3 and hit.entry.key in (called if hit.sense.rank == 2 else persons)))
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
            or (hit.start == 0 and _heads(sheet.text, hit, elsewhere))
            or (not elsewhere and _THING.search(before))
            or _LOCAL_AFTER.match(sheet.text[hit.end : hit.end + 12])
        ):
            continue
        hit.sense, hit.confidence = None, 0.0
        hit.notes.append("alone")


# "của huyện", "UBND huyện": the text speaks of a district without naming it again.
_DISTRICT = re.compile(r"\b(?:huyện|thị xã)(?! [A-ZĐ])\b")


def _heads(text: str, hit: Hit, elsewhere: bool) -> bool:
    """Tell whether a risky name that opens the title is a district: "Bảo Thắng xử lý …", "Kim Sơn: … UBND huyện …"."""
    assert hit.sense is not None
    if hit.sense.name == "Quảng Ninh":
        return False
    if _DISTRICT.search(text, hit.end, hit.end + 1500):
        return True
    return not elsewhere and seldom_a_person(hit.sense.name)


def _majority(hits: Sequence[Hit], outlet: str) -> Counter[str]:
    """Count the settled provinces of the document; a local outlet votes once."""
    # A province or a district counts twice.
    votes: Counter[str] = Counter()
    for hit in hits:
        sense = hit.sense
        if sense is not None and sense.kind != "club":
            votes[sense.profile or sense.province] += 2 if sense.rank >= 2 else 1
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


def _of_today(hit: Hit, published: str) -> dict[str, Sense]:
    """Return the communes of the level named that stand on the text's date, by province, once the maps of 2025-07-01 are in force."""
    if published < "2025-07-01" or hit.level not in COMMUNE_LEVELS:
        return {}
    return {s.profile or s.province: s for s in hit.senses if s.level == hit.level and s.since and not s.until and s.since <= published}


def _by_majority(hit: Hit, home: Counter[str], published: str) -> None:
    """Settle what is left by the settled provinces of the document; without any, by the level named, of today's units first."""
    by_place = _places(hit)
    ranked = sorted(((home[place], place) for place in by_place if home[place]), reverse=True)
    sense: Sense | None = None
    if ranked and (len(ranked) == 1 or ranked[0][0] > ranked[1][0]):
        sense, hit.confidence = by_place[ranked[0][1]], 0.7
    elif not ranked and hit.level:
        same = _of_today(hit, published) or {s.profile or s.province: s for s in hit.senses if s.level == hit.level}
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
    if named and any(name in sheet.text for name in _CZECH) and _PRAGUE.search(sheet.text) and not any(hit.entry.key == "lao cai" for hit in hits):
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


_CAPITAL = re.compile(r"Hà Nội|Thăng Long|Hoàn Kiếm|Kẻ Chợ|Hà Thành|Hà thành|Thủ đô|thủ đô")


def _old_capital(sheet: Page, hits: Sequence[Hit]) -> None:
    """Tràng An is also Hanoi's old name: beside Hanoi or behind "người", with nothing else of Ninh Bình, no place of ours is meant."""
    named = [hit for hit in hits if hit.entry.key == "trang an" and hit.sense is not None]
    if not named or any(hit.profile == "ninh-binh" and hit.entry.key != "trang an" for hit in hits):
        return
    called = all(sheet.text[max(0, hit.start - 6) : hit.start].lower() == "người " for hit in named)
    if called or (_CAPITAL.search(sheet.text) and not any(_SCENIC.search(sheet.text[max(0, hit.start - 30) : hit.start]) for hit in named)):
        for hit in named:
            hit.sense, hit.confidence = None, 0.0
            hit.notes.append("elsewhere")


_SCENIC = re.compile(r"(?i:danh thắng|di sản|du lịch|bến thuyền|thuyền|quần thể|hang|ở|tại|đi|đến|tới|về|từ)\s+$")
