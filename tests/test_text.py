"""Vietnamese text: clean forms, folding, offsets that lead home, old encodings, languages, sentences, words."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.language import detect
from pipelines.legacy import decode, from_tcvn3, from_vni, repair
from pipelines.slang import written_out
from pipelines.text import aligned, fold, normalised, normalize, one_tone_style
from pipelines.words import sentences, words, words_of_many

VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậòóỏõọ ABĐÊỄ .,-\u200b\u00a0\u0301\u0323\t\nÐð", max_size=80)


@pytest.mark.parametrize(
    ("given_text", "clean"),
    [
        ("Ho\u0061\u0300 Bi\u0300nh", "Hoà Bình"),
        ("Quảng\u200b Trị\ufeff", "Quảng Trị"),
        ("Ðồng Hới và Ɖông Hà", "Đồng Hới và Đông Hà"),
        ("biển\u00a0 \tđảo", "biển đảo"),
        ("Ｈà Nội", "Hà Nội"),
        ("Nаm Định", "Nam Định"),  # a Cyrillic а inside a Latin word
        ("Москва", "Москва"),
    ],
)
def test_clean_text(given_text: str, clean: str) -> None:
    assert normalize(given_text) == clean


def test_folding_keeps_the_length_of_clean_text() -> None:
    assert fold("ĐƯỜNG LƯỠI BÒ, Thuỷ – Thủy") == "duong luoi bo, thuy – thuy"


def test_both_placements_of_tone_marks_become_one() -> None:
    assert one_tone_style("Thanh Hoá, thuỷ, khoẻ, HOÀ, quý, toán") == "Thanh Hóa, thủy, khỏe, HÒA, quý, toán"


@given(VIETNAMESE)
def test_every_clean_span_leads_to_the_original(text: str) -> None:
    clean = normalised(text)
    assert unicodedata.is_normalized("NFC", clean.text)
    position = 0
    for index in range(len(clean.text)):
        start, end = clean.span(index, index + 1)
        assert position <= start < end <= len(text)
        position = start
        shown = fold(normalize(text[start:end]))
        assert unicodedata.combining(clean.text[index]) or shown[:1] in (fold(clean.text[index]), " ", "")


@given(VIETNAMESE)
def test_cleaning_twice_changes_nothing_and_folding_keeps_offsets(text: str) -> None:
    clean = normalize(text)
    assert normalize(clean) == clean
    assert len(fold(clean)) == len(clean)


@given(VIETNAMESE)
def test_the_aligned_form_keeps_offsets_too(text: str) -> None:
    clean = aligned(text)
    assert unicodedata.is_normalized("NFC", clean.text)
    assert all(0 <= clean.span(i, i + 1)[0] < clean.span(i, i + 1)[1] <= len(text) for i in range(len(clean.text)))


def test_a_decomposed_sentence_is_marked_exactly() -> None:
    text = unicodedata.normalize("NFD", "Chào.\u200b Trường Sa thuộc Khánh Hòa. Hết.")
    clean = normalised(text)
    first = clean.text.index("Trường")
    last = clean.text.index("Hòa.") + len("Hòa.")
    start, end = clean.span(first, last)
    assert text[start:end] == unicodedata.normalize("NFD", "Trường Sa thuộc Khánh Hòa.")


SAMPLE = "Nhà nước ta đã khẳng định chủ quyền của Việt Nam đối với biển, đảo trong nhiều năm"


def _back(table: str) -> str:
    from pipelines import legacy

    if table == "tcvn3":
        inverse = {new: old for old, new in legacy._TCVN3.items()}
    else:
        inverse = {new: old for old, new in legacy._vni()[1].items()}
    return "".join(inverse.get(char, char) for char in SAMPLE)


@pytest.mark.parametrize("table", ["tcvn3", "vni"])
def test_old_fonts_are_read(table: str) -> None:
    old = _back(table)
    assert (from_tcvn3 if table == "tcvn3" else from_vni)(old) == SAMPLE
    assert repair(old) == SAMPLE
    assert decode(old.encode("latin-1")) == SAMPLE


def test_mojibake_and_windows_1258_and_sound_text() -> None:
    assert repair(SAMPLE.encode().decode("latin-1")) == SAMPLE
    assert repair(SAMPLE) == SAMPLE
    # windows-1258 writes the tone after a letter that keeps its own mark: ê + dot below
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    parts = []
    for char in SAMPLE:
        pair = unicodedata.normalize("NFD", char)
        tone = next((mark for mark in pair if mark in tones), "")
        parts.append(unicodedata.normalize("NFC", pair.replace(tone, "") if tone else pair) + tone)
    assert decode("".join(parts).encode("cp1258"), "windows-1258") == SAMPLE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ngư dân trở về bến an toàn sau bão", "vi"),
        ("Ba con Hai Hau coi lai ban do, duong co so khong doi dau nha", "vi"),
        ("The islands were discussed by both ministers on Monday", "en"),
        ("越南外交部发言人表示", "zh"),
        ("ຂ່າວຊາຍແດນລາວ", "lo"),
        ("Les îles sont au centre de la discussion entre les deux pays voisins", "fr"),
        ("Le ministre a visité hier le marché aux poissons", "fr"),
        ("漁師たちは台風の後に港へ戻りました", "ja"),
        ("東京都知事会見", "ja"),  # kanji alone: 会 is not traditional, 東 and 見 are not simplified
        ("中国外交部发言人会见记者", "zh"),
        ("臺灣漁民返港", "zh"),
        ("南海", "zh"),  # alike in both languages: the one that is followed
        ("어민들이 태풍 뒤에 항구로 돌아왔다", "ko"),
        ("ชาวประมงกลับเข้าฝั่งหลังพายุ", "th"),
        ("អ្នកនេសាទត្រឡប់មកវិញក្រោយព្យុះ", "km"),
        ("Рыбаки вернулись в порт", "ru"),
        ("ok", "und"),
        ("Hello", "und"),
        ("Hello world", "und"),
        ("Lào Cai", "vi"),
        ("xin chao", "vi"),
        ("Hoàng Sa", "vi"),
        ("12345 !!!", "und"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tại TP. HCM, giá là 1.449,566 đồng. PGS.TS. Trần B. nói: “Tốt.” Rồi đi.", ["Tại TP. HCM, giá là 1.449,566 đồng.", "PGS.TS. Trần B. nói: “Tốt.”", "Rồi đi."]),
        ("Một câu…\nHai câu! Ba?", ["Một câu…", "Hai câu!", "Ba?"]),
        ("It is 3.5 km from St. John. He left.", ["It is 3.5 km from St. John.", "He left."]),
        ("第一句。“第二句！”第三句", ["第一句。", "“第二句！”", "第三句"]),
        ("ຄຳທີໜຶ່ງ. ຄຳທີສອງ.", ["ຄຳທີໜຶ່ງ.", "ຄຳທີສອງ."]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    found = [text[start:end] for start, end in sentences(text)]
    if "第" in text:
        assert "".join(found) == text
        assert len(found) == 3
    else:
        assert found == expected


@given(st.text(max_size=200))
def test_sentences_never_overlap_or_lose_letters(text: str) -> None:
    spans = sentences(text)
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    assert sum(len(text[a:b].split()) for a, b in spans) >= len(text.split())


def test_words_in_four_languages_and_from_many_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(words, ["Việt Nam khẳng định chủ quyền"] * 8))
    assert all(result == results[0] for result in results)
    assert "Việt Nam" in results[0]
    assert words("西沙群岛") == ["西沙", "沙群", "群岛"]
    assert words("  ") == []


def test_many_texts_go_through_a_pool_of_processes_in_order() -> None:
    texts = [f"Việt Nam có {number} đảo" for number in range(70)]
    assert words_of_many(texts, workers=2) == [words(text) for text in texts]


def test_short_forms_are_written_out_and_lead_back() -> None:
    out = written_out("mn ơi TQ ko dc vào BĐ, HS-TS là của vn")
    assert out.text == "mọi người ơi Trung Quốc không được vào Biển Đông, Hoàng Sa - Trường Sa là của Việt Nam"
    start = out.text.index("Biển Đông")
    assert out.original[slice(*out.span(start, start + len("Biển Đông")))] == "BĐ"
    assert written_out("Quốc hội họp").text == "Quốc hội họp"
