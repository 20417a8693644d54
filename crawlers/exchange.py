"""What came of one request: the HTTP exchange as it was, with its outcome in one word and its reason in Vietnamese."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from crawlers.flight import Hold
from crawlers.network import Network

Headers = tuple[tuple[str, str], ...]

# Outcomes of an exchange. "ok" and "unchanged" are answers; the rest are the named ways to fail.
OK = "ok"
UNCHANGED = "unchanged"
GONE = "gone"
ROBOTS = "refused by robots"
GUARD = "refused by guard"
TOO_LARGE = "too-large"
TIMEOUT = "timeout"
HTTP_ERROR = "http-error"
UNREACHABLE = "unreachable"
CERTIFICATE = "bad-certificate"
WRONG_PAGE = "wrong-page"
THROTTLED = "throttled"
LOOP = "redirect-loop"
DEFERRED = "deferred"

# How heavily a failure weighs against a source: it stays, it may pass, it will pass by itself.
WEIGHT = {
    GONE: 1.0, ROBOTS: 1.0, GUARD: 1.0, LOOP: 1.0, "not-a-feed": 1.0, TOO_LARGE: 0.5, HTTP_ERROR: 0.5,
    CERTIFICATE: 0.5, WRONG_PAGE: 0.5, TIMEOUT: 0.25, UNREACHABLE: 0.25, THROTTLED: 0.25,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its redirects; `body` is decoded, `raw` is as it came over the wire."""

    url: str
    final_url: str
    outcome: str
    reason: str = ""
    status: int = 0
    protocol: str = "HTTP/1.1"
    phrase: str = ""
    headers: Headers = ()
    request: Headers = ()
    body: bytes = b""
    raw: bytes = b""
    fetched: datetime | None = None
    seconds: float = 0.0
    moved_to: str | None = None
    retry_after: float | None = None
    own_network: bool = False
    network: Network | None = None
    hold: Hold | None = None

    def header(self, name: str) -> str:
        """Return the first header `name`, or an empty string."""
        name = name.lower()
        return next((value for key, value in self.headers if key.lower() == name), "")

    def release(self) -> None:
        """Say that the body is stored or dropped: another large one may be read."""
        if self.hold is not None:
            self.hold.release()

    @property
    def stated(self) -> datetime | None:
        """The server's clock from its Date header, or None."""
        try:
            stated = parsedate_to_datetime(self.header("date"))
            return stated if stated.tzinfo and stated.utctimetuple() else None
        except (ValueError, TypeError, OverflowError):
            return None

    @property
    def skew(self) -> float | None:
        """Seconds by which the server's clock is ahead of ours, from its Date header."""
        stated = self.stated
        return (stated - self.fetched).total_seconds() if self.fetched and stated else None
