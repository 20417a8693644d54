"""Numbers, units and dates written in words, with marks, without them, and with some of them lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.dates import partials
from classifiers.numbers import quantities, vi_value
from classifiers.spelled import remarked
from pipelines.text import fold, normalize


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("bien gioi dai mot nghin bon tram bon muoi chin cay so", 1449, "km"),
        ("duoc nam muoi ba phay hai ba phan tram", 53.23, "pct"),
        ("cam hai nghin moc", 2000, "markers"),
        ("ca nuoc con 28 tinh thanh", 28, "provinces"),
        ("cả nước còn 28 đơn vị cấp tinh", 28, "provinces"),
        ("MOT NGHIN CHIN TRAM BAY MUOI MOC", 1970, "markers"),
        ("Lao Cai giap Van Nam hai tram tam muoi hai cay so", 282, "km"),
        ("một nghìn bốn trăm bốn chín cây số", 1449, "km"),
        ("hai nghìn không trăm linh chín mốc", 2009, "markers"),
    ],
)
def test_a_number_in_words_is_read_with_its_unit(text: str, value: float, unit: str) -> None:
    assert [(q.value, q.unit) for q in quantities(text, bare=fold(text) == text.lower())] == [(value, unit)]


@pytest.mark.parametrize("text", ["đoàn có 3 nam, 2 nữ", "hai ba người đứng đó", "tam giác sau bay", "sông dài, ba mươi"])
def test_other_words_are_no_numbers_with_units(text: str) -> None:
    assert not [q for q in quantities(text) if q.unit]


def test_years_are_read_without_marks_only_where_nothing_bears_marks() -> None:
    assert [q.unit for q in quantities("cho thue 99 nam", bare=True)] == ["years"]
    assert [q.unit for q in quantities("thuê 99 nam công nhân", bare=False)] == [""]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ký ngày ba mươi tháng mười hai năm một nghìn chín trăm chín mươi chín", (1999, 12, 30)),
        ("ky ngay ba muoi thang muoi hai nam 1999", (1999, 12, 30)),
        ("ký tháng chạp năm 1999", (1999, 12, None)),
        ("mùng 5 tháng giêng năm 1979", (1979, 1, 5)),
        ("công hàm năm một chín năm tám", (1958, None, None)),
        ("nam mot nghin chin tram nam muoi tam", (1958, None, None)),
        ("năm hai nghìn lẻ chín", (2009, None, None)),
        ("the letter of nineteen fifty-eight", (1958, None, None)),
    ],
)
def test_a_date_in_words_is_read(text: str, day: tuple[int, int | None, int | None]) -> None:
    assert [(p.year, p.month, p.day) for p in partials(text)] == [day]


@pytest.mark.parametrize("text", ["mỗi năm hai nghìn khách", "từ năm nay, tháng ba", "hai nghìn năm trăm mốc", "nineteen forty winks"])
def test_other_counts_are_no_dates(text: str) -> None:
    assert [p for p in partials(text) if p.year not in (1940,)] == []


def test_two_digits_side_by_side_are_an_estimate_not_a_number() -> None:
    assert vi_value(["hai", "ba"]) is None


@given(st.text(alphabet="mothaibnsuygcrlekvươăâêôđ0123456789 ,.", max_size=80))
def test_marks_come_back_in_place(text: str) -> None:
    text = normalize(text)
    made = remarked(text, bare=True)
    assert len(made) == len(text) and fold(made) == fold(text)
