"""What is no article: front pages, lists, error and login pages, pages without text; each with its reason."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from pipelines.extract import dom
from pipelines.extract.metadata import Metadata
from pipelines.extract.model import NotArticle
from pipelines.urls import is_front

# Less than this in body, sapô and captions together is no text, even with an article's metadata.
FEWEST = 40
# Without metadata that says "article", this much running text is asked for.
ENOUGH = 250
# A page without text but with so many links is a list.
LINKS = 20
_ERROR = re.compile(
    r"^\W*(?:(?:error|lỗi)\s*)?(?:404|403|410|500|502|503|504)\b|not found|không tìm thấy|không tồn tại|page unavailable|access denied|"
    r"forbidden|bad gateway|service unavailable|internal server error|trang bạn (?:tìm|yêu cầu)|đã bị xóa|just a moment|attention required|"
    r"页面不存在|ບໍ່ພົບ",
    re.I,
)
_LOGIN = re.compile(r"đăng nhập|sign in|log ?in\b|登录|ເຂົ້າສູ່ລະບົບ", re.I)


def judge(
    tree: Any, metadata: Metadata, url: str, title: str, text: str, *, declared: bool, dated: bool, hinted: bool
) -> NotArticle | None:
    """Return why the page is no article, or None when it is one.

    `declared`: selectors found title and body; `dated`: the page itself says when; `hinted`: a feed listed it.
    """
    head = dom.clean_text(tree.title or "")
    is_article = metadata.ld is not None
    if len(text) < 1500 and not is_article and _ERROR.search(title or head):
        return NotArticle("error", f"trang báo lỗi (“{(title or head)[:60]}”)")
    if len(text) < 800 and not is_article and dom.select(tree.body, "input[type=password]") and _LOGIN.search(head + " " + title + " " + text):
        return NotArticle("login", "trang đăng nhập")
    own = metadata.canonical or metadata.first("url") or url
    if not is_article and not declared and (is_front(url) or (is_front(own) and not hinted)):
        return NotArticle("home", "trang chủ")
    if not title or (len(text) < FEWEST and not (hinted and text)):
        if len(dom.select(tree.body, "a[href]")) >= LINKS:
            return NotArticle("list", "trang danh mục: chỉ có liên kết")
        return NotArticle("empty", "không có nội dung" if title else "không có tít")
    if is_article or declared:
        return None
    # og:type says "article" on the list pages of four outlets of html/meth04 and "website" on an article: no point for it.
    points = 2 * hinted + dated + slug(own) + (len(title) >= 25) + (len(text) >= ENOUGH) + (metadata.first("published") != "")
    if not dated and not hinted:
        return NotArticle("list", "trang danh mục: không có ngày đăng, không có dữ liệu bài viết")
    if points < 3:
        return NotArticle("list", "trang danh mục hoặc trang dịch vụ")
    return None


def slug(url: str) -> bool:
    """Tell whether an address ends in a long slug or a number, as addresses of articles do."""
    last = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]
    return last.count("-") >= 4 or bool(re.search(r"\d{5,}", last))
