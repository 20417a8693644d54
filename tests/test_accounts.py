"""Accounts of the desk: first run, passwords, second factor, sessions and users. Settings, log and command line: test_accounts_office.py."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from dashboards.accounts import passwords, totp
from dashboards.app import create_app
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store import Store, sessions, throttles, tickets, users
from pipelines.store import alerts as alert_store
from tests.desk import Desk, make_desk, sign_in
from tests.signing import (
    GOOD,
    actions,
    add_user,
    code,
    login,
    login_code,
    post,
    second_factor,
    stranger,
    token,
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


@pytest.fixture
def app(desk: Desk) -> Starlette:
    return create_app(desk.settings, desk.store)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The same questions to both databases."""
    sqlite = request.param == "sqlite"
    opened = Store.open(f"sqlite:///{tmp_path / 's.sqlite3'}" if sqlite else request.getfixturevalue("fresh_database"))
    yield opened
    opened.close()


# --- first run -----------------------------------------------------------------------------------------------


def test_the_first_run_makes_one_administrator_and_then_is_closed(app: Starlette, desk: Desk) -> None:
    client = stranger(app)
    assert client.get("/alerts").headers["location"] == client.get("/login").headers["location"] == "/setup"
    form = {"code": app.state.access.setup_code, "name": "Nguyễn  Thị Hoa", "password": GOOD, "again": GOOD}
    done = post(client, "/setup", **form)
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    assert client.get("/users").status_code == 200
    with desk.store.read() as conn:
        assert [(user.name, user.role) for user in users.listed(conn)] == [("Nguyễn Thị Hoa", "admin")]
    other = stranger(app)
    assert other.get("/setup").status_code == 410
    assert other.post("/setup", data={**form, "token": token(other.get("/login").text)}).status_code == 410
    assert actions(desk.store) == ["user.first", "session.start"]


def test_the_first_run_refuses_a_wrong_code_and_slows_down(app: Starlette, desk: Desk) -> None:
    client = stranger(app)
    answers = [post(client, "/setup", code="AAAAA-AAAAA-AAAAA", name="x", password=GOOD, again=GOOD).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]
    with desk.store.read() as conn:
        assert users.count(conn) == 0


def test_the_code_belongs_to_the_data_folder_and_stays_until_it_is_used(desk: Desk, tmp_path: Path) -> None:
    other = make_desk(tmp_path / "b")
    one, again, far = (create_app(d.settings, d.store).state.access.setup_code for d in (desk, desk, other))
    assert one == again != far and re.fullmatch(r"([A-Z2-7]{5}-){2}[A-Z2-7]{5}", one)
    assert (desk.settings.data / "dashboard.key").stat().st_mode & 0o777 == 0o600
    (desk.settings.data / "dashboard.key").write_text("x")
    with pytest.raises(UserError, match="hỏng"):
        create_app(desk.settings, desk.store)


def test_start_says_the_code_too_because_the_desk_is_another_process(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.service import _say_setup

    app = create_app(desk.settings, desk.store)
    _say_setup(desk.settings)
    assert f"/setup?code={app.state.access.setup_code}" in capsys.readouterr().err
    add_user(app, "Hoa", "admin")
    _say_setup(desk.settings)
    assert capsys.readouterr().err == ""


# --- passwords -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad", ["ngắn quá", "123456789012", "aaaaaaaaaaaaaa", "matkhau123456", "Mật Khẩu 2026!", "qwertyuiopas", "Nguyễn Thị Hoa 1", "x" * 129]
)
def test_short_and_easily_guessed_passwords_are_refused(bad: str) -> None:
    with pytest.raises(UserError):
        passwords.check(bad, "Nguyễn Thị Hoa")


@pytest.mark.parametrize("good", [GOOD, "trâu vàng gặm cỏ", "correct horse battery", "mưa tháng bảy 1972"])
def test_a_sentence_is_a_good_password(good: str) -> None:
    assert passwords.check(good, "Nguyễn Thị Hoa") == good


@pytest.mark.usefixtures("real_passwords")
def test_a_password_is_sealed_at_the_cost_of_rfc_9106() -> None:
    sealed = passwords.seal(GOOD)
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in sealed and passwords.opens(sealed, GOOD) and not passwords.opens(sealed, GOOD + "x")
    assert not passwords.outdated(sealed) and passwords.outdated(sealed.replace("m=65536", "m=1024"))


