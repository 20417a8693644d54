"""Whether a page read again is an edited article: what its sentences say counts, not blanks, counters and boxes."""

from __future__ import annotations

import re

from pipelines.records import Article
from pipelines.text import one_tone_style

# Lines that pages add and change by themselves; only short lines are compared with it.
_BOILERPLATE = re.compile(
    r"^\W*(?:"
    r"\d[\d.,]*\s*(?:lượt xem|lượt đọc|bình luận|lượt thích|chia sẻ|views?|comments?|likes?|shares?)|"
    r"(?:lượt xem|bình luận|chia sẻ|views?|comments?)\s*[:(]?\s*\d[\d.,]*\W*|"
    r"(?:cập nhật|cập nhật lúc|last updated|updated)\s*[:,]?\s*[\d:/ .\-hgmtap+]+|"
    r"(?:xem thêm|đọc thêm|tin liên quan|tin mới|tin khác|mới nhất|chia sẻ|bình luận|copy link|sao chép liên kết|in bài viết|"
    r"trở lại [\w ]{0,30}|theo dõi [\w ]{0,40} trên [\w ]{0,30}|read more|share|print|返回顶部|分享让更多人看到)\W*"
    r")$",
    re.I,
)
_LONGEST = 80
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "."})


def substance(article: Article) -> str:
    """Return the text of a revision as compared: without blanks, boilerplate lines and styles of quotes and dashes.

    Letters, figures and case stay: one changed figure is an edit.
    """
    lines = [article.title, article.sapo, *article.body.split("\n"), *article.captions]
    kept = (line for line in lines if not (len(line) <= _LONGEST and _BOILERPLATE.match(line.strip())))
    text = one_tone_style("".join(kept)).translate(_QUOTES)
    return re.sub(r"[\s.]+", "", text)


def says_the_same(one: Article, other: Article) -> bool:
    """Tell whether two revisions differ in nothing but blanks and boilerplate."""
    return one.text_hash == other.text_hash or substance(one) == substance(other)
