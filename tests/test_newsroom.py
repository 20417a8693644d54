"""The sample newsroom: what was written, and how its nine outlets behave on the wire."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import feedparser
import httpx
import pytest
import yaml

from crawlers.newsroom import misery
from crawlers.newsroom.articles import Piece, Version, pieces
from crawlers.newsroom.cp1258 import encode_cp1258
from crawlers.newsroom.outlets import OUTLETS, outlet
from crawlers.newsroom.server import Site, declarations, serve_newsroom
from pipelines.records import Role, Tier, Verdict

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
REFERENCES = Path(__file__).parent.parent / "classifiers" / "references"
SMALL = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The newsroom in its first phase; nothing slow, the large page made small."""
    with serve_newsroom(NOW, slow_seconds=0.05, huge_bytes=SMALL) as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[Site]:
    """A newsroom of its own, for tests that change it."""
    with serve_newsroom(NOW, slow_seconds=0.05, huge_bytes=SMALL) as running:
        yield running


def versions() -> list[Version]:
    """Every version that was ever served."""
    return [version for piece in pieces() for version in (piece.now, piece.first) if version is not None]


def one(site: Site, name: str, **wanted: object) -> Piece:
    """The newest piece of an outlet with these attributes."""
    return next(p for p in site.out(name) if all(getattr(p, key) == value for key, value in wanted.items()))


# What was written


def test_about_120_pieces_of_nine_outlets_were_written() -> None:
    written = [piece for piece in pieces() if piece.copy_of is None]
    assert len(written) >= 120
    assert {piece.outlet for piece in written} == {item.id for item in OUTLETS}
    assert len(OUTLETS) == 9


def test_vietnamese_is_the_most_and_english_chinese_and_lao_are_there() -> None:
    counts = Counter(piece.lang for piece in pieces())
    assert set(counts) == {"vi", "en", "zh", "lo"}
    assert counts["vi"] > len(pieces()) / 2
    assert min(counts.values()) >= 8


def test_every_tier_role_and_type_occurs() -> None:
    labels = [claim for version in versions() for claim in version.expect.claims]
    tiers = Counter(piece.now.expect.tier for piece in pieces() if piece.copy_of is None)
    assert tiers[Tier.FLAG] >= 15
    assert tiers[Tier.WATCH] >= 10
    assert tiers[Tier.NONE] >= 90
    assert {claim.role for claim in labels} == set(Role)
    assert {claim.type for claim in labels} == {f"D{number:02}" for number in range(1, 19)}


def test_all_four_provinces_and_the_commune_are_written_about() -> None:
    about = Counter(name for version in versions() for name in version.expect.provinces)
    assert set(about) == {"ninh-binh", "lao-cai", "thanh-hoa", "quang-tri", "ninh-binh/lien-minh"}
    assert all(about[name] >= 7 for name in ("ninh-binh", "lao-cai", "thanh-hoa", "quang-tri"))


def test_pieces_are_of_the_last_three_days_and_unique() -> None:
    assert all(0 < piece.hours_ago <= 72 for piece in pieces())
    assert len({(piece.outlet, piece.slug) for piece in pieces()}) == len(pieces())
    assert len({(piece.outlet, piece.number) for piece in pieces()}) == len(pieces())
    written = [piece.now for piece in pieces() if piece.copy_of is None]
    assert len({version.title for version in written}) == len(written)
    assert len({version.body for version in written}) == len(written)


def test_press_articles_have_the_length_of_press_articles() -> None:
    for piece in pieces():
        if piece.outlet in {"non-song", "song-van", "ben-thanh-chieu", "meridian"}:
            assert 120 <= len(piece.now.text.split()) <= 350, piece.slug


def test_texts_are_nfc_and_carry_no_mark_of_the_file_format() -> None:
    for version in versions():
        assert unicodedata.is_normalized("NFC", version.text)
        assert "[[" not in version.text
        assert "]]" not in version.text


def test_labelled_sentences_stand_in_their_texts_and_name_known_references() -> None:
    base = "\n".join(path.read_text(encoding="utf-8") for path in REFERENCES.glob("*.yaml"))
    known = set(re.findall(r"\bid: ([A-Z0-9]+-\d+)\b", base))
    for version in versions():
        for claim in version.expect.claims:
            assert claim.sentence in version.text
            assert set(claim.refs) <= known, claim
            assert claim.refs or claim.verdict is Verdict.OUT_OF_SCOPE, claim


