"""Whom an identity token lets in: found by issuer and subject, never by name; the role follows the claim at each sign-in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from dashboards.accounts.oidc import OidcError, claim
from pipelines.clock import now
from pipelines.settings import Settings
from pipelines.store import Store, audit, users
from pipelines.store.users import ROLES, User


def subject_of(claims: Mapping[str, Any]) -> str:
    """Return the key under which the store knows a person of the office's server."""
    return "oidc:" + hashlib.sha256(f"{claims['iss']}\0{claims['sub']}".encode()).hexdigest()


def role_of(claims: Mapping[str, Any], settings: Settings) -> str:
    """Return the highest role that the claim maps to; OidcError when it maps to none."""
    given = claim(claims, settings.oidc_role_claim)
    values = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    roles = [settings.oidc_roles[value] for value in values if isinstance(value, str) and value in settings.oidc_roles]
    if not roles:
        raise OidcError("tài khoản ở cơ quan chưa được cấp vai trò nào của bàn làm việc; hãy hỏi người quản trị")
    return max(roles, key=ROLES.index)


def link(store: Store, claims: Mapping[str, Any], user: User) -> None:
    """Let the person of `claims` come in as `user` from now on; OidcError when someone else does already."""
    subject = subject_of(claims)
    with store.begin() as conn:
        other = users.by_subject(conn, subject)
        if other is not None and other.id != user.id:
            raise OidcError(f"tài khoản này của cơ quan đã nối với người dùng “{other.name}”")
        users.change(conn, user.id, subject=subject)
        _note(conn, user, "user.oidc-link")


def come_in(store: Store, claims: Mapping[str, Any], settings: Settings) -> User:
    """Return the user, made at the first sign-in; OidcError without a role, for a name of somebody else, or when closed."""
    subject, role = subject_of(claims), role_of(claims, settings)
    with store.begin() as conn:
        users.lock(conn)
        user = users.by_subject(conn, subject)
        if user is None:
            name = users.plain_name(str(claim(claims, settings.oidc_name_claim) or claims["sub"]))[: users.LONGEST_NAME]
            if users.by_name(conn, name):
                raise OidcError(f"tên “{name}” đã có người dùng; người ấy vào bằng mật khẩu rồi nối tài khoản ở trang Tài khoản")
            user = users.add(conn, name, role, now(), subject=subject)
            _note(conn, user, "user.add", role=role, by="oidc")
            return user
        if user.disabled:
            raise OidcError("tài khoản này đã bị khóa ở bàn làm việc; hãy hỏi người quản trị")
        if user.role != role:
            users.change(conn, user.id, role=role)
            _note(conn, user, "user.role", **{"from": user.role, "to": role, "by": "oidc"})
        found = users.by_id(conn, user.id)
    assert found is not None
    return found


def _note(conn: Connection, user: User, action: str, **details: str) -> None:
    audit.append(conn, actor=user.name, action=action, thing=user.id, details=details, now=now())
