"""The desk in a real browser: triage by keyboard alone, two persons, undo, bulk, search, phone width, hostile text, two at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from dashboards.app import create_app
from pipelines.records import Mention, Places, Verdict
from pipelines.store import alerts as alert_store
from pipelines.store import second_looks
from tests.desk import NOON, WRONG, Desk, add_alert, add_article, add_story, claim, make_desk, staff_cookie

pytestmark = pytest.mark.browser


@dataclass
class Site:
    """A served desk with its address."""

    desk: Desk
    address: str
    app: Starlette

    def state(self, id: str) -> str:
        """Return the state of an alert as stored."""
        with self.desk.store.read() as conn:
            found = alert_store.get_alert(conn, id)
        assert found
        return found[0].status


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(second_looks, "chosen", lambda *_: False)
    desk = make_desk(tmp_path / "data")
    seen = (Mention(start=0, end=1, as_written="Kim Sơn", unit="huyện Kim Sơn, Ninh Bình", unit_now="tỉnh Ninh Bình", confidence=0.9),)
    for number in range(3):
        article = add_article(
            desk.store, f"https://bao{number}.example/", f"Báo {number}", f"Bài thử {number}", f"Ở Kim Sơn và đảo Phú Lâm.\n{WRONG}",
            NOON - timedelta(days=1, minutes=number), places=Places(about=("ninh-binh",), mentions=seen),
        )  # fmt: skip
        desk.ids[f"b{number}"] = add_alert(
            desk.store, article, add_story(desk.store, article), claim(article.body, WRONG, Verdict.CONTRADICTED, ("GT-02",), confidence=0.9)
        )
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


def open_desk(browser: Any, site: Site, name: str = "Bàn 1", role: str = "analyst", **more: Any) -> Any:
    """Return a page of the desk in which `name` has signed in; what its console says is kept in `page.said`."""
    context = browser.new_context(**{"viewport": {"width": 1366, "height": 900}, **more})
    context.add_cookies([{"name": "cotmoc", "value": staff_cookie(site.app, role, name), "url": site.address}])
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("dialog", lambda dialog: page.said.append(f"dialog {dialog.message}"))
    page.on("request", lambda request: page.said.append(request.url) if not request.url.startswith(site.address) else None)
    return page


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_triage_by_keyboard_alone_each_decision_in_two_keystrokes(site: Site, browser: Any) -> None:
    page, ids = open_desk(browser, site), site.desk.ids
    page.goto(f"{site.address}/alerts")
    press(page, "j", "j")
    assert "Vịnh Bắc Bộ" in page.inner_text(".card.at h3")
    press(page, "3", "3")
    page.wait_for_selector(f"#s-{ids['story']} form.done")
    assert site.state(ids["flag"]) == "không sai lệch"
    with site.desk.store.read() as conn:
        assert alert_store.decisions_of(conn, ids["flag"])[0].reason == "Đối chiếu lại thấy phù hợp tư liệu"
    assert page.inner_text(".card.at h3") == "Bài thử 0", "the next story is at hand"
    press(page, "1")
    page.wait_for_selector(".card:has-text('Bài thử 0') form.done")
    assert site.state(ids["b0"]) == "đang xem", "“đang xem” takes one keystroke"
    press(page, "u")
    page.wait_for_url("**undone=*")
    assert site.state(ids["b0"]) == "mới"
    press(page, "j", "j", "a", "1")
    page.wait_for_selector(".card.at:has-text('giao Bàn 1'), .card:has-text('giao Bàn 1')")
    press(page, "?")
    assert page.is_visible("#help")
    press(page, "Escape")
    assert not page.is_visible("#help")
    press(page, "/")
    assert page.evaluate("document.activeElement.id") == "q"
    press(page, "Escape", "o")
    page.wait_for_url("**/alerts/*")
    press(page, "n")
    page.keyboard.type("cần số liệu 3 năm ")  # the digit is text here, not a decision
    assert page.input_value("#note-text") == "cần số liệu 3 năm "
    assert page.said == []


def test_a_key_acts_on_nothing_that_was_not_chosen_and_the_note_takes_the_focus(site: Site, browser: Any) -> None:
    page, ids = open_desk(browser, site), site.desk.ids
    for key in ("1", "3", "a", "n", "x"):
        page.goto(f"{site.address}/alerts")
        first = page.locator("#list > li").first.get_attribute("data-href").rsplit("/", 1)[1]
        press(page, key)
        assert page.locator(".card.at").count() == 1 and page.locator("dialog[open]").count() == 0, f"{key} only shows where we stand"
        assert page.locator("input[name=pick]:checked").count() == 0 and page.url.endswith("/alerts") and site.state(first) == "mới"
    press(page, "n")
    page.wait_for_url("**#note-text")
    page.wait_for_function("document.activeElement.id === 'note-text'")
    page.keyboard.type("1 2 3")
    assert page.input_value("#note-text") == "1 2 3" and {site.state(id) for name, id in ids.items() if name[0] == "b" and name[1:].isdigit()} == {"mới"}
    press(page, "Escape")
    press(page, "1")
    page.wait_for_url("**batch=*")
    assert [site.state(id) for id in (first, ids["b2"])] == ["đang xem", "mới"], "on a story's own page the key is for that story"
    assert page.said == []


def test_a_story_page_is_decided_and_left_by_keyboard(site: Site, browser: Any) -> None:
    page, ids = open_desk(browser, site), site.desk.ids
    page.goto(f"{site.address}/alerts")
    press(page, "j", "j", "o")
    page.wait_for_url(f"**/alerts/{ids['flag']}")
    press(page, "4", "1")
    page.wait_for_url("**batch=*")
    assert site.state(ids["flag"]) == "theo dõi"
    assert page.is_visible("text=Bạn vừa ghi quyết định.")
    press(page, "u")
    page.wait_for_url("**undone=*")
    assert site.state(ids["flag"]) == "mới"
    press(page, "j")
    page.wait_for_url(f"**/alerts/{ids['b0']}")
    press(page, "k")
    page.wait_for_url(f"**/alerts/{ids['flag']}")
    press(page, "n")
    page.keyboard.type("xem lại bản gốc")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".note:has-text('xem lại bản gốc')")
    press(page, "i")
    page.wait_for_url("**/alerts")
    assert page.get_attribute(".at", "data-href") == f"/alerts/{ids['flag']}", "back in the list where it was left"
    assert page.said == []


def test_a_reason_of_ones_own_is_typed(site: Site, browser: Any) -> None:
    page = open_desk(browser, site)
    page.goto(f"{site.address}/alerts/{site.desk.ids['flag']}")
    press(page, "5")
    page.fill("#palette input[name=reason]", "trùng với tin hôm qua")
    press(page, "Enter")
    page.wait_for_url("**batch=*")
    with site.desk.store.read() as conn:
        assert alert_store.decisions_of(conn, site.desk.ids["flag"])[0].reason == "trùng với tin hôm qua"
    page.goto(f"{site.address}/alerts/{site.desk.ids['b1']}")
    press(page, "5", "Escape")
    assert site.state(site.desk.ids["b1"]) == "mới", "Escape decides nothing"


def test_bulk_by_keyboard_and_its_undo(site: Site, browser: Any) -> None:
    page, ids = open_desk(browser, site), site.desk.ids
    page.goto(f"{site.address}/alerts")
    press(page, "j", "j", "j", "x", "j", "x")
    assert page.inner_text("#bulk-count").endswith(": 2")
    press(page, "5", "1")
    page.wait_for_url("**batch=*")
    assert [site.state(ids[name]) for name in ("b0", "b1", "b2")] == ["trùng", "trùng", "mới"]
    page.click("form.done button")
    page.wait_for_url("**undone=*")
    assert page.inner_text("#undone").count("Đã hoàn tác “trùng”") == 2
    assert [site.state(ids[name]) for name in ("b0", "b1")] == ["mới", "mới"]
    shown = page.locator("input[name=pick][form=bulk]").count()
    press(page, "j", "Shift+X")
    assert page.inner_text("#bulk-count").endswith(f": {shown}") and page.is_checked("#pick-all")
    press(page, "x")
    assert page.inner_text("#bulk-count").endswith(f": {shown - 1}") and not page.is_checked("#pick-all")


def test_two_persons_are_needed_for_a_reply(site: Site, browser: Any) -> None:
    id = site.desk.ids["flag"]
    for name, role, state in (("Bàn 1", "analyst", alert_store.WAITING), ("Trưởng ban", "approver", "cần phản hồi")):
        page = open_desk(browser, site, name, role)
        page.goto(f"{site.address}/alerts/{id}")
        press(page, "2", "1")
        page.wait_for_url("**batch=*")
        assert site.state(id) == state
    assert "Trưởng ban" in page.inner_text(".history")


def test_two_at_once_in_the_inbox_and_the_later_one_sees_what_the_other_did(site: Site, browser: Any) -> None:
    one, two = open_desk(browser, site, "Bàn 1"), open_desk(browser, site, "Bàn 2")
    for page in (one, two):
        page.goto(f"{site.address}/alerts")
        press(page, "j", "j")
    press(one, "4", "1")
    one.wait_for_selector("form.done")
    press(two, "5", "1")
    two.wait_for_selector(".card [role=alert]")
    said = two.inner_text(".card [role=alert]")
    assert "Bàn 1 đã ghi “theo dõi”" in said and "Chờ nguồn thứ hai" in said
    assert site.state(site.desk.ids["flag"]) == "theo dõi"


def test_filters_work_by_choice_and_stay_in_the_address(site: Site, browser: Any) -> None:
    page = open_desk(browser, site)
    page.goto(f"{site.address}/alerts")
    page.select_option("select[name=tier]", "watch")
    page.wait_for_url("**tier=watch*")
    assert page.locator("#list h3").all_inner_texts() == ["A view on the islands"]


def test_map_and_archived_copy_are_drawn_and_nothing_comes_from_outside(site: Site, browser: Any) -> None:
    page = open_desk(browser, site)
    page.goto(f"{site.address}/alerts/{site.desk.ids['b0']}")
    page.locator("#map").scroll_into_view_if_needed()
    page.wait_for_selector("#map .archipelago")
    shown = page.locator("#map .archipelago").all_inner_texts()
    assert shown == ["Quần đảo Hoàng Sa (Việt Nam)", "Quần đảo Trường Sa (Việt Nam)"]
    assert page.locator("#map path.spot").count() == 2 and page.locator("#map path.hoang-sa").count() == 1
    page.goto(f"{site.address}/alerts/{site.desk.ids['flag']}")
    page.click("details.archive summary")
    frame = page.frame_locator("details.archive iframe")
    assert WRONG in frame.locator("body").inner_text()
    assert page.said == []


@pytest.mark.parametrize("width", [1366, 390])
def test_no_page_of_the_desk_is_wider_than_the_screen(site: Site, browser: Any, width: int) -> None:
    page, ids = open_desk(browser, site, viewport={"width": width, "height": 900}), site.desk.ids
    for path in ("/alerts", "/alerts?status=all", "/today", "/mine", "/second-looks", f"/alerts/{ids['flag']}", f"/alerts/{ids['hostile']}",
                 f"/articles/{ids['bad']}", "/search", "/watches"):  # fmt: skip
        page.goto(site.address + path)
        assert page.evaluate("document.querySelector('.top nav').offsetHeight") < 48, f"{path}: the links take more than one line"
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than {width} px"
    assert page.said == []


def test_a_phone_takes_the_ten_minutes_without_javascript(site: Site, browser: Any) -> None:
    page = open_desk(browser, site, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto(f"{site.address}/today")
    page.locator(".answers").nth(1).locator("button:has-text('theo dõi')").click()
    assert page.is_visible("text=Đã ghi quyết định.") and site.state(site.desk.ids["flag"]) == "theo dõi"
    page.click("text=Hoàn tác")
    assert site.state(site.desk.ids["flag"]) == "mới"


def test_a_hostile_article_does_nothing_in_list_story_and_search(site: Site, browser: Any) -> None:
    page, ids = open_desk(browser, site), site.desk.ids
    for path in ("/alerts", f"/alerts/{ids['hostile']}", f"/articles/{ids['bad']}", "/search?q=%3Csvg%20onload%3Dalert(1)%3E", "/alerts?outlet=%22%3E%3Csvg%20onload%3Dalert(1)%3E"):
        page.goto(site.address + path)
        assert page.locator("main svg:not(.leaflet-zoom-animated), main script").count() == 0
    assert [text for text in page.said if "status of 400" not in text] == []
