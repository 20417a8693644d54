"""Who is asking: the secret of the data folder, the cookie, the session behind it, and the token of its forms."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from dashboards.accounts.totp import Vault
from dashboards.web.rights import may, require
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.settings import Settings
from pipelines.store import Store, sessions, users

__all__ = ["COOKIE", "Access", "Session", "may", "new_session", "require"]

COOKIE = "cotmoc"
# A browser that has not signed in: its cookie carries only what binds a form to it.
STRANGER, STRANGER_AGE = "g.", 12 * 3600


@dataclass(frozen=True)
class Session:
    """One browser; `analyst` (the user's name) and `role` are empty until the user has signed in.

    `staff` is the user's id; `confined` says that nothing but the own account opens before a second factor is set.
    """

    sid: str
    analyst: str = ""
    role: str = ""
    staff: str = ""
    confined: bool = False


@dataclass
class Access:
    """Secret of the data folder, and what follows from it: sessions, form tokens, the code of the first run."""

    secret: bytes
    settings: Settings
    # Set once there is a user: from then on the first-run wizard is closed and is not asked for again.
    settled: bool = field(default=False)

    @classmethod
    def open(cls, settings: Settings) -> Access:
        """Read `DATA/dashboard.key`, made on first use with mode 0600; UserError when that cannot be."""
        path = settings.data / "dashboard.key"
        secret = _secret(path)
        if len(secret) < 32:
            raise UserError(f"{path}: khóa của bảng tin hỏng; xóa tệp này rồi chạy lại để tạo khóa mới")
        return cls(secret, settings)

    def _mac(self, *parts: str) -> bytes:
        return hmac.new(self.secret, "\0".join(parts).encode("utf-8", "replace"), hashlib.sha256).digest()

    @property
    def setup_code(self) -> str:
        """The code that makes the first administrator; it opens nothing once there is a user."""
        letters = base64.b32encode(self._mac("first administrator")).decode()[:15]
        return "-".join(letters[at : at + 5] for at in (0, 5, 10))

    def setup_fits(self, given: str) -> bool:
        """Tell whether `given` is the code of the first run."""
        plain = "".join(char for char in given.upper() if char.isascii() and char.isalnum())
        return hmac.compare_digest(plain.encode(), self.setup_code.replace("-", "").encode())

    def waiting(self, store: Store) -> bool:
        """Tell whether the first administrator is still to be made."""
        if not self.settled:
            with store.read() as conn:
                self.settled = users.count(conn) > 0
        return not self.settled

    @property
    def vault(self) -> Vault:
        """What seals secrets of users in the store."""
        return Vault(self._mac("vault"))

    @property
    def idle(self) -> timedelta:
        """How long a session may lie unused."""
        return timedelta(minutes=self.settings.session_idle_minutes)

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="cotmoc-stranger")

    def seal(self, session: Session) -> str:
        """Return the cookie's value for a browser that has not signed in."""
        return STRANGER + str(self._signer().dumps(session.sid))

    def read(self, cookie: str | None, store: Store) -> Session | None:
        """Return the session of a cookie's value; None when it is missing, forged, ended or too old."""
        if not cookie or len(cookie) > 400:
            return None
        if cookie.startswith(STRANGER):
            try:
                return Session(str(self._signer().loads(cookie[len(STRANGER) :], max_age=STRANGER_AGE)))
            except BadSignature:
                return None
        at = now()
        with store.read() as conn:
            found = sessions.find(conn, cookie, at, self.idle)
        if found is None:
            return None
        user, entry = found
        if at - entry.seen > sessions.TOUCH:
            # A store that is busy for long delays a page, it does not close the desk.
            with suppress(UserError), store.begin() as conn:
                sessions.touch(conn, entry.id, at)
        # Whoever comes in by the office's own server has shown a second factor there, if the office wants one.
        confined = user.role in self.settings.totp_required and user.totp_since is None and entry.way != "oidc"
        return Session(entry.id, user.name, user.role, user.id, confined)

    def token(self, session: Session) -> str:
        """Return the form token (CSRF) of a session."""
        return self._mac("csrf", session.sid).hex()

    def token_fits(self, session: Session, given: str) -> bool:
        """Tell whether a form carried the session's own token."""
        return hmac.compare_digest(self.token(session).encode(), given.encode("utf-8", "replace"))


def _secret(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "wb") as out:
                out.write(secrets.token_hex(32).encode())
        return path.read_bytes().strip()
    except OSError as error:
        raise UserError(f"{path}: không đọc hoặc tạo được khóa của bảng tin ({error.strerror})") from error


def new_session() -> Session:
    """Return a session of a browser that has not signed in, with a fresh random id."""
    return Session(secrets.token_hex(16))
