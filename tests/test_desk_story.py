"""The story page: claims marked, reasons for and against, revisions with their difference, archived copy, map; hostile pages inert."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from lxml import html

from classifiers.referencebase import load_references
from dashboards.archived import archived, harmless
from dashboards.arguments import arguments
from dashboards.geo import spots, spots_of
from pipelines.errors import UserError
from pipelines.records import Claim, Role, Verdict
from pipelines.store.schema import articles, assessments, captures
from tests.desk import (
    HOSTILE,
    NOON,
    WRONG,
    Desk,
    add_alert,
    add_article,
    add_capture,
    add_story,
    claim,
    make_desk,
    sign_in,
)

STATIC = Path(__file__).parent.parent / "dashboards" / "static"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def judged(**more: object) -> Claim:
    given_ = {"sentence": WRONG, "start": 0, "end": len(WRONG), "type": "D05", "role": Role.ASSERT, "verdict": Verdict.CONTRADICTED,
              "refs": ("GT-02",), "confidence": 0.93, "why": "Tỷ lệ bị đảo.", **more}  # fmt: skip
    return Claim.model_validate(given_)


# --- claims and reasons --------------------------------------------------------------------------------------


def test_other_claims_of_the_text_are_shown_with_both_sides_where_contested(desk: Desk) -> None:
    other = judged(sentence="Nhiều bạn đọc đã hỏi về con số này.", start=0, end=0, verdict=Verdict.CONTESTED, refs=("LTR-01",), type="D01")
    with desk.store.begin() as conn:
        row = conn.execute(assessments.select().where(assessments.c.article == desk.ids["first"])).mappings().one()
        conn.execute(assessments.update().where(assessments.c.article == desk.ids["first"]).values(claims=[*row["claims"], other.model_dump(mode="json")]))
    text = sign_in(desk).get(f"/alerts/{desk.ids['flag']}").text
    assert "Câu đã đối chiếu, không nêu" in text and "Còn tranh luận" in text
    assert f'<mark id="claim-0" class="raised" title="đã nêu cảnh báo">{WRONG}</mark>' in text and '<mark id="claim-1" class="compared" title="đã đối chiếu, không nêu">Nhiều bạn đọc đã hỏi về con số này.</mark>' in text
    sides = load_references().get("LTR-01").sides
    assert all(side.party in text for side in sides)


def test_reasons_for_and_against_name_what_speaks_for_the_verdict_and_what_warns() -> None:
    base = load_references()
    sure = arguments(judged(), [base.get("GT-02")], in_text=True)
    assert "Tỷ lệ bị đảo." in sure.favour and any("lời của mình" in line for line in sure.favour) and any("93 %" in line for line in sure.favour)
    told = arguments(judged(role=Role.ENDORSE, why="Mâu thuẫn; GT-02: …; vai phát ngôn ENDORSE (x): dẫn nguồn và đứng về phía nguồn: “đúng”."), [], in_text=True)
    assert told.favour[:2] == ["Căn cứ đọc lời: dẫn nguồn và đứng về phía nguồn: “đúng”.", "Bài dẫn lời và đứng về phía lời được dẫn."]
    unsure = arguments(judged(confidence=0.55, role=Role.QUESTION, leans_yes=True), [base.get("LTR-01")], in_text=False)
    words = " ".join(unsure.against)
    assert "thấp" in words and "không còn nguyên văn" in words and "câu hỏi" in words and "tranh luận" in words
    rebutted = arguments(judged(), [], in_text=True, others=[judged(role=Role.REBUT, sentence="Bác bỏ.")])
    assert any("bác bỏ" in line for line in rebutted.against)


def test_a_story_address_leads_to_its_gravest_alert(desk: Desk) -> None:
    client = sign_in(desk, follow_redirects=False)
    assert client.get(f"/stories/{desk.ids['story']}").headers["location"] == f"/alerts/{desk.ids['flag']}"
    assert client.get("/stories/x").status_code == 404


# --- revisions -----------------------------------------------------------------------------------------------


def revise(desk: Desk, body: str) -> None:
    with desk.store.begin() as conn:
        row = dict(conn.execute(articles.select().where(articles.c.id == desk.ids["first"])).mappings().one())
        conn.execute(articles.update().where(articles.c.id == row["id"]).values(current=0))
        conn.execute(articles.insert().values(**{**row, "revision": 2, "current": 1, "body": body, "text_hash": "2"}))


def test_revisions_are_compared_word_by_word(desk: Desk) -> None:
    client, id = sign_in(desk), desk.ids["first"]
    assert client.get(f"/articles/{id}/diff").status_code == 404, "nothing to compare yet"
    revise(desk, f"Bài giải thích về vịnh Bắc Bộ.\n{WRONG.replace('53', '47')} Nhiều bạn đọc đã hỏi <b>về</b> con số này.")
    text = client.get(f"/articles/{id}/diff").text
    assert "<del>53</del>" in text and "<ins>47</ins>" in text and "&lt;b&gt;" in text
    assert client.get(f"/articles/{id}/diff?from=1&to=9").status_code == 404
    page = client.get(f"/alerts/{desk.ids['flag']}").text
    assert "Bài đã được sửa" in page and f"/articles/{id}/diff?from=1&amp;to=2" in page


# --- archived copy -------------------------------------------------------------------------------------------

NASTY = """<html><head><title>x</title><style>@import url(https://evil.example/a.css)</style><base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/"><link rel="stylesheet" href="https://evil.example/a.css"></head>
<body onload="alert(1)"><h1 style="background:url(https://evil.example/p)">Đầu đề</h1><script>alert(1)</script>
<p onclick="alert(1)">Chữ <a href="javascript:alert(1)">liên kết</a> <a href="https://evil.example/x" ping="https://evil.example/p">ngoài</a></p>
<img src="https://evil.example/1.gif" srcset="https://evil.example/2.gif 2x" alt="Ảnh &lt;b&gt; &quot;mẫu" onerror="alert(1)">
<iframe src="https://evil.example/"></iframe><object data="https://evil.example/o"></object><embed src="https://evil.example/e">
<svg onload="alert(1)"><a xlink:href="javascript:alert(1)"><text>x</text></a></svg><math><mtext></mtext></math>
<form action="https://evil.example/"><input name="q" value="mật khẩu"><button formaction="javascript:alert(1)">Gửi</button></form>
<video src="https://evil.example/v" poster="https://evil.example/p"></video><noscript><img src="https://evil.example/n"></noscript>
<template><img src=x onerror=alert(1)></template><!--[if IE]><script>alert(1)</script><![endif]--></body></html>"""
LOADS = {"src", "srcset", "href", "xlink:href", "action", "formaction", "data", "poster", "ping", "style", "background", "content"}


def inert(text: str) -> None:
    """Assert that no element can run, load, lead anywhere or submit."""
    tree = html.fromstring(f"<div>{text}</div>")
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in {"script", "style", "link", "meta", "base", "iframe", "object", "embed", "svg", "math", "form", "input", "button", "video", "template"}
        assert not any(name in LOADS or name.startswith("on") for name in element.attrib), html.tostring(element)


def test_an_archived_page_keeps_its_words_and_nothing_that_runs_or_loads() -> None:
    clean = harmless(NASTY)
    inert(clean)
    assert "Đầu đề" in clean and "Chữ" in clean and "liên kết" in clean and "[ảnh: Ảnh" in clean
    assert "evil.example" not in clean and "alert(1)" not in clean and "mật khẩu" not in clean


@hypothesis(deadline=None, max_examples=150)
@given(st.lists(st.one_of(st.text(max_size=12), st.sampled_from(
    ["<script>", "</script>", "<img src=x onerror=", "<svg/onload=", "<a href=javascript:", "\"'", "<!--", "-->", "<style>", "<iframe srcdoc=", "<p ", ">", "<math><mtext>", "&#x6a;", "\x00", "<noscript>", "]]>", "<template>"],
)), max_size=25))  # fmt: skip
def test_no_markup_survives_that_runs_or_loads(parts: list[str]) -> None:
    inert(harmless("".join(parts)))


def test_the_archived_copy_is_framed_in_a_sandbox_and_its_reading_is_in_the_log(desk: Desk) -> None:
    client, id = sign_in(desk), desk.ids["first"]
    page = client.get(f"/alerts/{desk.ids['flag']}").text
    assert f'src="/articles/{id}/archived?revision=1" sandbox=""' in page
    answer = client.get(f"/articles/{id}/archived?revision=1")
    assert WRONG in answer.text and "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-frame-options"] == "SAMEORIGIN" and answer.headers["cache-control"] == "no-store"
    assert client.get(f"/articles/{desk.ids['copy']}/archived").status_code == 404, "no capture"
    from sqlalchemy import select

    from pipelines.store.schema import audit as log

    with desk.store.read() as conn:
        reads = [row.object for row in conn.execute(select(log).where(log.c.action == "evidence.read"))]
    assert id in reads


def test_an_altered_or_missing_archive_is_not_shown(desk: Desk) -> None:
    with desk.store.begin() as conn:
        conn.execute(captures.update().values(body_sha256="0" * 64))
    answer = sign_in(desk).get(f"/articles/{desk.ids['first']}/archived")
    assert answer.status_code == 410 and "SHA-256" in answer.text
    (desk.settings.data / "warc" / "mau.warc.gz").unlink()
    with pytest.raises(UserError, match="không đọc được"), desk.store.read() as conn:
        archived(desk.settings.data, conn.execute(captures.select()).mappings().first())  # type: ignore[arg-type]


def test_a_page_in_an_old_encoding_is_read(desk: Desk, tmp_path: Path) -> None:
    article = add_article(desk.store, "https://cu.example/x", "Cũ", "中国", "正文", NOON)
    add_capture(desk.store, desk.settings.data, article, "<html><meta charset=gb2312><p>南沙群岛</p></html>".encode("gb2312"))
    add_story(desk.store, article)
    assert "南沙群岛" in sign_in(desk).get(f"/articles/{article.id}/archived").text


# --- map -----------------------------------------------------------------------------------------------------


def test_the_map_always_holds_both_archipelagos_as_vietnamese() -> None:
    land = json.loads((STATIC / "map" / "vietnam.json").read_text(encoding="utf-8"))
    names = {area["properties"]["id"]: area["properties"]["name"] for area in land["features"]}
    assert names["hoang-sa"] == "Quần đảo Hoàng Sa (Việt Nam)" and names["truong-sa"] == "Quần đảo Trường Sa (Việt Nam)"
    assert {"lao-cai", "ninh-binh", "thanh-hoa", "quang-tri"} <= set(names)
    assert all(area["geometry"]["coordinates"] for area in land["features"])
    assert len(land["islands"]) > 100 and len(land["communes"]) > 6000
    script = (STATIC / "map.js").read_text(encoding="utf-8")
    assert "Quần đảo Hoàng Sa (Việt Nam)" in script and "Quần đảo Trường Sa (Việt Nam)" in script


def test_places_of_a_text_lie_where_they_are() -> None:
    found = spots_of({"mentions": [{"unit_now": "tỉnh Ninh Bình"}, {"unit_now": "phường Nam Định, Ninh Bình"}, {"unit_now": "nơi không có"}]}, "Tàu đến đảo Phú Lâm.")
    assert [spot.name for spot in found] == ["tỉnh Ninh Bình", "phường Nam Định, Ninh Bình", "Đảo Phú Lâm"]
    sea = found[2]
    assert 15.5 < sea.lat < 17.5 and 111 < sea.lon < 113
    assert all(6.5 < spot.lat < 24 and 102 < spot.lon < 118 for spot in spots().values()), "one old file puts islands on the mainland"
    assert spots_of(None) == []
    assert [spot.name for spot in spots_of({"about": ["lao-cai", "da-nang"], "mentions": []})] == ["tỉnh Lào Cai", "thành phố Đà Nẵng"]


@pytest.mark.shared_data
def test_map_and_coordinates_are_built_from_their_sources_to_the_same_bytes(shared_data: Path, tmp_path: Path) -> None:
    from dashboards.geo.build import build

    build(shared_data, tmp_path, tmp_path)
    assert (tmp_path / "vietnam.json").read_bytes() == (STATIC / "map" / "vietnam.json").read_bytes()
    assert (tmp_path / "spots.tsv.gz").read_bytes() == (STATIC.parent / "geo" / "spots.tsv.gz").read_bytes()


# --- whole pages ---------------------------------------------------------------------------------------------


def test_a_page_is_usable_without_script_and_holds_none_inline(desk: Desk) -> None:
    client = sign_in(desk)
    for path in ("/alerts", f"/alerts/{desk.ids['flag']}", f"/alerts/{desk.ids['hostile']}", "/today", "/mine", f"/articles/{desk.ids['bad']}"):
        tree = html.fromstring(client.get(path).text)
        for script in tree.iter("script"):
            assert script.get("src", "").startswith("/static/") and not script.text
        assert not tree.xpath("//@style") and not tree.xpath("//style"), path
        assert not [name for element in tree.iter() if isinstance(element.tag, str) for name in element.attrib if name.startswith("on")], path
        for link in tree.xpath("//a[starts-with(@href, 'http')]"):
            assert {"noopener", "noreferrer"} <= set(link.get("rel").split())


def test_the_first_load_is_light(desk: Desk) -> None:
    for number in range(40):
        article = add_article(desk.store, f"https://n{number}.example/", f"Báo {number}", f"Bài {number} " + "dài " * 20, f"{'Chữ ' * 60}\n{WRONG}", NOON + timedelta(minutes=number))
        add_alert(desk.store, article, add_story(desk.store, article), claim(article.body, WRONG, Verdict.CONTRADICTED, ("GT-02",)))
    client = sign_in(desk)
    for path in ("/alerts", f"/alerts/{desk.ids['flag']}"):
        text = client.get(path).text
        files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
        files |= {"/static/map.js", "/static/map/vietnam.json", "/static/vendor/leaflet/leaflet.js", "/static/vendor/leaflet/leaflet.css"} if 'id="map"' in text else set()
        total = len(text.encode()) + sum(int(client.get(file).headers.get("content-length", 0)) for file in files)
        assert total <= 250_000, f"{path}: {total}"


def test_hostile_text_in_notes_reasons_and_filters_is_inert(desk: Desk) -> None:
    client, id = sign_in(desk), desk.ids["flag"]
    token = re.search(r'name="token" value="(\w+)"', client.get("/mine").text)
    assert token
    given_ = {"token": token[1], "version": "1", "outcome": "theo dõi", "reason": HOSTILE, "note": HOSTILE, "text": HOSTILE, "name": HOSTILE[:79], "query": f'x"{HOSTILE}'}
    client.post(f"/alerts/{id}", data=given_)
    client.post(f"/alerts/{id}/note", data=given_)
    client.post("/alerts/filters", data=given_)
    for path in (f"/alerts/{id}", "/alerts?status=all", f"/alerts/news?since=2026-01-01T00:00:00%2B00:00&query={HOSTILE}"):
        text = re.sub(r'<script src="/static/[\w/.]+" defer></script>', "", client.get(path).text)
        assert "<script" not in text and "<svg" not in text, path
