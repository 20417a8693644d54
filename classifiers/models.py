"""The learnt models at work: what a sentence states, in whose voice, and which labelled sentence it is nearest to.

Plain arrays (weights over hashed features), cached as DATA/models/HASH.skops; nothing is ever unpickled.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from classifiers import weigher
from classifiers.document import Document, Sentence
from classifiers.features import statement, voice
from classifiers.frames import Finding
from classifiers.referencebase import ReferenceBase
from classifiers.roles import Decision
from pipelines.records import ASSERTIVE_ROLES, Role

FORMAT = "m6"
COMMON = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """Probabilities of statement groups and of roles for one sentence."""

    groups: dict[str, float]
    roles: dict[str, float]
    vector: Any

    @property
    def assertive(self) -> float:
        """How likely the text speaks in its own voice or sides with its source."""
        return sum(self.roles.get(role.value, 0.0) for role in ASSERTIVE_ROLES)

    @property
    def role(self) -> Role:
        """The likeliest role."""
        return Role(max(self.roles, key=lambda name: self.roles[name]))


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The nearest labelled sentences' say: type, references, closeness 0..1, and one of their texts."""

    type: str
    refs: tuple[str, ...]
    score: float
    text: str


class Models:
    """Statement model, voice model and labelled neighbours."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self.version = str(data["version"])

    @cached_property
    def _hasher(self) -> Any:
        from classifiers.training import vectoriser

        return vectoriser()

    def _project(self, part: dict[str, Any], counts: Any) -> tuple[Any, Any]:
        import numpy as np

        from classifiers.training import weigh_rows

        matrix, _ = weigh_rows(counts, part["idf"])
        scores = matrix @ part["weights"] + part["bias"]
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        return matrix, likely / likely.sum(axis=1, keepdims=True)

    def read(self, document: Document, items: list[tuple[Sentence, list[Finding], Decision | None]]) -> list[Reading]:
        """Return the readings of several sentences of one document at once."""
        if not items:
            return []
        said = self._hasher.transform([statement(document, s, f) for s, f, _ in items])
        return self.readings(said, self._hasher.transform([voice(document, s, f, d) for s, f, d in items]))

    def readings(self, statements: Any, voices: Any) -> list[Reading]:
        """Return the readings of sentences given as hashed counts of both feature sets."""
        vectors, said = self._project(self._data["statement"], statements)
        how = self._project(self._data["voice"], voices)[1]
        groups, roles = [str(name) for name in self._data["statement"]["classes"]], [str(name) for name in self._data["voice"]["classes"]]
        return [
            Reading(dict(zip(groups, map(float, a), strict=True)), dict(zip(roles, map(float, b), strict=True)), vectors[i])
            for i, (a, b) in enumerate(zip(said, how, strict=True))
        ]

    def weigh(self, rules: list[float], reading: Reading) -> dict[str, float]:
        """Return how likely the sentence is to be raised as each kind, rules and models weighed together."""
        return weigher.weigh(self._data["weigher"], weigher.interactions(rules, weigher.from_models(reading.groups, reading.roles, self.closeness(reading))))

    def closeness(self, reading: Reading) -> dict[str, float]:
        """Return how near the nearest labelled sentence of each group is."""
        scores, group = self._scores(reading), self._data["neighbours"]["group"]
        return {name: float(scores[group == name].max(initial=0.0)) for name in weigher.NEAR}

    def nearest(self, reading: Reading, group: str | None = None, count: int = 12) -> list[Neighbour]:
        """Return the labelled sentences nearest in words and concepts, of one statement group when named."""
        import numpy as np

        near = self._data["neighbours"]
        scores = self._scores(reading)
        if group is not None:
            scores = np.where(near["group"] == group, scores, 0.0)
        order = np.argsort(-scores)[:count]
        return [
            Neighbour(str(near["type"][i]), tuple(str(near["refs"][i]).split()), float(scores[i]), str(near["text"][i]))
            for i in order
        ]

    def _scores(self, reading: Reading) -> Any:
        """Return the likeness of one sentence to all labelled ones."""
        import numpy as np

        near = self._data["neighbours"]
        data, rows, starts = near["data"], near["indices"], near["indptr"]
        scores = np.zeros(len(near["type"]), dtype=np.float32)
        for column, value in zip(reading.vector.indices, reading.vector.data, strict=True):
            low, high = starts[column], starts[column + 1]
            if high - low > COMMON:
                continue  # a feature of every third sentence tells none apart and costs most of the time
            scores[rows[low:high]] += data[low:high] * value
        return scores


def vote(neighbours: list[Neighbour], top: int = 8) -> tuple[str, list[tuple[str, float]]]:
    """Return the likeliest type and the references with scores, the best first."""
    votes: dict[str, float] = {}
    kinds: dict[str, float] = {}
    for neighbour in neighbours:
        if neighbour.score <= 0.02:
            continue
        weight = neighbour.score**2
        kinds[neighbour.type] = kinds.get(neighbour.type, 0.0) + weight
        for place, ref in enumerate(neighbour.refs[:3]):
            votes[ref] = votes.get(ref, 0.0) + weight * (1.0 if place == 0 else 0.6)
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:top]
    return (max(kinds, key=lambda name: kinds[name]) if kinds else "D01"), ranked


def folder_of(data: Path | None) -> Path:
    """Return the folder of cached models: DATA/models (DATA from `COTMOC_DATA` or ./data when not given)."""
    return (data or Path(os.environ.get("COTMOC_DATA") or "data")) / "models"


def model_key(base: ReferenceBase) -> str:
    """Return the content hash that names a model: training sentences, references, rules and format."""
    from classifiers.records_hash import combined
    from classifiers.rulesversion import rules_version
    from classifiers.training import data_hash

    return combined(FORMAT, data_hash(base), rules_version())


def load_or_train(data: Path | None, base: ReferenceBase, tell: Callable[[str], None] | None = None) -> Models | None:
    """Return the model of these sentences, references and rules; trains it once when absent. None without sentences."""
    from classifiers.training import FOLDER, train

    if not any(FOLDER.glob("*.jsonl")):
        return None
    path = folder_of(data) / f"{model_key(base)}.skops"
    if not path.exists():
        (tell or _tell)("đang huấn luyện mô hình từ câu mẫu (khoảng một phút, chỉ lần đầu) …")
        return train(base, path)
    return read(path)


def read(path: Path) -> Models:
    """Read a cached model with skops; raises UserError when the file is no model of ours."""
    from skops.io import get_untrusted_types, load

    from pipelines.errors import UserError

    try:
        unknown = get_untrusted_types(file=path)
        if unknown:
            raise UserError(f"{path}: tệp mô hình chứa kiểu lạ {unknown[:3]}; hãy xóa tệp và chạy cotmoc train")
        return Models(load(path, trusted=[]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: không đọc được mô hình ({error}); hãy xóa tệp và chạy cotmoc train") from error


def _tell(message: str) -> None:
    sys.stderr.write(message + "\n")
