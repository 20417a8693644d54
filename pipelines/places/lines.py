"""Text lines in, places out: the shape of CONTRACT.md, bad lines counted and skipped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from pipelines.places.matcher import Matcher
from pipelines.records import Places, TextLine

MAX_LINE = 5_000_000  # characters; a longer line is no text but an accident


def read_lines(
    lines: Iterable[bytes], counts: Counter[str], bad: Callable[[int, str], None]
) -> Iterator[TextLine]:
    """Yield the text lines; a bad one is told to `bad` with its number, counted as `hỏng`, and skipped."""
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            if len(raw) > MAX_LINE:
                raise ValueError("dòng quá dài")
            yield TextLine.model_validate(json.loads(raw))
        except ValidationError as error:
            first = error.errors()[0]
            counts["hỏng"] += 1
            bad(number, f"trường {'.'.join(map(str, first['loc'])) or '?'}: {first['msg']}")
        except (ValueError, RecursionError) as error:
            counts["hỏng"] += 1
            bad(number, f"không phải JSON UTF-8 ({error})")


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
