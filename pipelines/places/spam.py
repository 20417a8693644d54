"""Pages stuffed with place names (shop doorways, link farms): recognised, counted, and about nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.places.find import Hit, Page

_MANY = 25  # names in one text; our longest honest short lists (all 34 provinces) reach it only without other words
_COVER = 0.4  # share of the text that is names
_SAME = 0.5  # share of the gaps between names that are the same words ("taxi giá rẻ …")


def is_spam(sheet: Page, hits: Sequence[Hit]) -> bool:
    """Tell whether `sheet` is stuffed with names: little else, or the same words between them again and again."""
    if len(hits) < 15:
        return False
    covered = sum(hit.end - hit.start for hit in hits)
    if (
        len(hits) >= _MANY
        and covered >= _COVER * len(sheet.text.strip())
        and len({hit.entry.key for hit in hits}) >= 10
    ):
        return True
    if len(hits) >= 3 * _MANY and covered >= _COVER * len(sheet.text.strip()):
        return True
    near = [
        sheet.folded[before.end : after.start]
        for before, after in zip(hits, hits[1:], strict=False)
        if after.start - before.end < 60
    ]
    if len(near) < 8 or len(near) < _SAME * (len(hits) - 1):
        return False
    gaps = Counter(gap.strip(" ,.;|-–\n") for gap in near)
    phrase, times = max(
        ((gap, count) for gap, count in gaps.items() if len(gap) >= 6),
        key=lambda pair: pair[1],
        default=("", 0),
    )
    return bool(phrase) and times >= 8 and times >= _SAME * (len(hits) - 1)
