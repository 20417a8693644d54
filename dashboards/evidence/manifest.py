"""The manifest: every file with its SHA-256, what is missing, and the id that covers all of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from dashboards.evidence.standalone import (
    FORMAT,
    LOG,
    NAME,
    PICTURES,
    SIGNATURES,
    STAMPS,
    SUM,
    UNCOVERED,
    canonical,
    pack_id,
)

__all__ = ["FORMAT", "LOG", "NAME", "PICTURES", "SIGNATURES", "STAMPS", "SUM", "UNCOVERED", "canonical", "pack_id"]
PURPOSE = "phục vụ trả lời, cải chính"
# Roles that every article with a claim must have, and those that a pack must have once.
PER_ARTICLE = ("warc", "body", "text", "revisions")
ONCE = ("claims", "references", "decisions", "letter", "cover", "readme", "exchange", "wacz", "verifier")


@dataclass(frozen=True)
class File:
    """One file of a pack; `article` is the id of the article that it belongs to, or empty."""

    path: str
    role: str
    content: bytes
    article: str = ""


@dataclass
class Parts:
    """Files gathered so far; `missing` makes a pack incomplete, `absent` is only noted."""

    files: list[File] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)
    absent: list[dict[str, str]] = field(default_factory=list)
    # By article the kept pictures by address, for the page that is rebuilt.
    pictures: dict[str, dict[str, bytes]] = field(default_factory=dict)


def readable(value: Any) -> bytes:
    """Return indented JSON in UTF-8, for people."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def listed(file: File) -> dict[str, Any]:
    """Return the manifest's line for one file."""
    digest = hashlib.sha256(file.content).hexdigest()
    return {"path": file.path, "role": file.role, "article": file.article, "size": len(file.content), "sha256": digest}


def unmet(files: list[dict[str, Any]], articles: list[dict[str, Any]], absent: list[dict[str, Any]]) -> list[str]:
    """Return which required parts a manifest does not list, in words.

    A letter is not required where the manifest says (and signs) that there is nothing to ask.
    """
    have = {(file.get("role"), file.get("article", "")) for file in files}
    roles = {role for role, _ in have}
    lacks = [f"{role} của bài {article['id'][:12]}" for article in articles if article.get("with_claim")
             for role in PER_ARTICLE if (role, article["id"]) not in have]  # fmt: skip
    unasked = {"letter"} & {item.get("part") for item in absent if isinstance(item, dict)}
    return lacks + [role for role in ONCE if role not in roles | unasked]
