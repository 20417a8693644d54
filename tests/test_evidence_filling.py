"""The page that is rebuilt without network shows the pictures that were kept, and what it lacks is named."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from classifiers.referencebase import load_references
from dashboards.evidence import filling
from dashboards.evidence.chromium import rebuilt
from dashboards.evidence.gather import unfilled
from dashboards.evidence.manifest import File, Parts
from tests.desk import Desk, make_desk
from tests.desk import pack_without_browser as build_pack

BASE = "https://bao-mau.example/tin/bai.html"


def png(colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (4, 4), colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("tag", [
    '<img src="/anh/a.png">', '<img src="data:image/gif;base64,R0lGOD" data-src="../anh/a.png" loading="lazy">',
    '<img data-srcset="/anh/b.png 1x, https://bao-mau.example/anh/a.png 2x">', '<picture><source srcset="/anh/a.png 2x"><img src="/nho.png"></picture>',
])  # fmt: skip
def test_a_kept_picture_stands_in_the_page_however_it_is_named(tag: str) -> None:
    page, lacks = rebuilt(f"<body><p>Chữ</p>{tag}</body>".encode(), "text/html; charset=utf-8", BASE, {"https://bao-mau.example/anh/a.png": png()})
    assert lacks == [] and page.count(b'src="data:image/png;base64,') == 1 and not re.search(rb"srcset|data-src|<source", page)


def test_what_is_not_kept_or_no_picture_or_too_much_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "MOST", len(png()))
    tags = "".join(f'<img src="/{name}.png">' for name in "abcd")
    kept = {f"https://bao-mau.example/{name}.png": body for name, body in (("a", b"<svg onload=alert(1)>"), ("b", png()), ("c", png()))}
    page, lacks = rebuilt(f"<body>{tags}</body>".encode(), "text/html", BASE, kept)
    assert [url[-5] for url in lacks] == ["a", "c", "d"] and b"svg" not in page
    parts = Parts([File("x", "body", f"<body>{tags}</body>".encode(), "1")], pictures={"1": kept})
    unfilled(parts, [{"id": "1", "with_claim": True, "capture": {"content_type": "text/html", "final_url": BASE}}])
    assert "thiếu 3 hình không lưu: https://bao-mau.example/a.png" in parts.absent[0]["reason"]


def test_a_reference_without_an_address_is_named_too_and_holds_no_pack_up(tmp_path: Path) -> None:
    from pipelines.store.schema import alerts

    desk: Desk = make_desk(tmp_path / "data")
    base = load_references()
    id = next(one for one in base.ids() if not base.get(one).source.url)
    with desk.store.begin() as conn:
        row = conn.execute(alerts.select().where(alerts.c.id == desk.ids["flag"])).mappings().one()
        conn.execute(alerts.update().where(alerts.c.id == desk.ids["flag"]).values(claim={**row["claim"], "refs": [id]}))
    pack = build_pack(desk.store, desk.settings.model_copy(update={"reference_copies": True}), desk.ids["story"], tmp_path / "out")
    assert pack.complete and any(id in item["reason"] and "bản giấy" in item["reason"] for item in pack.absent)
