"""Canonical addresses: what makes two addresses one article."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

_TRACKER = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|yclid|mc_[ce]id|igshid|zarsrc|zalo_?src|vn_\w+|_gl|_ga|gidzl|ref_src|cmpid|spm|at_\w+)$", re.I
)
# Second-level labels under which sites register (com.vn, gov.vn, com.cn, co.kr …).
_SECOND = frozenset({"com", "org", "gov", "net", "edu", "co", "ac", "go", "or", "ne", "info", "mil"})
LONGEST = 2000


def clean(url: str, base: str = "") -> str | None:
    """Return the absolute http(s) address without fragment, trackers, credentials; None for anything else."""
    text = "".join(url.split()) if url else ""
    if not text or len(text) > LONGEST:
        return None
    try:
        parts = urlsplit(urljoin(base, text))
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    if ":" in host:
        host = f"[{host}]"
    if port and port != {"http": 80, "https": 443}[parts.scheme]:
        host += f":{port}"
    query = parts.query
    if query:
        pairs = parse_qsl(query, keep_blank_values=True)
        kept = [(key, value) for key, value in pairs if not _TRACKER.match(key)]
        query = query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme, host, parts.path or "/", query, ""))


def site(url: str) -> str:
    """Return the registered domain of `url` (baodautu.vn, people.com.cn), its address or `localhost:8000` for others."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if host.replace(".", "").isdigit() or ":" in host or "." not in host:
        return parts.netloc.lower()
    labels = host.split(".")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND else 2
    return ".".join(labels[-keep:])


def is_front(url: str) -> bool:
    """Tell whether `url` is the front page of its site."""
    parts = urlsplit(url)
    return parts.path.rstrip("/").lower() in {"", "/index.html", "/index.htm", "/index.php", "/home", "/vi", "/en", "/default.aspx"} and not parts.query


def canonical(url: str, declared: str | None) -> str:
    """Return the address under which the page at `url` counts: the declared one if it lies on the same site.

    A page cannot claim to be another outlet's article, nor the front page of its own site.
    """
    own = clean(url) or url
    said = clean(declared, own) if declared else None
    if not said or site(said) != site(own) or (is_front(said) and not is_front(own)):
        return own
    if own.startswith("https:") and said.startswith("http:") and urlsplit(said).netloc == urlsplit(own).netloc:
        said = "https:" + said[5:]
    return said
