"""Coming in: name and password, then the second factor; slowed down, audited, and the same work for names that are not there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from dashboards.accounts import passwords, totp
from dashboards.accounts.totp import Vault
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store import Store, audit, sessions, throttles, tickets, users
from pipelines.store.rows import stamp
from pipelines.store.users import User, name_key

# So long the second page waits for its code.
CODE_SECONDS = 300
# So long a one-time link is good: a day, to be handed over and used.
LINK_LIFE = timedelta(hours=24)
DEAD_LINK = "Liên kết đã dùng hoặc hết hạn; hãy xin người quản trị liên kết mới."


class Refused(UserError):
    """The sign-in did not succeed; `status` is that of the answer."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Browser:
    """Where a request comes from, for throttling and for the list of one's own sessions."""

    address: str
    name: str


def slow_down(wait: timedelta) -> Refused:
    """Return the answer to one who tried too often."""
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return Refused(f"Sai quá nhiều lần; hãy chờ {minutes} phút rồi thử lại.", 429)


def by_password(store: Store, name: str, password: str, browser: Browser) -> User:
    """Return the user whose name and password these are; Refused (403, 429) without telling which of the two was wrong."""
    key, at = name_key(name)[:200], now()
    with store.begin() as conn:
        wait = throttles.take(conn, key, browser.address, at)
        user = users.by_name(conn, name) if not wait else None
    if wait:
        raise slow_down(wait)
    sealed = user.password if user and user.disabled is None else ""
    right = passwords.opens(sealed, password)
    with store.begin() as conn:
        if user is None or not right:
            # What was typed as a name may be a password: only names that exist are written down.
            _note_refusal(conn, user, "password", browser)
        else:
            throttles.came_in(conn, key, browser.address)
            if passwords.outdated(sealed):
                users.change(conn, user.id, password=passwords.seal(password))
    if user is None or not right:
        raise Refused("Tên hoặc mật khẩu không đúng.", 403)
    return user


def _note_refusal(conn: Connection, user: User | None, step: str, browser: Browser) -> None:
    audit.append(
        conn, actor=user.name if user else "người lạ", action="session.refused", thing=user.id if user else "",
        details={"step": step, "address": browser.address}, now=now(),
    )  # fmt: skip


def pending(vault: Vault, user: User, sid: str) -> str:
    """Return what the page of the second factor carries: sealed, for this browser, password and five minutes only."""
    return vault.seal(json.dumps(["code", user.id, stamp(user.password_set), sid]))


def by_code(store: Store, vault: Vault, sealed: str, sid: str, code: str, browser: Browser) -> tuple[User, str]:
    """Return the user and the kind of code (`totp`, `recovery`); Refused (403, 429)."""
    old = Refused("Trang đã cũ; hãy vào lại từ đầu.", 403)
    try:
        kind, id, password_set, bound = json.loads(vault.open(sealed, CODE_SECONDS) or "null") or (None,) * 4
    except (ValueError, TypeError) as error:
        raise old from error
    at = now()
    with store.begin() as conn:
        user = users.by_id(conn, str(id))
        if kind != "code" or bound != sid or user is None or user.disabled or stamp(user.password_set) != password_set:
            raise old
        # Counted apart from passwords: who knows the password must not wipe out the count of guessed codes with it.
        wait = throttles.take(conn, f"code {user.id}", browser.address, at)
        if wait:
            refused: Refused | None = slow_down(wait)
            way = None
        else:
            way = totp.passes(conn, vault, user, code, at)
            refused = None if way else Refused("Mã không đúng hoặc đã dùng rồi; hãy chờ mã mới.", 403)
            if way:
                throttles.came_in(conn, f"code {user.id}", browser.address)
            else:
                _note_refusal(conn, user, "code", browser)
    if refused or way is None:
        raise refused or old
    return user, way


def start(store: Store, user: User, way: str, hours: float, browser: Browser, *, instead_of: str = "") -> str:
    """Open a session and return its cookie; the session that this browser had until now ends."""
    with store.begin() as conn:
        if instead_of:
            sessions.end(conn, instead_of, now())
        sessions.forget(conn, now() - timedelta(days=90))
        token = sessions.start(conn, user.id, now(), way=way, hours=hours, address=browser.address, browser=browser.name)
        audit.append(
            conn, actor=user.name, action="session.start", thing=user.id, details={"way": way, "address": browser.address}, now=now()
        )
    return token


def set_password(store: Store, user: User, password: str, *, actor: str, keep: str = "", ticket: str = "") -> None:
    """Set a user's password, end all sessions but `keep` and all one-time links; `ticket` is used up in the same breath.

    UserError when the password is refused, Refused when the ticket is no longer good.
    """
    sealed = passwords.seal(passwords.check(password, user.name))
    with store.begin() as conn:
        if ticket and tickets.redeem(conn, "reset", ticket, now(), user=user.id) is None:
            raise Refused(DEAD_LINK, 403)
        tickets.void(conn, "reset", user.id)
        users.change(conn, user.id, password=sealed, password_set=stamp(now()))
        ended = sessions.end_all(conn, user.id, now(), but=keep)
        audit.append(conn, actor=actor, action="user.password", thing=user.id, details={"sessions_ended": ended}, now=now())


def one_time_link(store: Store, user: User, *, actor: str, base: str) -> str:
    """Return a link, good once and for a day, by which `user` sets a password; earlier links die."""
    with store.begin() as conn:
        tickets.void(conn, "reset", user.id)
        code = tickets.issue(conn, "reset", user.id, now(), now() + LINK_LIFE)
        audit.append(conn, actor=actor, action="user.link", thing=user.id, details={"name": user.name}, now=now())
    return f"{base}/reset?code={code}"
