"""Why a text is about a place: each name with its reading and the rule that decided, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines import gazetteer
from pipelines.gazetteer import border
from pipelines.places.about import Weight
from pipelines.places.find import Hit
from pipelines.places.lexicon import Sense
from pipelines.places.matcher import Reading, units
from pipelines.places.national import why_national

# What each note of the resolution and of the context means to a reader.
NOTES = {
    "trap": "là một phần của tên khác, không phải địa danh theo dõi",
    "club": "là tên đội thể thao",
    "street": "là tên đường, phố, tòa nhà hay trường",
    "person": "là tên người",
    "firm": "là tên doanh nghiệp",
    "longer": "nằm trong một tên dài hơn",
    "not-yet": "đơn vị chưa có vào ngày của bài",
    "hamlet": "là thôn, bản trùng tên, không phải đơn vị theo dõi",
    "level": "cấp hành chính viết kèm không khớp",
    "alone": "tên dễ trùng, không có dấu hiệu thứ hai của tỉnh",
    "elsewhere": "trong bài này là nơi cùng tên ở tỉnh khác, hoặc địa chỉ đi kèm thuộc tỉnh khác",
    "ambiguous": "trùng tên nhiều nơi, trong bài không đủ căn cứ",
    "henan": "là Hà Nam (Trung Quốc)",
    "abroad": "ở nước ngoài",
    "neighbour": "chọn theo địa danh đứng cạnh",
    "again": "như lần nêu trước trong bài",
    "majority": "chọn theo tỉnh được nhắc nhiều trong bài",
    "list": "trong danh sách từ bốn nơi",
    "list3": "trong danh sách vài nơi",
    "range": "chỉ khoảng từ nơi này đến nơi kia",
    "home": "chỉ là quê quán, tuổi và nơi ở của một người",
    "resides": "là nơi cư trú",
    "signature": "là địa chỉ người viết, người hỏi",
    "delegate": "là đoàn đại biểu",
    "among": "nêu làm ví dụ",
    "road": "là tên tuyến đường",
    "source": "là tên báo, đài",
    "school": "nằm trong tên trường",
    "battle": "là chiến trường, chiến dịch đã qua",
    "patient": "gắn với mã ca bệnh",
    "past": "tỉnh cũ, sau 1/7/2025 đứng một mình thì dễ là Hà Nam (Trung Quốc)",
    "dish": "chỉ là gốc của món ăn, bán ở nơi khác",
    "voters": "là cử tri gửi kiến nghị, không bàn việc riêng của tỉnh",
    "fled": "chỉ là nơi nghi phạm trốn đến",
    "branch": "nằm trong tên chi nhánh",
    "away": "chỉ để đo khoảng cách",
    "plate": "là biển số xe",
    "work": "là đề tài của phim, sách, bài hát",
    "career": "là nơi một người từng công tác",
    "dateline": "là nơi gửi tin, đứng đầu đoạn",
    "linked": "nằm trong tít của bài khác được dẫn",
    "three": "cùng hai nơi khác trên tít",
    "marker": "mỗi tuyến biên giới đánh số mốc riêng, chưa đủ căn cứ để gán tỉnh",
}


def explain(reading: Reading, before: int = 0) -> Iterator[str]:
    """Yield the lines of an explanation: names, profiles, marks; `before` = characters that the user did not type."""
    names = gazetteer.province_names()
    for hit in reading.hits:
        yield _line(reading, hit, names, before)
    for profile, weight in sorted(reading.balance.profiles.items()):
        verdict = "nói về" if profile in reading.places.about else "chỉ nhắc đến"
        yield (
            f"→ {names.get(profile, profile)}: {verdict}, vì {_because(reading, profile, weight)} (tít {weight.title:.1f}, mở bài {weight.lead:.1f}, "
            f"thân bài {weight.body:.1f}; điểm {weight.score:.1f}, nơi khác mạnh nhất {reading.balance.other:.1f})"
        )
    if reading.hits and not reading.balance.profiles:
        yield "→ không nói về, cũng không nhắc đến hồ sơ nào"
    for profile in reading.places.about:
        if "/" in profile:
            yield f"→ hồ sơ cấp xã {profile}: nói về"
    if reading.places.national:
        words = why_national(reading.sheet, bool(reading.places.about))
        yield "→ chạm đề tài chủ quyền quốc gia" + (f" (“{words}”)" if words else "")
    if reading.places.spam:
        yield "→ trang nhồi địa danh: không tính nói về nơi nào"
    if not reading.hits and not reading.places.national:
        yield "không có địa danh theo dõi"


def _because(reading: Reading, profile: str, weight: Weight) -> str:
    """Say in a few words what decided about one profile."""
    named = sum(hit.profile == profile for hit in reading.hits)
    if profile in reading.places.about:
        if weight.title >= 0.6:
            return "tên đứng ở tít"
        if weight.sections and reading.balance.length > 900:
            return "có mục riêng trong bài"
        if weight.lead >= 0.55:
            return "tên đứng ở mở bài, không nơi nào khác lấn át"
        return f"thân bài nêu {named} lần, không nơi nào khác lấn át"
    if reading.places.spam:
        return "trang nhồi địa danh"
    if weight.passing == named:
        return "chỉ nêu thoáng qua" if named == 1 else f"cả {named} lần đều chỉ nêu thoáng qua"
    rival = max((other.score for other in reading.balance.profiles.values() if other is not weight), default=0.0)
    return "nơi khác được nói nhiều hơn" if max(reading.balance.other, rival) > weight.score else "chỉ nêu rải rác, không ở tít hay mở bài"


def _line(reading: Reading, hit: Hit, names: dict[str, str], before: int) -> str:
    start, end = reading.clean.span(hit.start, hit.end)
    written = reading.clean.original[start:end]
    start, end = start - before, end - before
    why = "; ".join(NOTES.get(note, note) for note in hit.notes)
    if hit.sense is None:
        return f"“{written}” [{start}–{end}]: bỏ qua, {why or 'không rõ là nơi nào'}{_where(hit, names)}"
    if not hit.profile:
        place = names.get(hit.sense.province, "nơi khác")
        return f"“{written}” [{start}–{end}]: {place}, ngoài các hồ sơ" + (f" ({why})" if why else "")
    then, now = units(hit.sense, reading.when)
    read = then if then == now else f"{then} → nay {now}"
    fact = _border_fact(hit.sense)
    read += f" ({fact})" if fact else ""
    return f"“{written}” [{start}–{end}]: {read}; tin cậy {hit.confidence:.2f}" + (f" ({why})" if why else "")


def _border_fact(sense: Sense) -> str:
    """Say what a place of ours has to do with the border: a commune on it, or the gate that bears its name."""
    if sense.kind == "unit" and sense.rank == 1:
        codes = [code for code in sense.now.split(";") if code in gazetteer.commune_names()]
        level = gazetteer.commune_names()[codes[0]][0] if codes else sense.level
        return border.commune_fact(level, sense.now)
    name = sense.name.removeprefix("cửa khẩu ").removeprefix("phụ ").removeprefix("bản ").removeprefix("Bản ")
    return border.gate_fact(name, sense.profile) if sense.rank < 3 else ""


def _where(hit: Hit, names: dict[str, str]) -> str:
    """Name the places that an ambiguous name may stand for, so that the reader sees what is missing."""
    if "ambiguous" not in hit.notes:
        return ""
    places = sorted({names.get(sense.profile or sense.province, sense.province) for sense in hit.senses})
    return f" ({', '.join(places[:5])}{'…' if len(places) > 5 else ''})"
