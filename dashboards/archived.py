"""An archived page made harmless: text and structure from the WARC; nothing runs, loads, links or submits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nh3

from dashboards.evidence.warc import parse, reader_of
from pipelines.charset import decode
from pipelines.errors import UserError

# A page beyond this is shown cut: a browser on an old PC does not open ten megabytes of markup.
MOST = 3_000_000
TAGS = {
    "a", "abbr", "address", "article", "aside", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "div",
    "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "ins", "li", "main",
    "mark", "ol", "p", "pre", "q", "s", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "time", "tr", "u", "ul", "img",
}  # fmt: skip
DROPPED = {"script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "head", "title", "form", "select"}
_IMAGE = re.compile(r'<img(?: alt="([^"]{0,300})[^"]*")?[^>]*>')
HEAD = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>Bản lưu</title><style>body{font:16px/1.6 Georgia,"Liberation Serif",serif;max-width:44em;margin:0 auto;padding:12px 16px;'
    "color:#1c1f23;background:#fff;overflow-wrap:anywhere}.bar{font:14px/1.5 system-ui,sans-serif;background:#fdf1d8;border:1px solid #8a5a00;"
    "padding:6px 10px}.img{color:#565d66;font-style:italic}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:2px 6px}</style></head><body>"
)


def harmless(page: str) -> str:
    """Return markup with structure and text only: no address of any kind, no style, no handler, pictures as their text."""
    clean = nh3.clean(
        page[:MOST], tags=TAGS, clean_content_tags=DROPPED, attributes={"img": {"alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes=set(), link_rel=None, strip_comments=True,
    )  # fmt: skip
    return _IMAGE.sub(lambda match: f'<span class="img">[ảnh{": " + match[1] if match[1] else ""}]</span>', clean)


def archived(data: Path, capture: Mapping[str, Any]) -> str:
    """Return the page of a capture as a document that can be framed; UserError when the WARC lost it or it was altered."""
    try:
        found = parse(reader_of(data)(capture))
    except (OSError, ValueError) as error:
        raise UserError(f"bản lưu {capture['warc_file']}: không đọc được ({error}); chạy cotmoc doctor để kiểm tra kho WARC") from error
    if hashlib.sha256(found.body).hexdigest() != capture["body_sha256"]:
        raise UserError(f"bản lưu {capture['warc_file']}: nội dung không còn đúng mã SHA-256 đã ghi; không hiển thị")
    text = decode(found.body, capture["content_type"]).text
    note = "Bản lưu chỉ để đọc: đã bỏ mã chạy, hình, liên kết và mọi thứ phải tải từ ngoài."
    return f'{HEAD}<p class="bar">{note}</p>{harmless(text)}</body></html>'
