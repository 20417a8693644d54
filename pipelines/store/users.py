"""The office's own staff: names, roles, and who may still come in. Names are never used again, so that a decision keeps its person."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from pipelines.errors import UserError
from pipelines.store.rows import moment, stamp
from pipelines.store.schema import users
from pipelines.text import fold

# Each role may do what the one before may, and more (dashboards/web/rights.py says what).
ROLES = ("guest", "viewer", "analyst", "approver", "admin")
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class User:
    """One of the staff; `password` and `totp` are never shown, `disabled` is since when the desk is closed to them."""

    id: str
    name: str
    role: str
    made: datetime
    password: str = ""
    password_set: datetime | None = None
    totp: str = ""
    totp_since: datetime | None = None
    totp_step: int = 0
    subject: str | None = None
    seen: datetime | None = None
    disabled: datetime | None = None


def plain_name(given: str) -> str:
    """Return a name as it is stored: NFC, single blanks, printable characters only."""
    flat = " ".join(unicodedata.normalize("NFC", given).split())
    return "".join(char for char in flat if char.isprintable()).strip()


def name_key(given: str) -> str:
    """Return what two names must differ in: folded, so that “Hòa”, “Hoà” and “HOA” are one."""
    return fold(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", plain_name(given))))


def from_row(row: Any) -> User:
    """Return the user that `row` is a view of."""
    values: dict[str, Any] = {name: row[name] for name in ("id", "name", "role", "password", "totp", "totp_step", "subject")}
    values |= {name: moment(row[name]) for name in ("made", "password_set", "totp_since", "seen", "disabled")}
    return User(**values)


def add(conn: Connection, name: str, role: str, now: datetime, *, password: str = "", subject: str | None = None) -> User:
    """Store a user (`password`: an argon2id text or nothing); UserError for a bad name or role, or a name that was ever used."""
    name, key = plain_name(name), name_key(name)
    if not key or len(name) > LONGEST_NAME:
        raise UserError(f"tên người dùng cần từ 1 đến {LONGEST_NAME} ký tự", 2)
    if role not in ROLES:
        raise UserError(f"vai trò “{role}” không có; chọn một trong: {', '.join(ROLES)}", 2)
    if conn.execute(select(users.c.id).where(users.c.key == key)).first():
        raise UserError(f"tên “{name}” đã có người dùng, kể cả người đã bị khóa hoặc tên chỉ khác dấu; chọn tên khác")
    id, made = secrets.token_hex(16), stamp(now)
    conn.execute(
        users.insert().values(
            id=id, name=name, key=key, role=role, password=password, password_set=made if password else None,
            totp="", totp_step=0, subject=subject, made=made,
        )
    )  # fmt: skip
    return from_row(conn.execute(select(users).where(users.c.id == id)).mappings().one())


def by_name(conn: Connection, name: str) -> User | None:
    """Return the user of that name, however it is written (case and marks do not matter), or None."""
    row = conn.execute(select(users).where(users.c.key == name_key(name))).mappings().first()
    return from_row(row) if row else None


def by_id(conn: Connection, id: str) -> User | None:
    """Return a user, or None."""
    row = conn.execute(select(users).where(users.c.id == id)).mappings().first()
    return from_row(row) if row else None


def by_subject(conn: Connection, subject: str) -> User | None:
    """Return the user whom the office's OIDC server calls `subject` (issuer and sub), or None."""
    row = conn.execute(select(users).where(users.c.subject == subject)).mappings().first()
    return from_row(row) if row else None


def listed(conn: Connection) -> list[User]:
    """Return all users by name, the disabled ones too."""
    return [from_row(row) for row in conn.execute(select(users).order_by(users.c.name)).mappings()]


def names(conn: Connection) -> list[str]:
    """Return the names of users who may work on alerts (not disabled, not guests), for assignment and mentions."""
    query = select(users.c.name).where(users.c.disabled.is_(None), users.c.role != "guest").order_by(users.c.name)
    return list(conn.execute(query).scalars())


def others(conn: Connection, names: set[str], own: str) -> set[str]:
    """Return those of `names` that are other accounts than `own`, as keys; desk names of the time before accounts are nobody.

    In a store without users (command line, tests of the store) every other name counts.
    """
    keys = {name_key(name) for name in names} - {name_key(own)}
    if not keys or count(conn) == 0:
        return keys
    return set(conn.execute(select(users.c.key).where(users.c.key.in_(keys))).scalars())


def count(conn: Connection) -> int:
    """Return how many users there are, disabled ones included."""
    return conn.execute(select(func.count()).select_from(users)).scalar_one()


def change(conn: Connection, id: str, **values: Any) -> None:
    """Set columns of one user; UserError when that would leave the office without an administrator who can come in."""
    conn.execute(update(users).where(users.c.id == id).values(**values))
    closing = values.get("disabled") or values.get("role", "admin") != "admin"
    query = select(func.count()).select_from(users).where(users.c.role == "admin", users.c.disabled.is_(None))
    if closing and conn.execute(query).scalar_one() == 0:
        raise UserError("phải còn ít nhất một quản trị đang dùng được; hãy cho người khác vai trò quản trị trước")


def lock(conn: Connection) -> None:
    """Make other transactions that count users first wait; SQLite's write lock sees to that by itself."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(8712)")
