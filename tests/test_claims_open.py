"""What is open, mourned or not comparable is never raised as wrong; what only happened last night is unverified.

Every sentence here is ours; the false ones are false on purpose.
"""

from __future__ import annotations

import pytest

from classifiers.combine import NOT_COMPARED
from classifiers.contested import load_open
from classifiers.referencebase import load_references
from pipelines.records import Role, Tier, Verdict
from tests.claimcases import assess

DAY = "2026-05-10"

OPEN = (
    ("LTR-01", "Công thư 1958 của Phạm Văn Đồng vẫn ràng buộc Việt Nam cho đến ngày nay."),
    ("LTR-01", "The 1958 letter is legally binding on Vietnam."),
    ("LTR-01", "1958年范文同公函对越南具有法律约束力。"),
    ("BAS-01", "Đường cơ sở năm 1982 của Việt Nam trái với UNCLOS."),
    ("BAS-03", "China's 1996 baselines around the Paracels are unlawful."),
    ("GEN-01", "Hiệp định Genève 1954 giao Hoàng Sa cho chính quyền phía nam vĩ tuyến 17 quản lý."),
    ("SFT-03", "Hội nghị San Francisco bác đề nghị giao Hoàng Sa cho Trung Quốc với 46 phiếu chống."),
    ("TS-04", "Việt Nam đang đóng giữ 29 đảo ở Trường Sa."),
    ("VK-06", "Đường Brévié là ranh giới biển giữa Việt Nam và Campuchia."),
)
STILL_WRONG = (
    "Công thư 1958 có hiệu lực ràng buộc và ghi rõ Hoàng Sa, Trường Sa là của Trung Quốc.",
    "Hiệp định Genève 1954 giao Hoàng Sa cho Trung Quốc quản lý.",
    "Vĩ tuyến 17 là biên giới quốc gia giữa hai nước Việt Nam.",
)
MOURNED = (
    "Mất Ải Nam Quan, mất thác Bản Giốc, lòng ta đau như cắt.",
    "Hoàng Sa đã mất, Gạc Ma đã mất, bao giờ mẹ mới thôi chờ.",
    "Nén nhang cho các anh nằm lại Gạc Ma, đảo mất rồi mà hồn anh còn đó.",
    "Ôi Bản Giốc, ôi Nam Quan, khúc ruột quê hương bị cắt rồi, xót lắm.",
    "Mat Ai Nam Quan roi, buon qua, nho ngay xua cha dan con len tham ai.",
    "Bài thơ có câu: “Ải Nam Quan nay đã mất, Bản Giốc cũng không còn, hỡi ai?”",
)
CLAIMED_IN_TEARS = (
    "Đau lòng thay, Việt Nam đã bán Hoàng Sa cho Trung Quốc.",
    "Khóc cho Ải Nam Quan bị bán năm 1999.",
    "Xót xa khi biết phụ lục mật nhượng 700 km² đất biên giới.",
    "Năm 1988 Việt Nam mất cả Gạc Ma, Cô Lin và Len Đao, đau quá.",
)
LAST_NIGHT = (
    "ຫວຽດນາມຍ້າຍຫຼັກໝາຍຊາຍແດນເຂົ້າມາໃນແຂວງສະຫວັນນະເຂດ ຄືນວານນີ້.",
    "ເມື່ອຄືນນີ້ ທະຫານຫວຽດນາມ ຍ້າຍຫຼັກໝາຍຊາຍແດນເຂົ້າມາໃນບ້ານ 200 ແມັດ.",
    "Đêm qua Việt Nam dời cột mốc sâu vào đất Lào 200 m.",
)


@pytest.mark.parametrize(("ref", "text"), OPEN)
def test_what_is_contested_is_shown_with_both_sides_and_never_raised(ref: str, text: str) -> None:
    found = assess(text, published=DAY)
    assert found.tier is Tier.NONE
    claim = next(c for c in found.claims if ref in c.refs)
    assert claim.verdict is Verdict.CONTESTED and len(load_references().get(ref).sides) >= 2


@pytest.mark.parametrize("text", STILL_WRONG)
def test_what_a_contested_entry_states_as_fact_is_still_compared(text: str) -> None:
    assert assess(text, published=DAY).tier is Tier.FLAG


def test_open_questions_belong_to_contested_entries() -> None:
    base = load_references()
    assert all(base.get(one.ref).contested for one in load_open())


@pytest.mark.parametrize("text", MOURNED)
def test_grief_and_verse_are_never_raised(text: str) -> None:
    assert assess(text, published=DAY).tier is Tier.NONE


@pytest.mark.parametrize("text", CLAIMED_IN_TEARS)
def test_a_claim_in_tears_is_a_claim(text: str) -> None:
    assert assess(text, published=DAY).tier is Tier.FLAG


@pytest.mark.parametrize("text", LAST_NIGHT)
def test_a_marker_moved_last_night_is_unverified(text: str) -> None:
    found = assess(text, published=DAY)
    assert found.tier is Tier.WATCH and {c.verdict for c in found.claims if c.tier is not Tier.NONE} == {Verdict.UNVERIFIED}


def test_each_province_of_a_sentence_has_its_own_count_of_border_communes() -> None:
    wrong = assess("Sau ngày 1/7/2025, Lào Cai có 29 xã, phường biên giới và Quảng Trị có 5 cửa khẩu quốc tế.", published=DAY)
    assert [c.refs for c in wrong.claims if c.tier is Tier.FLAG] == [("LC-03", "QT-03")]
    right = assess("Sau ngày 1/7/2025, Lào Cai có 9 xã, phường biên giới và Quảng Trị có 15 xã biên giới.", published=DAY)
    assert {c.verdict for c in right.claims} == {Verdict.CONSISTENT}


def test_likeness_alone_makes_no_agreement() -> None:
    quiz = "Câu 1. Biên giới đất liền Việt Nam - Lào dài bao nhiêu km?\nCâu 2. Hệ thống mốc quốc giới Việt Nam - Lào có bao nhiêu mốc?\nCâu 3."
    found = assess(quiz, title="Đề thi tìm hiểu biên giới Việt Nam - Lào", published=DAY)
    assert not any(c.sentence.startswith("Câu") and len(c.sentence) < 8 for c in found.claims if c.verdict is Verdict.CONSISTENT)
    assert found.tier is Tier.NONE and NOT_COMPARED.endswith("không kết luận")
    alike = [c for text in (*MOURNED, *STILL_WRONG) for c in assess(text, published=DAY).claims if c.role is not Role.OPINION and any(g.code == "by-likeness" for g in c.grounds)]
    assert all("chưa so được mục nào" in c.why for c in alike if c.verdict is Verdict.CONSISTENT)
