"""What an administrator does to users, on the desk and on the command line alike; each change is one audited transaction."""

from __future__ import annotations

from dashboards.accounts import totp
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store import Store, audit, sessions, tickets, users
from pipelines.store.rows import stamp
from pipelines.store.users import ROLES, User

ACTIONS = ("role", "disable", "enable", "totp", "sessions")


def add(store: Store, name: str, role: str, *, actor: str) -> User:
    """Store a user without a password; UserError for a bad or used name or role."""
    with store.begin() as conn:
        user = users.add(conn, name, role, now())
        audit.append(conn, actor=actor, action="user.add", thing=user.id, details={"name": user.name, "role": role}, now=now())
    return user


def change(store: Store, user: User, action: str, role: str = "", *, actor: str) -> None:
    """Change one thing about `user`; UserError for an unknown action or role, or when no administrator would be left."""
    if action not in ACTIONS:
        raise UserError(f"không có việc “{action}”; chọn một trong: {', '.join(ACTIONS)}", 2)
    details: dict[str, object] = {"name": user.name}
    with store.begin() as conn:
        users.lock(conn)
        if action == "role":
            if role not in ROLES:
                raise UserError(f"vai trò “{role}” không có; chọn một trong: {', '.join(ROLES)}", 2)
            users.change(conn, user.id, role=role)
            details |= {"from": user.role, "to": role}
        elif action == "disable":
            users.change(conn, user.id, disabled=stamp(now()))
            tickets.void(conn, "reset", user.id)
            details["sessions_ended"] = sessions.end_all(conn, user.id, now())
        elif action == "enable":
            users.change(conn, user.id, disabled=None)
        elif action == "totp":
            totp.turn_off(conn, user)
        else:
            details["sessions_ended"] = sessions.end_all(conn, user.id, now())
        audit.append(conn, actor=actor, action=f"user.{action}", thing=user.id, details=details, now=now())
