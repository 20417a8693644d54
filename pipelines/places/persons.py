"""A province's name that is a person's: behind a title, a surname or both, and then through the whole document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.places.find import Hit, Page

# Surnames that are hardly anything else; "đền Trần Nam Định" and "nhà Nguyễn Quảng Trị" are a temple and a dynasty.
_SURNAMES = "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Ngô|Đinh|Trịnh|Trương|Nguyen|Tran|Pham|Huynh|Bui|Ngo"
_MORE = "Dương|Đoàn|Lương|Hồ|Lý|Mai|Tô|Đào|Lâm|Cao|Tạ|Thái|Chu|Hà|Quách|Kiều|Le|Do|Vu|Vo|Dang|Doan|Trinh"
_TITLES = (
    r"(?i:ông|bà|anh|chị|cô|chú|bác|em|cháu|bé|thầy|bị cáo|bị can|nghi phạm|nạn nhân|đối tượng|tài xế|nghệ sĩ|ca sĩ|diễn viên|nhạc sĩ|đạo diễn|nsưt|nsnd|mc|hlv|luật sư|bác sĩ|"
    r"đại tá|thượng tá|trung tá|thiếu tá|đại úy|thiếu tướng|trung tướng|cục trưởng|chủ tịch|giám đốc|bí thư|đồng chí|ong|ba|anh|chi|co)"
)
_FULL = re.compile(
    rf"(?:(?<!đền )(?<!nhà )(?<!họ )(?<!vua )(?<!triều )(?<!thời )(?<!phủ )(?<!chùa )(?<!đường )(?<!phố )(?<!miếu )(?<![\w-])(?:{_SURNAMES})"
    rf"|(?<!\w){_TITLES}\s+(?:{_MORE}))\s+(?:(?:Thị|Văn|Đình|Quang|Thế|Xuân|Đức|Hữu|Ngọc|Minh|Thanh|Thi|Van|Dinh)\s+)?$"
)
# "các anh Quảng Trị", "anh em Ninh Bình" are people of the province.
_CALLED = re.compile(r"(?<!\w)(?<!các )(?<!những )(?<!mấy )(?<!hai )(?<!bọn )(?<!cánh )(?:[Ôô]ng|[Bb]à|[Cc]hị|[Aa]nh|[Cc]ô|NSƯT|NSND)\s+$")
# In text without marks: "chi Thanh Hoa" is a woman unless "chỉ" was meant, "co" (có) only where a sentence begins; surnames stand behind abroad.
_BARE_CALLED = re.compile(
    r"(?<!\w)(?<!cac )(?<!nhung )(?<!may )(?<!hai )(?:[Oo]ng|[Bb]a|[Tt]hay|[Cc]hi|(?:(?:^|[.!?…] ?)[Cc]o)|[Cc]hef|[Ss]inger|[Aa]ctress|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|Professor)\s+$"
)
_BARE_LAST = ("ong", "ba", "thay", "chi", "co", "chef", "singer", "actress", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "dr", "dr.", "professor", "thi", "van", "dinh")
_SURNAME_BEHIND = re.compile(r" (?:Nguyen|Tran|Le|Pham|Hoang|Huynh|Phan|Vu|Vo|Dang|Bui|Do|Ngo|Duong|Dinh|Trinh|Truong)(?![\w-])(?! [A-Z])")
# What stands last before the name wherever one of the two patterns matches: cheap to ask first.
_LAST = tuple(
    {
        word.lower()
        for word in (*_SURNAMES.split("|"), *_MORE.split("|"), "Thị", "Văn", "Đình", "Quang", "Thế", "Xuân", "Đức", "Hữu", "Ngọc", "Minh", "Thanh", "ông", "bà", "chị", "anh", "cô", "nsưt", "nsnd")
    }
)
_AS_PLACE = re.compile(
    r"(?:\b(?:ở|tại|về|đến|tới|lên|ra|vào|từ|quê|quê ở|người|dân|tỉnh|qua|đất|xứ|công an|CSGT|UBND|biên phòng|trú|ngụ|in|at|of)|[,(–/-])\s*$",
    re.I,
)


def name_people(sheet: Page, hits: Sequence[Hit]) -> None:
    """Mark names of provinces that are persons' names; `sense` falls and the note `person` stays."""
    named: set[str] = set()
    for hit in hits:
        if hit.group.top != 3 or hit.level or not hit.group.ours or "club" in hit.group.kinds:
            continue
        before = sheet.text[max(0, hit.start - 40) : hit.start].rpartition("\n")[2]
        if sheet.bare and not hit.exact and hit.entry.key not in ("lao cai", "ninh binh", "yen bai", "quang binh") and sheet.text[hit.end - 1].islower() and _bare_person(sheet, hit, before):
            named.add(hit.entry.key)
            _drop(hit)
            continue
        if not before.rstrip().lower().endswith(_LAST):
            continue
        if _FULL.search(before) or _CALLED.search(before):
            named.add(hit.entry.key)
            _drop(hit)
    if not named:
        return
    for hit in hits:
        again = hit.entry.key in named and hit.sense is not None and not hit.level and hit.sense.rank == 3
        if again and not _AS_PLACE.search(sheet.text[max(0, hit.start - 20) : hit.start]):
            _drop(hit)


def _bare_person(sheet: Page, hit: Hit, before: str) -> bool:
    """Tell whether a name without marks is called as a person is, or followed by a surname as abroad ("Thanh Hoa Tran")."""
    if before.rstrip().lower().endswith(_BARE_LAST) and (_BARE_CALLED.search(before) or _FULL.search(before)):
        return True
    return sheet.text[hit.end : hit.end + 1] == " " and _SURNAME_BEHIND.match(sheet.text, hit.end) is not None


def _drop(hit: Hit) -> None:
    hit.sense, hit.confidence = None, 0.0
    if "person" not in hit.notes:
        hit.notes.append("person")
