"""What a name does in its sentence: a club, a link of a list, a home town, a signature, a road — or the scene itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from pipelines.places import backdrop
from pipelines.places.find import Hit, Page
from pipelines.places.lexicon import is_risky
from pipelines.places.patterns import by_first_letter

# How much a name in each passing use still counts towards aboutness (CODEBOOK, Province: a name in passing is a mention).
FACTOR = {
    "club": 0.0, "list": 0.15, "list3": 0.4, "range": 0.25, "home": 0.3, "resides": 0.75, "signature": 0.1, "delegate": 0.1,
    "among": 0.3, "road": 0.3, "source": 0.3, "patient": 0.2, "past": 0.4, "away": 0.4, "battle": 0.25, "school": 0.4,
    "plate": 0.3, "dish": 0.3, "voters": 0.3, "fled": 0.3, "branch": 0.3,
    "work": 0.3, "career": 0.3, "dateline": 0.35, "three": 0.65, "linked": 0.1,
}  # fmt: skip

_SPORT_CORE = re.compile(
    by_first_letter(
    r"v[- .]?league|\bhlv\b|cầu thủ|tiền đạo|tiền vệ|thủ môn|hậu vệ|trung vệ|bàn thắng|ghi bàn|\bhagl\b|\bslna\b|\bcahn\b|\bfc\b|ngoại binh|đội bóng|"
    r"bóng đá|bóng chuyền|futsal|\bafc\b|\bfifa\b|\bvff\b|\bvpf\b|cúp quốc gia|cup c2|trụ hạng|sân thiên trường|xuân son|thể công|penalty|phạt đền|bù giờ|\bhiệp \d|trên sân|\bvđqg\b|chủ công|lượt (?:đi|về|trận)|vòng bảng|sân nhà|khán đài|sân (?:lạch tray|hàng đẫy|thống nhất|pleiku|vinh|gò đậu|hòa xuân|mỹ đình)|\btrận [^.,\n]{2,25} (?:đấu|gặp|tiếp|đối đầu) |clb (?:công an|hà nội|nam định|thanh hóa|ninh bình|hải phòng|đà nẵng|viettel)|u2[0-3] việt nam|đội tuyển"
    )
)
_SCORE = re.compile(r"[A-ZĐ][\wÀ-ỹ.]+ (?:\(hiệp \d\) )?\d{1,2} ?- ?\d{1,2}(?= [A-ZĐ]|:)")  # "Nam Định 1-1 Hà Nội" in a title
_LEAGUE = re.compile(r"v[- .]?league|giải hạng nhất|trụ hạng|\btnsv\b")
_SPORT_ALONE = re.compile(by_first_letter(r"v[- .]?league|\btnsv\b|\bhlv\b|\bhagl\b|\bslna\b|cầu thủ|tiền đạo|trụ hạng|xuân son|afc champions|cup đông nam á"))
_SPORT_MORE = re.compile(
    by_first_letter(
    r"trọng tài|highlight|bảng xếp hạng|\bclb\b|hạng nhất|vô địch|đăng quang|vòng \d+|phút \d+|\b\d ?- ?\d\b|tỷ số|tỉ số|trận đấu|trận thua|\btrận\b|"
    r"hoàng đức|chủ nhà|đội khách|\bcđv\b|cổ động viên|\bsân\b|\bgiải\b|chung kết|bán kết|tứ kết|thắng|thua|hòa"
    )
)
# The same cues, folded and without word boundaries: only their absence counts.
_SPORT_CUES = (
    "league", "hlv", "cau thu", "tien dao", "tien ve", "thu mon", "hau ve", "trung ve", "ban thang", "ghi ban", "hagl", "slna", "cahn", " fc", "ngoai binh",
    "doi bong", "bong da", "bong chuyen", "futsal", "afc", "fifa", "vff", "vpf", "cup quoc gia", "cup c2", "tru hang", "san thien truong", "xuan son", "the cong",
    "penalty", "phat den", "bu gio", "hiep 1", "hiep 2", "tren san", "vdqg", "chu cong", "luot di", "luot ve", "luot tran", "vong bang", "san nha", "clb", "u20 ", "u21 ",
    "u22 ", "u23 ", "khan dai", "san lach tray", "san hang day", "san thong nhat", "san pleiku", "san vinh", "san go dau", "san hoa xuan", "san my dinh", "doi tuyen", "cup dong nam a", "club", "stadium", "tnsv",
)  # fmt: skip
_STORM_CUES = (
    "ap thap", "thoi tiet", "mua lon", "mua to", "mua rat", "mua dong", "mua giong", "mua rao", "mua da", "mua vua", "du bao", "khong khi lanh", "gio mua", "nhiet do", "nang nong", "tam bao",
    "hoan luu", "ret dam", "song cao", "giat cap", "bao so", "bao ",
)  # fmt: skip
_WEATHER = re.compile(
    r"áp thấp|\bthời tiết\b|\bmưa (?:lớn|to|rất|dông|giông|rào|đá|vừa)|dự báo|không khí lạnh|gió mùa|nhiệt độ|nắng nóng|tâm bão|hoàn lưu|rét đậm|sóng cao|giật cấp|\bbão (?:số|[A-Z])",
    re.I,
)
_WHEREVER = re.compile(r"^[^.\n]{0,25}\b(?:gì|nào|đâu) cũng\b")
_GUEST = re.compile(r"\b(?:làm khách|hành quân|chuyến đi|đá sân khách)[^.]{0,25}$", re.I)
# In a text on the league "ở Thanh Hóa" is in the team; universities have teams of their own.
_PLAYS_FOR = re.compile(r"(?:\bở|\b(?:ĐH|Đại học|đại học|Cao đẳng)\b[^.,;\n]{0,40})\s+$")
_PLACE_BEFORE = re.compile(
    r"(?:\b(?:tỉnh|thành phố|TP\.?|huyện|thị xã|xã|phường|UBND(?: tỉnh)?|công an(?: tỉnh)?|HĐND(?: tỉnh)?|Tỉnh ủy|người dân|tại|ở|đến|về|tới|in|at)\s+)$",
    re.I,
)
_HOME = re.compile(
    r"(?:\bquê(?: gốc| nhà| quán| hương)?(?: ở| tại| của \w+)?|\bngười gốc|\bgốc|\bsinh ra (?:và lớn lên )?(?:ở|tại)|\bnguyên quán|\bđến từ|\bngười đẹp|\bchàng trai|\bcô gái)"
    r"\s*:?\s*(?:(?:tỉnh|huyện|TP\.?|thành phố|xã|xứ|phường)\s+)?(?:[\w ]{1,25}[,(] ?(?:tỉnh |huyện )?){0,2}$",
    re.I,
)
_RESIDES = re.compile(
    r"(?:\btrú(?: tại| ở| quán| xã)?|\bngụ(?: tại| ở)?|\btuổi, (?:ở|quê|trú|ngụ)(?: tại| ở)?|\bsinh năm \d{4}, (?:ở|quê|trú)(?: tại| ở)?|\bhộ khẩu(?: thường trú)?(?: tại| ở)?|\bSN \d{4}, (?:ở|quê|trú|ngụ)(?: tại| ở)?)\s*:?\s*(?:[\w .]{0,40}[,(] ?)*(?:(?:tỉnh|huyện|TP\.?|thành phố|xã|phường|thị xã)\s+)?$",
    re.I,
)
_SIGNED = re.compile(r"^\)?\s*(?:\)\s*(?:hỏi|thắc mắc|cho hay|viết|chia sẻ)\b|\)\s*$)")
_SIGN_BEFORE = re.compile(
    r"\((?:[A-ZĐ][\w.]*\s?){1,4},\s*(?:\d+ tuổi,\s*)?(?:tỉnh |TP\.? ?|huyện )?$|\b(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Bb]ạn|[Đđ]ộc giả)\s+(?:[A-ZĐ][\wÀ-ỹ.]*\s){1,4}\($|"
    r"(?:^|[.?!\n]\s*)(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Mai|Đào|Đoàn|Lương|Trương)\s(?:[A-ZĐ][\wÀ-ỹ.]*\s){1,3}\($"
)
_SIGN_ENDS = (",", "(", "tỉnh", "TP", "TP.", "huyện")  # one of these stands last wherever it matches
_AGED = re.compile(r"\(\d{1,2} tuổi,\s*(?:quê |ở |ngụ |trú )?$|\d tuổi \((?:quê|ở|ngụ|trú)(?: tại| ở)? (?:tỉnh )?$")
_DELEGATE = re.compile(
    r"(?:(?<!ỉnh )\bđoàn(?: ĐBQH| đại biểu Quốc hội| đại biểu)?(?: tỉnh)?|\bĐBQH(?: tỉnh)?|\bđại biểu(?: Quốc hội)?(?: tỉnh)?)\s+$",
    re.I,
)
_AMONG = re.compile(
    r"(?:\btrong đó(?: có)?(?: (?:một|hai|ba|\d+)(?: (?!ở\b|tại\b)[^\W\d_]+){1,3})?|\bchẳng hạn(?: như)?|\bví dụ(?: như)?|\btừng|\bnhư(?: ở)?(?: (?:Thuế|Sở|UBND|Công an|Cục|Chi cục)[\w ]{0,16})?)\s+(?:tỉnh )?$", re.I
)
# "6 sân bay gồm …", "9 tỉnh bao gồm …": links of a list whose other links may be unknown.
_SEVERAL = re.compile(r"\b(?:[4-9]|\d\d) (?:sân bay|cảng|cửa khẩu|tỉnh|thành phố|địa phương|trường|đội)\b[^.;:\n]{0,20}\bgồm(?: có)?:? [^.;\n]{0,40}$", re.I)
_ROAD = re.compile(
    r"(?:\bcao tốc|\btuyến(?: đường)?|\bđường sắt|\bxe khách|\bchặng|\bđường bay)\s+[^.,;]{0,30}$", re.I
)
_DASH_BEFORE, _DASH_AFTER = re.compile(r"[\w)]\s?[-–]\s?$"), re.compile(r"^\s?[-–]\s?[A-ZĐ]")
_RANGE_BEFORE = re.compile(
    r"\btừ\s+(?:phía \w+ |bắc |nam |tỉnh |khu vực |TP\.?)?(?:[A-ZĐ][\wÀ-ỹ.]*[ -]*){1,4}\s(?:đến|tới|trở ra)\s+(?:tỉnh |phía \w+ |bắc |nam |TP\.?)?$|"
    r"\bTừ\s+(?:[A-ZĐ][\wÀ-ỹ.]*\s){1,4}(?:đến|tới)\s+$"
)
_RANGE_LIST = re.compile(r"\b[Tt]ừ\s+(?:(?:[A-ZĐ][\wÀ-ỹ.]*\s?){1,4},\s*){1,4}$")
_FROM = re.compile(r"\btừ\s+(?:bắc |nam |tỉnh |khu vực |phía \w+ )?$", re.I)
_RANGE_AFTER = re.compile(r"^\s*(?:đến|tới|trở ra|trở vào)\b", re.I)
_SOURCE = re.compile(r"(?:\bbáo|\bđài(?: PT-?TH| truyền hình| phát thanh)?|\btheo báo)\s+$", re.I)
_PATIENT = re.compile(
    r"(?:bệnh nhân|BN|\d+ ca(?: mới| mắc mới)?|ca bệnh|ca mắc|ca dương tính|F0|F1|ổ dịch|cách ly (?:ngay )?sau khi nhập cảnh)[ \d]*(?:\([^)]{0,30}\)?)?(?: ở| tại| người)?\s*\(?(?:tỉnh )?$", re.I
)
_COUNTED = re.compile(r"^\s*\(\d{1,3}(?: ca)?\)")
_SCHOOL = re.compile(r"\b(?:ĐH|[Đđ]ại học|[Hh]ọc viện|[Cc]ao đẳng)\b(?: [^\W\d_]+){0,6}\s+$")
# A province's team at a meeting elsewhere, and a lorry's number plate.
_TEAM = re.compile(
    r"\bđội (?:tuyển )?(?:bơi|bóng \w+|điền kinh|cờ \w+|đua \w+|bắn \w+|vật|võ|boxing|wushu|karate\w*|taekwondo|vovinam|judo|cầu \w+|futsal|[uU]\.?\d+)(?: nam| nữ| trẻ)?(?: tỉnh)?\s+$"
)
_PLATE = re.compile(r"\b(?:biển (?:số|kiểm soát|đăng ký)|BKS)(?: xe)?(?: tỉnh)?\s+$", re.I)
_AWAY = re.compile(r"\bcách\s+(?:bờ biển |phía \w+ |bắc |nam |tỉnh |đất liền )?$", re.I)
_BATTLE = re.compile(r"\b(?:chiến trường|mặt trận|chiến dịch|cuộc chiến(?: [^\W\d_]+){0,2}(?: ở| tại)?|trận đánh(?: ở| tại)?)(?: tỉnh)?\s+$", re.I)
# A dish keeps the name of its home wherever it is eaten; only with another place behind it is it known to be eaten there.
_DISH = re.compile(r"\b(?:nhà hàng|quán(?: ăn)?|phở|bún|nem|bánh|xôi|chè|kẹo|miến|cháo|gỏi|chả|giò|mắm|món|đặc sản)(?: [^\W\d_]+){0,2}\s+$", re.I)
_EATEN = re.compile(r"^\s+(?:ở|tại|giữa(?: lòng)?|trên (?:đất|phố|đường))\s+(?:TP\.?\s?|thành phố |nước )?[A-ZĐ]")
# Voters ask a ministry: their province is the scene only where its own matter is discussed ("trên địa bàn tỉnh", "qua tỉnh").
_VOTERS = re.compile(r"(?<!gặp )(?<!xúc )(?<!với )\bcử tri(?: và nhân dân)?(?: các)?(?: tỉnh| TP\.?| thành phố)?\s+$", re.I)
_ASK = re.compile(r"^[^.\n]{0,20}\b(?:kiến nghị|đề nghị|phản ánh|đề xuất|hỏi|chất vấn|băn khoăn|mong)\b")
_ANSWER = re.compile(r"\b(?:trả lời|thông tin (?:với|tới|đến)) (?:(?:kiến nghị|đề nghị|câu hỏi|ý kiến)(?: của)? )?cử tri(?: và nhân dân)?(?: các)?(?: tỉnh| TP\.?| thành phố)?\s+$", re.I)
_OWN_MATTER = re.compile(r"địa bàn|địa phương|tỉnh nhà|(?:của|qua|trong|tại|cho|trên|đến) (?:tỉnh|huyện|xã)\b")
_FLED = re.compile(r"\btrốn (?:về|vào|ra|lên|xuống|sang|tới|đến|qua)\s+(?:quê )?(?:ở )?(?:tỉnh |huyện |TP\.? ?|thành phố )?$", re.I)
_BRANCH = re.compile(r"\b(?:chi nhánh|CN|PGD|phòng giao dịch)\s+$", re.I)
_LIST_GAP = re.compile(
    r"^(?:\s*\([^)]{0,24}\)|\s+\d+ người)?\s*(?:,|;|/|&|-|–|\bvà\b|\bhay\b|\bhoặc\b|\bcùng\b|\band\b|…|\d+ (?:ca|tỷ đồng|người|trường hợp)|:)?(?:\s*(?:và|cùng|các|tỉnh|TP\.?|thành phố|tỉnh,))*\s*$"
)


@cache
def _cues():
    """Return one automaton of the cues whose absence rules out both genres."""
    from ahocorasick_rs import AhoCorasick, Implementation

    return AhoCorasick([*_SPORT_CUES, *_STORM_CUES], implementation=Implementation.DFA)


def genre(sheet: Page) -> str:
    """Return "sport", "weather" or an empty string; one pass over the folded beginning rules out most texts."""
    if _SCORE.search(sheet.text, 0, max(0, sheet.text.find("\n"))):
        return "sport"
    found = _cues().find_matches_as_indexes(sheet.folded[:1500])
    if any(index < len(_SPORT_CUES) for index, _, _ in found) and sport(sheet):
        return "league" if _LEAGUE.search(sheet.text[:1500].lower()) else "sport"
    stormy = {index - len(_SPORT_CUES) for index, start, _ in found if index >= len(_SPORT_CUES) and start < 600}
    if stormy == {_STORM_CUES.index("bao ")} and "bão" not in sheet.text[:600].lower():
        return ""  # "báo", "bảo" and "bao" are everywhere
    return "weather" if stormy and weather(sheet) else ""


def sport(sheet: Page) -> bool:
    """Tell whether the text is about a match, a league or a club: some core word of it, and enough cues in all."""
    low = sheet.text[:1500].lower()
    if _SPORT_ALONE.search(low):
        return True
    core = set(_SPORT_CORE.findall(low))
    return bool(core) and len(core) * 2 + len(set(_SPORT_MORE.findall(low))) >= (3 if len(low) < 700 else 6)


def weather(sheet: Page) -> bool:
    """Tell whether the text is a forecast or a report of a storm: two different cues near its beginning."""
    return len({cue.lower() for cue in _WEATHER.findall(sheet.text[:600])}) >= 2


def listed(sheet: Page, hits: Sequence[Hit]) -> dict[int, int]:
    """Return hits that stand in an enumeration of places with the number of different places in it."""
    found: dict[int, int] = {}
    run: list[int] = []

    def close() -> None:
        places = {_place(hits[i]) for i in run}
        if len(places) >= 2:
            found.update((i, len(places)) for i in run)

    previous: Hit | None = None
    for index, hit in enumerate(hits):
        if hit.sense is None and previous is not None and "alone" in hit.notes and _LIST_GAP.match(sheet.text[previous.end : hit.start]):
            previous = hit  # a link of the list whose place stays open: "Đồng Hới, Thọ Xuân, Phú Bài"
            continue
        if (
            hit.sense is None
            or hit.sense.rank < 2
            or (hit.sense.province[0] == "@" and hit.sense.province != "@region")
        ):
            continue
        if (
            previous is not None
            and hit.start - previous.end < 40
            and _LIST_GAP.match(sheet.text[previous.end : hit.start])
        ):
            run.append(index)
        else:
            close()
            run = [index]
        previous = hit
    close()
    return found


def _place(hit: Hit) -> str:
    assert hit.sense is not None
    return hit.sense.province


_AGENCY = re.compile(
    r"(?=[CUHTVPSB])(?:(?<!thư )(?<!tịch )(?<!đốc )\b(?:Công an|UBND|HĐND|TAND|Tòa án nhân dân|VKSND|Viện KSND|CSGT|PC\d{2}|CDC|Chi cục [\w ]{2,20}|Sở [\w ,-]{2,30}|Bộ đội [Bb]iên phòng|Ban [\w ]{2,20}|Cảng vụ [\w ]{2,16}))(?: tỉnh| TP\.?)?\s+$"
)


def agency(sheet: Page, hit: Hit) -> bool:
    """Tell whether an agency of the place acts or speaks here: that is where the matter is dealt with."""
    return _AGENCY.search(sheet.text[max(0, hit.start - 48) : hit.start]) is not None


# None of the passing uses below has a word outside of its list just before the name: one search says which of them to try.
_HINTS = {
    "delegate": ("đoàn", "đbqh", "đại biểu"), "bracket": ("(",), "range": ("từ",), "road": ("cao tốc", "đường", "tuyến", "xe khách", "chặng"),
    "home": ("quê", "gốc", "sinh ra", "quán", "đến từ", "người đẹp", "chàng trai", "cô gái"), "aged": ("tuổi",),
    "resides": ("trú", "ngụ", "tuổi, ", "sinh năm", "hộ khẩu", "sn "), "club": ("đội ",), "plate": ("biển ", "bks"),
    "among": ("trong đó", "chẳng hạn", "ví dụ", "từng", "như"), "several": ("gồm",), "region": ("miền ", " bộ", "đồng bằng"), "patient": ("bệnh nhân", "bn", *(f"{digit} ca" for digit in range(10)), "ca bệnh", "ca mắc", "ca dương", "f0", "f1", "ổ dịch", "nhập cảnh"), "source": ("báo", "đài"),
    "away": ("cách",), "battle": ("chiến ", "trận "), "voters": ("cử tri",), "fled": ("trốn",), "branch": ("chi nhánh", "cn ", "pgd", "giao dịch"),
    "dish": ("phở", "bún", "nem", "bánh", "xôi", "chè", "kẹo", "miến", "cháo", "gỏi", "chả", "giò", "mắm", "món", "đặc sản", "nhà hàng", "quán"),
    "school": ("đh", "đại học", "học viện", "cao đẳng"), **backdrop.HINTS,
}  # fmt: skip


@cache
def _hints():
    """Return one automaton of the hints, and the uses that each of them speaks for."""
    from ahocorasick_rs import AhoCorasick, Implementation

    words = sorted({word for group in _HINTS.values() for word in group})
    uses = [frozenset(name for name, group in _HINTS.items() if word in group) for word in words]
    return AhoCorasick(words, implementation=Implementation.DFA), uses


def _hinted(low: str) -> frozenset[str]:
    """Return the uses of which a word stands in `low`."""
    automaton, uses = _hints()
    found = automaton.find_matches_as_indexes(low, overlapping=True)
    if not found:
        return frozenset()
    return uses[found[0][0]].union(*(uses[index] for index, _, _ in found[1:]))


def use(sheet: Page, hit: Hit, kind: str, size_of_list: int, both_ends: Callable[[], bool], published: str) -> str:
    """Return the passing use of a resolved hit (a key of FACTOR), or an empty string when it may be the scene."""
    text = sheet.text
    before = text[max(0, hit.start - 60) : hit.start].rpartition("\n")[2]
    after = text[hit.end : hit.end + 40]
    sense = hit.sense
    assert sense is not None
    if sense.kind == "club" or (kind in ("sport", "league") and _as_club(hit, before, kind)):
        return "club"
    if size_of_list >= 4:
        return "list"
    hinted = _hinted(before.lower())
    if kind == "weather" and _RANGE_AFTER.match(after):
        return "range"  # "mưa to ở Quảng Trị đến Quảng Ngãi"
    if hinted:
        found = _first_uses(before, after, hinted)
        if found:
            return found
    if not sense.profile and backdrop.dateline(text, hit.start, after):
        return "dateline"
    if size_of_list == 3 or (size_of_list == 2 and kind == "weather" and hit.start > text.find("\n")):
        return "three" if _headed(text, hit, kind, after) else "list3"
    if " cũng" in after and _WHEREVER.match(after):
        return "among"
    if "(" in after and _COUNTED.match(after):
        return "patient"
    if "school" in hinted and sense.rank == 3 and not sense.profile and _SCHOOL.search(before):
        return "school"
    if hinted:
        found = (
            _other_uses(before, after, both_ends, hinted)
            or _elsewhere(before, after, text[hit.end : hit.end + 400], sense.rank, hinted)
            or backdrop.backdrop(before, hinted)
        )
        if found:
            return found
    former = sense.province == "ha-nam" and sense.rank == 3 and published >= "2025-08-15"
    return "past" if former and not _FORMER.match(after) else ""


def _headed(text: str, hit: Hit, kind: str, after: str) -> bool:
    """Tell whether three provinces share a title ("Thanh Hóa, Nghệ An, Hà Tĩnh ký kết …"); a forecast, a line from end to end, counted cases, "…" do not."""
    end = text.find("\n")
    if kind or hit.end > end or _COUNTED.match(after) or "…" in text[hit.end : end]:
        return False
    return not _DASH_AFTER.match(after) and not _DASH_BEFORE.search(text[max(0, hit.start - 4) : hit.start])


def _as_club(hit: Hit, before: str, kind: str) -> bool:
    """Tell whether a province's name in a text on sport is its club, not the place ("tại Ninh Bình", "tỉnh …")."""
    assert hit.sense is not None
    if kind == "league" and _PLAYS_FOR.search(before):
        return True
    if _GUEST.search(before) or hit.sense.name in _GROUNDS:
        return True
    named = hit.sense.rank == 3 or hit.sense.kind == "exonym" or hit.sense.name == "xứ Thanh"
    named = named or is_risky(hit.sense.name)  # a player: "Xuân Trường ghi bàn"
    return named and not hit.level and not _PLACE_BEFORE.search(before)


