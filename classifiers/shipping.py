"""Whether a newly trained model may take the place of the one in use: floors, and no worse than before."""

from __future__ import annotations

from typing import Any

# Cross-validated floors on our own sentences, half of them rare forms (docs/train.md); tests/floors.json holds the same.
FLOORS = {"flag precision": 0.88, "flag recall": 0.50, "alert f1": 0.64, "role_macro_f1": 0.53}
CEILING_ECE = 0.05
# A score may fall by so much between two trainings before the change is called a loss.
SLACK = 0.01


def figure(card: dict[str, Any], name: str) -> float:
    """Return one cross-validated score of a card by its name in FLOORS."""
    part, _, field = name.partition(" ")
    value = card["cross_validated"][part]
    return float(value[field] if field else value)


def objections(card: dict[str, Any], before: dict[str, Any] | None = None) -> list[str]:
    """Return one line for each floor that the model misses and each score that fell from `before`; none when it may ship."""
    lines = []
    for name, floor in FLOORS.items():
        now = figure(card, name)
        if now < floor:
            lines.append(f"{name} {now:.3f} dưới sàn {floor:.2f}")
        elif before is not None and now < figure(before, name) - SLACK:
            lines.append(f"{name} giảm từ {figure(before, name):.3f} xuống {now:.3f}")
    ece = card["calibration"]["ece"]
    if ece > CEILING_ECE:
        lines.append(f"sai số độ chắc {ece:.3f} trên trần {CEILING_ECE:.2f}")
    return lines


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, float, float]]:
    """Return (name, before, after) of the scores that a training is judged by."""
    rows = [(name, figure(before, name), figure(after, name)) for name in FLOORS]
    rows += [(name, figure(before, name), figure(after, name)) for name in ("verdict_accuracy", "claims_found")]
    return [*rows, ("ece", before["calibration"]["ece"], after["calibration"]["ece"])]
