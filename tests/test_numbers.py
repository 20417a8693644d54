"""Numbers and dates as people write them, and what a difference from the reference means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.dates import partials
from classifiers.measures import judge, written_number
from classifiers.numbers import quantities, readings
from classifiers.reference_records import Validity
from pipelines.records import Verdict

KNOWN = [(1449.566, Validity.CURRENT), (1350.0, Validity.LEGACY)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.449,566 km", 1449.566, "km"),
        ("1,449.566 kilometres", 1449.566, "km"),
        ("hơn một nghìn bốn trăm cây số", 1400, "km"),
        ("53,23 phần trăm", 53.23, "pct"),
        ("một trăm phần trăm", 100, "pct"),
        ("33.500 km²", 33500, "km2"),
        ("hai trăm hải lý", 200, "nm"),
        ("two thousand markers", 2000, "markers"),
        ("两千五百座界碑", 2500, "markers"),
        ("全长只有897公里", 897, "km"),
        ("ຍາວປະມານ ໒໑໓ ກິໂລແມັດ", 213, "km"),
        ("30,5 hải lý", 30.5, "nm"),
        ("năm mươi ba phẩy hai ba phần trăm", 53.23, "pct"),
        ("năm ba phẩy hai ba phần trăm", 53.23, "pct"),
        ("bốn mươi sáu phẩy bảy mươi bảy phần trăm", 46.77, "pct"),
        ("một nghìn bốn trăm bốn mươi chín phẩy năm sáu sáu ki-lô-mét", 1449.566, "km"),
        ("53 phẩy 23 %", 53.23, "pct"),
        ("fifty-three point two three percent", 53.23, "pct"),
    ],
)
def test_numbers_in_four_languages(text: str, value: float, unit: str) -> None:
    found = [q for q in quantities(text) if q.unit == unit]
    assert found and value in found[0].values


def test_a_lone_separator_is_read_both_ways() -> None:
    assert readings("128,086") == (128086.0, 128.086)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("dài 1.449,566 km", Verdict.CONSISTENT),
        ("dài khoảng 1.450 km", Verdict.ROUNDING),
        ("dài hơn 1.400 km", Verdict.ROUNDING),
        ("dài 1.350 km", Verdict.LEGACY_VALUE),
        ("dài 2.100 km", Verdict.CONTRADICTED),
        ("dài 897 km", Verdict.CONTRADICTED),
    ],
)
def test_tolerance_of_the_codebook(text: str, verdict: Verdict) -> None:
    assert judge(quantities(text)[0], KNOWN, {})[0] is verdict


@given(st.floats(min_value=1, max_value=9e6, allow_nan=False).map(lambda v: round(v, 3)))
def test_what_we_write_we_read_back(value: float) -> None:
    assert value in readings(written_number(value))


@given(st.text(max_size=300))
def test_no_text_breaks_the_readers(text: str) -> None:
    for quantity in quantities(text):
        assert 0 <= quantity.start < quantity.end <= len(text) + 1
    partials(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ký ngày 16/3/2016", (2016, 3, 16)),
        ("ngày 16 tháng 3 năm 2016", (2016, 3, 16)),
        ("on 4 September 1958", (1958, 9, 4)),
        ("1958年9月4日", (1958, 9, 4)),
        ("一九五八年九月四日", (1958, 9, 4)),
        ("tháng 10/2011", (2011, 10, None)),
        ("ປີ 2016", (2016, None, None)),
    ],
)
def test_dates(text: str, expected: tuple[int, int | None, int | None]) -> None:
    found = partials(text)[0]
    assert (found.year, found.month, found.day) == expected
