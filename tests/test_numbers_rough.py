"""Numbers said roughly: what "mấy", 多, "rưỡi" and "and a half" leave open, and counts that no entry can contradict (posts and press, 2026-11-22)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.numbers import quantities
from pipelines.records import Tier
from tests.claimcases import assess


@pytest.mark.parametrize(
    ("text", "least", "most", "unit"),
    [
        ("dài hai nghìn mấy trăm cây số", 2100, 2900, "km"),
        ("dài một nghìn bốn trăm mấy chục cây số", 1410, 1490, "km"),
        ("có trăm tám mấy cây số", 181, 189, "km"),
        ("dai hai tram bon muoi may cay so", 241, 249, "km"),
        ("越老边界长两千多公里", 2100, 2900, "km"),
        ("长1400多公里", 1410, 1490, "km"),
        ("dài ngàn rưỡi cây số", 1500, 1500, "km"),
        ("dài 2 nghìn rưỡi cây số", 2500, 2500, "km"),
        ("dai hai ngan ruoi cay so", 2500, 2500, "km"),
        ("hai trăm linh ba rưỡi cây số", 203.5, 203.5, "km"),
        ("nearly two and a half thousand kilometres", 2500, 2500, "km"),
        ("a thousand kilometres", 1000, 1000, "km"),
        ("trăm tám cây số", 180, 180, "km"),
        ("một trăm lẻ tám cây số", 108, 108, "km"),
        ("nghìn tư cây số", 1400, 1400, "km"),
        ("ba chục mốc", 30, 30, "markers"),
        ("ngot hai nghin ba tram bon chuc cay so", 2340, 2340, "km"),
    ],
)
def test_what_a_rough_number_may_be(text: str, least: float, most: float, unit: str) -> None:
    (found,) = quantities(text, bare=text.isascii())
    assert (min(found.values), max(found.values), found.unit) == (least, most, unit)


@pytest.mark.parametrize("text", ["dài hàng trăm cây số", "mấy nghìn cây số", "vài chục mốc", "cả ngàn cây số", "dai hang tram cay so", "长几百公里"])
def test_no_number_is_read_from_a_vague_count(text: str) -> None:
    assert not [found for found in quantities(text, bare=text.isascii()) if found.unit]


@pytest.mark.parametrize(
    "text",
    [
        "Biên giới Việt Nam - Lào kéo dài mấy nghìn cây số.",
        "Biên giới trên đất liền giữa Việt Nam và Trung Quốc dài hàng trăm cây số.",
        "Biên giới Việt Nam - Lào dài hai nghìn mấy trăm cây số.",
        "Biên giới Việt Nam - Trung Quốc trên đất liền dài một nghìn bốn trăm mấy chục cây số.",
        "Biên giới Việt Nam - Trung Quốc dài ngàn rưỡi cây số.",
        "Tỉnh Lào Cai có trăm tám mấy cây số biên giới với Vân Nam.",
        "越老边界长两千多公里。",
        "Vietnam's land border with China is about one and a half thousand kilometres long.",
        # no number at all: an entry of figures cannot contradict it
        "Trăm năm trước, biên giới Việt - Trung đã được phân định.",
        "Biên giới Việt - Trung đã được phân định từ hơn một thế kỷ trước.",
    ],
)
def test_what_is_true_in_round_words_is_not_flagged(text: str) -> None:
    assert assess(text).tier is not Tier.FLAG


@pytest.mark.parametrize(
    "text",
    [
        "Biên giới Việt Nam - Trung Quốc trên đất liền dài hai nghìn mấy trăm cây số.",
        "Biên giới Việt - Trung dài 2 nghìn rưỡi cây số.",
        "越中陆地边界长两千多公里。",
        "Vietnam's land border with China is two and a half thousand kilometres long.",
    ],
)
def test_what_is_false_in_round_words_is(text: str) -> None:
    assert assess(text).tier is Tier.FLAG


@given(st.integers(1, 9), st.sampled_from(["trăm", "nghìn", "ngàn"]))
def test_a_number_that_goes_on_lies_between_it_and_the_next(digit: int, scale: str) -> None:
    word = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"][digit - 1]
    value = digit * (100 if scale == "trăm" else 1000)
    (found,) = quantities(f"dài {word} {scale} mấy cây số")
    assert all(value < reading < value * (digit + 1) / digit for reading in found.values)
