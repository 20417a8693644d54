"""Who may look: an access code that belongs to the data folder, and a signed cookie that names the desk.

Accounts with roles come with the next step of the triage desk; there is no default password here either.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import time
import unicodedata
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from dashboards.web.rights import may, require
from pipelines.errors import UserError

__all__ = ["Access", "Session", "may", "require"]

COOKIE = "cotmoc"
MAX_AGE = 12 * 3600
# Ten wrong codes in a minute, from wherever, and the door stays shut for the rest of that minute.
TRIES, WINDOW = 10, 60.0


@dataclass(frozen=True)
class Session:
    """One browser; `analyst` (the user's name) and `role` are empty until the user has signed in."""

    sid: str
    analyst: str = ""
    role: str = ""


@dataclass
class Access:
    """Secret of the data folder, and what follows from it: access code, cookies, form tokens."""

    secret: bytes
    wrong: deque[float] = field(default_factory=deque)

    @classmethod
    def open(cls, data: Path) -> Access:
        """Read `DATA/dashboard.key`, made on first use with mode 0600; UserError when that cannot be."""
        path = data / "dashboard.key"
        try:
            data.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                pass
            else:
                with os.fdopen(handle, "wb") as out:
                    out.write(secrets.token_hex(32).encode())
            secret = path.read_bytes().strip()
        except OSError as error:
            raise UserError(f"{path}: không đọc hoặc tạo được khóa của bảng tin ({error.strerror})") from error
        if len(secret) < 32:
            raise UserError(f"{path}: khóa của bảng tin hỏng; xóa tệp này rồi chạy lại để tạo khóa mới")
        return cls(secret)

    def _mac(self, *parts: str) -> bytes:
        return hmac.new(self.secret, "\0".join(parts).encode(), hashlib.sha256).digest()

    @property
    def code(self) -> str:
        """The access code, ten letters and digits as `XXXXX-XXXXX`; a new key file gives a new code."""
        letters = base64.b32encode(self._mac("code")).decode()[:10]
        return f"{letters[:5]}-{letters[5:]}"

    def right(self, given: str) -> bool | None:
        """Tell whether `given` is the access code; None when too many wrong ones came in the last minute."""
        now = time.monotonic()
        while self.wrong and now - self.wrong[0] > WINDOW:
            self.wrong.popleft()
        if len(self.wrong) >= TRIES:
            return None
        plain = "".join(given.upper().split()).replace("-", "").encode()
        good = hmac.compare_digest(plain, self.code.replace("-", "").encode())
        if not good:
            self.wrong.append(now)
        return good

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="cotmoc-session")

    def seal(self, session: Session) -> str:
        """Return the cookie's value for `session`."""
        return str(self._signer().dumps([session.sid, session.analyst, session.role]))

    def read(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie's value; None when it is missing, forged or older than 12 hours."""
        if not cookie:
            return None
        try:
            sid, analyst, role = self._signer().loads(cookie, max_age=MAX_AGE)
        except (BadSignature, ValueError, TypeError):
            return None
        return Session(str(sid), str(analyst), str(role))

    def token(self, session: Session) -> str:
        """Return the form token (CSRF) of a session."""
        return self._mac("csrf", session.sid).hex()

    def token_fits(self, session: Session, given: str) -> bool:
        """Tell whether a form carried the session's own token."""
        return hmac.compare_digest(self.token(session).encode(), given.encode())


def new_session(analyst: str = "", role: str = "") -> Session:
    """Return a session with a fresh random id."""
    return Session(secrets.token_hex(16), analyst, role)


def desk_name(given: str) -> str:
    """Return the name of a desk as it is stored: NFC, single blanks, at most 60 printable characters."""
    flat = " ".join(unicodedata.normalize("NFC", given).split())
    return "".join(char for char in flat if char.isprintable())[:60].strip()
