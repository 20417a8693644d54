"""The codebook's tables: what is a flag, what is a watch, what never is; one standard in every direction.

Every sentence here is ours; the false ones are false on purpose.
"""

from __future__ import annotations

import pytest

from pipelines.records import Claim, Role, Tier, Verdict
from tests.claimcases import assess

FALSE = [
    ("Năm 2016 Tòa Trọng tài ở La Hay đã tuyên quần đảo Trường Sa thuộc chủ quyền của Philippines.", "PCA-03"),
    ("Phán quyết năm 2016 của Tòa Trọng tài khẳng định chủ quyền của Việt Nam đối với quần đảo Trường Sa.", "PCA-03"),
    ("Việt Nam đã thắng kiện Trung Quốc tại tòa PCA năm 2016 về Biển Đông.", "PCA-05"),
    ("Hòa ước San Francisco năm 1951 trao quần đảo Hoàng Sa cho Trung Quốc.", "SFT-01"),
    ("Hòa ước San Francisco năm 1951 trao hai quần đảo Hoàng Sa và Trường Sa cho Việt Nam.", "SFT-01"),
    ("Trong công thư ngày 14/9/1958 có ghi rõ Hoàng Sa và Trường Sa là của Trung Quốc.", "LTR-01"),
    ("Hiệp định phân định Vịnh Bắc Bộ chia cho Trung Quốc 53,23% diện tích, Việt Nam chỉ được 46,77%.", "GT-02"),
    ("Biên giới đất liền Việt Nam - Trung Quốc dài tổng cộng 2.449 km.", "VC-03"),
    ("Công ước Luật Biển 1982 thừa nhận đường chín đoạn là hợp pháp.", "UNC-06"),
    ("Đặc khu Hoàng Sa thuộc tỉnh Quảng Ngãi từ ngày 1/7/2025.", "HS-02"),
    ("Trung Quốc đã chiếm Cô Lin và Len Đao từ năm 1988 đến nay.", "TS-03"),
    ("Hiệp định hợp tác nghề cá Vịnh Bắc Bộ với Trung Quốc hiện vẫn còn hiệu lực đến năm 2029.", "GT-04"),
    ("The Cairo Declaration names the Paracel and Spratly islands among the territories returned to China.", "CAI-01"),
    ("《开罗宣言》明文规定西沙群岛和南沙群岛归还中国。", "CAI-01"),
]


@pytest.mark.parametrize(("sentence", "ref"), FALSE)
def test_what_a_cited_text_contradicts_is_flagged_whoever_it_favours(sentence: str, ref: str) -> None:
    found = assess(sentence)
    assert found.tier is Tier.FLAG, found
    decisive = next(c for c in found.claims if c.tier is Tier.FLAG)
    assert ref in decisive.refs
    assert decisive.differs and ref.split("-")[0] in decisive.why
    assert decisive.sentence == sentence[decisive.start : decisive.end]


TRUE = [
    "Tòa Trọng tài nêu rõ không phán quyết về chủ quyền đối với các đảo.",
    "Việt Nam không phải một bên trong vụ kiện Biển Đông năm 2016, chỉ cử quan sát viên.",
    "Điều 2(f) Hòa ước San Francisco chỉ ghi Nhật Bản từ bỏ Hoàng Sa và Trường Sa, không nêu nước thụ hưởng.",
    "Theo Hiệp định, Việt Nam được 53,23% và Trung Quốc được 46,77% diện tích Vịnh Bắc Bộ.",
    "Biên giới đất liền Việt Nam - Trung Quốc dài hơn 1.400 km.",
    "Biên giới Việt Nam - Lào dài khoảng 2.340 km với hơn 1.000 mốc.",
    "Đặc khu Trường Sa thuộc tỉnh Khánh Hòa.",
    "Trung Quốc hiện kiểm soát toàn bộ Hoàng Sa từ năm 1974.",
    "Trường Sa là của Việt Nam.",
    "Quần đảo Hoàng Sa thuộc chủ quyền không thể tranh cãi của Việt Nam.",
    "Công thư 14/9/1958 không nêu tên Hoàng Sa, Trường Sa.",
]


@pytest.mark.parametrize("sentence", TRUE)
def test_what_agrees_with_the_references_is_never_raised(sentence: str) -> None:
    assert assess(sentence).tier is Tier.NONE


NEVER = [
    "Tôi cho rằng đoàn đàm phán biên giới năm 1999 đã nhún nhường và thiếu minh bạch.",
    "Đề nghị Nhà nước công bố toàn bộ tư liệu về cuộc gặp Thành Đô 1990.",
    "Cán bộ cửa khẩu làm việc chậm như rùa, dân buôn khổ sở, nói thật là quá tệ.",
    "Sáp nhập tỉnh mà trụ sở xa cả trăm cây số thì ai nghĩ cho dân vùng biên giới?",
    "Thắp nén nhang cho 64 anh nằm lại ở Gạc Ma.",
    "Ngư dân bức xúc vì tiền phạt thiết bị giám sát tàu cá quá cao.",
    "Bão số 5 trên Biển Đông mạnh thêm, vùng biển Hoàng Sa có gió cấp 9.",
    "The government jailed peaceful protesters who criticised its maritime policy, and that is shameful.",
]


