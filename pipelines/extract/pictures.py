"""Images of an article: absolute address, alternative text, caption."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pipelines.extract import dom
from pipelines.records import Image
from pipelines.urls import clean

MOST = 60
# Where lazy loading keeps the real address (VietNamNet, Tuổi Trẻ, VnExpress, March 2026).
_SOURCES = ("data-original", "data-src", "data-lazy-src", "data-srcset", "srcset", "src")
_ORNAMENT = re.compile(r"icon|logo|avatar|pixel|spacer|blank\.|1x1|emoji|/share|btn_|button|\.svg(?:$|\?)", re.I)


def images_of(roots: Iterable[Any], base: str, cover: str) -> tuple[Image, ...]:
    """Return the images inside `roots`, once each; the page's own cover picture when there are none."""
    found: dict[str, Image] = {}
    for root in roots:
        for node in dom.select(root, "img")[: MOST * 2]:
            url = _address(node, base)
            if url is None or url in found or _small(node) or _ORNAMENT.search(url):
                continue
            found[url] = Image(url=url, alt=dom.clean_text(node.getattr("alt") or "")[:500], caption=_caption(node))
            if len(found) >= MOST:
                return tuple(found.values())
    if not found:
        url = clean(cover, base) if cover else None
        return (Image(url=url),) if url else ()
    return tuple(found.values())


def _address(node: Any, base: str) -> str | None:
    for name in _SOURCES:
        value = (node.getattr(name) or "").strip() if node.hasattr(name) else ""
        if value and not value.startswith("data:"):
            return clean(value.split(",")[0].split(" ")[0] if "srcset" in name else value, base)
    return None


def _small(node: Any) -> bool:
    for name in ("width", "height"):
        value = (node.getattr(name) or "") if node.hasattr(name) else ""
        if value.isdigit() and int(value) < 50:
            return True
    return False


def _caption(node: Any) -> str:
    """Return the caption of the figure or table around an image, looking three levels up."""
    outer = node.parent
    for _ in range(4):
        if outer is None:
            return ""
        for found in dom.select(outer, "figcaption, [class*=aption], .chu-thich")[:1] if outer.tag in {"figure", "table", "tbody", "div"} else ():
            text = dom.text_of(found)
            return text[:600]
        if outer.tag in {"figure", "table", "article", "body"}:
            return ""
        outer = outer.parent
    return ""
