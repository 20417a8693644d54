"""Words beside syllables: with `index_words`, texts that concern us carry a tag for each compound word, found by `word:`.

Syllables stay what questions and phrases are made of: underthesea cuts a word in a question otherwise than in a text
(tests/bench/words.py). A tag needs no cutting of the question, so both engines answer alike and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.records import Tier
from pipelines.search.port import Change, Index
from pipelines.words import compounds_of_many

# A text of a book's length has many words; the first ones name its subject.
MOST_CHARS = 20_000
MOST_WORDS = 400
# Of a text that was cut and has no compound word: its tag `word:` tells it from one that was not cut.
NO_WORDS = ("",)


class WordedIndex:
    """An engine whose documents are cut into words before they are written; all else is the engine's own."""

    def __init__(self, engine: Index) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def bulk(self, changes: Sequence[Change]) -> Any:
        """Like the engine's, with words."""
        return self._engine.bulk(with_words(changes))

    def fill(self, changes: Sequence[Change]) -> Any:
        """Like the engine's, with words."""
        return self._engine.fill(with_words(changes))

    def faults(self) -> list[str]:
        """Like the engine's, and how many texts were written without words."""
        return self._engine.faults(words=True)


def with_words(changes: Sequence[Change]) -> list[Change]:
    """Return `changes` with the compound words of the Vietnamese texts that passed the gates of place or topic."""
    spots = [at for at, change in enumerate(changes) if change.document is not None and _concerns(change.document)]
    found = dict(zip(spots, compounds_of_many([_text(changes[at].document or {}) for at in spots]), strict=True))
    return [replace(change, words=found[at][:MOST_WORDS] or NO_WORDS) if at in found else change for at, change in enumerate(changes)]


def _concerns(document: Mapping[str, Any]) -> bool:
    """Tell whether a text is about a followed place, touches a national topic, or holds a claim; and is Vietnamese."""
    ours = document.get("about") or document.get("national") or document.get("tier") != Tier.NONE.value
    return bool(ours) and document.get("lang") == "vi"


def is_to_be_cut(tags: Sequence[str]) -> bool:
    """Tell by its tags (document.tags_of) whether a text is one that _concerns."""
    ours = "national:yes" in tags or f"tier:{Tier.NONE.value}" not in tags or any(tag.startswith("about:") for tag in tags)
    return ours and "lang:vi" in tags


def is_cut(tags: Sequence[str]) -> bool:
    """Tell whether a text was cut when it was written."""
    return any(tag.startswith("word:") for tag in tags)


def _text(document: Mapping[str, Any]) -> str:
    return "\n".join(_parts(document))[:MOST_CHARS]


def _parts(document: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(document.get(name, "")) for name in ("title", "sapo", "body"))
    yield from map(str, document.get("captions", ()))
