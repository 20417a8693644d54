"""Mechanisms that keep false alarms away, each with its counter-case that must still be raised; and the grounds of a decision.

Every sentence here is ours; the false ones are false on purpose.
"""

from __future__ import annotations

import pytest

from classifiers.groundwords import MESSAGES, said
from pipelines.records import Ground, Tier, Verdict
from tests.claimcases import assess

DAY = "2026-05-10"

CALM = {
    "a date belongs to the nearest instrument": "Việc quản lý đường biên với Trung Quốc dựa trên Hiệp ước biên giới trên đất liền, ký ngày 30/12/1999, và Nghị định thư phân giới cắm mốc có hiệu lực ngày 14/7/2010.",
    "a document replaced has its own date": "Ngày 16/3/2016 hai nước Việt - Lào ký Nghị định thư về đường biên giới và mốc quốc giới, thay cho các văn bản kèm theo Hiệp ước hoạch định biên giới ký ngày 18/7/1977.",
    "districts are not the city": "三沙市设立于二〇一二年七月，二〇二〇年四月增设两个区。",
    "years gone by are no year": "Kỷ niệm 32 năm ngày Công ước Liên hợp quốc về Luật Biển có hiệu lực, nhà trường mở triển lãm ảnh.",
    "nothing that differs": "Hội thảo nhân dịp Công ước Liên hợp quốc về Luật Biển 1982 có hiệu lực mở tại Khánh Hòa tuần này.",
    "a mistaken belief": "Nhiều ngư dân tưởng vẫn còn vùng đánh cá chung ở Vịnh Bắc Bộ nên chạy tàu sang phía đông đường phân định.",
    "a mistaken belief in Chinese": "一些渔民误以为北部湾渔业合作协定仍然有效。",
    "a denial after it": "Luận điểm của tác giả Trung Quốc rằng Cairo 1943 trả Hoàng Sa cho họ không đứng vững.",
    "a denial within 'không có'": "Người đứng đầu ban biên giới nhấn mạnh không có điều khoản bí mật nào kèm Hiệp ước 1999.",
    "a party's own words": "Theo phía Trung Quốc, thành phố Tam Sa quản lý cả Tây Sa lẫn Nam Sa.",
    "a party's own words in English": "Manila says the tribunal gave it sovereignty over Scarborough Shoal.",
    "left to whoever insists": "The pamphlet insists that the San Francisco treaty handed the Spratlys to China; it did nothing of the kind.",
    "nobody could be reached": "Our reporter could not reach the customs office at Hekou or in Lao Cai.",
    "a picture's credit": "Một tàu ngầm của Indonesia mất tích ngoài khơi Bali (Ảnh: AFP). Hải quân nước này đang tìm kiếm.",
    "a road on a map": "Bản đồ du lịch mới của tỉnh vẽ thêm tuyến đường ven biển nét đứt đang thi công.",
    "a doubting question": "Có đúng là Phú Quốc đã bị Campuchia lấy lại không ạ? Em nghe vô lý quá, nhờ mọi người chỉ giúp.",
    "a share with its decimals spoken": "Trong Vịnh Bắc Bộ, Việt Nam được năm mươi ba phẩy hai ba phần trăm diện tích, Trung Quốc được phần còn lại.",
    "another state's agreement": "Hiệp định phân định vùng đặc quyền kinh tế giữa Việt Nam và Indonesia được ký ngày 22/12/2022.",
    "the border of another province": "Tỉnh Nghệ An có 468,281 km đường biên giới giáp với Lào.",
    "the border of two others": "Biên giới giữa Lào và Campuchia dài 541 km.",
    "two borders in one list": "越老边界全长2337公里，越中边界全长1449公里。",
    "a supposition": "Nếu Tòa Trọng tài tuyên Trường Sa thuộc Philippines thì chuyện hôm nay đã khác.",
    "a supposition in Chinese": "如果仲裁庭把南沙判给菲律宾，今天的局面就不同了。",
    "what should have been": "Đáng lẽ ta phải được 62% Vịnh Bắc Bộ, đàm phán như thế là quá kém.",
    "until when a warning holds": "EC vẫn duy trì thẻ vàng đối với thủy sản Việt Nam tính đến tháng 11/2025.",
    "another country's card": "The EU lifted Thailand's yellow card in January 2019.",
}
RAISED = {
    "the wrong date of one of two": ("Hiệp ước biên giới trên đất liền ký ngày 30/12/1999, còn Nghị định thư phân giới cắm mốc ký ngày 18/11/2006.", Tier.FLAG),
    "the city's own year": ("三沙市于二〇〇七年七月二十四日正式设立。", Tier.FLAG),
    "the year of entry into force": ("Công ước Liên hợp quốc về Luật Biển có hiệu lực từ năm 2004.", Tier.FLAG),
    "after the turn": ("Tưởng gì chứ, hóa ra Tòa Trọng tài năm 2016 đã tuyên Trường Sa thuộc Philippines.", Tier.FLAG),
    "denied is who says otherwise": ("Hiệp định phân định Vịnh Bắc Bộ chia cho Trung Quốc 53,23%, ai nói khác là nói láo.", Tier.FLAG),
    "denied is the press": ("Đừng tin báo chí: Tòa Trọng tài năm 2016 đã tuyên Trường Sa thuộc Philippines.", Tier.FLAG),
    "rebutting the rebuttal": ("驳斥越方谎言：1958年公函明确写明西沙属于中国。", Tier.FLAG),
    "siding with the speaker": ("As Beijing rightly says, the San Francisco treaty gave the Paracels to China.", Tier.FLAG),
    "a bare title is a watch": ("Quần đảo Trường Sa thuộc về Trung Quốc chứ không phải của Việt Nam.", Tier.WATCH),
    "a rhetorical denial": ("Chẳng phải Việt Nam đã nhượng Hoàng Sa trong công thư 1958 rồi sao? Rõ ràng là vậy.", Tier.WATCH),
    "a map with the line": ("Trên bản đồ của ứng dụng, đường hình chữ U trùm kín Biển Đông.", Tier.WATCH),
    "shares swapped, with decimals spoken": ("Trong Vịnh Bắc Bộ, Trung Quốc được năm mươi ba phẩy hai ba phần trăm diện tích, Việt Nam chỉ còn bốn mươi sáu phẩy bảy bảy.", Tier.FLAG),
    "the whole border is no part": ("Biên giới Việt Nam - Lào dài 1.449 km.", Tier.FLAG),
    "after 'thì' it is stated": ("Nếu ai còn nghi ngờ thì xin nhắc: Tòa Trọng tài năm 2016 đã tuyên Trường Sa thuộc Philippines.", Tier.FLAG),
    "a moved marker": ("Đêm qua lính bên kia dời cột mốc ở Si Ma Cai vào sâu đất mình chừng trăm mét, dân thấy hết.", Tier.WATCH),
}


