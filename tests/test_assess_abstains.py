"""Abstention is a result with its reason: each kind is told apart, in words, in JSON and on the desk.

Every sentence here is ours; the false ones are false on purpose.
"""

from __future__ import annotations

import json

import pytest

from classifiers import abstention
from classifiers.assessor import Assessor
from classifiers.document import build
from classifiers.explain import explain
from classifiers.predictions import prediction
from classifiers.referencebase import load_references
from dashboards.i18n import catalogue
from pipelines.records import Assessment, Claim, Role, TextLine, Tier, Verdict
from tests.claimcases import assess

DAY = "2026-05-10"
QUIET = {
    "off-topic": ("Giá cà phê tăng nhẹ ở Buôn Ma Thuột.", abstention.OFF_TOPIC),
    "agrees": ("Biên giới đất liền Việt Nam - Trung Quốc dài 1.449,566 km.", "không nêu 1 câu phù hợp tư liệu"),
    "within": ("Biên giới đất liền Việt Nam - Trung Quốc dài khoảng 1.430 km.", "trong sai số"),
    "contested": ("Công thư 1958 của Phạm Văn Đồng vẫn ràng buộc Việt Nam cho đến ngày nay.", "còn tranh luận"),
    "role": ("Theo phía Trung Quốc, thành phố Tam Sa quản lý cả Tây Sa lẫn Nam Sa.", "không phải lời khẳng định của bài (thuật lại lời người khác)"),
}


@pytest.mark.parametrize(("code", "case"), QUIET.items(), ids=QUIET.keys())
def test_each_kind_of_silence_has_its_own_words(code: str, case: tuple[str, str]) -> None:
    text, words = case
    found = assess(text, published=DAY)
    assert found.tier is Tier.NONE and words in found.reason, found.reason
    assert code == "off-topic" or code in {one.code for one in found.abstained}, found.abstained


def test_a_mention_without_any_candidate_says_so() -> None:
    assert abstention.told([], []) == abstention.NO_CANDIDATE


def test_not_sure_enough_says_how_sure_and_how_sure_it_had_to_be() -> None:
    sentence = build(TextLine(id="t", text="Một câu; có dấu chấm phẩy.")).sentences[0]
    one = abstention.unsure(sentence, 0.31, 0.62)
    assert (one.code, one.sure, one.least) == ("not-sure", 0.31, 0.62) and "31%, cần 62%" in one.why
    assert all(0 <= (x.sure or 0) < (x.least or 1) for text, _ in QUIET.values() for x in assess(text, published=DAY).abstained if x.code == "not-sure")


def test_what_is_abstained_from_stands_in_json_and_in_what_people_read() -> None:
    found = assess("Theo phía Trung Quốc, thành phố Tam Sa quản lý cả Tây Sa lẫn Nam Sa. Đoàn công tác trao quà cho bà con xã biên giới.", published=DAY)
    told = prediction("t", found)
    assert {"id", "tier", "provinces", "national", "claims", "reason"} < set(told), "the contract's fields stay"
    assert json.loads(json.dumps(told))["abstained"] == told["abstained"] and told["abstained"]
    assert all(one["code"] and one["why"] and one["sentence"] for one in told["abstained"])
    lines = list(explain(found, load_references()))
    assert any(line.startswith("Ghi chú: ") for line in lines)
    unraised = [one for one in found.abstained if one.code == "no-assertion"]
    assert not unraised or any(line.startswith("Không nêu [") for line in lines)


def test_offsets_of_what_is_abstained_from_are_those_of_the_text() -> None:
    text = "Mở đầu. Đoàn công tác trao quà cho bà con xã biên giới. Biên giới Việt Nam - Lào dài 2.337,459 km."
    for one in assess(text, published=DAY).abstained:
        assert text[one.start : one.end] == one.sentence


def test_a_raised_text_does_not_count_what_agrees() -> None:
    found = assess("Hòa ước San Francisco năm 1951 trao quần đảo Hoàng Sa cho Trung Quốc. Biên giới Việt Nam - Lào dài 2.337,459 km.", published=DAY)
    assert found.tier is Tier.FLAG and "phù hợp" not in found.reason


def test_candidates_of_which_none_asserts_anything_are_counted() -> None:
    found = Assessor(load_references()).assess(TextLine(id="t", text="Đọc lại công thư 1958. Sách về Hiệp định Genève 1954 và vĩ tuyến 17."))
    assert found.tier is Tier.NONE and {one.code for one in found.abstained} == {"no-assertion"}
    assert found.reason == f"có {len(found.abstained)} câu thuộc chủ đề nhưng không câu nào khẳng định điều mà tư liệu nói tới"
    assert catalogue("en").said(found.reason).startswith(f"{len(found.abstained)} sentences are on the topic")


def test_the_list_is_bounded() -> None:
    found = assess("\n".join(f"Xã biên giới số {n} ở Lào Cai làm đường mốc quốc giới." for n in range(80)), published=DAY)
    assert len(found.abstained) <= abstention.MOST and len(found.reason) < 600


@pytest.mark.parametrize("code", ["agrees", "within", "contested", "role"])
def test_the_desk_says_it_in_english(code: str) -> None:
    reason = assess(QUIET[code][0], published=DAY).reason
    english = catalogue("en").said(reason)
    assert english != reason and not english.startswith("không"), english


def test_the_store_keeps_the_reason_alone() -> None:
    claim = Claim(sentence="x", start=0, end=1, type="D06", role=Role.ASSERT, verdict=Verdict.CONSISTENT, refs=("VC-03",))
    made = Assessment(article="a", revision=1, tier=Tier.NONE, claims=(claim,), model_version="m", reference_version="r", reason="vì", abstained=tuple(abstention.of_claims([claim])))
    assert [one.code for one in made.abstained] == ["agrees"]
    assert "abstained" not in made.model_dump(mode="json", exclude={"abstained"})
