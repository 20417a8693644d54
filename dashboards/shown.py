"""How things are shown to people: Vietnamese labels, times, addresses and text made harmless."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

from dashboards.labels import LANG_VI, ROLE_VI, TIER_VI
from pipelines.clock import show
from pipelines.errors import UserError
from pipelines.records import VERDICT_VI, Role, Tier, Verdict
from pipelines.settings import load_profile
from pipelines.store.rows import moment

# Characters that turn the reading direction round or hide text; shown as a mark, one for one, so offsets hold.
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_HARMLESS = {
    **{code: "\ufffd" for code in range(0x20) if chr(code) not in "\n\t"},
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "\ufffd"),
    **{ord(char): "\ufffd" for char in _DIRECTION},
}


def visible(text: str) -> str:
    """Return `text` of the same length with control, surrogate and direction characters replaced by U+FFFD.

    What is left is also valid XML text, so that it can go into a DOCX.
    """
    return text.translate(_HARMLESS)


def one_line(text: str, limit: int = 300) -> str:
    """Return harmless text on one line, cut at `limit` characters with an ellipsis."""
    flat = " ".join(visible(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def safe_url(url: str | None) -> str | None:
    """Return `url` when it is a plain http(s) address that may stand in a link, else None."""
    if not url or len(url) > 2000 or any(ord(char) <= 0x20 or char in "\\\"'<>`" for char in url):
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return visible(url) if good else None


def percent(value: float) -> str:
    """Return 0.873 as `87 %`."""
    return f"{value * 100:.0f} %"


def number(value: int) -> str:
    """Return 12345 as `12.345`, the Vietnamese way."""
    return f"{value:,}".replace(",", ".")


def time_vi(value: datetime | str | None) -> str:
    """Return a stored or aware time as `dd/mm/yyyy HH:MM` in Hà Nội, or `không rõ`."""
    known = moment(value) if isinstance(value, str) else value
    return show(known) or "không rõ"


def day_vi(text: str) -> str:
    """Return the date of an instrument (`2000-12-25`, `2020-03`) as people write it; anything else as it is."""
    parts = text.split("-")
    return "/".join(reversed(parts)) if 2 <= len(parts) <= 3 and all(part.isdigit() for part in parts) else text


# The first that fits: Edge and Cốc Cốc also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = (("coc_coc", "Cốc Cốc"), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def browser_name(agent: str) -> str:
    """Return “Chrome, Windows” for what a browser says of itself, or its own first words."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (browser, system))) or one_line(agent, 40)


def tier_vi(tier: str) -> str:
    """Return the label of a tier."""
    return TIER_VI[Tier(tier)]


def role_vi(role: str) -> str:
    """Return the label of a speech role."""
    return ROLE_VI[Role(role)]


def verdict_vi(verdict: str) -> str:
    """Return the label of a verdict."""
    return VERDICT_VI[Verdict(verdict)]


def lang_vi(lang: str) -> str:
    """Return the name of a language, or its code."""
    return LANG_VI.get(lang, lang)


@cache
def place_vi(profile: str) -> str:
    """Return the title of a province profile (“Tỉnh Lào Cai”), or its name when there is no such profile."""
    try:
        return load_profile(profile).title
    except UserError:
        return profile


# Classes of owners (sources' declarations) that are Vietnamese whatever language they publish in.
DOMESTIC = ("central press", "provincial press", "city press", "official", "journal")


def is_foreign(kind: str, lang: str, owner: str = "") -> bool:
    """Tell whether a text counts as foreign in the digest: by the class of its owner, else its kind, else its language."""
    if owner in DOMESTIC:
        return False
    if owner.startswith("foreign") or kind.lower().startswith("foreign"):
        return True
    return lang != "vi"