def test_the_tier_of_a_label_follows_from_its_claims() -> None:
    """The codebook's table, carried out on the hand labels."""
    assertive = {Role.ASSERT, Role.ENDORSE}
    for version in versions():
        reached = Tier.NONE
        for claim in version.expect.claims:
            if claim.role in assertive and claim.verdict in {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}:
                reached = Tier.FLAG
            elif reached is Tier.NONE and claim.role in assertive and claim.verdict in {
                Verdict.POSITION_CLAIM, Verdict.NEEDS_IMAGE_REVIEW, Verdict.UNVERIFIED,
            }:  # fmt: skip
                reached = Tier.WATCH
        questions = any(claim.role is Role.QUESTION for claim in version.expect.claims)
        assert version.expect.tier == reached or (questions and version.expect.tier is Tier.WATCH), version.title


def test_at_least_six_stories_are_copied_with_small_changes() -> None:
    copies = [piece for piece in pieces() if piece.copy_of]
    assert len({piece.copy_of for piece in copies}) >= 6
    by_key = {f"{piece.outlet}/{piece.slug}": piece for piece in pieces()}
    for piece in copies:
        original = by_key[piece.copy_of or ""]
        assert original.outlet != piece.outlet
        assert original.hours_ago > piece.hours_ago, "the first publisher comes first"
        assert original.now.title != piece.now.title
        assert set(original.now.body) & set(piece.now.body)
        assert piece.now.expect.tier == original.now.expect.tier


def test_maps_are_written_about_with_captions_and_some_texts_have_no_diacritics() -> None:
    maps = [version for version in versions() if version.captions]
    assert sum(any(c.type == "D02" for c in version.expect.claims) for version in maps) >= 4
    plain = [
        piece for piece in pieces()
        if piece.lang == "vi" and not re.search("[ạảấầẩậắằặẹẻếềểễệịọỏốồổỗộớờởợụủứừửữự]", piece.now.text)
    ]  # fmt: skip
    assert len(plain) >= 4


def test_no_field_and_no_line_names_a_writer() -> None:
    fields = set(Piece.model_fields) | set(Version.model_fields)
    assert not fields & {"author", "byline", "handle", "avatar", "profile", "follower", "email"}
    for version in versions():
        assert "@" not in version.text
        assert not re.search(r"^(Tác giả|Bài và ảnh|By|Phóng viên)\b", version.text, re.MULTILINE)


# How it behaves


def test_every_page_answers_and_shows_its_text(site: Site) -> None:
    with httpx.Client() as client:
        for item in OUTLETS:
            for piece in site.out(item.id):
                answer = client.get(site.url(piece))
                assert answer.status_code == 200
                if piece.encoding == "utf-8":
                    text = unescape(answer.content.decode(item.charset))
                    assert all(line in text for line in site.current(piece).body)


def test_declarations_name_loopback_only(site: Site) -> None:
    rows = declarations(site)
    assert len(rows) == 9
    for row in rows:
        assert row["allow_private"] is True
        assert row["delay"] == 0
        urls = [row["home"], *row["feeds"], *row["sitemaps"], *(item["url"] for item in row["lists"])]
        assert all(url.startswith("http://127.0.0.1:") for url in urls)
    assert len({row["home"] for row in rows}) == 9


def test_declarations_are_written_as_yaml(tmp_path: Path) -> None:
    with serve_newsroom(NOW, sources=tmp_path / "sources") as running:
        assert running.sources is not None
        rows = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(running.sources.glob("*.yaml"))]
        assert sorted(rows, key=lambda row: row["id"]) == sorted(declarations(running), key=lambda row: row["id"])


def test_a_fixed_port_gives_the_same_addresses_again() -> None:
    with serve_newsroom(NOW) as running:
        free = int(running.base["non-song"].rsplit(":", 1)[1])
    with serve_newsroom(NOW, base_port=free) as again:
        assert again.base["non-song"] == f"http://127.0.0.1:{free}"


