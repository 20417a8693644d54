"""How names are written: old encodings below a Unicode title, levels and lines, the gate's communes."""

from __future__ import annotations

import pytest

from pipelines.places import Matcher
from tests.test_places import NB, NOW, SAMPLE, THEN, WRITTEN, about


@pytest.mark.parametrize("form", ["TCVN3", "VNI", "UTF-8 read as Latin-1", "windows-1258 shown as windows-1252"])
def test_an_old_encoding_below_a_unicode_title_or_a_long_head_is_read(form: str) -> None:
    title, body = "Thông báo của Ủy ban về mưa lũ", WRITTEN[form](SAMPLE)
    page = f"<html><head><title>{title}</title><script>{'var a=1;' * 3000}</script></head><body>{body}</body></html>"
    assert Matcher.load().touches(page) and Matcher.load().touches(f"{title}\n{body}")
    for first, rest in ((title, body), (body, "Người dân dọn dẹp sau những ngày mưa lũ lớn.")):
        places = Matcher.load().resolve(first, "", rest, THEN)
        full = f"{first}\n\n{rest}"
        assert {"ninh-binh", "thanh-hoa"} <= set(places.about)
        assert WRITTEN[form]("Ninh Bình") in {m.as_written for m in places.mentions}
        assert all(full[m.start : m.end] == m.as_written for m in places.mentions)


def test_a_level_that_ends_the_title_is_none_of_the_next_line() -> None:
    places = Matcher.load().resolve("Tuyển sinh không theo địa giới cấp xã", "Khánh Hòa vừa phê duyệt kế hoạch.", "", NOW)
    assert not places.about


def test_the_gate_opens_for_a_commune_of_today_with_its_level() -> None:
    for name in ("xã Vĩnh Trụ", "Phường Đông A", "XÃ GIA VÂN"):
        assert Matcher.load().touches(f"UBND {name} họp dân") and about(f"UBND {name} họp dân") == {NB}
    assert not Matcher.load().touches("Gia vân gỗ đẹp")
