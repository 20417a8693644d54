"""Odd Unicode: tone marks of the old kind, marks in any order, other line ends, letters of mathematics; the way back stays exact."""

from __future__ import annotations

import unicodedata

import pytest

from pipelines.places import Matcher
from pipelines.text import aligned

SENTENCE = "Công an tỉnh {} bắt giữ nhóm buôn lậu."


def _styled(text: str, first: int) -> str:
    """Return `text` in letters of mathematics that begin at code `first` with A."""
    letters = {chr(65 + i): chr(first + i) for i in range(26)} | {chr(97 + i): chr(first + 26 + i) for i in range(26)}
    return "".join(letters.get(char, char) for char in unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    "name",
    ["Thanh Ho\u0341a", "Thanh\u2028Hóa", "Thanh\x0bHóa", "Thanh\x85Hóa", _styled("Thanh Hóa", 0x1D5D4), _styled("Thanh Hóa", 0x1D400), "Thanh Ho\u0301\u0301a"],
    ids=ascii,
)
def test_the_name_is_found_and_shown_as_written(name: str) -> None:
    found = Matcher.load().resolve("", "", SENTENCE.format(name), "2026-10-01")
    assert found.about == ("thanh-hoa",)
    (mention,) = found.mentions
    assert mention.as_written == name and f"\n\n{SENTENCE.format(name)}"[mention.start : mention.end] == name


@pytest.mark.parametrize("written", ["mo\u0302\u0301c", "mo\u0301\u0302c", "mo\u0301\u0302\u0302c", "m\u00f3\u0302c"], ids=ascii)
def test_the_order_of_marks_does_not_matter(written: str) -> None:
    assert aligned(written).text == "mốc"
