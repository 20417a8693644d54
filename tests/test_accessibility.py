"""WCAG 2.2 AA by axe on every page of the desk: light and dark, 1366 and 390 px, Vietnamese and English; keyboard and print."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from dashboards.app import create_app
from dashboards.reports.replies import note_sent
from pipelines import watches
from pipelines.clock import now
from pipelines.records import Mention, Places, Verdict
from pipelines.search import open_index
from pipelines.search.rebuild import rebuild
from pipelines.settings import Settings
from pipelines.store import feeds
from pipelines.store.papers import save_paper
from pipelines.store.rows import stamp
from pipelines.store.schema import alerts, articles, decisions, frontier, second_looks
from tests import axe
from tests.desk import WRONG, add_alert, add_article, add_capture, add_story, claim, make_desk, staff_cookie

pytestmark = pytest.mark.browser
# Of long lists the shorter ones: each further row is the same markup again.
PAGES = {
    "overview": "/", "today": "/today", "alerts": "/alerts", "alert": "/alerts/{n2}", "mine": "/mine", "search": "/search?q=v%E1%BB%8Bnh", "search-error": "/search?q=%28",
    "article": "/articles/{first}", "digests": "/digests", "editor": "/digests/edit/2026-11-20", "packs": "/packs", "health": "/health", "references": "/references?contested=1",
    "reference": "/references/GT-02", "map": "/map", "quality": "/quality", "reports": "/reports", "watches": "/watches",
    "preview": "/watches/preview?query=v%E1%BB%8Bnh", "about": "/about", "account": "/account", "users": "/users", "settings": "/settings", "audit": "/audit",
    "missing": "/nowhere",
}  # fmt: skip


class Site:
    """A served desk: its address, an administrator's cookie, the ids of its stories."""

    def __init__(self, address: str, cookie: str, ids: dict[str, str]) -> None:
        self.address, self.cookie, self.ids = address, cookie, ids


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("desk") / "data"
    desk = make_desk(folder)
    at = now()
    seen = (Mention(start=0, end=1, as_written="Kim Sơn", unit="huyện Kim Sơn, Ninh Bình", unit_now="tỉnh Ninh Bình", confidence=0.9),)
    for number in range(24):
        article = add_article(
            desk.store, f"https://bao{number % 5}.example/{number}", f"Báo {number % 5}", f"Bài thử số {number} về vịnh Bắc Bộ", f"Ở Kim Sơn.\n{WRONG}",
            at - timedelta(days=number), places=Places(about=("ninh-binh", "lao-cai")[: 1 + number % 2], mentions=seen), lang="vi" if number % 4 else "en",
        )  # fmt: skip
        if number % 2 == 0:
            alert = add_alert(
                desk.store, article, add_story(desk.store, article),
                claim(article.body, WRONG, (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)[number % 3 == 0], ("GT-02",), type=f"D{number % 18 + 1:02d}", confidence=0.6 + number / 100),
            )  # fmt: skip
            desk.ids[f"n{number}"] = alert
    add_capture(desk.store, folder, article, b"<p>x</p>")
    with desk.store.begin() as conn:
        # A pack whose request was sent: the page then has both of its forms.
        save_paper(conn, kind="evidence", province="ninh-binh", day=at.date().isoformat(), story=desk.ids["story"], path="ho-so.zip", sha256="0" * 64, now=at)
        note_sent(conn, desk.ids["story"], at.date() - timedelta(days=1), "Bàn 2", at)
        for name, status in (("bao-0", "ok"), ("bao-1", "gone"), ("bao-2", "failing"), ("bao-3", "new")):
            feeds.save_source(conn, name, status=status, reason="trả 404 từ ba ngày nay" if status == "gone" else "", last_item=stamp(at), next_poll=stamp(at))
        for number in range(60):
            conn.execute(frontier.insert().values(url=f"https://bao0.example/{number}", source="bao-0", host="bao0.example", discovered=stamp(at - timedelta(days=number % 20))))
        for number in range(0, 24, 4):
            outcome = ("không sai lệch", "cần phản hồi", "theo dõi")[number % 3]
            desk_alert = desk.ids[f"n{number}"]
            conn.execute(
                decisions.insert().values(id=f"d{number}", alert=desk_alert, outcome=outcome, reason="x", note="", analyst="Bàn 2", decided=stamp(at), status=outcome)
            )
            conn.execute(alerts.update().where(alerts.c.id == desk_alert).values(status=outcome))
            conn.execute(
                second_looks.insert().values(
                    decision=f"d{number}", alert=desk_alert, first="Bàn 2", first_outcome=outcome, chosen=stamp(at), second="Bàn 3",
                    outcome=outcome if number % 8 else "trùng", answered=stamp(at), reason="",
                )
            )  # fmt: skip
    with desk.store.begin() as conn:
        conn.execute(articles.update().values(assessed_with="m1 r1"))
    index = open_index(desk.settings, desk.store)
    rebuild(desk.store, index)
    index.close()
    settings = Settings(**{**desk.settings.model_dump(), "notify": {"truc": "json://127.0.0.1:9/"}})
    with desk.store.begin() as conn:
        watches.save(conn, settings, "Vịnh Bắc Bộ", "vịnh Bắc Bộ", actor="Bàn 1", now=at)
        watches.save(conn, settings, "Riêng của tôi", "cửa khẩu", desk="Bàn 1", channel="truc", actor="Bàn 1", now=at)
        watches.enable(conn, settings, "Vịnh Bắc Bộ", actor="Bàn 1", now=at)
    app = create_app(settings, desk.store)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", staff_cookie(app, "admin", "Bàn 1"), desk.ids)
    server.should_exit = True
    thread.join(10)
    desk.store.close()


