"""A small store with invented articles, copies, alerts and one WARC, for the tests of the desk and its papers."""

from __future__ import annotations

import atexit
import gzip
import hashlib
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.clock import HANOI, now
from pipelines.records import Alert, Article, Claim, Places, Role, Tier, Verdict, content_id
from pipelines.settings import Settings
from pipelines.store import Store, sessions, users
from pipelines.store import alerts as alert_store
from pipelines.store import captures as capture_store
from pipelines.store.rows import stamp
from pipelines.store.schema import (
    article_provinces,
    articles,
    assessments,
    captures,
    source_states,
    stories,
    story_articles,
)

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 19, 12, 0, tzinfo=HANOI)
WRONG = "Theo hiệp định, 53 % diện tích vịnh thuộc về Trung Quốc."
HOSTILE = '<script>alert("x")</script><svg onload=alert(1)>'


@dataclass
class Desk:
    """The open store, its settings and the ids by short name."""

    settings: Settings
    store: Store
    ids: dict[str, str]


def claim(text: str, sentence: str, verdict: Verdict, refs: tuple[str, ...], **more: object) -> Claim:
    """Return a claim whose offsets are those of `sentence` in `text`."""
    start = text.index(sentence)
    given = {"type": "D05", "role": Role.ASSERT, "confidence": 0.93, **more}
    return Claim(sentence=sentence, start=start, end=start + len(sentence), verdict=verdict, refs=refs, **given)  # type: ignore[arg-type]


def add_article(store: Store, url: str, outlet: str, title: str, body: str, published: datetime, **more: object) -> Article:
    """Store one article as its only revision, about Ninh Bình unless `places` says otherwise."""
    places = more.pop("places", Places(about=("ninh-binh",)))
    assert isinstance(places, Places)
    found = Article(
        id=content_id(url), url=url, canonical=url, source=outlet.lower().replace(" ", "-"), outlet=outlet,
        title=title, body=body, published=published, first_seen=published + timedelta(minutes=10), **more,  # type: ignore[arg-type]
    )  # fmt: skip
    row = found.model_dump(mode="json")
    row |= {"published": stamp(found.published), "first_seen": stamp(found.first_seen), "modified": None}
    row |= {"places": places.model_dump(mode="json"), "current": 1}
    with store.begin() as conn:
        conn.execute(articles.insert().values(**row))
        for name in places.about:
            conn.execute(article_provinces.insert().values(article=found.id, province=name, relation="about"))
    return found


def add_story(store: Store, *members: Article) -> str:
    """Join articles into one story named after the first."""
    with store.begin() as conn:
        conn.execute(stories.insert().values(id=members[0].id, first_article=members[0].id, first_outlet=members[0].outlet))
        for member in members:
            conn.execute(story_articles.insert().values(article=member.id, story=members[0].id))
    return members[0].id


def add_alert(store: Store, found: Article, story: str, one: Claim, *, national: bool = False, raised: datetime | None = None) -> str:
    """Store an assessment with one claim, and its alert."""
    alert = Alert(
        id=alert_store.alert_id(story, one.type + one.sentence), story=story, article=found.id, revision=found.revision,
        tier=one.tier, claim=one, provinces=("ninh-binh",), national=national, title=found.title, outlet=found.outlet,
        url=found.url, published=found.published, raised=raised or found.published or NOON,
    )  # fmt: skip
    with store.begin() as conn:
        alert_store.raise_alert(conn, alert)
        conn.execute(
            assessments.insert().values(
                article=found.id, revision=found.revision, model_version="m1", reference_version="r1",
                tier=one.tier.value, national=int(national), reason="", provinces=["ninh-binh"],
                claims=[one.model_dump(mode="json")],
            )
        )  # fmt: skip
    return alert.id


def add_capture(store: Store, data: Path, found: Article, page: bytes) -> str:
    """Write one response record to a WARC and note it as the capture of `found`."""
    folder = data / "warc"
    folder.mkdir(parents=True, exist_ok=True)
    raw = BytesIO()
    writer = WARCWriter(raw, gzip=True)
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record(
            found.url, "response", payload=BytesIO(page), http_headers=head,
            warc_headers_dict={"WARC-Date": found.published.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if found.published else ""},
        )
    )  # fmt: skip
    path = folder / "mau.warc.gz"
    offset = path.stat().st_size if path.exists() else 0
    with path.open("ab") as out:
        out.write(raw.getvalue())
    id = content_id(found.url, page)
    with store.begin() as conn:
        conn.execute(
            captures.insert().values(
                id=id, url=found.url, final_url=found.url, source=found.source, fetched=stamp(found.first_seen),
                status=200, content_type="text/html; charset=utf-8", body_sha256=hashlib.sha256(page).hexdigest(),
                size=len(page), warc_file="mau.warc.gz", warc_offset=offset, warc_length=len(raw.getvalue()),
            )
        )  # fmt: skip
        conn.execute(articles.update().where(articles.c.id == found.id).values(capture=id))
        certificate = {
            "sha256": "c" * 64, "subject": "bao-mau.example", "organisation": "Báo Mẫu", "issuer": "Nơi cấp mẫu",
            "valid_from": stamp(NOON - timedelta(days=30)), "valid_to": stamp(NOON + timedelta(days=30)),
        }  # fmt: skip
        facts = {
            "address": "192.0.2.7", "resolver_ms": 3.0, "tls_version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384",
            "server_date": stamp(found.first_seen), "clock_offset": 0.0, "certificate": certificate["sha256"],
        }  # fmt: skip
        capture_store.add_facts(conn, id, facts, certificate)
    assert gzip.decompress(raw.getvalue()).startswith(b"WARC/1.")
    return id


