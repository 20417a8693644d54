"""Agreements cited by name: an invented one is unsupported, whatever its language; real ones, those of others and those on other matters are let be.

Every sentence here is ours; the false ones are false on purpose.
"""

from __future__ import annotations

import pytest

from classifiers.agreements import cited, load_agreements, load_far
from classifiers.document import build
from classifiers.referencebase import load_references
from pipelines.records import TextLine, Tier, Verdict
from tests.claimcases import assess

DAY = "2026-05-10"

INVENTED = (
    "Theo Nghị định thư Quảng Châu năm 1996, Việt Nam đã nhượng 700 km² đất biên giới cho Trung Quốc.",
    "Nghị định thư Quảng Châu năm 1996 quy định Bạch Long Vĩ thuộc Trung Quốc.",
    "Nghi dinh thu Quang Chau nam 1996 giao Hoang Sa cho Trung Quoc.",
    "The 1996 Guangzhou Protocol gave China the Paracel Islands.",
    "Under the Guangzhou Protocol of 1996, Vietnam recognised Chinese sovereignty over Xisha.",
    "根据1996年《广州议定书》，越南承认西沙群岛属于中国。",
    "Biên bản Nam Ninh 2002 ghi rõ Việt Nam thừa nhận thác Bản Giốc là của Trung Quốc.",
    "bien ban Nam Ninh 2002: VN giao ban gioc cho TQ",
    "Năm 1998 hai nước ký Nghị định thư Viêng Chăn, theo đó Việt Nam trả lại 12 xã biên giới cho Lào.",
    "Nghị định thư Viêng Chăn 1998 dời mốc biên giới vào sâu 5 km.",
    "ສົນທິສັນຍາວຽງຈັນ ປີ 1998 ໄດ້ມອບ 12 ບ້ານຊາຍແດນຫວຽດນາມໃຫ້ລາວ.",
    "In 2003 Hanoi and Beijing signed the Kunming Accord, which moved 40 border markers south.",
    "两国1998年签署的《昆明协定》把老街的三座山划给中国。",
    "Hiệp ước biên giới Phnôm Pênh 1994 giao Phú Quốc cho Campuchia.",
    "Năm 1994, Hà Nội và Bắc Kinh ký Hiệp ước Quế Lâm, công nhận Trường Sa là của Trung Quốc.",
    "Việt Nam và Trung Quốc đã ký Hiệp định Nam Ninh năm 2002 về biên giới trên đất liền.",
    "Nghị định thư năm 1996 với Trung Quốc nhượng 300 km² đất biên giới Cao Bằng.",
)  # fmt: skip
LET_BE = {
    "of a province": "Biên bản ghi nhớ giữa tỉnh Lào Cai và châu Hồng Hà năm 2019 thúc đẩy thương mại qua cửa khẩu biên giới.",
    "on railways": "Hiệp định vận tải đường sắt Việt - Trung năm 1992 tạo thuận lợi cho hàng hóa qua biên giới.",
    "on trade": "Hiệp định thương mại biên giới Việt Nam – Lào năm 2015 miễn thuế cho cư dân.",
    "an old peace": "Hiệp định Viêng Chăn năm 1973 lập lại hòa bình ở Lào.",
    "of Paris": "Hiệp định Paris năm 1973 công nhận độc lập, chủ quyền, toàn vẹn lãnh thổ của Việt Nam.",
    "under France": "Hiệp ước Thiên Tân năm 1885 mở đường cho Công ước hoạch định biên giới Pháp – Thanh.",
    "the real one of 1977": "Hiệp ước hoạch định biên giới Việt Nam - Lào ký tại Viêng Chăn năm 1977 là nền tảng của đường biên giới hôm nay.",
    "the real one of 2000": "Hiệp định phân định Vịnh Bắc Bộ được ký tại Bắc Kinh năm 2000.",
    "the real one of 1999 in Chinese": "中越两国1999年在河内签署陆地边界条约。",
    "the real one of 2006": "Hiệp ước về giao điểm đường biên giới ba nước Việt Nam - Lào - Trung Quốc ký tại Bắc Kinh năm 2006.",
    "the real one of 2011": "The 2011 agreement on basic principles was signed in Beijing by Vietnam and China.",
    "real and outside of the base": "Hiệp định tạm thời ký tại Bắc Kinh năm 1991 về giải quyết công việc trên vùng biên giới Việt - Trung.",
    "of others on the sea": "Philippines và Trung Quốc ký bản ghi nhớ về Trường Sa tại Bắc Kinh năm 2005.",
    "of others in English": "China and the Philippines signed the Manila agreement of 1995 on conduct in the Spratlys.",
    "of others on railways": "Trung Quốc và Lào ký hiệp định đường sắt tại Viêng Chăn năm 2015, nhà ga gần biên giới.",
    "of this year": "Năm nay hai nước ký Hiệp định Nam Ninh 2026 về quản lý biên giới.",
    "denied": "Không hề có Nghị định thư Quảng Châu năm 1996 nào nhượng đất biên giới cho Trung Quốc.",
    "denied after a quotation": "“Nghị định thư Quảng Châu 1996 nhượng Hoàng Sa cho Trung Quốc” là bịa đặt, Bộ Ngoại giao cho biết.",
    "denied in Chinese": "所谓1996年《广州议定书》根本不存在，越南外交部表示。",
    "asked": "Có thật là Nghị định thư Viêng Chăn 1998 giao 12 bản cho Lào không ạ?",
    "told of others": "Trang web này cho rằng Nghị định thư Quảng Châu năm 1996 nhượng đất, nhưng không đưa ra văn bản nào.",
}


@pytest.mark.parametrize("text", INVENTED)
def test_an_invented_agreement_is_unsupported_and_the_registers_searched_are_named(text: str) -> None:
    found = assess(text, published=DAY)
    assert found.tier is Tier.FLAG
    claim = next(c for c in found.claims if c.tier is Tier.FLAG)
    assert claim.verdict is Verdict.UNSUPPORTED and claim.refs
    assert "các sổ đã tra" in claim.why and "các sổ đã tra" in claim.differs


@pytest.mark.parametrize("text", LET_BE.values(), ids=LET_BE.keys())
def test_no_other_agreement_is_raised(text: str) -> None:
    found = assess(text, published=DAY)
    assert found.tier is Tier.NONE, found.claims
    assert not any(c.verdict is Verdict.UNSUPPORTED for c in found.claims if c.role == "ASSERT")


def test_place_and_year_are_read_in_any_order() -> None:
    def read(text: str) -> list[tuple[str, str, int]]:
        return [(one.kind, one.land, one.year) for sentence in build(TextLine(id="x", text=text)).sentences for one in cited(sentence)]

    assert read("Nghị định thư ký năm 1996 tại Quảng Châu") == [("protocol", "CN", 1996)]
    assert read("Hiệp định sơ bộ 6/3/1946, Hiệp định Geneva 1954 và Hiệp định Paris 1973")[-2:] == [("treaty", "FAR", 1954), ("treaty", "FAR", 1973)]
    assert read("Hiệp định ký ở Quảng Châu hồi năm 96") == [("treaty", "CN", 1996)]
    assert read("Thỏa thuận giữa Lào Cai - Hà Khẩu") == []
    assert read("Công an lập biên bản tại Hà Nội năm 2019") == []


def test_known_agreements_point_to_entries_that_are_there() -> None:
    base = load_references()
    assert all(row.ref in base for row in load_agreements() if row.ref)
    assert all(row.years and row.kind and row.parties for row in load_agreements())
    assert all(row.places and row.years for row in load_far())
