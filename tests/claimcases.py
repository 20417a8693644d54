"""The assessor as the claims tests use it: one trained model a session, cached between runs of the same content."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from classifiers.assessor import Assessor
from pipelines.records import Assessment, TextLine


@cache
def assessor() -> Assessor:
    """Return the assessor; the model is trained once for each content and kept in the folder of temporary files."""
    folder = Path(os.environ.get("COTMOC_TEST_MODELS") or Path(tempfile.gettempdir()) / f"cotmoc-models-{os.getuid()}")
    return Assessor.load(folder)


def assess(text: str, title: str = "", published: str = "2025-09-10", **more: object) -> Assessment:
    """Assess one text of our own."""
    return assessor().assess(TextLine.model_validate({"id": "t", "title": title, "text": text, "published": published, **more}))
