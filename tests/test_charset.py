"""Charsets: whatever header and meta element claim, the text comes out as it was written."""

from __future__ import annotations

import gzip
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.newsroom.cp1258 import encode_cp1258
from pipelines.charset import decode

VI = "Lễ chào cờ ở đảo Cồn Cỏ diễn ra sáng nay, bà con ngư dân về dự rất đông; trường học nghỉ một buổi."
ZH = "海岳新闻网讯：边境口岸昨日恢复通关，双方海关人员表示满意。"


def page(text: str, charset: str = "") -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<!DOCTYPE html><html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (page(VI).encode(), ""),
        (page(VI, "iso-8859-1").encode(), "text/html; charset=windows-1252"),
        (b"\xef\xbb\xbf" + page(VI).encode(), "text/html; charset=gb2312"),
        (page(VI).encode("utf-16"), "text/html"),
        (page(VI).encode("utf-16-le"), "text/html; charset=utf-8"),
        (page(VI).encode("utf-16-be"), ""),
        (encode_cp1258(page(VI, "windows-1258")), ""),
        (encode_cp1258(page(VI)), "text/html; charset=windows-1258"),
        (encode_cp1258(page(VI, "iso-8859-1")), "text/html"),
        (encode_cp1258(page(VI)), ""),
        (page(VI).encode("utf-8").decode("latin-1").encode("utf-8"), "text/html; charset=utf-8"),
    ],
    ids=[
        "utf-8", "utf-8 declared as Western", "mark wins", "utf-16 with mark", "utf-16-le declared as utf-8", "utf-16-be bare",
        "1258 in meta", "1258 in header", "1258 declared as Western", "1258 undeclared", "utf-8 encoded twice",
    ],
)  # fmt: skip
def test_vietnamese_comes_out_as_written(body: bytes, content_type: str) -> None:
    found = decode(body, content_type)
    assert VI in found.text
    assert unicodedata.is_normalized("NFC", found.text)


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "gb18030"])
def test_chinese_pages_are_read_in_the_superset_they_mean(declared: str) -> None:
    assert ZH in decode(page(ZH, declared).encode("gb18030"), "text/html").text


def test_a_chinese_page_with_one_broken_byte_is_still_chinese() -> None:
    body = page(ZH * 20, "gb2312").encode("gb18030").replace(b"</p>", b"\xff</p>")
    assert ZH in decode(body).text


def test_utf8_with_a_few_broken_bytes_stays_utf8() -> None:
    found = decode(page(VI * 20, "utf-8").encode().replace(b"</p>", b"\xe1\xbb</p>"))
    assert found.encoding == "utf-8" and VI in found.text and "byte hỏng" in found.note


def test_a_capture_cut_inside_a_character_is_utf8() -> None:
    body = page(VI, "gb2312").encode()
    cut = body[: body.index("ễ".encode()) + 1]
    assert decode(cut).encoding == "utf-8"


@pytest.mark.parametrize("font", ["TCVN3", "VNI"])
def test_old_fonts_become_unicode(font: str) -> None:
    from pipelines.legacy import from_tcvn3, from_vni

    # One paragraph typed in each font, written down as the Latin-1 characters that such pages contain.
    typed = {
        "TCVN3": "Ngµy h«m nay, l·nh ®¹o tØnh ®Õn th¨m bµ con ng­ d©n vµ tÆng quµ cho häc sinh cña x· ®¶o; n¨m nay tr­êng cã hai líp míi. " * 3,
        "VNI": "Ngaøy hoâm nay, laõnh ñaïo tænh ñeán thaêm baø con ngö daân vaø taëng quaø cho hoïc sinh cuûa xaõ ñaûo; naêm nay tröôøng coù hai lôùp môùi. " * 3,
    }[font]
    found = decode(page(typed, "iso-8859-1").encode("latin-1"), "text/html")
    assert found.note == font
    assert "lãnh đạo tỉnh đến thăm" in found.text
    assert from_tcvn3("®¶o") == from_vni("ñaûo") == "đảo"


@pytest.mark.parametrize("label", ["utf-7", "unknown-8bit", "base64", "rot13", "x" * 40, "utf-16"])
def test_strange_labels_do_no_harm(label: str) -> None:
    assert VI in decode(page(VI, label).encode(), f"text/html; charset={label}").text


@given(st.binary(max_size=2000), st.text(max_size=60))
def test_no_bytes_raise(body: bytes, content_type: str) -> None:
    assert isinstance(decode(body, content_type).text, str)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=300))
def test_utf8_is_always_read_back(text: str) -> None:
    assert text in decode(page(text).encode()).text or "hai lần" in decode(page(text).encode()).note or decode(page(text).encode()).note in {"TCVN3", "VNI"}


@pytest.mark.shared_data
def test_the_page_that_says_gb2312_and_sends_utf8(shared_data: Path) -> None:
    with gzip.open(shared_data / "html" / "fundus_cn_People_2024_04_24.html.gz") as packed:
        found = decode(packed.read(), "text/html")
    assert found.encoding == "utf-8" and "人民网" in found.text and "gb18030" in found.note
