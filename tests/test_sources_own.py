"""An office's own declarations, lists of feeds in OPML, zones of outlets, and the canary of the selectors."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from crawlers.canary import selector_trouble
from crawlers.discover.fixtures import record, replay, stored
from crawlers.discover.opml import export, import_outlines, read_outlines
from crawlers.feeds import parse_feed
from crawlers.registry import Registry, Source, load_sources, sources_of
from crawlers.sitemaps import parse_sitemap
from flows.commands.sources import app
from pipelines.errors import UsageError
from pipelines.extract import Extracted, extract
from pipelines.records import Article
from pipelines.settings import Settings
from pipelines.store import Store, articles

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
OWN = """id: baodia
name: Báo Địa Phương
home: https://baodia.example/
owner_class: provincial press
feeds:
- https://baodia.example/rss
"""
ARTICLE = "<html><body><h1 class='tit'>Sửa lại bến cá đầu xã sau mùa bão</h1><p class='luc'>20/11/2026 08:15</p><div class='than'>" + "".join(
    f"<p>Đoạn {number}: bà con góp công sửa bến cá, kè lại chân đê và trồng thêm hàng phi lao chắn gió dọc bờ biển.</p>" for number in range(4)
) + "</div></body></html>"


def source(name: str = "bao-mau", version: str = "2026-11", **given: object) -> Source:
    rules = [{"version": version, "title": "h1.tit", "body": "div.than", "date": "p.luc"}]
    fields = {"name": "Báo Mẫu", "home": "https://bao.example/", "owner_class": "portal", "feeds": ("https://bao.example/rss",), "selectors": rules}
    return Source(id=name, **(fields | given))  # type: ignore[arg-type]


class TestTheOfficesOwnFolder:
    def test_is_read_beside_the_shipped_ones(self, tmp_path: Path) -> None:
        assert len(sources_of(Settings(data=tmp_path)).sources) == 75, "no folder, nothing more"
        (tmp_path / "sources").mkdir()
        (tmp_path / "sources" / "baodia.yaml").write_text(OWN, encoding="utf-8")
        registry = sources_of(Settings(data=tmp_path))
        assert len(registry.sources) == 76 and registry.get("baodia") is not None

    def test_replaces_a_shipped_one_of_the_same_id(self, tmp_path: Path) -> None:
        (tmp_path / "tt.yaml").write_text(OWN.replace("id: baodia", "id: tuoitre"), encoding="utf-8")
        registry = load_sources(None, tmp_path)
        found = registry.get("tuoitre")
        assert len(registry.sources) == 75 and found is not None and found.name == "Báo Địa Phương"

    def test_a_mistake_is_named_with_file_and_line(self, tmp_path: Path) -> None:
        path = tmp_path / "baodia.yaml"
        path.write_text(OWN + "rythm: 3\n", encoding="utf-8")
        with pytest.raises(UsageError, match=f"{path}:7: rythm"):
            load_sources(None, tmp_path)

    def test_is_checked_with_the_shipped_ones(self, tmp_path: Path) -> None:
        (tmp_path / "sources").mkdir()
        (tmp_path / "sources" / "baodia.yaml").write_text(OWN.replace("provincial press", "ông chủ"), encoding="utf-8")
        done = CliRunner().invoke(app, ["check", "--data", str(tmp_path)])
        assert isinstance(done.exception, UsageError) and "baodia.yaml:4: owner_class" in done.output


class TestZones:
    def test_every_shipped_outlet_names_its_own(self) -> None:
        registry = load_sources()
        assert all(found.zone for found in registry)
        named = {name: found.zone for name in ("thepaper", "zaobao", "tuoitre", "kpl", "vna-zh") if (found := registry.get(name))}
        assert named == {
            "thepaper": "Asia/Shanghai", "zaobao": "Asia/Singapore", "tuoitre": "Asia/Ho_Chi_Minh", "kpl": "Asia/Vientiane",
            "vna-zh": "Asia/Ho_Chi_Minh",
        }  # fmt: skip

    @pytest.mark.parametrize("zone", ["Sao/Hoa", "../../etc/passwd", "GMT+7x", ""])
    def test_one_that_is_not_on_the_list_is_refused(self, tmp_path: Path, zone: str) -> None:
        path = tmp_path / "a.yaml"
        path.write_text(OWN + f"zone: '{zone}'\n", encoding="utf-8")
        with pytest.raises(UsageError, match="7: zone"):
            load_sources(tmp_path)

    def test_a_time_without_a_zone_is_read_in_it_on_pages_feeds_and_sitemaps(self) -> None:
        shanghai = ZoneInfo("Asia/Shanghai")
        wanted = datetime(2026, 11, 19, 23, 15, tzinfo=UTC)
        page = ARTICLE.replace("20/11/2026 08:15", "2026年11月20日07:15")
        found = extract(page, "https://bao.example/tin-123456.html", now=NOW, zone=shanghai, selectors=source().selectors[0].model_dump())
        assert isinstance(found, Extracted) and found.published == wanted
        rss = b"<rss version='2.0'><channel><item><title>a</title><link>https://b.example/1</link><pubDate>2026-11-20 07:15:00</pubDate></item></channel></rss>"
        assert parse_feed(rss, "https://b.example/rss", NOW, "", shanghai).items[0].published == wanted
        urlset = b"<urlset><url><loc>https://b.example/1</loc><lastmod>2026-11-20 07:15:00</lastmod></url></urlset>"
        assert parse_sitemap(urlset, "https://b.example/s.xml", NOW, shanghai).items[0].published == wanted

    def test_a_time_with_a_zone_is_left_alone(self) -> None:
        rss = b"<rss version='2.0'><channel><item><title>a</title><link>https://b.example/1</link><pubDate>2026-11-20T07:15:00+07:00</pubDate></item></channel></rss>"
        found = parse_feed(rss, "https://b.example/rss", NOW, "", ZoneInfo("Asia/Shanghai")).items[0]
        assert found.published == datetime(2026, 11, 20, 0, 15, tzinfo=UTC)


def opml(body: str, head: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<opml version="2.0"><head/><body>{body}</body></opml>'


class TestOpml:
    def test_what_is_exported_comes_back_as_known(self, tmp_path: Path) -> None:
        registry = load_sources()
        path = tmp_path / "a.opml"
        path.write_bytes(export(registry))
        result = import_outlines(path, registry, "2026-11-21")
        assert result.lines == len(result.known) and not result.added and not result.refused

    def test_into_an_empty_office_every_feed_comes_back(self, tmp_path: Path) -> None:
        registry = load_sources()
        path = tmp_path / "a.opml"
        path.write_bytes(export(registry))
        result = import_outlines(path, Registry(()), "2026-11-21")
        feeds = {url for found in registry for url in found.feeds}
        assert {url for found in result.sources for url in found.feeds} == feeds
        assert result.lines == len(result.added) + len(result.known) + len(result.refused)
        assert all("không có feed" in line for line in result.refused), "sources without a feed are named, not dropped"

    def test_channels_of_organisations_survive_the_journey_and_others_are_refused(self, tmp_path: Path) -> None:
        fields = {"owner_class": "organisation channel", "protocol": "telegram", "feeds": ("https://t.me/s/hoinghe",), "home": "https://t.me/hoinghe"}
        ours = Source(id="hoi-nghe", name="Hội Nghề", **fields)  # type: ignore[arg-type]
        path = tmp_path / "a.opml"
        path.write_bytes(export([ours]))
        assert import_outlines(path, Registry(()), "2026-11-21").sources[0].feeds == ours.feeds
        path.write_text(opml('<outline text="Ai đó" xmlUrl="https://t.me/s/aido"/><outline xmlUrl="https://www.facebook.com/aido/rss"/>'), encoding="utf-8")
        result = import_outlines(path, Registry(()), "2026-11-21")
        assert len(result.refused) == 2 and not result.sources

    def test_every_line_is_counted_once_and_feeds_of_one_site_join(self, tmp_path: Path) -> None:
        path = tmp_path / "a.opml"
        lines = (
            '<outline text="Thư mục"><outline text="Báo A" xmlUrl="https://a.example/rss/1" htmlUrl="https://a.example/"/>'
            '<outline text="Báo A, thế giới" xmlUrl="https://a.example/rss/2" htmlUrl="https://a.example/"/></outline>'
            '<outline text="trùng" xmlUrl="https://a.example/rss/1"/><outline text="xấu" xmlUrl="javascript:alert(1)"/>'
            '<outline text="đã có" xmlUrl="https://tuoitre.vn/rss/tin-moi-nhat.rss"/>'
        )
        path.write_text(opml(lines), encoding="utf-8")
        result = import_outlines(path, load_sources(), "2026-11-21")
        assert (result.lines, len(result.added), len(result.known), len(result.refused)) == (5, 2, 2, 1)
        assert [found.feeds for found in result.sources] == [("https://a.example/rss/1", "https://a.example/rss/2")]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (opml("", '<!DOCTYPE o [<!ENTITY a "x">]>'), "DOCTYPE"),
            (opml('<outline text="&x;"/>', '<!DOCTYPE o SYSTEM "file:///etc/passwd">'), "DOCTYPE"),
            ("<html></html>", "gốc là <html>"),
            ("không phải xml", "không phải XML"),
            (opml("<outline>" * 60 + "</outline>" * 60), "60|50 tầng"),
            (opml('<outline text="a"/>' * 5001), "5000 dòng"),
            ('<?xml version="1.0" encoding="bậy"?><opml/>', "XML|bảng mã"),
        ],
        ids=["entity", "outside file", "html", "text", "deep", "many", "charset"],
    )
    def test_hostile_files_are_refused_with_their_line(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "a.opml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=said) as raised:
            read_outlines(path)
        assert str(raised.value).startswith(f"{path}:")

    @settings(max_examples=50, deadline=None)
    @given(st.binary(max_size=300))
    def test_no_bytes_raise_anything_else(self, tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
        path = tmp_path_factory.mktemp("opml") / "a.opml"
        path.write_bytes(opml("<outline xmlUrl='https://a.example/x'/>").encode().replace(b"outline", junk[:40], 1) if junk[:1] > b"m" else junk)
        try:
            import_outlines(path, Registry(()), "2026-11-21")
        except UsageError as error:
            assert "\n" not in str(error)

    def test_the_home_is_the_root_of_the_site_and_refused_lines_end_with_1(self, tmp_path: Path) -> None:
        path = tmp_path / "a.opml"
        lines = (
            '<outline text="Báo A" xmlUrl="https://a.example/rss/1"/><outline text="Báo B" xmlUrl="https://b.example/x" htmlUrl="https://b.example/thoi-su"/>'
            '<outline text="xấu" xmlUrl="javascript:alert(1)"/><outline text="Ai đó" xmlUrl="https://www.facebook.com/aido/rss"/>'
        )
        path.write_text(opml(lines), encoding="utf-8")
        done = CliRunner().invoke(app, ["import", str(path), "--data", str(tmp_path)])
        assert done.exit_code == 1 and [line.split(":")[0] for line in done.stderr.splitlines()] == ["từ chối"] * 2
        written = load_sources(tmp_path / "sources")
        assert [found.home for found in written] == ["https://a.example/", "https://b.example/"]
        assert CliRunner().invoke(app, ["import", str(path), "--data", str(tmp_path), "--json"]).exit_code == 1

    def test_the_command_writes_files_and_a_second_run_changes_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "a.opml"
        path.write_text(opml('<outline text="Báo A" xmlUrl="https://a.example/rss" htmlUrl="https://a.example/"/>'), encoding="utf-8")
        first = CliRunner().invoke(app, ["import", str(path), "--data", str(tmp_path), "--json"])
        assert json.loads(first.stdout)["added"] == 1
        written = {item: item.read_bytes() for item in (tmp_path / "sources").iterdir()}
        again = CliRunner().invoke(app, ["import", str(path), "--data", str(tmp_path), "--json"])
        assert json.loads(again.stdout)["known"] == 1 and written == {item: item.read_bytes() for item in (tmp_path / "sources").iterdir()}
        out = CliRunner().invoke(app, ["export", "--opml", "-", "--data", str(tmp_path)])
        assert "https://a.example/rss" in out.stdout


class TestStoredPages:
    def test_a_page_is_replayed_by_the_selectors_of_its_own_day(self, tmp_path: Path) -> None:
        url = "https://bao.example/sua-lai-ben-ca-123456.html"
        record(tmp_path, source(), url, ARTICLE.encode(), "text/html; charset=utf-8", NOW)
        assert [changes for _, changes in replay(tmp_path, source())] == [[]]
        newer = {"version": "2027", "title": "h2.moi", "body": "div.moi"}
        older = source().selectors[0].model_dump() | {"valid_until": date(2026, 12, 31)}
        assert [changes for _, changes in replay(tmp_path, source(selectors=[newer, older]))] == [[]]
        (changes,) = [changes for _, changes in replay(tmp_path, source(selectors=[newer]))]
        assert changes, "by the selectors of another time the page reads otherwise"

    def test_a_field_that_changed_is_named_with_both_values(self, tmp_path: Path) -> None:
        path = record(tmp_path, source(), "https://bao.example/sua-lai-ben-ca-123456.html", ARTICLE.encode(), "text/html; charset=utf-8", NOW)
        facts = json.loads(path.read_text(encoding="utf-8"))
        facts["expected"]["title"] = "Tít khác hẳn"
        path.write_text(json.dumps(facts), encoding="utf-8")
        (changes,) = [changes for _, changes in replay(tmp_path, source())]
        assert [(item.field, item.before) for item in changes] == [("title", "Tít khác hẳn")]

    @pytest.mark.parametrize("broken", ["{", "[]", "{}", '{"url": 1, "expected": {}, "fetched": "hôm qua"}'])
    def test_a_broken_file_is_a_change_and_not_a_crash(self, tmp_path: Path, broken: str) -> None:
        path = record(tmp_path, source(), "https://bao.example/sua-lai-ben-ca-123456.html", ARTICLE.encode(), "text/html", NOW)
        path.write_text(broken, encoding="utf-8")
        (changes,) = [changes for _, changes in replay(tmp_path, source())]
        assert changes[0].field == "file"

    def test_a_version_cannot_lead_out_of_the_folder(self, tmp_path: Path) -> None:
        path = record(tmp_path / "kho", source(version="../../../x"), "https://bao.example/a-123456.html", ARTICLE.encode(), "text/html", NOW)
        assert path.resolve().is_relative_to((tmp_path / "kho").resolve())
        assert stored(tmp_path / "kho", "bao-mau") == [path]


class TestTheCanary:
    def put(self, store: Store, count: int, parser: str, name: str = "bao-mau", hours: int = 1) -> None:
        with store.begin() as conn:
            for number in range(count):
                url = f"https://bao.example/{name}-{parser}-{hours}-{number}"
                articles.save(conn, Article(
                    id=articles.article_id(url), url=url, canonical=url, source=name, outlet="Báo Mẫu", title="Tít", body=f"Thân {url}",
                    parser=parser, first_seen=NOW - timedelta(hours=hours),
                ))  # fmt: skip

    def trouble(self, store: Store, *sources: Source) -> dict[str, str]:
        with store.read() as conn:
            return selector_trouble(conn, Registry(sources), NOW, NOW - timedelta(days=1))

    def test_says_when_most_articles_of_a_day_missed(self, store: Store) -> None:
        self.put(store, 4, "cotmoc-1 paragraphs (selectors missed)")
        self.put(store, 1, "cotmoc-1 selectors:2026-11")
        assert self.trouble(store, source())["bao-mau"].startswith("bộ chọn không còn khớp: 4/5 bài")

    def test_is_silent_on_few_on_old_on_assumed_and_on_undeclared(self, store: Store) -> None:
        self.put(store, 2, "cotmoc-1 paragraphs (selectors missed)")
        self.put(store, 9, "cotmoc-1 paragraphs (selectors missed)", hours=30)
        assert self.trouble(store, source()) == {}
        self.put(store, 9, "cotmoc-1 paragraphs (selectors missed)", name="khac")
        assert self.trouble(store, source("khac", version="assumed-2026-11"), source("bao-mau", selectors=())) == {}
