"""Helpers of the tests of accounts: forms with their token, users with a password, the first run by hand."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pyotp
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboards.accounts import passwords, totp
from pipelines.clock import now
from pipelines.store import Store, audit, users
from pipelines.store.rows import stamp
from pipelines.store.users import User

HOST = "http://127.0.0.1:8710"
GOOD = "một câu dài dễ nhớ"


def stranger(app: Starlette, **more: Any) -> TestClient:
    """Return a browser that has not signed in and follows nothing by itself."""
    return TestClient(app, base_url=HOST, follow_redirects=False, **more)


def token(text: str) -> str:
    """Return the form token of a page."""
    found = re.search(r'name="token" value="(\w+)"', text)
    assert found, text[:400]
    return found[1]


def post(client: TestClient, page: str, to: str = "", **fields: str) -> Any:
    """Open `page`, then post `fields` with its token to `to` (or back to it)."""
    return client.post(to or page, data={"token": token(client.get(page).text), **fields})


def add_user(app: Starlette, name: str = "Hoa", role: str = "analyst", password: str = GOOD) -> User:
    """Store a user with a password."""
    with app.state.store.begin() as conn:
        user = users.add(conn, name, role, now(), password=passwords.seal(password))
        users.change(conn, user.id, password_set=stamp(now()))
        return users.by_id(conn, user.id) or user


def second_factor(app: Starlette, user: User) -> tuple[str, list[str]]:
    """Turn the second factor of a user on; return its secret and the recovery codes."""
    secret = totp.new_secret()
    with app.state.store.begin() as conn:
        return secret, totp.turn_on(conn, app.state.access.vault, user, secret, 0, now())


def code(secret: str, at: datetime | None = None) -> str:
    """Return the six digits of a moment."""
    return pyotp.TOTP(secret).at(at or now())


def login(client: TestClient, name: str = "Hoa", password: str = GOOD, **more: str) -> Any:
    """Send the form of the sign-in."""
    return post(client, "/login", name=name, password=password, next=more.pop("next", "/alerts"), **more)


def login_code(client: TestClient, page: Any, given: str) -> Any:
    """Send the form of the second step."""
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket, page.text[:400]
    return client.post("/login/code", data={"token": token(page.text), "ticket": ticket[1], "code": given, "next": "/alerts"})


def actions(store: Store) -> list[str]:
    """Return the actions of the audit log, oldest first."""
    with store.read() as conn:
        return [row["action"] for row in audit.find(conn, limit=500)][::-1]
