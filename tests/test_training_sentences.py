"""The training sentences: schema, labels as in the codebook, balance, uniqueness, nothing copied."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from classifiers.referencebase import load_references
from pipelines.records import ASSERTIVE_ROLES, FLAG_VERDICTS, WATCH_VERDICTS, Role, Verdict

FOLDER = Path(__file__).parent.parent / "classifiers" / "training"
TEXTS = ("title", "before", "sentence", "after")
FIELDS = {"id", "lang", "kind", "voice", "noise", "type", "role", "verdict", "refs", *TEXTS}
NEVER_IN_SCOPE = {"OPINION", "INCIDENTAL", "SATIRE_FICTION"}


def _plain(text: str) -> str:
    bare = "".join(
        c for c in unicodedata.normalize("NFD", text.lower().replace("đ", "d")) if not unicodedata.combining(c)
    )
    return " ".join(re.findall(r"\w+", bare))


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    """All training lines of all files."""
    files = sorted(FOLDER.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def _counts(line: dict[str, Any]) -> bool:
    return line["role"] in ASSERTIVE_ROLES and line["verdict"] in FLAG_VERDICTS | WATCH_VERDICTS


def test_every_line_has_the_declared_fields(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        assert set(line) - {"leans_yes", "of", "published"} == FIELDS, line["id"]
        assert line["lang"] in {"vi", "en", "zh", "lo"}
        assert line["kind"] in {"press", "official", "foreign_press", "blog", "social", "video", "forum"}
        assert line["noise"] in {"none", "nodiacritics", "teencode", "ocr", "unicode"}
        assert re.fullmatch(r"D(0[1-9]|1[0-8])", line["type"])
        assert Role(line["role"]) and Verdict(line["verdict"])
        assert len(line["sentence"]) >= 6
        assert "leans_yes" not in line or line["role"] == "QUESTION"


def test_labels_follow_the_codebook(lines: list[dict[str, Any]]) -> None:
    base = load_references()
    for line in lines:
        assert bool(line["refs"]) == (line["verdict"] != "OUT_OF_SCOPE"), line["id"]
        assert all(id in base for id in line["refs"]), line["id"]
        if line["role"] in NEVER_IN_SCOPE:
            assert line["verdict"] == "OUT_OF_SCOPE", line["id"]
        if line["verdict"] == "NEEDS_IMAGE_REVIEW":
            assert line["type"] in {"D02", "D17"}, line["id"]
        if line["verdict"] == "UNVERIFIED":
            assert line["type"] in {"D07", "D13", "D14"}, line["id"]
        if line["type"] == "D02":
            assert line["verdict"] != "UNSUPPORTED", line["id"]


def test_there_is_enough_of_everything(lines: list[dict[str, Any]]) -> None:
    assert len(lines) >= 2500
    written = {_plain(line["sentence"]) for line in lines if line["noise"] == "none"}
    assert len(written) >= 1500
    assert {line["type"] for line in lines} == {f"D{number:02}" for number in range(1, 19)}
    assert {line["role"] for line in lines} == {role.value for role in Role}
    assert {line["verdict"] for line in lines} == {verdict.value for verdict in Verdict}
    roles = Counter(line["role"] for line in lines)
    assert min(roles.values()) >= 50, roles
    assert min(Counter(line["type"] for line in lines).values()) >= 40


def test_languages_and_noise_are_mixed_as_meant(lines: list[dict[str, Any]]) -> None:
    langs = Counter(line["lang"] for line in lines)
    share = {lang: number / len(lines) for lang, number in langs.items()}
    assert 0.6 <= share["vi"] <= 0.85
    assert share["en"] >= 0.10 and share["zh"] >= 0.07 and share["lo"] >= 0.03
    noise = Counter(line["noise"] for line in lines)
    assert all(noise[kind] >= 30 for kind in ("nodiacritics", "teencode", "ocr", "unicode"))


def test_at_least_half_are_hard_negatives(lines: list[dict[str, Any]]) -> None:
    assert sum(not _counts(line) for line in lines) >= len(lines) / 2


def test_both_directions_of_falsehood_are_taught(lines: list[dict[str, Any]]) -> None:
    flagged = [line for line in lines if line["verdict"] == "CONTRADICTED" and _counts(line)]
    assert sum("PCA-05" in line["refs"] for line in flagged) >= 10
    assert sum("SFT-01" in line["refs"] for line in flagged) >= 10


def test_no_line_is_repeated(lines: list[dict[str, Any]]) -> None:
    assert len({line["id"] for line in lines}) == len(lines)
    seen = Counter(tuple(line[name] for name in TEXTS) for line in lines)
    assert [key for key, number in seen.items() if number > 1] == []


def test_the_same_sentence_in_the_same_context_never_has_two_labels(lines: list[dict[str, Any]]) -> None:
    labels: dict[tuple[str, ...], set[str]] = {}
    for line in lines:
        labels.setdefault(tuple(_plain(line[name]) for name in TEXTS), set()).add(line["role"] + line["verdict"])
    assert [key for key, found in labels.items() if len(found) > 1] == []


@pytest.mark.shared_data
def test_no_sentence_of_the_development_set_is_among_them(lines: list[dict[str, Any]], shared_data: Path) -> None:
    rows = (shared_data / "claims_dev.jsonl").read_text(encoding="utf-8").splitlines()
    held = {_plain(claim["sentence"]) for row in rows for claim in json.loads(row)["claims"]}
    assert [line["id"] for line in lines if _plain(line["sentence"]) in held] == []
