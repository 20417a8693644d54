"""The model's card: what it was made from, with which versions, and its cross-validated scores."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from classifiers import calibration
from classifiers.calibration import RAISED, SHOWN, Point
from classifiers.evaluation import Scores, report
from classifiers.examples import data_hash
from classifiers.referencebase import ReferenceBase
from classifiers.rulesversion import rules_version

LIBRARIES = ("numpy", "scipy", "scikit-learn", "skops")
KINDS_VI = {RAISED: "câu được nêu (mức đúng)", SHOWN: "câu chỉ hiển thị (kết luận đúng)"}
NAMES_VI = (
    ("vai phát ngôn, F1 trung bình", "role_macro_f1"), ("câu tìm thấy", "claims_found"), ("kết luận đúng", "verdict_accuracy"),
    ("loại đúng", "type_accuracy"), ("tư liệu trúng", "reference_hit"),
)  # fmt: skip


def card_of(base: ReferenceBase, data: dict[str, Any], scores: Scores, points: Sequence[Point], **counts: int) -> dict[str, Any]:
    """Return the card: content hashes, counts, versions of libraries, scores by cross-validation over sources."""
    figures = {name: value for name, value in report(scores).items() if name not in ("errors", "provinces_exact", "national_accuracy", "ece", "calibration", "bad_lines", "recall_at_3")}
    crossed = calibration.crossed(points)
    return {
        "version": data["version"], "key": data["key"], "rules": rules_version(), "references": base.version, "data_hash": data_hash(), **counts,
        "libraries": {name: version(name) for name in LIBRARIES},
        "how": "kiểm định chéo 4 phần theo nguồn câu: mô hình chấm một câu chưa thấy câu ấy hay biến thể của nó; đường hiệu chỉnh cũng chéo",
        "cross_validated": figures, "calibration": calibration_of(crossed), "uncalibrated": {"ece": calibration.error(points)},
    }  # fmt: skip


def calibration_of(points: Sequence[Point]) -> dict[str, Any]:
    """Return the calibration error and the reliability table, of all claims and of each kind."""
    kinds = {kind: [p for p in points if p.kind == kind] for kind in (RAISED, SHOWN)}
    return {
        "ece": calibration.error(points), "claims": len(points),
        **{kind: {"ece": calibration.error(mine), "claims": len(mine), "table": calibration.reliability(mine)} for kind, mine in kinds.items()},
    }  # fmt: skip


def mismatches(card: dict[str, Any], path: Path, base: ReferenceBase) -> list[str]:
    """Return in which points a card is not that of the model at `path` (named after its key), of these sentences, references and rules."""
    points = [("khóa", card.get("key"), path.stem), ("luật", card.get("rules"), rules_version()), ("tư liệu", card.get("references"), base.version)]
    points.append(("băm câu mẫu", card.get("data_hash"), data_hash()))
    found = [f"{name} trong thẻ là {told or 'trống'}, đang dùng là {used}" for name, told, used in points if told != used]
    try:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return [*found, f"không có tệp mô hình {path.name} bên cạnh thẻ"]
    if card.get("sha256") != content:
        found.append(f"băm tệp trong thẻ là {str(card.get('sha256') or 'trống')[:16]}, tệp mô hình là {content[:16]}")
    return found


def readable(card: dict[str, Any]) -> Iterator[str]:
    """Yield the card as lines that people read."""
    yield f"Mô hình {card['version']} (khóa {card['key']}), luật {card['rules']}, tư liệu {card['references']}"
    yield f"  câu mẫu: {card['sentences']}, quyết định của người trực: {card['decisions']}, ví dụ kể cả câu của cơ sở tư liệu: {card['examples']}"
    yield f"  băm câu mẫu: {card['data_hash']}; tệp: {card.get('sha256', '')[:16]}"
    yield "  " + ", ".join(f"{name} {number}" for name, number in card["libraries"].items())
    yield f"Điểm ({card['how']}):"
    yield from scores_vi(card["cross_validated"])
    yield from reliability_vi(card["calibration"])


def scores_vi(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the scores as lines."""
    for name, key in (("gắn cờ", "flag"), ("cảnh báo (gắn cờ hoặc theo dõi)", "alert")):
        score = figures[key]
        yield f"  {name}: đúng {score['precision']:.3f}, đủ {score['recall']:.3f}, F1 {score['f1']:.3f}"
    yield from (f"  {name}: {figures[key]:.3f}" for name, key in NAMES_VI)


def reliability_vi(found: dict[str, Any]) -> Iterator[str]:
    """Yield the table of confidence against truth as lines."""
    yield f"Độ chắc: sai số hiệu chỉnh (ECE) {found['ece']:.3f} trên {found['claims']} câu"
    for kind, name in KINDS_VI.items():
        part = found[kind]
        yield f"  {name}: ECE {part['ece']:.3f}, {part['claims']} câu"
        for row in part["table"]:
            yield f"    nói {row['sure']:.0%} – đúng {row['right']:.0%} ({row['count']} câu)"
