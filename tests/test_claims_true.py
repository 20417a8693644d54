"""True sentences of every day that were flagged in a hostile review (549 sentences, 76 flags; 2026-11-22), and their false neighbours."""

from __future__ import annotations

import pytest

from pipelines.records import Tier
from tests.claimcases import assess

TRUE = (
    # lengths of other things beside the border
    "Thanh Hóa có hơn 213 km đường biên giới tiếp giáp tỉnh Hủa Phăn, Lào và hơn 102 km bờ biển.",
    "Lào Cai có 182 km biên giới với Vân Nam, trong đó 144 km là sông suối.",
    "Xây đường tuần tra dọc biên giới Việt - Trung dài 1.120 km.",
    "Đường Hồ Chí Minh dài 3.167 km chạy gần biên giới Việt - Lào.",
    "Sông Hồng chảy vào Việt Nam ở Lũng Pô, Lào Cai, tạo thành 80 km biên giới tự nhiên với Trung Quốc.",
    "Việt Nam có đường biên giới đất liền dài 4.639 km giáp Trung Quốc, Lào và Campuchia.",
    "Nước ta có hơn 4.500 km đường biên giới trên đất liền giáp Trung Quốc, Lào, Campuchia và 3.260 km bờ biển.",
    "Trung Quốc có hơn 22.000 km đường biên giới đất liền với 14 nước, trong đó có Việt Nam.",
    # what the entry itself says
    "Công thư năm 1958 không nói gì về Hoàng Sa và Trường Sa.",
    "Vùng ngoài cửa Vịnh Bắc Bộ vẫn chưa được phân định.",
    "Trung Quốc chiếm Gạc Ma từ năm 1988 đến nay.",
    "Không nước nào công nhận đường chín đoạn của Trung Quốc.",
    "Công ước Luật biển có 320 điều và 9 phụ lục.",
    "Bắc Kinh đã bồi đắp bảy đảo nhân tạo ở Trường Sa từ năm 2013.",
    # other states, other times
    "Trung Quốc phê chuẩn UNCLOS năm 1996.",
    "Philippines phê chuẩn UNCLOS năm 1984.",
    "Ngày 9/12/1982 thành lập huyện Trường Sa thuộc tỉnh Đồng Nai.",
    "Hoàng Sa từng thuộc tỉnh Quảng Nam theo sắc lệnh năm 1961.",
    "Năm 1938 Bảo Đại ký dụ sáp nhập Hoàng Sa vào tỉnh Thừa Thiên.",
    "Bên kia thác Bản Giốc là đất Trung Quốc.",
    "Trung Quốc công bố đường cơ sở Vịnh Bắc Bộ tháng 3/2024, gồm bảy điểm.",
)
FALSE = (
    "Thanh Hóa có hơn 313 km đường biên giới tiếp giáp tỉnh Hủa Phăn, Lào và hơn 102 km bờ biển.",
    "Biên giới Việt Nam - Trung Quốc không phải dài 1.449 km mà là 2.000 km.",
    "Biên giới Việt - Trung dài 1.900 km.",
    "Công thư năm 1958 đã nhượng Hoàng Sa và Trường Sa cho Trung Quốc.",
    "Trung Quốc chiếm Gạc Ma năm 1992.",
    "Việt Nam phê chuẩn UNCLOS năm 2004.",
    "Trường Sa nay thuộc tỉnh Lâm Đồng.",
    "Thác Bản Giốc hoàn toàn thuộc Trung Quốc.",
)


@pytest.mark.parametrize("text", TRUE)
def test_what_is_true_is_not_flagged(text: str) -> None:
    assert assess(text).tier is not Tier.FLAG


@pytest.mark.parametrize("text", FALSE)
def test_its_false_neighbour_is(text: str) -> None:
    assert assess(text).tier is Tier.FLAG
