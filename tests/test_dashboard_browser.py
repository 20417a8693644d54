"""The desk in a real browser: usable at 1366 and 390 px without JavaScript, nothing wider than the screen, hostile text inert."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette

from dashboards.app import create_app
from dashboards.digest import write_digest
from pipelines.store import alerts as alert_store
from pipelines.store import feeds
from tests.desk import DAY, WRONG, Desk, make_desk, staff_cookie

pytestmark = pytest.mark.browser


class Site:
    """A served desk, its application and its address."""

    def __init__(self, desk: Desk, address: str, app: Starlette) -> None:
        self.desk, self.address, self.app = desk, address, app


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    desk = make_desk(tmp_path / "data")
    write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path / "out")
    with desk.store.begin() as conn:
        reason = "https://bao-co-ten-rat-dai.example/duong/dan/rat/dai/khong/co/cho/ngat/rss.xml: không phân giải được tên miền"
        feeds.save_source(conn, "bao-co-ten-rat-dai", status="unreachable", reason=reason, last_attempt="2026-11-20T05:00:00+00:00")
    app = create_app(desk.settings, desk.store)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Site(desk, f"http://127.0.0.1:{listener.getsockname()[1]}", app)
    server.should_exit = True
    thread.join(10)
    desk.store.close()


def enter(page, site: Site, analyst: str, role: str = "admin") -> None:  # type: ignore[no-untyped-def]
    page.context.add_cookies([{"name": "cotmoc", "value": staff_cookie(site.app, role, analyst), "url": site.address}])
    page.goto(f"{site.address}/alerts")


@pytest.mark.parametrize("width", [1366, 390])
def test_no_page_is_wider_than_the_screen_and_nothing_is_blocked(site: Site, browser, width: int) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
    enter(page, site, "Bàn 1")
    ids = site.desk.ids
    for _name, path in {
        "tong-quan": "/", "canh-bao": "/alerts", "mot": f"/alerts/{ids['flag']}", "tranh-luan": f"/alerts/{ids['watch']}",
        "doc-hai": f"/alerts/{ids['hostile']}", "bai": f"/articles/{ids['first']}", "bai-doc-hai": f"/articles/{ids['bad']}",
        "tim": "/search", "diem-bao": "/digests", "nguon": "/health", "tu-lieu": "/references", "muc": "/references/LTR-01",
        "gioi-thieu": "/about", "khong-co": "/nope",
    }.items():  # fmt: skip
        page.goto(site.address + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than {width} px"
        if path in ("/digests", "/health"):
            hidden = page.evaluate("Math.max(0, ...[...document.querySelectorAll('.scroll')].map(e => e.scrollWidth - e.clientWidth))")
            assert hidden == 0, f"{path}: a table hides {hidden} px of itself"
    assert [text for text in said if "404" not in text] == []


def test_a_decision_is_taken_without_javascript_on_a_phone(site: Site, browser) -> None:  # type: ignore[no-untyped-def]
    page = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False).new_page()
    enter(page, site, "Bàn 1")
    page.click("h3 a:has-text('Vịnh Bắc Bộ chia thế nào?')")
    assert page.inner_text("mark") == WRONG
    page.check("input[value='theo dõi']")
    page.fill("textarea[name=reason]", "chờ đính chính")
    page.click("text=Ghi quyết định")
    assert "chờ đính chính" in page.inner_text(".history")
    with site.desk.store.read() as conn:
        found = alert_store.get_alert(conn, site.desk.ids["flag"])
    assert found and found[0].status == "theo dõi"


def test_two_analysts_at_once_and_the_later_one_sees_the_conflict(site: Site, browser) -> None:  # type: ignore[no-untyped-def]
    pages = []
    for name in ("Bàn 1", "Bàn 2"):
        page = browser.new_context().new_page()
        enter(page, site, name)
        page.goto(f"{site.address}/alerts/{site.desk.ids['flag']}")
        page.check("input[value='cần phản hồi']")
        page.fill("textarea[name=reason]", f"lý do của {name}")
        pages.append(page)
    for page in pages:
        page.click("text=Ghi quyết định")
    assert "Bạn đã đề nghị" in pages[0].inner_text(".notice")
    assert "người khác" in pages[1].inner_text("[role=alert]")
    assert pages[1].input_value("textarea[name=reason]") == "lý do của Bàn 2"
    pages[1].click("text=Ghi quyết định")
    assert "cần phản hồi" in pages[1].inner_text(".tag.status >> nth=0")


def test_a_stored_digest_is_shown_in_a_sandbox(site: Site, browser) -> None:  # type: ignore[no-untyped-def]
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    enter(page, site, "Bàn 1")
    page.goto(f"{site.address}/digests")
    page.click("text=HTML")
    assert "ĐIỂM BÁO NGÀY 20/11/2026" in page.inner_text("h1")
    assert page.locator("script").count() == 0
