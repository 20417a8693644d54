"""Addresses as they can be asked for: quoted, with ASCII host names, keyed by host."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

from pipelines.urls import clean

_PORTS = {"http": 80, "https": 443}
_SAFE_PATH = "/%:@!$&'()*+,;=-._~"
_LOGIN = re.compile(r"(?i)(?:https?:)?//[^/?#]*@")
_HOST = re.compile(r"[0-9a-z._-]+|[0-9a-f:.]+")
# Pages that gather articles and look like one by their id (list pages of html/meth04, March 2026).
_SECTION = re.compile(r"/(topic|tag|tags|event|chu-de|su-kien|tac-gia|author|tim-kiem|search|page|trang|rss)(/|-\w+\.|$)")


def clean_url(link: str, base: str = "") -> str | None:
    """Return the absolute http(s) address of `link` as it can be asked for, or None: trackers and fragment out,
    host names in ASCII, blanks and letters of the path quoted; addresses with a name and password are none.
    """
    address = clean("".join(link.split()) if "\n" in link or "\t" in link else link.strip().replace(" ", "%20"), base)
    if address is None:
        return None
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if _LOGIN.match(link.strip()) or not _HOST.fullmatch(name):
        return None
    netloc = f"[{name}]" if ":" in name else name
    if parts.port:
        netloc += f":{parts.port}"
    query = quote(parts.query, safe=_SAFE_PATH + "?")
    return urlunsplit((parts.scheme, netloc, quote(parts.path, safe=_SAFE_PATH) or "/", query, ""))


def has_login(link: str) -> bool:
    """Tell whether an address carries a name or password before its host."""
    return bool(_LOGIN.match(link.strip()))


def host_of(url: str) -> str:
    """Return host, with the port where it is not the scheme's own: the key of politeness and robots.txt."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    try:
        port = parts.port
    except ValueError:
        port = None
    return f"{host}:{port}" if port and port != _PORTS.get(parts.scheme) else host


def site_of(url: str) -> str:
    """Return the host without a leading `www.` or `m.`, to compare an address with a source's home."""
    return re.sub(r"^(www\d?|m|amp)\.", "", host_of(url))


def looks_like_article(url: str, home: str) -> bool:
    """Tell whether `url` has the shape of an article of the site `home`: a long slug or an id at the end of the path."""
    if not site_of(url).endswith(site_of(home)):
        return False
    path = urlsplit(url).path.rstrip("/")
    last = path.rsplit("/", 1)[-1]
    if re.search(r"\.(jpg|jpeg|png|gif|webp|svg|pdf|mp3|mp4|css|js|rss|xml)$", last, re.IGNORECASE):
        return False
    slug = re.sub(r"\.\w{2,5}$", "", last)
    if _SECTION.search(path):
        return False
    return slug.count("-") >= 6 or bool(re.search(r"(?:^|[-_.])(?:post|d|a|i)?\d{5,}$", slug))
