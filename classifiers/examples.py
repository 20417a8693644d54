"""Labelled sentences in their context, read as the assessor reads them: ours, the reference base's, and analysts' decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers import claims
from classifiers.document import Document, Sentence, build
from classifiers.frames import Finding
from classifiers.referencebase import ReferenceBase
from classifiers.roles import Decision, decide
from pipelines.errors import UserError
from pipelines.records import FLAG_VERDICTS, Role, TextLine, Verdict

FOLDER = Path(__file__).with_name("training")
GROUPS = {
    Verdict.POSITION_CLAIM: "POSITION", Verdict.NEEDS_IMAGE_REVIEW: "IMAGE", Verdict.UNVERIFIED: "UNVERIFIED", Verdict.CONTESTED: "CONTESTED", Verdict.OUT_OF_SCOPE: "OUT",
}
DEFAULT_DATE = "2025-09-10"
FOLDS = 4


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled sentence in its context, read as the assessor reads it."""

    id: str
    document: Document
    sentence: Sentence
    found: list[Finding]
    decision: Decision | None
    verdict: Verdict
    role: Role
    type: str
    refs: tuple[str, ...]
    source: str = ""
    from_base: bool = False


def group(verdict: Verdict) -> str:
    """Return the class of the statement model: FLAG, one of the watch and contested kinds, OUT or FINE."""
    return "FLAG" if verdict in FLAG_VERDICTS else GROUPS.get(verdict, "FINE")


def rows(folder: Path = FOLDER) -> Iterator[dict[str, Any]]:
    """Yield the labelled sentences that ship with the program, in file order."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as handle:
            for raw in handle:
                if raw.strip():
                    yield json.loads(raw)


def stored_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of one file of labelled sentences; none when it is absent, UserError when it is damaged."""
    if not path.exists():
        return []
    try:
        found = [json.loads(raw) for raw in path.read_text(encoding="utf-8").splitlines() if raw.strip()]
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: không đọc được ({error}); hãy xóa tệp và chạy cotmoc train --with-decisions") from error
    return found


def counters(base: ReferenceBase) -> Iterator[dict[str, Any]]:
    """Yield the typical wrong forms of the reference base, and its own statements as right forms."""
    for entry in base:
        kind = entry.claim_types[0] if entry.claim_types else "D06"
        for number, counter in enumerate(entry.counter):
            yield {"id": f"{entry.id}-{number}", "sentence": counter.text, "type": counter.type or kind, "role": "ASSERT", "verdict": counter.verdict.value, "refs": [entry.id]}
        for name, text in (("vi", entry.statement_vi), ("en", entry.statement_en), ("zh", entry.statement_zh)):
            if text:
                yield {"id": f"{entry.id}-{name}", "sentence": text, "type": kind, "role": "ASSERT", "verdict": "CONSISTENT", "refs": [entry.id]}


def fold_of(source: str) -> int:
    """Return the fold of a source, the same on every machine."""
    return int(hashlib.md5(source.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def data_hash(extra: Iterable[dict[str, Any]] = (), folder: Path = FOLDER) -> str:
    """Return 16 hex digits over the training sentences that ship and those added (analysts' decisions)."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.read_bytes())
    for row in extra:
        digest.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def placed(row: dict[str, Any]) -> tuple[Document, Sentence] | None:
    """Return the document of a labelled row and its sentence; None when the sentence cannot be found again."""
    text = " ".join(part for part in (row.get("before", ""), row["sentence"], row.get("after", "")) if part)
    line = TextLine.model_validate({"id": row["id"], "title": row.get("title", ""), "text": text, "published": row.get("published") or DEFAULT_DATE})
    document = build(line)
    start = text.find(row["sentence"])
    end = start + len(row["sentence"])
    inside = [s for s in document.sentences if s.field == "body" and s.start < end and s.end > start]
    return (document, max(inside, key=lambda s: min(s.end, end) - max(s.start, start))) if inside else None


def example(row: dict[str, Any], base: ReferenceBase) -> Example | None:
    """Read one labelled sentence in its context; None when its sentence cannot be found again."""
    at = placed(row)
    if at is None:
        return None
    document, sentence = at
    found = claims.findings(document, sentence, base)
    decision = decide(document, sentence, found[0]) if found else None
    refs = tuple(row.get("refs", ()))
    return Example(row["id"], document, sentence, found, decision, Verdict(row["verdict"]), Role(row["role"]), row["type"], refs, source_of(row), from_base(row))


def from_base(row: dict[str, Any]) -> bool:
    """Whether a row is a statement of the reference base itself: it teaches, and is never held out."""
    return "lang" not in row


def is_decision(row: dict[str, Any]) -> bool:
    """Whether a row comes from an analyst's decision."""
    return str(row["id"]).startswith("decision-")


def source_of(row: dict[str, Any]) -> str:
    """Return what a row was made from: rows of one source are never parted between folds.

    Framed sentences and the wrong forms of the reference base are the same statements: all those of an entry are one source.
    """
    if row.get("of"):
        return str(row["of"])
    framed = str(row["id"]).startswith("framed") or from_base(row)
    return str(row["refs"][0]) if framed and row.get("refs") else str(row["id"])


# What a person's decision on an alert says of its sentence: the claim stands, or it was no such claim.
CONFIRMING = frozenset({"cần phản hồi", "theo dõi"})
CLEARING = frozenset({"không sai lệch"})


def decided_rows(decided: Iterable[tuple[dict[str, Any], str]]) -> list[dict[str, Any]]:
    """Return training rows of (claim as stored, with `before`, `after`, `title`, `published` when known; outcome).

    The last decision on a sentence counts; an overruled claim becomes a hard negative; an outcome that says neither yes
    nor no (a look, a duplicate) is left out.
    """
    found: dict[str, dict[str, Any]] = {}
    for claim, outcome in decided:
        sentence = " ".join(str(claim["sentence"]).split())
        key = hashlib.sha256(sentence.casefold().encode()).hexdigest()[:12]
        if outcome in CLEARING:
            verdict = "CONSISTENT" if claim.get("refs") else "OUT_OF_SCOPE"
        elif outcome in CONFIRMING:
            verdict = str(claim["verdict"])
        else:
            continue
        around = {name: " ".join(str(claim.get(name) or "").split())[:600] for name in ("title", "before", "after")}
        found[key] = {
            "id": f"decision-{key}", "lang": claim.get("lang") or "vi", **around, "sentence": sentence, "published": claim.get("published") or DEFAULT_DATE,
            "type": claim["type"], "role": claim["role"], "verdict": verdict, "refs": list(claim.get("refs", ())), "of": f"decision-{key}",
        }  # fmt: skip
    return [found[key] for key in sorted(found)]