@pytest.mark.parametrize("text", NEVER)
def test_opinion_grief_complaint_and_weather_are_never_raised(text: str) -> None:
    assert assess(text).tier is Tier.NONE


WATCH = [
    ("Đảo Ba Bình là lãnh thổ của Đài Loan, xưa nay vẫn vậy.", Verdict.POSITION_CLAIM),
    ("Hoàng Sa là của Trung Quốc, khỏi bàn cãi.", Verdict.POSITION_CLAIM),
    ("南沙群岛自古以来就是中国领土。", Verdict.POSITION_CLAIM),
    ("Trên bao bì bánh in bản đồ có đường chín đoạn chạy dọc Biển Đông.", Verdict.NEEDS_IMAGE_REVIEW),
    ("Đêm qua lính bên kia dời cột mốc biên giới ở Mường Khương vào phía ta vài trăm mét.", Verdict.UNVERIFIED),
]


@pytest.mark.parametrize(("sentence", "verdict"), WATCH)
def test_bare_titles_images_and_fresh_incidents_are_watched(sentence: str, verdict: Verdict) -> None:
    found = assess(sentence)
    assert found.tier is Tier.WATCH
    assert verdict in {c.verdict for c in found.claims}


def test_a_verdict_without_a_reference_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="no reference"):
        Claim(sentence="x", start=0, end=1, type="D01", role=Role.ASSERT, verdict=Verdict.CONTRADICTED)


def test_the_card_depends_on_the_date() -> None:
    sentence = "Ủy ban châu Âu đã chính thức gỡ bỏ thẻ vàng đối với thủy sản Việt Nam."
    assert assess(sentence, published="2024-09-01").tier is Tier.FLAG
    assert assess(sentence, published="2026-09-01").tier is Tier.NONE


def test_an_effort_to_lift_the_card_is_no_claim_that_it_was_lifted() -> None:
    assert assess("Các tỉnh ven biển quyết tâm sớm gỡ thẻ vàng IUU cho thủy sản.", published="2025-01-10").tier is Tier.NONE


OBLIQUE = [
    ("Cửa khẩu lớn nhất mạn bắc từng nằm sâu trong đất ta; Điều 3 của hiệp ước 1999 đã giao hẳn Ải Nam Quan cho phía bên kia.", "VC-08"),
    ("Trong lá thư tháng 9/1958 đã viết rõ tên Hoàng Sa và Trường Sa là đất của Trung Quốc.", "LTR-01"),
    ("Năm 2016 các trọng tài ở La Hay đều đồng ý trao bãi Scarborough cho Philippines.", "PCA-03"),
    ("Hải quân miền Bắc đã giao tranh với Trung Quốc trong trận hải chiến Hoàng Sa năm 1974.", "HS-04"),
    ("Luật Biển Việt Nam năm 2012 không có chữ nào nói tới Hoàng Sa, Trường Sa.", "LBV-01"),
    ("Trường Sa nay không còn thuộc Khánh Hòa nữa.", "TS-02"),
    ("minh dc co 46,77% dien tich vinh bac bo thoi, con tau 53,23%", "GT-02"),
    ("The tribunal in The Hague settled who owns the Spratlys: they went to the Philippines.", "PCA-03"),
]


@pytest.mark.parametrize(("sentence", "ref"), OBLIQUE)
def test_sideways_wording_is_flagged_too(sentence: str, ref: str) -> None:
    found = assess(sentence)
    assert found.tier is Tier.FLAG, found
    assert ref in {r for c in found.claims if c.tier is Tier.FLAG for r in c.refs}


SIDEWAYS_AND_TRUE = [
    "Lá thư tháng 9/1958 chỉ vài dòng, không nhắc tên một hòn đảo nào.",
    "Năm vị trọng tài ở La Hay từ chối bàn ai làm chủ các đảo.",
    "Trường Sa nay là đặc khu, vẫn thuộc Khánh Hòa.",
    "Hải quân Việt Nam Cộng hòa đã giao tranh với Trung Quốc trong trận hải chiến Hoàng Sa năm 1974.",
    "Tuyến Quảng Trị cũ dài 206 km với 68 mốc ở 62 vị trí.",
    "Trẻ em Quảng Trị vẽ tranh về cột mốc biên giới.",
    "Biên phòng bắt xe tải chở ma túy từ biên giới Việt - Lào về Quảng Trị.",
    "Phía Campuchia trao trả hơn ba trăm công dân Việt Nam qua cửa khẩu quốc tế.",
]


@pytest.mark.parametrize("sentence", SIDEWAYS_AND_TRUE)
def test_sideways_wording_of_the_truth_and_plain_news_are_not(sentence: str) -> None:
    assert assess(sentence).tier is Tier.NONE


def test_a_count_beyond_the_whole_is_no_part_of_it() -> None:
    assert assess("Trên tuyến biên giới Việt - Trung, các đội đã cắm 2.971 cột mốc.").tier is Tier.FLAG
    assert assess("Trên tuyến biên giới Việt - Trung, riêng một đội đã cắm 471 cột mốc.").tier is Tier.NONE


def test_a_text_that_only_names_the_place_says_so() -> None:
    found = assess("Kẹt xe kéo dài trên đường Trường Sa đoạn qua quận 3.")
    assert found.tier is Tier.NONE
    assert {c.role for c in found.claims} == {Role.INCIDENTAL}
