"""The assessor as the claims tests use it: with the model that `make setup` trained."""

from __future__ import annotations

from functools import cache

from classifiers.assessor import Assessor
from pipelines.records import Assessment, TextLine
from pipelines.settings import load_settings


@cache
def assessor() -> Assessor:
    """Return the assessor; its model is the program's own, trained once for each content (COTMOC_MODELS, see conftest)."""
    return Assessor.load(load_settings().model_home)


def assess(text: str, title: str = "", published: str = "2025-09-10", **more: object) -> Assessment:
    """Assess one text of our own."""
    return assessor().assess(TextLine.model_validate({"id": "t", "title": title, "text": text, "published": published, **more}))
