"""First run, sign-in, second factor and administration in a real browser, at 1366 and 390 px; a phone without script."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from dashboards.app import create_app
from tests import axe as rules
from tests.desk import make_desk, staff_cookie
from tests.signing import GOOD, code

pytestmark = pytest.mark.browser


class Site:
    """A served desk without users, and its address."""

    def __init__(self, app: Starlette, address: str) -> None:
        self.app, self.address = app, address


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    desk = make_desk(tmp_path / "data")
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = create_app(desk.settings.model_copy(update={"dashboard_url": address}), desk.store)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Site(app, address)
    server.should_exit = True
    thread.join(10)
    desk.store.close()


def fits(page: Any, name: str, pictures: Path, *, axe: bool = True) -> None:
    """Nothing is wider than the screen, and axe finds nothing against WCAG 2.2 AA (it needs script to run)."""
    width = page.viewport_size["width"]
    if axe:
        assert rules.faults(page) == []
    if os.environ.get("COTMOC_TEST_PICTURES"):
        page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px wider than {width} px"


@pytest.mark.parametrize("width", [1366, 390])
def test_first_run_second_factor_and_sign_in(site: Site, browser: Any, tmp_path: Path, width: int) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(site.address)
    assert page.url.endswith("/setup") and page.input_value("[name=code]") == ""
    page.goto(f"{site.address}/setup?code={site.app.state.access.setup_code}")
    fits(page, "setup", tmp_path)
    page.fill("[name=name]", "Nguyễn Thị Hoa")
    page.fill("[name=password]", GOOD)
    page.fill("[name=again]", GOOD)
    page.click("main button")
    page.wait_for_url("**/account")
    fits(page, "account", tmp_path)
    page.fill("section >> nth=0 >> [name=current]", GOOD)
    page.click("button:has-text('Bật')")
    fits(page, "totp", tmp_path)
    assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 100, "the picture is not blocked by the policy"
    secret = page.inner_text("main code").replace(" ", "")
    page.fill("[name=code]", code(secret))
    page.click("main button")
    assert page.locator(".codes li").count() == 10
    paper = page.inner_text(".codes li >> nth=0")
    fits(page, "recovery", tmp_path)
    page.click("text=Đã cất xong")
    page.click(".who button")
    page.wait_for_url("**/login**")
    fits(page, "login", tmp_path)
    page.fill("[name=name]", "nguyen thi hoa")
    page.fill("[name=password]", "sai mật khẩu này")
    page.press("[name=password]", "Enter")
    assert "không đúng" in page.inner_text("[role=alert]")
    page.fill("[name=name]", "nguyen thi hoa")
    page.fill("[name=password]", GOOD)
    page.press("[name=password]", "Enter")
    fits(page, "code", tmp_path)
    page.fill("[name=code]", paper)
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/account")
    assert "còn 9 mã dự phòng" in page.inner_text("main")
    assert [text for text in said if "403" not in text] == []


@pytest.mark.parametrize(("width", "scheme"), [(1366, "dark"), (390, "light")])
def test_an_administrator_adds_a_colleague_who_comes_in_by_the_link(site: Site, browser: Any, tmp_path: Path, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=width > 400)
    context.add_cookies([{"name": "cotmoc", "value": staff_cookie(site.app, "admin", "Nguyễn Thị Hoa"), "url": site.address}])
    page = context.new_page()
    page.goto(f"{site.address}/users")
    page.fill("form[action='/users'] [name=name]", "Lê Văn Nam")
    page.select_option("form[action='/users'] [name=role]", "approver")
    page.click("button:has-text('Thêm')")
    link = page.inner_text("code.long")
    assert re.fullmatch(rf"{site.address}/reset\?code=[\w-]+", link)
    fits(page, f"users-{scheme}", tmp_path, axe=width > 400)
    for name in ("settings", "audit", "account"):
        page.goto(f"{site.address}/{name}")
        fits(page, f"{name}-{scheme}", tmp_path, axe=width > 400)
    page.goto(f"{site.address}/audit")
    page.click("text=Kiểm tra chuỗi băm")
    assert "nguyên vẹn" in page.inner_text("[role=status]")
    other = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    other.goto(link)
    fits(other, f"reset-{scheme}", tmp_path)
    other.fill("[name=password]", "trâu vàng gặm cỏ")
    other.fill("[name=again]", "trâu vàng gặm cỏ")
    other.click("main button")
    other.wait_for_url("**/login")
    other.fill("[name=name]", "Lê Văn Nam")
    other.fill("[name=password]", "trâu vàng gặm cỏ")
    other.press("[name=password]", "Enter")
    other.wait_for_url(f"{site.address}/")
    assert other.locator("a[href='/users']").count() == 0
    other.goto(f"{site.address}/users")
    assert "Vai trò “duyệt” không làm được việc này" in other.inner_text("main")
