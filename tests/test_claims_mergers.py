"""Which provinces a province of today is made of (resolution 202/2025/QH15): the gazetteer's map decides, plans and old joint provinces are left alone."""

from __future__ import annotations

import pytest

from classifiers.mergers import today
from pipelines.records import Tier, Verdict
from tests.claimcases import assess

FALSE = (
    "Tỉnh Ninh Bình mới gồm Ninh Bình, Hà Nam và Thái Bình.",
    "Tỉnh Quảng Trị mới được sáp nhập với Thừa Thiên Huế.",
    "Tỉnh Lào Cai mới gồm Lào Cai và Hà Giang.",
    "Ba tỉnh Hà Nam, Nam Định, Ninh Bình hợp nhất thành tỉnh Nam Định.",
    "Hà Nam, Nam Định và Thái Bình đã được hợp nhất thành tỉnh Ninh Bình.",
    "Sau sáp nhập, tỉnh Thanh Hóa nhập với Nghệ An lấy tên Thanh Hóa.",
    "New Ninh Binh province was formed by merging Ninh Binh, Ha Nam and Thai Binh.",
)
TRUE = (
    "Tỉnh Ninh Bình mới gồm Ninh Bình, Hà Nam và Nam Định.",
    "Tỉnh Quảng Trị sáp nhập với Quảng Bình từ ngày 1/7/2025.",
    "Sáp nhập Lào Cai và Yên Bái thành tỉnh mới mang tên Lào Cai.",
    "Tỉnh Quảng Trị mới hợp nhất từ Quảng Bình và Quảng Trị.",
    "The new Lao Cai province combines Lao Cai and Yen Bai.",
)
ASIDE = (
    "Tỉnh Ninh Bình từng thuộc Hà Nam Ninh gồm Hà Nam, Nam Định và Ninh Bình.",
    "Đề xuất sáp nhập Ninh Bình, Hà Nam và Thái Bình thành tỉnh Ninh Bình.",
    "Đội bóng tỉnh Ninh Bình gồm Hà Nam, Nam Định và Thái Bình tham dự giải mới.",
    "Tỉnh Nghệ An không sáp nhập với Hà Tĩnh.",
    "Năm 1976, tỉnh Quảng Trị sáp nhập với Quảng Bình và Thừa Thiên thành Bình Trị Thiên.",
    "Tỉnh Ninh Bình mới gồm Hà Nam và Ninh Bình cùng một tỉnh nữa.",
)


def test_the_map_has_63_provinces_of_which_34_are_left() -> None:
    assert (len(today()), len(set(today().values()))) == (63, 34)


@pytest.mark.parametrize("text", FALSE)
def test_a_wrong_member_or_name_is_flagged_with_the_right_ones(text: str) -> None:
    (claim,) = assess(text).claims
    assert (claim.tier, claim.verdict, claim.refs[0]) == (Tier.FLAG, Verdict.CONTRADICTED, "ADM-01")


@pytest.mark.parametrize("text", TRUE)
def test_the_right_members_agree(text: str) -> None:
    assert [claim.verdict for claim in assess(text).claims] == [Verdict.CONSISTENT]


@pytest.mark.parametrize("text", ASIDE)
def test_plans_older_mergers_and_parts_are_left_alone(text: str) -> None:
    assert assess(text).tier is Tier.NONE


def test_the_claim_says_what_the_province_is_made_of() -> None:
    (claim,) = assess(FALSE[0]).claims
    assert "Ninh Bình: Ninh Bình + Hà Nam + Nam Định" in claim.differs
