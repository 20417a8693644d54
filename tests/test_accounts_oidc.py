"""Sign-in by the office's own server, against a real one on loopback that signs RS256 tokens; and against its misbehaviour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboards.app import create_app
from pipelines.store import audit, users
from tests.desk import Desk, make_desk, sign_in
from tests.oidcserver import Server, serve_oidc
from tests.signing import add_user, stranger, token


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_oidc() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


@pytest.fixture
def app(desk: Desk, server: Server) -> Starlette:
    given = {
        "oidc_issuer": server.address, "oidc_client_id": "cotmoc", "oidc_client_secret": "bi-mat-cua-ban",
        "oidc_roles": {"to-bao-chi": "analyst", "lanh-dao": "approver", "cntt": "admin"},
    }  # fmt: skip
    app = create_app(desk.settings.model_copy(update=given), desk.store)
    add_user(app, "Quản trị", "admin")
    return app


def walk(client: TestClient, start: str = "/oidc?next=/alerts%3Ftier%3Dflag") -> Any:
    """Go as a browser would: to the office's server, and back."""
    away = client.get(start)
    assert away.status_code == 303, away.text
    back = httpx2.get(away.headers["location"], follow_redirects=False).headers["location"]
    return client.get(back)


def people(desk: Desk) -> dict[str, str]:
    with desk.store.read() as conn:
        return {user.name: user.role for user in users.listed(conn)}


def test_a_person_of_the_office_comes_in_with_the_role_of_the_claim(app: Starlette, desk: Desk, server: Server) -> None:
    client = stranger(app)
    assert "/oidc?next=" in client.get("/login?next=/alerts").text
    done = walk(client)
    assert (done.status_code, done.headers["location"]) == (303, "/alerts?tier=flag")
    assert client.get("/alerts").status_code == 200 and client.get("/users").status_code == 403
    assert people(desk) == {"Phạm Văn Bình": "analyst", "Quản trị": "admin"}
    server.claims |= {"preferred_username": "Tên đã đổi", "roles": ["lanh-dao", "to-bao-chi"]}
    walk(stranger(app))
    assert people(desk) == {"Phạm Văn Bình": "approver", "Quản trị": "admin"}
    assert {"state", "nonce", "code_challenge"} <= set(server.seen[0]) and server.seen[0]["nonce"] != server.seen[1]["nonce"]
    with desk.store.read() as conn:
        assert [row["action"] for row in audit.find(conn)][::-1] == ["user.add", "session.start", "user.role", "session.start"]


def test_a_claim_inside_another_is_read_by_its_path(app: Starlette, desk: Desk, server: Server) -> None:
    app.state.settings = app.state.settings.model_copy(update={"oidc_role_claim": "realm_access.roles"})
    server.claims = {"sub": "u-2", "preferred_username": "Bình", "realm_access": {"roles": ["cntt"]}}
    assert walk(stranger(app)).status_code == 303
    assert people(desk)["Bình"] == "admin"


@pytest.mark.parametrize("roles", [[], ["lạ"], None, "lạ", [1, {}], {"to-bao-chi": True}])
def test_without_a_role_nobody_comes_in(app: Starlette, desk: Desk, server: Server, roles: Any) -> None:
    server.claims["roles"] = roles
    said = walk(stranger(app))
    assert said.status_code == 403 and "vai trò" in said.text and list(people(desk)) == ["Quản trị"]


def test_a_name_is_never_enough_to_become_somebody_else(app: Starlette, desk: Desk, server: Server) -> None:
    server.claims |= {"preferred_username": "QUẢN TRỊ"}
    said = walk(stranger(app))
    assert said.status_code == 403 and "đã có người dùng" in said.text and people(desk) == {"Quản trị": "admin"}


def test_one_joins_ones_own_account_from_inside_and_keeps_name_and_role_at_the_desk(app: Starlette, desk: Desk, server: Server) -> None:
    server.claims["roles"] = ["cntt"]
    client = sign_in(app, "admin", "Quản trị", follow_redirects=False)
    assert client.get("/oidc?link=sai").status_code == 403, "not without the form token"
    link = f"/oidc?link={token(client.get('/account').text)}&next=/account"
    assert walk(client, link).headers["location"] == "/account"
    walked = stranger(app)
    assert walk(walked).status_code == 303 and "Quản trị" in walked.get("/account").text
    other = sign_in(app, "analyst", "Bàn 2", follow_redirects=False)
    said = walk(other, f"/oidc?link={token(other.get('/account').text)}")
    assert said.status_code == 403 and "đã nối" in said.text


