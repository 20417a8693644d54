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
    rf"|(?<!\w){_TITLES}\s+(?:{_MORE}))\s+(?:(?:Thị|Văn|Đình|Quang|Thế|Xuân|Đức|Hữu|Ngọc|Minh|Thanh)\s+)?$"
)
# "các anh Quảng Trị", "anh em Ninh Bình" are people of the province.
_CALLED = re.compile(r"(?<!\w)(?<!các )(?<!những )(?<!mấy )(?<!hai )(?<!bọn )(?<!cánh )(?:[Ôô]ng|[Bb]à|[Cc]hị|[Aa]nh|[Cc]ô|NSƯT|NSND)\s+$")
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


def _drop(hit: Hit) -> None:
    hit.sense, hit.confidence = None, 0.0
    if "person" not in hit.notes:
        hit.notes.append("person")