def opened(site: Site, browser: Any, width: int, scheme: str, lang: str = "vi", **more: Any) -> Any:
    """Return a page of a signed-in browser, with what the console says noted on it."""
    context = browser.new_context(viewport={"width": width, "height": 900 if width > 600 else 844}, color_scheme=scheme, **more)
    names = {"cotmoc": site.cookie, "cotmoc_lang": lang}
    context.add_cookies([{"name": name, "value": value, "url": site.address} for name, value in names.items()])
    return context.new_page()


# Each width, scheme and language once; widths in the other combinations are measured by test_dashboard_browser.py and test_desk_browser.py.
@pytest.mark.parametrize(("width", "scheme", "lang"), [(1366, "light", "vi"), (390, "dark", "en")])
def test_axe_finds_nothing_on_any_page_and_nothing_is_wider_than_the_screen(
    site: Site, browser: Any, width: int, scheme: str, lang: str
) -> None:
    page = opened(site, browser, width, scheme, lang)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    shots = Path(os.environ["COTMOC_TEST_PICTURES"]) if os.environ.get("COTMOC_TEST_PICTURES") else None
    faults = []
    for name, path in PAGES.items():
        page.goto(site.address + path.format(**site.ids))
        if name == "alert":
            # Drawn when it comes into sight.
            page.locator("#map").scroll_into_view_if_needed()
            page.wait_for_selector("#map .archipelago")
        faults += [f"{name}: {fault}" for fault in axe.faults(page, "best-practice")]
        if shots:
            shots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=shots / f"{name}-{width}-{scheme}-{lang}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            faults.append(f"{name}: {wide} px too wide")
        small = page.evaluate(
            "[...document.querySelectorAll('button, summary, input:not([type=hidden]), select, nav a, .chips a, .who a')].filter(e => e.checkVisibility() "
            "&& !e.closest('.hide') && (e.getBoundingClientRect().height < 24 && !(e.matches('[type=checkbox], [type=radio]') && e.closest('label').getBoundingClientRect().height >= 24)))"
            ".map(e => e.outerHTML.slice(0, 100))"
        )
        faults += [f"{name}: smaller than 24 px: {one}" for one in small[:3]]
    assert not faults, "\n".join(faults)
    assert [text for text in said if "404" not in text and "400" not in text] == []


def test_axe_is_heard(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<img src='/static/icon.svg'>")
    assert any(fault.startswith("image-alt: <img") for fault in axe.faults(page))


def test_the_skip_link_and_focus_are_seen_and_the_menu_works_by_keyboard(site: Site, browser: Any) -> None:
    page = opened(site, browser, 1366, "light")
    page.goto(site.address)
    page.keyboard.press("Tab")
    box = page.locator(".skip").bounding_box()
    assert box["x"] >= 0 and page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus(".more summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/watches"


def test_without_script_the_pages_say_the_same(site: Site, browser: Any) -> None:
    page = opened(site, browser, 390, "light", java_script_enabled=False)
    page.goto(f"{site.address}/map")
    assert page.locator("svg.country path").count() >= 9 and "Quần đảo Hoàng Sa" in page.inner_text("main") and "Quần đảo Trường Sa" in page.inner_text("main")
    page.click("text=English")
    assert page.get_attribute("html", "lang") == "en" and page.url.endswith("/map") and "Hoàng Sa Archipelago" in page.inner_text("main")
    page.goto(f"{site.address}/watches")
    page.fill("[name=query]", "vịnh")
    page.click("text=Try on the last 30 days")
    assert "articles" in page.inner_text(".preview")
    page.fill("[name=name]", "Gulf")
    page.check("[name=own]")
    page.click("text=Save the search")
    assert "Gulf" in page.inner_text("table") and page.url.endswith("/watches")
    page.click("tr:has-text('Gulf') button:has-text('Remove')")
    assert "Gulf" not in page.inner_text("table")


def test_a_printed_page_has_black_words_and_no_controls(site: Site, browser: Any) -> None:
    page = opened(site, browser, 1366, "dark")
    page.goto(f"{site.address}/quality")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('.top nav')).display") == "none"
    page.goto(site.address)
    assert page.evaluate("document.querySelectorAll('.chart details[open]').length") == 0
    assert page.evaluate("[...document.querySelectorAll('.chart details td')].every((e) => e.checkVisibility({ contentVisibilityAuto: true }))"), "folded tables are printed"
