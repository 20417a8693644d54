"""Names behind the scene: the subject of a film or book, a post once held, the town where a report was filed."""

from __future__ import annotations

import re

# Words whose absence rules out the pattern of a use; looked for by context.py in one pass with its own.
HINTS = {
    "work": ("phim", "tiểu thuyết", "truyện", "ca khúc", "bài hát", "vở ", "mv ", "trường ca", "tập thơ", "sách", "hồi ký", "tác phẩm", "bài thơ"),
    "career": ("từng",), "post": ("19", "20"),
}

_KIND = r"\b(?:bộ phim|phim(?: tài liệu| truyện| điện ảnh)?|tiểu thuyết|truyện(?: ngắn)?|ca khúc|bài hát|bài thơ|vở(?: kịch| diễn| chèo| cải lương| opera| nhạc kịch)?|MV|trường ca|tập thơ|(?:cuốn )?sách|hồi ký|tác phẩm)"
# What the work tells of lies elsewhere; where it is shot, shown or handed over is a scene of its own.
_TELLS = re.compile(
    rf"{_KIND}\b[^.;\n]{{0,40}}?\b(?:về|kể|tái hiện|(?:lấy )?cảm hứng|lấy bối cảnh|lấy chất liệu|dựa (?:trên|theo))\b(?![^.;\n]*\b(?:quay|bấm máy|ra mắt|chiếu|diễn|trao|tặng|phát hành|giới thiệu|khởi quay)\b)"
    rf"[^.;\n]{{0,45}}$",
    re.I,
)
_TITLED = re.compile(rf"{_KIND}(?: [^\W\d_]+){{0,2}} ?[\"“‘'][^\"”’'.\n]{{0,30}}$", re.I)

_OFFICE = (
    r"(?:chủ tịch|phó|bí thư|(?:tổng )?giám đốc|trưởng|chánh|cán bộ|giáo viên|công nhân|công chức|lãnh đạo|chức|thẩm phán|kiểm sát viên|hiệu trưởng|ủy viên|tổng biên tập|phóng viên|"
    r"nhân viên|chỉ huy|tư lệnh|chính ủy|kỹ sư|bác sĩ|đại biểu|thứ trưởng|thư ký|cầu thủ|huấn luyện viên)"
)
# "từng là kinh đô" and "từng bước" say nothing of a person's way; "nguyên", "cựu" and "bị bắt" leave the place in play.
_CAREER = re.compile(
    rf"\btừng (?:(?:là|làm|giữ|đảm nhiệm|kinh qua|trải qua)\b[^.;\n]{{0,40}}?\b{_OFFICE}\b|(?:công tác|làm việc|dạy học|giảng dạy|học|phục vụ|chiến đấu|tham gia|tiếp tế|tải đạn|đóng quân|có \S+ năm)\b)[^.;\n]*$",
    re.I,
)
# A line of a life told in years: "2005 - 2010: Phó Chủ tịch UBND tỉnh …".
_POST = re.compile(
    rf"\W{{0,3}}(?:Từ )?(?:tháng )?(?:\d{{1,2}}[/.-])?(?:19|20)\d\d ?(?:[-–]|đến) ?(?:tháng )?(?:\d{{1,2}}[/.-])?(?:(?:19|20)\d\d|nay) ?:[^\n]{{0,30}}?\b{_OFFICE}\b[^.;\n]*$",
    re.I,
)

# "HÀ NỘI – ", "(Hà Nội, 12/3) - ", "HÀ NỘI, 12/3 (TTXVN) – " open a report; agencies write from the capital on the whole country.
_DATELINE = re.compile(
    r"(?:\s*\([A-ZĐ][^)\n]{1,14}\))?(?:,?\s*(?:ngày\s+)?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|,\s*\w+\.?\s+\d{1,2})?(?:\)|\s*\([A-ZĐ][^)\n]{1,14}\))?\s*[-–—]{1,2}\s"
    r"|,\s*(?:ngày\s+)?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\)\s"
)


def dateline(text: str, start: int, after: str) -> bool:
    """Tell whether the name at `start` opens a line as the place where the report was filed; `after` = what follows it."""
    return start > 1 and (text[start - 1] == "\n" or (text[start - 1] == "(" and text[start - 2] == "\n")) and _DATELINE.match(after) is not None


def backdrop(before: str, hinted: frozenset[str]) -> str:
    """Return "work" or "career" when what stands `before` a name makes it a subject or a stage of life, else an empty string."""
    if "work" in hinted and (_TELLS.search(before) or _TITLED.search(before)):
        return "work"
    told = ("career" in hinted and _CAREER.search(before)) or ("post" in hinted and _POST.match(before))
    return "career" if told else ""


def goes_on(text: str, end: int, start: int) -> bool:
    """Tell whether a career told up to `end` goes on to the name at `start`: the same sentence, not far off."""
    return start - end < 60 and not any(stop in text[end:start] for stop in (". ", ";", "\n"))


# ">> Xem thêm: …", "Tin liên quan": titles of other articles. A heading alone speaks for the lines behind it.
_LINK = re.compile(r"\n[^\w\n]{0,4}(?:(?:>>|»|›)[^\w\n]{0,3}|(?=(?:Xem|Đọc) thêm\b|Tin liên quan\b|Bài liên quan\b))([^\n]*)")
_HEADING = re.compile(r"(?:(?:Xem|Đọc) (?:thêm|tiếp)|(?:Tin|Bài)(?: viết)? liên quan)?[\s:.]*$")


def links(text: str) -> list[tuple[int, int]]:
    """Return where titles of other articles stand in `text`: lines marked as links, and up to six lines below a heading of such."""
    spans: list[tuple[int, int]] = []
    for match in _LINK.finditer(text):
        end = match.end()
        if end - match.start() > 160:
            continue  # no title is that long: the article ran on behind the link
        if _HEADING.match(match.group(1)):
            for _ in range(6):
                end = text.find("\n", end + 1)
                if end < 0:
                    end = len(text)
                    break
        spans.append((match.start(), end))
    return spans