def test_two_ways_to_write_a_letter_are_one_password() -> None:
    import unicodedata

    sealed = passwords.seal(unicodedata.normalize("NFD", GOOD))
    assert sealed.startswith("$argon2id$") and passwords.opens(sealed, GOOD)
    assert not passwords.opens(sealed, GOOD + "x") and not passwords.opens("", GOOD) and not passwords.opens("rác", GOOD)
    assert not passwords.opens(sealed, "\ud800")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=40), st.text(max_size=20))
def test_any_text_is_judged_without_a_crash(password: str, name: str) -> None:
    with contextlib.suppress(UserError):
        assert len(passwords.check(password, name)) >= passwords.SHORTEST


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=90))
def test_names_are_plain_and_their_keys_stable(name: str) -> None:
    plain = users.plain_name(name)
    assert users.plain_name(plain) == plain and users.name_key(plain) == users.name_key(name)


def test_names_that_look_alike_are_one(any_store: Store) -> None:
    with any_store.begin() as conn:
        made = users.add(conn, "Trần Thị Hòa", "viewer", now())
        for twin in ("trần thị hoà", "TRAN THI HOA", "Trần  Thị Hòa "):
            assert users.by_name(conn, twin) == made
            with pytest.raises(UserError, match="đã có"):
                users.add(conn, twin, "viewer", now())
        for bad in ("", "   ", "x" * 61):
            with pytest.raises(UserError, match="ký tự"):
                users.add(conn, bad, "viewer", now())


# --- coming in -----------------------------------------------------------------------------------------------


def test_name_and_password_open_the_page_that_was_wanted(app: Starlette) -> None:
    add_user(app)
    client = stranger(app)
    assert client.get("/alerts?tier=flag").headers["location"] == "/login?next=%2Falerts%3Ftier%3Dflag"
    done = login(client, "hoa", next="/alerts?tier=flag")
    assert (done.status_code, done.headers["location"]) == (303, "/alerts?tier=flag")
    assert client.get("/alerts").status_code == 200 and client.get("/login").status_code == 303


def test_the_second_factor_is_asked_for_and_a_paper_code_opens_once(app: Starlette, desk: Desk) -> None:
    secret, papers = second_factor(app, add_user(app))
    client = stranger(app)
    page = login(client)
    assert page.status_code == 200 and client.get("/alerts").status_code == 303
    assert login_code(client, page, "000000").status_code == 403
    assert login_code(client, page, code(secret)).headers["location"] == "/alerts"
    for expected in (303, 403):
        other = stranger(app)
        assert login_code(other, login(other), papers[0].lower()).status_code == expected
    assert "session.refused" in actions(desk.store)


def test_leaving_ends_the_session_on_the_server(app: Starlette) -> None:
    add_user(app)
    client = stranger(app)
    login(client)
    kept = client.cookies["cotmoc"]
    assert post(client, "/alerts", "/logout").headers["location"] == "/login"
    thief = stranger(app)
    thief.cookies.set("cotmoc", kept)
    assert thief.get("/alerts").status_code == 303


def test_a_session_ends_when_idle_when_old_and_when_the_user_is_disabled(any_store: Store) -> None:
    at = now()
    with any_store.begin() as conn:
        user = users.add(conn, "Hoa", "analyst", at)
        users.add(conn, "Nam", "admin", at)
        cookie = sessions.start(conn, user.id, at, way="password", hours=12)
        idle = timedelta(minutes=60)
        assert sessions.find(conn, cookie, at + timedelta(minutes=59), idle)
        assert not sessions.find(conn, cookie, at + timedelta(minutes=61), idle)
        sessions.touch(conn, sessions.digest(cookie), at + timedelta(hours=11, minutes=30))
        assert sessions.find(conn, cookie, at + timedelta(hours=11, minutes=59), idle)
        assert not sessions.find(conn, cookie, at + timedelta(hours=12), idle)
        users.change(conn, user.id, disabled="2026-11-21")
        assert not sessions.find(conn, cookie, at, idle)
        assert sessions.forget(conn, at + timedelta(days=1)) == 1


