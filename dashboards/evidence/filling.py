"""Putting the kept pictures into a page that is rebuilt without network: `data:` addresses in place of their own."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from dashboards.evidence.pictures import kind_of

# All pictures of a page together; Chromium takes long over a larger page.
MOST = 10_000_000
TYPES = {"jpg": "jpeg", "png": "png", "gif": "gif", "bmp": "bmp", "webp": "webp", "avif": "avif"}
# Where pages keep an address until a script moves it to `src` (seen on Vietnamese news sites, 2026-11).
LATER = ("data-src", "data-original", "data-lazy-src", "data-url", "data-srcset", "src", "srcset")


def fill(tree: Any, base: str, images: Mapping[str, bytes]) -> list[str]:
    """Fill the kept `images` (by address) into the `img` of a page whose address is `base`; return those not filled, each once."""
    unfilled: dict[str, None] = {}
    room = MOST
    for img in list(tree.iter("img")):
        known = [_join(base, url) for url in _addresses(img)]
        found = next((images[url] for url in known if url in images), None)
        mime = TYPES.get(kind_of(found)) if found else None
        if found is None or mime is None or len(found) > room:
            away = next((url for url in known if urlsplit(url).scheme in ("http", "https")), None)
            if away:
                unfilled[away] = None
            continue
        room -= len(found)
        for name in LATER:
            img.attrib.pop(name, None)
        img.attrib.pop("loading", None)
        img.set("src", f"data:image/{mime};base64,{base64.b64encode(found).decode()}")
        for source in _sources(img):
            # libxml2 knows no `source`, so the picture may stand inside of it.
            source.drop_tag()
    return list(unfilled)


def _addresses(img: Any) -> Iterator[str]:
    """Walk the addresses of a picture, those that a script would show first, then those of the `picture` around it."""
    for element in (img, *_sources(img)):
        for name in LATER:
            value = (element.get(name) or "").strip()
            if name.endswith("srcset"):
                yield from (part.split()[0] for part in value.split(",") if part.strip())
            elif value:
                yield value


def _sources(img: Any) -> list[Any]:
    picture = next(img.iterancestors("picture"), None)
    return [] if picture is None else list(picture.iter("source"))


def _join(base: str, url: str) -> str:
    try:
        return urljoin(base, url).partition("#")[0]
    except ValueError:
        return ""
