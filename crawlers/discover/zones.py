"""The zone in which an outlet probably writes its times, by the ending of its address, else by its language."""

from __future__ import annotations

from urllib.parse import urlsplit

DEFAULT = "Asia/Ho_Chi_Minh"
_BY_ENDING = {
    "vn": DEFAULT, "cn": "Asia/Shanghai", "tw": "Asia/Taipei", "hk": "Asia/Hong_Kong", "mo": "Asia/Macau", "sg": "Asia/Singapore",
    "ph": "Asia/Manila", "my": "Asia/Kuala_Lumpur", "id": "Asia/Jakarta", "la": "Asia/Vientiane", "kh": "Asia/Phnom_Penh",
    "th": "Asia/Bangkok", "jp": "Asia/Tokyo", "kr": "Asia/Seoul", "fr": "Europe/Paris", "uk": "Europe/London", "de": "Europe/Berlin",
}  # fmt: skip
_BY_LANG = {
    "vi": DEFAULT, "zh": "Asia/Shanghai", "lo": "Asia/Vientiane", "km": "Asia/Phnom_Penh", "th": "Asia/Bangkok", "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
}  # fmt: skip


def is_sure(home: str) -> bool:
    """Tell whether the ending of the address names a country whose zone we know."""
    return (urlsplit(home).hostname or "").rsplit(".", 1)[-1].lower() in _BY_ENDING


def guess(home: str, lang: str) -> str:
    """Return the IANA name of the zone: by country, then by language, then that of Việt Nam."""
    ending = (urlsplit(home).hostname or "").rsplit(".", 1)[-1].lower()
    return _BY_ENDING.get(ending) or _BY_LANG.get(lang, DEFAULT)