def test_many_failures_shut_the_door_longer_each_time_and_the_right_password_opens_it_again(any_store: Store) -> None:
    at, waits = now(), []
    with any_store.begin() as conn:
        for _ in range(5):
            assert throttles.take(conn, "hoa", "10.0.0.1", at) is None
        for _ in range(6):
            wait = throttles.take(conn, "hoa", "10.0.0.1", at)
            assert wait is not None
            waits.append(wait.total_seconds() / 60)
            at += wait
            assert throttles.take(conn, "hoa", "10.0.0.1", at) is None
        assert waits == [1, 2, 4, 8, 15, 15]
        assert throttles.take(conn, "hoa", "10.0.0.2", at) is None, "her own desk stays open"
        throttles.came_in(conn, "hoa", "10.0.0.1")
        assert throttles.take(conn, "hoa", "10.0.0.1", at) is None


def test_knocking_at_a_shut_door_does_not_shut_it_for_others(any_store: Store) -> None:
    at = now()
    with any_store.begin() as conn:
        for _ in range(500):
            throttles.take(conn, "hoa", "10.0.0.9", at)
        assert throttles.take(conn, "hoa", "10.0.0.1", at) is None
        assert throttles.take(conn, "nam", "10.0.0.9", at) is None


# --- one's own account ---------------------------------------------------------------------------------------


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(app: Starlette) -> None:
    add_user(app)
    here, there = stranger(app), stranger(app)
    login(here)
    login(there)
    new = "một câu khác hẳn"
    assert post(here, "/account", "/account/password", current="sai", password=new, again=new).status_code == 403
    assert post(here, "/account", "/account/password", current=GOOD, password=new, again="khác").status_code == 400
    assert post(here, "/account", "/account/password", current=GOOD, password=new, again=new).status_code == 200
    assert here.get("/account").status_code == 200 and there.get("/account").status_code == 303
    assert login(stranger(app)).status_code == 403 and login(stranger(app), password=new).status_code == 303


def test_the_telephone_is_enrolled_by_its_first_code_and_paper_codes_are_shown_once(app: Starlette, desk: Desk) -> None:
    user = add_user(app)
    client = stranger(app)
    login(client)
    assert post(client, "/account", "/account/totp", current="sai").status_code == 403
    page = post(client, "/account", "/account/totp", current=GOOD)
    assert 'src="data:image/svg+xml' in page.text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page.text)
    assert secret and sealed
    plain = secret[1].replace(" ", "")
    form = {"token": token(page.text), "sealed": sealed[1]}
    assert client.post("/account/totp/on", data={**form, "code": "000000"}).status_code == 400
    codes = client.post("/account/totp/on", data={**form, "code": code(plain)})
    assert len(re.findall(r"<code>(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}</code>", codes.text)) == totp.RECOVERY_CODES
    with desk.store.read() as conn:
        kept = users.by_id(conn, user.id)
        assert kept and kept.totp and plain not in kept.totp and tickets.left(conn, "recovery", user.id) == 10
    assert login(stranger(app)).status_code == 200, "the second page, not the desk"
    assert post(client, "/account", "/account/totp/off", current=GOOD).status_code == 200
    assert login(stranger(app)).status_code == 303


def test_a_role_that_must_have_a_second_factor_sees_nothing_but_its_account_before(desk: Desk) -> None:
    must = desk.settings.model_copy(update={"totp_required": ("admin",)})
    app = create_app(must, desk.store)
    client = sign_in(app, "admin", follow_redirects=False)
    assert client.get("/alerts").headers["location"] == "/account"
    assert client.get("/account").status_code == 200
    assert post(client, "/account", "/users", name="x", role="viewer").status_code == 403
    assert sign_in(app, "analyst", "Bàn 2", follow_redirects=False).get("/alerts").status_code == 200
    with desk.store.read() as conn:
        user = users.by_name(conn, "Bàn 1")
    assert user
    second_factor(app, user)
    assert client.get("/alerts").status_code == 200
    assert "bắt buộc" in post(client, "/account", "/account/totp/off", current=GOOD).text


def test_one_ends_sessions_of_ones_own_and_of_nobody_else(app: Starlette, desk: Desk) -> None:
    mine, other = sign_in(app, "analyst", "Bàn 1", follow_redirects=False), sign_in(app, "analyst", "Bàn 2", follow_redirects=False)
    again = sign_in(app, "analyst", "Bàn 1", follow_redirects=False)
    page = mine.get("/account").text
    assert len(re.findall(r'name="one"', page)) == 1
    post(mine, "/account", "/account/sessions", one=sessions.digest(other.cookies["cotmoc"]))
    assert other.get("/account").status_code == 200
    post(mine, "/account", "/account/sessions", one=sessions.digest(again.cookies["cotmoc"]))
    assert again.get("/account").status_code == 303
    assert post(mine, "/account", "/account/sessions").headers["location"] == "/login"
    assert mine.get("/account").status_code == 303


