"""Training of the learnt models from our own sentences: deterministic, on two cores in under 90 seconds."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from classifiers import claims, weigher
from classifiers.document import Document, Sentence, build
from classifiers.features import statement, voice
from classifiers.frames import Finding
from classifiers.models import Models
from classifiers.referencebase import ReferenceBase
from classifiers.roles import Decision, decide
from pipelines.records import FLAG_VERDICTS, Role, TextLine, Verdict

FOLDER = Path(__file__).with_name("training")
GROUPS = {
    Verdict.POSITION_CLAIM: "POSITION", Verdict.NEEDS_IMAGE_REVIEW: "IMAGE", Verdict.UNVERIFIED: "UNVERIFIED", Verdict.CONTESTED: "CONTESTED", Verdict.OUT_OF_SCOPE: "OUT",
}
DEFAULT_DATE = "2025-09-10"


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


def counters(base: ReferenceBase) -> Iterator[dict[str, Any]]:
    """Yield the typical wrong forms of the reference base, and its own statements as right forms."""
    for entry in base:
        kind = entry.claim_types[0] if entry.claim_types else "D06"
        for number, counter in enumerate(entry.counter):
            yield {"id": f"{entry.id}-{number}", "sentence": counter.text, "type": counter.type or kind, "role": "ASSERT", "verdict": counter.verdict.value, "refs": [entry.id]}
        for name, text in (("vi", entry.statement_vi), ("en", entry.statement_en), ("zh", entry.statement_zh)):
            if text:
                yield {"id": f"{entry.id}-{name}", "sentence": text, "type": kind, "role": "ASSERT", "verdict": "CONSISTENT", "refs": [entry.id]}


def data_hash(base: ReferenceBase, folder: Path = FOLDER) -> str:
    """Return 16 hex digits over training sentences and reference base."""
    digest = hashlib.sha256(base.version.encode())
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def example(row: dict[str, Any], base: ReferenceBase) -> Example | None:
    """Read one labelled sentence in its context; None when its sentence cannot be found again."""
    text = " ".join(part for part in (row.get("before", ""), row["sentence"], row.get("after", "")) if part)
    line = TextLine.model_validate({"id": row["id"], "title": row.get("title", ""), "text": text, "published": row.get("published") or DEFAULT_DATE})
    document = build(line)
    start = text.find(row["sentence"])
    end = start + len(row["sentence"])
    field = "body"
    inside = [s for s in document.sentences if s.field == field and s.start < end and s.end > start]
    if not inside:
        return None
    sentence = max(inside, key=lambda s: min(s.end, end) - max(s.start, start))
    found = claims.findings(document, sentence, base)
    decision = decide(document, sentence, found[0]) if found else None
    refs = tuple(row.get("refs", ()))
    return Example(row["id"], document, sentence, found, decision, Verdict(row["verdict"]), Role(row["role"]), row["type"], refs, source_of(row))


def source_of(row: dict[str, Any]) -> str:
    """Return what a row was made from: rows of one source are never parted between folds.

    Framed sentences and the wrong forms of the reference base are the same statements: all those of an entry are one source.
    """
    if row.get("of"):
        return str(row["of"])
    framed = str(row["id"]).startswith("framed") or "lang" not in row
    return str(row["refs"][0]) if framed and row.get("refs") else str(row["id"])


# Examples read at a time: their documents are large, their hashed features small.
PART = 256


def examples(base: ReferenceBase, folder: Path = FOLDER) -> Iterator[Example]:
    """Yield all examples: training sentences, counter-statements, reference statements."""
    for row in chain(rows(folder), counters(base)):
        made = example(row, base)
        if made is not None:
            yield made


def vectoriser() -> Any:
    """Return the stateless hashing vectoriser over feature strings."""
    from sklearn.feature_extraction import FeatureHasher

    return FeatureHasher(n_features=1 << 18, input_type="string", alternate_sign=False)


def weigh_rows(matrix: Any, idf: Any = None) -> tuple[Any, Any]:
    """Return the matrix with sublinear counts times inverse document frequency, rows of unit length, and the weights."""
    import numpy as np

    matrix = matrix.astype(np.float32)
    matrix.data = 1.0 + np.log(matrix.data)
    if idf is None:
        seen = np.bincount(matrix.indices, minlength=matrix.shape[1])
        idf = (np.log((1 + matrix.shape[0]) / (1 + seen)) + 1).astype(np.float32)
    matrix.data *= idf[matrix.indices]
    rows_of = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    length = np.sqrt(np.bincount(rows_of, weights=matrix.data**2, minlength=matrix.shape[0]))
    matrix.data /= np.maximum(length, 1e-9)[rows_of].astype(np.float32)
    return matrix, idf


def fit(matrix: Any, labels: list[str], strength: float, balanced: bool) -> dict[str, Any]:
    """Fit one logistic regression on hashed counts; returns idf, classes, weights and intercepts as arrays."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    matrix, idf = weigh_rows(matrix)
    # The solver keeps twenty copies of its weights; what occurs once teaches nothing that carries over.
    seen = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) >= 2)
    model = LogisticRegression(C=strength, max_iter=120, tol=1e-3, class_weight=_weights(labels) if balanced else None, random_state=0)
    model.fit(matrix[:, seen], labels)
    weights = np.zeros((matrix.shape[1], model.coef_.shape[0]), dtype=np.float32)
    weights[seen] = model.coef_.astype(np.float32).T
    return {"idf": idf.astype(np.float32), "classes": np.array(model.classes_), "weights": weights, "bias": model.intercept_.astype(np.float32)}


