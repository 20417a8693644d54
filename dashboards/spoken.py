"""What the machine says of a claim, in the reader's language: Vietnamese as it was written, others from codes and references."""

from __future__ import annotations

import re

from classifiers.referencebase import load_references
from dashboards.highlight import Sides
from dashboards.i18n import DEFAULT, catalogue
from dashboards.i18n.figures import in_english
from dashboards.shown import role_vi, verdict_vi
from pipelines.records import Claim

# The ground of the role, last in what classifiers/verdicts.py writes: “…; vai phát ngôn ATTRIB (…): dẫn lời: “nói”.”
GROUND = re.compile(r"; vai phát ngôn (?P<role>[A-Z_]+) \([^)]*\): (?P<ground>.+?)\.?$", re.DOTALL)


def why(language: str, claim: Claim) -> str:
    """Return the reason of a claim; in another language verdict, references and role again from their codes, its ground by the catalogue."""
    if language == DEFAULT:
        return claim.why
    words = catalogue(language)
    ground = GROUND.search(claim.why)
    if ground is None or ground["role"] != claim.role.value:
        return words.said(claim.why)
    entries = [load_references().get(id) for id in claim.refs[:2] if id in load_references()]
    parts = [words.said(verdict_vi(claim.verdict.value)), *(f"{entry.id}: {entry.statement_en.rstrip('.')}" for entry in entries)]
    role, said = words.said(role_vi(claim.role.value)), words.said(ground["ground"])
    return "; ".join([*parts, f"{role.lower()}: {said}" if said != ground["ground"] else role.lower()]) + "."


def base(language: str, two: Sides) -> str:
    """Return what the reference says of a difference; in another language its own statement, or the catalogue's words, or the figure."""
    if language == DEFAULT:
        return two.base
    entry = load_references().get(two.ref) if two.ref in load_references() else None
    if entry and two.base == entry.statement_vi:
        return entry.statement_en
    return in_english(two.base) or catalogue(language).said(two.base)
