"""Speech roles: who says it and how decides whether a false statement counts. Our own sentences."""

from __future__ import annotations

import pytest

from pipelines.records import Role, Tier
from tests.claimcases import assess

FALSE = "Tòa Trọng tài năm 2016 đã trao quần đảo Trường Sa cho Philippines"

NOT_ITS_OWN = [
    (f"Tin đồn “{FALSE}” là hoàn toàn sai sự thật.", Role.REBUT),
    (f"Trên mạng lan truyền bài viết cho rằng {FALSE}. Đây là thông tin bịa đặt.", Role.REBUT),
    (f"Người phát ngôn Bộ Ngoại giao Trung Quốc nói rằng {FALSE}.", Role.ATTRIB),
    (f"{FALSE}?", Role.QUESTION),
    (f"Người đăng bài “{FALSE}” đã bị phạt 7,5 triệu đồng và phải gỡ bài.", Role.REPORT_ACTION),
    ("Nhiều bạn cứ bảo Việt Nam thắng kiện năm 2016, xin thưa là không phải nha, vụ đó của Philippines.", Role.REBUT),
    ("别再说《开罗宣言》写了西沙群岛，原文一个字也没有。", Role.REBUT),
    (f"Truyện ngắn giả tưởng, mọi chi tiết đều hư cấu. {FALSE}.", Role.SATIRE_FICTION),
]


@pytest.mark.parametrize(("text", "role"), NOT_ITS_OWN)
def test_a_false_statement_that_is_not_the_texts_own_is_not_flagged(text: str, role: Role) -> None:
    found = assess(text)
    assert found.tier is Tier.NONE, found
    assert role in {c.role for c in found.claims}


@pytest.mark.parametrize("text", [f"{FALSE}.", f"Đúng như một giáo sư đã chỉ rõ, {FALSE}.", f"Bạn nào chưa biết thì biết nhé: {FALSE}."])
def test_asserted_or_endorsed_it_is(text: str) -> None:
    assert assess(text).tier is Tier.FLAG


def test_it_matters_who_is_denied() -> None:
    # A denial of somebody else's statement does not clear the text's own false statement after it.
    assert assess("越南媒体的说法不值一驳。《波茨坦公告》明文规定南沙群岛归还中国。").tier is Tier.FLAG
    # The spokesman who denies Viet Nam's statement is reported, not the text's own voice.
    assert assess("外交部发言人驳斥了越方所谓的主权说法，称南沙群岛是中国固有领土。").tier is Tier.NONE


def test_a_headline_whose_denial_stands_in_the_first_five_sentences_is_a_rebuttal() -> None:
    found = assess(
        "Mấy hôm nay câu này được chia sẻ nhiều. Cơ quan chức năng khẳng định đây là thông tin sai sự thật. Cồn Cỏ là đặc khu của tỉnh Quảng Trị.",
        title="Thực hư tin “Cồn Cỏ đã cho nước ngoài thuê 99 năm”",
    )
    assert found.tier is Tier.NONE


def test_a_question_counts_only_when_the_text_leans_to_yes() -> None:
    asked = "Có phải Hiệp ước biên giới 1999 có phụ lục mật cắt đất cho Trung Quốc?"
    assert assess(f"{asked} Trả lời: không, toàn văn hiệp ước đã công bố.").tier is Tier.NONE
    assert assess(f"{asked} Tôi gần như tin chắc là có, không có lửa làm sao có khói.").tier is Tier.WATCH


def test_outlet_and_kind_do_not_change_a_verdict() -> None:
    tiers = {assess(f"{FALSE}.", outlet=name, kind=kind).tier for name, kind in (("Nhân Dân", "press"), ("Hoàn Cầu", "foreign_press"), ("blog", "blog"))}
    assert tiers == {Tier.FLAG}
