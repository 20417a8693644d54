"""The second factor: codes of a telephone's authenticator (RFC 6238), each good once, and codes on paper for a lost telephone."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, update

from pipelines.store import tickets
from pipelines.store.rows import stamp
from pipelines.store.schema import users as table
from pipelines.store.users import User

ISSUER = "Cột Mốc"
# One step before and after: a telephone's clock may be half a minute off.
DRIFT = 1
RECOVERY_CODES = 10


def new_secret() -> str:
    """Return a random secret of 160 bits in base32."""
    return pyotp.random_base32(32)


def address(secret: str, name: str) -> str:
    """Return the `otpauth:` address that an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(secret: str, name: str) -> str:
    """Return the QR code of the address as a data URI of SVG, black on white whatever the page's colours."""
    return str(segno.make(address(secret, name), error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff"))


def step_of(secret: str, code: str, now: datetime, after: int = 0) -> int | None:
    """Return the time step whose code this is, newer than step `after`; None when it is none of them."""
    given = "".join(code.split())
    if len(given) != 6 or not (given.isascii() and given.isdigit()):
        return None
    machine = pyotp.TOTP(secret)
    current = machine.timecode(now)
    fits = [step for step in range(current - DRIFT, current + DRIFT + 1) if hmac.compare_digest(machine.generate_otp(step), given)]
    return max((step for step in fits if step > after), default=None)


class Vault:
    """Seals secrets with the data folder's key, so that a copy of the database alone gives no codes."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, text: str) -> str:
        """Return `text` sealed."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, ttl: int | None = None) -> str | None:
        """Return what was sealed; None when it was sealed with another key, altered, or longer ago than `ttl` seconds."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=ttl).decode()
        except (InvalidToken, UnicodeError):
            return None


def passes(conn: Connection, vault: Vault, user: User, given: str, now: datetime) -> str | None:
    """Use a code of `user` up: return `totp` or `recovery` for the kind that opened, None when it opens nothing (again)."""
    secret = vault.open(user.totp) if user.totp else None
    step = step_of(secret, given, now, user.totp_step) if secret else None
    if step is not None:
        query = update(table).where(table.c.id == user.id, table.c.totp_step < step).values(totp_step=step)
        return "totp" if conn.execute(query).rowcount == 1 else None
    return "recovery" if tickets.redeem(conn, "recovery", given, now, user=user.id) else None


def turn_on(conn: Connection, vault: Vault, user: User, secret: str, step: int, now: datetime) -> list[str]:
    """Set the second factor of `user` and return new recovery codes, shown this once."""
    values = {"totp": vault.seal(secret), "totp_since": stamp(now), "totp_step": step}
    conn.execute(update(table).where(table.c.id == user.id).values(**values))
    return recovery_codes(conn, user, now)


def recovery_codes(conn: Connection, user: User, now: datetime) -> list[str]:
    """Make new recovery codes; the old ones die."""
    tickets.void(conn, "recovery", user.id)
    return [tickets.issue(conn, "recovery", user.id, now) for _ in range(RECOVERY_CODES)]


def turn_off(conn: Connection, user: User) -> None:
    """Take the second factor and its recovery codes away."""
    tickets.void(conn, "recovery", user.id)
    conn.execute(update(table).where(table.c.id == user.id).values(totp="", totp_since=None, totp_step=0))
