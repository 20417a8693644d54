"""What is left of a border, shares as posts say them, gates, treaties with Cambodia, the letter's words, agreements called after persons.

Each rule with its hard negatives beside it. Every sentence here is ours; the false ones are false on purpose.
"""

from __future__ import annotations

import pytest

from classifiers.document import build
from classifiers.frames import load_frames
from classifiers.referencebase import load_references
from classifiers.rhetoric import rhetorical
from pipelines.records import TextLine, Tier, Verdict
from tests.claimcases import assess

DAY = "2026-05-10"
WRONG = {
    "what is left of the border": ("Biên giới với Trung Quốc nay chỉ còn 1.200 km.", "VC-03"),
    "what is left, with Laos": ("Đường biên giới Việt - Lào giờ chỉ còn 1.900 km.", "VL-03"),
    "what is left, without marks": ("Bien gioi Viet Trung gio con co 1100 km thoi.", "VC-03"),
    "shrunk to": ("The Vietnam-China land border has shrunk to 1,200 km.", "VC-03"),
    "only left, in Chinese": ("中越边界如今只剩1200公里。", "VC-03"),
    "Tàu and mình, without marks": ("vinh bac bo tau duoc 53% con minh co 47%", "GT-02"),
    "Tàu and mình": ("Vịnh Bắc Bộ Tàu được 53% mà mình có 47%.", "GT-02"),
    "bọn tàu and ta": ("Chia Vịnh Bắc Bộ xong, bọn tàu nó ăn 54%, ta còn có 46% thôi.", "GT-02"),
    "the treaty of 1985": ("Hiệp ước hoạch định biên giới Việt Nam - Campuchia ký ngày 27/12/1995.", "VK-02"),
    "the supplementary treaty": ("Hiệp ước bổ sung 2005 giữa Việt Nam và Campuchia được ký ngày 10/10/2003.", "VK-02"),
    "gates of Quảng Trị": ("Sau sáp nhập, Quảng Trị có bảy cửa khẩu quốc tế với Lào.", "QT-03"),
    "gates of Lào Cai": ("Lào Cai hiện có 9 cửa khẩu quốc tế sang Trung Quốc.", "LC-02"),
    "words put into the letter": ("Công thư Phạm Văn Đồng ghi nguyên văn: “Chúng tôi công nhận quần đảo Tây Sa và Nam Sa thuộc Trung Quốc”.", "LTR-01"),
    "words of the letter first": ("Nguyên văn công thư 14/9/1958: “Việt Nam công nhận chủ quyền của Trung Quốc trên các đảo Hoàng Sa.”", "LTR-01"),
    "words put into it in English": ("The 1958 letter reads: “Viet Nam recognises that the Paracels belong to China.”", "LTR-01"),
    "words put into it in Chinese": ("1958年公函原文写道：“越南承认西沙群岛、南沙群岛属于中国。”", "LTR-01"),
}
CALM = (
    "Biên giới với Trung Quốc nay chỉ còn 1.449 km.",
    "Tuyến biên giới với Trung Quốc nay chỉ còn 1.200 km chưa có đường tuần tra.",
    "Còn 1.200 km nữa mới tới biên giới Trung Quốc.",
    "Xe chỉ còn cách biên giới Trung Quốc 1.200 km.",
    "Biên giới Việt - Trung nay còn khoảng 1.400 km.",
    "Sau năm 1999, đường biên giới Việt Nam - Trung Quốc chỉ còn 1.281 km theo số liệu khi ấy.",
    "Only 1,200 km of the Vietnam-China border road remains unpaved.",
    "vinh bac bo tau duoc 47% con minh co 53%",
    "Trong vịnh Bắc Bộ, tàu cá chiếm 53% số vụ va chạm, tàu hàng chiếm 47%.",
    "Ở Vịnh Bắc Bộ, tàu được 53% sản lượng, mình được 20% là may.",
    "Hiệp ước hoạch định biên giới Việt Nam - Campuchia ký ngày 27/12/1985.",
    "Hiệp ước bổ sung Hiệp ước hoạch định biên giới quốc gia năm 1985 và Hiệp ước bổ sung năm 2005 giữa Việt Nam và Campuchia được ký ngày 5/10/2019.",
    "Hiệp ước về nguyên tắc giải quyết các vấn đề biên giới với Campuchia ký ngày 20/7/1983.",
    "Quảng Trị có ba cửa khẩu quốc tế: Lao Bảo, La Lay, Cha Lo.",
    "Theo quy hoạch đến năm 2030, Quảng Trị có 5 cửa khẩu quốc tế.",
    "Cả nước có 23 cửa khẩu quốc tế, riêng Quảng Trị có 3 cửa khẩu quốc tế.",
    "Tuyến Việt - Lào có 9 cửa khẩu quốc tế, trong đó Quảng Trị có ba.",
    "Lào Cai có 2 cửa khẩu quốc tế (đường bộ, đường sắt) và 5 cửa khẩu phụ.",
    "Bản giả lan trên mạng ghi nguyên văn: “Việt Nam giao Hoàng Sa cho Trung Quốc”; công thư thật năm 1958 không có câu ấy.",
    "Công thư 1958 không hề viết: “Hoàng Sa thuộc Trung Quốc”.",
    "Tuyên bố ngày 4/9/1958 của Trung Quốc ghi nguyên văn: “… quần đảo Tây Sa, quần đảo Nam Sa …”.",
    "Công thư ngày 14/9/1958 viết: “Chính phủ nước Việt Nam Dân chủ Cộng hòa ghi nhận và tán thành bản tuyên bố ngày 4 tháng 9 năm 1958”.",
    "Trung Quốc nói công thư 1958 viết: “Việt Nam công nhận Hoàng Sa là của Trung Quốc”.",
    "Hiệp định Việt – Trung về biên giới trên đất liền không nhượng đất cho bên nào.",
    "Theo Hiệp ước Patenôtre, triều đình Huế mất quyền ngoại giao.",
    "Hai tổng bí thư ký thỏa thuận hợp tác đường sắt qua biên giới Việt - Trung.",
    "Không có hiệp ước Lê Văn Tám – Giang Văn nào nhượng thác Bản Giốc cho Trung Quốc.",
    "Theo thỏa thuận giữa hai Thủ tướng, Trung Quốc trao trả 120 công dân Việt Nam qua cửa khẩu biên giới Lạng Sơn.",
    "Thỏa thuận giữa hai ngoại trưởng nêu việc trao trả hài cốt liệt sĩ từ Lào qua biên giới Quảng Trị.",
    "Tuyên bố chung của hai Tổng Bí thư nhấn mạnh giữ biên giới Việt - Trung hòa bình, không bên nào nhượng bộ.",
    "Hai bên ký thỏa thuận “Biên giới xanh”, Lào giao lại 20 người vượt biên.",
    "Biên bản “bàn giao mốc” giao 12 cột mốc biên giới với Lào cho đồn biên phòng quản lý.",
    "Hiệp ước Hoàng Phố nhượng quyền cho Pháp ở Trung Quốc, không liên quan biên giới Việt Nam.",
    "Tàu ghé xã đảo Thổ Châu (Phú Quốc) bán dầu, rồi chạy ngược về đất liền.",
    "Họ sang Hà Khẩu bán cá, bán hải sản cho thương lái Trung Quốc.",
    "Hiệp định “phân định Vịnh Bắc Bộ” chia cho Việt Nam 53,23% diện tích.",
)
NAMED_ONLY = (
    "Hai bên trao đổi về Hiệp định phân định Vịnh Bắc Bộ.",
    "Mục lục: Hiệp định Vịnh Bắc Bộ, Hòa ước San Francisco, phán quyết năm 2016.",
    "Xem thêm: Hiệp ước biên giới Việt Nam - Campuchia.",
    "Tin liên quan: Phán quyết Biển Đông năm 2016.",
    "Bài 3: Hiệp ước biên giới trên đất liền Việt - Trung 1999.",
    "Chuyên đề: Hòa ước San Francisco và hai quần đảo Hoàng Sa, Trường Sa.",
    "Từ khóa: Hoàng Sa, Trường Sa, đường lưỡi bò, UNCLOS 1982",
    "See also: San Francisco Peace Treaty, Cairo Declaration, Potsdam Declaration.",
    "Chapter 4: The 1958 letter and the Paracels.",
    "相关阅读：北部湾划界协定、陆地边界条约",
    "Hà Tiên giáp biên giới Campuchia cả đường bộ lẫn đường sông nên ngăn người nhập cảnh trái phép rất khó.",
)
LABELLED_BUT_STATED = (
    "Tin liên quan: Tòa Trọng tài tuyên Trường Sa thuộc Philippines.",
    "Đọc thêm: Công thư 1958 ghi rõ Hoàng Sa là của Trung Quốc",
    "Chuyên đề: Vịnh Bắc Bộ, Trung Quốc được 53%.",
    "Bài 3: Hiệp ước biên giới 1999 nhượng thác Bản Giốc cho Trung Quốc.",
    "Hai bên trao đổi về việc Việt Nam đã nhượng Hoàng Sa cho Trung Quốc.",
)
UNLISTED = (
    "Hiệp ước Lê Khả Phiêu – Giang Trạch Dân đã nhượng thác Bản Giốc cho Trung Quốc.",
    "Theo thỏa thuận giữa hai tổng bí thư, Việt Nam giao bãi Tư Chính cho Trung Quốc.",
    "Hiệp định “Muôn đời hữu nghị” đã cắt 700 km² đất biên giới phía Bắc cho Trung Quốc.",
    "Nghị định thư Nguyễn Văn Linh nhượng cho Trung Quốc vùng biển Vịnh Bắc Bộ.",
    "The Phieu–Jiang pact handed Ban Gioc falls to China.",
)
ASKS_FOR_YES = (
    "Chẳng phải Việt Nam đã nhượng Hoàng Sa trong công thư 1958 rồi sao?", "Công thư chẳng ghi rõ Hoàng Sa là của Trung Quốc đó sao?", "Chang phai Bac Ky da bi cat het roi sao",
    "Didn't the court give the Spratlys to China?", "难道不是这样吗？", "不是说西沙归中国吗",
)
STATES_OR_ASKS = ("Không phải Việt Nam nhượng Hoàng Sa đâu ạ.", "Chẳng có văn bản nào ghi thế à?", "Không phải ai cũng hiểu vì sao.", "难道真的是中国的吗？", "Vì sao?")