@pytest.mark.parametrize("text", CALM.values(), ids=CALM.keys())
def test_not_raised(text: str) -> None:
    found = assess(text, published=DAY)
    assert found.tier is Tier.NONE, found.claims


@pytest.mark.parametrize(("text", "tier"), RAISED.values(), ids=RAISED.keys())
def test_still_raised(text: str, tier: Tier) -> None:
    assert assess(text, published=DAY).tier is tier


def test_a_game_review_that_shows_the_line_is_watched_and_the_check_of_a_clip_is_not() -> None:
    assert assess("Trò chơi này có hải đồ vẽ chín nét đứt ôm hết Biển Đông.", title="Game mới ra mắt").tier is Tier.WATCH
    clip = "Đoạn clip tàu Trung Quốc đâm tàu Việt Nam sáng nay đang được chia sẻ nhiều. Hình này lấy từ năm 2014, thông tin sai sự thật."
    assert assess(clip, title="Kiểm chứng: clip tàu húc nhau quay từ năm 2014").tier is Tier.NONE


def test_a_decision_says_what_speaks_for_and_against_it_in_plain_words() -> None:
    claim = next(c for c in assess("Biên giới đất liền Việt Nam - Trung Quốc dài khoảng 2.449 km.").claims if c.verdict is Verdict.CONTRADICTED)
    codes = {(ground.side, ground.code) for ground in claim.grounds}
    assert {("for", "number"), ("for", "own-voice"), ("against", "about"), ("against", "older-values")} <= codes
    words = [said(ground) for ground in claim.grounds]
    assert "Bài viết “2.449 km”, còn tư liệu VC-03 ghi 1.449,566 km." in words and len(words) == len(set(words))
    assert not any(jargon in word for word in words for jargon in ("mô hình", "xác suất", "ASSERT", "slot"))


def test_every_code_has_its_sentence_and_an_unknown_one_is_shown_as_it_is() -> None:
    for code, sentence in MESSAGES.items():
        names = sentence.__code__.co_varnames[: sentence.__code__.co_argcount]
        assert said(Ground(side="for", code=code, values=tuple((name, "…") for name in names))).endswith(".")
    assert said(Ground(side="against", code="of-tomorrow")) == "of-tomorrow"
