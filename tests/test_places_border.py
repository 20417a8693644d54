"""The border in a text: numbered markers only where neighbour and province are sure, gates, and communes as a fact of the explanation."""

from __future__ import annotations

import pytest

from pipelines.places import Matcher
from pipelines.places.explain import explain

NOW = "2026-03-10"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mốc 92 trên biên giới Việt - Trung được tôn tạo.", {"lao-cai"}),
        ("Bộ đội biên phòng tuần tra cột mốc số 163 giáp Trung Quốc.", {"lao-cai"}),
        ("Đội công tác sơn lại mốc 300/2 trên biên giới Việt - Lào.", {"thanh-hoa"}),
        ("Hai bên tuần tra song phương cột mốc quốc giới 567 giữa Việt Nam và Lào.", {"quang-tri"}),
        ("Bo doi bien phong tuan tra moc 163 bien gioi Viet - Trung", {"lao-cai"}),
        # another border, another province, or none named
        ("Cột mốc 101 trên biên giới Việt - Lào vừa được sơn lại.", set()),
        ("Cột mốc số 476 biên giới Việt - Lào vừa được sơn lại.", set()),
        ("Cột mốc 692 giáp Lào đón đoàn học sinh, biên phòng dâng hoa.", set()),
        ("Cột mốc 327 ở biên giới bị mờ chữ.", set()),
        ("Cột mốc 300 gần cửa khẩu Campuchia, biên phòng Lào cùng dự.", set()),
        ("Cột mốc 300 biên giới Việt - Lào, đoạn qua tỉnh Nghệ An.", set()),
        ("Cột mốc 92 trên biên giới với Lào được dân bản chăm sóc.", set()),
        # 171 is also Mộc Bài's, on the third border (press of 2025-11-30)
        ("Cửa khẩu Mộc Bài, nơi có cột mốc 171, đón nhiều đoàn khách Trung Quốc.", set()),
        # between two sources: 328 to 365 is not sure
        ("Tuần tra cột mốc 350 biên giới Việt - Lào.", set()),
        # milestones of everything else
        ("Doanh thu vượt mốc 300 tỉ đồng ở cửa khẩu với Lào.", set()),
        ("Xuất khẩu qua cửa khẩu sang Trung Quốc cán mốc 100 triệu USD.", set()),
        ("Mốc 100 cũ của biên giới Việt - Trung thời Pháp.", set()),
        ("Biên giới Việt - Trung: đạt mốc 120, ca mắc mới tăng.", set()),
    ],
)
def test_a_numbered_marker_names_a_province_only_where_it_is_sure(text: str, expected: set[str]) -> None:
    assert set(Matcher.load().resolve("", "", text, NOW, lang="vi").about) == expected


def test_a_marker_is_shown_with_its_province_or_with_what_is_missing() -> None:
    reading = Matcher.load().read("", "", "Biên phòng Lào Cai tuần tra mốc 101 (2) trên đường biên.", NOW)
    assert "“mốc 101 (2)” [30–41]: mốc quốc giới số 101, Lào Cai" in "\n".join(explain(reading))
    (marker,) = [mention for mention in reading.places.mentions if mention.as_written.startswith("mốc")]
    assert (marker.as_written, marker.unit_now) == ("mốc 101 (2)", "tỉnh Lào Cai")
    wrong = Matcher.load().read("", "", "Đồn biên phòng cho biết mốc 327 ở Cha Lo, giáp Lào, còn nguyên.", NOW)
    assert wrong.places.about == ("quang-tri",) and "mỗi tuyến biên giới đánh số mốc riêng" in "\n".join(explain(wrong))


@pytest.mark.parametrize("name", ["Tà Vờng", "Chút Mút", "bản Chút Mút", "cửa khẩu phụ Cheng", "cửa khẩu Cheng", "Tà Rùng"])
def test_small_gates_of_quang_tri_are_read(name: str) -> None:
    assert Matcher.load().touches(f"Xe qua {name} từ sáng.")
    assert Matcher.load().resolve("", "", f"Hàng hóa qua {name} từ sáng.", NOW).about == ("quang-tri",)


def test_gates_of_others_and_persons_are_not_ours() -> None:
    for text in ("Cửa khẩu Lóng Sập mở lại lối thông quan.", "Ông Goh Cheng Liang qua đời.", "HLV Tan Cheng Hoe nói về đội tuyển."):
        assert not Matcher.load().resolve("", "", text, NOW).mentions


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Dân xã Na Mèo họp.", "(xã biên giới, giáp Lào)"),
        ("Dân xã Y Tý họp.", "(xã biên giới, giáp Trung Quốc)"),
        ("Phường Lào Cai họp.", "(phường biên giới, giáp Trung Quốc)"),
        ("Dân xã Kim Đông, tỉnh Ninh Bình họp.", "(xã ven biển, khu vực biên giới biển)"),
        ("Dân xã Lâm Thủy, huyện Lệ Thủy, Quảng Bình cũ họp.", "nay xã Kim Ngân, Quảng Trị (xã biên giới, giáp Lào)"),
        ("Xe chờ ở Cha Lo.", "(có cửa khẩu quốc tế Cha Lo, giáp Lào)"),
    ],
)
def test_the_explanation_says_what_lies_on_the_border(text: str, fact: str) -> None:
    assert fact in "\n".join(explain(Matcher.load().read("", "", text, NOW)))