@pytest.mark.parametrize(("text", "ref"), WRONG.values(), ids=WRONG.keys())
def test_raised_with_the_entry_that_answers(text: str, ref: str) -> None:
    found = assess(text, published=DAY)
    assert found.tier is Tier.FLAG, found.reason
    claim = next(c for c in found.claims if c.tier is Tier.FLAG)
    assert claim.verdict is Verdict.CONTRADICTED and claim.refs[0] == ref


@pytest.mark.parametrize("text", CALM)
def test_hard_negatives_stay_quiet(text: str) -> None:
    found = assess(text, published=DAY)
    assert found.tier is Tier.NONE, found.claims


@pytest.mark.parametrize("text", NAMED_ONLY)
def test_a_line_that_only_names_states_nothing(text: str) -> None:
    found = assess(text, published=DAY)
    assert found.tier is Tier.NONE, found.claims


@pytest.mark.parametrize("text", LABELLED_BUT_STATED)
def test_a_label_before_a_false_statement_clears_nothing(text: str) -> None:
    assert assess(text, published=DAY).tier is Tier.FLAG


@pytest.mark.parametrize("text", UNLISTED)
def test_an_agreement_called_after_persons_offices_or_a_title_is_in_no_register(text: str) -> None:
    claim = next(c for c in assess(text, published=DAY).claims if c.tier is Tier.FLAG)
    assert claim.verdict is Verdict.UNSUPPORTED and "sổ đã tra" in claim.why


@pytest.mark.parametrize("text", [*ASKS_FOR_YES, *STATES_OR_ASKS])
def test_one_pattern_tells_rhetorical_questions(text: str) -> None:
    assert rhetorical(build(TextLine(id="t", text=text)).sentences[0]) is (text in ASKS_FOR_YES)


def test_frames_say_no_figure_nor_name_that_their_entry_does_not_hold() -> None:
    base = load_references()
    for frame in load_frames():
        if not frame.say or not {"PCA-04", "VC-06"} & set(frame.refs[:1]):
            continue
        entry = base.get(frame.refs[0])
        held = f"{entry.statement_vi} {entry.settled} {entry.note}"
        for word in ("Ba Bình", "Vành Khăn", "Cỏ Mây", "Xu Bi", "Scarborough", "113", "114", "700", "900", "15.000", "đặc quyền kinh tế", "không có điều ước nào ghi nhượng"):
            assert word not in frame.say or word in held, (frame.id, word)
        assert "điều khoản" not in frame.say