def _first_uses(before: str, after: str, hinted: frozenset[str]) -> str:
    """Uses that win over a short list."""
    near = before[-30:]
    if "delegate" in hinted and _DELEGATE.search(near):
        return "delegate"
    if "bracket" in hinted and (
        (before.rstrip().endswith(_SIGN_ENDS) and _SIGN_BEFORE.search(before)) or (before.endswith("(") and _SIGNED.match(after))
    ):
        return "signature"
    if "range" in hinted and (
        ((_RANGE_AFTER.match(after) or _DASH_AFTER.match(after)) and (_FROM.search(near) or _RANGE_LIST.search(before))) or (("đến" in before or "tới" in before or "trở ra" in before) and _RANGE_BEFORE.search(before))
    ):
        return "range"
    return ""


def signed(sheet: Page, hit: Hit) -> bool:
    """Tell whether the bracket after a name closes a reader's signature: "(Hoằng Hóa, Thanh Hóa) hỏi"."""
    return _SIGNED.match(sheet.text[hit.end : hit.end + 40]) is not None


def _other_uses(before: str, after: str, both_ends: Callable[[], bool], hinted: frozenset[str]) -> str:
    """Uses of a single name."""
    if "road" in hinted and (_DASH_BEFORE.search(before[-4:]) or _DASH_AFTER.match(after)) and _ROAD.search(before) and not both_ends():
        return "road"
    if "home" in hinted and _HOME.search(before) and not _OWN_HOME.search(before):
        return "home"
    if "aged" in hinted and _AGED.search(before):
        return "home"
    if "several" in hinted and _SEVERAL.search(before):
        return "among"
    if "region" in hinted and _AND_REGION.search(before[-40:]):
        return "range"
    for pattern, name, length in _SINGLE:
        if name in hinted and pattern.search(before[-length:]):
            return name
    return ""


