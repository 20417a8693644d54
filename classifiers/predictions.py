"""Predictions as the contract names them: one JSON object per text line."""

from __future__ import annotations

from typing import Any

from pipelines.records import Assessment


def prediction(id: str, assessment: Assessment) -> dict[str, Any]:
    """Return `id`, `tier`, `provinces`, `national`, `claims` (and `reason`, `abstained`) of one text."""
    names = ("sentence", "start", "end", "field", "type", "role", "verdict", "refs", "confidence", "differs", "why", "grounds")
    claims = [{name: claim.model_dump(mode="json")[name] for name in names} for claim in assessment.claims]
    return {
        "id": id,
        "tier": assessment.tier.value,
        "provinces": list(assessment.provinces),
        "national": assessment.national,
        "claims": claims,
        "reason": assessment.reason,
        "abstained": [one.model_dump(mode="json", exclude_none=True) for one in assessment.abstained],
    }