@pytest.mark.parametrize("name", ["non-song", "ben-thanh-chieu", "bon-phuong", "mae-nam"])
def test_rss_feeds_list_what_is_out(site: Site, name: str) -> None:
    feed = feedparser.parse(httpx.get(site.base[name] + outlet(name).feeds[0]).content)
    assert {site.url(piece) for piece in site.out(name)} <= {entry.link for entry in feed.entries}


def test_feed_dates_have_the_quirks_of_real_outlets(site: Site) -> None:
    american = httpx.get(site.base["ben-thanh-chieu"] + "/rss/tin-moi.rss").text
    assert re.search(r"<pubDate>\d{1,2}/\d{1,2}/2026 \d{1,2}:\d\d:\d\d [AP]M</pubDate>", american)
    short = httpx.get(site.base["mae-nam"] + "/rss/news.xml").text
    assert re.search(r"<pubDate>\w{3}, \d\d Nov 26 \d\d:\d\d:\d\d \+0700</pubDate>", short)
    page = httpx.get(site.url(one(site, "song-van", encoding="utf-8"))).text
    assert re.search(r"(Thứ \w+|Chủ Nhật), \d\d/\d\d/2026 \| \d\d:\d\d", page)


def test_a_feed_that_is_a_page_a_feed_that_is_gone_and_a_feed_that_has_moved(site: Site) -> None:
    page = httpx.get(site.base["song-van"] + "/rss/home.rss")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert httpx.get(site.base["mae-nam"] + "/rss/old.xml").status_code == 410
    moved = httpx.get(site.base["meridian"] + "/feed")
    assert moved.status_code == 301
    assert feedparser.parse(httpx.get(moved.headers["location"]).content).version == "atom10"


def test_the_other_kinds_of_feed(site: Site) -> None:
    video = feedparser.parse(httpx.get(site.base["bien-cuong-tv"] + outlet("bien-cuong-tv").feeds[0]).content)
    assert all(len(entry.yt_videoid) == 11 for entry in video.entries)
    assert not any("author" in entry for entry in video.entries)
    posts = json.loads(httpx.get(site.base["hoi-bien-khoi"] + "/feed.json").content)
    assert posts["version"] == "https://jsonfeed.org/version/1.1"
    news = httpx.get(site.base["non-song"] + "/sitemaps/news.xml").text
    assert news.count("<news:publication_date>") == len(site.out("non-song"))


def test_an_outlet_without_a_feed_is_read_from_its_lists(site: Site) -> None:
    base = site.base["song-van"]
    text = "".join(httpx.get(base + path).text for path in outlet("song-van").lists)
    links = set(re.findall(r'<h3><a href="([^"]+)"', text))
    assert links == {outlet("song-van").path(piece) for piece in site.out("song-van")}
    assert all(re.search(outlet("song-van").link, link) for link in links)


def test_etag_and_last_modified_are_true(fresh: Site) -> None:
    piece = next(p for p in fresh.out("non-song") if p.first is not None)
    url = fresh.url(piece)
    first = httpx.get(url)
    same = httpx.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert same.status_code == 304
    assert same.content == b""
    assert httpx.get(url, headers={"If-Modified-Since": first.headers["last-modified"]}).status_code == 304
    fresh.advance()
    for header in ({"If-None-Match": first.headers["etag"]}, {"If-Modified-Since": first.headers["last-modified"]}):
        assert httpx.get(url, headers=header).status_code == 200


def test_the_wrong_number_is_corrected_later(fresh: Site) -> None:
    piece = next(p for p in pieces() if p.first is not None)
    assert piece.first is not None
    assert (piece.first.expect.tier, piece.now.expect.tier) == (Tier.FLAG, Tier.NONE)
    assert "282,086" in httpx.get(fresh.url(piece)).text
    assert "182,086" in httpx.get(fresh.url(piece) + "?v=2").text
    httpx.get(fresh.base["bon-phuong"] + "/__newsroom/advance")
    assert "182,086" in httpx.get(fresh.url(piece)).text
    assert fresh.expected()[fresh.url(piece)].tier is Tier.NONE


