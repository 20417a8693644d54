"""The theme of a story in the digest, by words of its title and opening; it sorts the page and judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipelines.text import fold, has_marks, normalize, one_tone_style

OTHER = "Tin khác"
# The type that stands for a text on sovereignty, borders, sea and islands without a claim.
NATIONAL = "D01"
# The order breaks ties: what concerns the office's duties comes first. Words in Vietnamese, English, Chinese, Lao.
THEMES: tuple[tuple[str, str], ...] = (
    ("Chủ quyền, biên giới, biển, đảo",
     "chủ quyền|biên giới|cột mốc|mốc giới|phân giới|lãnh thổ|lãnh hải|biển đông|hoàng sa|trường sa|thềm lục địa|vùng đặc quyền|đường cơ sở|vịnh bắc bộ|"
     "unclos|lưỡi bò|chín đoạn|luật biển|phán quyết|công hàm|san francisco|cairo|award|sovereignty|border|boundary|south china sea|territor\\w*|paracel\\w*|spratly|主权|边界|边境|领土|领海|南海|北部湾|ຊາຍແດນ|ອະທິປະໄຕ"),
    ("Ngư dân, hải sản, IUU",
     "ngư dân|tàu cá|hải sản|thủy sản|iuu|thẻ vàng|cảng cá|đánh bắt|nghề cá|ngư trường|fisher\\w*|fishing|seafood|渔民|渔船|渔业"),
    ("Quốc phòng, an ninh, biên phòng",
     "biên phòng|quân sự|quốc phòng|bộ đội|hải quân|cảnh sát biển|an ninh|công an|tuần tra|navy|military|coast guard|defen[cs]e|patrol\\w*|海军|海警|国防|军"),
    ("Đối ngoại, hợp tác, giao lưu",
     "đối ngoại|ngoại giao|hợp tác|hữu nghị|giao lưu|kết nghĩa|đoàn công tác|đại sứ|thăm chính thức|chuyến thăm|cooperation|friendship|diplom\\w*|embassy|外交|合作|友好|ຮ່ວມມື"),
    ("Kinh tế, cửa khẩu, giao thông, du lịch",
     "kinh tế|đầu tư|doanh nghiệp|xuất khẩu|nhập khẩu|cửa khẩu|khu công nghiệp|cao tốc|cây cầu|cầu cảng|cảng biển|du lịch|thương mại|tourism|trade|invest\\w*|econom\\w*|port|经济|口岸|旅游|贸易"),
    ("Thời tiết, thiên tai, môi trường",
     "cơn bão|bão số|mưa bão|lũ lụt|lũ quét|mưa lớn|áp thấp|sạt lở|thiên tai|hạn hán|xâm nhập mặn|thời tiết|môi trường|typhoon|storm|flood\\w*|landslide\\w*|台风|洪水|天气"),
    ("Văn hóa, giáo dục, y tế, xã hội",
     "văn hóa|di tích|lễ hội|học sinh|trường học|giáo dục|y tế|bệnh viện|bảo tàng|thể thao|an sinh|hộ nghèo|culture|school\\w*|education|health|festival|文化|教育|卫生"),
)  # fmt: skip


@cache
def _patterns(bare: bool) -> tuple[tuple[str, re.Pattern[str]], ...]:
    # Word limits do not exist in Chinese and Lao; there a word may stand anywhere.
    return tuple(
        (name, re.compile("|".join(word if ord(word[0]) > 0xE00 and ord(word[0]) < 0x1E00 or ord(word[0]) > 0x2E00 else rf"\b(?:{fold(word) if bare else word})\b" for word in words.split("|"))))
        for name, words in THEMES
    )


def theme_of(title: str, opening: str, types: Iterable[str] = ()) -> str:
    """Return the theme with most words in the title (each counted twice) and in the first 600 characters of the text.

    A Vietnamese text typed without marks is compared without marks. Where no word tells, the `types` of the story's
    claims do (codes of the codebook).
    """
    head, rest = (one_tone_style(normalize(text)).casefold() for text in (title, opening[:600]))
    bare = not has_marks(head + rest)
    scores = [(2 * len(set(pattern.findall(head))) + len(set(pattern.findall(rest))), name) for name, pattern in _patterns(bare)]
    best = max(score for score, _name in scores)
    if best:
        return next(name for score, name in scores if score == best)
    return next((THEMES[1][0] if code == "D13" else THEMES[0][0] for code in sorted(types, reverse=True)), OTHER)