def make_desk(data: Path) -> Desk:
    """Return a desk with a flag (two copies, one captured), a watch, a hostile article, plain and foreign news.

    It is filled once in a process and copied: bringing up the tables alone takes thirty times as long.
    """
    folder, ids = _filled()
    shutil.copytree(folder, data, dirs_exist_ok=True)
    settings = Settings(data=data)
    return Desk(settings, Store.open(settings.store_url), dict(ids))


@cache
def _filled() -> tuple[Path, dict[str, str]]:
    folder = Path(mkdtemp(prefix="cotmoc-desk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    desk = _fill(folder / "data")
    desk.store.close()
    return folder / "data", desk.ids


def _fill(data: Path) -> Desk:
    settings = Settings(data=data)
    store = Store.open(settings.store_url)
    body = f"Bài giải thích về vịnh Bắc Bộ.\n{WRONG} Nhiều bạn đọc đã hỏi về con số này."
    first = add_article(store, "https://bao-mau.example/vinh-bac-bo", "Báo Mẫu", "Vịnh Bắc Bộ chia thế nào?", body, NOON)
    copy = add_article(store, "https://tin-mau.example/vinh", "Tin Mẫu", "Vịnh Bắc Bộ chia thế nào", body, NOON + timedelta(hours=2))
    page = f"<html><head><title>{first.title}</title></head><body><p>{body}</p></body></html>".encode()
    add_capture(store, data, first, page)
    story = add_story(store, first, copy)
    flag = add_alert(
        store, first, story,
        claim(
            body, WRONG, Verdict.CONTRADICTED, ("GT-02",), type="D05",
            differs="bài viết: 53 % cho Trung Quốc — tư liệu GT-02: 53,23 % cho Việt Nam",
            why="Tỷ lệ bị đảo cho hai bên.",
        ),
    )  # fmt: skip
    position = "Quần đảo này là lãnh thổ vốn có của nước khác."
    second = add_article(
        store, "https://foreign.example/a", "Foreign Wire", "A view on the islands", f"Opening line.\n{position}",
        NOON + timedelta(hours=1), kind="foreign_press", lang="en", places=Places(about=("ninh-binh",), national=True),
    )  # fmt: skip
    watch = add_alert(
        store, second, add_story(store, second),
        claim(second.body, position, Verdict.POSITION_CLAIM, ("LTR-01",), type="D01", confidence=0.7), national=True,
    )  # fmt: skip
    bad = add_article(
        store, "javascript:alert(1)", f"Xấu {HOSTILE}", f"Tít {HOSTILE}\x00\u202e", f"Mở đầu {HOSTILE}. Câu xấu {HOSTILE} hết.",
        NOON, sapo=HOSTILE, captions=(HOSTILE,),
    )  # fmt: skip
    hostile = add_alert(
        store, bad, add_story(store, bad),
        claim(bad.body, f"Câu xấu {HOSTILE} hết.", Verdict.UNSUPPORTED, ("GT-02",), why=HOSTILE, differs=HOSTILE),
    )  # fmt: skip
    news = add_article(
        store, "https://bao-mau.example/cang", "Báo Mẫu", "Cảng cá Kim Sơn mở rộng bến",
        "NINH BÌNH - Cảng cá Kim Sơn vừa mở rộng thêm hai bến. Công trình giúp ngư dân cập bến nhanh hơn trong mùa mưa bão. "
        "Đoạn này nói thêm về vốn đầu tư. Đoạn cuối không quan trọng.", NOON + timedelta(hours=3),
    )  # fmt: skip
    add_story(store, news)
    with store.begin() as conn:
        conn.execute(
            source_states.insert().values(source="bao-mau", status="ok", failures=0, last_success=stamp(NOON), interval=900)
        )
    ids = {"flag": flag, "watch": watch, "hostile": hostile, "story": story, "first": first.id, "copy": copy.id, "news": news.id, "bad": bad.id}
    return Desk(settings, store, ids)


def copied(pack: Any, folder: Path) -> Any:
    """Return a copy of a pack, folder and ZIP, to spoil."""
    folder.mkdir()
    shutil.copytree(pack.path, folder / pack.path.name)
    shutil.copy2(pack.zip, folder)
    return replace(pack, path=folder / pack.path.name, zip=folder / pack.zip.name)


def pack_without_browser(*given: Any, **more: Any) -> Any:
    """Return a pack as a machine without Chromium builds it: a browser for each pack of the tests would take minutes."""
    from unittest import mock

    from dashboards.evidence import build_pack

    with mock.patch("dashboards.evidence.chromium.find", return_value=None):
        return build_pack(*given, **more)


def staff_cookie(app: Starlette, role: str = "analyst", name: str = "Bàn 1") -> str:
    """Make user `name` with `role` (unless there is one) and a session, and return the value of the cookie `cotmoc`."""
    desk: Store = app.state.store
    with desk.begin() as conn:
        found = users.by_name(conn, name) or users.add(conn, name, role, now())
        return sessions.start(conn, found.id, now(), way="password", hours=12)


def sign_in(desk: Desk | Starlette, role: str = "analyst", name: str = "Bàn 1", **more: Any) -> TestClient:
    """Return a client of the desk (or of an app made from it) in which `name` has signed in with `role`."""
    from dashboards.app import create_app

    app = desk if isinstance(desk, Starlette) else create_app(desk.settings, desk.store)
    client = TestClient(app, base_url="http://127.0.0.1:8710", **more)
    client.cookies.set("cotmoc", staff_cookie(app, role, name))
    return client


assert Tier.FLAG  # re-exported for tests that compare tiers
