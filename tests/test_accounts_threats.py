"""The threat model of the desk's accounts, one test a threat. The table of routes is made from the routes themselves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from dashboards.accounts import passwords
from dashboards.app import create_app, routes
from dashboards.web.guards import MAX_FORM, OPEN_FOLDERS, OPEN_PATHS, Hosts, local_target
from dashboards.web.rights import ALLOWED, OPEN, RIGHTS, At, may
from pipelines.settings import Settings
from pipelines.store import audit, users
from pipelines.store.schema import decisions
from pipelines.store.schema import sessions as session_table
from pipelines.store.users import ROLES
from tests.desk import Desk, make_desk, sign_in, staff_cookie
from tests.signing import GOOD, add_user, code, login, login_code, post, second_factor, stranger, token

ROUTES = [(route, method) for route in routes() if isinstance(route, At) for method in sorted(set(route.methods or ()) - {"HEAD"})]
NAMES = [f"{method} {route.path}" for route, method in ROUTES]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Starlette:
    """One desk for the tests that change nothing."""
    desk = make_desk(tmp_path_factory.mktemp("desk") / "data")
    app = create_app(desk.settings, desk.store)
    add_user(app, "Quản trị", "admin")
    return app


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


@pytest.fixture
def own(desk: Desk) -> Starlette:
    """A desk of this test's own."""
    app = create_app(desk.settings, desk.store)
    add_user(app, "Quản trị", "admin")
    return app


def ask(client: Any, route: At, method: str, **fields: str) -> Any:
    path = re.sub(r"\{[^}]+\}", "khong-co", route.path)
    return client.get(path) if method == "GET" else client.request(method, path, data=fields)


# --- role escalation: every route × every role -----------------------------------------------------------------


def test_every_address_declares_a_right_and_the_open_ones_are_known() -> None:
    for route in routes():
        if isinstance(route, Mount):
            assert f"{route.path}/" in OPEN_FOLDERS, f"{route.path}: a mounted folder is guarded by nobody"
            continue
        assert isinstance(route, At), f"{route.path} takes no right"
        assert route.right in (*RIGHTS, OPEN)
    assert {route.path for route, _method in ROUTES if route.right == OPEN} == set(OPEN_PATHS)


def test_every_post_takes_more_than_reading_or_is_ones_own() -> None:
    own = ("/account", "/logout", "/alerts/filters", "/language")
    for route, method in ROUTES:
        if method != "GET" and route.right == "read":
            assert route.path.startswith(own), f"{method} {route.path}: a guest may do it"


@pytest.mark.parametrize(("route", "method"), ROUTES, ids=NAMES)
def test_a_stranger_is_sent_to_the_sign_in_by_every_address(app: Starlette, route: At, method: str) -> None:
    answer = ask(stranger(app), route, method)
    if route.right == OPEN:
        assert answer.status_code in (200, 303, 403, 404, 410)
    elif method == "GET":
        assert answer.status_code == 303 and answer.headers["location"].startswith("/login?next=")
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("route", "method"), ROUTES, ids=NAMES)
def test_a_role_does_what_it_may_and_nothing_else(app: Starlette, route: At, method: str, role: str) -> None:
    client = sign_in(app, role, f"Bàn {role}", follow_redirects=False)
    session = app.state.access.read(client.cookies["cotmoc"], app.state.store)
    answer = ask(client, route, method, token=app.state.access.token(session))
    refused = answer.status_code == 403 and "Vai trò “" in answer.text
    assert refused == (route.right != OPEN and not may(role, route.right)), (role, answer.status_code)
    assert answer.status_code < 500


def test_roles_only_grow_and_an_unknown_one_has_nothing() -> None:
    assert all(ALLOWED[less] < ALLOWED[more] for less, more in zip(ROLES, ROLES[1:], strict=False))
    assert not any(may(role, right) for role in ("", "root", "Admin") for right in RIGHTS)


def test_a_role_in_the_form_or_cookie_changes_nothing(own: Starlette, desk: Desk) -> None:
    client = sign_in(own, "analyst", follow_redirects=False)
    assert post(client, "/account", "/users", name="x", role="admin", action="role").status_code == 403
    client.cookies.set("role", "admin")
    assert client.get("/users").status_code == 403
    with desk.store.read() as conn:
        assert {user.name: user.role for user in users.listed(conn)} == {"Quản trị": "admin", "Bàn 1": "analyst"}


# --- cookies -----------------------------------------------------------------------------------------------------


def test_signing_in_gives_a_new_session_and_ends_the_old_one(own: Starlette) -> None:
    add_user(own)
    client = stranger(own)
    client.cookies.set("cotmoc", "ke-xau-dat-san", domain="127.0.0.1", path="/")
    client.get("/login")
    before = client.cookies["cotmoc"]
    login(client)
    first = client.cookies["cotmoc"]
    assert first not in (before, "ke-xau-dat-san")
    thief = stranger(own)
    thief.cookies.set("cotmoc", before)
    assert thief.get("/alerts").status_code == 303, "the cookie of before opens nothing afterwards"
    post(client, "/account", "/login", name="Hoa", password=GOOD, next="/")
    assert client.cookies["cotmoc"] != first
    thief.cookies.set("cotmoc", first)
    assert thief.get("/alerts").status_code == 303


