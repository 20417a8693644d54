"""Scores against labelled lines (shape of `claims_dev.md`): tiers, roles, verdicts, types, references, and the errors.

A gold claim is found when a predicted claim overlaps it in the same text; the one that overlaps most counts. A gold claim
that is not found counts as wrong in every score.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classifiers import calibration
from classifiers.calibration import RAISED, SHOWN, Point
from pipelines.errors import UsageError
from pipelines.records import Assessment, Claim, TextLine, Tier

MISSED = "(không tìm thấy)"


@dataclass(slots=True)
class Scores:
    """Counts while lines are compared; `report` turns them into figures."""

    tiers: Counter[tuple[str, str]] = field(default_factory=Counter)
    roles: Counter[tuple[str, str]] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    types: Counter[tuple[str, str]] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    spoken: Counter[tuple[str, str]] = field(default_factory=Counter)
    claims: int = 0
    points: list[Point] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, Any]] = field(default_factory=list)
    bad: int = 0


def read_labelled(path: Path) -> tuple[list[tuple[TextLine, dict[str, Any]]], list[tuple[int, str]]]:
    """Return (line, labels) of a labelled file and the bad lines with their reasons; UsageError when it cannot be read."""
    good: list[tuple[TextLine, dict[str, Any]]] = []
    bad: list[tuple[int, str]] = []
    try:
        raws = path.read_bytes().splitlines()
    except OSError as error:
        raise UsageError(f"{path}: không mở được ({error.strerror})") from error
    for number, raw in enumerate(raws, 1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8-sig"))
            line = TextLine.model_validate(row)
            if row["tier"] not in ("flag", "watch", "none") or not isinstance(row.get("claims", []), list):
                raise ValueError("thiếu nhãn tier hoặc claims")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            bad.append((number, " ".join(str(error).split())[:120]))
            continue
        good.append((line, row))
    return good, bad


def find(gold: dict[str, Any], line: TextLine, claims: Iterable[Claim]) -> Claim | None:
    """Return the predicted claim that overlaps a gold sentence most, None when none does."""
    best: tuple[int, Claim] | None = None
    for claim in claims:
        text = line.title if claim.field == "title" else line.sapo if claim.field == "sapo" else line.text
        if claim.field.startswith("caption"):
            text = line.captions[int(claim.field[8:-1])]
        at = text.find(gold["sentence"])
        if at < 0:
            at = unicodedata.normalize("NFC", text).find(unicodedata.normalize("NFC", gold["sentence"]))
        if at < 0:
            continue
        overlap = min(at + len(gold["sentence"]), claim.end) - max(at, claim.start)
        if overlap > 0 and (best is None or overlap > best[0]):
            best = (overlap, claim)
    return best[1] if best else None


def compare(scores: Scores, line: TextLine, labels: dict[str, Any], assessment: Assessment) -> None:
    """Add one text to the scores, its provinces included when they are labelled."""
    compare_claims(scores, line, labels, assessment.claims, assessment.tier)
    if "provinces" in labels:
        scores.places["exact"] += set(labels["provinces"]) == set(assessment.provinces)
        scores.places["national"] += bool(labels.get("national")) == assessment.national
        scores.places["all"] += 1


def compare_claims(scores: Scores, line: TextLine, labels: dict[str, Any], claims: Sequence[Claim], tier: Tier) -> None:
    """Add the tier and the claims of one text to the scores."""
    gold, said = labels["tier"], tier.value
    scores.tiers[gold, said] += 1
    for kind in _kinds(labels):
        scores.spoken[kind, said] += gold == "none"
    if gold != said:
        scores.errors.append({
            "id": line.id, "gold": gold, "predicted": said, "stratum": labels.get("stratum", ""),
            "claims": [{"sentence": c.sentence, "role": c.role.value, "verdict": c.verdict.value, "refs": list(c.refs)} for c in claims if c.tier.value == said][:3],
            "expected": [c["sentence"] for c in labels.get("claims", [])][:3],
        })
    for label in labels.get("claims", []):
        scores.claims += 1
        claim = find(label, line, claims)
        scores.roles[label["role"], claim.role.value if claim else MISSED] += 1
        scores.verdicts[label["verdict"], claim.verdict.value if claim else MISSED] += 1
        scores.types[label["type"], claim.type if claim else MISSED] += 1
        if claim is None:
            continue
        scores.right["found"] += 1
        wanted = set(label.get("refs", []))
        scores.right["refs"] += bool(wanted & set(claim.refs)) if wanted else not claim.refs
        if claim.tier is Tier.NONE:
            scores.points.append(Point(SHOWN, claim.confidence, claim.verdict.value == label["verdict"]))
    scores.points += [Point(RAISED, c.confidence, c.tier.value == gold) for c in claims if c.tier is not Tier.NONE]


def _kinds(labels: dict[str, Any]) -> set[str]:
    """Return which of the kinds that must not be flagged a text is of: opinion, rebuttal, attribution."""
    roles = {claim["role"] for claim in labels.get("claims", [])}
    stratum = str(labels.get("stratum", "")).lower()
    named = {"opinion": "OPINION", "rebuttal": "REBUT", "attribution": "ATTRIB"}
    return {kind for kind, role in named.items() if role in roles or kind in stratum}


def match_refs(scores: Scores, wanted: Iterable[str], ranked: Sequence[str]) -> None:
    """Add the entries that matching put first for one labelled claim (recall@3)."""
    gold = set(wanted)
    if gold:
        scores.right["matchable"] += 1
        scores.right["matched"] += bool(gold & set(ranked[:3]))


def prf(pairs: Counter[tuple[str, str]], positive: set[str]) -> dict[str, float]:
    """Return precision, recall and F1 of (gold, predicted) counts for a set of positive labels."""
    hit = sum(n for (g, p), n in pairs.items() if g in positive and p in positive)
    said = sum(n for (_, p), n in pairs.items() if p in positive)
    gold = sum(n for (g, _), n in pairs.items() if g in positive)
    precision, recall = hit / said if said else 1.0, hit / gold if gold else 1.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(2 * precision * recall / (precision + recall), 4) if hit else 0.0}


def accuracy(pairs: Counter[tuple[str, str]]) -> float:
    """Return the share of (gold, predicted) counts on the diagonal."""
    return round(sum(n for (g, p), n in pairs.items() if g == p) / max(pairs.total(), 1), 4)


def table_of(pairs: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """Return a confusion table as gold → predicted → count, without empty cells."""
    return {gold: {said: n for (g, said), n in sorted(pairs.items()) if g == gold and n} for gold in sorted({g for g, _ in pairs})}


def never_flagged(scores: Scores) -> dict[str, Any]:
    """Return what must not be flagged and was: texts labelled `none` that hold opinion, rebuttal or attribution."""
    texts = {kind: sum(n for (k, _), n in scores.spoken.items() if k == kind) for kind in ("opinion", "rebuttal", "attribution")}
    flags = {kind: scores.spoken[kind, "flag"] for kind in texts}
    told = texts["rebuttal"] + texts["attribution"]
    return {"texts": texts, "flags": flags, "share_rebuttal_attribution": round((flags["rebuttal"] + flags["attribution"]) / max(told, 1), 4)}


def report(scores: Scores) -> dict[str, Any]:
    """Return all figures as plain values."""
    roles = sorted({gold for gold, _ in scores.roles})
    per_role = {role: prf(scores.roles, {role}) for role in roles}
    all_claims = max(scores.claims, 1)
    return {
        "texts": sum(scores.tiers.values()),
        "bad_lines": scores.bad,
        "flag": prf(scores.tiers, {"flag"}),
        "alert": prf(scores.tiers, {"flag", "watch"}),
        "role_macro_f1": round(sum(v["f1"] for v in per_role.values()) / len(per_role), 4) if per_role else 0.0,
        "roles": per_role,
        "claims": scores.claims,
        "claims_found": round(scores.right["found"] / all_claims, 4),
        "verdict_accuracy": accuracy(scores.verdicts),
        "type_accuracy": accuracy(scores.types),
        "reference_hit": round(scores.right["refs"] / all_claims, 4),
        "recall_at_3": round(scores.right["matched"] / scores.right["matchable"], 4) if scores.right["matchable"] else None,
        "ece": calibration.error(scores.points),
        "calibration": {kind: calibration.reliability([p for p in scores.points if p.kind == kind]) for kind in (RAISED, SHOWN)},
        "never_flagged": never_flagged(scores),
        "provinces_exact": round(scores.places["exact"] / max(scores.places["all"], 1), 4),
        "national_accuracy": round(scores.places["national"] / max(scores.places["all"], 1), 4),
        "confusion": {gold: {said: scores.tiers[gold, said] for said in ("flag", "watch", "none")} for gold in ("flag", "watch", "none")},
        "role_confusion": table_of(scores.roles),
        "verdict_confusion": table_of(scores.verdicts),
        "type_confusion": table_of(scores.types),
        "errors": scores.errors,
    }
