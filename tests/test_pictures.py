"""Pictures of articles with an alert are kept in the WARC: few, small, polite, once; nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawlers.pictures import MOST, collect_images
from crawlers.warc import read_body
from pipelines.records import Alert, Article, Claim, Image, Role, Tier, Verdict
from pipelines.store import alerts, articles, captures
from tests.loopback import Answer, Office, Site, office, source

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"ban do" * 20


def told(desk: Office, name: str, images: list[str], alerted: bool = True) -> Article:
    """Store an article with pictures, and an alert on it."""
    article = Article(
        id=articles.article_id(name), url=name, canonical=name, source="mau", outlet="Báo Mẫu", title="Bản đồ", body="Bài",
        images=tuple(Image(url=url) for url in images), first_seen=NOW,
    )  # fmt: skip
    claim = Claim(
        sentence="Bản đồ.", start=0, end=7, type="D09", role=Role.ASSERT, verdict=Verdict.NEEDS_IMAGE_REVIEW, refs=("GT-01",),
        confidence=0.6,
    )  # fmt: skip
    with desk.store.begin() as conn:
        articles.save(conn, article)
        if alerted:
            alerts.raise_alert(conn, Alert(
                id=alerts.alert_id(article.id, "D09"), story=article.id, article=article.id, revision=1, tier=Tier.WATCH,
                claim=claim, title=article.title, outlet=article.outlet, url=name, raised=NOW,
            ))  # fmt: skip
    return article


def run(desk: Office, later: timedelta = timedelta()) -> dict[str, int]:
    return collect_images(desk.settings, desk.store, desk.registry, NOW + later).outcomes


def test_the_pictures_of_an_alert_are_kept_and_no_others(site: Site, tmp_path: Path) -> None:
    site.routes["/a.png"] = Answer(PNG, headers={"Content-Type": "image/png"})
    site.routes["/b.png"] = Answer(PNG + b"khac", headers={"Content-Type": "text/plain"})
    site.routes["/rieng.png"] = Answer(PNG, headers={"Content-Type": "image/png"})
    desk = office(tmp_path, source(site))
    article = told(desk, "https://bao.example/1", [site.url + "/b.png", site.url + "/a.png"])
    told(desk, "https://bao.example/2", [site.url + "/rieng.png"], alerted=False)
    assert run(desk) == {"new": 2}
    assert "/rieng.png" not in site.seen
    with desk.store.read() as conn:
        kept = captures.images_of(conn, article)
        assert [capture.url for capture in kept] == [site.url + "/b.png", site.url + "/a.png"], "in the order of the text"
        assert captures.unread(conn) == [], "a picture is never read as an article"
        assert captures.network_facts(conn, kept[0].id) is not None
    assert read_body(desk.settings, kept[1])[1] == PNG
    elsewhere = told(desk, "https://bao.example/3", [site.url + "/a.png"])
    assert collect_images(desk.settings, desk.store, desk.registry, NOW, own={"khac"}).outcomes == {}, "another machine's source"
    assert elsewhere.source == "mau" and run(desk) == {"same": 1}
    seen = len(site.seen)
    assert run(desk) == {} and len(site.seen) == seen, "a second run asks for nothing"


def test_what_is_no_picture_or_too_large_or_forbidden_is_counted_and_not_kept(site: Site, tmp_path: Path) -> None:
    site.routes["/robots.txt"] = Answer("User-agent: *\nDisallow: /cam/\n")
    site.routes["/trang.png"] = Answer("<script>alert(1)</script>", headers={"Content-Type": "image/png"})
    site.routes["/ve.svg"] = Answer("<svg onload=alert(1)>", headers={"Content-Type": "image/svg+xml"})
    site.routes["/lon.png"] = Answer(PNG + b"x" * 9_000_000)
    desk = office(tmp_path, source(site))
    paths = ["/trang.png", "/ve.svg", "/lon.png", "/cam/1.png", "/mat.png"]
    article = told(desk, "https://bao.example/1", [*(site.url + path for path in paths), "http://169.254.169.254/x.png", "data:image/png;base64,AA"])
    assert run(desk) == {"not-an-image": 2, "too-large": 1, "refused by robots": 1, "gone": 1, "refused by guard": 2}
    with desk.store.read() as conn:
        assert captures.images_of(conn, article) == []


def test_a_server_in_trouble_is_asked_again_later_and_not_for_ever(site: Site, tmp_path: Path) -> None:
    site.routes["/a.png"] = Answer(status=500)
    desk = office(tmp_path, source(site))
    article = told(desk, "https://bao.example/1", [site.url + "/a.png"])
    assert run(desk) == {"http-error": 1} and run(desk) == {}
    site.routes["/a.png"] = Answer(PNG)
    assert run(desk, timedelta(hours=1)) == {"new": 1}
    with desk.store.read() as conn:
        assert len(captures.images_of(conn, article)) == 1
    site.routes["/b.png"] = Answer(status=500)
    told(desk, "https://bao.example/2", [site.url + "/b.png"])
    assert [run(desk, timedelta(days=3 * n)) for n in range(1, 8)] == [{"http-error": 1}] * 5 + [{}] * 2


def test_a_gallery_gives_its_first_pictures(site: Site, tmp_path: Path) -> None:
    for number in range(30):
        site.routes[f"/{number}.png"] = Answer(PNG + bytes([number]))
    desk = office(tmp_path, source(site))
    told(desk, "https://bao.example/1", [f"{site.url}/{number}.png" for number in range(30)])
    assert run(desk) == {"new": MOST}