@pytest.mark.parametrize("forged", ["x", "g.forged.cookie", "g.", "s" * 43, "'; DROP TABLE users--", "é", "a" * 5000, "null"])
def test_a_forged_cookie_opens_nothing(app: Starlette, forged: str) -> None:
    answer = stranger(app).get("/alerts", headers={"Cookie": f"cotmoc={forged}".encode()})  # type: ignore[dict-item]
    assert answer.status_code == 303 and answer.headers["location"].startswith("/login")


def test_the_store_holds_no_cookie_no_password_and_no_code(own: Starlette, desk: Desk) -> None:
    user = add_user(own)
    secret, papers = second_factor(own, user)
    client = stranger(own)
    login_code(client, login(client), code(secret))
    with desk.store.engine.connect() as conn:
        dump = "\n".join(conn.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    for hidden in (client.cookies["cotmoc"], GOOD, secret, *papers):
        assert hidden not in dump
    with desk.store.read() as conn:
        assert all(len(row.id) == 64 for row in conn.execute(session_table.select()))


def test_the_cookie_is_httponly_samesite_and_secure_over_https(desk: Desk) -> None:
    plain = create_app(desk.settings, desk.store)
    add_user(plain)
    said = login(stranger(plain)).headers["set-cookie"].lower()
    assert "httponly" in said and "samesite=lax" in said and "secure" not in said and "path=/;" in said
    https = create_app(desk.settings.model_copy(update={"dashboard_url": "https://cotmoc.example"}), desk.store)
    client = stranger(https)
    client.base_url = "https://127.0.0.1:8710"
    assert "secure" in login(client).headers["set-cookie"].lower()


# --- forms of other sites ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("route", "method"), [(r, m) for r, m in ROUTES if m != "GET"], ids=[n for n in NAMES if not n.startswith("GET")])
def test_every_post_needs_the_token_of_this_very_session(app: Starlette, route: At, method: str) -> None:
    client = sign_in(app, "admin", "Quản trị", follow_redirects=False)
    other = app.state.access.read(staff_cookie(app, "admin", "Quản trị"), app.state.store)
    for given in ({}, {"token": "0" * 64}, {"token": app.state.access.token(other)}):
        answer = ask(client, route, method, **given)
        assert answer.status_code == 403 and "hãy tải lại trang" in answer.text, given


def test_a_post_from_elsewhere_is_refused_even_with_the_token(app: Starlette) -> None:
    client = sign_in(app, "admin", "Quản trị", follow_redirects=False)
    good = {"token": token(client.get("/account").text), "name": "x", "role": "viewer"}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert client.post("/users", data=good, headers=headers).status_code == 403
    assert client.post("/users", data={**good, "name": "x" * (MAX_FORM + 1)}).status_code == 403
    assert client.post("/users", content=iter([b"token=x"]), headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code == 403
    assert client.post("/users", json=good).status_code == 403
    assert client.post("/users", data={**good, **{f"f{n}": "" for n in range(2100)}}).status_code == 403


def test_nothing_is_changed_by_opening_an_address(own: Starlette, desk: Desk) -> None:
    client = sign_in(own, "admin", "Quản trị", follow_redirects=False)

    def state() -> list[Any]:
        with desk.store.read() as conn:
            return [*conn.execute(users.users.select()), *conn.execute(decisions.select())]

    before = state()
    for route, method in ROUTES:
        if method == "GET":
            ask(client, route, method)
    assert state() == before


# --- addresses, hosts, frames ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad", ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:1", "/a\nb", "\\\\evil", "/a\\b", " /x", "http:/x"]
)
def test_coming_in_never_leads_to_another_site(app: Starlette, bad: str) -> None:
    assert local_target(bad) == "/"
    client = sign_in(app, "viewer", "Bàn viewer", follow_redirects=False)
    assert client.get("/login", params={"next": bad}).headers["location"] == "/"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8710", "", "[::1", "10.0.0.1", "a@127.0.0.1.x"])
def test_a_foreign_host_name_is_not_answered(app: Starlette, host: str) -> None:
    assert stranger(app).get("/healthz", headers={"Host": host}).status_code == 400


def test_an_open_desk_answers_to_its_own_names_and_numbers_only() -> None:
    async def nothing(*_: Any) -> None: ...

    hosts = Hosts(nothing, Settings(data=Path("x"), host="0.0.0.0", dashboard_url="https://cotmoc.coquan.example"))
    assert all(hosts.known(name) for name in ("cotmoc.coquan.example", "10.0.0.5:8710", "localhost", "[::1]:8710"))
    assert not any(hosts.known(name) for name in ("evil.example", "coquan.example", ""))


def test_the_link_of_a_password_does_not_follow_the_host_header(own: Starlette) -> None:
    client = sign_in(own, "admin", "Quản trị", follow_redirects=False)
    form = {"name": "Mới", "role": "viewer", "token": token(client.get("/users").text)}
    page = client.post("/users", data=form, headers={"Host": "localhost:9", "X-Forwarded-Host": "evil.example"})
    assert "http://127.0.0.1:8710/reset?code=" in page.text and "evil" not in page.text


def test_no_page_is_framed_cached_or_runs_foreign_script(app: Starlette) -> None:
    client = sign_in(app, "admin", "Quản trị", follow_redirects=False)
    for path in ("/login", "/account", "/users", "/settings", "/audit", "/nope", "/reset", "/healthz"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy and headers["x-frame-options"] == "DENY", path
        assert "unsafe" not in policy and "default-src 'none'" in policy and "base-uri 'none'" in policy
        assert headers["cache-control"] == "no-store" and headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    secure = stranger(app).get("https://127.0.0.1:8710/login")
    assert "max-age" in secure.headers["strict-transport-security"]


# --- guessing --------------------------------------------------------------------------------------------------------


def test_a_name_that_is_not_there_is_answered_with_the_same_words_and_the_same_work(own: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    add_user(own)
    done: list[bool] = []
    plain = passwords.opens
    monkeypatch.setattr(passwords, "opens", lambda sealed, given: done.append(True) or plain(sealed, given))
    there, nobody = login(stranger(own), "Hoa", "sai mật khẩu"), login(stranger(own), "Không Có Ai", "sai mật khẩu")
    assert there.status_code == nobody.status_code == 403 and len(done) == 2

    def words(page: Any) -> str:
        return re.sub(r"[0-9a-f]{64}", "", page.text)

    assert words(there) == words(nobody)


def test_guessing_is_slowed_alike_for_names_that_are_there_and_that_are_not(own: Starlette) -> None:
    add_user(own)
    for name in ("Hoa", "Không Có Ai"):
        client = stranger(own)
        assert [login(client, name, "sai").status_code for _ in range(7)] == [403] * 5 + [429] * 2
    assert login(stranger(own), "hoa").status_code == 429, "the right password waits too"


def test_one_address_that_tries_many_names_is_shut_out(own: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "opens", lambda _sealed, _given: False)
    client = stranger(own)
    answers = [login(client, f"người {number}", "sai").status_code for number in range(32)]
    assert answers == [403] * 30 + [429] * 2


def test_what_was_typed_as_a_name_is_not_written_down(own: Starlette, desk: Desk) -> None:
    login(stranger(own), "mật khẩu gõ nhầm ô", "x")
    with desk.store.read() as conn:
        rows = audit.find(conn, action="session.refused")
    assert len(rows) == 1 and "nhầm" not in str(rows) and rows[0]["actor"] == "người lạ"


# --- second factor -----------------------------------------------------------------------------------------------------


def test_a_code_that_was_seen_opens_nothing_again(own: Starlette) -> None:
    secret, _papers = second_factor(own, add_user(own))
    seen = code(secret)
    client, thief = stranger(own), stranger(own)
    assert login_code(client, login(client), seen).status_code == 303
    assert login_code(thief, login(thief), seen).status_code == 403


def test_the_second_step_belongs_to_one_browser_and_cannot_be_made_up(own: Starlette, desk: Desk) -> None:
    secret, _papers = second_factor(own, add_user(own))
    client, thief = stranger(own), stranger(own)
    page = login(client)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket
    stolen = {"token": token(thief.get("/login").text), "ticket": ticket[1], "code": code(secret)}
    assert thief.post("/login/code", data=stolen).status_code == 403
    for forged in ("", "x", "null", own.state.access.vault.seal("[]"), own.state.access.vault.seal('["enrol", "a", "b", "c"]')):
        assert thief.post("/login/code", data={**stolen, "ticket": forged}).status_code == 403
    with desk.store.begin() as conn:
        user = users.by_name(conn, "Hoa")
        assert user
        users.change(conn, user.id, password_set="2026-01-01T00:00:00+00:00")
    assert login_code(client, page, code(secret)).status_code == 403, "the password was changed meanwhile"


def test_codes_are_not_guessed_by_one_who_knows_the_password(own: Starlette) -> None:
    secret, _papers = second_factor(own, add_user(own))
    client, answers = stranger(own), []
    for _ in range(7):
        answers.append(login_code(client, login(client), "000000").status_code)
    assert answers == [403] * 5 + [429] * 2
    assert login_code(client, login(client), code(secret)).status_code == 429


def test_a_stolen_session_cannot_lock_its_owner_out(own: Starlette) -> None:
    add_user(own)
    client = stranger(own)
    login(client)
    for path, fields in {"/account/password": {"password": "kẻ xấu đặt lại", "again": "kẻ xấu đặt lại"}, "/account/totp": {}, "/account/recovery": {}}.items():
        assert post(client, "/account", path, current="không biết", **fields).status_code in (403, 429)