def _elsewhere(before: str, after: str, later: str, rank: int, hinted: frozenset[str]) -> str:
    """Uses in which the name only says where a dish, a petition, a runaway or a branch has its name from."""
    if "voters" in hinted and ((_VOTERS.search(before) and _ASK.match(after)) or _ANSWER.search(before)) and not _OWN_MATTER.search(later):
        return "voters"
    if "fled" in hinted and _FLED.search(before[-40:]):
        return "fled"
    if "branch" in hinted and rank < 3 and _BRANCH.search(before[-20:]):
        return "branch"
    return "dish" if "dish" in hinted and _EATEN.match(after) and _DISH.search(before) else ""


# A forecast names its zone by the ends: "Quảng Trị - Huế", "Nghệ An đến nam Quảng Trị", "miền Bắc và Thanh Hóa".
_ZONE = re.compile(r"^\s*(?:đến|tới|ra|vào|trở ra|trở vào|-|–)\s*(?:(?:(?:phía|khu vực|các tỉnh)\s+)?(?:bắc|nam|đông|tây)\s+)?(?:tỉnh |TP\.?\s?|thành phố )?$", re.I)
_AND_REGION = re.compile(r"(?:\b[Mm]iền (?:[Bb]ắc|[Tt]rung|[Nn]am)|\b(?:Bắc|Trung|Nam|Tây Bắc|Đông Bắc|Bắc Trung|Nam Trung) [Bb]ộ|[Đđ]ồng bằng (?:sông Hồng|Bắc [Bb]ộ))(?: và|,)\s+(?:phía )?(?:bắc |nam )?(?:tỉnh )?$")