def _weights(labels: list[str]) -> dict[str, float]:
    """Return class weights half way to balance (square root), so that rare roles are learnt and common ones kept."""
    counts = Counter(labels)
    return {name: (len(labels) / (len(counts) * count)) ** 0.5 for name, count in counts.items()}


def features_of(e: Example) -> tuple[list[str], list[str]]:
    """Return the features of statement and voice of one example."""
    return statement(e.document, e.sentence, e.found), voice(e.document, e.sentence, e.found, e.decision)


def train(base: ReferenceBase, path: Path, extra: Iterable[Example] = ()) -> Models:
    """Train on all that ships (and `extra`), write model and card beside it, return the model."""
    from skops.io import dump

    data = assemble(chain(examples(base), extra), base)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    dump(data, temporary)
    os.replace(temporary, path)
    card = {
        "version": data["version"], "data_hash": data_hash(base), "examples": len(data["neighbours"]["text"]),
        "references": base.version, "sentences": sum(1 for _ in rows()),
    }  # fmt: skip
    path.with_suffix(".json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Models(data)


FOLDS = 4


def fold_of(source: str) -> int:
    """Return the fold of a source, the same on every machine."""
    return int(hashlib.md5(source.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


@dataclass(slots=True)
class Table:
    """Labelled sentences as hashed counts with their labels and the figures of the rules."""

    statements: Any
    voices: Any
    groups: list[str]
    roles: list[str]
    types: list[str]
    refs: list[str]
    texts: list[str]
    rules: list[list[float]]
    folds: list[int]
    ours: list[bool]


def tabulate(made: Iterable[Example]) -> Table:
    """Read examples once and in parts; their documents are not kept."""
    from scipy.sparse import vstack

    hasher = vectoriser()
    parts: tuple[list[Any], list[Any]] = ([], [])
    table = Table(None, None, [], [], [], [], [], [], [], [])
    stream = iter(made)
    while part := list(islice(stream, PART)):
        pairs = [features_of(example) for example in part]
        for side in (0, 1):
            parts[side].append(hasher.transform([pair[side] for pair in pairs]))
        table.groups += [group(example.verdict) for example in part]
        table.roles += [example.role.value for example in part]
        table.types += [example.type for example in part]
        table.refs += [" ".join(example.refs) for example in part]
        table.texts += [example.sentence.text[:200] for example in part]
        table.rules += [weigher.from_rules(example.sentence, example.found, example.decision) for example in part]
        table.folds += [fold_of(example.source) for example in part]
        table.ours += [example.id != example.source and example.source in example.refs and not example.id.startswith("framed") for example in part]
    table.statements, table.voices = vstack(parts[0]).tocsr(), vstack(parts[1]).tocsr()
    return table


def assemble(made: Iterable[Example], base: ReferenceBase) -> dict[str, Any]:
    """Return the arrays of all models, fitted on `made`, which is read once and in parts."""
    import numpy as np

    table = tabulate(made)
    rows, labels = unseen(table)
    data = learn(table, np.arange(len(table.groups)))
    return {"version": f"m-{data_hash(base)[:8]}", **data, "weigher": weigher.fit(rows, labels)}


def learn(table: Table, chosen: Any) -> dict[str, Any]:
    """Fit statement and voice models on the chosen rows, and keep these as neighbours."""
    import numpy as np

    groups = [table.groups[i] for i in chosen]
    how = fit(table.voices[chosen], [table.roles[i] for i in chosen], 20.0, True)
    said = fit(table.statements[chosen], groups, 30.0, False)
    matrix, _ = weigh_rows(table.statements[chosen], said["idf"])
    columns = matrix.tocsc()
    neighbours = {
        "data": columns.data, "indices": columns.indices, "indptr": columns.indptr, "group": np.array(groups),
        "type": np.array([table.types[i] for i in chosen]), "refs": np.array([table.refs[i] for i in chosen]), "text": np.array([table.texts[i] for i in chosen]),
    }  # fmt: skip
    return {"statement": said, "voice": how, "neighbours": neighbours}


def unseen(table: Table) -> tuple[list[list[float]], list[str]]:
    """Return the weigher's figures and labels of every labelled sentence, read by models that saw no variant of it."""
    import numpy as np

    folds = np.array(table.folds)
    rows: list[list[float]] = []
    labels: list[str] = []
    for fold in range(FOLDS):
        held = np.flatnonzero((folds == fold) & ~np.array(table.ours))
        if not len(held) or len(held) == len(folds):
            continue
        model = Models({"version": "fold", **learn(table, np.flatnonzero(folds != fold))})
        for at, reading in zip(held, model.readings(table.statements[held], table.voices[held]), strict=True):
            rows.append(weigher.interactions(table.rules[at], weigher.from_models(reading.groups, reading.roles, model.closeness(reading))))
            labels.append(weigher.label(table.groups[at], table.roles[at]))
    return rows, labels


# What a person's decision on an alert says of its sentence: the claim stands, or it was no such claim.
CONFIRMING = frozenset({"cần phản hồi", "theo dõi"})
CLEARING = frozenset({"không sai lệch"})


def decided_rows(decided: Iterable[tuple[dict[str, Any], str]]) -> Iterator[dict[str, Any]]:
    """Yield training rows from (claim as stored, outcome); an outcome that says neither yes nor no is left out."""
    for number, (claim, outcome) in enumerate(decided):
        if outcome in CLEARING:
            verdict, role = "CONSISTENT", "ASSERT" if claim["role"] in ("ASSERT", "ENDORSE") else claim["role"]
        elif outcome in CONFIRMING:
            verdict, role = claim["verdict"], claim["role"]
        else:
            continue
        yield {"id": f"decision-{number}", "sentence": claim["sentence"], "type": claim["type"], "role": role, "verdict": verdict, "refs": claim.get("refs", [])}
