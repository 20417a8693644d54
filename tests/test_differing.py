"""Where only the models raise a sentence, what is shown as differing is its smallest telling part, word for word."""

from __future__ import annotations

import pytest

from classifiers.differing import span
from classifiers.document import build
from classifiers.referencebase import load_references
from pipelines.records import TextLine

CASES = (
    ("VC-07", "Nhưng xin thưa, từ ngày phân mốc thì cả thác lớn lẫn thác nhỏ đều nằm trọn bên Quảng Tây, mình chỉ còn cái bãi đứng ngó.", "nằm trọn bên Quảng Tây", "đứng ngó"),
    ("IUU-01", "EU đã giơ thẻ đỏ với cá mình từ hồi tháng giêng 2024, cảng nào cũng đóng cửa hết.", "thẻ đỏ", "cảng nào"),
    ("GT-04", "The Sino-Vietnamese fisheries agreement for the Gulf is still running, and nobody at the fish market needs any other paper.", "fisheries agreement", "fish market"),
    ("SAN-01", "Sansha City, recognised under international law as the administrator of the Xisha group, now offers glass-bottom tours.", "recognised", "glass-bottom"),
)


@pytest.mark.parametrize(("ref", "text", "inside", "outside"), CASES, ids=[case[0] for case in CASES])
def test_the_part_holds_what_is_wrong_and_leaves_out_the_rest(ref: str, text: str, inside: str, outside: str) -> None:
    base = load_references()
    lead = "Mở đầu bài. "
    sentence = build(TextLine(id="x", text=lead + text)).sentences[-1]
    start, end = span(base, sentence, (ref,))
    shown = (lead + text)[start:end]
    assert inside in shown and outside not in shown
    assert shown == shown.strip() and shown in text


def test_a_sentence_that_shares_nothing_is_shown_whole() -> None:
    sentence = build(TextLine(id="x", text="Chợ quê họp sớm.")).sentences[0]
    assert span(load_references(), sentence, ("GT-04",)) == (sentence.start, sentence.end)
    assert span(load_references(), sentence, ()) == (sentence.start, sentence.end)