# Where a storm strikes is the scene, be it two provinces long.
_LANDFALL = re.compile(r"\b(?:đổ bộ|(?:bão|khả năng|sẽ|tiến) vào)[^.,;\n]{0,50}$")


def zone(sheet: Page, hits: Sequence[Hit], index: int) -> bool:
    """Tell whether the name is an end of a forecast's zone, or stands beside a whole region."""
    hit = hits[index]
    before = sheet.text[max(0, hit.start - 60) : hit.start]
    if _LANDFALL.search(before):
        return False
    for other in (*hits[max(0, index - 1) : index], *hits[index + 1 : index + 2]):
        first, second = (other, hit) if other.start < hit.start else (hit, other)
        alike = other.sense is None or (other.sense.province == hit.sense.province if hit.sense else False)
        if not alike and second.start - first.end < 30 and _ZONE.match(sheet.text[first.end : second.start]):
            return True
    return False


_GROUNDS = ("sân Thiên Trường", "Thiên Trường", "sân vận động Thiên Trường")
_OWN_HOME = re.compile(r"\bquê (?:tôi|mình|em|nhà)\b", re.I)
_FORMER = re.compile(r"^\s*\(?(?:cũ|trước)")
_SINGLE = (
    (_RESIDES, "resides", 60),
    (_TEAM, "club", 44),
    (_PLATE, "plate", 30),
    (_AMONG, "among", 40),
    (_PATIENT, "patient", 44),
    (_SOURCE, "source", 30),
    (_AWAY, "away", 24),
    (_BATTLE, "battle", 40),
)
