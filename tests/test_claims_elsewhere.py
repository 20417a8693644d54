"""True sentences that look like false ones: other states' borders, natural losses, anniversaries, shares said in pairs, denials (hostile review, 2026-11-21)."""

from __future__ import annotations

import pytest

from pipelines.records import Tier
from tests.claimcases import assess

TRUE = (
    "Bản giáp biên giới Lào mất 30 con trâu vì rét.",
    "Nhà em sát biên giới Lào, mất hết ruộng vì lũ, mong bà con giúp đỡ.",
    "Mười lăm năm cắm mốc, dân vùng cao mất ruộng bên kia đường biên mà đền bù chẳng thấy đâu.",
    "25 năm phân định Vịnh Bắc Bộ",
    "Mười lăm năm thực hiện ba văn kiện biên giới Việt - Trung",
    "纪念中越陆地边界勘界立碑十周年",
    "Việt Nam và Trung Quốc được hưởng lần lượt 53,23% và 46,77% diện tích Vịnh Bắc Bộ.",
    "China and Vietnam got 46.77% and 53.23% of the Gulf of Tonkin respectively.",
    "Trung Quốc chiếm Hoàng Sa năm 1974 và Gạc Ma năm 1988.",
    "Sau khi chiếm Hoàng Sa năm 1974, Trung Quốc đánh chiếm Gạc Ma năm 1988 và Vành Khăn năm 1995.",
    "Tòa Trọng tài kết luận không thực thể nào ở Trường Sa, kể cả Ba Bình, có vùng đặc quyền kinh tế riêng.",
    "Nowhere does UNCLOS recognise a nine-dash line.",
    "Hội nghị San Francisco đã từ chối đề nghị giao Hoàng Sa cho Trung Quốc.",
    "Giả sử vịnh Bắc Bộ chia đôi 50-50 thì ta mất phần nào.",
    "Kazakhstan ceded 407 square kilometres to China in 1999.",
    "Kyrgyzstan đã nhượng cho Trung Quốc 950 km² đất năm 1999.",
    "Campuchia và Lào đã cắm 121 trong số 145 mốc trên biên giới dài 535 km.",
    "Việt Nam mất 9% Vịnh Bắc Bộ so với Công ước Pháp - Thanh 1887.",
)
FALSE = (
    "Lào đã mất 300 km² đất cho Việt Nam theo hiệp ước 1977.",
    "Việt Nam được 46,77% còn Trung Quốc được 53,23% diện tích Vịnh Bắc Bộ.",
    "Trung Quốc và Việt Nam được hưởng lần lượt 53,23% và 46,77% diện tích Vịnh Bắc Bộ.",
    "Trung Quốc chiếm Gạc Ma năm 1992.",
    "Tòa trọng tài năm 2016 kết luận Ba Bình có vùng đặc quyền kinh tế.",
    "Hội nghị San Francisco đã giao Hoàng Sa cho Trung Quốc.",
    "Việt Nam nhượng 407 km² đất cho Trung Quốc năm 1999.",
    "UNCLOS công nhận đường chín đoạn.",
)


@pytest.mark.parametrize("text", TRUE)
def test_what_is_true_or_not_ours_is_not_flagged(text: str) -> None:
    assert assess(text).tier is not Tier.FLAG


@pytest.mark.parametrize("text", FALSE)
def test_its_false_neighbour_is(text: str) -> None:
    assert assess(text).tier is Tier.FLAG
