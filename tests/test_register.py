"""The register of instruments that exist: complete rows, dates that agree with the reference base, names in the languages they are spoken of in."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

import classifiers
from classifiers.instruments import load_register
from classifiers.lexicon import read_yaml
from classifiers.referencebase import load_references

PATH = Path(classifiers.__file__).with_name("register_instruments.yaml")
REGISTER: dict[str, Any] = read_yaml(PATH)
ROWS: list[dict[str, Any]] = REGISTER["instruments"]
KINDS = {"treaty", "convention", "agreement", "protocol", "minutes", "memorandum", "exchange", "letter", "declaration", "rules", "submission"}
ABOUT = {"border", "sea", "islands", "gate", "fishery", "relations", "other"}


def test_every_row_says_what_it_is_who_made_it_when_and_where() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS) >= 100
    for row in ROWS:
        assert row["kind"] in KINDS and row["about"] in ABOUT and row["basis"] in {"base", "page", "knowledge"} and row["parties"], row
        assert set(row["at"]) <= set(REGISTER["places"]), row
        days = [day for event in row["dates"].values() for day in event]
        assert days and all(re.fullmatch(r"\d{4}(-\d\d-\d\d)?", day) for day in days), row
        assert (row["basis"] == "base") == ("ref" in row), row
    text = PATH.read_text(encoding="utf-8")
    assert unicodedata.normalize("NFC", text) == text


def test_names_stand_in_the_languages_of_the_parties() -> None:
    for row in [*ROWS, *REGISTER["alleged"]]:
        assert row["names"]["vi"] and row["names"]["en"], row
        assert "zh" in row["names"] or "CN" not in row["parties"], row
    named = [row for row in ROWS if row.get("ref", "").startswith("VL-") and "LA" in row["parties"]]
    assert named and all("lo" in row["names"] for row in named)


def test_what_cites_the_base_agrees_with_it() -> None:
    base = load_references()
    for row in [*ROWS, *REGISTER["alleged"]]:
        assert "ref" not in row or row["ref"] in base, row
    # The rows of the dates that are compared (register.yaml) are all found here, with every one of their days.
    days = {ref: {day for row in ROWS if row.get("ref") == ref for event in row["dates"].values() for day in event} for ref in base.ids()}
    for one in load_register():
        if days[one.ref]:
            assert {str(day) for event in one.dates.values() for day in event} <= days[one.ref], one.ref


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("Hiệp ước hoạch định biên giới", "1977"), ("Hiệp ước bổ sung 1986", "1986"), ("Thỏa thuận nguyên tắc 2011", "2011"), ("Nghị định thư phân giới cắm mốc", "2009"),
        ("Hiệp định tạm thời", "1991"), ("Hiệp ước về nguyên tắc giải quyết vấn đề biên giới", "1983"), ("Hiệp định vùng nước lịch sử", "1982"),
    ],
)  # fmt: skip
def test_instruments_that_exist_are_found(name: str, year: str) -> None:
    assert any(year in day for row in ROWS for day in sum(row["dates"].values(), []) if any(name in known for known in row["names"]["vi"]))


@pytest.mark.parametrize(("place", "year"), [("Quảng Châu", "1996"), ("Nam Ninh", "2002"), ("Viêng Chăn", "1998")])
def test_instruments_that_were_invented_are_not(place: str, year: str) -> None:
    keys = {key for key, names in REGISTER["places"].items() if place in names}
    assert not [row["id"] for row in ROWS if keys & set(row["at"]) and any(day.startswith(year) for event in row["dates"].values() for day in event)]
