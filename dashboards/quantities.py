"""How the figures of the reference base are shown: what each counts, whose it is, and the number as people write it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from dashboards import shown
from dashboards.i18n import DEFAULT, catalogue

PARTIES: Mapping[str, str] = {"VN": "Việt Nam", "CN": "Trung Quốc", "RVN": "Việt Nam Cộng hòa"}
# Years and the numbers of markers and boats are names: no thousands in them.
NAMES = ("year", "number")


@cache
def _words() -> Mapping[str, str]:
    loaded: dict[str, str] = yaml.safe_load(Path(__file__).with_name("quantities.yaml").read_text(encoding="utf-8"))
    return loaded


def what(language: str, code: str, party: str | None = None) -> str:
    """Return what a figure counts, with its party: `share`, `VN` as “phần được chia (Việt Nam)”; an office's own code without its underscores."""
    named = _words().get(code) if language == DEFAULT else None
    whose = catalogue(language).text(PARTIES.get(party, party)) if party else ""
    return (named or code.replace("_", " ")) + (f" ({whose})" if whose else "")


def figure(language: str, value: float | str, unit: str) -> str:
    """Return a figure as written in the language: 67203.0 as “67.203”, `2000-12-25` as a day; years and numbers of markers plain."""
    if isinstance(value, str):
        return shown.day_vi(value)
    plain = f"{value:.12g}" if unit in NAMES else f"{value:,.12g}"
    return plain.translate({ord(","): ".", ord("."): ","}) if language == DEFAULT else plain
