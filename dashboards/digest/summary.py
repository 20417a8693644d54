"""A summary of two to three lines made of the text's own sentences."""

from __future__ import annotations

import re

from dashboards.shown import visible

LIMIT = 340
# A sentence ends at . ! ? … before a blank and a capital, digit or quote; Chinese and Lao marks end it at once.
_END = re.compile(r"(?<=[.!?…])[”\"’)]?\s+(?=[A-ZÀ-ỸĐ0-9“\"‘(\[])|(?<=[。！？])|\n+")
# Datelines: “NINH BÌNH - ”, “(TTXVN) – ”, “TPO - ”.
_DATELINE = re.compile(r"^\s*(?:\(?[A-ZÀ-ỸĐ][A-ZÀ-ỸĐ0-9 .,/]{1,40}\)?)\s*[-–—:]\s+")
_SHORT = re.compile(r"\b(?:TP|Tp|ThS|TS|PGS|GS|NQ|QĐ|St|Mr|Mrs|Dr|No|U\.S)\.$")


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, without datelines, blanks made single."""
    found: list[str] = []
    for part in _END.split(visible(text)):
        part = " ".join(_DATELINE.sub("", part).split())
        if not part:
            continue
        if found and _SHORT.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found


def summary(title: str, sapo: str, body: str, lang: str = "vi") -> str:
    """Return up to `LIMIT` characters of whole sentences: the sapô, else the first sentences of the body.

    A sentence that only repeats the title is passed over; one that is longer than the limit is cut with an ellipsis.
    """
    plain = " ".join(title.split()).casefold().rstrip(".!?")
    picked: list[str] = []
    length = 0
    for sentence in sentences(sapo) + sentences(body)[:8]:
        bare = sentence.casefold().rstrip(".!?")
        if bare == plain or sentence in picked or (len(sentence) < 25 and lang not in ("zh", "lo")):
            continue
        if picked and length + len(sentence) > LIMIT:
            break
        picked.append(sentence if len(sentence) <= LIMIT else sentence[: LIMIT - 1].rsplit(" ", 1)[0] + "…")
        length += len(sentence) + 1
        if len(picked) == 3:
            break
    return ("" if lang == "zh" else " ").join(picked)


def shortened(text: str, limit: int, lang: str = "vi") -> str:
    """Return the whole sentences of `text` that fit into `limit` characters, else its beginning with an ellipsis.

    A Chinese letter takes the room of two.
    """
    limit = limit // 2 if lang == "zh" else limit
    kept = ""
    for sentence in sentences(text):
        longer = f"{kept}{'' if lang == 'zh' or not kept else ' '}{sentence}"
        if len(longer) > limit:
            break
        kept = longer
    flat = " ".join(visible(text).split())
    return kept or (flat if len(flat) <= limit else flat[: limit - 1].rsplit(" ", 1)[0].rstrip(",;: ") + "…")
