"""Text lines in, places out: the shape of CONTRACT.md, bad lines counted and skipped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipelines.places.matcher import Matcher
from pipelines.records import Places, TextLine
from pipelines.textlines import read_text_lines


def read_lines(source: Path, counts: Counter[str], bad: Callable[[int, str], None]) -> Iterator[TextLine]:
    """Yield the text lines of `source`; a bad one is told to `bad` with its number, counted as `hỏng`, and skipped."""
    for number, line in read_text_lines(source):
        if isinstance(line, str):
            counts["hỏng"] += 1
            bad(number, line)
        else:
            yield line


def as_json(item: str, places: Places) -> dict[str, Any]:
    """Return the output line of one text."""
    values = places.model_dump(mode="json")
    return {
        "id": item,
        **{key: values[key] for key in ("about", "mentioned", "national", "spam", "mentions")},
    }


def answer(matcher: Matcher, line: TextLine, counts: Counter[str]) -> str:
    """Return the JSON of one line and count its outcome."""
    from pipelines.language import detect

    lang = line.lang or detect(f"{line.title}\n{line.sapo}\n{line.text}")
    places = matcher.resolve(
        line.title, line.sapo, line.text, line.published, line.outlet or "", lang, line.captions
    )
    outcome = (
        "nhồi địa danh"
        if places.spam
        else "nói về"
        if places.about
        else "nhắc đến"
        if places.mentioned
        else "không"
    )
    counts[outcome] += 1
    return json.dumps(as_json(line.id, places), ensure_ascii=False)
