"""The mark `national`: the text touches a topic of national sovereignty, not only its weather or a street."""

from __future__ import annotations


def is_national(folded: str, text: str) -> bool:
    """Tell whether the text touches a national sovereignty topic."""
    return "chu quyen" in folded
