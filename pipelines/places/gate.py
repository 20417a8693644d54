"""The cheap gate over raw text or HTML: does it touch us at all? Nothing is tokenized or parsed before it."""

from __future__ import annotations

from functools import cache

from pipelines.text import fold


@cache
def _automaton():  # type: ignore[no-untyped-def]
    from ahocorasick_rs import AhoCorasick, Implementation

    from pipelines.places.lexicon import lexicon

    keys = [entry.key for entry in lexicon().entries if entry.strong]
    return AhoCorasick(keys, implementation=Implementation.DFA)


def touches(text: str) -> bool:
    """Tell whether a name of a followed province or a national topic may stand in `text`."""
    return bool(_automaton().find_matches_as_indexes(fold(text)))
