"""What is never raised (CODEBOOK): requests to publish, criticism, grief, complaint, and Viet Nam's own stated position."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from classifiers.assessor import Assessor
from pipelines.records import TextLine, Tier

NEVER = [
    "Chúng tôi yêu cầu Chính phủ công bố toàn văn Hiệp ước biên giới 1999 và bản đồ thác Bản Giốc cho nhân dân biết.",
    "Cử tri yêu cầu Quốc hội công bố Nghị định thư phân giới cắm mốc và diện tích thực tế ở Bản Giốc.",
    "Nhiều cử tri đề nghị công khai biên bản đàm phán phân định Vịnh Bắc Bộ.",
    "Nhân sĩ kêu gọi Nhà nước giải mật tài liệu về cuộc gặp Thành Đô 1990.",
    "De nghi cong khai ban do bien gioi o Ai Nam Quan cho dan biet.",
    "Scholars called on the government to release the full 1999 border treaty maps of Ban Gioc.",
    "Hội đoàn kiến nghị minh bạch chuyện phân chia đất ở thác Bản Giốc.",
    "学者呼吁政府公开1999年陆地边界条约的全部地图。",
    "Tôi cho rằng đàm phán biên giới năm 1999 quá nhún nhường, thật đáng buồn.",
    "Chính quyền xã làm việc quan liêu, bà con ở cửa khẩu Na Mèo xếp hàng cả buổi.",
    "Thắp nén hương tưởng nhớ 64 người con đã nằm lại Gạc Ma.",
    "Giáo dân biểu tình ôn hòa đòi lại đất của giáo xứ ở Ninh Bình.",
    "Sáp nhập tỉnh mà dân không được hỏi ý kiến là điều đáng phê phán.",
    "Hoàng Sa và Trường Sa là lãnh thổ không thể tách rời của Việt Nam.",
    "Trường Sa là của Việt Nam, trước sau vẫn thế.",
    "Luật Biên phòng Việt Nam số 66/2020/QH14 có hiệu lực từ ngày 1/1/2022.",
    "Theo Hiệp định Vịnh Bắc Bộ, Việt Nam được 53,23% diện tích, Trung Quốc 46,77%.",
    "Bộ Ngoại giao bác bỏ luận điệu cho rằng Việt Nam mất thác Bản Giốc theo Hiệp ước 1999.",
]
RAISED = [
    ("Hiệp định Vịnh Bắc Bộ chia cho Trung Quốc 53% diện tích.", "46,77 % cho Trung Quốc"),
    ("Đường biên giới Lào Cai với Vân Nam dài 282,086 km.", "182,086 km"),
    ("Biên giới đất liền Việt - Trung dài 2.500 km.", "1.449,566 km"),
]


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor.load(Path(os.environ["COTMOC_MODELS"]))


@pytest.mark.parametrize("text", NEVER)
def test_never_raised(assessor: Assessor, text: str) -> None:
    found = assessor.assess(TextLine(id="x", text=text, published="2026-10-01"))
    assert found.tier is Tier.NONE, [claim.why for claim in found.claims]


@pytest.mark.parametrize(("text", "known"), RAISED)
def test_the_check_can_fail_and_shows_the_official_value(assessor: Assessor, text: str, known: str) -> None:
    found = assessor.assess(TextLine(id="x", text=text, published="2026-10-01"))
    assert found.tier is Tier.FLAG
    assert known in next(claim.differs for claim in found.claims if claim.tier is Tier.FLAG)
