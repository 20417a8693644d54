"""Reading a captured page into an article."""

from __future__ import annotations

from pipelines.extract.declared import version_on
from pipelines.extract.engine import extract
from pipelines.extract.model import UNREADABLE, Extracted, FeedHint, NotArticle

__all__ = ["UNREADABLE", "Extracted", "FeedHint", "NotArticle", "extract", "version_on"]
