"""Figures of the reference base at the desk: named in Vietnamese, written as people write numbers and days."""

from __future__ import annotations

import pytest

from classifiers.referencebase import load_references
from dashboards.quantities import _words, figure, what
from tests.desk import make_desk, sign_in


def test_every_figure_of_the_references_has_a_vietnamese_name() -> None:
    base = load_references()
    codes = {value.what for id in base.ids() for value in base.get(id).values}
    assert codes <= set(_words()), "name it in dashboards/quantities.yaml"


@pytest.mark.parametrize(
    ("value", "unit", "vi", "en"),
    [(67203.0, "km2", "67.203", "67,203"), (53.23, "percent", "53,23", "53.23"), (1988, "year", "1988", "1988"), (1116, "number", "1116", "1116"),
     (2337.459, "km", "2.337,459", "2,337.459"), ("2000-12-25", "date", "25/12/2000", "25/12/2000"), ("2014-05", "date", "05/2014", "05/2014")],
)  # fmt: skip
def test_a_figure_is_written_as_people_write_it(value: float | str, unit: str, vi: str, en: str) -> None:
    assert figure("vi", value, unit) == vi and figure("en", value, unit) == en


def test_an_offices_own_quantity_is_shown_without_its_underscores() -> None:
    assert what("vi", "own_count", "LA") == "own count (LA)" and what("en", "exclusive_economic_zone") == "exclusive economic zone"


def test_the_page_of_a_reference_names_its_figures(tmp_path) -> None:  # type: ignore[no-untyped-def]
    client = sign_in(make_desk(tmp_path / "data"))
    text = client.get("/references/GT-02").text
    assert "phần được chia (Việt Nam)" in text and '<td class="num" data-label="Giá trị">67.203</td>' in text and "share" not in text
    client.cookies.set("cotmoc_lang", "en")
    text = client.get("/references/GT-02").text
    assert "share (Viet Nam)" in text and ">67,203</td>" in text