def test_a_disabled_person_stays_out_and_the_last_administrator_is_not_taken_away(app: Starlette, desk: Desk, server: Server) -> None:
    walk(stranger(app))
    with desk.store.begin() as conn:
        found = users.by_name(conn, "Phạm Văn Bình")
        assert found
        users.change(conn, found.id, disabled="2026-11-21T00:00:00+00:00")
    assert "khóa" in walk(stranger(app)).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": {"nonce": "khác"}}, {"claims": {"nonce": None}}, {"claims": {"aud": "khác"}}, {"claims": {"aud": None}},
        {"claims": {"iss": "https://khac.example"}}, {"claims": {"exp": 1}}, {"claims": {"exp": None}}, {"claims": {"sub": None}},
        {"claims": {"iat": 4102444800}}, {"claims": {"aud": ["cotmoc", "khác"], "azp": "khác"}}, {"alg": "none"}, {"alg": "HS256"},
        {"key": RSAKey.generate_key(2048, parameters={"kid": "k1"})}, {"kid": "lạ"}, {"back": {"state": "khác"}}, {"back": {"state": ""}},
        {"back": {"code": "khác"}}, {"back": {"code": ""}}, {"back": {"iss": "https://khac.example"}}, {"back": {"error": "access_denied"}},
        {"issuer": "https://khac.example"}, {"jwks_uri": "http://khac.example/keys"},
    ],
    ids=lambda what: re.sub(r" at 0x[0-9a-f]+", "", str(what)),  # two workers must agree on the names
)  # fmt: skip
def test_anything_out_of_order_opens_nothing(app: Starlette, desk: Desk, server: Server, wrong: dict[str, Any]) -> None:
    server.wrong = wrong
    client = stranger(app)
    away = client.get("/oidc")
    said = walk(client) if away.status_code == 303 else away
    assert said.status_code == 403 and 'role="alert"' in said.text
    assert client.get("/alerts").status_code == 303 and list(people(desk)) == ["Quản trị"]


def test_an_answer_that_another_browser_asked_for_is_refused(app: Starlette, server: Server) -> None:
    thief, victim = stranger(app), stranger(app)
    away = thief.get("/oidc").headers["location"]
    back = httpx2.get(away, follow_redirects=False).headers["location"]
    assert victim.get(back).status_code == 403, "the victim has no state"
    victim.get("/oidc")
    assert victim.get(back).status_code == 403, "nor with a state of its own"
    assert victim.get("/alerts").status_code == 303


def test_an_answer_is_good_once_and_its_cookie_only_for_its_address(app: Starlette, server: Server) -> None:
    client = stranger(app)
    away = client.get("/oidc")
    cookie = away.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/oidc" in cookie
    assert parse_qs(urlsplit(away.headers["location"]).query)["redirect_uri"] == ["http://127.0.0.1:8710/oidc/callback"]
    back = httpx2.get(away.headers["location"], follow_redirects=False).headers["location"]
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 403


def test_new_keys_of_the_server_are_fetched_once_they_are_met(app: Starlette, server: Server) -> None:
    assert walk(stranger(app)).status_code == 303
    server.key = RSAKey.generate_key(2048, parameters={"kid": "k2", "use": "sig", "alg": "RS256"})
    assert walk(stranger(app)).status_code == 303


def test_a_server_that_is_away_leaves_the_password(app: Starlette, desk: Desk) -> None:
    gone = desk.settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "x"})
    said = stranger(create_app(gone, desk.store)).get("/oidc")
    assert said.status_code == 403 and "mật khẩu" in said.text and 'name="password"' in said.text
    plain = desk.settings.model_copy(update={"oidc_issuer": "http://dangnhap.example", "oidc_client_id": "x"})
    assert "https" in stranger(create_app(plain, desk.store)).get("/oidc").text


def test_without_the_setting_there_is_no_such_address(desk: Desk) -> None:
    app = create_app(desk.settings, desk.store)
    add_user(app)
    assert stranger(app).get("/oidc").status_code == 404 and "cơ quan" not in stranger(app).get("/login").text.split("<form")[0]


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil"])
def test_coming_in_by_the_office_leads_nowhere_else(app: Starlette, server: Server, target: str) -> None:
    from urllib.parse import quote

    assert walk(stranger(app), f"/oidc?next={quote(target, safe='')}").headers["location"] == "/"
