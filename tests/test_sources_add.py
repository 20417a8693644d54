"""`cotmoc sources add`: from a home page to a declaration with learnt selectors, over sites of several shapes and bad ones."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from crawlers.discover.links import links_of_page, tail_pattern
from crawlers.discover.platforms import channel_of, id_of, refusal
from crawlers.discover.proposal import Proposal, Wish, propose
from crawlers.newsroom.server import Site as Newsroom
from crawlers.newsroom.server import serve_newsroom
from crawlers.registry import Registry, load_source, load_sources, schema
from pipelines.errors import UsageError, UserError
from pipelines.settings import Settings
from tests.loopback import Answer, Site, serve

HTML = {"Content-Type": "text/html; charset=utf-8"}
SENTENCES = (
    "Sáng nay bà con thôn biển cùng bộ đội biên phòng dọn rác dọc hai cây số bãi cát phía đông của xã.",
    "Theo kế hoạch, mỗi tháng một lần các chi hội sẽ thay nhau trực và ghi sổ lượng rác thu gom được.",
    "Lãnh đạo xã cho biết khoản tiền bán ve chai được góp vào quỹ sách cho trường tiểu học ở cuối thôn.",
    "Nhiều em nhỏ đi cùng ông bà, vừa nhặt vỏ chai vừa nghe kể chuyện đoàn thuyền ngày trước ra khơi.",
    "Đợt dọn bãi tiếp theo dự kiến vào đầu tháng tới, kết hợp trồng thêm một hàng phi lao chắn gió cát.",
)


def ask(url: str, **wish: object) -> Proposal:
    """Propose a declaration without pauses; what is asked is not shown."""
    given = {"allow_private": True} | wish
    return propose(Settings(delay=0, timeout=5), Registry(()), Wish(url, **given), say=lambda line: None)  # type: ignore[arg-type]


def article(number: int, *, head: str = "") -> str:
    """One page of an invented outlet: title, sapô, date, body with a box, a caption and a byline."""
    order = SENTENCES[number % 5 :] + SENTENCES[: number % 5]
    paragraphs = "".join(f"<p>{text} (kỳ {number})</p>" for text in order)
    return (
        f"<html lang='vi'><head><title>Dọn bãi biển kỳ {number} ở xã đảo | Báo Bãi Ngang</title>{head}</head><body>"
        "<nav><a href='/'>Trang chủ</a></nav><div class='ngay-hien-tai'>Thứ Bảy, 21/11/2026</div>"
        f"<div class='khung'><h1 class='tua-bai'>Dọn bãi biển kỳ {number} ở xã đảo</h1>"
        f"<span class='gio-dang'>{10 + number}/11/2026 0{number}:30</span>"
        f"<div class='mo-bai'>Bà con và bộ đội cùng nhau làm sạch bãi cát trong buổi sáng kỳ thứ {number}.</div>"
        f"<div class='ruot-bai'>{paragraphs}<div class='tin-lien-quan'><p>Xem thêm: chuyện khác trong ngày ở nơi khác</p></div>"
        f"<table><tr><td><img src='/anh/{number}.jpg'></td></tr><tr><td class='chu-thich'>Quang cảnh bãi biển kỳ {number}.</td></tr></table>"
        "</div></div></body></html>"
    )


def links(paths: list[str]) -> str:
    return "".join(f"<h3><a href='{path}'>Dọn bãi biển ở xã đảo, xem {path}</a></h3>" for path in paths)


PATHS = [f"/xa-hoi/don-bai-bien-o-xa-dao-ky-{number}-1234{number}0.html" for number in range(1, 6)]


@pytest.fixture
def outlet() -> Iterator[Site]:
    """An outlet with an RSS page, one feed, no metadata in its articles."""
    with serve() as site:
        for number, path in enumerate(PATHS, 1):
            site.routes[path] = Answer(article(number), headers=HTML)
        home = f"<html lang='vi'><title>Báo Bãi Ngang - tiếng nói vùng cát</title><body><a href='/rss.html'>RSS</a>{links(PATHS)}</body></html>"
        site.routes["/"] = Answer(home, headers=HTML)
        site.routes["/rss.html"] = Answer("<html><body><a href='/rss/moi.rss'>Tin mới</a> <a href='/rss/binh-luan.rss'>x</a></body></html>", headers=HTML)
        items = "".join(
            f"<item><title>Dọn bãi biển kỳ {number} ở xã đảo</title><link>{site.url}{path}</link><pubDate>{10 + number}/11/2026 0{number}:30</pubDate></item>"
            for number, path in enumerate(PATHS, 1)
        )
        site.routes["/rss/moi.rss"] = Answer(f"<rss version='2.0'><channel>{items}</channel></rss>", headers={"Content-Type": "application/rss+xml"})
        yield site


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as site:
        yield site


class TestAnOutletWithAFeed:
    def test_gives_a_sound_declaration_with_selectors_of_every_part(self, outlet: Site, tmp_path: Path) -> None:
        made = ask(outlet.url + "/")
        assert made.source.name == "Báo Bãi Ngang" and made.source.feeds == (outlet.url + "/rss/moi.rss",)
        (page,) = made.source.lists
        assert (page.url, page.when) == (outlet.url + "/", "backup") and re.search(page.match, PATHS[0]), "read in the feed's stead when it fails"
        assert not made.source.generic
        found = made.source.selectors[0].model_dump()
        assert found["title"] == "h1.tua-bai" and found["sapo"] == "div.mo-bai" and found["body"] == "div.ruot-bai"
        assert found["captions"] == "div.ruot-bai td.chu-thich" and found["date"] == "span.gio-dang"
        assert found["drop"] == "div.tin-lien-quan"
        path = tmp_path / "bao.yaml"
        path.write_text(made.text, encoding="utf-8")
        assert load_source(path) == made.source
        raw = json.loads(json.dumps(yaml.safe_load(made.text), default=str))
        assert not list(Draft202012Validator(schema()).iter_errors(raw))

    def test_the_sitemap_of_all_its_articles_is_kept_for_history(self, outlet: Site) -> None:
        outlet.routes["/sitemap.xml"] = Answer("<urlset><url><loc>" + outlet.url + PATHS[0] + "</loc></url></urlset>", headers={"Content-Type": "text/xml"})
        assert ask(outlet.url + "/").source.archives == (outlet.url + "/sitemap.xml",)

    def test_says_what_it_is_unsure_of(self, outlet: Site) -> None:
        made = ask(outlet.url + "/")
        assert any(line.startswith("owner_class") for line in made.unsure)
        assert any("JSON-LD" in line for line in made.unsure), "the date was only read off the page"
        assert all(f"# chưa chắc: {line}" in made.text for line in made.unsure)

    def test_feeds_of_comments_are_never_asked_for(self, outlet: Site) -> None:
        ask(outlet.url + "/")
        assert "/rss/binh-luan.rss" not in outlet.seen

    def test_the_address_of_the_feed_will_do(self, outlet: Site) -> None:
        made = ask(outlet.url + "/rss/moi.rss")
        assert made.source.home == outlet.url + "/" and made.source.feeds == (outlet.url + "/rss/moi.rss",)

    def test_the_address_of_a_section_will_do_and_the_home_is_the_root(self, outlet: Site) -> None:
        outlet.routes["/xa-hoi"] = Answer(f"<html lang='vi'><title>Xã hội | Báo Bãi Ngang</title><body>{links(PATHS)}</body></html>", headers=HTML)
        made = ask(outlet.url + "/xa-hoi")
        assert made.source.home == outlet.url + "/" and made.source.name == "Báo Bãi Ngang"
        assert made.source.feeds == (outlet.url + "/rss/moi.rss",)

    def test_its_name_is_what_it_declares_else_what_page_and_feed_share(self, outlet: Site) -> None:
        home, feed = outlet.routes["/"], outlet.routes["/rss/moi.rss"]
        assert isinstance(home, Answer) and isinstance(feed, Answer) and isinstance(home.body, str) and isinstance(feed.body, str)
        feed.body = feed.body.replace("<channel>", "<channel><title>Tin mới nhất - Báo Bãi Ngang RSS</title>")
        home.body = home.body.replace("Báo Bãi Ngang - tiếng nói vùng cát", "Trang chủ | Tiếng nói vùng cát | Báo Bãi Ngang")
        assert ask(outlet.url + "/").source.name == "Báo Bãi Ngang"
        home.body = home.body.replace("<title>", "<meta property='og:site_name' content='Bãi Ngang điện tử'><title>")
        assert ask(outlet.url + "/").source.name == "Bãi Ngang điện tử"

    def test_robots_txt_is_obeyed(self, outlet: Site) -> None:
        outlet.routes["/robots.txt"] = Answer("User-agent: *\nDisallow: /xa-hoi/\n", headers={"Content-Type": "text/plain"})
        made = ask(outlet.url + "/")
        assert not made.samples and not made.source.selectors and not any(path.startswith("/xa-hoi/") for path in outlet.seen)


class TestTheNewsroom:
    @pytest.mark.parametrize(
        ("name", "lang", "way", "body"),
        [
            ("non-song", "vi", "feeds", "div.article__body"),
            ("song-van", "vi", "lists", "div.noi-dung"),
            ("ben-thanh-chieu", "vi", "feeds", "div[data-role=content]"),
            ("meridian", "en", "feeds", "div[itemprop=articleBody]"),
            ("hai-nhac", "zh", "lists", "div.rm_txt_con"),
            ("mae-nam", "lo", "lists", "div.entry-content"),
        ],
    )
    def test_outlets_of_four_languages_are_learnt(self, newsroom: Newsroom, name: str, lang: str, way: str, body: str) -> None:
        made = ask(newsroom.base[name] + "/")
        assert made.source.lang == (lang,) and getattr(made.source, way)
        assert made.source.selectors and made.source.selectors[0].body == body and made.source.selectors[0].date
        assert len(made.samples) == 3 and len(made.checks) == 3

    def test_short_posts_are_declared_without_selectors_that_would_not_stand(self, newsroom: Newsroom) -> None:
        made = ask(newsroom.base["hoi-bien-khoi"] + "/", organisation=True)
        assert made.source.feeds and not made.source.selectors
        assert any("không đứng vững" in line for line in made.unsure)

    def test_a_site_with_nothing_to_follow_is_said_so(self, newsroom: Newsroom) -> None:
        with pytest.raises(UserError, match="khai bằng tay"):
            ask(newsroom.base["bien-cuong-tv"] + "/")


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("pages", "wanted"),
    [
        (["tuoitre_article.html", "nld_article.html", "baochinhphu_article.html"], {"body": "div[data-role=content]", "date": "div.detail-time"}),
        (["cafef_article.html", "cafef_article_batdongsan.html"], {"sapo": "h2[data-role=sapo]", "captions": "div[data-role=content] figcaption"}),
        (["vnexpress_article.html", "../fundus_VnExpress_2025_10_22.html.gz"], {"title": "h1.title-detail", "sapo": "p.description", "body": "article.fck_detail"}),
        (["vietnamnet_article.html"], {"title": "h1.content-detail-title", "sapo": "h2.content-detail-sapo", "body": "div#maincontent"}),
    ],
    ids=["VCCorp", "CafeF", "VnExpress", "VietNamNet"],
)  # fmt: skip
def test_real_pages_give_the_selectors_that_were_declared_by_hand(shared_data: Path, pages: list[str], wanted: dict[str, str]) -> None:
    paths = [f"/thoi-su/bai-viet-thu-trong-kho-trang-da-luu-{10000 + number}.html" for number in range(len(pages))]
    with serve() as site:
        for path, name in zip(paths, pages, strict=True):
            content = (shared_data / "html" / "meth04" / name).read_bytes()
            site.routes[path] = Answer(gzip.decompress(content) if name.endswith(".gz") else content, headers=HTML)
        more = [f"/thoi-su/bai-khac-khong-con-tren-may-chu-nua-{20000 + number}.html" for number in range(5)]
        site.routes["/"] = Answer(f"<html lang='vi'><title>Báo</title><body>{links(paths + more)}</body></html>", headers=HTML)
        made = ask(site.url + "/")
    found = made.source.selectors[0].model_dump()
    assert {name: found[name] for name in wanted} == wanted
    assert all("khớp 1.00" in line and "json-ld" in line for line in made.checks)


class TestNeverAPerson:
    @pytest.mark.parametrize(
        "url",
        [
            "https://www.facebook.com/ai.do", "https://m.facebook.com/groups/1", "https://zalo.me/123", "https://www.tiktok.com/@ai",
            "https://x.com/ai", "https://www.instagram.com/ai", "https://www.reddit.com/user/ai", "https://www.youtube.com/@ai",
            "https://bsky.app/profile/ai.bsky.social", "https://t.me/s/ai", "https://mastodon.social/@ai", "https://ai.substack.com",
            "https://medium.com/@ai", "https://ai.blogspot.com/", "https://bao.example/tac-gia/nguyen-van-a", "https://bao.example/@ai",
        ],
    )  # fmt: skip
    def test_pages_of_people_are_refused_before_anything_is_asked(self, url: str) -> None:
        with pytest.raises(UserError):
            ask(url)

    def test_the_word_of_the_one_who_adds_it_opens_only_channels(self) -> None:
        assert refusal("https://www.facebook.com/to-chuc", True) and refusal("https://www.reddit.com/u/ai", True)
        assert not refusal("https://t.me/s/tochuc", True)
        made = ask("https://t.me/tochuc", organisation=True, name="Hội Nghề cá")
        assert (made.source.protocol, made.source.feeds) == ("telegram", ("https://t.me/s/tochuc",))
        assert made.source.owner_class == "organisation channel" and made.source.verified == "not verified live"
        with pytest.raises(UsageError, match="--name"):
            ask("https://t.me/tochuc", organisation=True)

    def test_a_page_that_calls_itself_a_persons_is_refused(self) -> None:
        with serve() as site:
            site.routes["/"] = Answer(f"<html><head><meta property='og:type' content='profile'></head><body>{links(PATHS)}</body></html>", headers=HTML)
            with pytest.raises(UserError, match="cá nhân"):
                ask(site.url + "/")

    def test_a_redirect_to_a_platform_is_refused(self) -> None:
        with serve() as site:
            site.routes["/"] = Answer(status=302, headers={"Location": "https://www.facebook.com/ai.do"})
            with pytest.raises(UserError):
                ask(site.url + "/")

    def test_public_shapes_of_channels(self) -> None:
        assert channel_of("https://www.youtube.com/channel/UCabc_-1") == ("youtube", "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc_-1")
        assert channel_of("https://www.reddit.com/r/VietNam") == ("reddit", "https://www.reddit.com/r/VietNam/.rss")
        assert channel_of("https://mastodon.example/tags/biendao") == ("mastodon", "https://mastodon.example/tags/biendao.rss")
        assert channel_of("https://www.youtube.com/watch?v=1") is None and channel_of("https://bao.example/thoi-su") is None


class TestHostileSites:
    def test_private_addresses_need_permission(self) -> None:
        with serve() as site:
            with pytest.raises(UserError, match="mạng nội bộ"):
                ask(site.url + "/", allow_private=False)
            assert site.seen == []

    @pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://[fe80::1]/"])
    def test_link_local_addresses_are_never_asked(self, url: str) -> None:
        with pytest.raises(UserError):
            ask(url)

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "ftp://bao.example/", "http://", "", "https://a:b@bao.example/"])
    def test_what_is_no_web_address_is_a_wrong_use(self, url: str) -> None:
        with pytest.raises((UsageError, UserError)):
            ask(url)

    def test_a_redirect_loop_ends(self) -> None:
        with serve() as site:
            site.routes["/"] = Answer(status=302, headers={"Location": "/a"})
            site.routes["/a"] = Answer(status=302, headers={"Location": "/"})
            with pytest.raises(UserError, match="redirect-loop"):
                ask(site.url + "/")

    def test_a_page_of_ten_megabytes_and_one_too_deep(self) -> None:
        with serve() as site:
            site.routes["/"] = Answer("<html><body>" + "<p>x</p>" * 1_300_000 + "</body></html>", headers=HTML)
            with pytest.raises(UserError):
                ask(site.url + "/")
            site.routes["/"] = Answer("<div>" * 50_000 + "x", headers=HTML)
            with pytest.raises(UserError):
                ask(site.url + "/")

    def test_twenty_megabytes_are_cut_off(self) -> None:
        with serve() as site:
            site.routes["/"] = Answer(chunks=(b"x" * 1_000_000 for _ in range(20)), headers=HTML)
            with pytest.raises(UserError, match="too-large"):
                ask(site.url + "/")

    def test_feeds_that_are_pages_and_pages_that_are_feeds(self, outlet: Site) -> None:
        """A feed served as text/html is one; a page served as application/rss+xml is none (Báo Ninh Bình, 2026)."""
        feed = outlet.routes["/rss/moi.rss"]
        assert isinstance(feed, Answer)
        outlet.routes["/rss/moi.rss"] = Answer(feed.body, headers=HTML)
        assert ask(outlet.url + "/").source.feeds == (outlet.url + "/rss/moi.rss",)
        outlet.routes["/rss/moi.rss"] = Answer("<!DOCTYPE html><html><body>không phải feed</body></html>", headers={"Content-Type": "application/rss+xml"})
        made = ask(outlet.url + "/")
        assert not made.source.feeds and made.source.lists

    def test_feeds_that_lead_to_other_sites_are_not_taken(self, outlet: Site) -> None:
        outlet.routes["/rss/moi.rss"] = Answer(
            "<rss version='2.0'><channel><item><title>a</title><link>https://khac.example/a-b-c-d-e-f-g-1.html</link></item></channel></rss>",
            headers={"Content-Type": "application/rss+xml"},
        )
        made = ask(outlet.url + "/")
        assert not made.source.feeds and any("dẫn sang trang khác" in line for line in made.unsure)

    def test_a_hundred_feeds_cost_a_bounded_number_of_requests(self) -> None:
        with serve() as site:
            names = "".join(f"<link rel='alternate' type='application/rss+xml' href='/rss/{n}.rss'>" for n in range(100))
            site.routes["/"] = Answer(f"<html><head>{names}</head><body>{links(PATHS)}</body></html>", headers=HTML)
            for number in range(100):
                site.feed(f"/rss/{number}.rss", [f"/tin/mot-tin-rieng-cua-muc-nay-so-{number}-{item}0000.html" for item in range(3)])
            made = ask(site.url + "/")
            assert len(made.source.feeds) == 6 and len(site.seen) <= 42
            assert "# feed khác, chưa lấy: " in made.text

    def test_a_name_from_the_web_cannot_write_into_the_file(self) -> None:
        with serve() as site:
            bad = "Báo &#10;allow_private: true&#10;# \x1b[31m x"
            site.routes["/"] = Answer(f"<html><head><meta property='og:site_name' content='{bad}'></head><body>{links(PATHS)}</body></html>", headers=HTML)
            made = ask(site.url + "/")
            assert "\x1b" not in made.text and yaml.safe_load(made.text)["name"].startswith("Báo allow_private: true")

    @settings(max_examples=40, deadline=None)
    @given(st.text(max_size=300))
    def test_no_home_page_raises(self, junk: str) -> None:
        links_of_page(f"<html><body>{junk}<a href='{junk}'>{junk}</a></body></html>", "https://bao.example/")


class TestSmallThings:
    def test_ids_come_from_the_domain_and_stay_free(self) -> None:
        assert id_of("https://www.baomau.com.vn/", set()) == "baomau"
        assert id_of("https://baomau.vn/", {"baomau"}) == "baomau-2"
        assert id_of("https://x.vn/", set()) == "nguon-x"

    def test_the_end_that_articles_share_becomes_a_pattern(self) -> None:
        assert tail_pattern([f"https://a.vn/tin-{n}0000.htm" for n in range(1, 5)]) == r"-\d{4,}\.htm$"
        assert tail_pattern([f"https://a.vn/tin-{word}/" for word in "abcd"]) == ""


class TestTheCommand:
    def run(self, *words: str, data: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", "sources", *words, "--data", str(data)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env={"COTMOC_DELAY": "0", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert done.returncode == code and "Traceback" not in done.stderr, done.stdout + done.stderr
        return done

    def test_adds_checks_and_notices_a_changed_page(self, outlet: Site, tmp_path: Path) -> None:
        done = self.run("add", outlet.url, "--allow-private", "--id", "bai-ngang", "--name", "Báo Bãi Ngang", "--json", data=tmp_path)
        facts = json.loads(done.stdout)
        assert facts["source"]["id"] == "bai-ngang" and len(facts["fixtures"]) == 3
        assert "bai-ngang" in load_sources(None, tmp_path / "sources").ids() and "tuoitre" in load_sources(None, tmp_path / "sources").ids()
        assert "3 như cũ" in self.run("check", "bai-ngang", data=tmp_path).stdout
        assert "đã có nguồn này" in self.run("add", outlet.url, "--allow-private", data=tmp_path, code=1).stderr
        path = tmp_path / "sources" / "bai-ngang.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("div.ruot-bai", "div.da-doi"), encoding="utf-8")
        assert "bộ chọn không còn khớp" in self.run("check", "bai-ngang", data=tmp_path, code=1).stdout
        assert "không còn khớp" in self.run("check", "--live", "bai-ngang", data=tmp_path, code=1).stdout

    def test_records_pages_of_a_declared_source(self, outlet: Site, tmp_path: Path) -> None:
        self.run("add", outlet.url, "--allow-private", "--id", "bai-ngang", data=tmp_path)
        for old in (tmp_path / "sources" / "fixtures").rglob("*.*"):
            old.unlink()
        assert self.run("record", "bai-ngang", data=tmp_path).stdout.count("đã lưu") == 3
        assert self.run("record", "bai-ngang", outlet.url + PATHS[4], data=tmp_path).stdout.count("đã lưu") == 1
        assert "không thuộc trang" in self.run("record", "bai-ngang", "https://khac.example/a", data=tmp_path, code=2).stderr
        assert "4 trang mẫu, 4 như cũ" in self.run("check", "--fixtures", data=tmp_path).stdout


def test_no_file_of_ours_names_a_person(outlet: Site) -> None:
    head = "<meta name='author' content='Kẻ Được Gài'><script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"author\":{\"name\":\"Kẻ Được Gài\"}}</script>"
    for number, path in enumerate(PATHS, 1):
        outlet.routes[path] = Answer(article(number, head=head), headers=HTML)
    made = ask(outlet.url + "/")
    assert "Kẻ Được Gài" not in made.text and not any("Kẻ Được Gài" in line for line in made.checks)


def test_learning_takes_the_date_in_the_zone_of_the_outlet(outlet: Site) -> None:
    made = ask(outlet.url + "/", zone="Asia/Shanghai")
    assert made.source.zone == "Asia/Shanghai" and made.source.clock == ZoneInfo("Asia/Shanghai")
    assert datetime(2026, 11, 10, 17, 30, tzinfo=UTC) in {sample.read.published for sample in made.samples}
