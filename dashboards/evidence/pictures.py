"""Pictures of the articles with a claim, as the collector kept them in the WARC; each one is in the pack or named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from dashboards import queries
from dashboards.evidence.manifest import File, Parts
from dashboards.evidence.warc import Reader, parse
from pipelines.store.schema import article_images

# By the first bytes, not by the server's word; SVG is not kept by the collector because it carries scripts.
KINDS = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n", "png"), (b"GIF8", "gif"), (b"BM", "bmp"), (b"II*\0", "tif"), (b"MM\0*", "tif"))


@dataclass(frozen=True)
class Image:
    """One picture: address, its capture where it was kept, else why not; `final` when no further try will be made."""

    url: str
    capture: Mapping[str, Any] | None
    reason: str
    final: bool


def read(conn: Connection, article: str, revisions: Iterable[Mapping[str, Any]]) -> list[Image]:
    """Return the pictures that the revisions of an article show, in order, with what the collector made of each."""
    rows = conn.execute(select(article_images).where(article_images.c.article == article)).mappings()
    known = {row["url"]: row for row in rows}
    shown = dict.fromkeys(image["url"] for revision in revisions for image in revision["images"])
    found = []
    for url in dict.fromkeys([*shown, *sorted(known)]):
        row = known.get(url)
        if row is None:
            found.append(Image(url, None, "chưa thu", False))
            continue
        capture = queries.capture(conn, row["capture"]) if row["capture"] else None
        reason = row["reason"] or row["outcome"] or "không rõ"
        found.append(Image(url, capture, reason, row["next_try"] is None))
    return found


def add(parts: Parts, article: str, folder: str, images: Iterable[Image], reader: Reader) -> dict[str, bytes]:
    """Add each kept picture under `folder`/anh; one still owed or lost is missing, one refused for good is noted as absent.

    Return the kept ones by address.
    """
    kept: dict[str, bytes] = {}
    for number, image in enumerate(images, 1):
        if image.capture is None:
            lacking = parts.absent if image.final else parts.missing
            word = "không lấy được" if image.final else "còn chờ thu"
            lacking.append({"part": "image", "article": article, "reason": f"ảnh {number} {word} ({image.reason}): {image.url[:200]}"})
            continue
        try:
            body = parse(reader(image.capture)).body
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else error
            parts.missing.append({"part": "image", "article": article, "reason": f"ảnh {number} mất khỏi WARC ({said}): {image.url[:200]}"})
            continue
        if hashlib.sha256(body).hexdigest() != image.capture["body_sha256"]:
            parts.missing.append({"part": "image", "article": article, "reason": f"ảnh {number} không khớp mã băm lúc thu: {image.url[:200]}"})
            continue
        parts.files.append(File(f"{folder}/anh/{number:02}.{kind_of(body)}", "image", body, article))
        kept[image.url] = body
    return kept


def kind_of(body: bytes) -> str:
    """Return the kind of a picture by its first bytes, `bin` for what is none that we know."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "webp"
    if body[4:12] in (b"ftypavif", b"ftypheic"):
        return body[8:12].decode()
    return next((name for mark, name in KINDS if body.startswith(mark)), "bin")
