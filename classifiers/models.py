"""The learnt models at work: what a sentence states, in whose voice, and which labelled sentence it is nearest to.

Plain arrays (weights over hashed features), cached as DATA/models/HASH.skops; nothing is ever unpickled.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifiers import calibration, weigher
from classifiers.document import Document, Sentence
from classifiers.features import statement, voice
from classifiers.frames import Finding
from classifiers.referencebase import ReferenceBase
from classifiers.roles import Decision
from pipelines.records import ASSERTIVE_ROLES, Role

if TYPE_CHECKING:
    from classifiers.plugin import Plugin

FORMAT = "m7"
# Features of more labelled sentences than this are left out of the likeness.
COMMON = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """Probabilities of statement groups and of roles for one sentence."""

    groups: dict[str, float]
    roles: dict[str, float]
    vector: Any
    text: str = ""
    # Its likeness to all labelled sentences, asked for up to three times a sentence and worked out once.
    likeness: list[Any] = field(default_factory=list, repr=False, compare=False)

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
    """Statement model, voice model and labelled neighbours; with a plug-in, entries it finds near count as well."""

    def __init__(self, data: dict[str, Any], plugin: Plugin | None = None) -> None:
        self._data = data
        self._plugin = plugin
        self.version = f"{data['version']}+{plugin.version}" if plugin else str(data["version"])

    @cached_property
    def _hasher(self) -> Any:
        from classifiers.fitting import vectoriser

        return vectoriser()

    def _project(self, part: dict[str, Any], counts: Any) -> tuple[Any, Any]:
        import numpy as np

        from classifiers.fitting import weigh_rows

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
        read = self.readings(said, self._hasher.transform([voice(document, s, f, d) for s, f, d in items]))
        return [replace(one, text=item[0].text) for one, item in zip(read, items, strict=True)] if self._plugin else read

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

    def calibrated(self, sure: float, raised: bool) -> float:
        """Return the confidence that a claim is right, by the curve of its kind (as it came without one)."""
        curves = self._data.get("calibration")
        return calibration.apply(curves, calibration.RAISED if raised else calibration.SHOWN, sure) if curves else sure

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
        found = [
            Neighbour(str(near["type"][i]), tuple(str(near["refs"][i]).split()), float(scores[i]), str(near["text"][i]))
            for i in order
        ]
        return self._reordered(found, reading.text) if self._plugin and reading.text else found

    def _reordered(self, found: list[Neighbour], text: str) -> list[Neighbour]:
        """Return neighbours with the plug-in's say: an entry it finds near counts more, one it finds far less."""
        assert self._plugin is not None
        near, weight = self._plugin.nearness(text), self._plugin.weight
        scored = [replace(n, score=(1 - weight) * n.score + weight * max((near.get(ref, 0.0) for ref in n.refs), default=n.score)) for n in found]
        return sorted(scored, key=lambda n: -n.score)

    @cached_property
    def _labelled(self) -> tuple[Any, Any]:
        """Return the labelled sentences as a matrix (features × sentences), and which features are rare enough to count."""
        import numpy as np
        from scipy.sparse import csr_matrix

        near = self._data["neighbours"]
        shape = (len(near["indptr"]) - 1, len(near["type"]))
        return csr_matrix((near["data"], near["indices"], near["indptr"]), shape=shape), np.diff(near["indptr"]) <= COMMON

    def _scores(self, reading: Reading) -> Any:
        """Return the likeness of one sentence to all labelled ones."""
        if not reading.likeness:
            matrix, rare = self._labelled
            vector = reading.vector
            # A feature of every sixth sentence tells none apart and costs most of the time.
            kept = rare[vector.indices]
            columns, values = vector.indices[kept], vector.data[kept]
            reading.likeness.append(values @ matrix[columns])
        return reading.likeness[0]


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


def decisions_of(data: Path | None) -> Path:
    """Return the file of analysts' decisions that the last `train --with-decisions` accepted."""
    return folder_of(data) / "decisions.jsonl"


def model_key(base: ReferenceBase, data: Path | None = None) -> str:
    """Return the content hash that names a model: training sentences, accepted decisions, references, rules and format."""
    from classifiers.examples import data_hash, stored_rows
    from classifiers.records_hash import combined
    from classifiers.rulesversion import rules_version

    return combined(FORMAT, data_hash(stored_rows(decisions_of(data))), base.version, rules_version())


def load_or_train(
    data: Path | None, base: ReferenceBase, tell: Callable[[str], None] | None = None, plugin: Plugin | None = None
) -> Models | None:
    """Return the model of these sentences, references and rules; trains it once when absent. None without sentences."""
    from classifiers.examples import FOLDER, stored_rows
    from classifiers.modelfile import read

    if not any(FOLDER.glob("*.jsonl")):
        return None
    key = model_key(base, data)
    path = folder_of(data) / f"{key}.skops"
    if not path.exists():
        from classifiers.training import train

        (tell or _tell)("đang huấn luyện mô hình từ câu mẫu (khoảng một phút, chỉ lần đầu) …")
        return Models(train(base, path, stored_rows(decisions_of(data))).data, plugin)
    return Models(read(path, key), plugin)


def _tell(message: str) -> None:
    sys.stderr.write(message + "\n")
