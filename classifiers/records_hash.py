"""Content keys of the learnt models."""

from __future__ import annotations

from pipelines.records import content_id


def combined(*parts: str) -> str:
    """Return the 16-hex key of `parts`."""
    return content_id(*parts)[:16]
