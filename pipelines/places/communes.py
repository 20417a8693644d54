"""Commune profiles: an office of one commune follows its own names, old and new, within its province."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pipelines import gazetteer
from pipelines.places.find import Hit
from pipelines.places.lexicon import Sense
from pipelines.settings import profile_names
from pipelines.text import fold


@cache
def followed() -> dict[str, str]:
    """Return today's commune codes with the name of their profile (`ninh-binh/lien-minh`)."""
    wanted = {name for name in profile_names() if "/" in name}
    codes = {}
    for code, (_level, name, province) in gazetteer.commune_names().items():
        profile = f"{province}/{fold(name).replace(' ', '-')}"
        if profile in wanted:
            codes[code] = profile
    return codes


def commune_of(sense: Sense) -> str:
    """Return the commune profile that a sense belongs to today, or an empty string; districts have no single one."""
    if sense.kind != "unit" or sense.rank != 1:
        return ""
    return next((followed()[code] for code in sense.now.split(";") if code in followed()), "")


def sort_communes(hits: Sequence[Hit], about: Sequence[str], lead_end: int) -> tuple[list[str], list[str]]:
    """Return the commune profiles that the text is about (its province must be) and those it mentions."""
    weights: dict[str, float] = {}
    for hit in hits:
        profile = commune_of(hit.sense) if hit.sense is not None else ""
        if profile:
            passing = {"home", "list", "list3", "signature", "delegate", "club", "among"} & set(hit.notes)
            weights[profile] = weights.get(profile, 0.0) + (
                0.2 if passing else 2.0 if hit.start < lead_end else 1.0
            )
    found = [name for name, weight in weights.items() if weight >= 2.0 and name.split("/")[0] in about]
    return sorted(found), sorted(set(weights) - set(found))
