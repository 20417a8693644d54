"""Addresses as outlets write them: made absolute, cleaned of trackers, keyed by host."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

# Seen in Vietnamese feeds and list pages, 2017–2026; none of them selects content.
_TRACKERS = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|yclid|mc_cid|mc_eid|igshid|zarsrc|zalo_?src|vn_source|vn_medium|vn_campaign|vn_aid|"
    r"_gl|_ga|gi|ref_src|cmpid|spm|at_medium|at_campaign)$",
    re.IGNORECASE,
)
_PORTS = {"http": 80, "https": 443}
_SAFE_PATH = "/%:@!$&'()*+,;=-._~"
MAX_URL = 2000
# Pages that gather articles and look like one by their id (list pages of html/meth04, March 2026).
_SECTION = re.compile(r"/(topic|tag|tags|event|chu-de|su-kien|tac-gia|author|tim-kiem|search|page|trang|rss)(/|-\w+\.|$)")


def clean_url(link: str, base: str = "") -> str | None:
    """Return the absolute http(s) address of `link` without trackers and fragment, or None if it is none."""
    text = "".join(link.split()) if "\n" in link or "\t" in link else link.strip().replace(" ", "%20")
    if not text or len(text) > MAX_URL:
        return None
    try:
        parts = urlsplit(urljoin(base, text))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        return None
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if not re.fullmatch(r"[0-9a-z._-]+|[0-9a-f:.]+", name):
        return None
    netloc = f"[{name}]" if ":" in name else name
    if port and port != _PORTS[parts.scheme]:
        netloc += f":{port}"
    query = parts.query
    if query:
        pairs = parse_qsl(query, keep_blank_values=True)
        kept = [(key, value) for key, value in pairs if not _TRACKERS.match(key)]
        if len(kept) != len(pairs):
            query = urlencode(kept)
        query = quote(query, safe=_SAFE_PATH + "?")
    return urlunsplit((parts.scheme, netloc, quote(parts.path, safe=_SAFE_PATH) or "/", query, ""))


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