def test_the_correction_can_come_by_count_of_requests() -> None:
    piece = next(p for p in pieces() if p.first is not None)
    with serve_newsroom(NOW, switch_after=1) as running:
        texts = [httpx.get(running.url(piece)).text for _ in range(2)]
    assert ["282,086" in text for text in texts] == [True, False]


def test_one_outlet_lies_about_its_etag(fresh: Site) -> None:
    url = fresh.base["hoi-bien-khoi"] + "/feed.json"
    first = httpx.get(url)
    fresh.advance()
    lie = httpx.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert lie.status_code == 304
    honest = httpx.get(url)
    assert honest.headers["etag"] == first.headers["etag"]
    assert len(honest.json()["items"]) > len(first.json()["items"])


def test_robots_txt_forbids_a_folder_that_the_feed_points_into(site: Site) -> None:
    base = site.base["mae-nam"]
    assert "Disallow: /archive/" in httpx.get(base + "/robots.txt").text
    assert base + "/archive/" in httpx.get(base + "/rss/news.xml").text


def test_the_old_pages_are_in_windows_1258_with_combining_marks(site: Site) -> None:
    old = [piece for piece in site.out("song-van") if piece.encoding == "windows-1258"]
    assert len(old) == 2
    for piece in old:
        answer = httpx.get(site.url(piece))
        assert answer.headers["content-type"] == "text/html"
        assert b"charset=windows-1258" in answer.content
        with pytest.raises(UnicodeDecodeError):
            answer.content.decode("utf-8")
        text = unicodedata.normalize("NFC", answer.content.decode("cp1258"))
        assert piece.now.title in text
        assert all(line in text for line in piece.now.body)


def test_every_vietnamese_letter_survives_windows_1258() -> None:
    letters = "".join(chr(code) for code in [*range(0xC0, 0x180), *range(0x1EA0, 0x1EFA), 0x1A0, 0x1A1, 0x1AF, 0x1B0])
    for letter in letters:
        if re.fullmatch("[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", letter.lower()):
            assert unicodedata.normalize("NFC", encode_cp1258(letter).decode("cp1258")) == letter


def test_the_chinese_pages_are_in_a_gb_encoding(site: Site) -> None:
    answer = httpx.get(site.url(site.out("hai-nhac")[0]))
    assert b"charset=gb2312" in answer.content
    assert "海岳新闻网" in answer.content.decode("gb18030")


def test_the_huge_page_comes_as_a_stream_without_a_length(site: Site) -> None:
    assert misery.HUGE_BYTES == 30 * 1024 * 1024
    size = 0
    with httpx.stream("GET", site.base["bon-phuong"] + misery.HUGE_PATH) as answer:
        assert "content-length" not in answer.headers
        for block in answer.iter_bytes():
            size += len(block)
    assert size == SMALL


def test_a_reader_may_hang_up_on_the_huge_page(site: Site) -> None:
    with httpx.stream("GET", site.base["bon-phuong"] + misery.HUGE_PATH) as answer:
        next(answer.iter_bytes(1024))
    assert httpx.get(site.base["bon-phuong"] + "/robots.txt").status_code == 200


def test_the_slow_page_comes_in_the_end(site: Site) -> None:
    slow = one(site, "bon-phuong", trait="slow")
    assert slow.now.title in httpx.get(site.url(slow)).text


def test_gambling_spam_is_stuffed_with_province_names(site: Site) -> None:
    feed = httpx.get(site.base["bon-phuong"] + outlet("bon-phuong").feeds[0]).text
    for path in misery.SPAM_PATHS:
        assert path in feed
        text = httpx.get(site.base["bon-phuong"] + path).text
        assert text.count("Ninh Bình") > 10
        assert "nhà cái" in text


def test_the_server_remembers_who_asked_for_what(fresh: Site) -> None:
    httpx.get(fresh.base["non-song"] + "/robots.txt", headers={"User-Agent": "CotMoc/0.1"})
    assert [(seen.host, seen.path, seen.status, seen.agent) for seen in fresh.seen] == [
        ("non-song", "/robots.txt", 200, "CotMoc/0.1")
    ]


def test_unknown_addresses_are_404(site: Site) -> None:
    assert httpx.get(site.base["non-song"] + "/khong-co-trang-nay-post1.html").status_code == 404