# --- users ---------------------------------------------------------------------------------------------------


def test_an_administrator_adds_a_user_who_sets_the_password_by_a_link_that_works_once(app: Starlette, desk: Desk) -> None:
    admin = sign_in(app, "admin", follow_redirects=False)
    page = post(admin, "/users", name="Lê Văn Nam", role="approver")
    link = re.search(r"http://127\.0\.0\.1:8710(/reset\?code=[\w-]+)", page.text)
    assert link and link[0] not in admin.get("/users").text
    given_code = link[1].partition("=")[2]
    new = stranger(app)
    assert post(new, link[1], "/reset", code=given_code, password="ngắn", again="ngắn").status_code == 400
    assert post(new, link[1], "/reset", code=given_code, password=GOOD, again=GOOD).headers["location"] == "/login"
    assert post(new, link[1], "/reset", code=given_code, password=GOOD, again=GOOD).status_code == 403
    assert login(new, "Lê Văn Nam").status_code == 303
    assert new.get("/users").status_code == 403
    assert {"user.add", "user.link", "user.password"} <= set(actions(desk.store))


def test_a_new_link_kills_the_one_before_and_a_link_dies_with_the_day(any_store: Store) -> None:
    at = now()
    with any_store.begin() as conn:
        user = users.add(conn, "Hoa", "viewer", at)
        link = tickets.issue(conn, "reset", user.id, at, at + timedelta(hours=24))
        assert tickets.holder(conn, "reset", link, at) == user.id
        assert tickets.holder(conn, "recovery", link, at) is None
        assert tickets.holder(conn, "reset", link, at + timedelta(hours=24)) is None
        tickets.void(conn, "reset", user.id)
        assert tickets.redeem(conn, "reset", link, at) is None


def test_changes_of_a_user_hold_at_once_and_an_administrator_always_remains(app: Starlette, desk: Desk) -> None:
    admin, other = sign_in(app, "admin", follow_redirects=False), sign_in(app, "viewer", "Bàn 2", follow_redirects=False)
    with desk.store.read() as conn:
        ids = {user.name: user.id for user in users.listed(conn)}
    assert post(admin, "/users", f"/users/{ids['Bàn 2']}", action="role", role="admin").status_code == 303
    assert other.get("/users").status_code == 200
    assert post(other, "/users", f"/users/{ids['Bàn 1']}", action="disable").status_code == 303
    assert admin.get("/alerts").status_code == 303
    for action in ({"action": "disable"}, {"action": "role", "role": "viewer"}):
        said = post(other, "/users", f"/users/{ids['Bàn 2']}", **action)
        assert said.status_code == 400 and "quản trị" in said.text
    assert post(other, "/users", f"/users/{ids['Bàn 1']}", action="bay").status_code == 400
    assert post(other, "/users", "/users/khong-co", action="enable").status_code == 404


def test_a_disabled_user_cannot_come_in_and_hears_nothing_else_than_others(app: Starlette, desk: Desk) -> None:
    user = add_user(app)
    add_user(app, "Nam", "admin")
    with desk.store.begin() as conn:
        users.change(conn, user.id, disabled="2026-11-21T00:00:00+00:00")
    assert login(stranger(app)).text.count("Tên hoặc mật khẩu không đúng") == 1


# --- two persons are two accounts ------------------------------------------------------------------------------


def test_a_desk_name_from_before_accounts_is_not_the_first_person(desk: Desk) -> None:
    id = desk.ids["flag"]
    ask = {"outcome": alert_store.NEEDS_REPLY, "reason": "sai", "now": now()}
    with desk.store.begin() as conn:
        old = alert_store.decide(conn, id, analyst="bàn cũ", version=1, **ask)
        assert old.status == alert_store.WAITING
        for name in ("Hoa", "Nam"):
            users.add(conn, name, "analyst", now())
        assert alert_store.decide(conn, id, analyst="Hoa", version=2, **ask).status == alert_store.WAITING
        with pytest.raises(UserError, match="đang chờ người thứ hai"):
            alert_store.decide(conn, id, analyst="hoa", version=3, **ask)
        assert alert_store.decide(conn, id, analyst="Nam", version=3, **ask).status == alert_store.NEEDS_REPLY
        assert [d.analyst for d in alert_store.decisions_of(conn, id)][0] == "bàn cũ"
