"""The topic gate: what must get through, in four languages and any spelling, and what never needs reading."""

from __future__ import annotations

import gzip
import json
import lzma
import unicodedata
from pathlib import Path

import pytest

from classifiers.claims import candidates, on_topic
from classifiers.document import build
from classifiers.lexicon import load_lexicon
from classifiers.referencebase import load_references
from classifiers.surface import is_bare, read
from classifiers.training import example, rows
from pipelines.records import TextLine

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))["gate"]
MUST_PASS = [
    "Trường Sa thuộc tỉnh nào sau sáp nhập?",
    "TRUONG SA thuoc tinh nao",
    "Hiệp ước biên giới năm 1999 có mấy điều",
    "cot moc 1116 o huu nghi",
    "The baseline drawn in the Gulf of Tonkin",
    "西沙群岛的行政归属",
    "ຫຼັກໝາຍຊາຍແດນ ລາວ-ຫວຽດນາມ",
    unicodedata.normalize("NFD", "Đường lưỡi bò trên bản đồ"),
]


@pytest.mark.parametrize("text", MUST_PASS)
def test_topic_words_pass_in_every_language_and_spelling(text: str) -> None:
    assert on_topic(text)


@pytest.mark.parametrize("text", ["Giá cà phê tăng mạnh trong phiên sáng nay", "The recipe needs two eggs", "今天天气很好", "ອາຫານແຊບຫຼາຍ"])
def test_other_news_does_not_pass(text: str) -> None:
    assert not on_topic(text)


@pytest.mark.parametrize("text", ["bgioi vs lào mất r nha", "tq ẵm hơn nửa vịnh bb", "hsa là đặc khu của đà nẵng", "Bờ biển Kim Sơn dài 18 km."])
def test_short_posts_without_a_topic_word_pass_by_their_concepts(text: str) -> None:
    assert on_topic(text)


def test_a_text_is_read_by_sentences_and_neighbours_of_a_claim_come_along() -> None:
    text = "Hiệp định Vịnh Bắc Bộ ký năm 2000. Bên kia được phần lớn hơn, ta phần nhỏ. Hoa cải nở vàng bên sông."
    kept = [sentence.text for sentence in candidates(build(TextLine(id="x", text=text)))]
    assert kept[:2] == ["Hiệp định Vịnh Bắc Bộ ký năm 2000.", "Bên kia được phần lớn hơn, ta phần nhỏ."]


def test_nearly_all_labelled_claims_pass_the_gate() -> None:
    base = load_references()
    found = [(row, example(row, base)) for row in rows() if row["verdict"] != "OUT_OF_SCOPE"]
    kept = [read.sentence in candidates(read.document) for _, read in found if read is not None]
    assert sum(kept) / len(kept) >= FLOORS["labelled"]


def concepts(text: str) -> set[str]:
    return {tag.concept for tag in load_lexicon().tags(read(text, bare=is_bare(text)))}


def test_homonyms_are_no_archipelago() -> None:
    assert "TS" not in concepts("Chuyến bay thẳng đến thành phố Trường Sa, tỉnh Hồ Nam")
    assert "HS" not in concepts("Kẹt xe trên đường Hoàng Sa từ sáng sớm")
    assert "TS" not in concepts("Cảng Nam Sa đón thêm tàu container")
    assert "TS" in concepts("Quần đảo Trường Sa nằm ở Biển Đông")


def test_marks_tell_words_apart_where_the_text_has_marks() -> None:
    assert "SOLD" in concepts("đã bán Ải Nam Quan")
    assert "SOLD" not in concepts("đã bàn về Ải Nam Quan")
    assert "SOLD" in concepts("da ban Ai Nam Quan cho Trung Quoc")


def test_lost_marks_of_scanned_text_are_forgiven_once() -> None:
    assert "DASH" in concepts("bản đồ có đường chín đoan màu đỏ")


def test_teencode_is_opened() -> None:
    assert {"VN", "NEG"} <= concepts("vn mình hổng có thua kiện đâu")
    assert "UN" in concepts("tòa án LHQ xử r")


@pytest.mark.shared_data
def test_every_labelled_claim_passes_and_few_sentences_of_the_news(shared_data: Path) -> None:
    missed = []
    for raw in (shared_data / "claims_dev.jsonl").open(encoding="utf-8"):
        row = json.loads(raw)
        line = TextLine.model_validate(row)
        document = build(line)
        chosen = candidates(document) if on_topic(f"{line.title}\n{line.text}") else []
        for claim in row["claims"]:
            if claim["verdict"] == "OUT_OF_SCOPE":
                continue
            spans = [(s.field, s.start, s.end) for s in chosen]
            title, body = line.title.find(claim["sentence"]), line.text.find(claim["sentence"])
            hit = any((f == "title" and title >= 0 and s < title + len(claim["sentence"]) and e > title) or (f == "body" and body >= 0 and s < body + len(claim["sentence"]) and e > body) for f, s, e in spans)
            if not hit:
                missed.append((row["id"], claim["sentence"]))
    assert missed == []
    seen = kept = 0
    for line in sample(shared_data / "news"):
        document = build(line)
        seen += len(document.sentences)
        kept += len(candidates(document)) if on_topic(f"{line.title}\n{line.text}") else 0
    assert kept / seen <= FLOORS["news_sentences_at_most"]


def sample(folder: Path) -> list[TextLine]:
    """Return every sixtieth text of each of the three news files."""
    lines = []
    with lzma.open(folder / "headlines_2025-08_2026-04.jsonl.xz", "rt", encoding="utf-8") as handle:
        for row in (json.loads(raw) for number, raw in enumerate(handle) if number % 60 == 0):
            lines.append(TextLine(id=row["id"], title=row["title"] or "", text=row["summary"] or ""))
    with gzip.open(folder / "dantri_2021.jsonl.gz", "rt", encoding="utf-8") as handle:
        for row in (json.loads(raw) for number, raw in enumerate(handle) if number % 60 == 0):
            lines.append(TextLine(id=row["id"], title=row["sentences"][0], text="\n".join(row["sentences"][1:])))
    with gzip.open(folder / "press_2016.jsonl.gz", "rt", encoding="utf-8") as handle:
        for row in (json.loads(raw) for number, raw in enumerate(handle) if number % 60 == 0):
            lines.append(TextLine(id=row["url"], title=row["title"], text=row["text"]))
    return lines
